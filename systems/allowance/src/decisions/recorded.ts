/** What has been decided already about a case: its recipients (認定番号) and their decisions. */
import { type Month, monthOf, type CivilDate } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { caseId, type CaseKey } from "../claims/case-rows.ts";

export type RecordedDecision = {
  readonly seq: number;
  readonly kind: "certify" | "refuse" | "increase" | "decrease" | "extinguish" | "correct";
  readonly effective: Month;
  /** Code of the cause (コード表 cause) */
  readonly cause: string;
  /** Yen a month after the decision; null where the law did not report the month */
  readonly monthlyTotal: number | null;
  readonly factsDigest: string;
};

export type RecordedRecipient = {
  readonly recipientId: number;
  readonly openedByClaim: number;
  readonly ordinal: number;
  /** In order of seq, at least one */
  readonly decisions: readonly RecordedDecision[];
};

/** Recipients by case. A case that was never certified has no entry. */
export type Recorded = ReadonlyMap<string, readonly RecordedRecipient[]>;

type Row = {
  readonly addressee_number: number;
  readonly case_kind: CaseKey["kind"];
  readonly recipient_id: number;
  readonly opened_by_claim: number;
  readonly ordinal: number;
  readonly seq: number;
  readonly kind: RecordedDecision["kind"];
  readonly effective_month: CivilDate;
  readonly cause: string;
  readonly monthly_total: number | null;
  readonly facts_digest: string;
};

/** Loads what is recorded about the cases. */
export async function loadRecorded(connection: Queryable, keys: readonly CaseKey[]): Promise<Recorded> {
  const { rows } = await connection.query<Row>(
    `SELECT r.addressee_number, r.kind AS case_kind, r.recipient_id, r.opened_by_claim, r.ordinal,
            d.seq, d.kind, d.effective_month, d.cause, d.monthly_total, d.facts_digest
     FROM unnest($1::bigint[], $2::text[]) k(claimant, kind)
     JOIN allowance.recipient r ON r.addressee_number = k.claimant AND r.kind = k.kind
     JOIN allowance.decision d ON d.recipient_id = r.recipient_id
     ORDER BY r.recipient_id, d.seq`,
    [keys.map(({ claimant }) => claimant), keys.map(({ kind }) => kind)],
  );
  const cases = new Map<string, (RecordedRecipient & { decisions: RecordedDecision[] })[]>();
  for (const row of rows) {
    const id = caseId({ claimant: row.addressee_number, kind: row.case_kind });
    const recipients = cases.get(id) ?? [];
    cases.set(id, recipients);
    let recipient = recipients.at(-1);
    if (recipient?.recipientId !== row.recipient_id) {
      const { recipient_id: recipientId, opened_by_claim: openedByClaim, ordinal } = row;
      recipient = { recipientId, openedByClaim, ordinal, decisions: [] };
      recipients.push(recipient);
    }
    recipient.decisions.push({
      seq: row.seq,
      kind: row.kind,
      effective: monthOf(row.effective_month),
      cause: row.cause,
      monthlyTotal: row.monthly_total,
      factsDigest: row.facts_digest,
    });
  }
  return cases;
}

/** The last month that any recorded decision of the case concerns. */
export function lastDecidedMonth(recipients: readonly RecordedRecipient[]): Month | undefined {
  return recipients
    .flatMap(({ decisions }) => decisions.map(({ effective }) => effective))
    .reduce<Month | undefined>((last, month) => (last === undefined || month > last ? month : last), undefined);
}
