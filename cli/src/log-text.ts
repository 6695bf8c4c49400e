/** What a check of a log against its seals found, in words; and heads that were kept elsewhere. */
import { readHead, type SealHead } from "@hagukumi/platform/access/seal/head.ts";
import type { LogCheck, LogFinding } from "@hagukumi/platform/access/seal/verify-log.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";

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

/** One line for the whole, one for each finding. */
export function logText(check: LogCheck, label: string): string {
  const head = check.comparedHead ? "控えの封を含む" : "控えの封との比較なし";
  const sum = `${check.found === 0 ? "○" : "×"} ${label}: 封 ${check.blocks}、行 ${check.rows}、保存期間を過ぎて消した行 ${check.removed}、封をしていない行 ${check.unsealed}（${head}）`;
  const more = check.found > check.findings.length ? [`    ほか ${check.found - check.findings.length} 件`] : [];
  return [sum, ...check.findings.map((finding) => `    ${findingText(finding)}`), ...more].join("\n");
}

/** @throws Refusal `invalidValue` where there is no such file */
export async function keptHead(file: string): Promise<SealHead> {
  const head = await readHead(file);
  if (head !== undefined) return head;
  throw new Refusal(
    "invalidValue",
    `封の控え ${file} がありません。hagukumi log witness が書いたファイルを指定してください。`,
  );
}
