/** 委託 of the made-up city: the six consignments, the account that compares papers of 現況届, and its 作業指示. */
import type { Context } from "@hagukumi/allowance/contract.ts";
import {
  answerWish,
  contractorPeople,
  listConsignments,
  listWorkOrders,
  propose,
  standardConsignments,
} from "@hagukumi/interchange/contract.ts";

const STAFF = "demo.itaku";
const CONSIGNMENT = "consignment6";

/** The 年度 of the rights of the made-up people: those of the day on the machine's calendar. */
async function rightsYear({
  pool,
}: Context): Promise<{ readonly validFrom: string; readonly validTo: string; readonly today: string }> {
  const { rows } = await pool.query<{ today: string }>("SELECT identity.today()::text AS today");
  const today = rows[0]?.today ?? "";
  const year = Number(today.slice(0, 4)) - (today.slice(5, 7) < "04" ? 1 : 0);
  return { today, validFrom: `${year}-04-01`, validTo: `${year + 1}-03-31` };
}

/** Writes what is missing, each by two people. Without it the contractor's account logs in and can do nothing. */
export async function grantDemoConsignment(context: Context): Promise<void> {
  const by = (operator: string): Context => ({ ...context, operator, purpose: "デモの準備" });
  const decide = async (
    kind: "consignment" | "contractorAccount" | "workOrder",
    content: { readonly validFrom: string },
    name: string,
  ): Promise<void> => {
    const key = `demo/${kind}/${name}/${content.validFrom}`;
    const asked = await propose(by("demo.joho"), { kind, content, reason: "架空の契約", timing: "before", key });
    await answerWish(by("demo.kessai"), { ...asked, granted: true, key: `${key}/answer` });
  };
  const known = new Set((await listConsignments(context.pool)).map(({ consignmentCode }) => consignmentCode));
  for (const each of standardConsignments("2020-04-01")) {
    if (!known.has(each.consignmentCode)) await decide("consignment", each, each.consignmentCode);
  }
  const { today, ...period } = await rightsYear(context);
  const tied = (await contractorPeople(context.pool, today)).some(
    ({ staffId, consignmentCode }) => staffId === STAFF && consignmentCode !== null,
  );
  if (!tied) {
    const account = { staffId: STAFF, consignmentCode: CONSIGNMENT, subConsignmentNumber: null, ...period };
    await decide("contractorAccount", account, STAFF);
  }
  const ordered = (await listWorkOrders(context.pool)).some(
    ({ consignmentCode, validFrom, validTo }) =>
      consignmentCode === CONSIGNMENT && validFrom <= today && today <= validTo,
  );
  if (!ordered) {
    const order = { consignmentCode: CONSIGNMENT, kind: "operation", work: "現況届の書類の確認", ...period };
    await decide("workOrder", order, CONSIGNMENT);
  }
}
