/**
 * 措置・委託の通知 (施設入所等児童, 児童手当法3条3項, 施行規則1条の2), per home and foster parent: from the placement on the child belongs to
 * the institution or foster parent, at its end the child comes back – in each case from the month after. A placement for a fixed
 * term of two months or less and mere attendance by day change nothing.
 */
import { addMonths, type CivilDate, lastDayOfMonth, monthOf } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";
import { z } from "zod";

import type { Difference, Procedure } from "../filings/procedure.ts";
import { look, note, proposalOf, recordEffect, shownNumber, stop } from "./answers.ts";
import { foresee } from "./consequences.ts";
import { invitationAfter, shownDay } from "./invitations.ts";
import type { NewNotice } from "./notices.ts";
import { personOf, recipientsWithChild } from "./people.ts";
import { appliedFacts, recordFacts, type Touched, undoFacts } from "./record-fact.ts";
import { insert, people, storedId } from "./results.ts";
import { dayShape, personShape, textShape } from "./shapes.ts";
import { type NewStatus, supposedStatus } from "./status-rows.ts";

const PLACES = [
  "fosterParent",
  "familyHome",
  "independenceHome",
  "disabilityFacility",
  "medicalInstitution",
  "infantHome",
  "childrenHome",
  "psychologicalFacility",
  "selfRelianceFacility",
  "childrenOnlyHousehold",
] as const;

/** 里親・ファミリーホーム・児童自立生活援助・障害児入所施設・指定発達支援医療機関・乳児院・児童養護施設・児童心理治療施設・児童自立支援施設・児童のみの世帯が入る施設 */
export type PlaceKind = (typeof PLACES)[number];

const contentShape = z
  .strictObject({
    /** 宛名番号 of the child */
    claimant: personShape,
    /** 宛名番号 of the institution, or of the foster parent */
    institution: personShape,
    placeKind: z.enum(PLACES),
    placeName: textShape(100),
    placedOn: dayShape,
    /** End of a term fixed from the start; absent: no fixed term */
    plannedUntil: dayShape.optional(),
    /** Last day of the placement; absent while it lasts */
    endedOn: dayShape.optional(),
    /** 通所: comes by day only */
    commuting: z.boolean().default(false),
    /** 措置権者 */
    authority: textShape(100),
  })
  .refine(({ placedOn, endedOn }) => endedOn === undefined || endedOn >= placedOn, {
    error: "退所の日が、入所の日より前です。",
    path: ["endedOn"],
  })
  .refine(({ claimant, institution }) => claimant !== institution, {
    error: "児童と施設等の宛名番号が同じです。",
    path: ["institution"],
  });

type Content = z.infer<typeof contentShape>;

/** The day two months on: the same day of the month, or the month's last (民法143条2項). */
export function twoMonthsAfter(day: CivilDate): CivilDate {
  const month = addMonths(monthOf(day), 2);
  const same = `${month}-${day.slice(8)}`;
  const last = lastDayOfMonth(month);
  return same > last ? last : (same as CivilDate);
}

/** Whether the parents keep the child: by day only, or for a fixed term of two months or less (first day not counted, 民法140条). */
export function isShortStay({
  placedOn,
  plannedUntil,
  commuting,
}: Pick<Content, "placedOn" | "plannedUntil" | "commuting">): boolean {
  return commuting || (plannedUntil !== undefined && plannedUntil <= twoMonthsAfter(placedOn));
}

const statusOf = (content: Content): NewStatus => ({
  kind: "institution",
  addressee_number: content.claimant,
  counterparty_number: content.institution,
  starts_on: content.placedOn,
  ends_on: content.endedOn ?? null,
  short_stay: isShortStay(content),
});

const touchedBy = ({ claimant, placedOn, endedOn }: Content): Touched => ({
  children: [claimant],
  days: [placedOn, ...(endedOn === undefined ? [] : [endedOn])],
});

async function institutionDifferences(client: PoolClient, { institution, placeKind }: Content): Promise<Difference[]> {
  const { rows } = await client.query<{ kind: string }>(
    "SELECT kind FROM allowance.addressee WHERE addressee_number = $1",
    [institution],
  );
  const kind = rows[0]?.kind;
  if (kind === undefined) return [stop("institution", "施設等の宛名番号がありません。先に登録してください。")];
  const person = placeKind === "fosterParent" || placeKind === "familyHome" || placeKind === "independenceHome";
  if (person || kind === "organization") return [];
  return [look("institution.kind", "施設の宛名番号が、個人のものになっています。番号を確かめてください。")];
}

/** 措置の通知 about one child. */
export const placement: Procedure<Content> = {
  code: "placement",
  name: "施設入所等の措置・解除の通知（職権の記録）",
  form: null,
  rule: "児童手当法3条3項・4条1項4号、施行規則1条の2",
  shape: contentShape,
  subjectOf: ({ claimant }) => ({ claimant, recipientKind: "individual", recipientId: null, children: [claimant] }),
  documents: () => [
    {
      code: "measure",
      name: "措置・委託の決定（解除）通知書",
      why: "入所・委託の日と期間を確かめるため（施行規則1条の2）",
      waivable: true,
    },
  ],
  dueDate: () => null,
  propose: async (client, context, filing) => {
    const { content, judgedOn } = filing;
    const { claimant: child } = content;
    const differences = await institutionDifferences(client, content);
    if ((await personOf(client, child)) === undefined) {
      differences.push(
        stop("child", `児童（宛名番号 ${shownNumber(child)}）が、住民基本台帳の連携にありません。`, { child }),
      );
    }
    const short = isShortStay(content);
    if (short) {
      const why = content.commuting
        ? "通所のため"
        : `2か月以内の期間（${content.plannedUntil ?? ""} まで）を定めているため`;
      differences.push(
        note("placement.short", `${why}、施設入所等児童に当たらず、父母等の受給が続きます。`, { child }),
      );
    }
    const recipients = await recipientsWithChild(client, child);
    if (!short && !recipients.some(({ number, kind }) => number === content.institution && kind === "institution")) {
      const { claimBy, firstMonth } = await invitationAfter(client, context, content.placedOn);
      const text = `施設等受給者の認定請求（または増額の請求）が要ります。${shownDay(claimBy)} までの請求で ${firstMonth} 分からになります。`;
      differences.push(note("placement.claim", text, { child }));
    }
    if (!short && content.endedOn !== undefined) {
      const { claimBy, firstMonth } = await invitationAfter(client, context, content.endedOn);
      const text = `退所の後に養育する人の請求が要ります。${shownDay(claimBy)} までの請求で ${firstMonth} 分からになります。`;
      differences.push(note("placement.leftClaim", text, { child }));
    }
    const supposed = [supposedStatus(statusOf(content))];
    const foreseen = await foresee(client, context, { ...touchedBy(content), supposed, judgedOn });
    const period = `${content.placedOn} から ${content.endedOn ?? "継続"}`;
    return proposalOf({
      outcome: "acknowledge",
      reasons: [
        short
          ? "短期または通所のため、手当は変わりません（施行規則1条の2）。"
          : `${content.placeName}への措置・委託（${period}）により、支給を受ける人が変わります（児童手当法3条3項・4条1項4号）。`,
      ],
      differences: [...differences, ...foreseen.differences],
      effects: [
        recordEffect("placement", "措置・委託の記録", { after: `${content.placeName} ${period}` }),
        ...foreseen.effects,
      ],
      basis: { foreseen: foreseen.basis, short },
    });
  },
  apply: async (client, context, filing, _proposal, deciders) => {
    const { content } = filing;
    const { claimant: child, institution } = content;
    const short = isShortStay(content);
    const revision = await client.query<{ next: number }>(
      `SELECT coalesce(max(revision), 0) + 1 AS next FROM allowance.placement_report
       WHERE child_number = $1 AND institution_number = $2 AND placed_on = $3`,
      [child, institution, content.placedOn],
    );
    await insert(client, "placement_report", {
      child_number: child,
      institution_number: institution,
      place_kind: content.placeKind,
      place_name: content.placeName,
      placed_on: content.placedOn,
      planned_until: content.plannedUntil ?? null,
      ended_on: content.endedOn ?? null,
      commuting: content.commuting,
      short_stay: short,
      authority: content.authority,
      revision: revision.rows[0]?.next ?? 1,
      filing_id: storedId(filing),
      ...people(deciders),
    });
    const notices: NewNotice[] = [];
    if (!short) {
      const on = content.endedOn ?? content.placedOn;
      const cause = content.endedOn === undefined ? "enteredInstitution" : "leftInstitution";
      const facts = { cause, on, child, ...(await invitationAfter(client, context, on)) };
      // Who cares for the child afterwards is not known yet: those who did before are told.
      const before = (await recipientsWithChild(client, child)).filter(({ kind }) => kind !== "institution");
      const to = content.endedOn === undefined ? [institution] : [...new Set(before.map(({ number }) => number))];
      notices.push(...to.map((each) => ({ kind: "claimInvited" as const, to: each, facts })));
    }
    return appliedFacts(
      await recordFacts(client, context, filing, deciders, [statusOf(content)], touchedBy(content), () => notices),
    );
  },
  undo: async (client, context, filing, result, deciders) =>
    await undoFacts(client, context, filing, result, deciders, touchedBy(filing.content)),
};
