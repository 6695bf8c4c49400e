/**
 * 通知書のもと. Each form has one statement over decided state (decisions, approved filings, confirmed runs, holds …): what was decided
 * and has had no letter yet. Nobody picks addressees by hand, and no filter of another kind exists (I-19, I-36).
 */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import type { PoolClient } from "pg";

import type { SourceRow } from "../content/source-row.ts";
import type { FormCode } from "../forms/form-codes.ts";

/**
 * A statement that gives the columns `source_key, addressee, outside_party, recipient_id, recipient_kind, decided_on, named, facts,
 * law_facts`. Its parameters are `$1` first day (older decisions were told by the system before), `$2` day of the document, `$3` number
 * of a payment run or null.
 */
export type Source = { readonly form: FormCode; readonly sql: string };

const SHAPE = `x.source_key AS "sourceKey", x.addressee, x.outside_party AS "outsideParty", x.recipient_id AS "recipientId",
  x.recipient_kind AS "recipientKind", x.decided_on AS "decidedOn", x.named, x.facts, x.law_facts AS "lawFacts"`;

/** Not told yet: no letter of this form and key that stands, and nobody decided to send none. A returned letter was sent. */
const OPEN = `NOT EXISTS (SELECT FROM allowance.letter l WHERE l.form_code = $4 AND l.source_key = x.source_key
    AND NOT EXISTS (SELECT FROM allowance.letter_discard d WHERE d.letter_id = l.letter_id AND d.kind <> 'returned'))
  AND NOT EXISTS (SELECT FROM allowance.letter_withheld w WHERE w.form_code = $4 AND w.source_key = x.source_key)`;

export type SourceQuestion = {
  readonly from: string;
  readonly documentOn: string;
  readonly paymentRunNo: number | null;
  /** Just these keys, where given */
  readonly keys?: readonly string[];
};

const parametersOf = (source: Source, question: SourceQuestion): unknown[] => [
  question.from,
  question.documentOn,
  question.paymentRunNo,
  source.form,
  question.keys ?? null,
];

const statement = (source: Source): string =>
  `WITH x AS (${source.sql}) SELECT ${SHAPE} FROM x WHERE x.decided_on >= $1::date AND x.decided_on <= $2::date
   AND ($5::text[] IS NULL OR x.source_key = ANY ($5::text[])) AND ($3::integer IS NULL OR true) AND ${OPEN}`;

const ORDER = `ORDER BY x.decided_on, x.source_key COLLATE "C"`;

type Row = Omit<SourceRow, "form">;

/** What waits for a letter, in slices, inside the caller's transaction: one reading of one snapshot, however many there are. */
export async function* openSources(
  client: PoolClient,
  source: Source,
  question: SourceQuestion,
  slice: number,
): AsyncGenerator<readonly SourceRow[]> {
  await client.query(
    `DECLARE letter_source NO SCROLL CURSOR FOR ${statement(source)} ${ORDER}`,
    parametersOf(source, question),
  );
  for (;;) {
    const { rows } = await client.query<Row>(`FETCH ${slice} FROM letter_source`);
    if (rows.length > 0) yield rows.map((row) => ({ form: source.form, ...row }));
    if (rows.length < slice) break;
  }
  await client.query("CLOSE letter_source");
}

/** The oldest of them at once, for screens; at most `limit`. */
export async function readSources(
  connection: Queryable,
  source: Source,
  question: SourceQuestion,
  limit: number,
): Promise<readonly SourceRow[]> {
  const { rows } = await connection.query<Row>(
    `${statement(source)} ${ORDER} LIMIT ${limit}`,
    parametersOf(source, question),
  );
  return rows.map((row) => ({ form: source.form, ...row }));
}

/** How many wait, and since when. */
export async function countOpen(
  connection: Queryable,
  source: Source,
  question: SourceQuestion,
): Promise<{ readonly waiting: number; readonly oldest: string | null }> {
  const { rows } = await connection.query<{ waiting: number; oldest: string | null }>(
    `SELECT count(*)::int AS waiting, min(c."decidedOn") AS oldest FROM (${statement(source)}) c`,
    parametersOf(source, question),
  );
  return rows[0] ?? { waiting: 0, oldest: null };
}
