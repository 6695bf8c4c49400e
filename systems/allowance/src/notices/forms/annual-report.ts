/** 現況届 (F7) and its reminder (F8). */
import { certificationNumberText } from "../../inquiry/names.ts";
import { type SourceRow, textOf, textsOf } from "../content/source-row.ts";
import { type Composed, defineForm } from "./form.ts";
import { dayOf, fiscalYearText, inWareki, monthOfText, text, toWrite } from "./parts.ts";

const numberText = (source: SourceRow): string =>
  source.recipientId === null ? "―" : certificationNumberText(source.recipientId);

const numbersOf = (source: SourceRow, key: string): readonly number[] =>
  textsOf(source.facts, key).map(Number).filter(Number.isSafeInteger);

const child = {
  childName: { kind: "personal", label: "児童の氏名", item: "name", of: "児童" },
  childBirthDate: { kind: "personal", label: "児童の生年月日", item: "birthDate", of: "児童" },
  // The gate decides: a separated child's address is written by the recipient, or printed where the city's setting allows (I-3).
  childAddress: { kind: "personal", label: "児童の住所", item: "address", of: "児童" },
} as const;

export const annualReport = defineForm({
  code: "annualReport",
  number: "F7",
  edition: "2026-11",
  title: "児童手当現況届",
  institutionTitle: "児童手当現況届（施設等受給者用）",
  matter: "none",
  purpose: "guide",
  childrenOnly: true,
  fields: {
    ...child,
    certificationNumber: { kind: "plain", label: "認定番号" },
    year: { kind: "plain", label: "現況の年度" },
    dueOn: { kind: "plain", label: "提出期限" },
    why: { kind: "plain", label: "提出が必要な理由" },
    recipientName: { kind: "personal", label: "受給者の氏名", item: "name", of: "宛名の人" },
    recipientBirthDate: { kind: "personal", label: "受給者の生年月日", item: "birthDate", of: "宛名の人" },
    recipientAddress: { kind: "personal", label: "受給者の住所", item: "address", of: "宛名の人" },
    paper: { kind: "plain", label: "いっしょに提出する書類" },
    returnCode: { kind: "plain", label: "返送の受付コード" },
  },
  compose: (f, source, { version }): Composed => {
    const { facts, addressee } = source;
    const own = addressee ?? 0;
    const institution = version === "institution";
    const code = textOf(facts, "code");
    const reasons = textsOf(facts, "reasons");
    const papers = textsOf(facts, "papers").map((each) => f.plain("paper", each));
    const rows = numbersOf(source, "children").map((number) => [
      f.person("childName", number),
      f.person("childBirthDate", number),
      ...(institution ? [] : ["同居・別居", toWrite(f.person("childAddress", number))]),
    ]);
    return {
      blocks: [
        text(
          `${f.plain("year", fiscalYearText(textOf(facts, "year")))}の児童手当の現況届です。6月1日の状況を確かめ、違うところを直し、空いているところに書いて、提出してください（児童手当法26条、施行規則4条）。提出がないと、8月分からの手当の支払を差し止めることがあります（児童手当法11条）。`,
        ),
        {
          kind: "facts",
          rows: [
            ["認定番号", f.plain("certificationNumber", numberText(source))],
            ["提出期限", f.plain("dueOn", dayOf(textOf(facts, "dueOn")))],
            [institution ? "施設等の名称" : "氏名", f.person("recipientName", own)],
            ...(institution ? [] : ([["生年月日", f.person("recipientBirthDate", own)]] as const)),
            [institution ? "所在地" : "住所", f.person("recipientAddress", own)],
          ],
        },
        ...(reasons.length === 0
          ? []
          : [
              {
                kind: "list" as const,
                title: "提出をお願いする理由",
                items: reasons.map((each) => f.plain("why", inWareki(each))),
              },
            ]),
        {
          kind: "table",
          title: institution ? "施設等に入所・委託されている児童" : "児童と、算定の対象になる兄姉等",
          columns: institution
            ? [
                { title: "氏名", width: 100, align: "left" },
                { title: "生年月日", width: 70, align: "left" },
              ]
            : [
                { title: "氏名", width: 44, align: "left" },
                { title: "生年月日", width: 36, align: "left" },
                { title: "同居・別居", width: 26, align: "left" },
                { title: "別居のときの住所（書いてください）", width: 64, align: "left" },
              ],
          rows,
          foot: null,
        },
        {
          kind: "write",
          title: "受給者が書くところ",
          rows: [
            ...(institution
              ? ([["設置者・里親等の氏名", ""]] as const)
              : ([
                  ["加入している年金", "厚生年金・国民年金・その他（　　　　）"],
                  ["配偶者", "あり・なし　氏名"],
                ] as const)),
            ["電話番号", ""],
            ["記入した日", "令和　　年　　月　　日"],
          ],
        },
        ...(papers.length === 0 ? [] : [{ kind: "list" as const, title: "いっしょに提出する書類", items: papers }]),
        ...(code === ""
          ? []
          : [{ kind: "code" as const, code: f.plain("returnCode", code), caption: "受付コード（市で読み取ります）" }]),
      ],
    };
  },
});

export const annualReportReminder = defineForm({
  code: "annualReportReminder",
  number: "F8",
  edition: "2026-11",
  title: "児童手当現況届の提出について（督促）",
  institutionTitle: "児童手当現況届の提出について（督促・施設等受給者用）",
  matter: "none",
  purpose: "guide",
  childrenOnly: true,
  fields: {
    certificationNumber: { kind: "plain", label: "認定番号" },
    year: { kind: "plain", label: "現況の年度" },
    dueOn: { kind: "plain", label: "提出期限" },
    fromMonth: { kind: "plain", label: "差止めになる月分" },
  },
  compose: (f, source): Composed => {
    const { facts } = source;
    const from = textOf(facts, "fromMonth");
    return {
      blocks: [
        text(
          `${f.plain("year", fiscalYearText(textOf(facts, "year")))}の現況届が、まだ提出されていません（児童手当法26条）。期限までに提出してください。`,
        ),
        {
          kind: "facts",
          rows: [
            ["認定番号", f.plain("certificationNumber", numberText(source))],
            ["提出期限", f.plain("dueOn", dayOf(textOf(facts, "dueOn")))],
            ...(from === ""
              ? []
              : ([
                  [
                    "差止め",
                    f.plain(
                      "fromMonth",
                      `提出がないときは、${monthOfText(from)}分からの支払を差し止めます（児童手当法11条）`,
                    ),
                  ],
                ] as const)),
          ],
        },
        text(
          "提出のないまま2年が過ぎると、時効により手当を受け取れなくなります（児童手当法23条）。行き違いのときはご容赦ください。",
        ),
      ],
    };
  },
});
