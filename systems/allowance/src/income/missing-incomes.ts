/**
 * 未申告と、所得の照会: whose income is needed to compare two parents (生計中心者) and is not there – either nobody has declared it here
 * (未申告), or another municipality taxes the person (1 January elsewhere), and is asked.
 */
import { addDays, type CivilDate, parseCivilDate } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { reviewCommand } from "../annual-review/year.ts";
import { refusing } from "../constraints.ts";
import type { Context } from "../context.ts";
import { refuse } from "../refusal.ts";

export type MissingIncome = {
  readonly number: number;
  readonly year: number;
  /** 認定番号 for whose comparison it is needed */
  readonly recipientId: number;
  readonly wardCode: string;
  /** `undeclared`: resident here on 1 January, no declaration; `elsewhere`: taxed by another municipality */
  readonly why: "undeclared" | "elsewhere";
  /** The municipality that taxes, as the residents' register names it; null where it is not known */
  readonly office: string | null;
  /** 所得の照会 that is out, or answered */
  readonly inquiryId: number | null;
  readonly answer: "sent" | "undeclared" | "noRecord" | null;
};

const MISSING = `
  WITH needed AS (
    SELECT DISTINCT p.n AS number, r.recipient_id, r.ward_code
    FROM allowance.recipient r JOIN allowance.recipient_window w USING (recipient_id)
    JOIN allowance.related_person_confirmed x ON x.addressee_number = r.addressee_number AND x.role IN ('spouse', 'otherParent')
      AND x.related_number IS NOT NULL AND x.valid_from <= $2::date AND (x.valid_to IS NULL OR x.valid_to >= $2::date)
    CROSS JOIN LATERAL (VALUES (r.addressee_number), (x.related_number)) p (n)
    WHERE r.kind = 'individual' AND w.first_month IS NOT NULL AND (w.ended_from IS NULL OR w.ended_from > $2::date)),
  rows AS (SELECT DISTINCT ON (h.addressee_number, h.history_no) h.* FROM allowance.person_history h
           WHERE h.addressee_number IN (SELECT number FROM needed) ORDER BY h.addressee_number, h.history_no, h.revision DESC)
  SELECT n.number, $1::int AS year, n.recipient_id AS "recipientId", n.ward_code AS "wardCode",
         CASE WHEN j.resident_state = 1 THEN 'undeclared' ELSE 'elsewhere' END AS why,
         CASE WHEN j.resident_state = 1 THEN NULL ELSE m.previous_municipality END AS office,
         q.inquiry_id AS "inquiryId", a.outcome AS answer
  FROM needed n
  LEFT JOIN LATERAL (SELECT resident_state FROM rows h WHERE h.addressee_number = n.number AND NOT h.deleted AND h.valid_from <= make_date($1::int + 1, 1, 1)
                     ORDER BY h.history_no DESC LIMIT 1) j ON true
  LEFT JOIN LATERAL (SELECT previous_municipality FROM rows h WHERE h.addressee_number = n.number AND NOT h.deleted AND h.previous_municipality <> ''
                     AND h.valid_from > make_date($1::int + 1, 1, 1) ORDER BY h.history_no LIMIT 1) m ON true
  LEFT JOIN LATERAL (SELECT inquiry_id FROM allowance.tax_inquiry q WHERE q.addressee_number = n.number AND q.income_year = $1 ORDER BY 1 DESC LIMIT 1) q ON true
  LEFT JOIN allowance.tax_inquiry_answer a ON a.inquiry_id = q.inquiry_id
  WHERE NOT EXISTS (SELECT FROM allowance.income_history i WHERE i.addressee_number = n.number AND i.income_year = $1)
  ORDER BY 5 DESC, 3, 1`;

/** People whose income of the year is needed and not there. */
export async function listMissingIncomes(
  connection: Queryable,
  question: { readonly year: number; readonly today: CivilDate },
): Promise<readonly MissingIncome[]> {
  return (await connection.query<MissingIncome>(MISSING, [question.year, question.today])).rows;
}

/**
 * 所得の照会: one request for everybody who is taxed elsewhere and was not asked yet for this year and purpose. What is asked for stands
 * in rows that whoever connects the 情報提供ネットワークシステム takes from here.
 *
 * @returns how many were asked, and 宛名番号 of those whose municipality the register doesn't name
 */
export async function requestIncomes(
  context: Context,
  request: { readonly year: number; readonly purpose?: "annualReview" | "taxCorrection"; readonly key?: string },
): Promise<{ readonly asked: number; readonly unknownOffice: readonly number[] }> {
  const { year, purpose = "annualReview", key } = request;
  const { response } = await refusing(() =>
    runCommand(context.pool, reviewCommand(context, "tax.inquire", { year, purpose }, key), async (client) => {
      const missing = (await listMissingIncomes(client, { year, today: context.today })).filter(
        ({ why, inquiryId }) => why === "elsewhere" && inquiryId === null,
      );
      const byPerson = new Map(missing.map((each) => [each.number, each]));
      let asked = 0;
      const unknownOffice: number[] = [];
      for (const { number, office } of byPerson.values()) {
        if (office === null) {
          unknownOffice.push(number);
          continue;
        }
        await client.query(
          `INSERT INTO allowance.tax_inquiry (addressee_number, income_year, office, basis, purpose, requested_on, due_on, requested_by)
           VALUES ($1, $2, $3, 'network', $4, $5, $6, $7)`,
          [number, year, office, purpose, context.today, addDays(context.today, 30), context.operator],
        );
        asked += 1;
      }
      return {
        response: { asked, unknownOffice },
        audit: [{ action: "tax.inquire", objectKind: "taxInquiry", objectId: String(year), detail: { asked } }],
      };
    }),
  );
  return response;
}

/**
 * 回答の記録. The income itself is never typed: it comes with the next delivery (連携ファイル).
 *
 * @throws Refusal `reviewUnknown`, `reviewChanged` (answered already), `reviewInvalid`
 */
export async function answerInquiry(
  context: Context,
  answer: {
    readonly inquiryId: number;
    readonly outcome: "sent" | "undeclared" | "noRecord";
    readonly answeredOn: string;
    readonly reference: string;
    readonly key?: string;
  },
): Promise<void> {
  const { inquiryId, outcome, key } = answer;
  const reference = answer.reference.trim();
  const answeredOn = parseCivilDate(answer.answeredOn);
  if (answeredOn === undefined || answeredOn > context.today || reference === "" || reference.length > 200) {
    throw refuse(
      "reviewInvalid",
      "回答の日（今日まで）と、回答の文書・通番（200文字まで）を入れてください。何も変えていません。",
    );
  }
  const request = { inquiryId, outcome, answeredOn, reference };
  await refusing(() =>
    runCommand(context.pool, reviewCommand(context, "tax.answer", request, key), async (client) => {
      const { rows } = await client.query<{ answered: boolean }>(
        `SELECT EXISTS (SELECT FROM allowance.tax_inquiry_answer a WHERE a.inquiry_id = q.inquiry_id) AS answered FROM allowance.tax_inquiry q WHERE q.inquiry_id = $1`,
        [inquiryId],
      );
      const found = rows[0];
      if (found === undefined)
        throw refuse("reviewUnknown", `照会 ${inquiryId} はありません。番号を確認してください。`);
      if (found.answered) {
        throw refuse("reviewChanged", `照会 ${inquiryId} には、もう回答が記録されています。何も変えていません。`);
      }
      await client.query(
        "INSERT INTO allowance.tax_inquiry_answer (inquiry_id, outcome, answered_on, reference, entered_by) VALUES ($1, $2, $3, $4, $5)",
        [inquiryId, outcome, answeredOn, reference, context.operator],
      );
      return {
        response: null,
        audit: [{ action: "tax.answer", objectKind: "taxInquiry", objectId: String(inquiryId), detail: { outcome } }],
      };
    }),
  );
}
