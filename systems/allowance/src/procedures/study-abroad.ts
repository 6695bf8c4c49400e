/**
 * 海外留学申立書 (施行規則1条, 1条の3の2第3項): a child abroad to receive education counts for three years, a counted person
 * (18–22) for four, if it had lived in Japan for more than three years before. Asked again every year (A48).
 */
import {
  addDays,
  type CivilDate,
  civilDate,
  lastDayOfMonth,
  month,
  monthOf,
  studyAbroadClock,
} from "@hagukumi/law/contract.ts";
import { z } from "zod";

import type { Difference, Procedure } from "../filings/procedure.ts";
import { look, note, proposalOf, recordEffect, shownNumber, stop } from "./answers.ts";
import { changeCircumstance } from "./child-circumstances.ts";
import { foresee } from "./consequences.ts";
import { childrenOfRecipient } from "./people.ts";
import { checkRecipient } from "./recipient-check.ts";
import { appliedFacts, recordFacts, type Touched, undoFacts } from "./record-fact.ts";
import { insert, people, storedId } from "./results.ts";
import { dayShape, personShape, recipientShape, textShape } from "./shapes.ts";
import { type NewStatus, supposedStatus } from "./status-rows.ts";

const contentShape = z
  .strictObject({
    claimant: personShape,
    recipientId: recipientShape,
    child: personShape,
    /** 日本に住所を有しなくなった日 */
    leftOn: dayShape,
    /** First day of the unbroken residence in Japan before leaving */
    livedInJapanSince: dayShape,
    returnedOn: dayShape.optional(),
    school: textShape(100),
    country: textShape(60),
    /** Lives abroad with a parent or guardian: then it is no study abroad in the sense of the rule */
    withParents: z.boolean(),
  })
  .refine(({ leftOn, returnedOn }) => returnedOn === undefined || returnedOn > leftOn, {
    error: "帰国の日が、出国の日より後ではありません。",
    path: ["returnedOn"],
  });

type Content = z.infer<typeof contentShape>;

/** Same day `years` later; 29 February becomes the last day of February. */
function yearsAfter(day: CivilDate, years: number): CivilDate {
  const to = month(`${Number(day.slice(0, 4)) + years}-${day.slice(5, 7)}`);
  const last = lastDayOfMonth(to);
  const same = `${to}-${day.slice(8)}`;
  return same > last ? last : civilDate(same);
}

/** The law's own clock: what the counter shows is what will be decided. */
export const studyClock = studyAbroadClock;

const statusOf = (content: Content): NewStatus => ({
  kind: "abroad",
  addressee_number: content.child,
  starts_on: content.leftOn,
  ends_on: content.returnedOn === undefined ? null : addDays(content.returnedOn, -1),
  study: !content.withParents,
  lived_in_japan_since: content.livedInJapanSince,
});

const touchedBy = ({ child, leftOn, returnedOn }: Content): Touched => ({
  children: [child],
  days: [leftOn, ...(returnedOn === undefined ? [] : [returnedOn])],
});

export const studyAbroad: Procedure<Content> = {
  code: "studyAbroad",
  name: "海外留学に関する申立書",
  form: null,
  rule: "児童手当法4条1項、施行規則1条・1条の3の2第3項・1条の4第2項2号",
  shape: contentShape,
  subjectOf: ({ claimant, recipientId, child }) => ({
    claimant,
    recipientKind: "individual",
    recipientId,
    children: [child],
  }),
  documents: () => [
    {
      code: "enrolment",
      name: "留学先の学校の在学証明書（翻訳つき）",
      why: "教育を受けるために国外にいることを確かめるため（施行規則1条）",
      waivable: false,
    },
    {
      code: "residenceHistory",
      name: "出国前3年を超える住所の履歴が分かる書類",
      why: "日本に3年を超えて住所があったことを確かめるため（施行規則1条1号）",
      waivable: true,
    },
  ],
  dueDate: () => null,
  propose: async (client, context, filing) => {
    const { content, judgedOn } = filing;
    const { recipient, differences: found } = await checkRecipient(client, content, judgedOn, "stop");
    const differences: Difference[] = [...found];
    const named =
      recipient === undefined
        ? undefined
        : (await childrenOfRecipient(client, recipient)).find((each) => each.child === content.child);
    if (recipient !== undefined && named === undefined) {
      differences.push(
        stop("child", `児童（宛名番号 ${shownNumber(content.child)}）は、この受給者の児童・算定対象者ではありません。`),
      );
    }
    const role = named?.role ?? "child";
    const clock = studyClock(content.leftOn, content.livedInJapanSince, role);
    if (!clock.longEnough) {
      const text =
        "日本に住所があった期間が、出国の前日まで引き続き3年を超えていません。留学としては数えられません（施行規則1条1号）。";
      differences.push(look("study.residence", text));
    }
    if (content.withParents) {
      differences.push(
        look("study.parents", "国外で父母等と同居しているため、留学としては数えられません（施行規則1条）。"),
      );
    }
    const years = role === "child" ? "3年" : "4年";
    if (clock.longEnough && !content.withParents && content.returnedOn === undefined) {
      differences.push(
        note(
          "study.limit",
          `留学として数えるのは ${clock.limitOn} まで（${years}）、${clock.lastMonth} 分までです。毎年確かめます。`,
        ),
      );
    }
    const supposed = [supposedStatus(statusOf(content))];
    const foreseen = await foresee(client, context, { ...touchedBy(content), supposed, judgedOn });
    const counts = clock.longEnough && !content.withParents;
    return proposalOf({
      outcome: counts ? "grant" : "refuse",
      reasons: [
        counts
          ? `教育を受けるために国外にいる児童として、${clock.limitOn} まで（${clock.lastMonth} 分まで）支給の対象に数えます（施行規則1条）。`
          : "留学の要件に当たらないため、国外にいる間は支給の対象になりません（児童手当法4条1項、施行規則1条）。",
      ],
      differences: [...differences, ...foreseen.differences],
      effects: [
        recordEffect("studyAbroad", `国外にいる期間の記録（児童 ${shownNumber(content.child)}）`, {
          recipientId: content.recipientId,
          after: `${content.leftOn} から ${content.returnedOn ?? "継続"}`,
        }),
        ...foreseen.effects,
      ],
      basis: { foreseen: foreseen.basis, role, limitOn: clock.limitOn },
    });
  },
  apply: async (client, context, filing, proposal, deciders) => {
    const { content, judgedOn } = filing;
    const { recipient } = await checkRecipient(client, content, judgedOn, "stop");
    const named =
      recipient === undefined
        ? undefined
        : (await childrenOfRecipient(client, recipient)).find((each) => each.child === content.child);
    const role = named?.role ?? "child";
    const { limitOn } = studyClock(content.leftOn, content.livedInJapanSince, role);
    const nextCheck = yearsAfter(filing.receivedOn, 1);
    if (proposal.outcome === "grant") {
      await insert(client, "study_abroad", {
        child_number: content.child,
        recipient_id: content.recipientId,
        role,
        left_on: content.leftOn,
        lived_in_japan_since: content.livedInJapanSince,
        returned_on: content.returnedOn ?? null,
        limit_on: limitOn,
        next_check_on: nextCheck < limitOn ? nextCheck : limitOn,
        school: content.school,
        country: content.country,
        filing_id: storedId(filing),
        ...people(deciders),
      });
      const apart = content.returnedOn === undefined;
      const change = apart
        ? { living: "apart" as const, apartReason: "studyAbroad" as const, studyAbroadFrom: monthOf(content.leftOn) }
        : { living: "together" as const, studyAbroadFrom: null };
      const day = content.returnedOn ?? content.leftOn;
      const child = { child: content.child, relation: named?.relation ?? "20" };
      await changeCircumstance(client, content.claimant, child, day, change, deciders);
    }
    // Refused or not: the child is abroad, and the law must know it – as study only where it counts as study.
    const fact = { ...statusOf(content), study: proposal.outcome === "grant" };
    return appliedFacts(await recordFacts(client, context, filing, deciders, [fact], touchedBy(content)));
  },
  undo: async (client, context, filing, result, deciders) =>
    await undoFacts(client, context, filing, result, deciders, touchedBy(filing.content)),
};
