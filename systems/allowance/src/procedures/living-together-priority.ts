/**
 * 同居父母申立書 (児童手当法4条4項): of parents who do not share a livelihood any more (離婚協議中など) the one who lives with the child
 * is the recipient, whatever the incomes. The event is the day on which all conditions are met. The other parent's right ends ex
 * officio, with a notice of its own that says nothing of where claimant and child are.
 */
import { type CivilDate, type Month, addMonths, monthOf } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";
import { z } from "zod";

import type { Difference, Procedure } from "../filings/procedure.ts";
import { look, note, proposalOf, recordEffect, shownNumber, stop } from "./answers.ts";
import { foresee } from "./consequences.ts";
import { invitationAfter, shownDay } from "./invitations.ts";
import type { NewNotice } from "./notices.ts";
import { isLive, personsOf, recipientsWithChild, unknownNumbers } from "./people.ts";
import { appliedFacts, recordFacts, type Touched, undoFacts } from "./record-fact.ts";
import { insert, people, storedId } from "./results.ts";
import { childrenOnce, dayShape, NAMED_TWICE_PROBLEM, personShape, textShape } from "./shapes.ts";
import { type NewStatus, supposedStatus } from "./status-rows.ts";

/** Papers that show divorce talks or flight, and two that do not. */
const EVIDENCE = {
  servedProposal: { name: "離婚協議の申入れに係る内容証明郵便の謄本等", accepted: true },
  courtSummons: { name: "夫婦関係調整（離婚）調停の期日呼出状", accepted: true },
  pendingCase: { name: "家庭裁判所の係属証明書", accepted: true },
  failedMediation: { name: "調停不成立証明書", accepted: true },
  lawyerPaper: { name: "離婚協議中であることを弁護士が証明する書類", accepted: true },
  protectionOrder: { name: "保護命令決定書の謄本", accepted: true },
  consultationCentre: { name: "女性相談支援センター等の証明書", accepted: true },
  supportMeasures: { name: "支援措置による住民票の移動", accepted: true },
  reconciliation: { name: "夫婦関係調整（円満）調停の書類", accepted: false },
  maintenance: { name: "婚姻費用分担の調停・審判の書類", accepted: false },
} as const;

type Evidence = keyof typeof EVIDENCE;

const contentShape = z
  .strictObject({
    /** The parent who lives with the children */
    claimant: personShape,
    children: z
      .array(z.strictObject({ child: personShape, livesHereSince: dayShape }))
      .min(1)
      .max(20)
      .refine(childrenOnce, NAMED_TWICE_PROBLEM),
    /** The other parent: 宛名番号 where the city has one, and the name */
    other: z.strictObject({ number: personShape.optional(), name: textShape(100) }),
    /** Who pays the other parent now */
    otherPaidBy: z.enum(["city", "otherMunicipality", "office", "nobody"]),
    /** Name of that municipality or office */
    otherPayer: textShape(100).optional(),
    evidence: z.strictObject({ kind: z.enum(Object.keys(EVIDENCE) as [Evidence, ...Evidence[]]), on: dayShape }),
    /** Since when the parents have lived apart (住民票の異動日、またはそれが分かる日) */
    apartSince: dayShape,
  })
  .refine(
    ({ otherPaidBy, otherPayer }) =>
      (otherPaidBy === "otherMunicipality" || otherPaidBy === "office") === (otherPayer !== undefined),
    {
      error: "別の市区町村または所属庁が支給しているときは、その名前を書いてください。",
      path: ["otherPayer"],
    },
  )
  .refine(({ claimant, other }) => other.number !== claimant, {
    error: "申立てをする人ともう一方の親が同じです。",
    path: ["other"],
  });

type Content = z.infer<typeof contentShape>;

/** 事由発生日: the day on which all conditions are met, child by child. */
export function eventDay(evidenceOn: CivilDate, apartSince: CivilDate, livesHereSince: CivilDate): CivilDate {
  return [evidenceOn, apartSince, livesHereSince].reduce((last, each) => (each > last ? each : last));
}

const eventOf = ({ evidence, apartSince }: Content, livesHereSince: CivilDate): CivilDate =>
  eventDay(evidence.on, apartSince, livesHereSince);

/** The other parent's care of each child ends on the event, where this city pays for the child. */
async function ends(client: PoolClient, content: Content): Promise<readonly NewStatus[]> {
  const { number } = content.other;
  if (number === undefined) return [];
  const rows: NewStatus[] = [];
  for (const { child, livesHereSince } of content.children) {
    const on = eventOf(content, livesHereSince);
    const recipients = await recipientsWithChild(client, child);
    if (recipients.some((each) => each.number === number && isLive(each, on))) {
      rows.push({ kind: "careEnd", addressee_number: child, counterparty_number: number, starts_on: on });
    }
  }
  return rows;
}

const touchedBy = (content: Content): Touched => ({
  persons: content.other.number === undefined ? [] : [content.other.number],
  days: content.children.map(({ livesHereSince }) => eventOf(content, livesHereSince)),
  endedAs: "otherRecipient",
});

async function registerDifferences(client: PoolClient, content: Content): Promise<readonly Difference[]> {
  const { claimant, other, children } = content;
  const numbers = [
    claimant,
    ...children.map(({ child }) => child),
    ...(other.number === undefined ? [] : [other.number]),
  ];
  const persons = await personsOf(client, numbers);
  const own = persons.get(claimant);
  const differences: Difference[] = (await unknownNumbers(client, numbers)).map((number) =>
    stop("person.unknown", `宛名番号 ${shownNumber(number)} の人がいません。番号を確かめてください。`, {
      child: number,
    }),
  );
  if (own === undefined || own.state !== 1) {
    const text =
      "申立てをする人の住所が、住民票ではこの市にありません。避難などで住民票を移せないときは、居住の事実を確かめてください。";
    differences.push(look("claimant.residence", text));
  }
  const theirs = other.number === undefined ? undefined : persons.get(other.number);
  if (own !== undefined && theirs !== undefined && theirs.state === 1 && theirs.household === own.household) {
    differences.push(
      stop(
        "other.household",
        "父母が、住民票で同じ世帯のままです。別居（別世帯）になっていることが要ります（児童手当法4条4項）。",
      ),
    );
  }
  for (const { child } of children) {
    const person = persons.get(child);
    if (person === undefined) {
      differences.push(
        stop("child", `児童（宛名番号 ${shownNumber(child)}）が、住民基本台帳の連携にありません。`, { child }),
      );
    } else if (own !== undefined && person.household !== own.household) {
      differences.push(
        look("child.household", "児童が、住民票で申立てをする人の世帯にいません。同居の事実を確かめてください。", {
          child,
        }),
      );
    }
  }
  return differences;
}

export const livingTogetherPriority: Procedure<Content> = {
  code: "livingTogetherPriority",
  name: "受給資格に係る申立書（同居父母）",
  form: null,
  rule: "児童手当法4条4項、施行規則1条の4第2項7号",
  shape: contentShape,
  subjectOf: ({ claimant, children }) => ({
    claimant,
    recipientKind: "individual",
    recipientId: null,
    children: children.map(({ child }) => child),
  }),
  documents: ({ evidence }) => [
    {
      code: "evidence",
      name: EVIDENCE[evidence.kind].name,
      why: "もう一方の親と生計を同じくしていないことを確かめるため（施行規則1条の4第2項7号）",
      waivable: false,
    },
  ],
  dueDate: () => null,
  propose: async (client, context, filing) => {
    const { content, judgedOn } = filing;
    const evidence = EVIDENCE[content.evidence.kind];
    const differences = [...(await registerDifferences(client, content))];
    if (!evidence.accepted) {
      const text = `「${evidence.name}」では、離婚協議中であることを確かめられません。離婚調停の呼出状・係属証明書などを求めてください。`;
      differences.push(stop("evidence", text));
    }
    const events = content.children.map(({ child, livesHereSince }) => ({
      child,
      on: eventOf(content, livesHereSince),
    }));
    for (const { child, on } of events) {
      const { claimBy, firstMonth } = await invitationAfter(client, context, on);
      const text = `条件がすべて揃った日は ${on} です。${shownDay(claimBy)} までの認定請求で ${firstMonth} 分からになります。`;
      differences.push(note("event", text, { child }));
    }
    const facts = await ends(client, content);
    if (content.otherPaidBy === "city" && facts.length === 0) {
      const text = "もう一方の親は、この市ではこの児童の受給者ではありません。支給している者を確かめてください。";
      differences.push(look("other.recipient", text));
    }
    const foreseen = await foresee(client, context, {
      ...touchedBy(content),
      supposed: facts.map(supposedStatus),
      judgedOn,
    });
    return proposalOf({
      outcome: "grant",
      reasons: [
        `父母が生計を同じくせず、申立てをする人が児童と同居しているため、同居している親が受給者になります（児童手当法4条4項。確認した書類: ${evidence.name}）。`,
        ...(facts.length === 0
          ? []
          : [
              "もう一方の親の受給資格は、職権で消滅・減額します。通知は別々に出し、申立てをした人と児童の居所は書きません。",
            ]),
      ],
      differences: [...differences, ...foreseen.differences],
      effects: [
        ...events.map(({ child, on }) =>
          recordEffect("livingTogetherPriority", `同居優先（児童 ${shownNumber(child)}）`, {
            after: `事由発生日 ${on}`,
          }),
        ),
        ...foreseen.effects,
      ],
      basis: { foreseen: foreseen.basis, events },
    });
  },
  apply: async (client, context, filing, _proposal, deciders) => {
    const { content } = filing;
    const filingId = storedId(filing);
    for (const { child, livesHereSince } of content.children) {
      await insert(client, "living_priority", {
        child_number: child,
        parent_number: content.claimant,
        other_number: content.other.number ?? null,
        other_name: content.other.name,
        other_paid_by: content.otherPaidBy,
        evidence_kind: content.evidence.kind,
        evidence_on: content.evidence.on,
        apart_since: content.apartSince,
        child_since: livesHereSince,
        event_on: eventOf(content, livesHereSince),
        filing_id: filingId,
        ...people(deciders),
      });
    }
    const on =
      content.children
        .map(({ livesHereSince }) => eventOf(content, livesHereSince))
        .toSorted()
        .at(-1) ?? content.apartSince;
    const endsAfter: Month = monthOf(on);
    const notices: NewNotice[] = [
      {
        kind: "claimInvited",
        to: content.claimant,
        facts: { cause: "livingTogetherPriority", on, ...(await invitationAfter(client, context, on)) },
      },
    ];
    // The other payer learns whose right ends and after which month; who cares for the child now, and where, stays here.
    if (content.otherPayer !== undefined) {
      const kind = content.otherPaidBy === "office" ? "informEmployer" : "informMunicipality";
      const facts = { person: content.other.name, lastMonth: endsAfter, firstMonthWithout: addMonths(endsAfter, 1) };
      notices.push({ kind, to: content.otherPayer, facts });
    }
    const facts = await ends(client, content);
    return appliedFacts(await recordFacts(client, context, filing, deciders, facts, touchedBy(content), () => notices));
  },
  undo: async (client, context, filing, result, deciders) =>
    await undoFacts(client, context, filing, result, deciders, touchedBy(filing.content)),
};
