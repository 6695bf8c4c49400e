/** 窓口払 as it stands: the lines of a run with their stage, the window, the sums of the cash book, the book itself and the counts. */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { type CounterFund, listCounterFunds } from "./choose.ts";

/** 領収書の番号 of a line: run (4 digits) and line (6 digits). */
export function counterReceiptNumber(runNo: number, lineNo: number): string {
  return `${String(runNo).padStart(4, "0")}-${String(lineNo).padStart(6, "0")}`;
}

/** Stages of a line paid at the counter: not at the fund yet, in hand, handed out, returned to the city, sent back by the bank. */
export type CounterStage = "notYet" | "inHand" | "handedOut" | "returned" | "bankReturned" | "cancelled";

export const counterStageLabels = {
  notYet: "資金に入る前",
  inHand: "手元（受取を待つ）",
  handedOut: "渡した",
  returned: "受取なし（戻入）",
  bankReturned: "銀行から戻った",
  cancelled: "支払処理の取消",
} as const satisfies Readonly<Record<CounterStage, string>>;

export type CounterLine = {
  readonly lineNo: number;
  readonly recipientId: number;
  readonly amount: number;
  readonly stage: CounterStage;
  readonly receiptNumber: string;
  /** Day of the handing out or of the return */
  readonly happenedOn: string | null;
  readonly enteredBy: string | null;
  readonly approvedBy: string | null;
};

/** The lines of a run that are paid at the counter, in the order of the file. */
export async function readCounterLines(connection: Queryable, runNo: number): Promise<readonly CounterLine[]> {
  const { rows } = await connection.query<Omit<CounterLine, "receiptNumber">>(
    `SELECT l.line_no AS "lineNo", l.recipient_id AS "recipientId", l.amount,
            CASE WHEN e.kind IS NOT NULL THEN e.kind WHEN w.line_no IS NOT NULL THEN 'bankReturned' WHEN a.kind IS NOT NULL THEN 'inHand'
                 WHEN s.state IN ('cancelled', 'voided') THEN 'cancelled' ELSE 'notYet' END AS stage,
            e.happened_on AS "happenedOn", e.entered_by AS "enteredBy", e.approved_by AS "approvedBy"
     FROM allowance.run_line l JOIN allowance.run_state s USING (run_no)
     LEFT JOIN allowance.counter_entry a ON (a.run_no, a.line_no, a.kind) = (l.run_no, l.line_no, 'advance')
     LEFT JOIN allowance.counter_entry e ON (e.run_no, e.line_no) = (l.run_no, l.line_no) AND e.kind <> 'advance'
     LEFT JOIN allowance.result_row w ON (w.run_no, w.line_no) = (l.run_no, l.line_no)
     WHERE l.run_no = $1 AND l.fund_id IS NOT NULL ORDER BY l.line_no`,
    [runNo],
  );
  return rows.map((row) => ({ ...row, receiptNumber: counterReceiptNumber(runNo, row.lineNo) }));
}

/** Where and when the money of a run is fetched. */
export type CounterWindow = {
  readonly place: string;
  readonly hours: string;
  readonly opensOn: string;
  readonly closesOn: string;
};

/** The window of a run; undefined where nobody is paid at the counter. */
export async function findCounterWindow(connection: Queryable, runNo: number): Promise<CounterWindow | undefined> {
  const { rows } = await connection.query<CounterWindow>(
    `SELECT place, hours, opens_on AS "opensOn", closes_on AS "closesOn" FROM allowance.counter_window WHERE run_no = $1`,
    [runNo],
  );
  return rows[0];
}

/** What the book says of a run (or of everything): yen. `inHand` = `advanced` − `handedOut` − `returned`. */
export type CounterSums = {
  readonly advanced: number;
  readonly handedOut: number;
  readonly returned: number;
  readonly inHand: number;
};

/** Sums of the book, of one run or of all. */
export async function counterSums(connection: Queryable, runNo: number | null): Promise<CounterSums> {
  const { rows } = await connection.query<Omit<CounterSums, "inHand">>(
    `SELECT coalesce(sum(amount) FILTER (WHERE kind = 'advance'), 0)::bigint AS advanced, coalesce(sum(amount) FILTER (WHERE kind = 'handedOut'), 0)::bigint AS "handedOut",
            coalesce(sum(amount) FILTER (WHERE kind = 'returned'), 0)::bigint AS returned
     FROM allowance.counter_entry WHERE $1::integer IS NULL OR run_no = $1`,
    [runNo],
  );
  const { advanced = 0, handedOut = 0, returned = 0 } = rows[0] ?? {};
  return { advanced, handedOut, returned, inHand: advanced - handedOut - returned };
}

export type CashBookRow = {
  readonly entryNo: number;
  readonly kind: "advance" | "handedOut" | "returned";
  readonly runNo: number;
  readonly lineNo: number;
  readonly recipientId: number;
  readonly amount: number;
  readonly balance: number;
  readonly happenedOn: string;
  readonly enteredBy: string;
  readonly approvedBy: string | null;
};

/** The last rows of the book, newest first. */
export async function readCashBook(connection: Queryable, limit: number): Promise<readonly CashBookRow[]> {
  const { rows } = await connection.query<CashBookRow>(
    `SELECT e.entry_no AS "entryNo", e.kind, e.run_no AS "runNo", e.line_no AS "lineNo", l.recipient_id AS "recipientId", e.amount, e.balance,
            e.happened_on AS "happenedOn", e.entered_by AS "enteredBy", e.approved_by AS "approvedBy"
     FROM allowance.counter_entry e JOIN allowance.run_line l USING (run_no, line_no) ORDER BY e.entry_no DESC LIMIT $1`,
    [limit],
  );
  return rows;
}

export type CashCount = {
  readonly countedOn: string;
  readonly expected: number;
  readonly counted: number;
  readonly difference: number;
  readonly explanation: string | null;
  readonly enteredBy: string;
  readonly approvedBy: string;
};

/** The last counts of the cash, newest first. */
export async function readCashCounts(connection: Queryable, limit: number): Promise<readonly CashCount[]> {
  const { rows } = await connection.query<CashCount>(
    `SELECT counted_on AS "countedOn", expected, counted, difference, explanation, entered_by AS "enteredBy", approved_by AS "approvedBy"
     FROM allowance.counter_count ORDER BY count_id DESC LIMIT $1`,
    [limit],
  );
  return rows;
}

/** 窓口払 of a run: where and when (null where nobody is paid so), the sums of its lines in the book, and the lines. */
export type RunCounter = {
  readonly window: CounterWindow | null;
  readonly sums: CounterSums;
  readonly lines: readonly CounterLine[];
};

/** Read it on one snapshot. */
export async function readCounter(connection: Queryable, runNo: number): Promise<RunCounter> {
  return {
    window: (await findCounterWindow(connection, runNo)) ?? null,
    sums: await counterSums(connection, runNo),
    lines: await readCounterLines(connection, runNo),
  };
}

/** The fund: its accounts, the sums of the whole book, the number of its last row (0: empty), its last 200 rows and last 24 counts. */
export type CounterFundBook = {
  readonly funds: readonly CounterFund[];
  readonly sums: CounterSums;
  readonly lastEntry: number;
  readonly book: readonly CashBookRow[];
  readonly counts: readonly CashCount[];
};

/** Read it on one snapshot. */
export async function readCounterFund(connection: Queryable): Promise<CounterFundBook> {
  const book = await readCashBook(connection, 200);
  return {
    funds: await listCounterFunds(connection),
    sums: await counterSums(connection, null),
    lastEntry: book[0]?.entryNo ?? 0,
    book,
    counts: await readCashCounts(connection, 24),
  };
}
