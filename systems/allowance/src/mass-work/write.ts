/**
 * 実行 (commit): slice by slice, each one SERIALIZABLE transaction that judges its subjects once more. What comes out as it
 * stands in the approved list is written; a case that changed since is not written but named, so that a new run picks it up.
 */
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import type { PoolClient } from "pg";

import type { Context } from "../context.ts";
import { snapshotRead } from "../inquiry/audited-read.ts";
import { stopIfCancelled } from "../refusal.ts";
import { workOf } from "./collect.ts";
import { massCommand } from "./command.ts";
import { massJobOf, type MassJobs } from "./jobs.ts";
import { type AnyMassJob, type Applied, itemDigest, type MassItem } from "./mass-job.ts";
import { getMassRun, type MassRunRecord, recordMassEvent } from "./run-record.ts";
import type { MassResult } from "./states.ts";

const SLICE = 200;

/** Refusals that are about the machine or the moment, not about a case: the run stops with them. */
const NOT_ABOUT_A_CASE: ReadonlySet<string> = new Set([
  "cancelled",
  "commitOutcomeUnknown",
  "databaseBusy",
  "databaseStart",
  "databaseStorage",
  "databaseUnavailable",
  "massRunUnknown",
  "notPermitted",
  "operatorInvalid",
  "settingMissing",
]);

type Stored = { readonly subject: number; readonly part: number; readonly outcome: string; readonly digest: string };

type Result = {
  readonly subject: number;
  readonly part: number;
  readonly result: MassResult;
  readonly reason: string;
  readonly written: Applied;
};

/** Subjects with lines to be written that have no result yet. */
async function pendingSubjects(
  connection: Queryable,
  runNo: number,
  after: number,
  limit: number,
): Promise<readonly number[]> {
  const { rows } = await connection.query<{ subject: number }>(
    `SELECT DISTINCT i.subject FROM allowance.mass_item i LEFT JOIN allowance.mass_result r USING (mass_run_no, subject, part)
     WHERE i.mass_run_no = $1 AND i.outcome = 'change' AND r.subject IS NULL AND i.subject > $2 ORDER BY i.subject LIMIT $3`,
    [runNo, after, limit],
  );
  return rows.map(({ subject }) => subject);
}

async function storedItems(client: PoolClient, runNo: number, subjects: readonly number[]): Promise<Stored[]> {
  const { rows } = await client.query<Stored>(
    `SELECT i.subject, i.part, i.outcome, i.digest FROM allowance.mass_item i LEFT JOIN allowance.mass_result r USING (mass_run_no, subject, part)
     WHERE i.mass_run_no = $1 AND i.subject = ANY ($2) AND r.subject IS NULL ORDER BY i.subject, i.part`,
    [runNo, subjects],
  );
  return rows;
}

const idOf = ({ subject, part }: { subject: number; part: number }): string => `${subject}/${part}`;

/** Splits what the list says into what still stands, with its lines as they are now, and what does not. */
function compare(
  stored: readonly Stored[],
  now: readonly MassItem[],
): { readonly standing: readonly MassItem[]; readonly results: readonly Result[] } {
  const current = new Map(now.map((item) => [idOf(item), item]));
  const broken = new Map<number, string>();
  for (const line of stored) {
    const item = current.get(idOf(line));
    if (item !== undefined && itemDigest(item) === line.digest) continue;
    broken.set(line.subject, item === undefined ? "いまは対象でなくなりました" : `いまの判断: ${item.reason}`);
  }
  const known = new Set(stored.map(idOf));
  for (const item of now) {
    if (!known.has(idOf(item))) broken.set(item.subject, `いまの判断: ${item.reason}`);
  }
  const lines = stored.filter(({ outcome }) => outcome === "change");
  return {
    standing: lines.flatMap((line) => {
      const item = broken.has(line.subject) ? undefined : current.get(idOf(line));
      return item === undefined ? [] : [item];
    }),
    results: lines.flatMap(({ subject, part }) => {
      const why = broken.get(subject);
      const reason = `一覧のあとで事案が変わったので、書いていません。${why ?? ""}`;
      return why === undefined ? [] : [{ subject, part, result: "changed", reason, written: {} }];
    }),
  };
}

async function writeResults(client: PoolClient, runNo: number, key: string, results: readonly Result[]): Promise<void> {
  await client.query(
    `INSERT INTO allowance.mass_result (mass_run_no, subject, part, result, reason, written, command_key)
     SELECT $1, r.subject, r.part, r.result, r.reason, r.written, $2
     FROM unnest($3::bigint[], $4::smallint[], $5::text[], $6::text[], $7::jsonb[]) r(subject, part, result, reason, written)`,
    [
      runNo,
      key,
      results.map(({ subject }) => subject),
      results.map(({ part }) => part),
      results.map(({ result }) => result),
      results.map(({ reason }) => reason),
      results.map(({ written }) => JSON.stringify(written)),
    ],
  );
}

/** One slice as one command. Writes nothing when the run is not 実行中 any more. */
async function writeSlice(
  context: Context,
  job: AnyMassJob,
  run: MassRunRecord,
  subjects: readonly number[],
): Promise<void> {
  const key = `massWork.write/${run.runNo}/${run.seq}/${subjects[0] ?? 0}+${subjects.length}`;
  await massCommand(context, "write", key, { runNo: run.runNo, subjects }, async (client) => {
    const now = await getMassRun(client, run.runNo);
    if (now.state !== "running") return { runNo: run.runNo, response: null, detail: { written: 0 } };
    const work = workOf(context, run);
    const stored = await storedItems(client, run.runNo, subjects);
    const { standing, results } = compare(stored, await job.judge(client, work, subjects));
    const writing = {
      ...work,
      runNo: run.runNo,
      maker: run.maker,
      approver: run.approver ?? "",
      decidedOn: context.today,
    };
    const applied = standing.length === 0 ? [] : await job.apply(client, writing, standing);
    if (applied.length !== standing.length)
      throw new Error(`${job.code} wrote ${applied.length} of ${standing.length}`);
    crashPoint("massWork.applied");
    const done = standing.map(({ subject, part }, index) => ({
      subject,
      part,
      result: "written" as const,
      reason: "",
      written: applied[index] ?? {},
    }));
    await writeResults(client, run.runNo, key, [...done, ...results]);
    return { runNo: run.runNo, response: null, detail: { written: done.length, changed: results.length } };
  });
}

/** A single subject that the rules or the database refuse: named with the reason, nothing written. */
async function writeRefused(context: Context, run: MassRunRecord, subject: number, why: Refusal): Promise<void> {
  const key = `massWork.refused/${run.runNo}/${run.seq}/${subject}`;
  await massCommand(context, "refused", key, { runNo: run.runNo, subject, code: why.code }, async (client) => {
    const now = await getMassRun(client, run.runNo);
    if (now.state !== "running") return { runNo: run.runNo, response: null };
    const stored = await storedItems(client, run.runNo, [subject]);
    const results = stored
      .filter(({ outcome }) => outcome === "change")
      .map(({ part }) => ({
        subject,
        part,
        result: "refused" as const,
        reason: why.message,
        written: { code: why.code },
      }));
    await writeResults(client, run.runNo, key, results);
    return { runNo: run.runNo, response: null, detail: { code: why.code } };
  });
}

/** Writes the subjects; where one of them is refused, the halves are tried until it stands alone. */
async function writeSubjects(
  context: Context,
  job: AnyMassJob,
  run: MassRunRecord,
  subjects: readonly number[],
): Promise<void> {
  const [first] = subjects;
  if (first === undefined) return;
  try {
    await writeSlice(context, job, run, subjects);
    crashPoint("massWork.write.committed");
  } catch (error) {
    if (!(error instanceof Refusal) || NOT_ABOUT_A_CASE.has(error.code)) throw error;
    if (subjects.length === 1) {
      await writeRefused(context, run, first, error);
      return;
    }
    const middle = Math.ceil(subjects.length / 2);
    await writeSubjects(context, job, run, subjects.slice(0, middle));
    await writeSubjects(context, job, run, subjects.slice(middle));
  }
}

/** 完了: the invariants, then the last event; the database refuses it while a line has no result. */
async function finish(context: Context, job: AnyMassJob, run: MassRunRecord): Promise<void> {
  const work = workOf(context, run);
  const checks = (await snapshotRead(context.pool, async (client) => await job.checks?.(client, work))) ?? [];
  await massCommand(context, "finish", `massWork.finish/${run.runNo}`, { runNo: run.runNo }, async (client) => {
    const now = await getMassRun(client, run.runNo);
    if (now.state !== "running") return { runNo: run.runNo, response: null };
    for (const [index, { name, faults, detail }] of checks.entries()) {
      await client.query(
        "INSERT INTO allowance.mass_check (mass_run_no, check_no, name, faults, detail) VALUES ($1, $2, $3, $4, $5)",
        [run.runNo, index + 1, name, faults, detail],
      );
    }
    const faults = checks.reduce((sum, check) => sum + check.faults, 0);
    const found = checks.length === 0 ? "" : faults === 0 ? "、検査は合格" : `、検査で ${faults}件が合いません`;
    const note = `書いた ${now.written}件、変わったので書かない ${now.changed}件、断られた ${now.refused}件${found}`;
    await recordMassEvent(client, now, { to: "done", actor: context.operator, note });
    return { runNo: run.runNo, response: null, detail: { written: now.written, changed: now.changed, faults } };
  });
  crashPoint("massWork.done");
}

/**
 * Goes on with the writing of a run until it is 完了, stopped by somebody, or by the signal. After any interruption it goes on
 * with the lines that have no result.
 *
 * @throws Refusal `cancelled` when the signal stopped it between two slices
 */
export async function writeMassRun(context: Context, runNo: number, jobs?: MassJobs): Promise<MassRunRecord> {
  let after = 0;
  for (;;) {
    const run = await getMassRun(context.pool, runNo);
    if (run.state !== "running") return run;
    const job = massJobOf(run.jobCode, jobs);
    context.onProgress?.(`${job.name}: 実行`, run.done, run.total);
    stopIfCancelled(context.signal, "一括処理の実行");
    const subjects = await pendingSubjects(context.pool, runNo, after, Math.min(job.slice ?? SLICE, SLICE));
    after = subjects.at(-1) ?? after;
    if (subjects.length > 0) await writeSubjects(context, job, run, subjects);
    else await finish(context, job, run);
  }
}
