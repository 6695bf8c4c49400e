/**
 * 現金出納簿: what came into the fund for each line (前渡), what was handed out against an identity check and a signed receipt, and what
 * nobody fetched and went back. Every row carries the balance before and after it; the database lets none in that does not follow on
 * the last, so that 前渡 = handed out + returned + in hand holds to the yen at any moment.
 */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";
import type { PoolClient } from "pg";

import type { Context } from "../../context.ts";
import { refuse } from "../../refusal.ts";
import { confirmReturnIn } from "../close-run.ts";
import { recordLateReturnIn } from "../late-return.ts";
import { dayOf, invalidCounter, type TwoPeople, wordsOf } from "./choose.ts";
import { type CounterLine, counterStageLabels, findCounterWindow, readCounterLines } from "./read.ts";

/** 窓口で渡した. The signed receipt is the one that was printed for this line. */
export type CounterPayoutContent = {
  readonly kind: "counterPayout";
  readonly runNo: number;
  readonly lineNo: number;
  /** Yen, the whole line */
  readonly amount: number;
  readonly receiver: "self" | "agent";
  /** Of an agent (代理人, with 委任状) */
  readonly agentName: string | null;
  /** What showed who it is; never a number, 1–100 characters */
  readonly identityPaper: string;
  readonly receiptNumber: string;
  /** `YYYY-MM-DD` */
  readonly handedOutOn: string;
};

/** 受け取られなかった分の戻入: back to the city's account, and owed again. */
export type CounterReturnContent = {
  readonly kind: "counterReturn";
  readonly runNo: number;
  readonly lineNo: number;
  readonly amount: number;
  readonly returnedOn: string;
  /** 戻入の書類, 1–400 characters */
  readonly evidence: string;
};

/** 現金を数えた. */
export type CounterCountContent = {
  readonly kind: "counterCount";
  /** Last row of the book when it was counted */
  readonly entryNo: number;
  /** Yen: the book's balance, and what was there */
  readonly expected: number;
  readonly counted: number;
  readonly countedOn: string;
  /** Needed where the two differ */
  readonly explanation: string | null;
};

type Last = { readonly no: number; readonly balance: number };

async function lastEntry(client: Queryable): Promise<Last> {
  const { rows } = await client.query<Last>(
    "SELECT entry_no AS no, balance FROM allowance.counter_entry ORDER BY entry_no DESC LIMIT 1",
  );
  return rows[0] ?? { no: 0, balance: 0 };
}

/** Books the advance of every line of the run that is paid at the counter and that the bank did not send back. */
export async function bookAdvances(client: PoolClient, runNo: number, by: string, on: string): Promise<void> {
  const last = await lastEntry(client);
  await client.query(
    `INSERT INTO allowance.counter_entry (entry_no, previous_balance, kind, run_no, line_no, amount, balance, happened_on, entered_by)
     SELECT $2::bigint + row_number() OVER w, $3::bigint + sum(l.amount) OVER w - l.amount, 'advance', l.run_no, l.line_no, l.amount, $3::bigint + sum(l.amount) OVER w, $4, $5
     FROM allowance.run_line l WHERE l.run_no = $1 AND l.fund_id IS NOT NULL
       AND NOT EXISTS (SELECT FROM allowance.result_row r WHERE (r.run_no, r.line_no) = (l.run_no, l.line_no))
     WINDOW w AS (ORDER BY l.line_no ROWS UNBOUNDED PRECEDING)`,
    [runNo, last.no, last.balance, on, by],
  );
}

type OnLine = { readonly runNo: number; readonly lineNo: number; readonly amount: number };

/** The line with whom it is for. @throws Refusal `counterState` unless its money is in hand, and exactly this sum */
async function lineInHand(client: PoolClient, at: OnLine, wanted: string): Promise<CounterLine> {
  const line = (await readCounterLines(client, at.runNo)).find(({ lineNo }) => lineNo === at.lineNo);
  const no = (message: string): never => {
    throw refuse(
      "counterState",
      `支払処理 ${at.runNo} の明細 ${at.lineNo} を${wanted}とはできません。${message}何も変えていません。`,
      {
        runNo: at.runNo,
        lineNo: at.lineNo,
      },
    );
  };
  if (line === undefined) return no("窓口払の明細ではありません。");
  if (line.stage === "notYet") no("資金への入金がまだ分かりません。先に振込結果を取り込んでください。");
  if (line.stage !== "inHand") no(`いまは「${counterStageLabels[line.stage]}」です。`);
  if (line.amount !== at.amount) no(`額 ${at.amount}円 が、明細の額 ${line.amount}円 と違います。`);
  return line;
}

/** @returns whom it is about @throws Refusal `counterState`, `counterInvalid` */
export async function checkPayout(
  client: PoolClient,
  context: Context,
  content: CounterPayoutContent,
): Promise<CounterLine> {
  const line = await lineInHand(client, content, "渡したもの");
  wordsOf(content.identityPaper, 100, "本人を確かめた書類");
  if (/\d{4,}/.test(content.identityPaper)) invalidCounter("確かめた書類には、番号を書かないでください。");
  if (content.receiver === "agent") wordsOf(content.agentName ?? "", 60, "代理人の氏名");
  else if (content.agentName !== null) invalidCounter("本人に渡したときは、代理人の氏名を書きません。");
  if (content.receiptNumber !== line.receiptNumber) {
    invalidCounter(
      `領収書の番号が、この明細のもの（${line.receiptNumber}）ではありません。署名を受けた領収書を確かめてください。`,
    );
  }
  if (dayOf(content.handedOutOn) > context.today) invalidCounter("渡した日が今日より後です。");
  return line;
}

/** Writes the handing out in the open transaction: `enteredBy` gave the money, `approvedBy` was there. */
export async function writePayout(client: PoolClient, content: CounterPayoutContent, people: TwoPeople): Promise<void> {
  const last = await lastEntry(client);
  await client.query(
    `INSERT INTO allowance.counter_entry (entry_no, previous_balance, kind, run_no, line_no, amount, balance, happened_on, receiver, agent_name,
       identity_paper, receipt_number, entered_by, approved_by)
     VALUES ($1, $2::bigint, 'handedOut', $3, $4, $5::bigint, $2::bigint - $5::bigint, $6, $7, $8, $9, $10, $11, $12)`,
    [
      last.no + 1,
      last.balance,
      content.runNo,
      content.lineNo,
      content.amount,
      content.handedOutOn,
      content.receiver,
      content.agentName?.trim() ?? null,
      content.identityPaper.trim(),
      content.receiptNumber,
      people.enteredBy,
      people.approvedBy,
    ],
  );
}

/** @returns whom it is about @throws Refusal `counterState` (not in hand, the window still open), `counterInvalid` */
export async function checkReturn(
  client: PoolClient,
  context: Context,
  content: CounterReturnContent,
): Promise<CounterLine> {
  const line = await lineInHand(client, content, "戻したもの");
  wordsOf(content.evidence, 400, "戻入の書類");
  const window = await findCounterWindow(client, content.runNo);
  if (window === undefined || dayOf(content.returnedOn) <= window.closesOn) {
    throw refuse(
      "counterState",
      `受け取る期間（${window?.closesOn ?? "―"} まで）が過ぎていません。過ぎてから戻してください。何も変えていません。`,
      { runNo: content.runNo, lineNo: content.lineNo },
    );
  }
  if (content.returnedOn > context.today) invalidCounter("戻した日が今日より後です。");
  return line;
}

/**
 * Writes the return in the open transaction: the money leaves "paid" and the fund, and the months are owed again.
 *
 * @throws Refusal `wrongState` before the run is closed
 */
export async function writeReturn(
  client: PoolClient,
  context: Context & { readonly commandKey: string },
  content: CounterReturnContent,
  people: TwoPeople,
): Promise<void> {
  const { runNo, lineNo, amount, evidence } = content;
  const returnedOn = dayOf(content.returnedOn);
  const key = context.commandKey;
  const returned = { key, runNo, lineNo, amount, reason: "窓口で受取なし", returnedOn, evidence };
  await recordLateReturnIn(client, { ...context, operator: people.enteredBy }, returned);
  crashPoint("counter.return.recorded");
  const last = await lastEntry(client);
  await client.query(
    `INSERT INTO allowance.counter_entry (entry_no, previous_balance, kind, run_no, line_no, amount, balance, happened_on, evidence, entered_by, approved_by)
     VALUES ($1, $2::bigint, 'returned', $3, $4, $5::bigint, $2::bigint - $5::bigint, $6, $7, $8, $9)`,
    [
      last.no + 1,
      last.balance,
      runNo,
      lineNo,
      amount,
      returnedOn,
      evidence.trim(),
      people.enteredBy,
      people.approvedBy,
    ],
  );
  const at = { runNo, lineNo, key, today: context.today };
  await confirmReturnIn(client, at, { first: people.enteredBy, second: people.approvedBy });
  crashPoint("counter.return.confirmed");
}

/** @throws Refusal `counterState` when the book has moved, `counterInvalid` without the explanation of a difference */
export async function checkCount(client: PoolClient, context: Context, content: CounterCountContent): Promise<void> {
  const last = await lastEntry(client);
  if (last.no === 0) invalidCounter("現金出納簿には、まだ何も載っていません。");
  if (last.no !== content.entryNo || last.balance !== content.expected) {
    throw refuse(
      "counterState",
      "数えているあいだに出納簿が動きました。画面を読み直して、数え直してください。何も変えていません。",
    );
  }
  if (!Number.isSafeInteger(content.counted) || content.counted < 0) invalidCounter("数えた額は0円以上の整数です。");
  if (content.counted !== content.expected) wordsOf(content.explanation ?? "", 400, "差の説明");
  if (dayOf(content.countedOn) > context.today) invalidCounter("数えた日が今日より後です。");
}

/** Writes the count in the open transaction. */
export async function writeCount(client: PoolClient, content: CounterCountContent, people: TwoPeople): Promise<void> {
  const { entryNo, expected, counted, countedOn, explanation } = content;
  await client.query(
    `INSERT INTO allowance.counter_count (entry_no, expected, counted, difference, explanation, counted_on, entered_by, approved_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      entryNo,
      expected,
      counted,
      counted - expected,
      explanation?.trim() ?? null,
      countedOn,
      people.enteredBy,
      people.approvedBy,
    ],
  );
}
