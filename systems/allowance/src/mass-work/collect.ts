/**
 * 案の一覧 (dry run): slice by slice, each from where the last one ended, until every subject was looked at. The reading runs
 * on a snapshot that stands in nobody's way; what is found is stored in a small command of its own.
 */
import { copyRows } from "@hagukumi/platform/database/copy.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import type { Context } from "../context.ts";
import { snapshotRead } from "../inquiry/audited-read.ts";
import { stopIfCancelled } from "../refusal.ts";
import { streamOf } from "../stream.ts";
import { massCommand } from "./command.ts";
import { massJobOf, type MassJobs } from "./jobs.ts";
import { type AnyMassJob, itemDigest, type MassItem, type MassWork } from "./mass-job.ts";
import { getMassRun, type MassRunRecord, recordMassEvent } from "./run-record.ts";

const SLICE = 500;

type Cursor = { readonly sliceNo: number; readonly subject: number; readonly total: number | null };

async function cursorOf(connection: Queryable, runNo: number): Promise<Cursor> {
  const { rows } = await connection.query<Cursor>(
    `SELECT slice_no AS "sliceNo", last_subject AS subject, total FROM allowance.mass_slice WHERE mass_run_no = $1 ORDER BY slice_no DESC LIMIT 1`,
    [runNo],
  );
  return rows[0] ?? { sliceNo: 0, subject: 0, total: null };
}

/** The work as the job sees it: judged as of the day of the run, in the name of its maker. */
export function workOf(context: Context, run: MassRunRecord): MassWork<unknown> {
  return { parameters: run.parameters, context: { ...context, pool: context.pool, today: run.asOf } };
}

const COLUMNS = [
  "mass_run_no",
  "subject",
  "part",
  "addressee_number",
  "recipient_id",
  "kind",
  "outcome",
  "reason",
  "before_text",
  "after_text",
  "yen_before",
  "yen_after",
  "effective_month",
  "content",
  "digest",
] as const;

const rowOf = (runNo: number, item: MassItem): readonly unknown[] => [
  runNo,
  item.subject,
  item.part,
  item.addresseeNumber,
  item.recipientId,
  item.kind,
  item.outcome,
  item.reason,
  item.before,
  item.after,
  item.yenBefore,
  item.yenAfter,
  item.effectiveMonth === null ? null : `${item.effectiveMonth}-01`,
  JSON.stringify(item.content),
  itemDigest(item),
];

type Found = { readonly subjects: readonly number[]; readonly items: readonly MassItem[]; readonly total: number };

/** The next subjects and their lines, and how many subjects there are in all (asked once). */
async function look(context: Context, job: AnyMassJob, run: MassRunRecord, cursor: Cursor): Promise<Found> {
  const work = workOf(context, run);
  return await snapshotRead(context.pool, async (client) => {
    const total = cursor.total ?? (await job.count(client, work));
    const subjects = await job.subjects(client, work, cursor.subject, job.slice ?? SLICE);
    const items = subjects.length === 0 ? [] : await job.judge(client, work, subjects);
    return { subjects, items, total };
  });
}

async function store(context: Context, run: MassRunRecord, cursor: Cursor, found: Found): Promise<void> {
  const sliceNo = cursor.sliceNo + 1;
  const key = `massWork.collect/${run.runNo}/${sliceNo}`;
  await massCommand(context, "collect", key, { runNo: run.runNo, sliceNo }, async (client) => {
    // Somebody may have cancelled the run meanwhile.
    const now = await getMassRun(client, run.runNo);
    const detail = { subjects: found.subjects.length, items: found.items.length };
    if (now.state !== "collecting") return { runNo: run.runNo, response: null, detail: { ...detail, stored: false } };
    const last = found.subjects.at(-1) ?? cursor.subject;
    await client.query(
      `INSERT INTO allowance.mass_slice (mass_run_no, slice_no, from_subject, last_subject, subjects, items, total) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [run.runNo, sliceNo, cursor.subject, last, found.subjects.length, found.items.length, found.total],
    );
    await copyRows(client, "allowance.mass_item", COLUMNS, streamOf(found.items.map((item) => rowOf(run.runNo, item))));
    return { runNo: run.runNo, response: null, detail };
  });
  crashPoint(`massWork.collect.${sliceNo}`);
}

/** 一覧の完成: counts, amounts and hash, which the database compares with the lines; from here on nothing can be added. */
async function complete(context: Context, run: MassRunRecord): Promise<void> {
  const key = `massWork.list/${run.runNo}`;
  await massCommand(context, "list", key, { runNo: run.runNo }, async (client) => {
    const now = await getMassRun(client, run.runNo);
    if (now.state !== "collecting") return { runNo: run.runNo, response: null };
    await client.query(
      `INSERT INTO allowance.mass_list (mass_run_no, digest, subject_count, change_count, no_change_count, cannot_count, yen_before, yen_after, maker)
       SELECT $1, encode(sha256(convert_to(coalesce(string_agg(digest, '' ORDER BY subject, part), ''), 'UTF8')), 'hex'),
              (SELECT coalesce(sum(subjects), 0) FROM allowance.mass_slice WHERE mass_run_no = $1),
              count(*) FILTER (WHERE outcome = 'change'), count(*) FILTER (WHERE outcome = 'noChange'), count(*) FILTER (WHERE outcome = 'cannot'),
              coalesce(sum(yen_before) FILTER (WHERE outcome = 'change'), 0), coalesce(sum(yen_after) FILTER (WHERE outcome = 'change'), 0), $2
       FROM allowance.mass_item WHERE mass_run_no = $1`,
      [run.runNo, run.maker],
    );
    const { list } = await getMassRun(client, run.runNo);
    const note = `対象 ${list?.subjects ?? 0}件、変える ${list?.change ?? 0}件、変わらない ${list?.noChange ?? 0}件、できない ${list?.cannot ?? 0}件`;
    await recordMassEvent(client, now, { to: "listed", actor: context.operator, note });
    const detail = { change: list?.change ?? 0, noChange: list?.noChange ?? 0, cannot: list?.cannot ?? 0 };
    return { runNo: run.runNo, response: null, detail };
  });
  crashPoint("massWork.listed");
}

/**
 * Goes on with the list of a run until it is complete, cancelled by somebody, or stopped by the signal. May be called again
 * after any interruption: it goes on where the last complete slice ended.
 *
 * @throws Refusal `cancelled` when the signal stopped it between two slices
 */
export async function collectMassRun(context: Context, runNo: number, jobs?: MassJobs): Promise<MassRunRecord> {
  for (;;) {
    const run = await getMassRun(context.pool, runNo);
    if (run.state !== "collecting") return run;
    const job = massJobOf(run.jobCode, jobs);
    context.onProgress?.(`${job.name}: 一覧`, run.done, run.total);
    stopIfCancelled(context.signal, "一括処理の一覧");
    const cursor = await cursorOf(context.pool, runNo);
    const found = await look(context, job, run, cursor);
    if (found.subjects.length === 0) await complete(context, run);
    else await store(context, run, cursor, found);
  }
}
