/** `hagukumi claim`: from a claim to its decision (受付・審査・決裁), and decisions ex officio (職権). */
import {
  approveAll,
  approveClaims,
  approveReexamined,
  claimStateLabels,
  examineAll,
  examineClaims,
  fileClaim,
  listClaims,
  reexamine,
  reformStarts,
  withdrawClaim,
} from "@hagukumi/allowance/contract.ts";
import type {
  ApprovalCount,
  ClaimState,
  ExaminationCount,
  ListedClaim,
  ReexaminationCount,
  ReformStart,
  Scope,
} from "@hagukumi/allowance/contract.ts";
import { parseCivilDate } from "@hagukumi/law/contract.ts";
import type { CivilDate } from "@hagukumi/law/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { Command } from "commander";
import { InvalidArgumentError, Option } from "commander";
import { readFile } from "node:fs/promises";

import { perform, withActor } from "../context.ts";

const count = (value: number): string => value.toLocaleString("ja-JP");

function day(text: string): CivilDate {
  const parsed = parseCivilDate(text);
  if (parsed === undefined) throw new InvalidArgumentError("YYYY-MM-DD の正しい日付を指定してください。");
  return parsed;
}

function reception(text: string): string {
  if (!/^[0-9]{1,10}$/.test(text)) throw new InvalidArgumentError("受付番号（数字10桁以内）を指定してください。");
  return text;
}

function atMost(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text) || Number(text) > 10_000)
    throw new InvalidArgumentError("件数（1〜10000）を指定してください。");
  return Number(text);
}

function recipientNumber(text: string, earlier: readonly number[] = []): readonly number[] {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new InvalidArgumentError("認定番号（1〜9999999999）を指定してください。");
  return [...earlier, Number(text)];
}

function describeExamination({ cases, grant, refuse, impossible, written }: ExaminationCount): string {
  return `審査しました: ${count(cases)}事案（認める案 ${count(grant)}件、却下の案 ${count(refuse)}件、審査できない ${count(impossible)}件。新しい審査 ${count(written)}件）。別の職員が決裁してください。`;
}

function describeApproval({ cases, granted, refused, decisions, leftOut }: ApprovalCount): string {
  const lines = [
    `決裁しました: ${count(cases)}事案（認定・改定 ${count(granted)}件、却下 ${count(refused)}件、決定 ${count(decisions)}件）。`,
  ];
  const left: readonly (readonly [number, string])[] = [
    [leftOut.notExamined, "未審査、または審査できない請求がある"],
    [leftOut.changed, "審査のあとで事実・規則が変わった（もう一度審査する）"],
    [leftOut.samePerson, "審査した人が決裁者と同じ"],
    [leftOut.attached, "児童が先の請求と重なる（もう一度審査する）"],
  ];
  for (const [cases_, reason] of left) if (cases_ > 0) lines.push(`  残した ${count(cases_)}事案: ${reason}`);
  return lines.join("\n");
}

function describeReexamination(verb: string): (result: ReexaminationCount) => string {
  return ({ cases, changed, ended, written, impossible }) => {
    const lines = [
      `${verb}: ${count(cases)}事案のうち、決定と違うもの ${count(changed)}件、書いたもの ${count(written)}件、計算できない ${count(impossible)}件。`,
    ];
    for (const recipientId of ended)
      lines.push(`  消滅した受給者の事実が変わっています（個別に判断）: 認定番号 ${recipientId}`);
    return lines.join("\n");
  };
}

function describeClaim({
  receptionNumber,
  receivedOn,
  claimantNumber,
  state,
  recipientId,
  reasons,
}: ListedClaim): string {
  const who = `宛名 ${String(claimantNumber).padStart(15, "0")}`;
  const number = recipientId === null ? "" : ` 認定番号 ${recipientId}`;
  return `${receptionNumber} ${receivedOn} ${who} ${claimStateLabels[state]}${number}${reasons.map((reason) => `\n    ${reason}`).join("")}`;
}

function describeReformStart({
  receptionNumber,
  receivedOn,
  claimantNumber,
  recipientId,
  cause,
  firstMonth,
  reasons,
}: ReformStart): string {
  const head = `${receptionNumber} ${receivedOn} 宛名 ${String(claimantNumber).padStart(15, "0")} 認定番号 ${recipientId} 事由 ${cause} ${firstMonth} 分から`;
  return [head, ...reasons.map((reason) => `    ${reason}`)].join("\n");
}

async function readForm(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path === "-" ? "/dev/stdin" : path, "utf8"));
  } catch (error) {
    const message = `請求 ${path} を JSON として読めません。ファイルと内容を確認してください。`;
    throw new Refusal("claimInvalid", message, { path }, { cause: error });
  }
}

/** Named ones, or all where none is named and `--all` says so. */
function named<T>(list: readonly T[], all: boolean | undefined, what: string): readonly T[] | "all" {
  if (list.length > 0) return list;
  if (all === true) return "all";
  throw new Refusal("invalidValue", `${what}を指定するか、--all を付けてください。何もしていません。`);
}

function registerReceipt(claim: Command): void {
  withActor(claim.command("file").description("請求を1件受け付ける / receive one claim"))
    .argument("<file>", "請求の JSON（- は標準入力）/ claim as JSON")
    .option("--approved-exception", "請求者以外の名義の口座を、例外の承認を受けて使う")
    .option("--key <key>", "処理の鍵 / idempotency key")
    .action(async (path: string, options: { approvedException?: true; key?: string }, command: Command) => {
      const form = await readForm(path);
      await perform(
        command,
        async ({ context }) => await fileClaim(context, form, options),
        ({ receptionNumber, added, warnings }) =>
          [
            added
              ? `受付番号 ${receptionNumber} の請求を受け付けました。`
              : `受付番号 ${receptionNumber} の請求は、同じ内容で受付済みです。`,
            ...warnings.map((warning) => `  注意: ${warning}`),
          ].join("\n"),
      );
    });
  withActor(claim.command("withdraw").description("取下げ / the claimant takes a claim back"))
    .argument("<reception>", "受付番号", reception)
    .requiredOption("--on <date>", "取下げの日 / day", day)
    .action(async (receptionNumber: string, options: { on: CivilDate }, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          await withdrawClaim(context, receptionNumber, options.on);
          return { receptionNumber };
        },
        () => `受付番号 ${receptionNumber} の請求を取下げにしました。`,
      );
    });
  withActor(claim.command("list").description("受付簿 / claims and where they stand"))
    .addOption(new Option("--state <state>", "状態 / state").choices(Object.keys(claimStateLabels)))
    .option("--limit <n>", "件数 / at most", atMost, 50)
    .action(async (options: { state?: ClaimState; limit: number }, command: Command) => {
      await perform(
        command,
        async ({ context }) => await listClaims(context.pool, options),
        (claims) => (claims.length === 0 ? "該当する請求はありません。" : claims.map(describeClaim).join("\n")),
      );
    });
  withActor(
    claim
      .command("reform-starts")
      .description(
        "2024年10月の改正の期間に受け付け、2024年10月分から始まっていない、高校生年代の初めての認定 / starts to look at",
      ),
  ).action(async (_options: object, command: Command) => {
    await perform(
      command,
      async ({ context }) => await reformStarts(context.pool),
      (found) =>
        found.length === 0
          ? "2024年10月分から始まっていない認定はありません。"
          : `${count(found.length)}件あります。事由と開始月を確かめてください。\n${found.map(describeReformStart).join("\n")}`,
    );
  });
}

function registerStages(claim: Command): void {
  withActor(claim.command("examine").description("審査する（案を作る）/ examine"))
    .argument("[reception...]", "受付番号 / claims")
    .option("--all", "未決裁の請求すべて / every undecided claim")
    .action(async (numbers: string[], options: { all?: true }, command: Command) => {
      const scope = named(numbers.map(reception), options.all, "受付番号");
      await perform(
        command,
        async ({ context }) => (scope === "all" ? await examineAll(context) : await examineClaims(context, scope)),
        describeExamination,
      );
    });
  withActor(claim.command("approve").description("決裁する（審査した人と別の人）/ approve, by another person"))
    .argument("[reception...]", "受付番号 / claims")
    .option("--all", "審査済みの請求すべて / every examined claim")
    .option("--key <key>", "処理の鍵 / idempotency key")
    .action(async (numbers: string[], options: { all?: true; key?: string }, command: Command) => {
      const scope = named(numbers.map(reception), options.all, "受付番号");
      await perform(
        command,
        async ({ context }) =>
          scope === "all" ? await approveAll(context) : await approveClaims(context, scope, options.key),
        describeApproval,
      );
    });
}

type ScopeOptions = { readonly recipient?: readonly number[]; readonly all?: true };

function scopeOf(options: ScopeOptions): Scope {
  const scope = named(options.recipient ?? [], options.all, "認定番号（--recipient）");
  return scope === "all" ? "all" : { recipients: scope };
}

function registerExOfficio(claim: Command): void {
  const scoped = (name: string, description: string): Command =>
    withActor(claim.command(name).description(description))
      .option("--recipient <id>", "認定番号（繰り返せる）/ recipient", recipientNumber)
      .option("--all", "すべての受給者 / everyone");
  scoped("reexamine", "職権の再審査: 台帳の変化による違いを案にする / propose ex officio").action(
    async (options: ScopeOptions, command: Command) => {
      const scope = scopeOf(options);
      await perform(
        command,
        async ({ context }) => await reexamine(context, scope),
        describeReexamination("再審査しました"),
      );
    },
  );
  scoped("decide", "職権の決定: 再審査の案を、別の人が決裁する / decide ex officio").action(
    async (options: ScopeOptions, command: Command) => {
      const scope = scopeOf(options);
      await perform(
        command,
        async ({ context }) => await approveReexamined(context, scope),
        describeReexamination("職権で決定しました"),
      );
    },
  );
}

export function registerClaim(program: Command): void {
  const claim = program.command("claim").description("請求・審査・決裁 / claims");
  registerReceipt(claim);
  registerStages(claim);
  registerExOfficio(claim);
}
