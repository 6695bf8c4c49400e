/** 印刷処理の記録: what a run is, where it stands, who did what. */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import type { PoolClient } from "pg";

import type { Context } from "../../context.ts";
import { refuse } from "../../refusal.ts";
import type { FormCode } from "../forms/form-codes.ts";
import { formOf } from "../forms/list.ts";

export type LetterRunState = "created" | "approved" | "printing" | "printed" | "mailed" | "discarded";
export type LetterRunKind = "first" | "manual" | "reissue";

export const letterRunLabels: Readonly<Record<LetterRunState, string>> = {
  created: "見本の承認待ち",
  approved: "印刷の指示待ち",
  printing: "印刷中",
  printed: "封入・発送待ち",
  mailed: "発送済み",
  discarded: "破棄",
};

export const letterRunKindLabels: Readonly<Record<LetterRunKind, string>> = {
  first: "初めての発行",
  manual: "手作業トレイから",
  reissue: "再発行",
};

export type LetterRun = {
  readonly runNo: number;
  readonly kind: LetterRunKind;
  readonly form: FormCode;
  readonly formNumber: string;
  readonly title: string;
  readonly documentOn: string;
  readonly mailOn: string;
  readonly letters: number;
  readonly pages: number;
  /** Sum of the amounts that the letters name, yen */
  readonly amount: number;
  readonly listDigest: string;
  readonly reason: string;
  readonly maker: string;
  readonly state: LetterRunState;
  /** Letters in files so far */
  readonly printed: number;
  /** Letters that were taken out */
  readonly takenOut: number;
};

const RUN = `
SELECT r.run_no AS "runNo", r.kind, r.form_code AS form, r.document_on AS "documentOn", r.mail_on AS "mailOn", r.letter_count AS letters,
       r.page_count AS pages, r.amount, r.list_digest AS "listDigest", r.reason, r.maker, s.state,
       (SELECT coalesce(sum(f.letters), 0)::int FROM allowance.letter_file f WHERE f.run_no = r.run_no) AS printed,
       (SELECT count(*)::int FROM allowance.letter l JOIN allowance.letter_discard d USING (letter_id) WHERE l.run_no = r.run_no AND d.kind IN ('takenOut', 'damaged')) AS "takenOut"
FROM allowance.letter_run r JOIN allowance.letter_run_state s USING (run_no)`;

const withForm = (row: Omit<LetterRun, "title" | "formNumber">): LetterRun => ({
  ...row,
  title: formOf(row.form).title,
  formNumber: formOf(row.form).number,
});

/** @throws Refusal `letterRunUnknown` */
export async function getLetterRun(connection: Queryable, runNo: number): Promise<LetterRun> {
  const { rows } = await connection.query<Omit<LetterRun, "title" | "formNumber">>(`${RUN} WHERE r.run_no = $1`, [
    runNo,
  ]);
  if (rows[0] !== undefined) return withForm(rows[0]);
  throw refuse("letterRunUnknown", `印刷処理 第${runNo}号はありません。番号を確かめてください。`, { runNo });
}

/** Newest first, at most 200. */
export async function listLetterRuns(connection: Queryable): Promise<readonly LetterRun[]> {
  const { rows } = await connection.query<Omit<LetterRun, "title" | "formNumber">>(
    `${RUN} ORDER BY r.run_no DESC LIMIT 200`,
  );
  return rows.map(withForm);
}

/** @throws Refusal `letterRunState` */
export function checkRunState(run: LetterRun, what: string, allowed: readonly LetterRunState[]): void {
  if (allowed.includes(run.state)) return;
  throw refuse(
    "letterRunState",
    `印刷処理 第${run.runNo}号の${what}はできません。いまの状態は「${letterRunLabels[run.state]}」です。画面を読み直してください。何も変えていません。`,
    { runNo: run.runNo, state: run.state },
  );
}

/** Where the event `e` was asked for: the machine makes an ordered run, so its first event has the terminal of the order. */
export const EVENT_TERMINAL = `coalesce(e.terminal, (SELECT o.terminal FROM allowance.letter_run_order_result r JOIN allowance.letter_run_order o USING (order_id) WHERE e.seq = 1 AND r.run_no = e.run_no))`;

/** Adds an event; the terminal is that of the session, where there is one. */
export async function addRunEvent(
  client: PoolClient,
  context: Context,
  runNo: number,
  to: LetterRunState,
  note = "",
): Promise<void> {
  await client.query(
    `INSERT INTO allowance.letter_run_event (run_no, seq, from_state, to_state, actor, terminal, note)
     SELECT $1, coalesce(max(e.seq), 0) + 1, coalesce((array_agg(e.to_state ORDER BY e.seq DESC))[1], 'none'), $2, $3,
            (SELECT s.terminal_code FROM identity.session_now() s), $4
     FROM allowance.letter_run_event e WHERE e.run_no = $1`,
    [runNo, to, context.operator, note],
  );
}
