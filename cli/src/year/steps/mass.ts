/** 一括処理: list, approval of exactly that list by another person, writing, from wherever the run stands. */
import {
  approveMassRun,
  createMassRun,
  getMassRun,
  listTaxCorrections,
  resolveCorrection,
  resumeMassRun,
  startMassRun,
  workOnRunNo,
} from "@hagukumi/allowance/contract.ts";

import { as, type Figures, people, type YearStep, type YearWork } from "../work.ts";

export type MassOrder = {
  readonly jobCode: string;
  readonly parameters: Readonly<Record<string, unknown>>;
};

/** Takes one run to 完了. */
export async function massJob(work: YearWork, step: YearStep, { jobCode, parameters }: MassOrder): Promise<Figures> {
  const maker = as(work, "examiner", step);
  const approver = as(work, "decider", step);
  const key = (name: string): string => `year/${step.id}/${jobCode}/${name}`;
  const { response } = await createMassRun(maker, { key: key("create"), jobCode, parameters });
  const { runNo } = response;
  for (;;) {
    const run = await getMassRun(work.context.pool, runNo);
    switch (run.state) {
      case "collecting":
      case "running":
        await workOnRunNo({ ...maker, operator: run.actor }, runNo, { terminal: "year" });
        break;
      case "listed":
        await approveMassRun(approver, { key: key("approve"), runNo, digest: run.list?.digest ?? "" });
        break;
      case "approved":
        await startMassRun(approver, { key: key("start"), runNo });
        break;
      case "stopped":
      case "runFailed":
      case "collectFailed":
        await resumeMassRun(approver, { key: key(`resume/${run.seq}`), runNo });
        break;
      case "done":
      case "cancelled":
        return { [jobCode]: run.written, cannot: run.list?.cannot ?? 0, massRefused: run.refused + run.changed };
    }
  }
}

/** 所得の更正: the mass run judges what a rule can judge; whether another parent now keeps the children up, two people say. */
export async function correctTaxes(work: YearWork, step: YearStep): Promise<Figures> {
  const month = step.on.slice(0, 7);
  const done = await massJob(work, step, { jobCode: "taxRejudge", parameters: { month } });
  const left = await listTaxCorrections(work.context.pool, step.on);
  for (const { number, year, historyNo, revision, compared } of left) {
    if (compared.length === 0) continue;
    await resolveCorrection(as(work, "decider", step), {
      number,
      year,
      historyNo,
      revision,
      outcome: "mainEarnerKept",
      reason: "演習: 健康保険の扶養と家計の主な負担を確かめ、受給者のままとした",
      judgedBy: people.examiner,
      key: `year/${step.id}/resolve/${number}/${year}/${historyNo}/${revision}`,
    });
  }
  return { ...done, taxLeft: (await listTaxCorrections(work.context.pool, step.on)).length };
}
