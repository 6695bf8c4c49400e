/**
 * Every button of a payment run and of mass work, pressed a hundred times at once: half of the presses are repetitions of one (one key),
 * half are of other people or windows (keys of their own). Which buttons there are is read from the API, so a new one fails here.
 */
import {
  answerRequest,
  approveBudgetOrder,
  approveMassRun,
  approveRun,
  approveSettlement,
  bookMassRun,
  cancelMassRun,
  cancelRun,
  clearReviewItems,
  closeRun,
  type Context,
  createMassRun,
  createRun,
  declareOutage,
  endBooking,
  endOutage,
  findBudgetOrder,
  freezeRun,
  getMassRun,
  getRun,
  handOverByHand,
  handOverRun,
  importResults,
  inspectRun,
  makeBudgetOrder,
  proposeSettlement,
  putRequest,
  recordLateReturn,
  recordReceipt,
  resolveHandOver,
  resumeMassRun,
  startMassRun,
  stopMassRun,
  undoMassRun,
  verifyMoney,
  waitingRequests,
  workAll,
} from "@hagukumi/allowance/contract.ts";
import { civilDate } from "@hagukumi/law/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { afterAll, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import {
  APPROVER,
  calendar,
  contextOf,
  MAKER,
  RELEASER,
  seedCases,
  threeFamilies,
} from "../../../../systems/allowance/test/support/cases.ts";
import { claimedFamily } from "../../../../systems/allowance/test/support/claimed-families.ts";
import { decideFacts, endCare } from "../../../../systems/allowance/test/support/decide-facts.ts";
import { prepare } from "../../../../systems/allowance/test/support/filings.ts";
import {
  advance,
  CHECKER,
  clearAll,
  create,
  memoryBank,
  resultCsv,
  settleAndClose,
} from "../../../../systems/allowance/test/support/runs.ts";
import { operations } from "../../src/api/operations.ts";

const database = useDatabase();
const massDatabase = useDatabase();
const pressed = new Set<string>();

type Press = (key: string) => Promise<unknown>;

/** @param effects a statement whose one number grows by exactly one */
async function hundred(operation: string, effects: string, press: Press, on = database): Promise<void> {
  const count = async (): Promise<number> =>
    (await on.pool.query<{ n: number }>(`SELECT (${effects})::int AS n`)).rows[0]?.n ?? 0;
  const before = await count();
  const outcomes = await Promise.allSettled(
    Array.from({ length: 100 }, async (_, index) => await press(`${operation}/${index % 2 === 0 ? "same" : index}`)),
  );
  const strange = outcomes.filter((one) => one.status === "rejected" && !(one.reason instanceof Refusal));
  expect(strange, operation).toEqual([]);
  expect((await count()) - before, operation).toBe(1);
  pressed.add(operation);
}

const rowsOf = (table: string, where = "true"): string => `SELECT count(*) FROM allowance.${table} WHERE ${where}`;
const by = (operator: string, today?: string): Context => contextOf(database.pool, operator, today);

/** One puts it, another approves it. */
async function decided(content: Parameters<typeof putRequest>[1]["content"]): Promise<void> {
  const requestId = await putRequest(by(MAKER), { content });
  const waiting = (await waitingRequests(database.pool)).find((one) => one.requestId === requestId);
  const answer = { outcome: "approved", contentDigest: waiting?.contentDigest ?? "" } as const;
  await answerRequest(by(APPROVER), { requestId, answer });
}

afterAll(() => {
  const buttons = operations.filter(({ command, path }) => command && /^\/(?:runs|mass-work)\b/.test(path));
  expect([...pressed].toSorted()).toEqual(buttons.map(({ id }) => id).toSorted());
});

it("each button of a payment run has one effect", async () => {
  const [first, second, third] = threeFamilies;
  if (first === undefined || second === undefined || third === undefined) throw new Error("three families");
  const account = { bank: "9900", branch: "718", number: "1234567", holder: "ｶｸｳ ﾊﾅｺ" };
  const ids = await seedCases(database.pool, [first, second, { ...third, account }]);
  const runs = rowsOf("payment_run");
  const event = (state: string): string => rowsOf("run_event", `to_state = '${state}'`);
  const lineOf = async (
    runNo: number,
    recipient: number,
  ): Promise<{ readonly lineNo: number; readonly amount: number }> => {
    const { rows } = await database.pool.query<{ lineNo: number; amount: number }>(
      `SELECT line_no AS "lineNo", amount FROM allowance.run_line WHERE run_no = $1 AND recipient_id = $2`,
      [runNo, recipient],
    );
    return rows[0] ?? { lineNo: 0, amount: 0 };
  };

  await hundred(
    "createPaymentRun",
    runs,
    async (key) => await createRun(by(MAKER), { key, paymentMonth: "2026-12", kind: "regular" }),
  );
  await hundred("inspectPaymentRun", event("inspected"), async (key) => await inspectRun(by(MAKER), { key, runNo: 1 }));
  const { lineDigest } = await getRun(database.pool, 1);
  await hundred(
    "approvePaymentRun",
    rowsOf("run_approval"),
    async (key) => await approveRun(by(APPROVER), { key, runNo: 1, lineDigest }),
  );
  await hundred(
    "freezePaymentRun",
    rowsOf("transfer_file"),
    async (key) => await freezeRun(by(APPROVER), { key, runNo: 1 }),
  );
  await hundred(
    "makeRunBudgetOrder",
    rowsOf("budget_order"),
    async (key) => await makeBudgetOrder(by(MAKER), { key, runNo: 1 }),
  );
  const sha256 = (await findBudgetOrder(database.pool, 1))?.sha256 ?? "";
  await hundred(
    "approveRunBudgetOrder",
    rowsOf("budget_order_approval"),
    async (key) => await approveBudgetOrder(by(APPROVER), { key, runNo: 1, sha256 }),
  );
  const bank = memoryBank();
  await hundred(
    "handOverPaymentRun",
    rowsOf("hand_over"),
    async (key) => await handOverRun(by(RELEASER), { key, runNo: 1 }, bank),
  );
  expect(bank.received).toHaveLength(1);

  // The third family's bank is down and up again; the first family's transfer comes back.
  const banks = ["9900"];
  await hundred(
    "declareRunOutage",
    rowsOf("line_delay"),
    async (key) => await declareOutage(by(MAKER), { key, runNo: 1, banks, reason: "全銀システムの障害（架空）" }),
  );
  const credited = { creditedOn: civilDate("2026-12-17"), evidence: "架空銀行に電話" };
  await hundred(
    "endRunOutage",
    rowsOf("line_delay_end"),
    async (key) => await endOutage(by(MAKER), { key, runNo: 1, banks, ...credited }),
  );
  // (15,000 + 50,000 + 10,000) × 2 = 150,000 in three lines, of which 15,000 × 2 = 30,000 come back
  const returned = {
    customer1: String(ids[0]).padStart(10, "0"),
    customer2: "0001202612",
    amount: 30_000,
    account: "0000001",
  };
  const bytes = resultCsv({ count: 3, amount: 150_000 }, [returned]);
  await hundred(
    "importPaymentResults",
    rowsOf("result_file"),
    async (key) => await importResults(by(MAKER), { key, runNo: 1, bytes }),
  );
  const row = { runNo: 1, rowNo: 1 };
  // A proposal may be made again, with other words: what is pressed a hundred times here is the one button of one page.
  await hundred(
    "proposeRunSettlement",
    rowsOf("result_proposal"),
    async () => await proposeSettlement(by(MAKER), { key: "one page", ...row, resolution: "口座を確かめた" }),
  );
  await hundred(
    "approveRunSettlement",
    rowsOf("return_confirmation"),
    async (key) => await approveSettlement(by(APPROVER), { key, ...row, seq: 1 }),
  );
  await hundred("closePaymentRun", event("closed"), async (key) => await closeRun(by(MAKER), { key, runNo: 1 }));
  const late = await lineOf(1, ids[1] ?? 0);
  await hundred(
    "recordRunLateReturn",
    rowsOf("late_result"),
    async (key) =>
      await recordLateReturn(by(MAKER, "2027-01-06"), {
        key,
        runNo: 1,
        ...late,
        reason: "口座解約",
        returnedOn: civilDate("2027-01-05"),
        evidence: "架空銀行の通知",
      }),
  );

  // The re-transfer of the first family goes by hand.
  await create(database.pool, "2026-12", "retransfer");
  await advance(database.pool, 2, "frozen");
  await hundred(
    "giveRunByHand",
    rowsOf("hand_over_by_hand"),
    async (key) => await handOverByHand(by(RELEASER), { key, runNo: 2, receiver: "会計課 架空花子", medium: "媒体 3" }),
  );
  await hundred(
    "recordRunReceipt",
    rowsOf("hand_over_receipt"),
    async (key) => await recordReceipt(by(RELEASER), { key, runNo: 2, receipt: "会-12", count: 1, amount: 30_000 }),
  );
  await settleAndClose(database.pool, 2);

  // The second family's third child has left: a difference to be cleared. That run is cancelled.
  await decideFacts(database.pool, ids[1] ?? 0, "decrease", "2027-01", endCare(2, "2026-12-20"));
  await create(database.pool, "2027-02");
  await hundred(
    "clearRunReview",
    rowsOf("run_review_clearance"),
    async (key) =>
      await clearReviewItems(by(CHECKER), { key, runNo: 3, itemNos: [1], reason: "決定書と照らし合わせた" }),
  );
  await hundred(
    "cancelPaymentRun",
    event("cancelled"),
    async (key) => await cancelRun(by(MAKER), { key, runNo: 3, reason: "試験" }),
  );

  // The second family is paid at the counter from now on; the bank's answer to this file is lost.
  await decided({
    kind: "counterFund",
    keeper: "会計課 主査 架空 出納",
    bank: "0182",
    branch: "101",
    accountType: "1",
    accountNumber: "7000001",
    holder: "カクウシ シキンゼント",
    validFrom: "2026-10-01",
  });
  await decided({
    kind: "counterPayment",
    recipientId: ids[1] ?? 0,
    atCounter: true,
    fromPayOn: "2026-12-15",
    reason: "口座を開くことができない（架空の申立て）",
  });
  await create(database.pool, "2027-02");
  await clearAll(database.pool, 4);
  await advance(database.pool, 4, "handedOver", memoryBank("losesAnswer"));
  await hundred(
    "resolvePaymentHandOver",
    rowsOf("hand_over_outcome"),
    async (key) => await resolveHandOver(by(RELEASER), { key, runNo: 4, received: true, evidence: "銀行に電話で確認" }),
  );
  await settleAndClose(database.pool, 4);
  const cash = { runNo: 4, ...(await lineOf(4, ids[1] ?? 0)) };
  const receiptNumber = `0004-${String(cash.lineNo).padStart(6, "0")}`;
  await hundred(
    "requestCounterPayout",
    rowsOf("decision_request", "kind = 'counterPayout'"),
    async (key) =>
      await putRequest(by(MAKER, "2027-02-16"), {
        key,
        content: {
          kind: "counterPayout",
          ...cash,
          receiver: "self",
          agentName: null,
          identityPaper: "運転免許証",
          receiptNumber,
          handedOutOn: "2027-02-16",
        },
      }),
  );
  await hundred(
    "requestCounterReturn",
    rowsOf("decision_request", "kind = 'counterReturn'"),
    async (key) =>
      await putRequest(by(MAKER, "2027-03-10"), {
        key,
        content: { kind: "counterReturn", ...cash, returnedOn: "2027-03-10", evidence: "戻入通知書 架空第1号" },
      }),
  );
  expect((await verifyMoney({ pool: database.pool, calendar })).filter(({ violations }) => violations > 0)).toEqual([]);
}, 120_000);

it("each button of mass work has one effect", async () => {
  const { pool } = massDatabase;
  const on = (operator: string, today: string): Context => contextOf(pool, operator, today);
  const [maker, approver] = [on("staff.ito", "2027-03-20"), on("staff.sato", "2027-03-20")];
  await prepare(pool);
  // Third birthday in March: 15,000 until March, 10,000 from April.
  await claimedFamily({ maker: on("staff.ito", "2026-05-10"), approver: on("staff.sato", "2026-05-10") }, 640_100, [
    ["2024-03-20"],
  ]);
  const event = (state: string): string => rowsOf("mass_event", `to_state = '${state}'`);
  const press = async (operation: string, effects: string, work: Press): Promise<void> =>
    await hundred(operation, effects, work, massDatabase);

  await press(
    "createMassRun",
    rowsOf("mass_run"),
    async (key) => await createMassRun(maker, { key, jobCode: "ageMilestones", parameters: { month: "2027-03" } }),
  );
  const { rows } = await pool.query<{ no: number }>("SELECT mass_run_no AS no FROM allowance.mass_run");
  const runNo = rows[0]?.no ?? 0;
  await workAll(maker);
  const digest = (await getMassRun(pool, runNo)).list?.digest ?? "";
  await press(
    "approveMassRun",
    rowsOf("mass_approval"),
    async (key) => await approveMassRun(approver, { key, runNo, digest }),
  );
  await press("startMassRun", event("running"), async (key) => await startMassRun(approver, { key, runNo }));
  await press("stopMassRun", event("stopped"), async (key) => await stopMassRun(maker, { key, runNo, reason: "試験" }));
  await press("resumeMassRun", event("running"), async (key) => await resumeMassRun(maker, { key, runNo }));
  await workAll(maker);
  expect(await getMassRun(pool, runNo)).toMatchObject({ state: "done", written: 1 });
  await press("undoMassRun", rowsOf("mass_run"), async (key) => await undoMassRun(maker, { key, runNo }));
  const undo = await pool.query<{ no: number }>("SELECT max(mass_run_no) AS no FROM allowance.mass_run");
  await workAll(maker);
  await press(
    "cancelMassRun",
    event("cancelled"),
    async (key) => await cancelMassRun(maker, { key, runNo: undo.rows[0]?.no ?? 0, reason: "試験" }),
  );
  // Two bookings of one kind are two bookings; what is pressed here is the one button of one page.
  await press(
    "bookMassRun",
    rowsOf("mass_booking"),
    async () =>
      await bookMassRun(maker, {
        key: "one page",
        jobCode: "ageMilestones",
        parameters: { month: "2027-04" },
        timing: { kind: "daily", at: "20:00" },
        from: "2027-03-20 00:00",
      }),
  );
  const booked = await pool.query<{ id: number }>("SELECT booking_id AS id FROM allowance.mass_booking");
  await press(
    "endMassBooking",
    rowsOf("mass_booking_end"),
    async (key) => await endBooking(maker, booked.rows[0]?.id ?? 0, key),
  );
}, 120_000);
