/**
 * 画面からの指示: the composing and printing of thousands of letters is ordered on the screen and done by another process. The queue is the
 * state itself: an order without a result, a run whose printing was ordered.
 */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { setTimeout as sleep } from "node:timers/promises";
import type { PoolClient } from "pg";

import type { Context } from "../../context.ts";
import type { FormCode } from "../forms/form-codes.ts";
import { formOf } from "../forms/list.ts";
import { letterCommand } from "./command.ts";
import { checkLetterDays, createLetterRun } from "./create-run.ts";
import { printLetterRun } from "./print-run.ts";

export type LetterOrder = {
  readonly form: FormCode;
  readonly documentOn: string;
  readonly mailOn: string;
  readonly paymentRunNo?: number;
  readonly key?: string;
};

/** Orders a print run. @throws Refusal `letterInvalid` */
export async function orderLetterRun(context: Context, order: LetterOrder): Promise<number> {
  const { form, documentOn, mailOn, paymentRunNo, key } = order;
  checkLetterDays(context, documentOn, mailOn);
  const request = { form, documentOn, mailOn, paymentRunNo: paymentRunNo ?? null };
  const { response } = await letterCommand(context, { name: "letter.order", key, request }, async (client) => {
    const { rows } = await client.query<{ order_id: number }>(
      "INSERT INTO allowance.letter_run_order (form_code, document_on, mail_on, payment_run_no, ordered_by, purpose, terminal) VALUES ($1, $2, $3, $4, $5, $6, (SELECT s.terminal_code FROM identity.session_now() s)) RETURNING order_id",
      [form, documentOn, mailOn, paymentRunNo ?? null, context.operator, context.purpose],
    );
    const orderId = rows[0]?.order_id ?? 0;
    return {
      response: orderId,
      audit: [{ action: "letter.order", objectKind: "letterOrder", objectId: String(orderId), detail: { form } }],
    };
  });
  return response;
}

export type ListedOrder = {
  readonly orderId: number;
  readonly form: FormCode;
  readonly title: string;
  readonly orderedBy: string;
  readonly at: Date;
  readonly runNo: number | null;
  /** Why nothing was made; empty where it was, or is still to come */
  readonly problem: string;
};

/** Orders of the last weeks that became no run, newest first. */
export async function listOrders(connection: Queryable): Promise<readonly ListedOrder[]> {
  const { rows } = await connection.query<Omit<ListedOrder, "title">>(
    `SELECT o.order_id AS "orderId", o.form_code AS form, o.ordered_by AS "orderedBy", o.recorded_at AS at, r.run_no AS "runNo", coalesce(r.problem, '') AS problem
     FROM allowance.letter_run_order o LEFT JOIN allowance.letter_run_order_result r USING (order_id) WHERE r.run_no IS NULL ORDER BY o.order_id DESC LIMIT 20`,
  );
  return rows.map((row) => ({ ...row, title: formOf(row.form).title }));
}

type Order = {
  readonly order_id: number;
  readonly form_code: FormCode;
  readonly document_on: string;
  readonly mail_on: string;
  readonly payment_run_no: number | null;
  readonly ordered_by: string;
  readonly purpose: string;
};

async function answer(context: Context, orderId: number, runNo: number | null, problem: string | null): Promise<void> {
  await letterCommand(
    context,
    { name: "letter.orderResult", key: `letter.orderResult/${orderId}`, request: { orderId, runNo, problem } },
    async (client) => {
      await client.query(
        "INSERT INTO allowance.letter_run_order_result (order_id, run_no, problem) VALUES ($1, $2, $3)",
        [orderId, runNo, problem],
      );
      return { response: null, audit: [] };
    },
  );
}

async function fulfil(context: Context, order: Order): Promise<void> {
  const as: Context = { ...context, operator: order.ordered_by, purpose: order.purpose };
  try {
    const { runNo } = await createLetterRun(as, {
      key: `letter.create/order/${order.order_id}`,
      form: order.form_code,
      documentOn: order.document_on,
      mailOn: order.mail_on,
      ...(order.payment_run_no === null ? {} : { paymentRunNo: order.payment_run_no }),
    });
    await answer(as, order.order_id, runNo, null);
  } catch (error) {
    if (!(error instanceof Refusal) || error.code === "cancelled") throw error;
    await answer(as, order.order_id, null, error.message);
  }
}

/** Two workers never take the same work: the lock goes with the connection. @returns undefined where another one has it */
async function alone<T>(context: Context, name: string, work: () => Promise<T>): Promise<T | undefined> {
  const client: PoolClient = await context.pool.connect();
  try {
    const { rows } = await client.query<{ got: boolean }>(
      "SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS got",
      [name],
    );
    if (rows[0]?.got !== true) return undefined;
    try {
      return await work();
    } finally {
      await client.query("SELECT pg_advisory_unlock(hashtextextended($1, 0))", [name]);
    }
  } finally {
    client.release();
  }
}

/**
 * Does what was ordered: composes runs, prints those whose printing was ordered.
 *
 * @returns how many pieces of work were done; 0: nothing waits
 */
export async function workLetters(context: Context): Promise<number> {
  let done = 0;
  const { rows: orders } = await context.pool.query<Order>(
    `SELECT o.* FROM allowance.letter_run_order o WHERE NOT EXISTS (SELECT FROM allowance.letter_run_order_result r WHERE r.order_id = o.order_id) ORDER BY o.order_id`,
  );
  for (const order of orders) {
    const did = await alone(context, `allowance.letterOrder/${order.order_id}`, async () => {
      await fulfil(context, order);
      return true;
    });
    if (did === true) done += 1;
  }
  const { rows: runs } = await context.pool.query<{ run_no: number; actor: string }>(
    "SELECT run_no, actor FROM allowance.letter_run_state WHERE state = 'printing' ORDER BY run_no",
  );
  for (const { run_no: runNo, actor } of runs) {
    const did = await alone(context, `allowance.letterRun/${runNo}`, async () => {
      await printLetterRun({ ...context, operator: actor, purpose: "通知書の印刷" }, runNo);
      return true;
    });
    if (did === true) done += 1;
  }
  return done;
}

export type EndlessLetters = {
  /** The day of work, asked for at each look */
  readonly today: () => CivilDate;
  readonly signal: AbortSignal;
  /** One line for the log of the machine */
  readonly onProblem: (line: string) => void;
};

const IDLE_MS = 1000;
/** After a problem the same work waits this long: it is not tried a thousand times a minute */
const AFTER_PROBLEM_MS = 30_000;

/** Looks and works until the signal. What fails stays as it is and is tried again later. */
export async function workLettersUntilStopped(context: Context, options: EndlessLetters): Promise<void> {
  const { signal, onProblem } = options;
  while (!signal.aborted) {
    let pause = IDLE_MS;
    try {
      const done = await workLetters({ ...context, pool: context.pool, today: options.today(), signal });
      if (done > 0) pause = 0;
    } catch (error) {
      if (error instanceof Refusal && error.code === "cancelled") return;
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
      onProblem(`通知書の作業者: ${error instanceof Refusal ? `${error.code}: ${error.message}` : what}`);
      pause = AFTER_PROBLEM_MS;
    }
    if (pause > 0) await sleep(pause, undefined, { signal }).catch(() => {});
  }
}
