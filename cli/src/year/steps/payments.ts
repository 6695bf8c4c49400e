/** 支払処理: from the creation to the closing, each step by the right person, with what the bank sends back. */
import {
  approveRun,
  approveSettlement,
  changeAccount,
  clearReviewItems,
  closeRun,
  createRun,
  freezeRun,
  handOverRun,
  importResults,
  inspectRun,
  listReviewItems,
  proposeSettlement,
  readFrozenFile,
  resolveHandOver,
  getRun,
  type RunKind,
  type RunRecord,
  writePayeeList,
} from "@hagukumi/allowance/contract.ts";
import { civilDate } from "@hagukumi/law/contract.ts";
import { type BankSimulator, createBankSimulator } from "@hagukumi/outside-bank/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { as, type Figures, people, unless, type YearStep, type YearWork } from "../work.ts";

/** Of a regular run so many in a thousand come back, at least two where there are that many lines. */
const RETURNED_PER_MILLE = 4;
const LEAST_RETURNED = 2;

/** The bank on the day of the step: its files carry no year, so it must know when they came. */
const bankOn = ({ dataDir }: YearWork, on: string): BankSimulator =>
  createBankSimulator({ dir: join(dataDir, "outside-bank"), now: () => Date.parse(`${on}T10:00:00+09:00`) });

/** 点検: every item that the comparison and the recalculation raised, cleared by whom it does not bar. */
async function clearReview(work: YearWork, step: YearStep, runNo: number): Promise<number> {
  let cleared = 0;
  for (;;) {
    const items = await listReviewItems(work.context.pool, { runNo, openOnly: true, limit: 500 });
    const first = items[0];
    if (first === undefined) return cleared;
    await clearReviewItems(as(work, "approver", step), {
      key: `year/${step.id}/clear/${first.itemNo}`,
      runNo,
      itemNos: items.map(({ itemNo }) => itemNo),
      reason: "演習: 決定と照らし合わせた",
    });
    cleared += items.length;
  }
}

type Returned = {
  readonly rowNo: number;
  readonly recipientId: number;
  readonly bank: string;
  readonly branch: string;
  readonly accountType: "1" | "2" | "4";
  readonly holder: string;
  readonly number: string;
  readonly seq: number;
  readonly settled: boolean;
};

const RETURNED = `
  SELECT w.row_no AS "rowNo", l.recipient_id AS "recipientId", l.bank, l.branch, l.account_type AS "accountType", l.holder, l.account_number AS number,
         coalesce((SELECT max(p.seq) FROM allowance.result_proposal p WHERE (p.result_id, p.row_no) = (w.result_id, w.row_no)), 0) AS seq,
         EXISTS (SELECT FROM allowance.return_confirmation c WHERE (c.run_no, c.line_no) = (w.run_no, w.line_no)) AS settled
  FROM allowance.result_row w JOIN allowance.run_line l USING (run_no, line_no) WHERE w.run_no = $1 ORDER BY 1`;

/** 振込不能: the recipient brings another account, or the old one was put right at the bank; two people confirm it. */
async function settleReturns(work: YearWork, step: YearStep, runNo: number, leave: number): Promise<number> {
  const { rows } = await work.context.pool.query<Returned>(RETURNED, [runNo]);
  let confirmed = 0;
  for (const row of rows.slice(0, Math.max(0, rows.length - leave))) {
    if (row.settled) continue;
    const { rowNo, recipientId, bank, branch, accountType, holder } = row;
    const key = (name: string): string => `year/${step.id}/${name}/${rowNo}`;
    if (row.seq === 0) {
      const accountNumber = String((Number(row.number) + 1_111_111) % 10_000_000).padStart(7, "0");
      // An account that the master no longer has is put right with the bank instead; a holder under another name stays.
      await unless(["accountInvalid", "holderMismatch"], async () => {
        await changeAccount(as(work, "register", step), {
          key: key("account"),
          recipientId,
          account: { bank, branch, accountType, accountNumber, holder },
          approvedBy: people.decider,
        });
      });
    }
    const { response } = await proposeSettlement(as(work, "maker", step), {
      key: key("propose"),
      runNo,
      rowNo,
      resolution: "演習: 受給者に口座を確かめ、届け出てもらった",
    });
    await approveSettlement(as(work, "approver", step), { key: key("settle"), runNo, rowNo, seq: response.seq });
    confirmed += 1;
  }
  return confirmed;
}

export type PaymentOrder = {
  readonly paymentMonth: string;
  readonly kind: RunKind;
  /** Transfers that come back: a share, or none */
  readonly returns: boolean;
  /** Returned transfers that are left for people to see on the screen */
  readonly leave?: number;
};

async function importReturned(work: YearWork, step: YearStep, run: RunRecord, returns: boolean): Promise<void> {
  const bank = bankOn(work, step.on);
  const receipt = await bank.findReceipt((await readFrozenFile(work.context.pool, run.runNo)).sha256);
  if (receipt === undefined) {
    const message = `銀行に支払処理 ${run.runNo} のファイルの受付がありません。銀行の受付を確かめてください。`;
    throw new Refusal("resultMismatch", message, { runNo: run.runNo });
  }
  const wanted = Math.max(LEAST_RETURNED, Math.round((run.lineCount * RETURNED_PER_MILLE) / 1000));
  const { csv } = await bank.results(receipt.receiptNumber, {
    returns: returns ? Math.min(wanted, run.lineCount) : 0,
    seed: `${work.seed}/${step.id}`,
  });
  const payDay = { ...step, on: civilDate(run.payOn) };
  await importResults(as(work, "maker", payDay), { key: `year/${step.id}/settle`, runNo: run.runNo, bytes: csv });
}

/** The answer of a hand-over was lost in a crash: the bank is asked; nothing is sent a second time. */
async function askBank(work: YearWork, step: YearStep, runNo: number): Promise<void> {
  const receipt = await bankOn(work, step.on).findReceipt((await readFrozenFile(work.context.pool, runNo)).sha256);
  const evidence = receipt === undefined ? "受付照会: 受け付けていない" : `受付照会: 受付番号 ${receipt.receiptNumber}`;
  const received = receipt !== undefined;
  await resolveHandOver(as(work, "releaser", step), {
    key: `year/${step.id}/resolve/${runNo}`,
    runNo,
    received,
    evidence,
  });
}

async function advance(work: YearWork, step: YearStep, run: RunRecord, order: PaymentOrder): Promise<boolean> {
  const { runNo } = run;
  const on = { key: `year/${step.id}/${run.state}/${runNo}`, runNo };
  switch (run.state) {
    case "created":
      await inspectRun(as(work, "maker", step), on);
      return true;
    case "inspected":
      await clearReview(work, step, runNo);
      await approveRun(as(work, "approver", step), { ...on, lineDigest: run.lineDigest });
      return true;
    case "approved":
      await freezeRun(as(work, "approver", step), on);
      return true;
    case "frozen":
      await handOverRun(as(work, "releaser", step), on, bankOn(work, step.on));
      return true;
    case "handingOver":
    case "unknown":
      await askBank(work, step, runNo);
      return true;
    case "handedOver":
      await importReturned(work, step, run, order.returns);
      return true;
    case "settled": {
      const after = { ...step, on: civilDate(run.payOn) };
      await settleReturns(work, after, runNo, order.leave ?? 0);
      await closeRun(as(work, "maker", after), on);
      return true;
    }
    case "closed":
    case "cancelled":
    case "voided":
      break;
  }
  return false;
}

/** The payee list (支払明細書) of the run; where there is no print engine, none. */
async function writeList(work: YearWork, step: YearStep, runNo: number): Promise<void> {
  const outDir = join(work.dataDir, "files");
  await mkdir(outDir, { recursive: true, mode: 0o700 });
  await unless(["printEngineMissing"], async () => await writePayeeList(as(work, "maker", step), { runNo, outDir }));
}

/** Takes a run as far as it goes. Where the bank never got the file (a crash before the sending) it is void, and another takes its place. */
async function bringForward(
  work: YearWork,
  step: YearStep,
  order: PaymentOrder,
  attempt = 1,
): Promise<RunRecord | undefined> {
  const { paymentMonth, kind } = order;
  const key = `year/${step.id}/create/${attempt}`;
  const created = await unless(
    ["nothingToPay"],
    async () => await createRun(as(work, "maker", step), { key, paymentMonth, kind }),
  );
  if (created === undefined) return undefined;
  for (;;) {
    const run = await getRun(work.context.pool, created.response.runNo);
    if (await advance(work, step, run, order)) continue;
    return run.state === "voided" ? await bringForward(work, step, order, attempt + 1) : run;
  }
}

/** One run, whole. Where nothing is payable there is none. */
export async function pay(work: YearWork, step: YearStep, order: PaymentOrder): Promise<Figures> {
  const run = await bringForward(work, step, order);
  if (run === undefined) return {};
  const { runNo } = run;
  if (order.kind === "regular") await writeList(work, step, runNo);
  const { rows } = await work.context.pool.query<{ returned: number; items: number }>(
    `SELECT (SELECT count(*)::int FROM allowance.result_row WHERE run_no = $1) AS returned,
            (SELECT count(*)::int FROM allowance.run_review_item WHERE run_no = $1) AS items`,
    [runNo],
  );
  const [counted] = rows;
  return {
    runs: 1,
    lines: run.lineCount,
    yen: run.total,
    returned: counted?.returned ?? 0,
    reviewItems: counted?.items ?? 0,
  };
}
