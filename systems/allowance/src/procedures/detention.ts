/** 身柄の拘束・釈放 (拘留・勾留・受刑): no care of the child while it lasts; the right ends with the month of the detention (law 3.3). */
import { z } from "zod";

import type { Procedure } from "../filings/procedure.ts";
import { note, proposalOf, recordEffect, stop } from "./answers.ts";
import { foresee } from "./consequences.ts";
import { invitationAfter, shownDay } from "./invitations.ts";
import { personOf } from "./people.ts";
import { appliedFacts, recordFacts, type Touched, undoFacts } from "./record-fact.ts";
import { dayShape, personShape } from "./shapes.ts";
import { type NewStatus, supposedStatus } from "./status-rows.ts";

const contentShape = z
  .strictObject({ claimant: personShape, from: dayShape, to: dayShape.optional() })
  .refine(({ from, to }) => to === undefined || to >= from, {
    error: "釈放の日が、拘束の日より前です。",
    path: ["to"],
  });

type Content = z.infer<typeof contentShape>;

const statusOf = ({ claimant, from, to }: Content): NewStatus => ({
  kind: "detained",
  addressee_number: claimant,
  starts_on: from,
  ends_on: to ?? null,
});

const touchedBy = ({ claimant, from, to }: Content): Touched => ({
  persons: [claimant],
  days: [from, ...(to === undefined ? [] : [to])],
});

export const detention: Procedure<Content> = {
  code: "detention",
  name: "身柄の拘束・釈放（職権の記録）",
  form: null,
  rule: "児童手当法4条1項・8条2項",
  shape: contentShape,
  subjectOf: ({ claimant }) => ({ claimant, recipientKind: "individual", recipientId: null, children: [] }),
  documents: () => [
    { code: "evidence", name: "拘束の期間が分かる資料", why: "監護していない期間を確かめるため", waivable: true },
  ],
  dueDate: () => null,
  propose: async (client, context, filing) => {
    const { content, judgedOn } = filing;
    const differences =
      (await personOf(client, content.claimant)) === undefined
        ? [stop("person", "この宛名番号の人は、住民基本台帳の連携にありません。")]
        : [];
    if (content.to !== undefined) {
      const { claimBy, firstMonth } = await invitationAfter(client, context, content.to);
      const text = `釈放の後に再び受けるには認定請求が要ります。${shownDay(claimBy)} までの請求で ${firstMonth} 分からになります。`;
      differences.push(note("detention.claim", text));
    }
    const supposed = [supposedStatus(statusOf(content))];
    const foreseen = await foresee(client, context, { ...touchedBy(content), supposed, judgedOn });
    return proposalOf({
      outcome: "acknowledge",
      reasons: [
        `${content.from} から身柄を拘束され児童を監護していないため、その月分までになります（児童手当法8条2項）。`,
      ],
      differences: [...differences, ...foreseen.differences],
      effects: [
        recordEffect("detained", "身柄の拘束の記録", { after: `${content.from} から ${content.to ?? "継続"}` }),
        ...foreseen.effects,
      ],
      basis: { foreseen: foreseen.basis },
    });
  },
  apply: async (client, context, filing, _proposal, deciders) =>
    appliedFacts(
      await recordFacts(client, context, filing, deciders, [statusOf(filing.content)], touchedBy(filing.content)),
    ),
  undo: async (client, context, filing, result, deciders) =>
    await undoFacts(client, context, filing, result, deciders, touchedBy(filing.content)),
};
