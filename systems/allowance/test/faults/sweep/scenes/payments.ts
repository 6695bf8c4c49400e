/** 支払: a run that is given up, the regular run with an outage and a return, and the re-transfer that is handed over by hand. */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { civilDate, month } from "@hagukumi/law/contract.ts";
import type { Pool } from "pg";

import type { RequestContent } from "../../../../src/decision-requests/kinds.ts";
import { answerRequest, putRequest, waitingRequests } from "../../../../src/decision-requests/requests.ts";
import { planAdvanceOffset } from "../../../../src/deductions/advance-offset.ts";
import { approveRun, inspectRun } from "../../../../src/payments/approve-run.ts";
import { declareOutage, endOutage } from "../../../../src/payments/bank-outage.ts";
import { approveBudgetOrder, findBudgetOrder, makeBudgetOrder } from "../../../../src/payments/budget-order.ts";
import { cancelRun } from "../../../../src/payments/cancel-run.ts";
import { closeRun } from "../../../../src/payments/close-run.ts";
import { createRun } from "../../../../src/payments/create-run.ts";
import { freezeRun, readFrozenFile } from "../../../../src/payments/freeze-run.ts";
import { handOverByHand, recordReceipt } from "../../../../src/payments/hand-over-by-hand.ts";
import { handOverRun, resolveHandOver } from "../../../../src/payments/hand-over.ts";
import { importResults } from "../../../../src/payments/import-results.ts";
import { listRuns, type RunRecord } from "../../../../src/payments/run-record.ts";
import { approveSettlement, proposeSettlement } from "../../../../src/payments/settle-results.ts";
import type { RunKind } from "../../../../src/payments/states.ts";
import { APPROVER, MAKER, RELEASER, seedCases, threeFamilies } from "../../../support/cases.ts";
import { decideFacts, endCare } from "../../../support/decide-facts.ts";
import { advance, clearAll, create, memoryBank, resultCsv, settleAndClose } from "../../../support/runs.ts";
import { contextIn, countsOf, LEDGER, rowsOf, type Scene } from "../scene.ts";

/** What is to be reached, in this order. */
type Goal = {
  readonly paymentMonth: string;
  readonly kind: RunKind;
  readonly to: "cancelled" | "closed";
  readonly by?: "bank" | "hand";
  /** The bank returns the first line */
  readonly returns?: boolean;
  readonly outage?: boolean;
};

type Work = { readonly pool: Pool; readonly folder: string; readonly goals: readonly Goal[]; readonly before: number };

const inboxOf = (folder: string): string => join(folder, "inbox.txt");

const received = (folder: string): readonly string[] =>
  existsSync(inboxOf(folder)) ? readFileSync(inboxOf(folder), "utf8").split("\n").filter(Boolean) : [];

/** Writes down what it received before it answers, as a bank does. */
const bankOf = (folder: string) => ({
  ...memoryBank(),
  submit: async (fileName: string, bytes: Uint8Array) => {
    const receipt = await memoryBank().submit(fileName, bytes);
    appendFileSync(inboxOf(folder), `${receipt.sha256}\n`);
    return receipt;
  },
});

/** The goals that are reached already: runs that were voided (the bank never had them) count for none. */
const reachedBy = (runs: readonly RunRecord[], before: number): number =>
  runs.filter(({ runNo, state }) => runNo > before && (state === "closed" || state === "cancelled")).length;

async function results({ pool, folder }: Work, run: RunRecord, goal: Goal): Promise<void> {
  const { rows } = await pool.query<{ recipient_id: number; amount: number; account_number: string }>(
    "SELECT recipient_id, amount, account_number FROM allowance.run_line WHERE run_no = $1 ORDER BY line_no LIMIT 1",
    [run.runNo],
  );
  const returned = rows.map((line) => ({
    customer1: String(line.recipient_id).padStart(10, "0"),
    customer2: `${String(run.runNo).padStart(4, "0")}${run.paymentMonth.slice(0, 7).replace("-", "")}`,
    amount: line.amount,
    account: line.account_number,
  }));
  const bytes = resultCsv({ count: run.lineCount, amount: run.total }, goal.returns === true ? returned : []);
  await importResults(contextIn(pool, folder, MAKER), { key: `settle/${run.runNo}`, runNo: run.runNo, bytes });
}

/** Everything between the results and the closing. */
async function close({ pool, folder }: Work, run: RunRecord, goal: Goal): Promise<void> {
  const as = (operator: string) => contextIn(pool, folder, operator);
  const { runNo } = run;
  if (goal.returns === true) {
    const row = { runNo, rowNo: 1 };
    const { rows } = await pool.query("SELECT FROM allowance.return_confirmation WHERE run_no = $1", [runNo]);
    if (rows.length === 0) {
      await proposeSettlement(as(MAKER), { key: `propose/${runNo}`, ...row, resolution: "口座を確かめた" });
      await approveSettlement(as(APPROVER), { key: `settlement/${runNo}`, ...row, seq: 1 });
    }
  }
  await closeRun(as(MAKER), { key: `close/${runNo}`, runNo });
}

async function handOver({ pool, folder }: Work, { runNo }: RunRecord, goal: Goal): Promise<void> {
  const releaser = contextIn(pool, folder, RELEASER);
  if (goal.by !== "hand") {
    await handOverRun(releaser, { key: `handOver/${runNo}`, runNo }, bankOf(folder));
    return;
  }
  await handOverByHand(releaser, { key: `give/${runNo}`, runNo, receiver: "会計課 架空花子", medium: "媒体 1" });
}

/** The operator asks the bank whether it has the file; of a file given by hand the receipt is there. */
async function afterHandOver({ pool, folder }: Work, run: RunRecord, goal: Goal): Promise<void> {
  const releaser = contextIn(pool, folder, RELEASER);
  const { runNo } = run;
  const file = await readFrozenFile(pool, runNo);
  if (goal.by === "hand") {
    const paper = { receipt: "受領 1", count: file.count, amount: file.amount, sha256: file.sha256 };
    await recordReceipt(releaser, { key: `receipt/${runNo}`, runNo, ...paper });
    return;
  }
  const there = received(folder).includes(file.sha256);
  await resolveHandOver(releaser, { key: `resolve/${runNo}`, runNo, received: there, evidence: "銀行に電話で確認" });
}

/** The network between the banks is down on the pay day, and up again two days later. */
async function outage({ pool, folder }: Work, { runNo }: RunRecord): Promise<void> {
  const maker = contextIn(pool, folder, MAKER);
  const banks = ["9900"];
  await declareOutage(maker, { key: `down/${runNo}`, runNo, banks, reason: "銀行間網の障害（架空）" });
  const credited = { creditedOn: civilDate("2026-12-17"), evidence: "銀行に電話" };
  await endOutage(maker, { key: `up/${runNo}`, runNo, banks, ...credited });
}

/** 支出命令 of the fixed file, which another person approves. */
async function makeOrder({ pool, folder }: Work, { runNo }: RunRecord): Promise<void> {
  await makeBudgetOrder(contextIn(pool, folder, MAKER), { key: `order/${runNo}`, runNo });
  const sha256 = (await findBudgetOrder(pool, runNo))?.sha256 ?? "";
  await approveBudgetOrder(contextIn(pool, folder, APPROVER), { key: `orderApproved/${runNo}`, runNo, sha256 });
}

/** One puts it, another approves it; again after a crash, where it stands. */
async function decideAbout(pool: Pool, folder: string, content: RequestContent, today?: string): Promise<void> {
  const key = `put/${content.kind}`;
  const requestId = await putRequest(contextIn(pool, folder, MAKER, today), { content, key });
  const waiting = (await waitingRequests(pool)).find((one) => one.requestId === requestId);
  if (waiting === undefined) return;
  const answer = { outcome: "approved", contentDigest: waiting.contentDigest } as const;
  await answerRequest(contextIn(pool, folder, APPROVER, today), { requestId, answer, key: `answer/${content.kind}` });
}

const FUND: RequestContent = {
  kind: "counterFund",
  keeper: "会計課 主査 架空 出納",
  bank: "0182",
  branch: "101",
  accountType: "1",
  accountNumber: "7000001",
  holder: "カクウシ シキンゼント",
  validFrom: "2026-10-01",
};

/** 窓口払: nobody came for the cash of the second family, and it goes back. */
async function giveCashBack(pool: Pool, folder: string): Promise<void> {
  const { rows } = await pool.query<{ runNo: number; lineNo: number; amount: number }>(
    `SELECT l.run_no AS "runNo", l.line_no AS "lineNo", l.amount FROM allowance.run_line l JOIN allowance.run_end e USING (run_no)
     WHERE e.outcome = 'closed' AND l.account_number = '7000001' ORDER BY 1 LIMIT 1`,
  );
  const [line] = rows;
  if (line === undefined) throw new Error("no line at the counter");
  const back = { kind: "counterReturn", returnedOn: "2027-01-05", evidence: "戻入通知書 架空第1号" } as const;
  await decideAbout(pool, folder, { ...back, ...line }, "2027-01-05");
}

async function step(work: Work): Promise<boolean> {
  const { pool, folder, goals, before } = work;
  const as = (operator: string) => contextIn(pool, folder, operator);
  const runs = await listRuns(pool);
  const goal = goals[reachedBy(runs, before)];
  if (goal === undefined) return false;
  const run = runs[0];
  const { paymentMonth, kind } = goal;
  if (run === undefined || run.runNo <= before || ["closed", "cancelled", "voided"].includes(run.state)) {
    await createRun(as(MAKER), { key: `create/${(run?.runNo ?? 0) + 1}`, paymentMonth, kind });
    return true;
  }
  const { runNo, lineDigest } = run;
  switch (run.state) {
    case "created":
      await inspectRun(as(MAKER), { key: `inspect/${runNo}`, runNo });
      return true;
    case "inspected":
      await clearAll(pool, runNo);
      await approveRun(as(APPROVER), { key: `approve/${runNo}`, runNo, lineDigest });
      return true;
    case "approved":
      await freezeRun(as(APPROVER), { key: `freeze/${runNo}`, runNo });
      return true;
    case "frozen":
      if (goal.to === "closed" && kind === "regular") await makeOrder(work, run);
      if (goal.to === "cancelled") await cancelRun(as(MAKER), { key: `cancel/${runNo}`, runNo, reason: "試験" });
      else await handOver(work, run, goal);
      return true;
    case "handingOver":
    case "unknown":
      await afterHandOver(work, run, goal);
      return true;
    case "handedOver":
      if (goal.outage === true) await outage(work, run);
      await results(work, run, goal);
      return true;
    case "settled":
      await close(work, run, goal);
      return true;
    case "closed":
    case "cancelled":
    case "voided":
      break;
  }
  return false;
}

/**
 * What stands at the end. A run that the bank never had is void and a new one takes its place, so runs are not counted; files at the
 * bank are, and every yen.
 */
async function end(pool: Pool, folder: string): Promise<unknown> {
  return {
    ledger: await rowsOf(pool, LEDGER),
    closed: await rowsOf(
      pool,
      "SELECT r.kind, r.payment_month, r.total, r.line_count FROM allowance.payment_run r JOIN allowance.run_end e USING (run_no) WHERE e.outcome = 'closed' ORDER BY r.run_no",
    ),
    atBank: received(folder).length,
    ...(await countsOf(pool, [
      "allowance.due_item",
      "allowance.result_file",
      "allowance.late_result",
      "allowance.counter_entry",
      "allowance.return_confirmation",
      "allowance.line_delay_end",
      "allowance.receivable",
    ])),
  };
}

async function workOn(pool: Pool, folder: string, goals: readonly Goal[], before: number): Promise<void> {
  while (await step({ pool, folder, goals, before }));
}

const YEAR_END: readonly Goal[] = [
  { paymentMonth: "2026-12", kind: "regular", to: "cancelled" },
  { paymentMonth: "2026-12", kind: "regular", to: "closed", returns: true, outage: true },
  { paymentMonth: "2026-12", kind: "retransfer", to: "closed", by: "hand" },
];

export const payments: Scene = {
  name: "payments",
  prepare: async (pool, folder) => {
    const [first, second, third] = threeFamilies;
    if (first === undefined || second === undefined || third === undefined) throw new Error("three families");
    const account = { bank: "9900", branch: "718", number: "1234567", holder: "ｶｸｳ ﾊﾅｺ" };
    const ids = await seedCases(pool, [first, second, { ...third, account }]);
    await decideAbout(pool, folder, FUND);
    const reason = "口座を開くことができない（架空の申立て）";
    const atCounter = { kind: "counterPayment", recipientId: ids[1] ?? 0, atCounter: true } as const;
    await decideAbout(pool, folder, { ...atCounter, fromPayOn: "2026-12-15", reason });
  },
  work: async (pool, folder) => {
    await workOn(pool, folder, YEAR_END, 0);
    await giveCashBack(pool, folder);
  },
  end,
};

const FEBRUARY: readonly Goal[] = [
  { paymentMonth: "2027-02", kind: "regular", to: "cancelled" },
  { paymentMonth: "2027-02", kind: "regular", to: "closed" },
];

/** The December run is closed and 30,000 yen of it were too much: 18,000 of them are taken out of February (内払), which cuts a month in two. */
export const deductions: Scene = {
  name: "deductions",
  prepare: async (pool, folder) => {
    const ids = await seedCases(pool, threeFamilies);
    await create(pool);
    await advance(pool, 1, "handedOver");
    await settleAndClose(pool, 1);
    await decideFacts(pool, ids[1] ?? 0, "decrease", "2026-11", endCare(2, "2026-10-20"));
    const { runNo } = await create(pool, "2027-02");
    await cancelRun(contextIn(pool, folder, MAKER), { key: "found", runNo, reason: "過払の計上だけ" });
    await planAdvanceOffset(contextIn(pool, folder, MAKER), {
      recipientId: ids[1] ?? 0,
      perPayment: 18_000,
      keep: 0,
      fromPayment: month("2027-02"),
      consentOn: civilDate("2026-11-20"),
      consent: "同意書（架空）",
      approvedBy: APPROVER,
    });
  },
  work: async (pool, folder) => await workOn(pool, folder, FEBRUARY, 2),
  end,
};
