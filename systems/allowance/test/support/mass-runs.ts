/** The real kinds of mass work in tests: from the list to the end. */
import type { Context } from "../../src/context.ts";
import { createMassRun } from "../../src/mass-work/create-run.ts";
import { massItems, type MassItemRow } from "../../src/mass-work/read-items.ts";
import { getMassRun, type MassRunRecord } from "../../src/mass-work/run-record.ts";
import { approveMassRun, cancelMassRun, startMassRun } from "../../src/mass-work/steps.ts";
import { workAll } from "../../src/mass-work/worker.ts";

export type Crew = { readonly maker: Context; readonly approver: Context };

let keys = 0;

/** 作成 and 一覧. */
export async function listOf(
  { maker }: Crew,
  jobCode: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<{ readonly run: MassRunRecord; readonly items: readonly MassItemRow[] }> {
  const { response } = await createMassRun(maker, { key: `list/${(keys += 1)}`, jobCode, parameters });
  await workAll(maker);
  const run = await getMassRun(maker.pool, response.runNo);
  return { run, items: await massItems(maker.pool, run.runNo, { limit: 10_000 }) };
}

/** The list alone: looked at and cancelled. */
export async function looked(
  crew: Crew,
  jobCode: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<readonly MassItemRow[]> {
  const { run, items } = await listOf(crew, jobCode, parameters);
  await cancelMassRun(crew.maker, { key: `cancel/${run.runNo}`, runNo: run.runNo, reason: "見るだけ" });
  return items;
}

/** 承認, 実行 and 書込み of what was listed. */
export async function write({ maker, approver }: Crew, run: MassRunRecord): Promise<MassRunRecord> {
  const { runNo } = run;
  await approveMassRun(approver, { key: `mass/approve/${runNo}`, runNo, digest: run.list?.digest ?? "" });
  await startMassRun(approver, { key: `mass/start/${runNo}`, runNo });
  await workAll(maker);
  return await getMassRun(maker.pool, runNo);
}
