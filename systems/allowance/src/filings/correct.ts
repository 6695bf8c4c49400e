/**
 * 取消・再決定 (児発230号): a decided filing is cancelled and decided anew in one operation. This is its first half, by the
 * person who prepares it; the second half is the approval of the new filing by another person, which cancels the old one,
 * decides the new one and keeps both.
 */
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";

import type { Context } from "../context.ts";
import { refuse } from "../refusal.ts";
import { addEvent, checkReason, checkRevision, checkState, filingCommand, type OnFiling } from "./command.ts";
import { examineIn, type Examined } from "./examine.ts";
import type { FilingForm } from "./form.ts";
import type { Override } from "./procedure.ts";
import { formOf, openFiling, readComplete } from "./store-form.ts";
import { loadFiling } from "./record.ts";

export type CancelAndDecideAgain = OnFiling & {
  /** Why the decision is wrong */
  readonly reason: string;
  /** What should have been typed; absent: the same content, judged by the facts of today */
  readonly form?: Omit<FilingForm, "receptionNumber">;
  /**
   * 取消だけ: nothing takes the place of the decision. A claim is decided again as a refusal, a report as not accepted, with the reason
   * of the cancellation.
   */
  readonly withoutNew?: boolean;
};

/** Reason code (理由コード) of a cancellation with nothing in its place. */
const WITHOUT_NEW = "cancelledOnly";

/**
 * Prepares the correction of a decided filing: a new filing with its own 受付番号 and the 受付日 of the old one (or that of the
 * form), registered and examined. Papers that the old one had count for the new one.
 *
 * @returns the new filing; it waits for the approval
 * @throws Refusal `filingInvalid`, `filingState` (not decided, or a correction is under way), `filingEnded`, `filingStopped`
 *   (it can't be taken back, with what to do instead), `caseChanged`, `filingUnknown`
 */
export async function cancelAndDecideAgain(context: Context, correct: CancelAndDecideAgain): Promise<Examined> {
  const reason = checkReason(correct.reason, "取消");
  return await filingCommand(context, {
    name: "filing.correct",
    key: correct.key,
    request: {
      filingId: correct.filingId,
      reason,
      form: correct.form ?? null,
      expectedRevision: correct.expectedRevision ?? null,
      withoutNew: correct.withoutNew ?? false,
    },
    work: async (client) => {
      const old = await loadFiling(client, correct.filingId);
      checkRevision(old, correct.expectedRevision);
      checkState(old, "取消・再決定", ["decided"]);
      const under = await client.query<{ reception_number: string }>(
        `SELECT reception_number FROM allowance.filing_current WHERE replaces = $1 AND state NOT IN ('withdrawn', 'discarded')`,
        [old.filingId],
      );
      if (under.rows[0] !== undefined) {
        throw refuse(
          "filingState",
          `受付番号 ${old.receptionNumber} の取消・再決定は、受付番号 ${under.rows[0].reception_number} で進んでいます。そちらを決裁するか取下げてください。何も変えていません。`,
          { receptionNumber: under.rows[0].reception_number },
        );
      }
      const typed =
        correct.form ??
        (JSON.parse(canonicalJson({ ...(formOf(old) as object), receptionNumber: undefined })) as unknown);
      const complete = readComplete(context, typed);
      if (complete.form.procedure !== old.procedure || complete.subject.claimant !== old.subject.claimant) {
        throw refuse("filingInvalid", "取消・再決定では、手続と請求者は変えられません。何も変えていません。", {
          fields: ["procedure", "content.claimant"],
        });
      }
      const { filingId, receptionNumber } = await openFiling(client, context, complete, old.filingId);
      await client.query(
        `INSERT INTO allowance.filing_document (filing_id, code, no, state, noted_on, reason, recorded_by)
         SELECT $2, code, 1, state, noted_on, reason, $3 FROM (SELECT DISTINCT ON (code) * FROM allowance.filing_document
           WHERE filing_id = $1 ORDER BY code, no DESC) d WHERE state IN ('received', 'waived')`,
        [old.filingId, filingId, context.operator],
      );
      await addEvent(client, context, { filingId, after: 1, contentRevision: 1 }, { kind: "submitted", reason });
      const record = await loadFiling(client, filingId);
      const override: Override | null =
        correct.withoutNew === true ? { outcome: "refuse", reasonCode: WITHOUT_NEW, reason, adjust: {} } : null;
      const examined = await examineIn(client, context, record, override);
      const barred = examined.proposal.differences.find(({ item }) => item === "cancellation");
      if (barred !== undefined) throw refuse("filingStopped", barred.text);
      return { ...examined, receptionNumber };
    },
  });
}
