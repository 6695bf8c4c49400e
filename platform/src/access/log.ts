/** アクセスログ: who looked at or changed whose record, why, from where. The row is part of the transaction it records. */
import type { PoolClient } from "pg";

/** What was done: 参照・更新・出力・印刷・検索・一覧 */
export type AccessAction = "read" | "update" | "export" | "print" | "search" | "list";

/** One row to write. It has no place for name, address, birth date, sex, account or 個人番号. */
export type AccessEntry = {
  readonly action: AccessAction;
  /** 宛名番号 of the person opened; absent only for lists, searches and what concerns no single person */
  readonly addresseeNumber?: number | undefined;
  /** Which kinds of columns were shown, e.g. `name, account`; never values */
  readonly columns?: string | undefined;
  /** Rows shown or changed, 0… */
  readonly rows: number;
  /** 受付番号, 認定番号 or the number of a payment run */
  readonly caseRef?: string | undefined;
  readonly approvalRef?: string | undefined;
  readonly ruleVersion?: string | undefined;
  /** Hex HMAC-SHA-256 of what was searched for; the words themselves are never kept */
  readonly searchKeyHmac?: string | undefined;
  /** 処理事由 of a row that names no person: the code of the work, e.g. `workList` */
  readonly purpose?: string | undefined;
};

/** Where a call comes from. */
export type StaffCall = {
  /** Hex SHA-256 of the session token; the token itself never reaches the database */
  readonly session: string;
  /** One identifier per request, 1–64 of `A-Za-z0-9_-` */
  readonly requestId: string;
  /** The operation of the API, e.g. `openCase` */
  readonly operation: string;
};

/** What rows of one statement have in common: everything but the person. */
const kindOf = ({ addresseeNumber: _person, ...rest }: AccessEntry): string => JSON.stringify(rest);

/** Writes rows for the session that the transaction runs under. Fails where a person is not open to it. */
export async function writeAccessLog(
  client: Pick<PoolClient, "query">,
  call: StaffCall,
  entries: readonly AccessEntry[],
): Promise<void> {
  const persons = entries.filter((entry) => entry.addresseeNumber !== undefined);
  // One statement for all persons who were seen in the same way: the database looks up session and rights once.
  for (const [, alike] of Map.groupBy(persons, kindOf)) {
    const [entry] = alike;
    if (entry === undefined) continue;
    await client.query("SELECT access.write_log_rows($1, 'allowance', $2, $3, $4, $5, $6, $7, $8, $9)", [
      alike.map(({ addresseeNumber }) => addresseeNumber),
      call.operation,
      entry.action,
      entry.columns ?? "",
      entry.rows,
      call.requestId,
      entry.caseRef ?? "",
      entry.approvalRef ?? "",
      entry.ruleVersion ?? "",
    ]);
  }
  for (const entry of entries) {
    if (entry.addresseeNumber !== undefined) continue;
    await client.query("SELECT access.write_log(NULL, 'allowance', $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", [
      call.operation,
      entry.action,
      entry.columns ?? "",
      entry.rows,
      call.requestId,
      entry.caseRef ?? "",
      entry.approvalRef ?? "",
      entry.ruleVersion ?? "",
      entry.searchKeyHmac ?? null,
      entry.purpose ?? entry.action,
    ]);
  }
}
