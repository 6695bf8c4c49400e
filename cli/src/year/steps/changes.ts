/** 連携から来た変更: what the month's deliveries changed about a case is looked at one by one, and leaves the list with a reason. */
import { closeChange, omitReport, proposeChanges, unreportedChanges } from "@hagukumi/allowance/contract.ts";

import { as, type Figures, type YearStep, type YearWork } from "../work.ts";

const OPEN = `
  SELECT change_id AS "changeId", kind FROM allowance.register_change_state WHERE outcome IS NULL ORDER BY change_id`;

/** Kinds whose report the office leaves out, because the register says it all. */
const REPORTS: ReadonlySet<string> = new Set(["moveWithin", "nameChange"]);

/**
 * By then what changes a right has been decided (職権, 請求): a person compares, and closes. Moves and new names need no report where
 * the register has been looked at (届出の省略).
 */
export async function handleChanges(work: YearWork, step: YearStep): Promise<Figures> {
  const clerk = as(work, "register", step);
  await proposeChanges(clerk);
  for (const change of await unreportedChanges(work.context.pool, step.on)) {
    const { recipientId, item, historyNo } = change;
    await omitReport(clerk, { ...change, key: `year/${step.id}/omit/${recipientId}/${item}/${historyNo}` });
  }
  const { rows } = await work.context.pool.query<{ changeId: number; kind: string }>(OPEN);
  for (const { changeId, kind } of rows) {
    const reason = REPORTS.has(kind)
      ? "演習: 公簿で確かめ、届出の省略を記録した"
      : "演習: 決定と照らし合わせ、決めることが残っていないのを確かめた";
    await closeChange(clerk, { changeId, reason, key: `year/${step.id}/close/${changeId}` });
  }
  return { changes: rows.length };
}
