/** 父母指定者指定届 (様式第1号, 施行規則1条の3) and its end: the parents live abroad and say who cares for the child in Japan. */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";
import { z } from "zod";

import type { Applied, Deciders, Difference, FilingOf, Procedure } from "../filings/procedure.ts";
import { stands } from "../filings/stands.ts";
import { look, note, proposalOf, recordEffect, shownNumber, stop } from "./answers.ts";
import { foresee } from "./consequences.ts";
import { type Designation, designationsFor, latestExpiry } from "./designations.ts";
import { addEntry, openEntries, reviseEntry } from "./entries.ts";
import { writeNotices } from "./notices.ts";
import { childrenOfRecipient, personsOf, recipientsOf } from "./people.ts";
import { appliedFacts, recordFacts, type Touched, undoFacts } from "./record-fact.ts";
import { insert, people, storedId } from "./results.ts";
import { dayShape, peopleShape, personShape, textShape } from "./shapes.ts";
import { type NewStatus, supposedStatus } from "./status-rows.ts";
import { both, cannotTakeBack, recordTakenBack } from "./take-back.ts";

const ENDS = ["parentReturned", "withdrawn", "replaced", "designeeLeft", "other"] as const;

const contentShape = z.discriminatedUnion("action", [
  z.strictObject({
    action: z.literal("designate"),
    /** 宛名番号 of the designated person */
    claimant: personShape,
    children: peopleShape(20),
    /** The parents who designate */
    parentNames: z.array(textShape(100)).min(1).max(2),
    /** 宛名番号 of the parents, where the city has one */
    parents: z.array(personShape).max(2).default([]),
    signedOn: dayShape,
    validFrom: dayShape,
    /** Last day that the parents name (帰国の予定など) */
    until: dayShape.optional(),
  }),
  z.strictObject({
    action: z.literal("end"),
    claimant: personShape,
    children: peopleShape(20),
    endedOn: dayShape,
    cause: z.enum(ENDS),
  }),
]);

type Content = z.infer<typeof contentShape>;
type Designate = Extract<Content, { readonly action: "designate" }>;
type End = Extract<Content, { readonly action: "end" }>;

type Expiry = { readonly child: number; readonly expiresOn: CivilDate };

async function designateDifferences(
  client: PoolClient,
  content: Designate,
): Promise<{ readonly differences: readonly Difference[]; readonly expiries: readonly Expiry[] }> {
  const { claimant, children, parents, validFrom, until, signedOn } = content;
  const persons = await personsOf(client, [claimant, ...children, ...parents]);
  const differences: Difference[] = [];
  const designee = persons.get(claimant);
  if (designee === undefined || designee.state !== 1) {
    const text = "指定された人の住所が、住民票ではこの市にありません。認定請求は、その人の住所の市区町村にします。";
    differences.push(look("designee.residence", text));
  }
  if (signedOn > validFrom) {
    differences.push(
      look("designation.signed", "署名の日が、指定の始まりより後です。指定の始まりを確かめてください。"),
    );
  }
  for (const parent of parents) {
    if (persons.get(parent)?.state === 1) {
      const text =
        "指定をした父母の住所が、この市にあります。日本に住む父母がいるときは、その人が受給者になります（児童手当法4条1項2号）。";
      differences.push(stop("parent.resident", text));
    }
  }
  const known = await designationsFor(client, children);
  const expiries: Expiry[] = [];
  for (const child of children) {
    const shown = `児童（宛名番号 ${shownNumber(child)}）`;
    const person = persons.get(child);
    if (person === undefined || person.state !== 1) {
      const text = `${shown}の住所がこの市にありません。指定届は、児童の住所の市区町村に出します（施行規則1条の3）。`;
      differences.push(stop("child.residence", text, { child }));
      continue;
    }
    const latest = latestExpiry(person.birthDate);
    if (latest < validFrom) {
      differences.push(stop("child.age", `${shown}は、18歳に達する日以後の最初の3月31日を過ぎています。`, { child }));
      continue;
    }
    const expiresOn = until === undefined || until > latest ? latest : until;
    if (expiresOn < validFrom)
      differences.push(stop("designation.period", "指定の終わりが、始まりより前です。", { child }));
    else expiries.push({ child, expiresOn });
    const live = known.find((each) => each.child === child && each.endedOn === null && each.expiresOn >= validFrom);
    if (live !== undefined) {
      const text = `${shown}には、効いている父母指定があります。先に指定の終了を届け出てもらってください。`;
      differences.push(stop("designation.exists", text, { child, registered: shownNumber(live.designee) }));
    }
    if (designee !== undefined && person.household !== designee.household) {
      const text = `${shown}が、指定された人と住民票で別の世帯です。同居が困難な事情があるかを確かめてください（児童手当法4条1項2号）。`;
      differences.push(look("child.household", text, { child }));
    }
  }
  return { differences, expiries };
}

async function toEnd(client: PoolClient, { claimant, children, endedOn }: End): Promise<readonly Designation[]> {
  const known = await designationsFor(client, children);
  return known.filter((each) => each.designee === claimant && each.endedOn === null && each.expiresOn >= endedOn);
}

const endStatuses = ({ claimant, children, endedOn }: End): readonly NewStatus[] =>
  children.map((child) => ({
    kind: "careEnd",
    addressee_number: child,
    counterparty_number: claimant,
    starts_on: endedOn,
  }));

const touchedBy = (content: Content): Touched =>
  content.action === "end" ? { persons: [content.claimant], days: [content.endedOn] } : { days: [] };

async function designate(
  client: PoolClient,
  filing: FilingOf<Content>,
  content: Designate,
  deciders: Deciders,
): Promise<Applied> {
  const filingId = storedId(filing);
  const { expiries } = await designateDifferences(client, content);
  for (const { child, expiresOn } of expiries) {
    await insert(client, "parent_designation", {
      designee_number: content.claimant,
      child_number: child,
      parent_names: content.parentNames,
      signed_on: content.signedOn,
      valid_from: content.validFrom,
      expires_on: expiresOn,
      filing_id: filingId,
      ...people(deciders),
    });
    const columns = {
      related_number: content.claimant,
      role: "parentDesignee",
      evidence: "父母指定者指定届",
      valid_from: content.validFrom,
      valid_to: expiresOn,
    };
    await addEntry(client, "related_person", child, columns, deciders);
  }
  await writeNotices(client, filingId, deciders, [
    {
      kind: "designationReceived",
      to: content.claimant,
      facts: {
        children: expiries.map(({ child }) => child),
        receivedOn: filing.receivedOn,
        expiresOn: expiries.map((each) => each.expiresOn),
      },
    },
  ]);
  return { recipients: [], decisions: [], detail: { statuses: [], expiries: expiries.map((each) => ({ ...each })) } };
}

/** A designation that has been ended, or on which a claim was granted, is not taken back under what rests on it. */
async function refuseBuiltOn(
  client: PoolClient,
  filing: FilingOf<Content>,
  claimant: number,
  children: readonly number[],
): Promise<void> {
  const ended = await client.query<{ reception_number: string }>(
    `SELECT f.reception_number FROM allowance.parent_designation d JOIN allowance.parent_designation_end e USING (designation_id)
     JOIN allowance.filing f ON f.filing_id = e.filing_id WHERE d.filing_id = $1 AND ${stands("e")} LIMIT 1`,
    [filing.filingId],
  );
  const end = ended.rows[0]?.reception_number;
  if (end !== undefined) {
    throw cannotTakeBack(
      filing,
      `この指定は、受付番号 ${end} で終わっています。`,
      `先に受付番号 ${end} を取り消してください。`,
    );
  }
  for (const recipient of await recipientsOf(client, claimant)) {
    const own = await childrenOfRecipient(client, recipient);
    if (recipient.endedFrom !== null || !own.some(({ child }) => children.includes(child))) continue;
    throw cannotTakeBack(
      filing,
      `この指定により、認定番号 ${recipient.recipientId} の認定が続いています。`,
      "先にその認定の取消・再決定をするか、父母指定の終了の届出によってください。",
    );
  }
}

export const parentDesignation: Procedure<Content> = {
  code: "parentDesignation",
  name: "父母指定者指定届",
  form: "様式第1号",
  rule: "児童手当法4条1項2号、施行規則1条の3",
  shape: contentShape,
  subjectOf: ({ claimant, children }) => ({ claimant, recipientKind: "individual", recipientId: null, children }),
  documents: ({ action }) =>
    action === "end"
      ? []
      : [
          {
            code: "designation",
            name: "父母の署名がある指定の書類",
            why: "父母が指定したことを確かめるため（施行規則1条の3）",
            waivable: false,
          },
          {
            code: "parentsAbroad",
            name: "父母が国外に住んでいることが分かる書類",
            why: "父母が日本に住所を持たないことを確かめるため（児童手当法4条1項2号）",
            waivable: true,
          },
        ],
  dueDate: () => null,
  propose: async (client, context, filing) => {
    const { content, judgedOn } = filing;
    if (content.action === "designate") {
      const { differences, expiries } = await designateDifferences(client, content);
      return proposalOf({
        outcome: "acknowledge",
        reasons: [
          "国外に住む父母の指定を台帳に記録します（児童手当法4条1項2号、施行規則1条の3）。手当には、指定された人の認定請求が要ります。",
        ],
        differences,
        effects: expiries.map(({ child, expiresOn }) =>
          recordEffect("parentDesignation", `父母指定者の登録（児童 ${shownNumber(child)}）`, {
            after: `${content.validFrom} から ${expiresOn}`,
          }),
        ),
        basis: { expiries: expiries.map((each) => ({ ...each })) },
      });
    }
    const ending = await toEnd(client, content);
    const differences: Difference[] = content.children.flatMap((child) =>
      ending.some((each) => each.child === child)
        ? []
        : [
            stop(
              "designation.missing",
              `児童（宛名番号 ${shownNumber(child)}）には、終わらせる父母指定がありません。`,
              { child },
            ),
          ],
    );
    if (content.cause === "parentReturned") {
      differences.push(note("parent.claim", "帰国した父母が、日本の住所の市区町村に認定請求をします。"));
    }
    const supposed = endStatuses(content).map(supposedStatus);
    const foreseen = await foresee(client, context, { ...touchedBy(content), supposed, judgedOn });
    return proposalOf({
      outcome: "acknowledge",
      reasons: [
        `${content.endedOn} に父母の指定が終わったため、指定された人の受給はその月分までになります（児童手当法8条2項）。`,
      ],
      differences: [...differences, ...foreseen.differences],
      effects: [
        ...ending.map(({ child, expiresOn }) =>
          recordEffect("parentDesignation", `父母指定の終了（児童 ${shownNumber(child)}）`, {
            before: `${expiresOn} まで`,
            after: `${content.endedOn} まで`,
          }),
        ),
        ...foreseen.effects,
      ],
      basis: { foreseen: foreseen.basis, ending: ending.map(({ designationId }) => designationId) },
    });
  },
  apply: async (client, context, filing, _proposal, deciders) => {
    const { content } = filing;
    if (content.action === "designate") return await designate(client, filing, content, deciders);
    for (const { designationId, child } of await toEnd(client, content)) {
      await insert(client, "parent_designation_end", {
        designation_id: designationId,
        ended_on: content.endedOn,
        cause: content.cause,
        filing_id: storedId(filing),
        ...people(deciders),
      });
      for (const entry of await openEntries(client, "related_person", child, content.endedOn)) {
        if (entry["role"] !== "parentDesignee" || entry["related_number"] !== content.claimant) continue;
        await reviseEntry(
          client,
          "related_person",
          entry.entry_id,
          { valid_to: content.endedOn, reason: "父母指定の終了" },
          deciders,
        );
      }
    }
    const recorded = await recordFacts(client, context, filing, deciders, endStatuses(content), touchedBy(content));
    return appliedFacts(recorded);
  },
  undo: async (client, context, filing, result, deciders) => {
    const { content } = filing;
    const { children, claimant, action } = content;
    const facts = await undoFacts(client, context, filing, result, deciders, touchedBy(content));
    if (action === "designate") await refuseBuiltOn(client, filing, claimant, children);
    const what = action === "end" ? "父母指定の終了" : "父母指定者の登録";
    return children
      .map((child) =>
        recordTakenBack("parentDesignation", `${what}（児童 ${shownNumber(child)}）`, { after: "届出の前" }),
      )
      .reduce(both, facts);
  },
};
