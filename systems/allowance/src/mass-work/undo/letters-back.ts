/** Letters of what is taken back: whether one has been made, and that none is made any more. */
import type { PoolClient } from "pg";

import type { FormCode } from "../../notices/forms/form-codes.ts";
import type { UndoWriting } from "./take-back.ts";

/** Where a letter would come from (もと), and whose it is. */
export type LetterSource = {
  readonly form: FormCode;
  readonly key: string;
  readonly addresseeNumber: number;
};

/** Numbers of the print runs that hold a letter of the sources which stands, by key. A letter that came back by post was sent. */
export async function lettersMade(
  client: PoolClient,
  form: FormCode,
  keys: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await client.query<{ key: string; run: number }>(
    `SELECT l.source_key AS key, max(l.run_no)::int AS run FROM allowance.letter l WHERE l.form_code = $1 AND l.source_key = ANY ($2)
       AND NOT EXISTS (SELECT FROM allowance.letter_discard d WHERE d.letter_id = l.letter_id AND d.kind <> 'returned') GROUP BY 1`,
    [form, keys],
  );
  return new Map(rows.map(({ key, run }) => [key, run]));
}

/** The sentence for a line whose letter has been made. */
export const letterObstacle = (run: number): string =>
  `通知書が印刷処理 ${run} で作られています。知らせたことは、まとめて戻せません。発送の前なら印刷処理で廃棄してから、発送のあとなら1件ずつ取消・再決定をしてください。`;

/** The sentence for a line that a payment run has counted on. */
export const paymentObstacle = (run: number): string =>
  `支払処理 ${run} が、この内容で作られています。送付の前なら支払処理を取り消してから、送付のあとなら1件ずつ訂正の決定をしてください。`;

/** Notes that no letter is made of these: two people have taken back what it would tell. What is withheld already stays so. */
export async function withholdLetters(
  client: PoolClient,
  work: UndoWriting,
  sources: readonly LetterSource[],
): Promise<void> {
  await client.query(
    `WITH held AS (
       INSERT INTO allowance.letter_withheld (form_code, source_key, addressee_number, reason, entered_by, approved_by)
       SELECT s.form, s.key, s.addressee, $4, $5, $6 FROM unnest($1::text[], $2::text[], $3::bigint[]) s(form, key, addressee)
       ON CONFLICT DO NOTHING RETURNING form_code, source_key)
     INSERT INTO allowance.mass_letter_back (form_code, source_key, mass_run_no) SELECT form_code, source_key, $7 FROM held`,
    [
      sources.map(({ form }) => form),
      sources.map(({ key }) => key),
      sources.map(({ addresseeNumber }) => addresseeNumber),
      `一括処理 ${work.undoes} を戻したため（一括処理 ${work.runNo}）`,
      work.maker,
      work.approver,
      work.runNo,
    ],
  );
}
