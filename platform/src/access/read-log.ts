/** アクセスログの照会: from a person to all who looked, from a member of staff to all that was looked at. */
import type { Pool } from "pg";

import type { StaffCall } from "./log.ts";
import { staffRead } from "./staff.ts";

/** Most rows in one answer. */
export const LOG_PAGE = 200;

/** One row as shown to an auditor. It names persons by 宛名番号 alone. */
export type LogRow = {
  readonly seq: number;
  readonly processedAt: Date;
  readonly staffId: string;
  readonly staffName: string;
  readonly sectionName: string;
  readonly terminalCode: string;
  readonly purposeCode: string;
  /** Name of the 処理事由; the code where the purpose is not one of the list (lists and searches) */
  readonly purposeName: string;
  readonly purposeText: string;
  readonly addresseeNumber: number | null;
  readonly operation: string;
  readonly action: string;
  readonly refusalCode: string | null;
  readonly columnsClass: string;
  readonly rowCount: number;
  readonly caseRef: string;
  readonly requestId: string;
  /** 操作の種類: view, print, add, change, delete, batch, hardCopy, euc, refused; null in rows from before the log had it */
  readonly deed: string | null;
  /** 画面, numbers as `:`; empty where no page called */
  readonly screen: string | null;
  /** ファイル: ledger, or name of the file that went out */
  readonly file: string | null;
  /** 個人番号 was read or written */
  readonly individualNumber: boolean | null;
};

export type LogQuestion = {
  /** 宛名番号 */
  readonly addresseeNumber?: number;
  readonly staffId?: string;
  /** Rows older than this one: the last `seq` of the page before */
  readonly before?: number;
};

const READ = `
SELECT l.seq, l.processed_at AS "processedAt", l.staff_id AS "staffId", l.staff_name AS "staffName", l.section_name AS "sectionName",
       l.terminal_code AS "terminalCode", l.purpose_code AS "purposeCode", coalesce(p.name, l.purpose_code) AS "purposeName",
       l.purpose_text AS "purposeText", l.addressee_number AS "addresseeNumber", l.operation, l.action, l.refusal_code AS "refusalCode",
       l.columns_class AS "columnsClass", l.row_count AS "rowCount", l.case_ref AS "caseRef", l.request_id AS "requestId",
       l.deed, l.screen, l.file, l.individual_number AS "individualNumber"
FROM access.read_log($1, $2, $3, $4) l
LEFT JOIN LATERAL (SELECT name FROM access.purpose x WHERE x.code = l.purpose_code ORDER BY valid_from DESC LIMIT 1) p ON true
ORDER BY l.seq DESC`;

/**
 * Reads the newest rows. Reading the log is logged like any other read.
 *
 * @throws Refusal `sessionNeeded`, `permissionMissing` (`log.view`)
 */
export async function readAccessLog(
  pool: Pool,
  call: StaffCall,
  question: LogQuestion,
): Promise<{ readonly rows: readonly LogRow[]; readonly more: boolean }> {
  return await staffRead(pool, call, { permission: "log.view" }, async (client) => {
    const { rows } = await client.query<LogRow>(READ, [
      question.addresseeNumber ?? null,
      question.staffId ?? null,
      question.before ?? null,
      LOG_PAGE + 1,
    ]);
    const shown = rows.slice(0, LOG_PAGE);
    const log = { action: "list", rows: shown.length, purpose: "auditCheck" } as const;
    return { response: { rows: shown, more: rows.length > LOG_PAGE }, log: [log] };
  });
}
