/**
 * 死亡 of a recipient or a child. The residents' register says it; the law ends the right with the month of death. Nothing more goes to the
 * account of the dead: what is still due waits for the children's claim (12条), what was paid for later months becomes a
 * claim for repayment (A118).
 */
import { addMonths, firstDayOfMonth, monthOf } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";
import { z } from "zod";

import type { Difference, Procedure } from "../filings/procedure.ts";
import { look, note, proposalOf, recordEffect, stop } from "./answers.ts";
import { foresee, type SupposedFact } from "./consequences.ts";
import { invitationAfter, shownDay } from "./invitations.ts";
import type { NewNotice } from "./notices.ts";
import { childrenOfRecipient, isLive, type Person, personOf, recipientsOf, recipientsWithChild } from "./people.ts";
import { appliedFacts, holdForDeath, recordFacts, type Touched } from "./record-fact.ts";
import { storedId } from "./results.ts";
import { dayShape, personShape, textShape } from "./shapes.ts";

const contentShape = z.strictObject({
  /** 宛名番号 of who died */
  claimant: personShape,
  diedOn: dayShape,
  /** What showed it: 住民票, 戸籍, 死亡診断書 … */
  evidence: textShape(100),
});

type Content = z.infer<typeof contentShape>;

/** Who is not a resident here reaches the register by nobody else: the office writes the death down itself. */
const outside = (person: Person | undefined): person is Person => person !== undefined && person.state === 2;

const supposedFor = (person: Person | undefined, { claimant, diedOn }: Content): readonly SupposedFact[] =>
  outside(person) ? [{ life: { number: claimant, state: 3, from: diedOn } }] : [];

const touchedBy = ({ claimant, diedOn }: Content): Touched => ({
  persons: [claimant],
  children: [claimant],
  days: [diedOn],
});

/** Adds 死亡 to the history of a person who has left the city. */
async function writeDeath(client: PoolClient, { claimant, diedOn }: Content): Promise<void> {
  await client.query(
    `INSERT INTO allowance.person_history SELECT (jsonb_populate_record(t, jsonb_build_object('history_no', t.history_no + 1, 'revision', 1,
       'valid_from', $2::date, 'reported_on', NULL, 'event_code', '21', 'resident_state', 3, 'batch_id', 0,
       'row_digest', encode(sha256(convert_to($1::bigint || '/' || $2::date, 'UTF8')), 'hex'), 'recorded_at', clock_timestamp()))).*
     FROM allowance.person_history t WHERE t.addressee_number = $1
     ORDER BY t.history_no DESC, t.revision DESC LIMIT 1`,
    [claimant, diedOn],
  );
}

export const death: Procedure<Content> = {
  code: "death",
  name: "受給者・児童の死亡（職権の記録）",
  form: null,
  rule: "児童手当法8条2項・9条3項・12条",
  shape: contentShape,
  subjectOf: ({ claimant }) => ({ claimant, recipientKind: "individual", recipientId: null, children: [claimant] }),
  documents: () => [{ code: "evidence", name: "死亡が分かる資料", why: "死亡の日を確かめるため", waivable: true }],
  dueDate: () => null,
  propose: async (client, context, filing) => {
    const { content, judgedOn } = filing;
    const person = await personOf(client, content.claimant);
    const differences: Difference[] = [];
    if (person === undefined) differences.push(stop("person", "この宛名番号の人は、住民基本台帳の連携にありません。"));
    else if (person.state === 3 && person.since !== content.diedOn) {
      const sides = { filed: content.diedOn, registered: person.since };
      differences.push(stop("diedOn", "死亡の日が、住民票と違います。日付を確かめてください。", sides));
    } else if (person.state === 1 || person.state === 9) {
      const text =
        "住民票では、死亡になっていません。住民票の異動が届いてから決裁してください。急ぐときは、支払を保留にしてください。";
      differences.push(stop("register", text));
    }
    const foreseen = await foresee(client, context, {
      ...touchedBy(content),
      supposed: supposedFor(person, content),
      judgedOn,
    });
    const own = await recipientsOf(client, content.claimant);
    for (const recipient of own) {
      if (!isLive(recipient, content.diedOn)) continue;
      const { claimBy, firstMonth } = await invitationAfter(client, context, content.diedOn);
      const text = `児童を養育する人の認定請求が要ります。${shownDay(claimBy)} までの請求で ${firstMonth} 分からになります。死亡の月分までの未払は、児童が請求します（児童手当法12条）。`;
      differences.push(note("survivor.claim", text));
    }
    const children = await recipientsWithChild(client, content.claimant);
    if (own.length === 0 && children.length === 0) {
      differences.push(look("recipient.none", "この人は、受給者でも支給対象の児童でもありません。"));
    }
    return proposalOf({
      outcome: "acknowledge",
      reasons: [
        `${content.diedOn} の死亡により、その月分までになります（児童手当法8条2項・9条3項）。受給者の口座には、もう支払いません。`,
      ],
      differences: [...differences, ...foreseen.differences],
      effects: [recordEffect("death", "死亡の記録", { after: content.diedOn }), ...foreseen.effects],
      basis: { foreseen: foreseen.basis, outside: outside(person) },
    });
  },
  apply: async (client, context, filing, _proposal, deciders) => {
    const { content } = filing;
    const person = await personOf(client, content.claimant);
    if (outside(person)) await writeDeath(client, content);
    const invitation = await invitationAfter(client, context, content.diedOn);
    const notices: NewNotice[] = [];
    for (const recipient of await recipientsOf(client, content.claimant)) {
      if (recipient.firstMonth === null) continue;
      await holdForDeath(client, recipient.recipientId, deciders.approvedBy);
      // The notice of the end goes to those who care for the children now; who that is, their claim will say.
      for (const { child, role } of await childrenOfRecipient(client, recipient)) {
        if (role !== "child") continue;
        const facts = { cause: "recipientDeath", on: content.diedOn, child, unpaidClaim: true, ...invitation };
        notices.push({ kind: "claimInvited", to: child, facts });
      }
    }
    const recorded = await recordFacts(client, context, filing, deciders, [], touchedBy(content), () => notices);
    const overpaidMonths = addMonths(monthOf(content.diedOn), 1);
    return appliedFacts(recorded, { filingId: storedId(filing), nothingDueFrom: firstDayOfMonth(overpaidMonths) });
  },
};
