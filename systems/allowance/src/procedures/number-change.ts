/** 個人番号変更届: that a number has changed, when and why – never the number. The number goes into the vault by its own way. */
import { z } from "zod";

import type { Procedure } from "../filings/procedure.ts";
import { note, proposalOf, recordEffect, stop } from "./answers.ts";
import { personOf } from "./people.ts";
import { insert, people, storedId } from "./results.ts";
import { dayShape, personShape } from "./shapes.ts";
import { recordTakenBack } from "./take-back.ts";

const CAUSES = {
  leaked: "漏えいのおそれ",
  misuse: "不正に使われるおそれ",
  wrong: "番号の誤り",
  exOfficio: "職権による変更",
} as const;

type Cause = keyof typeof CAUSES;

/** A strict shape: a field for the number itself is refused, whatever it is called. */
const contentShape = z.strictObject({
  claimant: personShape,
  /** 宛名番号 of whose number changed: the recipient's own, or a child's or spouse's */
  person: personShape,
  changedOn: dayShape,
  cause: z.enum(Object.keys(CAUSES) as [Cause, ...Cause[]]),
});

type Content = z.infer<typeof contentShape>;

const NOT_HERE =
  "個人番号そのものは、この届出の記録には入りません。新しい番号は、番号を扱う権限のある職員が番号の保管庫に登録します。";

export const numberChange: Procedure<Content> = {
  code: "numberChange",
  name: "個人番号変更届",
  form: null,
  rule: "市の様式（番号利用法16条・施行規則1条の4）",
  shape: contentShape,
  subjectOf: ({ claimant, person }) => ({
    claimant,
    recipientKind: "individual",
    recipientId: null,
    children: person === claimant ? [] : [person],
  }),
  documents: () => [
    {
      code: "numberCard",
      name: "個人番号が確認できる書類の提示",
      why: "番号の変更を確かめるため（写しは残さない）",
      waivable: true,
    },
  ],
  dueDate: () => null,
  propose: async (client, _context, filing) => {
    const { person, changedOn, cause } = filing.content;
    const unknown = (await personOf(client, person)) === undefined;
    const future = changedOn > filing.judgedOn;
    return proposalOf({
      outcome: "acknowledge",
      reasons: [`個人番号が変わったことを記録します。${NOT_HERE}`],
      differences: [
        ...(unknown ? [stop("person", "この宛名番号の人は、住民基本台帳の連携にありません。")] : []),
        ...(future ? [stop("changedOn", "番号が変わった日が、審査の日より後です。")] : []),
        note("number", NOT_HERE),
      ],
      effects: [recordEffect("numberChange", `個人番号の変更の記録（${CAUSES[cause]}）`, { after: changedOn })],
    });
  },
  apply: async (client, _context, filing, _proposal, deciders) => {
    const { person, changedOn, cause } = filing.content;
    await insert(client, "number_change_report", {
      filing_id: storedId(filing),
      addressee_number: person,
      changed_on: changedOn,
      cause,
      ...people(deciders),
    });
    return { recipients: [], decisions: [], detail: { message: NOT_HERE } };
  },
  undo: (_client, _context, { content }) =>
    Promise.resolve(
      recordTakenBack("numberChange", "個人番号の変更の記録", {
        before: content.changedOn,
        after: "なし",
        differences: [note("number", `番号の保管庫は、ここでは変わりません。${NOT_HERE}`)],
      }),
    ),
};
