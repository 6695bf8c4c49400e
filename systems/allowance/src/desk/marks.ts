/** 印: what must be known about a person at once, wherever the person is shown (A17). One source: `allowance.marks_of`. */
import type { PoolClient } from "pg";

export type Marks = {
  /** 支援措置; only ever true for those who may see it */
  readonly protected: boolean;
  /** 要確認: something about the case wants a look before it is worked on. It does not say what: a memo, an entry that waits for a second person, somebody in the case whom this member of staff may not see */
  readonly attention: boolean;
  /** 差止（11条） */
  readonly suspended: boolean;
  /** 抑止（保留） */
  readonly suppressed: boolean;
  /** 債権（過払・返納） */
  readonly debt: boolean;
  /** Was a recipient, and every right has ended */
  readonly ended: boolean;
};

export const NO_MARKS: Marks = {
  protected: false,
  attention: false,
  suspended: false,
  suppressed: false,
  debt: false,
  ended: false,
};

/** Marks of people (宛名番号), on a client that acts for a member of staff. People who may not be seen are missing. */
export async function marksOf(client: PoolClient, numbers: readonly number[]): Promise<ReadonlyMap<number, Marks>> {
  const { rows } = await client.query<Marks & { readonly number: number }>(
    `SELECT addressee_number AS number, protected, attention, suspended, suppressed, debt, ended FROM allowance.marks_of($1::bigint[])`,
    [numbers],
  );
  return new Map(rows.map(({ number, ...marks }) => [number, marks]));
}
