/**
 * 証拠書類: everything that shows what a mass run did, as one folder of files that need no program to be read: parameters, approvals,
 * log, counts and checks (JSON), the list with its results (CSV), and the hash of every file. Also 支援措置 people stand in the
 * CSV by number only: names and addresses are in none of the files.
 */
import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { csvLine } from "@hagukumi/platform/csv/write.ts";
import { writeFileAtomic } from "@hagukumi/platform/files/atomic.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { auditedRead, type Reader } from "../inquiry/audited-read.ts";
import { declareList } from "../outputs/declared-list.ts";
import { massJobs, type MassJobs } from "./jobs.ts";
import type { MassCheck } from "./mass-job.ts";
import { massItemCounts, type MassItemRow, massItems } from "./read-items.ts";
import { getMassRun, massEvents } from "./run-record.ts";
import { massOutcomeLabels, massResultLabels, massStateLabels } from "./states.ts";

export type EvidenceFile = { readonly name: string; readonly bytes: Buffer; readonly sha256: string };

const PAGE = 5000;

type Line = MassItemRow & { readonly kinds: Readonly<Record<string, string>> };

export const evidenceList = declareList<Line>({
  code: "massEvidence",
  protectedOf: (row) => row.protected,
  columns: [
    { name: "対象", kind: "plain", cell: (row) => String(row.subject) },
    { name: "枝番", kind: "plain", cell: (row) => String(row.part) },
    { name: "宛名番号", kind: "person", cell: (row) => String(row.addresseeNumber).padStart(15, "0") },
    { name: "認定番号", kind: "person", cell: (row) => (row.recipientId === null ? "" : String(row.recipientId)) },
    { name: "種類", kind: "plain", cell: (row) => row.kinds[row.kind] ?? row.kind },
    { name: "区分", kind: "plain", cell: (row) => massOutcomeLabels[row.outcome] },
    { name: "理由", kind: "plain", cell: (row) => row.reason },
    { name: "変更前", kind: "plain", cell: (row) => row.before ?? "" },
    { name: "変更後", kind: "plain", cell: (row) => row.after ?? "" },
    {
      name: "変更前の月額（円）",
      kind: "amount",
      cell: (row) => (row.yenBefore === null ? "" : String(row.yenBefore)),
    },
    { name: "変更後の月額（円）", kind: "amount", cell: (row) => (row.yenAfter === null ? "" : String(row.yenAfter)) },
    { name: "適用年月", kind: "plain", cell: (row) => row.effectiveMonth ?? "" },
    { name: "結果", kind: "plain", cell: (row) => (row.result === null ? "" : massResultLabels[row.result]) },
    { name: "書かなかった理由", kind: "plain", cell: (row) => row.resultReason ?? "" },
  ],
});

/** The list of a run as CSV (UTF-8 with BOM, CRLF), its lines in order. */
export async function massListCsv(
  client: Queryable,
  runNo: number,
  kinds: Readonly<Record<string, string>>,
): Promise<Buffer> {
  const parts = ["\uFEFF", csvLine(evidenceList.header, true)];
  let after: { subject: number; part: number } | undefined;
  for (;;) {
    const rows = await massItems(client, runNo, { after, limit: PAGE });
    for (const row of rows) parts.push(csvLine(evidenceList.cells({ ...row, kinds }), true));
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return Buffer.from(parts.join(""), "utf8");
    after = last;
  }
}

/** 検査 after the run, in order. */
export async function massChecks(client: Queryable, runNo: number): Promise<readonly MassCheck[]> {
  const { rows } = await client.query<MassCheck>(
    "SELECT name, faults, detail FROM allowance.mass_check WHERE mass_run_no = $1 ORDER BY check_no",
    [runNo],
  );
  return rows;
}

const fileOf = (name: string, bytes: Buffer): EvidenceFile => ({
  name,
  bytes,
  sha256: createHash("sha256").update(bytes).digest("hex"),
});

const jsonFile = (name: string, value: unknown): EvidenceFile =>
  fileOf(name, Buffer.from(`${JSON.stringify(value, null, 2)}\n`, "utf8"));

/**
 * The files of a run, as it stands now. The read is recorded.
 *
 * @throws Refusal `massRunUnknown`
 */
export async function massEvidence(
  reader: Reader,
  runNo: number,
  jobs: MassJobs = massJobs,
): Promise<readonly EvidenceFile[]> {
  const entry = { action: "massWork.evidence", objectKind: "massRun", objectId: String(runNo) };
  return await auditedRead(reader, entry, async (client) => {
    const run = await getMassRun(client, runNo);
    const job = jobs.find(({ code }) => code === run.jobCode);
    const approvals = await client.query(
      `SELECT digest, maker, approver, to_char(recorded_at, 'YYYY-MM-DD"T"HH24:MI:SSTZH:TZM') AS at FROM allowance.mass_approval WHERE mass_run_no = $1`,
      [runNo],
    );
    const files = [
      jsonFile("1-処理.json", { ...run, job: job?.name ?? run.jobCode, stateName: massStateLabels[run.state] }),
      jsonFile("2-承認.json", approvals.rows),
      jsonFile("3-記録.json", await massEvents(client, runNo)),
      jsonFile("4-件数.json", await massItemCounts(client, runNo)),
      jsonFile("5-検査.json", await massChecks(client, runNo)),
      fileOf("6-一覧.csv", await massListCsv(client, runNo, job?.kinds ?? {})),
    ];
    const sums = files.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join("");
    return [...files, fileOf("SHA256SUMS", Buffer.from(sums, "utf8"))];
  });
}

/** Writes the files into `dir`, each whole or not at all, readable by the owner alone. Returns their paths. */
export async function writeMassEvidence(
  reader: Reader,
  runNo: number,
  dir: string,
  jobs?: MassJobs,
): Promise<readonly string[]> {
  const files = await massEvidence(reader, runNo, jobs);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const paths: string[] = [];
  for (const { name, bytes } of files) {
    const path = join(dir, name);
    await writeFileAtomic(path, bytes);
    paths.push(path);
  }
  return paths;
}
