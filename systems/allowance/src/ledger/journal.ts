/** Writing to the ledger (元帳): a heading that declares count and total first, then its entries in one statement. */
import type { PoolClient } from "pg";

/** Kinds of journal (仕訳の種類). */
export type JournalKind =
  | "accrue" // 支給決定 → 未払
  | "reverse" // 未払の取消し
  | "reserve" // 未払 → 支払処理中
  | "unreserve" // 支払処理中 → 未払 (取消し)
  | "pay" // 支払処理中 → 支払済
  | "unpay" // 支払済 → 支払処理中 (未着を確かめた取消し)
  | "return" // 支払済 → 振込不能で戻った額
  | "reinstate" // 振込不能で戻った額 → 未払
  | "deduct" // 未払 → 差引（内払では過払を減らす）
  | "undeduct" // 差引 → 未払 (取消し)
  | "collect" // 過払 → 収納 (残りを超えた分は過納)
  | "writeOff" // 過払 → 不納欠損
  | "refund" // 過納 → 還付
  | "overpay"; // 過払を立てる

export type Journal = {
  readonly kind: JournalKind;
  readonly runNo: number | null;
  readonly commandKey: string;
  /** Civil date on which it happened */
  readonly occurredOn: string;
  /** Number of entries, ≥ 1 */
  readonly count: number;
  /** Sum of the entries in yen, ≥ 1 */
  readonly total: number;
};

/**
 * Opens a journal. Its entries must follow in the same transaction: at COMMIT the database compares their number and
 * sum with the heading and refuses the whole transaction (`journal_balance`) when they differ.
 */
export async function openJournal(client: PoolClient, journal: Journal): Promise<number> {
  const { rows } = await client.query<{ journal_id: number }>(
    `INSERT INTO allowance.journal (kind, run_no, command_key, occurred_on, entry_count, total)
     VALUES ($1, $2, $3, $4, $5, $6) RETURNING journal_id`,
    [journal.kind, journal.runNo, journal.commandKey, journal.occurredOn, journal.count, journal.total],
  );
  const row = rows[0];
  if (row === undefined) throw new Error("INSERT … RETURNING gave no row");
  return row.journal_id;
}
