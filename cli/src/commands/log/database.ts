/** `hagukumi log database …`: the record of statements that were given to the database past the program, as it lies at its place. */
import {
  readStatementState,
  readSpooled,
  segmentKey,
  type StatementPlace,
} from "@hagukumi/platform/database/statement-log/keep.ts";
import type { StatementEntry } from "@hagukumi/platform/database/statement-log/entry.ts";
import { checkChain, parseSegment, type SegmentFinding } from "@hagukumi/platform/database/statement-log/segment.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { type Command, InvalidArgumentError } from "commander";

import { dataFolder } from "../../context.ts";
import { openStatementPlace, serverFolder, statementKeys } from "../../statement-log/place.ts";

const KINDS: Readonly<Record<StatementEntry["kind"], string>> = {
  connection: "接続",
  disconnection: "切断",
  mark: "記録の有無",
  statement: "文",
  failed: "失敗した文",
  error: "誤り",
  server: "サーバー",
  unreadable: "読めない行",
};
const ALARMS: Readonly<Record<StatementEntry["alarms"][number], string>> = {
  recordTouched: "記録の設定に触れた",
  unmarked: "記録の有無を言わない接続",
  gap: "この前の行が欠けている",
  protectedTable: "業務の表を直接扱った",
  mixed: "重なって読めない",
};
const FAULTS: Readonly<Record<SegmentFinding["what"], string>> = {
  missing: "ない",
  unreadable: "読めない",
  content: "内容が変わっている",
  link: "前とつながらない",
  signature: "署名が違う",
  cut: "末尾が違う",
};

type Options = { readonly json?: boolean; readonly alarms?: boolean; readonly last: number };

async function whole(place: StatementPlace, key: string): Promise<Buffer | undefined> {
  if ((await place.size(key)) === undefined) return undefined;
  const parts: Uint8Array[] = [];
  for await (const part of place.read(key)) parts.push(part);
  return Buffer.concat(parts);
}

/** Segment by number: at the place where it was brought, else beside the server. */
async function segmentReader(dataDir: string): Promise<(number: number) => Promise<Buffer | undefined>> {
  const place = await openStatementPlace(dataDir);
  const dir = serverFolder(dataDir);
  const { shipped } = await readStatementState(dir);
  return async (number) =>
    number <= shipped ? await whole(place, segmentKey(number)) : await readSpooled(dir, number);
}

function line({ at, kind, user, database, from, text, alarms }: StatementEntry): string {
  const raised = alarms.length === 0 ? "" : `【${alarms.map((alarm) => ALARMS[alarm]).join("・")}】`;
  return `${at} ${KINDS[kind]} ${user}@${from}/${database} ${raised}${text}`;
}

async function show({ json, alarms, last }: Options): Promise<void> {
  const dataDir = dataFolder();
  const state = await readStatementState(serverFolder(dataDir));
  const read = await segmentReader(dataDir);
  let entries: StatementEntry[] = [];
  for (let number = state.number; number > 0 && entries.length < last; number -= 1) {
    const bytes = await read(number);
    const segment = bytes === undefined ? undefined : parseSegment(bytes);
    if (segment === undefined)
      throw new Refusal(
        "statementLogDamaged",
        `文の記録の区切り ${number} を読めません。それより前は表示していません。hagukumi log database verify で、どこがどう違うかを確かめ、監査の責任者に知らせてください。`,
        { number },
      );
    entries = [...segment.entries.filter((entry) => alarms !== true || entry.alarms.length > 0), ...entries];
  }
  entries = entries.slice(-last);
  const waiting = state.number - state.shipped;
  process.stdout.write(
    json === true
      ? `${JSON.stringify({ ...state, entries })}\n`
      : `${entries.map(line).join("\n")}\n${entries.length} 件（全部で ${state.entries} 件、警報 ${state.alarms} 件）。${
          state.awaySince === null
            ? ""
            : `遠隔の保管場所に ${state.awaySince} から置けず、${waiting} 区切りが手元で待っています。`
        }\n`,
  );
}

async function verify({ json }: Options): Promise<void> {
  const dataDir = dataFolder();
  const state = await readStatementState(serverFolder(dataDir));
  const { seal } = await statementKeys(dataDir);
  let alarms = 0;
  const findings = await checkChain(await segmentReader(dataDir), state, seal.publicKey, ({ entries }) => {
    alarms += entries.filter((entry) => entry.alarms.length > 0).length;
  });
  if (findings.length > 0) process.exitCode = 1;
  const { number, entries, awaySince, shipped } = state;
  process.stdout.write(
    json === true
      ? `${JSON.stringify({ segments: number, entries, alarms, shipped, awaySince, findings })}\n`
      : findings.length === 0
        ? `○ データベースの文の記録は、${number} 区切り ${entries} 件すべてが記録したときのままです（警報 ${alarms} 件。hagukumi log database show --alarms）。\n`
        : `${findings.map((found) => `× 区切り ${found.number}: ${FAULTS[found.what]}`).join("\n")}\n証拠を残したまま、監査の責任者に知らせてください。\n`,
  );
}

function count(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("1〜99999 の整数を指定してください。");
}

/** Adds `log database`. */
export function registerLogDatabase(log: Command): void {
  const database = log
    .command("database")
    .description("データベースに直接与えられた文の記録 / statements given to the database past the program");
  database
    .command("show")
    .description("新しいほうから表示する（氏名・番号などは伏せてある） / the newest entries, masked")
    .option("--alarms", "警報のあるものだけ / only what somebody has to look at")
    .option("--last <n>", "件数 / how many", count, 50)
    .action(async (_options: unknown, command: Command) => await show(command.optsWithGlobals<Options>()));
  database
    .command("verify")
    .description("保管場所の記録が、とったときのままか（鎖・署名・欠け・末尾） / check the chain at its place")
    .action(async (_options: unknown, command: Command) => await verify(command.optsWithGlobals<Options>()));
}
