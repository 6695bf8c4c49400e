/** 決定の通知 (施行規則10条): F1 認定, F2 認定請求却下, F3 額改定, F4 額改定請求却下, F5 支給事由消滅, F20 処分取消, F21 職権（支給制限を含む）. */
import { causeName, decisionName } from "../../inquiry/labels.ts";
import { certificationNumberText } from "../../inquiry/names.ts";
import type { Fields } from "../content/fields.ts";
import type { Block } from "../content/letter.ts";
import { listOf, numberOf, type SourceRow, textOf, textsOf } from "../content/source-row.ts";
import { type ComposeAbout, type Composed, defineForm } from "./form.ts";
import {
  amountsOf,
  childAmounts,
  childrenTable,
  dayOf,
  inWareki,
  monthOfText,
  previousMonth,
  text,
  yen,
} from "./parts.ts";
import { restrictionLetter } from "./restriction.ts";

const AMOUNT_FIELDS = {
  certificationNumber: { kind: "plain", label: "認定番号" },
  month: { kind: "plain", label: "年月" },
  cause: { kind: "plain", label: "事由" },
  claimedOn: { kind: "plain", label: "請求年月日" },
  reason: { kind: "plain", label: "理由" },
  childAmount: { kind: "amount", label: "児童ごとの月額" },
  total: { kind: "amount", label: "月額の合計" },
  before: { kind: "amount", label: "改定前の月額" },
  childName: { kind: "personal", label: "児童の氏名", item: "name", of: "児童" },
  childBirthDate: { kind: "personal", label: "児童の生年月日", item: "birthDate", of: "児童" },
} as const;

type DecisionFields = Fields<typeof AMOUNT_FIELDS>;

/** The children of a month with their amounts, and the sum. */
function monthTable(
  f: DecisionFields,
  source: SourceRow,
  about: ComposeAbout,
  title: string,
  month: string,
): { readonly block: Block | null; readonly total: number } {
  const amounts = amountsOf(source, about, month);
  const children = childAmounts(amounts);
  const total = children.reduce((sum, { amount }) => sum + amount, 0);
  if (children.length === 0) return { block: null, total };
  const rows = children.map(
    ({ child, amount, because }) =>
      [
        f.person("childName", child),
        f.person("childBirthDate", child),
        f.amount("childAmount", amount, because),
      ] as const,
  );
  const sum = f.amount("total", total, "児童ごとの月額の合計（児童手当法6条1項）");
  return { block: childrenTable(title, rows, sum.text), total };
}

const blocksOf = (...blocks: readonly (Block | null)[]): readonly Block[] =>
  blocks.filter((block): block is Block => block !== null);

const PAYING =
  "手当は、2月・4月・6月・8月・10月・12月に、その前月までの分を支払います（児童手当法8条4項）。支払のつど、支払通知書でお知らせします。";
const DUTIES =
  "氏名・住所・振込先の口座・世帯や児童の状況が変わったとき、公務員になったとき、児童を養育しなくなったときは、すみやかに届け出てください（児童手当法26条）。届出が遅れると、お支払いした手当を返していただくことがあります。";

const numberRow = (f: DecisionFields, source: SourceRow): readonly [string, string] => [
  "認定番号",
  f.plain("certificationNumber", source.recipientId === null ? "―" : certificationNumberText(source.recipientId)),
];

export const certification = defineForm({
  code: "certification",
  number: "F1",
  edition: "2026-11",
  title: "児童手当認定通知書",
  institutionTitle: "児童手当認定通知書（施設等受給者用）",
  matter: "delegated",
  purpose: "decision",
  fields: AMOUNT_FIELDS,
  compose: (f, source, about): Composed => {
    const { facts } = source;
    const month = textOf(facts, "month");
    const { block, total } = monthTable(f, source, about, `${monthOfText(month)}分の手当の月額`, month);
    return {
      amount: total,
      blocks: blocksOf(
        text("あなたの児童手当の認定の請求について、次のとおり受給資格及び手当の額を認定しましたので通知します。"),
        {
          kind: "facts",
          rows: [
            numberRow(f, source),
            ["請求年月日", f.plain("claimedOn", dayOf(textOf(facts, "claimedOn")))],
            ["支給開始年月", f.plain("month", `${monthOfText(month)}分から`)],
            ["事由", f.plain("cause", causeName(textOf(facts, "cause")))],
          ],
        },
        block,
        text(PAYING),
        text(about.version === "institution" ? DUTIES.replace("世帯や児童", "施設や児童") : DUTIES),
      ),
    };
  },
});

function refusal(f: DecisionFields, source: SourceRow, what: string): Composed {
  const { facts } = source;
  const reasons = textsOf(facts, "reasons").map((each) => f.plain("reason", inWareki(each)));
  return {
    blocks: [
      text(`あなたの${what}について、次の理由により却下しましたので通知します。`),
      {
        kind: "facts",
        rows: [
          ["請求年月日", f.plain("claimedOn", dayOf(textOf(facts, "claimedOn")))],
          ["請求の事由", f.plain("cause", causeName(textOf(facts, "cause")))],
        ],
      },
      {
        kind: "list",
        title: "却下の理由",
        items: reasons.length === 0 ? ["児童手当法4条に定める支給要件に当たりません。"] : reasons,
      },
    ],
  };
}

export const claimRefused = defineForm({
  code: "claimRefused",
  number: "F2",
  edition: "2026-11",
  title: "児童手当認定請求却下通知書",
  institutionTitle: "児童手当認定請求却下通知書（施設等受給者用）",
  matter: "delegated",
  purpose: "decision",
  fields: AMOUNT_FIELDS,
  compose: (f, source) => refusal(f, source, "児童手当の認定の請求"),
});

export const revisionRefused = defineForm({
  code: "revisionRefused",
  number: "F4",
  edition: "2026-11",
  title: "児童手当額改定請求却下通知書",
  institutionTitle: "児童手当額改定請求却下通知書（施設等受給者用）",
  matter: "delegated",
  purpose: "decision",
  fields: AMOUNT_FIELDS,
  compose: (f, source) => refusal(f, source, "児童手当の額改定の請求"),
});

/** 額改定: before and after, the month from which, why. */
function revised(f: DecisionFields, source: SourceRow, about: ComposeAbout, lead: string): Composed {
  const { facts } = source;
  const month = textOf(facts, "month");
  const before = childAmounts(amountsOf(source, about, previousMonth(month)));
  const beforeTotal = before.reduce((sum, { amount }) => sum + amount, 0);
  const { block, total } = monthTable(f, source, about, "改定後の手当の月額", month);
  const old = f.amount("before", beforeTotal, "改定前の児童ごとの月額の合計");
  const now = f.amount("total", total, "改定後の児童ごとの月額の合計");
  return {
    amount: total,
    blocks: blocksOf(
      text(lead),
      {
        kind: "facts",
        rows: [
          numberRow(f, source),
          ["改定年月", f.plain("month", `${monthOfText(month)}分から`)],
          ["改定の事由", f.plain("cause", causeName(textOf(facts, "cause")))],
          ["改定の種類", total >= beforeTotal ? "増額" : "減額"],
        ],
      },
      {
        kind: "table",
        title: "改定の前と後",
        columns: [
          { title: "", width: 50, align: "left" },
          { title: "月額の合計", width: 40, align: "right" },
          { title: "対象の児童", width: 80, align: "left" },
        ],
        rows: [
          ["改定前", old.text, `${before.length}人`],
          ["改定後", now.text, `${childAmounts(amountsOf(source, about, month)).length}人`],
        ],
        foot: ["差", `${total >= beforeTotal ? "+" : "−"}${yen(Math.abs(total - beforeTotal))}`, ""],
      },
      block,
    ),
  };
}

/** The lapse was decided although the limitation was not complete: the months are paid. */
function lapseCancelled(f: DecisionFields, source: SourceRow): Composed {
  const { facts } = source;
  const total = numberOf(facts, "total") ?? 0;
  const back = f.amount("total", total, "消滅とした月分の合計（児童手当法23条の時効が完成していなかったもの）");
  return {
    title: "児童手当の支払を受ける権利の消滅（時効）の取消しについて",
    matter: "none",
    amount: total,
    blocks: [
      text("先に通知した、時効による権利の消滅を、次のとおり取り消しましたので通知します。"),
      {
        kind: "facts",
        rows: [
          numberRow(f, source),
          [
            "月分",
            f.plain(
              "month",
              `${monthOfText(textOf(facts, "fromMonth"))}分から${monthOfText(textOf(facts, "toMonth"))}分まで`,
            ),
          ],
          ["額", `${back.text}（${back.because}）`],
        ],
      },
      { kind: "list", title: "取消しの理由", items: [f.plain("reason", inWareki(textOf(facts, "reason")))] },
      text("時効が完成していない月分の手当は、次の支払でまとめて支払います。"),
    ],
  };
}

/** 時効 (23条): months that can't be paid any more. */
function lapsed(f: DecisionFields, source: SourceRow): Composed {
  const { facts } = source;
  const total = numberOf(facts, "total") ?? 0;
  const gone = f.amount("total", total, "支払を受ける権利が時効で消滅した月分の合計（児童手当法23条）");
  return {
    title: "児童手当の支払を受ける権利の消滅（時効）について",
    amount: total,
    blocks: [
      text("次の月分の児童手当の支払を受ける権利は、2年間行使されなかったため、時効により消滅しましたので通知します。"),
      {
        kind: "facts",
        rows: [
          numberRow(f, source),
          [
            "月分",
            f.plain(
              "month",
              `${monthOfText(textOf(facts, "fromMonth"))}分から${monthOfText(textOf(facts, "toMonth"))}分まで`,
            ),
          ],
          ["額", `${gone.text}（${gone.because}）`],
          ["支払えなかった理由", f.plain("reason", inWareki(textOf(facts, "reason")))],
        ],
      },
    ],
  };
}

function ended(f: DecisionFields, source: SourceRow, lead: string): Composed {
  const { facts } = source;
  const overpaid = numberOf(facts, "overpaid") ?? 0;
  const over = overpaid > 0 ? f.amount("before", overpaid, "支払済みの月分のうち、消滅の後の月分の額") : null;
  return {
    blocks: blocksOf(
      text(lead),
      {
        kind: "facts",
        rows: [
          numberRow(f, source),
          ["支給終了年月", f.plain("month", `${monthOfText(previousMonth(textOf(facts, "month")))}分まで`)],
          ["消滅の事由", f.plain("cause", causeName(textOf(facts, "cause")))],
          ...(over === null ? [] : ([["返していただく額", `${over.text}（${over.because}）`]] as const)),
        ],
      },
      text("まだお支払いしていない月分があるときは、支払日を支払通知書でお知らせします（児童手当法8条4項ただし書）。"),
    ),
  };
}

export const revision = defineForm({
  code: "revision",
  number: "F3",
  edition: "2026-11",
  title: "児童手当額改定通知書",
  institutionTitle: "児童手当額改定通知書（施設等受給者用）",
  matter: "delegated",
  purpose: "decision",
  fields: AMOUNT_FIELDS,
  compose: (f, source, about) =>
    revised(f, source, about, "あなたの児童手当の額を、請求又は届出により次のとおり改定しましたので通知します。"),
});

export const extinction = defineForm({
  code: "extinction",
  number: "F5",
  edition: "2026-11",
  title: "児童手当支給事由消滅通知書",
  institutionTitle: "児童手当支給事由消滅通知書（施設等受給者用）",
  matter: "delegated",
  purpose: "decision",
  fields: AMOUNT_FIELDS,
  compose: (f, source) => {
    const kind = textOf(source.facts, "kind");
    if (kind === "lapseCancelled") return lapseCancelled(f, source);
    if (kind === "lapse") return lapsed(f, source);
    return ended(f, source, "あなたの児童手当を支給する事由が、次のとおり消滅しましたので通知します。");
  },
});

export const exOfficio = defineForm({
  code: "exOfficio",
  number: "F21",
  edition: "2026-11",
  title: "児童手当額改定・支給事由消滅通知書（職権）",
  institutionTitle: "児童手当額改定・支給事由消滅通知書（職権・施設等受給者用）",
  matter: "delegated",
  purpose: "decision",
  fields: AMOUNT_FIELDS,
  compose: (f, source, about) => {
    if (textOf(source.facts, "kind") === "restriction") return restrictionLetter(f, source, about);
    const by = "届出によらず、公簿等で確かめた事実により職権で";
    if (textOf(source.facts, "kind") === "extinguish") {
      return {
        title: "児童手当支給事由消滅通知書（職権）",
        ...ended(
          f,
          source,
          `あなたの児童手当を支給する事由が消滅したことを、${by}次のとおり決定しましたので通知します。`,
        ),
      };
    }
    return {
      title: "児童手当額改定通知書（職権）",
      ...revised(f, source, about, `あなたの児童手当の額を、${by}次のとおり改定しましたので通知します。`),
    };
  },
});

/** What stands in place of what was taken back. */
function decidedAgain(f: DecisionFields, source: SourceRow): string {
  const { facts } = source;
  const kind = textOf(facts, "kind");
  if (kind === "") return f.plain("cause", `受付番号 ${textOf(facts, "decidedAgain") || "―"}（改めて通知します）`);
  const from = `${monthOfText(textOf(facts, "month"))}分から`;
  return f.plain("cause", `${decisionName(kind)}（${causeName(textOf(facts, "cause"))}）${from}`);
}

/** 処分取消 (誤りの是正): what is taken back and what is decided in its place – never an overwriting of the old one. */
export const cancellation = defineForm({
  code: "cancellation",
  number: "F20",
  edition: "2026-11",
  title: "児童手当支給処分取消通知書",
  institutionTitle: "児童手当支給処分取消通知書（施設等受給者用）",
  matter: "delegated",
  purpose: "decision",
  fields: AMOUNT_FIELDS,
  compose: (f, source, about) => {
    const { facts } = source;
    const month = textOf(facts, "month");
    const old = listOf(facts, "decisions").map(
      (each) =>
        `${decisionName(textOf(each, "kind"))}（${dayOf(textOf(each, "decidedOn"))}決定、${monthOfText(textOf(each, "month"))}分から）`,
    );
    const whole = `受付番号 ${textOf(facts, "reception")}の決定（${dayOf(textOf(facts, "decidedOn"))}）`;
    const { block, total } =
      month === ""
        ? { block: null, total: 0 }
        : monthTable(f, source, about, `再決定による${monthOfText(month)}分の月額`, month);
    const reason = inWareki(textOf(facts, "reason"));
    return {
      ...(block === null ? {} : { amount: total }),
      blocks: blocksOf(
        text("先に通知した次の処分を取り消し、改めて次のとおり決定しましたので通知します。"),
        {
          kind: "facts",
          rows: [
            numberRow(f, source),
            ["取り消す処分", f.plain("claimedOn", old.length === 0 ? whole : old.join("\n"))],
            ...(reason === "" ? [] : ([["取消しの理由", f.plain("reason", reason)]] as const)),
            ["再決定", decidedAgain(f, source)],
          ],
        },
        block,
      ),
    };
  },
});
