/** アクセスログ: who looked at or changed whose record, why, from where. The row is part of the transaction it records. */
import type { PoolClient } from "pg";

/** What was done: 参照・更新・出力・印刷・検索・一覧・ハードコピー */
export type AccessAction = "read" | "update" | "export" | "print" | "search" | "list" | "hardCopy";

/** 操作の種類 of what changes something: 追加・変更・削除・バッチ・印刷 (共通機能標準仕様 10.2). What only reads follows from its action. */
export type Deed = "add" | "change" | "delete" | "batch" | "print";

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
  /** Name of the file that went out: a leaked copy leads back to the row. Absent: the ledger of the call */
  readonly file?: string | undefined;
};

/** Where a call comes from. */
export type StaffCall = {
  /** Hex SHA-256 of the session token; the token itself never reaches the database */
  readonly session: string;
  /** One identifier per request, 1–64 of `A-Za-z0-9_-` */
  readonly requestId: string;
  /** The operation of the API, e.g. `openCase` */
  readonly operation: string;
  /** 画面: the page it was called from, numbers as `:`, e.g. `/cases/:`; absent: no page */
  readonly screen?: string;
  /** What its updates are; default `change` */
  readonly deed?: Deed;
  /** ファイル（台帳）that it works on, `A-Za-z0-9._-`, e.g. `filings` */
  readonly file?: string;
  /** It reads or writes a 個人番号 */
  readonly individualNumber?: boolean;
};

/** What the database writes beside every row of the call: `hagukumi.log` of `access.say_operation()`. */
export function operationText({ screen, deed, file, individualNumber }: StaffCall): string {
  return [screen ?? "", deed ?? "", file ?? "", individualNumber === true ? "1" : ""].join("|");
}

/** Writes rows while the name of the file that goes out is set; most rows are about no file. */
async function naming(
  client: Pick<PoolClient, "query">,
  file: string | undefined,
  write: () => Promise<unknown>,
): Promise<void> {
  if (file !== undefined) await client.query("SELECT set_config('hagukumi.log_file', $1, true)", [file]);
  await write();
  if (file !== undefined) await client.query("SELECT set_config('hagukumi.log_file', '', true)");
}

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
    await naming(
      client,
      entry.file,
      async () =>
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
        ]),
    );
  }
  for (const entry of entries) {
    if (entry.addresseeNumber !== undefined) continue;
    await naming(
      client,
      entry.file,
      async () =>
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
        ]),
    );
  }
}
