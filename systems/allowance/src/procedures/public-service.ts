/** 公務員になった・公務員でなくなった (児童手当法17条): the office certifies and pays; the city's right ends with the month of appointment. */
import { z } from "zod";

import type { Difference, Procedure } from "../filings/procedure.ts";
import { look, note, proposalOf, recordEffect, stop } from "./answers.ts";
import { foresee } from "./consequences.ts";
import { invitationAfter, shownDay } from "./invitations.ts";
import type { NewNotice } from "./notices.ts";
import { personOf } from "./people.ts";
import { appliedFacts, recordFacts, type Touched, undoFacts } from "./record-fact.ts";
import { insert, people, storedId } from "./results.ts";
import { dayShape, personShape, textShape } from "./shapes.ts";
import { type NewStatus, supposedStatus } from "./status-rows.ts";

const contentShape = z
  .strictObject({
    claimant: personShape,
    employer: textShape(100),
    /** 任用の日 */
    from: dayShape,
    /** Last day in public service (退職・出向); absent while it lasts */
    to: dayShape.optional(),
  })
  .refine(({ from, to }) => to === undefined || to >= from, {
    error: "退職の日が、任用の日より前です。",
    path: ["to"],
  });

type Content = z.infer<typeof contentShape>;

const statusOf = ({ claimant, from, to }: Content): NewStatus => ({
  kind: "publicServant",
  addressee_number: claimant,
  starts_on: from,
  ends_on: to ?? null,
});

const touchedBy = ({ claimant, from, to }: Content): Touched => ({
  persons: [claimant],
  days: [from, ...(to === undefined ? [] : [to])],
});

export const publicService: Procedure<Content> = {
  code: "publicService",
  name: "公務員の任用・退職の届出（職権の記録を含む）",
  form: null,
  rule: "児童手当法17条、施行規則7条",
  shape: contentShape,
  subjectOf: ({ claimant }) => ({ claimant, recipientKind: "individual", recipientId: null, children: [] }),
  documents: ({ to }) => [
    {
      code: to === undefined ? "appointment" : "retirement",
      name: to === undefined ? "任用が分かる書類（辞令など）" : "公務員でなくなったことが分かる書類",
      why: "支給する者（市か所属庁か）が変わる日を確かめるため（児童手当法17条）",
      waivable: true,
    },
  ],
  dueDate: () => null,
  propose: async (client, context, filing) => {
    const { content, judgedOn } = filing;
    const differences: Difference[] = [];
    if ((await personOf(client, content.claimant)) === undefined) {
      differences.push(stop("person", "この宛名番号の人は、住民基本台帳の連携にありません。"));
    }
    const known = await client.query<{ starts_on: string; ends_on: string | null }>(
      `SELECT starts_on, ends_on FROM (SELECT DISTINCT ON (starts_on) * FROM allowance.status_period
         WHERE kind = 'publicServant' AND addressee_number = $1 ORDER BY starts_on, revision DESC) s WHERE NOT voided ORDER BY starts_on`,
      [content.claimant],
    );
    const same = known.rows.find(({ starts_on }) => starts_on === content.from);
    if (filing.replaces === null && same !== undefined && same.ends_on === (content.to ?? null)) {
      differences.push(stop("publicService.known", "同じ任用の期間が、すでに記録されています。"));
    }
    const overlapping = known.rows.find(
      ({ starts_on, ends_on }) =>
        starts_on !== content.from && starts_on <= (content.to ?? "9999") && content.from <= (ends_on ?? "9999"),
    );
    if (overlapping !== undefined) {
      const text = `記録されている公務員の期間（${overlapping.starts_on} から）と重なります。任用の日を確かめてください。`;
      differences.push(look("publicService.overlap", text));
    }
    const supposed = [supposedStatus(statusOf(content))];
    const foreseen = await foresee(client, context, { ...touchedBy(content), supposed, judgedOn });
    if (content.to !== undefined) {
      const { claimBy, firstMonth } = await invitationAfter(client, context, content.to);
      const text = `退職の日の翌日から15日以内（${shownDay(claimBy)} まで）に認定請求があれば、${firstMonth} 分から市が支給します。`;
      differences.push(note("publicService.claim", text));
    }
    return proposalOf({
      outcome: "acknowledge",
      reasons: [
        content.to === undefined
          ? `${content.from} から公務員のため、所属庁（${content.employer}）が認定し支給します。任用の月分までは市が支給します（児童手当法17条・8条2項）。`
          : `${content.to} に公務員でなくなったことを記録します。市の支給には、新しい認定請求が要ります（児童手当法17条・7条）。`,
      ],
      differences: [...differences, ...foreseen.differences],
      effects: [
        recordEffect("publicService", "公務員の期間の記録", { after: `${content.from} から ${content.to ?? "継続"}` }),
        ...foreseen.effects,
      ],
      basis: { foreseen: foreseen.basis },
    });
  },
  apply: async (client, context, filing, _proposal, deciders) => {
    const { content } = filing;
    await insert(client, "employer_report", {
      filing_id: storedId(filing),
      addressee_number: content.claimant,
      employer: content.employer,
      from_on: content.from,
      to_on: content.to ?? null,
      ...people(deciders),
    });
    const invited = content.to === undefined ? null : await invitationAfter(client, context, content.to);
    const notice: NewNotice =
      invited === null
        ? { kind: "informEmployer", to: content.employer, facts: { claimant: content.claimant, from: content.from } }
        : {
            kind: "claimInvited",
            to: content.claimant,
            facts: { cause: "leftPublicService", on: content.to ?? null, ...invited },
          };
    const facts = [statusOf(content)];
    const recorded = await recordFacts(client, context, filing, deciders, facts, touchedBy(content), () => [notice]);
    return appliedFacts(recorded);
  },
  undo: async (client, context, filing, result, deciders) =>
    await undoFacts(client, context, filing, result, deciders, touchedBy(filing.content)),
};
