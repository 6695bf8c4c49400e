/** 事務の通知: F9 差止・解除, F11 返戻・保留, F16 受給証明, F17 照会・連絡, F22 宛名票, 受理の通知. */
import { certificationNumberText, employeeClassName } from "../../inquiry/names.ts";
import type { Block } from "../content/letter.ts";
import { listOf, numberOf, type SourceRow, textOf, textsOf } from "../content/source-row.ts";
import { type Composed, defineForm } from "./form.ts";
import { dayOf, inWareki, monthOfText, text } from "./parts.ts";

const numberText = (source: SourceRow): string =>
  source.recipientId === null ? "―" : certificationNumberText(source.recipientId);

const numbersOf = (source: SourceRow, key: string): readonly number[] =>
  textsOf(source.facts, key).map(Number).filter(Number.isSafeInteger);

const child = {
  childName: { kind: "personal", label: "児童の氏名", item: "name", of: "児童" },
  childBirthDate: { kind: "personal", label: "児童の生年月日", item: "birthDate", of: "児童" },
} as const;

export const hold = defineForm({
  code: "hold",
  number: "F9",
  edition: "2026-11",
  title: "児童手当支払差止通知書",
  institutionTitle: "児童手当支払差止通知書（施設等受給者用）",
  matter: "delegated",
  purpose: "decision",
  fields: {
    childName: child.childName,
    certificationNumber: { kind: "plain", label: "認定番号" },
    fromMonth: { kind: "plain", label: "差止めの月分" },
    cause: { kind: "plain", label: "理由" },
  },
  compose: (f, source): Composed => {
    const { facts } = source;
    const released = textOf(facts, "released") === "yes";
    const part = numberOf(facts, "child");
    const rows: readonly (readonly [string, string])[] = [
      ["認定番号", f.plain("certificationNumber", numberText(source))],
      ["差止めの月分", f.plain("fromMonth", `${monthOfText(textOf(facts, "fromMonth"))}分から`)],
      ...(part === null ? [] : ([["差止めの範囲", `児童（${f.person("childName", part)}）の分`]] as const)),
    ];
    const cause = f.plain("cause", inWareki(textOf(facts, "cause")));
    if (released) {
      return {
        title: "児童手当支払差止解除通知書",
        matter: "none",
        blocks: [
          text(
            "児童手当の支払の差止めを、次のとおり解除しましたので通知します。差し止めていた月分は、次の支払でまとめて支払います。",
          ),
          { kind: "facts", rows: [...rows, ["解除の理由", cause]] },
        ],
      };
    }
    return {
      blocks: [
        text("児童手当法11条により、児童手当の支払を次のとおり一時差し止めますので通知します。"),
        { kind: "facts", rows },
        { kind: "list", title: "差止めの理由", items: [cause] },
        text(
          "理由がなくなったときは差止めを解除し、差し止めていた月分をまとめて支払います。ただし、2年を過ぎた月分は時効により支払えません（児童手当法23条）。",
        ),
      ],
    };
  },
});

export const documents = defineForm({
  code: "documents",
  number: "F11",
  edition: "2026-11",
  title: "関係書類返戻通知書",
  institutionTitle: "関係書類返戻通知書（施設等受給者用）",
  matter: "none",
  purpose: "decision",
  fields: {
    reception: { kind: "plain", label: "受付番号" },
    procedure: { kind: "plain", label: "手続の名前" },
    receivedOn: { kind: "plain", label: "受付年月日" },
    missing: { kind: "plain", label: "足りない書類" },
    reason: { kind: "plain", label: "理由" },
    dueOn: { kind: "plain", label: "提出期限" },
  },
  compose: (f, source): Composed => {
    const { facts } = source;
    const held = textOf(facts, "kind") === "held";
    const missing = textsOf(facts, "documents").map((each) => f.plain("missing", each));
    return {
      ...(held ? { title: "関係書類保留通知書" } : {}),
      blocks: [
        text(
          held
            ? "提出された書類の審査を、次の理由により保留しています。期限までに書類を提出してください。請求の日は、初めの受付の日のままです。"
            : "提出された書類に足りないところがありましたので、お返しします。直して期限までに提出してください。請求の日は、初めの受付の日のままです。",
        ),
        {
          kind: "facts",
          rows: [
            ["受付番号", f.plain("reception", textOf(facts, "reception"))],
            ["手続", f.plain("procedure", textOf(facts, "procedure"))],
            ["受付年月日", f.plain("receivedOn", dayOf(textOf(facts, "receivedOn")))],
            ["提出期限", f.plain("dueOn", dayOf(textOf(facts, "dueOn")))],
            ["理由", f.plain("reason", inWareki(textOf(facts, "reason")))],
          ],
        },
        ...(missing.length === 0 ? [] : [{ kind: "list" as const, title: "提出していただく書類", items: missing }]),
      ],
    };
  },
});

export const certificate = defineForm({
  code: "certificate",
  number: "F16",
  edition: "2026-11",
  title: "児童手当受給証明書",
  institutionTitle: "児童手当受給証明書（施設等受給者用）",
  matter: "none",
  purpose: "decision",
  fields: {
    childName: child.childName,
    certificationNumber: { kind: "plain", label: "認定番号" },
    recipientName: { kind: "personal", label: "受給者の氏名", item: "name", of: "宛名の人" },
    recipientAddress: { kind: "personal", label: "受給者の住所", item: "address", of: "宛名の人" },
    period: { kind: "plain", label: "証明する期間" },
    month: { kind: "plain", label: "月分" },
    state: { kind: "plain", label: "支払の状況" },
    monthAmount: { kind: "amount", label: "月分の額" },
    total: { kind: "amount", label: "合計" },
  },
  compose: (f, source): Composed => {
    const { facts, addressee } = source;
    const months = listOf(facts, "months");
    const total = months.reduce((sum, each) => sum + (numberOf(each, "amount") ?? 0), 0);
    const sum = f.amount("total", total, "証明する期間の月分の合計");
    return {
      amount: total,
      blocks: [
        text("次のとおり児童手当を支給していることを証明します。"),
        {
          kind: "facts",
          rows: [
            ["認定番号", f.plain("certificationNumber", numberText(source))],
            ["受給者の氏名", f.person("recipientName", addressee ?? 0)],
            ["受給者の住所", f.person("recipientAddress", addressee ?? 0)],
            [
              "証明する期間",
              f.plain("period", `${monthOfText(textOf(facts, "from"))}分から${monthOfText(textOf(facts, "to"))}分まで`),
            ],
            [
              "対象の児童",
              numbersOf(source, "children")
                .map((number) => f.person("childName", number))
                .join("、"),
            ],
          ],
        },
        {
          kind: "table",
          title: "支給の状況",
          columns: [
            { title: "月分", width: 44, align: "left" },
            { title: "児童数", width: 24, align: "right" },
            { title: "支払の状況", width: 62, align: "left" },
            { title: "金額", width: 40, align: "right" },
          ],
          rows: months.map((each) => {
            const children = numberOf(each, "children") ?? 0;
            const part = f.amount("monthAmount", numberOf(each, "amount") ?? 0, `児童${children}人の月額の合計`);
            const paid = textOf(each, "paidOn");
            return [
              f.plain("month", `${monthOfText(textOf(each, "month"))}分`),
              `${children}人`,
              f.plain("state", paid === "" ? "支払の前" : `${dayOf(paid)}支払`),
              part.text,
            ];
          }),
          foot: ["合計", "", "", sum.text],
        },
      ],
    };
  },
});

const office = {
  personName: { kind: "personal", label: "対象の人の氏名", item: "name", of: "対象の人" },
  personBirthDate: { kind: "personal", label: "対象の人の生年月日", item: "birthDate", of: "対象の人" },
  name: { kind: "plain", label: "手続が知らせる氏名" },
  subject: { kind: "plain", label: "照会・連絡の事項" },
  basis: { kind: "plain", label: "根拠" },
  dueOn: { kind: "plain", label: "回答の期限" },
  month: { kind: "plain", label: "年月" },
} as const;

export const inquiry = defineForm({
  code: "inquiry",
  number: "F17",
  edition: "2026-11",
  title: "児童手当の受給資格の確認について（照会）",
  institutionTitle: "児童手当の受給資格の確認について（照会）",
  matter: "none",
  purpose: "decision",
  fields: office,
  compose: (f, source): Composed => {
    const { facts } = source;
    const what = textOf(facts, "what");
    const person = numberOf(facts, "person");
    const who: readonly (readonly [string, string])[] =
      person === null
        ? [["対象の人", f.plain("name", textOf(facts, "personName"))]]
        : [
            ["対象の人", f.person("personName", person)],
            ["生年月日", f.person("personBirthDate", person)],
          ];
    const due = textOf(facts, "dueOn");
    if (what === "informMunicipality" || what === "informEmployer") {
      const last = textOf(facts, "lastMonth");
      const from = textOf(facts, "from");
      return {
        title:
          what === "informEmployer"
            ? "児童手当の受給資格について（所属庁への連絡）"
            : "児童手当の受給資格について（連絡）",
        blocks: [
          text(
            "次の人の児童手当の受給資格について連絡します。重ねて支給することのないよう、支給の終わりと始めの月を確かめてください（児童手当法8条・17条）。",
          ),
          {
            kind: "facts",
            rows: [
              ...who,
              ...(last === ""
                ? []
                : ([["支給していただく最後の月分", f.plain("month", `${monthOfText(last)}分`)]] as const)),
              ...(from === "" ? [] : ([["公務員になった日", f.plain("month", dayOf(from))]] as const)),
            ],
          },
        ],
      };
    }
    const answers: Block = {
      kind: "write",
      title: "回答（この紙に書いて返送してください）",
      rows: [
        ["支給の有無", "支給している・支給していた・支給していない"],
        ["支給の終わりの月分", "令和　　年　　月分"],
        ["回答した日・担当", ""],
      ],
    };
    return {
      blocks: [
        text("次の人の児童手当の事務のため、次の事項を回答してください（児童手当法28条）。"),
        {
          kind: "facts",
          rows: [
            ...who,
            ["照会の事項", f.plain("subject", textOf(facts, "items") || "児童手当の支給の有無と、支給した最後の月分")],
            ["根拠", f.plain("basis", textOf(facts, "basis") === "article27" ? "児童手当法27条" : "児童手当法28条")],
            ...(due === "" ? [] : ([["回答の期限", f.plain("dueOn", dayOf(due))]] as const)),
          ],
        },
        answers,
      ],
    };
  },
});

export const cover = defineForm({
  code: "cover",
  number: "F22",
  edition: "2026-11",
  title: "書類の送付について",
  institutionTitle: "書類の送付について",
  matter: "none",
  purpose: "guide",
  fields: {
    enclosure: { kind: "plain", label: "同封の書類" },
    note: { kind: "plain", label: "添え書き" },
  },
  compose: (f, source): Composed => {
    const note = textOf(source.facts, "note");
    return {
      blocks: [
        text("次の書類をお送りします。お確かめください。"),
        {
          kind: "list",
          title: "同封の書類",
          items: textsOf(source.facts, "enclosures").map((each) => f.plain("enclosure", each)),
        },
        ...(note === "" ? [] : [text(f.plain("note", note))]),
      ],
    };
  },
});

export const caseReport = defineForm({
  code: "caseReport",
  number: "F0",
  edition: "2026-11",
  title: "届出の受理について",
  institutionTitle: "届出の受理について",
  matter: "none",
  purpose: "decision",
  fields: {
    childName: child.childName,
    what: { kind: "plain", label: "受理した届出・記録した事項" },
    on: { kind: "plain", label: "年月日" },
    until: { kind: "plain", label: "有効な期間" },
  },
  compose: (f, source): Composed => {
    const { facts } = source;
    if (textOf(facts, "what") === "employeeClassChanged") {
      const from = textOf(facts, "countsFrom");
      return {
        title: "被用者区分の変更について",
        blocks: [
          text("届出により、次のとおり記録しました。手当の額は変わりません。"),
          {
            kind: "facts",
            rows: [
              ["区分", f.plain("what", employeeClassName(textOf(facts, "employeeClass")))],
              ["変わった日", f.plain("on", dayOf(textOf(facts, "on")))],
              ...(from === ""
                ? []
                : ([["費用の負担の区分が変わる月", f.plain("until", `${monthOfText(from)}分から`)]] as const)),
            ],
          },
        ],
      };
    }
    const expires = textsOf(facts, "expiresOn");
    return {
      title: "父母指定者指定届の受理について",
      blocks: [
        text("父母指定者の指定の届出を受理しました（児童手当法4条1項2号、施行規則1条の3）。"),
        {
          kind: "facts",
          rows: [
            ["受理した日", f.plain("on", dayOf(textOf(facts, "receivedOn")))],
            ...numbersOf(source, "children").map(
              (number, index) =>
                [
                  `児童（${f.person("childName", number)}）`,
                  f.plain("until", `${dayOf(expires[index] ?? "")}まで有効`),
                ] as const,
            ),
          ],
        },
        text("手当を受けるには、指定を受けた人の認定の請求が別に必要です。"),
      ],
    };
  },
});
