/** 過払の通知: F12 返納 (納入・督促・催告・分納), F13 内払調整. What is owed comes from the claims that the ledger found. */
import { certificationNumberText } from "../../inquiry/names.ts";
import type { Block } from "../content/letter.ts";
import { listOf, numberOf, type SourceRow, textOf } from "../content/source-row.ts";
import { type Composed, defineForm } from "./form.ts";
import { dayOf, inWareki, monthOfText, text } from "./parts.ts";

const children = {
  childName: { kind: "personal", label: "児童の氏名", item: "name", of: "児童" },
  certificationNumber: { kind: "plain", label: "認定番号" },
} as const;

const numberText = (source: SourceRow): string =>
  source.recipientId === null ? "―" : certificationNumberText(source.recipientId);

/** 返納: what was paid too much, child by child and month by month, and why it has to come back. */
export const repayment = defineForm({
  code: "repayment",
  number: "F12",
  edition: "2026-11",
  title: "児童手当過払金返納通知書",
  institutionTitle: "児童手当過払金返納通知書（施設等受給者用）",
  matter: "none",
  purpose: "decision",
  fields: {
    ...children,
    months: { kind: "plain", label: "月分" },
    stage: { kind: "plain", label: "通知の段階（返納・納入・督促・催告・分納）" },
    dueOn: { kind: "plain", label: "納期限" },
    reason: { kind: "plain", label: "理由" },
    amount: { kind: "amount", label: "返していただく額" },
  },
  compose: (f, source): Composed => {
    const { facts } = source;
    const stage = textOf(facts, "stage");
    const titles: Readonly<Record<string, string>> = {
      demand: "児童手当過払金納入通知書",
      reminder: "児童手当過払金督促状",
      call: "児童手当過払金催告書",
      instalments: "児童手当過払金分納計画通知書",
    };
    const items = listOf(facts, "items");
    const rows = items.map((item) => {
      const part = f.amount("amount", numberOf(item, "amount") ?? 0, "支給する事由がない月分として支払われた額");
      return [
        f.person("childName", numberOf(item, "child") ?? 0),
        `${monthOfText(textOf(item, "month"))}分`,
        part.because,
        part.text,
      ];
    });
    const itemised = items.reduce((sum, item) => sum + (numberOf(item, "amount") ?? 0), 0);
    const total = numberOf(facts, "amount") ?? itemised;
    const all = f.amount("amount", total, "返していただく額の合計");
    const due = textOf(facts, "dueOn");
    const table: Block = {
      kind: "table",
      title: "内訳",
      columns: [
        { title: "児童の氏名", width: 44, align: "left" },
        { title: "月分", width: 34, align: "left" },
        { title: "金額のわけ", width: 64, align: "left" },
        { title: "金額", width: 28, align: "right" },
      ],
      rows,
      foot: ["合計", "", "", all.text],
    };
    const reason = textOf(facts, "reason");
    return {
      ...(titles[stage] === undefined ? {} : { title: titles[stage] }),
      ...(textOf(facts, "legalBasis") === "article14" ? { matter: "delegated" as const } : {}),
      amount: total,
      blocks: [
        text(
          stage === "reminder" || stage === "call"
            ? "先に通知した過払金が、納期限までに納められていません。次のとおり納めてください。"
            : "お支払いした児童手当のうち、次の額は支給する事由のない月分でしたので、返していただきます（民法703条、児童手当法13条・14条）。",
        ),
        {
          kind: "facts",
          rows: [
            ["認定番号", f.plain("certificationNumber", numberText(source))],
            ["返していただく額", all.text],
            ...(due === "" ? [] : ([["納期限", f.plain("dueOn", dayOf(due))]] as const)),
            ...(reason === "" ? [] : ([["理由", f.plain("reason", inWareki(reason))]] as const)),
            ...(stage === "" ? [] : ([["通知の種類", f.plain("stage", titles[stage] ?? "返納通知")]] as const)),
          ],
        },
        ...(rows.length === 0 ? [] : [table]),
        text(
          "これからの支払から差し引く方法（内払）や分割で納める方法もあります。納めることが難しいときは、お問い合わせください。",
        ),
      ],
    };
  },
});

/** 内払調整: the plan when it is decided, and each payment that is lessened by it once the run is fixed. */
export const advanceOffset = defineForm({
  code: "advanceOffset",
  number: "F13",
  edition: "2026-11",
  title: "児童手当内払調整通知書",
  institutionTitle: "児童手当内払調整通知書（施設等受給者用）",
  matter: "delegated",
  purpose: "decision",
  fields: {
    certificationNumber: { kind: "plain", label: "認定番号" },
    payOn: { kind: "plain", label: "支払日・支払期月" },
    reason: { kind: "plain", label: "理由" },
    overpaid: { kind: "amount", label: "過払の額" },
    offset: { kind: "amount", label: "差し引く額" },
    keep: { kind: "amount", label: "差し引いた後に支払う額の下限" },
    left: { kind: "amount", label: "残りの額" },
  },
  compose: (f, source): Composed => {
    const { facts } = source;
    const number = ["認定番号", f.plain("certificationNumber", numberText(source))] as const;
    const overpaid = numberOf(facts, "overpaid");
    const owed =
      overpaid === null
        ? []
        : ([
            [
              "過払の残り",
              f.amount("overpaid", overpaid, "支給する事由のない月分の合計から、返された額を引いた額").text,
            ],
          ] as const);
    const perPayment = numberOf(facts, "perPayment");
    if (perPayment !== null) {
      const most = f.amount("offset", perPayment, "1回の支払から差し引く額の上限（児童手当法13条）");
      const keep = numberOf(facts, "keep") ?? 0;
      return {
        amount: overpaid ?? 0,
        blocks: [
          text(
            "支払済みの児童手当のうち過払の額を、児童手当法13条により、次のとおりこれからの支払の内払とみなして調整することに決めましたので通知します。",
          ),
          {
            kind: "facts",
            rows: [
              number,
              ...owed,
              ["1回に差し引く額", `${most.text}まで（${most.because}）`],
              ...(keep === 0
                ? []
                : ([
                    [
                      "必ず支払う額",
                      `${f.amount("keep", keep, "差し引いた後に残す額").text}以上を、各回にお支払いします`,
                    ],
                  ] as const)),
              ["初めに調整する支払", f.plain("payOn", `${monthOfText(textOf(facts, "fromPayment"))}の支払期`)],
              ["理由", f.plain("reason", inWareki(textOf(facts, "reason")))],
            ],
          },
          text("実際に差し引いた額と残りの額は、支払のたびにお知らせします。過払の額がなくなったところで終わります。"),
        ],
      };
    }
    const offset = numberOf(facts, "offset") ?? numberOf(facts, "amount") ?? 0;
    const left = numberOf(facts, "left");
    const because = "支給すべきでない額の支払を、その後に支払うべき手当の内払とみなす額（児童手当法13条）";
    const taken = f.amount("offset", offset, because);
    return {
      title: "児童手当内払調整実施通知書",
      matter: "none",
      amount: offset,
      blocks: [
        text(
          "支払済みの児童手当のうち過払の額を、児童手当法13条により、次のとおり支払の内払とみなして調整しましたので通知します。",
        ),
        {
          kind: "facts",
          rows: [
            number,
            ["調整する支払", f.plain("payOn", dayOf(textOf(facts, "payOn") || textOf(facts, "on")))],
            ["今回差し引く額", `${taken.text}（${taken.because}）`],
            ...(left === null
              ? []
              : ([["残りの額", f.amount("left", left, "過払の額から調整した額を引いた額").text]] as const)),
          ],
        },
      ],
    };
  },
});
