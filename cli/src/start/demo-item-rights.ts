/** 宛名の項目の権限 of the made-up people: without any, the pages of 住登外者 show nobody anything. */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import {
  approveItemRight,
  itemLabels,
  listItemRights,
  requestItemRight,
} from "@hagukumi/unified-addressee/contract.ts";
import type { AddresseeContext, ItemCode } from "@hagukumi/unified-addressee/contract.ts";

const REQUESTER = "demo.joho";
const APPROVERS = ["demo.sochi", "demo.kessai"] as const;

/** First and last day of the 年度 that the day lies in; a right lasts a year at most. */
function fiscalYear(day: CivilDate): { readonly startsOn: string; readonly endsOn: string } {
  const year = Number(day.slice(0, 4)) - (day.slice(5, 7) < "04" ? 1 : 0);
  return { startsOn: `${year}-04-01`, endsOn: `${year + 1}-03-31` };
}

/** Gives the people who register people without residence every item of them for this 年度, by two people; once. */
export async function grantDemoItemRights(
  context: Omit<AddresseeContext, "operator" | "purpose">,
  day: CivilDate,
  people: readonly string[],
): Promise<void> {
  const period = fiscalYear(day);
  const known = await listItemRights(context);
  const has = (staffId: string, itemCode: string): boolean =>
    known.some(
      (right) =>
        right.staffId === staffId &&
        right.itemCode === itemCode &&
        right.startsOn === period.startsOn &&
        right.approvedBy !== null,
    );
  const by = (operator: string): AddresseeContext => ({ ...context, operator, purpose: "デモの準備" });
  for (const staffId of people) {
    const approver = APPROVERS.find((each) => each !== staffId) ?? APPROVERS[0];
    for (const itemCode of Object.keys(itemLabels) as ItemCode[]) {
      if (has(staffId, itemCode)) continue;
      const key = `demo/item-right/${staffId}/${itemCode}/${period.startsOn}`;
      const { rightId } = await requestItemRight(by(REQUESTER), { key, staffId, itemCode, ...period });
      await approveItemRight(by(approver), { key: `${key}/approve`, rightId });
    }
  }
}
