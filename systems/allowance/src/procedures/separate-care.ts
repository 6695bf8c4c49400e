/** 別居監護申立書: the recipient cares for a child who lives elsewhere (児童手当法4条1項1号; A47). Reviewed by a date. */
import { type CivilDate, civilDate } from "@hagukumi/law/contract.ts";
import { z } from "zod";

import type { Difference, Procedure } from "../filings/procedure.ts";
import { look, proposalOf, recordEffect, shownNumber, stop } from "./answers.ts";
import { type ApartReason, changeCircumstance } from "./child-circumstances.ts";
import { childrenOfRecipient, personsOf } from "./people.ts";
import { checkRecipient } from "./recipient-check.ts";
import { insert, people, storedId } from "./results.ts";
import { childrenOnce, dayShape, NAMED_TWICE_PROBLEM, personShape, recipientShape, textShape } from "./shapes.ts";
import { both, NOTHING_BACK, recordTakenBack, refuseLater, takeEntriesBack } from "./take-back.ts";

const REASONS = {
  workPosting: "work",
  schooling: "schooling",
  medical: "medical",
  divorceTalks: "divorceTalks",
  other: "other",
} as const satisfies Readonly<Record<string, ApartReason>>;

type Reason = keyof typeof REASONS;

const contentShape = z.strictObject({
  claimant: personShape,
  recipientId: recipientShape,
  children: z
    .array(
      z.strictObject({
        child: personShape,
        since: dayShape,
        reason: z.enum(Object.keys(REASONS) as [Reason, ...Reason[]]),
        reasonText: z.string().trim().max(200).default(""),
        /** How the recipient cares: remittances, visits, contact */
        care: textShape(400),
      }),
    )
    .min(1)
    .max(20)
    .refine(childrenOnce, NAMED_TWICE_PROBLEM),
  /** Next review; absent: the next 1 June (現況の基準日) */
  reviewOn: dayShape.optional(),
});

type Content = z.infer<typeof contentShape>;

/** The next 1 June after a day: the day as of which the year is reviewed (現況届). */
export function nextReview(day: CivilDate): CivilDate {
  const year = Number(day.slice(0, 4));
  return civilDate(`${day.slice(5) < "06-01" ? year : year + 1}-06-01`);
}

const reviewOf = ({ reviewOn }: Content, receivedOn: CivilDate): CivilDate => reviewOn ?? nextReview(receivedOn);

export const separateCare: Procedure<Content> = {
  code: "separateCare",
  name: "別居監護申立書",
  form: null,
  rule: "児童手当法4条1項1号、施行規則1条の4第2項3号",
  shape: contentShape,
  subjectOf: ({ claimant, recipientId, children }) => ({
    claimant,
    recipientKind: "individual",
    recipientId,
    children: children.map(({ child }) => child),
  }),
  documents: () => [
    {
      code: "statement",
      name: "別居監護申立書",
      why: "別居している児童の監護の事実を確かめるため（施行規則1条の4第2項3号）",
      waivable: false,
    },
    {
      code: "childResidence",
      name: "児童の属する世帯の住民票（市外のとき）",
      why: "児童の住所を確かめるため（施行規則1条の4第2項1号）",
      waivable: true,
    },
  ],
  dueDate: () => null,
  propose: async (client, _context, filing) => {
    const { content, judgedOn, receivedOn } = filing;
    const { recipient, differences: found } = await checkRecipient(client, content, judgedOn, "stop");
    const differences: Difference[] = [...found];
    const own = recipient === undefined ? [] : await childrenOfRecipient(client, recipient);
    const persons = await personsOf(client, [content.claimant, ...content.children.map(({ child }) => child)]);
    const household = persons.get(content.claimant)?.household;
    for (const { child, since } of content.children) {
      const shown = `児童（宛名番号 ${shownNumber(child)}）`;
      if (recipient !== undefined && !own.some((each) => each.child === child)) {
        differences.push(
          stop("child", `${shown}は、この受給者の児童ではありません。先に請求をしてもらってください。`, { child }),
        );
      }
      if (since > receivedOn)
        differences.push(look("child.since", `${shown}の別居の日が、受付日より後です。`, { child }));
      const person = persons.get(child);
      if (person !== undefined && person.state === 1 && person.household === household) {
        const text = `${shown}は、住民票では同じ世帯です。住民票の異動がまだか、別居でないかを確かめてください。`;
        differences.push(look("child.household", text, { child }));
      }
      if (person === undefined) {
        differences.push(
          look("child.register", `${shown}は、この市の住民票にありません。児童の住民票を確かめてください。`, { child }),
        );
      }
    }
    const review = reviewOf(content, receivedOn);
    return proposalOf({
      outcome: "acknowledge",
      reasons: [
        `別居していても監護し生計を同じくしているため、受給が続きます（児童手当法4条1項1号）。${review} に確かめ直します。`,
      ],
      differences,
      effects: content.children.map(({ child, since }) =>
        recordEffect("separateCare", `別居監護（児童 ${shownNumber(child)}）`, {
          recipientId: content.recipientId,
          before: "同居",
          after: `別居（${since} から、次の確認 ${review}）`,
        }),
      ),
      basis: { reviewOn: review },
    });
  },
  apply: async (client, _context, filing, _proposal, deciders) => {
    const { content, receivedOn } = filing;
    const { recipient } = await checkRecipient(client, content, filing.judgedOn, "stop");
    const own = recipient === undefined ? [] : await childrenOfRecipient(client, recipient);
    for (const each of content.children) {
      await insert(client, "separate_care", {
        recipient_id: content.recipientId,
        child_number: each.child,
        since_on: each.since,
        reason: each.reason,
        reason_text: each.reasonText,
        care: each.care,
        review_on: reviewOf(content, receivedOn),
        filing_id: storedId(filing),
        ...people(deciders),
      });
      const relation = own.find(({ child }) => child === each.child)?.relation ?? "20";
      const change = { living: "apart" as const, apartReason: REASONS[each.reason] };
      await changeCircumstance(client, content.claimant, { child: each.child, relation }, each.since, change, deciders);
    }
    return { recipients: [content.recipientId], decisions: [], detail: { reviewOn: reviewOf(content, receivedOn) } };
  },
  undo: async (client, _context, filing, _applied, deciders) => {
    const { recipientId, children } = filing.content;
    await refuseLater(client, filing, {
      table: "separate_care",
      where: "t.recipient_id = $2 AND t.child_number = ANY($3::bigint[])",
      values: [recipientId, children.map(({ child }) => child)],
    });
    await takeEntriesBack(client, filing, deciders);
    return children
      .map(({ child }) =>
        recordTakenBack("separateCare", `別居監護（児童 ${shownNumber(child)}）`, {
          recipientId,
          after: "申立ての前の記載",
        }),
      )
      .reduce(both, NOTHING_BACK);
  },
};
