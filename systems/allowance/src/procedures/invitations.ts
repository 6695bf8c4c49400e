/** 請求の案内: by when somebody must claim so that no month is lost (15日, 児童手当法8条3項). */
import { addMonths, type CivilDate, claimDeadline, type Month, monthOf } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { closedDays } from "../claims/examine.ts";
import type { Context } from "../context.ts";

export type Invitation = {
  /** Last day on which the claim counts as made on the day of the event; null in a year whose holidays nobody knows */
  readonly claimBy: CivilDate | null;
  /** First month that a claim in time would give */
  readonly firstMonth: Month;
};

export async function invitationAfter(
  connection: Queryable,
  context: Context,
  eventOn: CivilDate,
): Promise<Invitation> {
  const deadline = claimDeadline(eventOn, context.calendar, await closedDays(connection));
  return { claimBy: deadline.ok ? deadline.value : null, firstMonth: addMonths(monthOf(eventOn), 1) };
}

/** The last day for a sentence. */
export const shownDay = (claimBy: CivilDate | null): string => claimBy ?? "（祝日表にない年のため、期限日は未定）";
