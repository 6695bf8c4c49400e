/**
 * 額改定届 (減額) and 受給事由消滅届 (様式第4号・第5号・第10号・第11号): the recipient reports, or the office learns, that a child or the
 * right falls away. The decision follows the month rule of 9条3項 and 8条2項 whatever day the report comes: report and 職権 differ
 * only in the channel. What only the residents' register can say (death, moving out) is taken from there.
 */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";
import { z } from "zod";

import type { Context } from "../../context.ts";
import { dayShape, numberShape } from "../../filings/form.ts";
import {
  type AnyProcedure,
  defineProcedure,
  type Difference,
  type FilingOf,
  type Procedure,
  type Proposal,
} from "../../filings/procedure.ts";
import { causeName } from "../../inquiry/labels.ts";
import { look, note, proposalOf, stop } from "../../procedures/answers.ts";
import { foresee } from "../../procedures/consequences.ts";
import { childrenOfRecipient, isLive, personsOf, recipientOf } from "../../procedures/people.ts";
import { appliedFacts, recordFacts, type Touched, undoFacts } from "../../procedures/record-fact.ts";
import { NOTHING } from "../../procedures/results.ts";
import { textShape } from "../../procedures/shapes.ts";
import { NOTHING_BACK } from "../../procedures/take-back.ts";
import { type NewStatus, supposedStatus } from "../../procedures/status-rows.ts";

const CHILD_CAUSES = ["careEnded", "supportEnded", "childAbroad", "enteredInstitution", "childDeath"] as const;
const OWN_CAUSES = ["movedOut", "becamePublicServant", "detained", "recipientDeath", "declined"] as const;

const eventShape = z
  .strictObject({
    cause: z.enum([...CHILD_CAUSES, ...OWN_CAUSES]),
    /** The child or counted person; absent where the cause lies in the recipient */
    child: numberShape.optional(),
    /** Last day with care or support; day of leaving, placement, death, appointment, detention */
    on: dayShape,
    /** Last day where it is known (国外・施設・拘束) */
    to: dayShape.optional(),
    /** 施設などの宛名番号 */
    institution: numberShape.optional(),
    /** 算定対象者でなくなった: which of the two facts ended, or what excludes the person (施行規則1条の3の2) */
    ended: z.enum(["care", "cost", "exclusion"]).optional(),
  })
  .refine(({ cause, ended }) => ended === undefined || cause === "supportEnded", {
    error: "終わった事実は、算定対象者についての事由にだけ選べます",
    path: ["ended"],
  })
  .refine(({ cause, child }) => (CHILD_CAUSES as readonly string[]).includes(cause) === (child !== undefined), {
    error: "児童についての事由には児童を、受給者についての事由には受給者だけを指定してください",
    path: ["child"],
  })
  .refine(({ on, to }) => to === undefined || to >= on, { error: "終わりの日が、始まりより前です", path: ["to"] });

const reportShape = z.strictObject({
  claimant: numberShape,
  recipientId: z.int().min(1).max(9_999_999_999),
  /** Empty only where the filing cancels an earlier one and puts nothing in its place (再開) */
  events: z.array(eventShape).max(99),
  /** 職権: what showed the fact (公簿、回答など); a report is its own evidence */
  evidence: textShape(200).optional(),
});

export type Report = z.output<typeof reportShape>;
type ReportedEvent = z.output<typeof eventShape>;

/** Causes that only the residents' register can establish. */
const IN_REGISTER = ["movedOut", "recipientDeath", "childDeath"] as const;

/** Of a recipient who declines (辞退) the care of every child ends for this right; whoever cares then claims. */
const declinedFacts = (on: CivilDate, claimant: number, children: readonly number[]): NewStatus[] =>
  children.map((child) => ({
    kind: "careEnd",
    addressee_number: child,
    counterparty_number: claimant,
    starts_on: on,
  }));

function factOf(
  { cause, child, on, to, institution }: ReportedEvent,
  claimant: number,
  children: readonly number[],
): NewStatus[] {
  const ends_on = to ?? null;
  const about = child ?? claimant;
  switch (cause) {
    case "careEnded":
      return [{ kind: "careEnd", addressee_number: about, counterparty_number: claimant, starts_on: on }];
    case "supportEnded":
      return [{ kind: "supportEnd", addressee_number: about, counterparty_number: claimant, starts_on: on }];
    case "childAbroad":
      return [{ kind: "abroad", addressee_number: about, starts_on: on, ends_on }];
    case "enteredInstitution": {
      const counterparty_number = institution ?? null;
      return [{ kind: "institution", addressee_number: about, counterparty_number, starts_on: on, ends_on }];
    }
    case "becamePublicServant":
      return [{ kind: "publicServant", addressee_number: about, starts_on: on, ends_on }];
    case "detained":
      return [{ kind: "detained", addressee_number: about, starts_on: on, ends_on }];
    case "declined":
      return declinedFacts(on, claimant, children);
    case "movedOut":
    case "recipientDeath":
    case "childDeath":
      break;
  }
  // The residents' register says it.
  return [];
}

/**
 * 案の変更: the day of the cause as the office decides it (`endOn`), of all causes of the report: it moves the last month (支給終了年月).
 * What the residents' register dates is not moved.
 */
function decidedContent({ content, override }: FilingOf<Report>): Report {
  const endOn = dayShape.safeParse(override?.adjust["endOn"]);
  if (!endOn.success) return content;
  const events = content.events.map((event) => (inRegister(event) ? event : { ...event, on: endOn.data }));
  return { ...content, events };
}

const inRegister = ({ cause }: Pick<ReportedEvent, "cause">): boolean => IN_REGISTER.some((known) => known === cause);

async function factsOf(client: PoolClient, { events, claimant, recipientId }: Report): Promise<NewStatus[]> {
  const recipient = events.some(({ cause }) => cause === "declined")
    ? await recipientOf(client, recipientId)
    : undefined;
  const named = recipient === undefined ? [] : await childrenOfRecipient(client, recipient);
  const children = named.filter(({ role }) => role === "child").map(({ child }) => child);
  return events.flatMap((event) => factOf(event, claimant, children));
}

const touchedBy = ({ claimant, events }: Report): Touched => ({
  persons: [claimant],
  children: events.flatMap(({ child }) => (child === undefined ? [] : [child])),
  days: events.flatMap(({ on, to }) => (to === undefined ? [on] : [on, to])),
  ...(events.some(({ cause }) => cause === "declined") ? { endedAs: "declined" as const } : {}),
});

/** 住基: the register must already say so, on the same day. */
async function registerDifferences(client: PoolClient, { events, claimant }: Report): Promise<Difference[]> {
  const asked = events.flatMap(({ cause, child, on }) => {
    const known = IN_REGISTER.find((each) => each === cause);
    return known === undefined ? [] : [{ cause: known, child, on }];
  });
  if (asked.length === 0) return [];
  const persons = await personsOf(
    client,
    asked.map(({ child }) => child ?? claimant),
  );
  return asked.flatMap(({ cause, child, on }): Difference[] => {
    const person = persons.get(child ?? claimant);
    const sides = { filed: on, registered: person?.since ?? null, ...(child === undefined ? {} : { child }) };
    const gone = person !== undefined && (cause === "movedOut" ? person.state !== 1 : person.state === 3);
    if (!gone) {
      const text = `住民基本台帳に、まだ${causeName(cause)}の記載がありません。連携で届くのを待って、もう一度審査してください。`;
      return [stop(`register.${cause}`, text, sides)];
    }
    if (person.since === on) return [];
    return [
      look(
        `register.${cause}`,
        `届出の日と住民基本台帳の日が違います。台帳の日（${person.since}）で決定します。`,
        sides,
      ),
    ];
  });
}

async function recipientDifferences(client: PoolClient, filing: FilingOf<Report>): Promise<Difference[]> {
  const { claimant, recipientId, events } = filing.content;
  const recipient = await recipientOf(client, recipientId);
  if (recipient === undefined || recipient.number !== claimant) {
    return [stop("recipient", "この認定番号は、届出をした人のものではありません。番号と氏名を確かめてください。")];
  }
  const first = events
    .map(({ on }) => on)
    .reduce<CivilDate>((left, right) => (left < right ? left : right), filing.judgedOn);
  const found: Difference[] = [];
  if (!isLive(recipient, first)) found.push(look("recipient.ended", "この受給者の資格は、もう消滅しています。"));
  const children = await childrenOfRecipient(client, recipient);
  for (const { child } of events) {
    if (child === undefined || children.some((each) => each.child === child)) continue;
    found.push(stop("child.other", "この児童は、この受給者の児童・算定対象者ではありません。", { child }));
  }
  return found;
}

const causesText = ({ events }: Report): string =>
  [...new Set(events.map(({ cause, on }) => `${causeName(cause)}（${on}）`))].join("・");

const NOTHING_REPORTED =
  "事由が1件もありません。事由を入力してください（先の決定を取り消すだけのときは、取消・再決定から入力してください）。";

const NO_EVIDENCE =
  "職権で消滅・減額を決めるときは、事実を確かめた資料（公簿、照会の回答など）が要ります。資料を入力してから審査してください。";

async function propose(client: PoolClient, context: Context, filing: FilingOf<Report>): Promise<Proposal> {
  const { judgedOn, channel } = filing;
  const content = decidedContent(filing);
  const differences = [
    ...(await recipientDifferences(client, filing)),
    ...(await registerDifferences(client, content)),
  ];
  if (content.events.length === 0 && filing.replaces === null) differences.push(stop("events", NOTHING_REPORTED));
  // A cancellation alone puts nothing in the place of what it takes back: there is nothing to show evidence for.
  if (channel === "exOfficio" && content.evidence === undefined && content.events.length > 0) {
    differences.push(stop("evidence", NO_EVIDENCE));
  }
  const supposed = (await factsOf(client, content)).map(supposedStatus);
  const foreseen = await foresee(client, context, { ...touchedBy(content), supposed, judgedOn });
  if (foreseen.consequences.length === 0) {
    differences.push(note("unchanged", "この届出で、額も資格も変わりません。"));
  }
  const how = channel === "exOfficio" ? "職権" : "届出";
  return proposalOf({
    outcome: "acknowledge",
    reasons:
      content.events.length === 0
        ? ["先の届出による決定に代わる事由はありません。元の資格と額に戻します。"]
        : [
            `${how}: ${causesText(content)}。減額は事由の月の翌月から（児童手当法9条3項）、消滅は事由の月分まで（8条2項）です。`,
            ...(content.evidence === undefined ? [] : [`確かめた資料: ${content.evidence}`]),
            ...(content === filing.content
              ? []
              : [`案の変更により、事由の日を ${causesText(filing.content)} から改めています。`]),
          ],
    differences: [...differences, ...foreseen.differences],
    effects: foreseen.effects,
    basis: { foreseen: foreseen.basis },
  });
}

/** 減額・消滅の届出 of one kind of recipient. */
function reportProcedure(
  form: Pick<Procedure<Report>, "code" | "name" | "form" | "rule">,
  recipientKind: "individual" | "institution",
): AnyProcedure {
  return defineProcedure<Report>({
    ...form,
    shape: reportShape,
    subjectOf: ({ claimant, recipientId, events }) => ({
      claimant,
      recipientKind,
      recipientId,
      children: [...new Set(events.flatMap(({ child }) => (child === undefined ? [] : [child])))],
    }),
    documents: () => [],
    dueDate: () => null,
    propose,
    // A report that a person decided not to accept (案の変更: 却下) changes nothing.
    apply: async (client, context, filing, _proposal, deciders) =>
      filing.override?.outcome === "refuse"
        ? NOTHING
        : appliedFacts(
            await recordFacts(
              client,
              context,
              filing,
              deciders,
              await factsOf(client, decidedContent(filing)),
              touchedBy(decidedContent(filing)),
            ),
            { reported: filing.channel !== "exOfficio" },
          ),
    undo: async (client, context, filing, result, deciders) =>
      filing.override?.outcome === "refuse"
        ? NOTHING_BACK
        : await undoFacts(client, context, filing, result, deciders, touchedBy(decidedContent(filing))),
  });
}

export const reportProcedures: readonly AnyProcedure[] = [
  reportProcedure(
    { code: "decrease", name: "児童手当 額改定届（減額）", form: "様式第4号", rule: "児童手当法施行規則3条1項" },
    "individual",
  ),
  reportProcedure(
    {
      code: "institutionDecrease",
      name: "児童手当 額改定届（減額・施設等受給者用）",
      form: "様式第5号",
      rule: "児童手当法施行規則3条2項",
    },
    "institution",
  ),
  reportProcedure(
    { code: "extinction", name: "児童手当 受給事由消滅届", form: "様式第10号", rule: "児童手当法施行規則7条1項" },
    "individual",
  ),
  reportProcedure(
    {
      code: "institutionExtinction",
      name: "児童手当 受給事由消滅届（施設等受給者用）",
      form: "様式第11号",
      rule: "児童手当法施行規則7条2項",
    },
    "institution",
  ),
];
