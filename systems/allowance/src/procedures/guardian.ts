/** 未成年後見人の選任・終了 (児童手当法4条1項1号・2項): a guardian – a person, or a corporation – takes the place of the parents. */
import type { PoolClient } from "pg";
import { z } from "zod";

import type { Difference, Procedure } from "../filings/procedure.ts";
import { look, note, proposalOf, recordEffect, shownNumber, stop } from "./answers.ts";
import { foresee } from "./consequences.ts";
import { addEntry, openEntries, reviseEntry } from "./entries.ts";
import { invitationAfter, shownDay } from "./invitations.ts";
import type { NewNotice } from "./notices.ts";
import { isLive, personOf, recipientsWithChild } from "./people.ts";
import { appliedFacts, recordFacts, type Touched, undoFacts } from "./record-fact.ts";
import { dayShape, personShape, textShape } from "./shapes.ts";
import { type NewStatus, supposedStatus } from "./status-rows.ts";

const contentShape = z.strictObject({
  /** 宛名番号 of the guardian */
  claimant: personShape,
  recipientKind: z.enum(["individual", "corporateGuardian"]),
  child: personShape,
  action: z.enum(["appointed", "ended"]),
  /** Day of the appointment, or last day in office */
  on: dayShape,
  /** 審判書・戸籍・登記事項証明書など */
  evidence: textShape(200),
});

type Content = z.infer<typeof contentShape>;

/** Whose care ends: at an appointment that of everyone who is paid for the child, at the end that of the guardian. */
async function ends(
  client: PoolClient,
  { claimant, recipientKind, child, action, on }: Content,
): Promise<readonly NewStatus[]> {
  const live = (await recipientsWithChild(client, child)).filter(
    (each) => isLive(each, on) && each.kind !== "institution",
  );
  const own = (each: { readonly number: number; readonly kind: string }): boolean =>
    each.number === claimant && each.kind === recipientKind;
  return live
    .filter((each) => own(each) === (action === "ended"))
    .map(({ number }) => ({ kind: "careEnd", addressee_number: child, counterparty_number: number, starts_on: on }));
}

async function inOffice(client: PoolClient, { claimant, child, on }: Content): Promise<number | undefined> {
  const entries = await openEntries(client, "related_person", child, on);
  return entries.find(
    (each) => each["role"] === "minorGuardian" && each["related_number"] === claimant && each["valid_to"] === null,
  )?.entry_id;
}

const touchedBy = ({ child, on, action }: Content): Touched => ({
  children: [child],
  days: [on],
  ...(action === "appointed" ? { endedAs: "otherRecipient" as const } : {}),
});

async function guardianDifferences(client: PoolClient, content: Content): Promise<Difference[]> {
  const differences: Difference[] = [];
  const { rows } = await client.query<{ kind: string }>(
    "SELECT kind FROM allowance.addressee WHERE addressee_number = $1",
    [content.claimant],
  );
  const corporate = content.recipientKind === "corporateGuardian";
  if (rows[0] === undefined)
    differences.push(stop("guardian", "未成年後見人の宛名番号がありません。先に登録してください。"));
  else if ((rows[0].kind === "organization") !== corporate) {
    const text = corporate
      ? "法人後見人の番号が、個人の宛名番号です。"
      : "後見人の番号が、法人の宛名番号です。法人後見人として入力してください。";
    differences.push(stop("guardian.kind", text));
  }
  if ((await personOf(client, content.child)) === undefined) {
    differences.push(
      stop("child", `児童（宛名番号 ${shownNumber(content.child)}）が、住民基本台帳の連携にありません。`),
    );
  }
  const known = (await inOffice(client, content)) !== undefined;
  if (content.action === "appointed" && known)
    differences.push(stop("guardian.known", "この未成年後見人は、すでに記録されています。"));
  if (content.action === "ended" && !known)
    differences.push(stop("guardian.missing", "この人は、この児童の未成年後見人として記録されていません。"));
  const others = (await openEntries(client, "related_person", content.child, content.on)).filter(
    (each) => each["role"] === "minorGuardian" && each["related_number"] !== content.claimant,
  );
  if (content.action === "appointed" && others.length > 0) {
    const text =
      "ほかにも未成年後見人がいます。生計を維持する程度の高い人が受給者になります（児童手当法4条2項・3項）。";
    differences.push(look("guardian.others", text));
  }
  return differences;
}

export const guardian: Procedure<Content> = {
  code: "guardian",
  name: "未成年後見人の選任・終了の届出（職権の記録を含む）",
  form: null,
  rule: "児童手当法4条1項1号・2項、施行規則1条の4第2項4号",
  shape: contentShape,
  subjectOf: ({ claimant, recipientKind, child }) => ({
    claimant,
    recipientKind,
    recipientId: null,
    children: [child],
  }),
  documents: () => [
    {
      code: "appointment",
      name: "未成年後見人の選任（終了）が分かる書類（戸籍・審判書・登記事項証明書）",
      why: "父母に代わって受給者になる人を確かめるため（施行規則1条の4第2項4号）",
      waivable: true,
    },
  ],
  dueDate: () => null,
  propose: async (client, context, filing) => {
    const { content, judgedOn } = filing;
    const differences = await guardianDifferences(client, content);
    const facts = await ends(client, content);
    if (content.action === "appointed") {
      const { claimBy, firstMonth } = await invitationAfter(client, context, content.on);
      const text = `未成年後見人の認定請求が要ります。${shownDay(claimBy)} までの請求で ${firstMonth} 分からになります。`;
      differences.push(note("guardian.claim", text));
    }
    const foreseen = await foresee(client, context, {
      ...touchedBy(content),
      supposed: facts.map(supposedStatus),
      judgedOn,
    });
    return proposalOf({
      outcome: "acknowledge",
      reasons: [
        content.action === "appointed"
          ? `${content.on} に未成年後見人が選任されたため、父母等の受給資格はその月分までになります（児童手当法4条1項1号・8条2項）。`
          : `${content.on} に未成年後見人でなくなったため、その月分までになります（児童手当法8条2項）。`,
      ],
      differences: [...differences, ...foreseen.differences],
      effects: [
        recordEffect("guardian", content.action === "appointed" ? "未成年後見人の記録" : "未成年後見人の終了の記録", {
          after: content.on,
        }),
        ...foreseen.effects,
      ],
      basis: { foreseen: foreseen.basis },
    });
  },
  apply: async (client, context, filing, _proposal, deciders) => {
    const { content } = filing;
    const { child, claimant, on, evidence } = content;
    const facts = await ends(client, content);
    const notices: NewNotice[] = [];
    if (content.action === "appointed") {
      const columns = { related_number: claimant, role: "minorGuardian", evidence, valid_from: on };
      await addEntry(client, "related_person", child, columns, deciders);
      const invitation = await invitationAfter(client, context, on);
      notices.push({
        kind: "claimInvited",
        to: claimant,
        facts: { cause: "guardianAppointed", on, child, ...invitation },
      });
    } else {
      const entry = await inOffice(client, content);
      if (entry !== undefined) {
        await reviseEntry(client, "related_person", entry, { valid_to: on, reason: "未成年後見人の終了" }, deciders);
      }
    }
    return appliedFacts(await recordFacts(client, context, filing, deciders, facts, touchedBy(content), () => notices));
  },
  undo: async (client, context, filing, result, deciders) =>
    await undoFacts(client, context, filing, result, deciders, touchedBy(filing.content)),
};
