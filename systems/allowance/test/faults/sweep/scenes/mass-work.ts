/** 一括処理: age milestones, invitations and the year's review, each from its list over the approval to its end. */
import type { Pool } from "pg";

import { openReviewYear } from "../../../../src/annual-review/year.ts";
import { createMassRun } from "../../../../src/mass-work/create-run.ts";
import { getMassRun } from "../../../../src/mass-work/run-record.ts";
import { approveMassRun, cancelMassRun, startMassRun } from "../../../../src/mass-work/steps.ts";
import { workAll } from "../../../../src/mass-work/worker.ts";
import { certifiedFamily } from "../../../support/families.ts";
import { prepare } from "../../../support/filings.ts";
import { contextIn, countsOf, rowsOf, type Scene } from "../scene.ts";

type Job = { readonly code: string; readonly day: string; readonly parameters: Readonly<Record<string, unknown>> };

const JOBS: readonly Job[] = [
  { code: "reviewCheck", day: "2026-06-03", parameters: { year: 2026 } },
  { code: "reviewSchedule", day: "2026-08-03", parameters: { year: 2026 } },
  { code: "ageMilestones", day: "2026-11-20", parameters: { month: "2026-11" } },
  { code: "supportInvitations", day: "2027-03-10", parameters: { month: "2027-03" } },
];

async function doJob(pool: Pool, folder: string, { code, day, parameters }: Job): Promise<void> {
  const maker = contextIn(pool, folder, "staff.ito", day);
  const approver = contextIn(pool, folder, "staff.sato", day);
  const { response } = await createMassRun(maker, { key: `create/${code}`, jobCode: code, parameters });
  const { runNo } = response;
  const run = async () => await getMassRun(pool, runNo);
  await workAll(maker);
  if ((await run()).state === "listed") {
    const { list } = await run();
    if (list === null || list.change === 0) {
      await cancelMassRun(maker, { key: `cancel/${code}`, runNo, reason: "変えるものがない" });
    } else await approveMassRun(approver, { key: `approve/${code}`, runNo, digest: list.digest });
  }
  if ((await run()).state === "approved") await startMassRun(approver, { key: `start/${code}`, runNo });
  await workAll(maker);
}

export const massWork: Scene = {
  name: "massWork",
  prepare: async (pool, folder) => {
    await prepare(pool);
    const clerks = {
      clerk: contextIn(pool, folder, "staff.ito", "2026-05-20"),
      approver: contextIn(pool, folder, "staff.sato", "2026-05-20"),
    };
    // Three years old in November 2026; a pupil of the last school year with two younger ones; two of school age
    await certifiedFamily(clerks, 58_000, ["2023-11-10"]);
    await certifiedFamily(clerks, 58_100, ["2008-06-01", "2012-06-01", "2016-06-01"]);
    await certifiedFamily(clerks, 58_200, ["2015-07-01", "2018-07-01"]);
    await openReviewYear(contextIn(pool, folder, "staff.ito", "2026-06-01"), 2026);
  },
  work: async (pool, folder) => {
    for (const job of JOBS) await doJob(pool, folder, job);
  },
  end: async (pool) => ({
    runs: await rowsOf(
      pool,
      "SELECT m.job_code, e.to_state FROM allowance.mass_run m JOIN LATERAL (SELECT to_state FROM allowance.mass_event x WHERE x.mass_run_no = m.mass_run_no ORDER BY seq DESC LIMIT 1) e ON true ORDER BY m.mass_run_no",
    ),
    decisions: await rowsOf(
      pool,
      "SELECT recipient_id, seq, kind, effective_month, cause, monthly_total FROM allowance.decision ORDER BY 1, 2",
    ),
    ...(await countsOf(pool, [
      "allowance.mass_item",
      "allowance.mass_result",
      "allowance.case_notice",
      "allowance.review_result",
      "allowance.hold",
    ])),
  }),
};
