/** 現況届の受領: a form comes back, its barcode is read, and it is a filing like any other – with the papers that it was asked for. */
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { refusing } from "../constraints.ts";
import type { Context } from "../context.ts";
import type { FilingHead } from "../filings/command.ts";
import type { FilingForm } from "../filings/form.ts";
import { submitIn } from "../filings/receive.ts";
import { readComplete } from "../filings/store-form.ts";
import { refuse } from "../refusal.ts";
import { parseBarcode } from "./barcode.ts";
import { papersFor } from "./papers.ts";
import { getReviewYear, reviewCommand } from "./year.ts";

/**
 * A form that the city printed and posted to the person's address and that comes back filled in is itself a document of identity
 * (番号法施行規則2条: 個人番号利用事務実施者が印字して発行した書類).
 */
const PREPRINTED: NonNullable<FilingForm["identity"]> = {
  kind: 2,
  documents: ["市が印字して送った現況届（プレ印字の書類）"],
};

export type ReceiveReport = {
  /** As scanned or typed */
  readonly barcode: string;
  readonly receivedOn: string;
  readonly channel: "counter" | "post" | "online";
  /** Whether the report says that nothing has changed */
  readonly unchanged: boolean;
  /** Absent: the pre-printed form itself */
  readonly identity?: FilingForm["identity"];
  readonly key?: string;
};

export type ReceivedReport = FilingHead & { readonly recipientId: number; readonly year: number };

type Found = {
  readonly number: number;
  readonly kind: "individual" | "corporateGuardian" | "institution";
  readonly ward: string;
  readonly reasons: readonly string[] | null;
  readonly form: boolean;
  readonly reception: string | null;
  readonly receivedOn: string | null;
};

const FOUND = `
  SELECT p.addressee_number AS number, p.kind, p.ward_code AS ward, r.reasons,
         EXISTS (SELECT FROM allowance.review_form_standing f WHERE f.recipient_id = p.recipient_id AND f.fiscal_year = $2) AS form,
         x.reception, x."receivedOn"
  FROM allowance.recipient p
  LEFT JOIN allowance.review_result_current r ON r.recipient_id = p.recipient_id AND r.fiscal_year = $2
  LEFT JOIN LATERAL (SELECT f.reception_number AS reception, f.received_on AS "receivedOn" FROM allowance.filing_current f
    JOIN allowance.filing_content c ON c.filing_id = f.filing_id AND c.revision = f.revision
    WHERE f.recipient_id = p.recipient_id AND f.procedure_code IN ('annualReview', 'institutionAnnualReview')
      AND f.state NOT IN ('withdrawn', 'discarded', 'cancelled') AND (c.content ->> 'year')::int = $2 ORDER BY f.filing_id DESC LIMIT 1) x ON true
  WHERE p.recipient_id = $1`;

/**
 * Registers a report by its barcode.
 *
 * @throws Refusal `barcodeInvalid`, `reviewUnknown` (no such year or form), `reviewReceived` (it is there already), and those of
 *   `submitFiling`; nothing is registered then
 */
export async function receiveReport(context: Context, receive: ReceiveReport): Promise<ReceivedReport> {
  const parsed = parseBarcode(receive.barcode);
  if (parsed === undefined) {
    throw refuse(
      "barcodeInvalid",
      "このバーコードは現況届のものではないか、正しく読み取れていません。もう一度読み取るか、R から始まる16文字を入力してください。何も登録していません。",
    );
  }
  const { year, recipientId } = parsed;
  const { receivedOn, channel, unchanged, identity = PREPRINTED, key } = receive;
  const request = { year, recipientId, receivedOn, channel, unchanged, identity };
  const { response } = await refusing(() =>
    runCommand(context.pool, reviewCommand(context, "review.receive", request, key), async (client) => {
      await getReviewYear(client, year);
      const { rows } = await client.query<Found>(FOUND, [recipientId, year]);
      const found = rows[0];
      if (found === undefined || !found.form) {
        throw refuse(
          "reviewUnknown",
          `このバーコードの現況届は、この市で発行していません。年度（${year}）と認定番号を確かめてください。何も登録していません。`,
          { year },
        );
      }
      if (found.reception !== null) {
        throw refuse(
          "reviewReceived",
          `この現況届は、受付番号 ${found.reception} で ${found.receivedOn ?? ""} に受け付けています。二重には登録しません。`,
          { receptionNumber: found.reception },
        );
      }
      const institution = found.kind === "institution";
      const typed = readComplete(context, {
        procedure: institution ? "institutionAnnualReview" : "annualReview",
        receivedOn,
        channel,
        wardCode: found.ward,
        identity,
        content: {
          claimant: found.number,
          recipientId,
          recipientKind: found.kind,
          year,
          unchanged,
          papers: [...papersFor(found.reasons ?? [])],
        },
      });
      const head = await submitIn(client, context, {}, typed);
      await client.query(
        "INSERT INTO allowance.review_receipt (filing_id, recipient_id, fiscal_year, barcode, scanned_by) VALUES ($1, $2, $3, $4, $5)",
        [
          head.filingId,
          recipientId,
          year,
          receive.barcode
            .normalize("NFKC")
            .replaceAll(/[\s*-]/g, "")
            .toUpperCase(),
          context.operator,
        ],
      );
      const detail = { filingId: head.filingId, year };
      return {
        response: { ...head, recipientId, year },
        audit: [{ action: "review.receive", objectKind: "filing", objectId: head.receptionNumber, detail }],
      };
    }),
  );
  return response;
}

/** 受付区分 of a report */
export type Reception = "received" | "defect" | "examined" | "accepted" | "other";
export const receptionLabels = {
  received: "受付（点検前）",
  defect: "不備（書類待ち）",
  examined: "審査済み（決裁待ち）",
  accepted: "受理",
  other: "取下げ・取消",
} as const satisfies Readonly<Record<Reception, string>>;

export type ListedReception = {
  readonly recipientId: number;
  readonly barcode: string;
  readonly receptionNumber: string;
  readonly filingId: number;
  readonly receivedOn: string;
  readonly reception: Reception;
  /** By when the missing papers must be there; null without a defect */
  readonly dueOn: string | null;
  readonly overdue: boolean;
  /** What the outside checker found last; only a proposal */
  readonly outside: { readonly verdict: "complete" | "defect"; readonly defects: readonly string[] } | null;
};

/** Reports that came by barcode, defects first, the longest waiting first. */
export async function listReceptions(
  connection: Queryable,
  { year, today }: { readonly year: number; readonly today: string },
): Promise<readonly ListedReception[]> {
  const { rows } = await connection.query<ListedReception>(
    `SELECT s.recipient_id AS "recipientId", s.barcode, f.reception_number AS "receptionNumber", f.filing_id AS "filingId",
            f.received_on AS "receivedOn", x.reception, CASE WHEN x.reception = 'defect' THEN f.due_on END AS "dueOn",
            coalesce(x.reception = 'defect' AND f.due_on < $2::date, false) AS overdue,
            CASE WHEN o.verdict IS NOT NULL THEN jsonb_build_object('verdict', o.verdict, 'defects', o.defects) END AS outside
     FROM allowance.review_receipt s JOIN allowance.filing_current f USING (filing_id)
     CROSS JOIN LATERAL (SELECT CASE WHEN f.state = 'submitted' THEN 'received' WHEN f.state IN ('returned', 'held') THEN 'defect'
       WHEN f.state = 'examined' THEN 'examined' WHEN f.state = 'decided' THEN 'accepted' ELSE 'other' END AS reception) x
     LEFT JOIN LATERAL (SELECT c.verdict, c.defects FROM allowance.review_outside_check c WHERE c.filing_id = s.filing_id ORDER BY c.no DESC LIMIT 1) o ON true
     WHERE s.fiscal_year = $1 ORDER BY x.reception <> 'defect', f.due_on NULLS LAST, f.received_on, f.filing_id`,
    [year, today],
  );
  return rows;
}

export type OutsideCheck = {
  readonly barcode: string;
  readonly verdict: "complete" | "defect";
  readonly defects: readonly string[];
  readonly note?: string;
  readonly checkedOn: string;
  /** Who checked, as the contractor names its people (a number, no personal name) */
  readonly checkedBy: string;
};

/**
 * Takes in what an outside checker found (評価書 委託先6: 書類の点検). Only a proposal: the filing stays where it is until a member of
 * staff has looked. Rows that name no received report are given back.
 *
 * @throws Refusal `reviewInvalid`
 */
export async function recordOutsideChecks(
  context: Context,
  checks: readonly OutsideCheck[],
  key?: string,
): Promise<{ readonly taken: number; readonly unknown: readonly string[] }> {
  const wrong = checks.find(
    ({ verdict, defects, checkedBy }) => (verdict === "defect") !== defects.length > 0 || checkedBy.trim() === "",
  );
  if (wrong !== undefined) {
    throw refuse(
      "reviewInvalid",
      `点検の結果（${wrong.barcode}）が正しくありません。不備のときは不備の内容を、そろっているときは何も書かず、点検した者を必ず書いてください。何も取り込んでいません。`,
    );
  }
  const { response } = await refusing(() =>
    runCommand(context.pool, reviewCommand(context, "review.outside", { checks }, key), async (client) => {
      const unknown: string[] = [];
      let taken = 0;
      for (const { barcode, verdict, defects, note = "", checkedOn, checkedBy } of checks) {
        const parsed = parseBarcode(barcode);
        const { rowCount } = await client.query(
          `INSERT INTO allowance.review_outside_check (filing_id, no, verdict, defects, note, checked_on, checked_by, entered_by)
           SELECT s.filing_id, coalesce((SELECT max(no) FROM allowance.review_outside_check c WHERE c.filing_id = s.filing_id), 0) + 1, $3, $4, $5, $6, $7, $8
           FROM allowance.review_receipt s WHERE s.recipient_id = $1 AND s.fiscal_year = $2 ORDER BY s.filing_id DESC LIMIT 1`,
          [parsed?.recipientId ?? 0, parsed?.year ?? 0, verdict, defects, note, checkedOn, checkedBy, context.operator],
        );
        if (rowCount === 1) taken += 1;
        else unknown.push(barcode);
      }
      return {
        response: { taken, unknown },
        audit: [{ action: "review.outside", objectKind: "reviewYear", objectId: "outside", detail: { taken } }],
      };
    }),
  );
  return response;
}
