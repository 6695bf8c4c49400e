/**
 * 転出: the right ends with the month of 転出予定日, whatever day the move really was; a cancelled move-out restores it (A63). The
 * residents' register carries the move; this records what the office saw, decides, and tells the resident what to do (A64).
 */
import { addMonths, type CivilDate, monthOf } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";
import { z } from "zod";

import type { Difference, Procedure } from "../filings/procedure.ts";
import { look, note, proposalOf, recordEffect, stop } from "./answers.ts";
import { foresee } from "./consequences.ts";
import { invitationAfter, shownDay } from "./invitations.ts";
import type { NewNotice } from "./notices.ts";
import { personOf } from "./people.ts";
import { appliedFacts, recordFacts, type Touched, undoFacts } from "./record-fact.ts";
import { dayShape, personShape } from "./shapes.ts";
import { both, recordTakenBack } from "./take-back.ts";

const contentShape = z.discriminatedUnion("state", [
  z.strictObject({ state: z.literal("planned"), claimant: personShape, plannedOn: dayShape }),
  /** 転入通知 from the new municipality: the day on which the person really moved in there */
  z.strictObject({ state: z.literal("moved"), claimant: personShape, plannedOn: dayShape, movedInOn: dayShape }),
  /** 職権消除 (居住の事実がない): `plannedOn` is the day of the removal */
  z.strictObject({ state: z.literal("removed"), claimant: personShape, plannedOn: dayShape }),
  z.strictObject({ state: z.literal("cancelled"), claimant: personShape, plannedOn: dayShape }),
]);

type Content = z.infer<typeof contentShape>;

const RECORDED = {
  planned: "転出の記録",
  moved: "転出の記録",
  removed: "職権消除の記録",
  cancelled: "転出の取消しの記録",
} as const;

const touchedBy = ({ claimant, plannedOn }: Content): Touched => ({ persons: [claimant], days: [plannedOn] });

async function registerDifferences(client: PoolClient, content: Content): Promise<Difference[]> {
  const person = await personOf(client, content.claimant);
  if (person === undefined) return [stop("person", "この宛名番号の人は、住民基本台帳の連携にありません。")];
  if (content.state === "cancelled") {
    if (person.state === 1) return [];
    return [stop("register", "住民票では、転出の取消しがまだ届いていません。届いてから決裁してください。")];
  }
  const removed = content.state === "removed";
  if (person.state !== (removed ? 9 : 2)) {
    const what = removed ? "職権消除" : "転出";
    return [stop("register", `住民票では、${what}になっていません。${what}の異動が届いてから決裁してください。`)];
  }
  if (person.since !== content.plannedOn) {
    const sides = { filed: content.plannedOn, registered: person.since };
    return [stop("plannedOn", "転出予定日（消除の日）が、住民票と違います。日付を確かめてください。", sides)];
  }
  if (content.state !== "moved" || monthOf(content.movedInOn) === monthOf(content.plannedOn)) return [];
  const text = `転出予定日（${content.plannedOn}）と実際の転入日（${content.movedInOn}）の月が違います。この市は転出予定日の月分まで支給し、新しい市区町村はその翌月分からです。二重にも空白にもならないか、転入先に確かめてください。`;
  return [look("movedInOn", text, { filed: content.movedInOn, registered: content.plannedOn })];
}

/** 転出の案内: the last month here, and by when to claim at the new municipality. */
export type MoveOutGuide = {
  readonly lastMonth: string;
  readonly claimBy: CivilDate | null;
  readonly firstMonthThere: string;
};

export const moveOut: Procedure<Content> = {
  code: "moveOut",
  name: "転出・転出の取消し・職権消除（職権の記録）",
  form: null,
  rule: "児童手当法7条3項・8条2項、施行規則7条・8条",
  shape: contentShape,
  subjectOf: ({ claimant }) => ({ claimant, recipientKind: "individual", recipientId: null, children: [] }),
  documents: () => [],
  dueDate: () => null,
  propose: async (client, context, filing) => {
    const { content, judgedOn } = filing;
    const differences = await registerDifferences(client, content);
    const { claimBy } = await invitationAfter(client, context, content.plannedOn);
    if (content.state === "planned" || content.state === "moved") {
      const text = `転出先では ${shownDay(claimBy)} までに認定請求が要ります（転出予定日の翌日から15日）。この市の支給は ${monthOf(content.plannedOn)} 分までです。`;
      differences.push(note("moveOut.guide", text));
    }
    const foreseen = await foresee(client, context, { ...touchedBy(content), judgedOn });
    return proposalOf({
      outcome: "acknowledge",
      reasons: [
        content.state === "cancelled"
          ? "転出が取り消されたため、消滅の決定を訂正し、受給資格を元に戻します（住所がこの市に続いている。児童手当法7条）。"
          : content.state === "removed"
            ? `${content.plannedOn} に住民票が職権で消除され、この市に住所がなくなったため、その月分までになります（児童手当法4条・8条2項）。`
            : `転出予定日 ${content.plannedOn} の月分までになります（児童手当法8条2項）。`,
      ],
      differences: [...differences, ...foreseen.differences],
      effects: [
        recordEffect("moveOut", RECORDED[content.state], {
          after: content.plannedOn,
        }),
        ...foreseen.effects,
      ],
      basis: { foreseen: foreseen.basis },
    });
  },
  apply: async (client, context, filing, _proposal, deciders) => {
    const { content } = filing;
    const notices: NewNotice[] = [];
    if (content.state === "planned" || content.state === "moved") {
      const { claimBy, firstMonth } = await invitationAfter(client, context, content.plannedOn);
      const guide: MoveOutGuide = { lastMonth: addMonths(firstMonth, -1), claimBy, firstMonthThere: firstMonth };
      notices.push({ kind: "moveOutGuide", to: content.claimant, facts: { ...guide } });
    }
    return appliedFacts(await recordFacts(client, context, filing, deciders, [], touchedBy(content), () => notices));
  },
  undo: async (client, context, filing, result, deciders) => {
    const { content } = filing;
    const facts = await undoFacts(client, context, filing, result, deciders, touchedBy(content));
    const text =
      "住所の異動そのものは住民票によるため、住民票が同じままなら決定も変わりません。転出の取消しは、住民票に届いてから「転出の取消し」で記録してください。";
    const record = recordTakenBack("moveOut", RECORDED[content.state], {
      before: content.plannedOn,
      after: "なし",
      differences: facts.recipients.length === 0 ? [note("moveOut.register", text)] : [],
    });
    return both(record, facts);
  },
};
