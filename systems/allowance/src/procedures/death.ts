/**
 * 死亡 of a recipient or a child. The residents' register says it; the law ends the right with the month of death. Nothing more goes to the
 * account of the dead: what is still due waits for the children's claim (12条), what was paid for later months becomes a
 * claim for repayment (A118).
 */
import { addMonths, firstDayOfMonth, monthOf } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";
import { z } from "zod";

import type { Difference, FilingOf, Procedure } from "../filings/procedure.ts";
import { holdForDeath } from "../holds/hold-for-death.ts";
import { look, note, proposalOf, recordEffect, stop } from "./answers.ts";
import { foresee, type SupposedFact } from "./consequences.ts";
import { invitationAfter, shownDay } from "./invitations.ts";
import type { NewNotice } from "./notices.ts";
import { childrenOfRecipient, isLive, type Person, personOf, recipientsOf, recipientsWithChild } from "./people.ts";
import { appliedFacts, recordFacts, type Touched, undoFacts } from "./record-fact.ts";
import { storedId } from "./results.ts";
import { dayShape, personShape, textShape } from "./shapes.ts";
import { both, cannotTakeBack, recordTakenBack, refuseUnpaidGranted } from "./take-back.ts";

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

/** What `apply` says where it wrote the death itself. */
const writtenShape = z.object({ writtenDeath: z.literal(true) });

/** The row that this procedure wrote gets a deleted revision; the person is again who has left the city. */
async function takeDeathBack(client: PoolClient, filing: FilingOf<Content>): Promise<void> {
  const { claimant, diedOn } = filing.content;
  const { rowCount } = await client.query(
    `INSERT INTO allowance.person_history SELECT (jsonb_populate_record(t, jsonb_build_object('revision', t.revision + 1, 'deleted', true,
       'recorded_at', clock_timestamp()))).*
     FROM allowance.person_history t WHERE t.addressee_number = $1 AND (t.history_no, t.revision) =
       (SELECT l.history_no, l.revision FROM allowance.person_history l WHERE l.addressee_number = $1 ORDER BY l.history_no DESC, l.revision DESC LIMIT 1)
       AND t.resident_state = 3 AND t.valid_from = $2 AND t.batch_id = 0 AND NOT t.deleted`,
    [claimant, diedOn],
  );
  if (rowCount === 1) return;
  throw cannotTakeBack(
    filing,
    "この人の住民記録が、この決定のあとでまた変えられています。",
    "いまの住民記録から確かめ、必要な手続によってください。",
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
    const holds: number[] = [];
    for (const recipient of await recipientsOf(client, content.claimant)) {
      if (recipient.firstMonth === null) continue;
      holds.push(...(await holdForDeath(client, recipient.recipientId, deciders.approvedBy, deciders.decidedOn)));
      // The notice of the end goes to those who care for the children now; who that is, their claim will say.
      for (const { child, role } of await childrenOfRecipient(client, recipient)) {
        if (role !== "child") continue;
        const facts = { cause: "recipientDeath", on: content.diedOn, child, unpaidClaim: true, ...invitation };
        notices.push({ kind: "claimInvited", to: child, facts });
      }
    }
    const recorded = await recordFacts(client, context, filing, deciders, [], touchedBy(content), () => notices);
    const overpaidMonths = addMonths(monthOf(content.diedOn), 1);
    const nothingDueFrom = firstDayOfMonth(overpaidMonths);
    return appliedFacts(recorded, { filingId: storedId(filing), nothingDueFrom, holds, writtenDeath: outside(person) });
  },
  undo: async (client, context, filing, result, deciders) => {
    const { content } = filing;
    if (writtenShape.safeParse(result.detail).success) await takeDeathBack(client, filing);
    const own = await recipientsOf(client, content.claimant);
    await refuseUnpaidGranted(
      client,
      filing,
      own.map(({ recipientId }) => recipientId),
    );
    const facts = await undoFacts(client, context, filing, result, deciders, touchedBy(content));
    const dead = (await personOf(client, content.claimant))?.state === 3;
    const text =
      "住民票では死亡のままのため、消滅・減額の決定と支払の保留は変わりません。取り消すのは、この記録と案内だけです。";
    const record = recordTakenBack("death", "死亡の記録", {
      before: content.diedOn,
      after: dead ? "住民票の死亡はそのまま" : "なし",
      differences: dead ? [note("death.register", text)] : [],
    });
    return both(record, facts);
  },
};
