/** 統計・報告 at the end of a fiscal year: the grant account and the annual return, made by one person and approved by another. */
import { approveReport, makeReport } from "@hagukumi/allowance/contract.ts";

import { as, type Figures, type YearStep, type YearWork } from "../work.ts";

const REPORTS = ["grant", "annual"] as const;

/** Keeps both reports of the fiscal year; what has its report is not reported twice (the commands have keys). */
export async function reportYear(work: YearWork, step: YearStep, fiscalYear: number): Promise<Figures> {
  for (const kind of REPORTS) {
    const key = (name: string): string => `year/${step.id}/${kind}/${name}`;
    const note = "演習: 年度末の実績";
    const made = await makeReport(as(work, "maker", step), { kind, fiscalYear, note }, key("make"));
    const { reportNo, figuresDigest } = made;
    await approveReport(as(work, "approver", step), { reportNo, figuresDigest }, key("approve"));
  }
  return { reportsKept: REPORTS.length };
}
