/** 確認リスト: what the checks, the feeds and the entries have found, for people to look at and answer. No 個人番号 is on it. */
import { csvLine } from "@hagukumi/platform/csv/write.ts";
import { readOnly, withRole } from "@hagukumi/platform/database/transaction.ts";

import { type AddresseeContext, command, ROLE } from "../context.ts";
import { fifteenDigits } from "../numbers.ts";
import { refuse } from "../refusal.ts";
import { type FindingKind, findingLabels } from "./check.ts";

export type Finding = {
  readonly findingId: number;
  readonly runId: number | null;
  readonly kind: FindingKind;
  readonly unifiedNumber: number | null;
  readonly systemCode: string | null;
  readonly addresseeNumber: number | null;
  readonly foundAt: Date;
  readonly result: "corrected" | "noFault" | null;
  readonly answeredBy: string | null;
};

const LIST = `
SELECT f.finding_id AS "findingId", f.run_id AS "runId", f.kind, f.unified_number AS "unifiedNumber", coalesce(f.system_code, l.system_code) AS "systemCode",
       coalesce(f.addressee_number, l.addressee_number) AS "addresseeNumber", f.found_at AS "foundAt", a.result, a.answered_by AS "answeredBy"
FROM unified.finding f LEFT JOIN unified.finding_answer a USING (finding_id)
LEFT JOIN LATERAL (SELECT x.system_code, x.addressee_number FROM unified.link x WHERE x.unified_number = f.unified_number AND x.ended_at IS NULL
                   ORDER BY x.system_code <> 'allowance', x.link_id LIMIT 1) l ON f.addressee_number IS NULL
WHERE ($1::bigint IS NULL OR f.run_id = $1) AND ($2 OR a.finding_id IS NULL) ORDER BY f.finding_id`;

/** Of one run, or of all; open ones alone unless `answered`. */
export async function listFindings(
  context: Pick<AddresseeContext, "pool">,
  which: { readonly runId?: number; readonly answered?: boolean } = {},
): Promise<readonly Finding[]> {
  return await readOnly(context.pool, async (client) => {
    await withRole(client, ROLE);
    const { rows } = await client.query<Finding>(LIST, [which.runId ?? null, which.answered === true]);
    return rows;
  });
}

function numberCell(value: number | null): string {
  return value === null ? "" : fifteenDigits(value);
}

/** The list as CSV, UTF-8, header in Japanese. */
export function findingsCsv(findings: readonly Finding[]): string {
  const header = ["番号", "種類", "団体内統合宛名番号", "業務システム", "宛名番号", "見つけた日時", "結果", "答えた人"];
  const lines = findings.map((each) => [
    String(each.findingId),
    findingLabels[each.kind],
    numberCell(each.unifiedNumber),
    each.systemCode ?? "",
    numberCell(each.addresseeNumber),
    each.foundAt.toISOString(),
    each.result === null ? "" : each.result === "corrected" ? "直した" : "誤りではない",
    each.answeredBy ?? "",
  ]);
  return [header, ...lines].map((cells) => csvLine(cells, false)).join("");
}

/** @throws Refusal `findingUnknown`; `invalidValue` for a note under five characters */
export async function answerFinding(
  context: AddresseeContext,
  request: {
    readonly key: string;
    readonly findingId: number;
    readonly result: "corrected" | "noFault";
    readonly note: string;
  },
): Promise<void> {
  const { key, findingId, result, note } = request;
  await command(context, "finding.answer", key, { findingId, result, note }, async (client) => {
    const { rowCount } = await client.query(
      `INSERT INTO unified.finding_answer (finding_id, result, note, answered_by) SELECT finding_id, $2, $3, $4 FROM unified.finding WHERE finding_id = $1 ON CONFLICT DO NOTHING`,
      [findingId, result, note, context.operator],
    );
    if (rowCount === 0)
      throw refuse(
        "findingUnknown",
        "確認リストのこの行は見つからないか、すでに答えがあります。画面を読み直してください。",
      );
    return {
      response: {},
      audit: [{ action: "finding.answer", objectKind: "finding", objectId: String(findingId), detail: { result } }],
    };
  });
}
