/** 支給制限の通知 (児童手当法10条、行政手続法14条の理由の提示): the decision, its end, its cancellation. Printed with the forms of 職権 (F21). */
import { parseMonth } from "@hagukumi/law/contract.ts";

import { type RestrictionCause, restrictionCauseLabels } from "../../restrictions/restrictions.ts";
import { certificationNumberText } from "../../inquiry/names.ts";
import type { Fields } from "../content/fields.ts";
import type { Block } from "../content/letter.ts";
import { numberOf, type SourceRow, textOf } from "../content/source-row.ts";
import type { ComposeAbout, Composed } from "./form.ts";
import { amountsOf, childAmounts, childrenTable, dayOf, inWareki, monthOfText, previousMonth, text } from "./parts.ts";

type RestrictionFields = Fields<{
  readonly certificationNumber: { readonly kind: "plain"; readonly label: string };
  readonly month: { readonly kind: "plain"; readonly label: string };
  readonly cause: { readonly kind: "plain"; readonly label: string };
  readonly claimedOn: { readonly kind: "plain"; readonly label: string };
  readonly reason: { readonly kind: "plain"; readonly label: string };
  readonly childAmount: { readonly kind: "amount"; readonly label: string };
  readonly total: { readonly kind: "amount"; readonly label: string };
  readonly childName: {
    readonly kind: "personal";
    readonly label: string;
    readonly item: "name";
    readonly of: string;
  };
  readonly childBirthDate: {
    readonly kind: "personal";
    readonly label: string;
    readonly item: "birthDate";
    readonly of: string;
  };
}>;

type Row = readonly [string, string];

/** Of whom and of which months it is; a child's name goes through the gate like any other. */
function rowsOf(f: RestrictionFields, source: SourceRow): readonly Row[] {
  const { facts } = source;
  const child = numberOf(facts, "child");
  const number = source.recipientId === null ? "―" : certificationNumberText(source.recipientId);
  const scope = child === null ? "手当の全部" : `手当の一部（児童 ${f.person("childName", child)} の分）`;
  return [
    ["認定番号", f.plain("certificationNumber", number)],
    ["支給しない範囲", scope],
  ];
}

/** What the law gives a month and is not granted, with the reason of each amount. */
function notGranted(f: RestrictionFields, source: SourceRow, about: ComposeAbout): Block | null {
  const { facts } = source;
  const only = numberOf(facts, "child");
  const from = textOf(facts, "fromMonth");
  const children = childAmounts(amountsOf(source, about, from)).filter(({ child }) => only === null || child === only);
  if (parseMonth(from) === undefined || children.length === 0) return null;
  const sum = f.amount(
    "total",
    children.reduce((total, { amount }) => total + amount, 0),
    "支給しない月額の合計（児童手当法10条）",
  );
  const rows = children.map(
    ({ child, amount, because }) =>
      [
        f.person("childName", child),
        f.person("childBirthDate", child),
        f.amount("childAmount", amount, because),
      ] as const,
  );
  return childrenTable(`支給しない手当の月額（${monthOfText(from)}分）`, rows, sum.text);
}

function placed(f: RestrictionFields, source: SourceRow, about: ComposeAbout): Composed {
  const { facts } = source;
  const causes: Readonly<Record<string, string>> = restrictionCauseLabels satisfies Record<RestrictionCause, string>;
  const table = notGranted(f, source, about);
  return {
    title: "児童手当支給制限通知書",
    blocks: [
      text("児童手当法10条により、児童手当を次のとおり支給しないことに決定しましたので通知します。"),
      {
        kind: "facts",
        rows: [
          ...rowsOf(f, source),
          ["支給しない月分", f.plain("month", `${monthOfText(textOf(facts, "fromMonth"))}分から`)],
          [
            "命令・質問",
            f.plain(
              "claimedOn",
              `${dayOf(textOf(facts, "demandedOn"))}付け ${textOf(facts, "document")}（期限 ${dayOf(textOf(facts, "answerDueOn"))}）`,
            ),
          ],
          ["事由", f.plain("cause", causes[textOf(facts, "causeCode")] ?? "児童手当法10条")],
        ],
      },
      { kind: "list", title: "決定の理由", items: [f.plain("reason", inWareki(textOf(facts, "reason")))] },
      ...(table === null ? [] : [table]),
      text(
        "支払の一時差止め（児童手当法11条）とは異なり、支給しないと決定した月分は、あとで命令に従い、または質問に応じても、さかのぼって支給されません。命令に従い、または質問に応じたときは、その月分から先の支給を改めて決定します。",
      ),
    ],
  };
}

function ended(f: RestrictionFields, source: SourceRow): Composed {
  const { facts } = source;
  const from = textOf(facts, "payableFrom");
  return {
    title: "児童手当支給制限終了通知書",
    blocks: [
      text("児童手当法10条による支給の制限を、次のとおり終えることに決定しましたので通知します。"),
      {
        kind: "facts",
        rows: [
          ...rowsOf(f, source),
          [
            "支給しなかった月分",
            f.plain(
              "cause",
              `${monthOfText(textOf(facts, "fromMonth"))}分から${monthOfText(previousMonth(from))}分まで`,
            ),
          ],
          ["ふたたび支給する月分", f.plain("month", `${monthOfText(from)}分から`)],
          ["命令に従った日・質問に応じた日", f.plain("claimedOn", dayOf(textOf(facts, "compliedOn")))],
        ],
      },
      { kind: "list", title: "決定の理由", items: [f.plain("reason", inWareki(textOf(facts, "reason")))] },
      text("支給しなかった月分は、さかのぼって支給されません。"),
    ],
  };
}

function cancelled(f: RestrictionFields, source: SourceRow): Composed {
  const { facts } = source;
  return {
    title: "児童手当支給制限取消通知書",
    matter: "none",
    blocks: [
      text("先に通知した児童手当の支給制限を、次のとおり取り消しましたので通知します。"),
      {
        kind: "facts",
        rows: [
          ...rowsOf(f, source),
          ["取り消す処分", f.plain("claimedOn", `${dayOf(textOf(facts, "decidedOn"))}の支給制限の決定`)],
          ["支給しないとした月分", f.plain("month", `${monthOfText(textOf(facts, "fromMonth"))}分から`)],
        ],
      },
      { kind: "list", title: "取消しの理由", items: [f.plain("reason", inWareki(textOf(facts, "reason")))] },
      text("支給しないとした月分の手当は、次の支払でまとめて支払います。"),
    ],
  };
}

/** The letter of one step of a restriction; `source.facts.step` says which. */
export function restrictionLetter(f: RestrictionFields, source: SourceRow, about: ComposeAbout): Composed {
  const step = textOf(source.facts, "step");
  if (step === "ended") return ended(f, source);
  return step === "cancelled" ? cancelled(f, source) : placed(f, source, about);
}
