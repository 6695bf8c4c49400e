/** 仮受付の引継ぎ: a draft that its clerk forgot, or cannot go on with, becomes somebody else's – with a reason, and both are told. */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import type { Context } from "../context.ts";
import { refuse } from "../refusal.ts";
import { addEvent, checkReason, checkState, filingCommand, type FilingHead, headOf } from "./command.ts";
import { loadFiling, unknownFiling } from "./record.ts";
import { addContent, formOf, readDraft } from "./store-form.ts";

/** What whoever takes over may see at all. */
export type Sight = {
  /** 行政区 codes; null for the whole city */
  readonly wards: readonly string[] | null;
  /** Whether 支援措置 is no bar (right `protection.view`) */
  readonly protectedToo: boolean;
};

export type TakeOverDraft = {
  readonly receptionNumber: string;
  /** 1–400 characters, without a 個人番号 */
  readonly reason: string;
  /** 職員番号 of who goes on with it; absent: who runs the command */
  readonly to?: string;
  /** Absent: all of the city (command line) */
  readonly sight?: Sight;
  readonly key?: string;
};

type Found = { readonly filing_id: number; readonly ward_code: string };

/**
 * The filing behind a 受付番号, where it is in sight. One that is there and not in sight answers as one that is not.
 *
 * @throws Refusal `filingUnknown`
 */
export async function draftInSight(
  connection: Queryable,
  receptionNumber: string,
  sight: Sight | undefined,
): Promise<{ readonly filingId: number; readonly wardCode: string }> {
  const { rows } = await connection.query<Found>(
    `SELECT filing_id, ward_code FROM allowance.filing WHERE reception_number = $1
       AND (NOT $2 OR ($3::text[] IS NULL OR ward_code = ANY ($3)) AND allowance.may_see(claimant_number, $4))`,
    [receptionNumber, sight !== undefined, sight?.wards ?? null, sight?.protectedToo ?? false],
  );
  const [found] = rows;
  if (found === undefined) throw unknownFiling(receptionNumber);
  return { filingId: found.filing_id, wardCode: found.ward_code };
}

/**
 * 仮受付の引継ぎ: another person goes on with a draft (absence, transfer), with a reason. It is that person's alone from then on; who
 * had it is told (`handOvers`). Whoever only hands it over has typed nothing, and may still decide on it.
 *
 * @throws Refusal `filingUnknown`, `filingState`, `filingEnded`, `filingInvalid` (reason; a draft that is that person's already)
 */
export async function takeOverDraft(context: Context, take: TakeOverDraft): Promise<FilingHead> {
  const { receptionNumber, to = context.operator } = take;
  const reason = checkReason(take.reason, "引継ぎ");
  return await filingCommand(context, {
    name: "filing.takeOver",
    key: take.key,
    request: { receptionNumber, reason, to },
    work: async (client) => {
      const { filingId } = await draftInSight(client, receptionNumber, take.sight);
      const record = await loadFiling(client, filingId);
      checkState(record, "引継ぎ", ["draft"]);
      if (record.typedBy === to) {
        throw refuse(
          "filingInvalid",
          `受付番号 ${receptionNumber} の仮受付は、もう ${to} のものです。引き継ぐ人を確かめてください。何も変えていません。`,
          { fields: ["to"] },
        );
      }
      const contentRevision = record.contentRevision + 1;
      await addContent(client, context, filingId, contentRevision, readDraft(formOf(record)), to);
      const event = { filingId, after: record.revision, contentRevision };
      return headOf(record, "draft", await addEvent(client, context, event, { kind: "drafted", reason }));
    },
  });
}

/** One hand-over, for both whom it concerns. No personal data: the 受付番号 and the people of the office. */
export type HandOver = {
  readonly receptionNumber: string;
  /** 職員番号 of who had it, who has it, and who did it */
  readonly from: string;
  readonly to: string;
  readonly by: string;
  readonly on: CivilDate;
  readonly reason: string;
};

const HAND_OVERS = `
  SELECT f.reception_number AS "receptionNumber", before.typed_by AS "from", after.typed_by AS "to", e.done_by AS by, e.done_on AS "on", e.reason
  FROM allowance.filing_event e
  JOIN allowance.filing f USING (filing_id)
  JOIN allowance.filing_content after ON after.filing_id = e.filing_id AND after.revision = e.revision
  JOIN allowance.filing_content before ON before.filing_id = e.filing_id AND before.revision = e.revision - 1
  WHERE e.kind = 'drafted' AND e.reason IS NOT NULL AND before.typed_by <> after.typed_by
    AND $1 IN (before.typed_by, after.typed_by) AND e.done_by <> $1 AND e.done_on > $2::date - $3::int AND e.done_on <= $2
  ORDER BY e.recorded_at DESC LIMIT 20`;

/** What other people handed over from and to this person within the last days, newest first, at most 20. */
export async function handOvers(
  connection: Queryable,
  question: { readonly staffId: string; readonly today: CivilDate; readonly days?: number },
): Promise<readonly HandOver[]> {
  const { staffId, today, days = 14 } = question;
  return (await connection.query<HandOver>(HAND_OVERS, [staffId, today, days])).rows;
}
