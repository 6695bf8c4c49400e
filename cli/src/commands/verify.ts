/** `hagukumi verify …`: the nightly checks: money invariants, and the access log against its seals. */
import { verifyMoney } from "@hagukumi/allowance/contract.ts";
import { readHead, type SealHead } from "@hagukumi/platform/access/seal/head.ts";
import { ACCESS_LOG, JOURNAL, type LogStream } from "@hagukumi/platform/access/seal/rows.ts";
import { headPath } from "@hagukumi/platform/access/seal/seal-log.ts";
import { readSealKey } from "@hagukumi/platform/access/seal/seal-key.ts";
import { type LogCheck, type LogFinding, verifyLog } from "@hagukumi/platform/access/seal/verify-log.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { Command } from "commander";

import { perform, withActor } from "../context.ts";

const WHAT: Readonly<Record<string, string>> = {
  changed: "変更された行",
  deleted: "消された行",
  inserted: "後から入れられた行",
  content: "封の内容が変わっている",
  link: "前の封につながらない",
  signature: "封の署名が違う",
  leaves: "行のハッシュが封の根と合わない",
  clock: "前の封より前の時刻",
  format: "知らない並べ方の版か、前の封より古い版",
};

const REMOVAL_FAULTS = {
  content: "内容が変わっている",
  link: "前の消去の記録につながらない",
  signature: "署名が違う",
  blocks: "消した封と合わない",
} as const;

function findingText(finding: LogFinding): string {
  if (finding.kind === "overlap") return "番号が、どの封にもないか、二つの封にある";
  if (finding.kind === "missing") return `封 ${finding.blockNo} がない`;
  if (finding.kind === "removal") return `消去の記録 ${finding.removalNo}: ${REMOVAL_FAULTS[finding.what]}`;
  if (finding.kind === "block") return `封 ${finding.blockNo}: ${WHAT[finding.what] ?? finding.what}`;
  return `${WHAT[finding.kind] ?? finding.kind} ${finding.seq}${finding.blockNo === null ? "" : `（封 ${finding.blockNo}）`}`;
}

function logText(check: LogCheck, label: string): string {
  const head = check.comparedHead ? "控えの封を含む" : "控えの封との比較なし";
  const sum = `${check.found === 0 ? "○" : "×"} ${label}: 封 ${check.blocks}、行 ${check.rows}、保存期間を過ぎて消した行 ${check.removed}、封をしていない行 ${check.unsealed}（${head}）`;
  const more = check.found > check.findings.length ? [`    ほか ${check.found - check.findings.length} 件`] : [];
  return [sum, ...check.findings.map((finding) => `    ${findingText(finding)}`), ...more].join("\n");
}

async function keptHead(file: string): Promise<SealHead> {
  const head = await readHead(file);
  if (head !== undefined) return head;
  throw new Refusal(
    "invalidValue",
    `封の控え ${file} がありません。hagukumi log witness が書いたファイルを指定してください。`,
  );
}

/** Adds `hagukumi verify …`. Exit status 1 when an invariant is broken. */
export function registerVerify(program: Command): void {
  const verify = program.command("verify").description("保存された記録の検査 / checks of what is stored");
  withActor(verify.command("money").description("お金の不変条件（M1〜M31）を調べる / money invariants")).action(
    async (_options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          const results = await verifyMoney(context);
          if (results.some((one) => one.violations > 0)) process.exitCode = 1;
          return results;
        },
        (results) =>
          results
            .map(
              (one) =>
                `${one.violations === 0 ? "○" : "×"} ${one.id} ${one.title}${one.examples.map((text) => `\n    ${text}`).join("")}`,
            )
            .join("\n"),
      );
    },
  );
  withActor(
    verify
      .command("log")
      .description(
        "アクセスログとシステムの記録を封と照らし合わせる（変更・削除・挿入・並べ替え・切取り） / access log and journal against their seals",
      )
      .option("--head <file...>", "別の場所に控えた封 / heads kept elsewhere"),
  ).action(async (options: { readonly head?: readonly string[] }, command: Command) => {
    await perform(
      command,
      async ({ context, dataDir }) => {
        const key = await readSealKey(dataDir);
        const given = await Promise.all((options.head ?? []).map(keptHead));
        const look = async (stream: LogStream, more: readonly SealHead[]): Promise<LogCheck> => {
          const own = await readHead(headPath(dataDir, stream));
          const heads = own === undefined ? more : [own, ...more];
          return await verifyLog(context.pool, key, heads, undefined, stream);
        };
        const check = await look(ACCESS_LOG, given);
        const journal = await look(JOURNAL, []);
        if (check.found + journal.found > 0) process.exitCode = 1;
        return { ...check, journal };
      },
      (result) => `${logText(result, ACCESS_LOG.label)}\n${logText(result.journal, JOURNAL.label)}`,
    );
  });
}
