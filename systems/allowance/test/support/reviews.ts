/** The year's review in tests: mass jobs by two people, and families that fall under one rule each. */
import type { Pool } from "pg";

import type { Context } from "../../src/context.ts";
import { createMassRun } from "../../src/mass-work/create-run.ts";
import { massItems, type MassItemRow } from "../../src/mass-work/read-items.ts";
import type { MassRunRecord } from "../../src/mass-work/run-record.ts";
import { approveMassRun, startMassRun } from "../../src/mass-work/steps.ts";
import { workAll } from "../../src/mass-work/worker.ts";
import { type Clerks, onDay } from "./families.ts";

let keys = 0;
const key = (): string => `test-review/${(keys += 1)}`;

/** The list of a job on a day; nothing is written. */
export async function listJob(clerk: Context, jobCode: string, year: number, day: string): Promise<MassRunRecord> {
  const maker = onDay(clerk, day);
  const { response } = await createMassRun(maker, { key: key(), jobCode, parameters: { year } });
  const [run] = (await workAll(maker)).filter(({ runNo }) => runNo === response.runNo);
  if (run === undefined) throw new Error(`${jobCode} made no list`);
  return run;
}

/** Approval of exactly the list by the other person, and the writing. */
export async function writeJob({ clerk, approver }: Clerks, run: MassRunRecord, day: string): Promise<MassRunRecord> {
  const second = onDay(approver, day);
  await approveMassRun(second, { key: key(), runNo: run.runNo, digest: run.list?.digest ?? "" });
  await startMassRun(second, { key: key(), runNo: run.runNo });
  const [done] = (await workAll(onDay(clerk, day))).filter(({ runNo }) => runNo === run.runNo);
  if (done === undefined) throw new Error("nothing was written");
  return done;
}

/** List, approval and writing on one day. */
export async function runJob(clerks: Clerks, jobCode: string, year: number, day: string): Promise<MassRunRecord> {
  return await writeJob(clerks, await listJob(clerks.clerk, jobCode, year, day), day);
}

/** The lines of a run by 認定番号. */
export async function linesOf(pool: Pool, run: MassRunRecord): Promise<ReadonlyMap<number, MassItemRow>> {
  return new Map((await massItems(pool, run.runNo, { limit: 1000 })).map((item) => [item.subject, item]));
}

/** 現況の受理 of a recipient: `[reception, how many versions]`, or undefined. */
export async function reportOf(pool: Pool, recipientId: number, year: number): Promise<unknown> {
  const { rows } = await pool.query<{ reception: string }>(
    "SELECT reception FROM allowance.annual_report_current WHERE recipient_id = $1 AND fiscal_year = $2",
    [recipientId, year],
  );
  return rows[0]?.reception;
}

/** The whole way of any job on the day of its crew. */
export async function runMass(
  { clerk, approver }: Clerks,
  jobCode: string,
  parameters: unknown,
): Promise<MassRunRecord> {
  const { response } = await createMassRun(clerk, { key: key(), jobCode, parameters });
  const [run] = (await workAll(clerk)).filter(({ runNo }) => runNo === response.runNo);
  if (run === undefined) throw new Error(`${jobCode} made no list`);
  await approveMassRun(approver, { key: key(), runNo: run.runNo, digest: run.list?.digest ?? "" });
  await startMassRun(approver, { key: key(), runNo: run.runNo });
  const [done] = (await workAll(clerk)).filter(({ runNo }) => runNo === run.runNo);
  if (done === undefined) throw new Error("nothing was written");
  return done;
}
