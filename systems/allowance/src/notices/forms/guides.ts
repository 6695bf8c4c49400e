/** 案内: F18 年齢到達・確認書, F19 請求の勧奨と転出. They decide nothing, so they carry no 教示, and a death makes them pointless. */
import { causeName } from "../../inquiry/labels.ts";
import { numberOf, textOf } from "../content/source-row.ts";
import { type Composed, defineForm } from "./form.ts";
import { dayOf, inWareki, monthOfText, text, toWrite } from "./parts.ts";

const child = {
  childName: { kind: "personal", label: "子の氏名", item: "name", of: "子" },
  childBirthDate: { kind: "personal", label: "子の生年月日", item: "birthDate", of: "子" },
} as const;

const EVENTS: Readonly<Record<string, { readonly title: string; readonly lead: string }>> = {
  turned18: {
    title: "18歳年度末を迎えるお子さんについて（監護相当・生計費の負担についての確認書のご案内）",
    lead: "次のお子さんは、3月31日で児童手当の対象の年齢を過ぎます。4月からも世話をし、生活費を負担する場合は、確認書を出していただくと、第3子以降の数え方に入ります（児童手当法6条2項2号）。",
  },
  turned22: {
    title: "22歳年度末を迎えるお子さんについて",
    lead: "次のお子さんは、3月31日で第3子以降の数え方の対象の年齢を過ぎます。4月分から手当の額が変わるときは、別に通知します。届出は要りません（施行規則3条）。",
  },
  graduation: {
    title: "卒業予定のお子さんについて（確認書のご案内）",
    lead: "次のお子さんは、届け出られた卒業の時期を迎えます。卒業の後も世話をし、生活費を負担する場合は、新しい確認書を出してください（児童手当法6条2項2号）。",
  },
};

export const milestoneGuide = defineForm({
  code: "milestoneGuide",
  number: "F18",
  edition: "2026-11",
  title: "18歳年度末を迎えるお子さんについて",
  institutionTitle: "年齢到達について（施設等受給者用）",
  matter: "none",
  purpose: "guide",
  fields: {
    ...child,
    month: { kind: "plain", label: "影響のある月分" },
    dueOn: { kind: "plain", label: "確認書の提出期限" },
    returnCode: { kind: "plain", label: "返送の受付コード" },
    without: { kind: "amount", label: "確認書がないときの月額" },
    withPaper: { kind: "amount", label: "確認書を出したときの月額" },
    siblingAddress: { kind: "personal", label: "子の住所", item: "address", of: "子" },
  },
  compose: (f, source): Composed => {
    const { facts } = source;
    const event = EVENTS[textOf(facts, "event")] ?? EVENTS["turned18"];
    const number = numberOf(facts, "child") ?? 0;
    const due = textOf(facts, "dueOn");
    const month = textOf(facts, "fromMonth") || textOf(facts, "month");
    const code = textOf(facts, "code");
    const without = numberOf(facts, "monthlyWithout");
    const withPaper = numberOf(facts, "monthlyWith");
    const amounts: readonly (readonly [string, string])[] =
      without === null || withPaper === null
        ? []
        : [
            f.amount("withPaper", withPaper, "確認書を期限までに出し、この子を数えるとき"),
            f.amount("without", without, "確認書がなく、この子を数えないとき"),
          ].map((each) => ["手当の月額の見込み", `${each.text}（${each.because}）`] as const);
    return {
      title: event?.title ?? "",
      blocks: [
        text(event?.lead ?? ""),
        {
          kind: "facts",
          rows: [
            ["氏名", f.person("childName", number)],
            ["生年月日", f.person("childBirthDate", number)],
            ...(month === "" ? [] : ([["影響のある月分", f.plain("month", `${monthOfText(month)}分から`)]] as const)),
            ...amounts,
            ...(due === ""
              ? []
              : ([
                  ["確認書の提出期限", f.plain("dueOn", `${dayOf(due)}（期限までに出されると、切れ目なく数えます）`)],
                ] as const)),
          ],
        },
        {
          kind: "write",
          title: "確認書（書いて提出してください）",
          rows: [
            ["住所", toWrite(f.person("siblingAddress", number))],
            ["職業等", "学生（学校名　　　　　　卒業予定　　年　　月）・その他"],
            ["日常の世話・保護", "している・していない"],
            ["生活費の負担", "している（学費・家賃・食費・その他）・していない"],
          ],
        },
        ...(code === ""
          ? []
          : [{ kind: "code" as const, code: f.plain("returnCode", code), caption: "受付コード（市で読み取ります）" }]),
      ],
    };
  },
});

export const claimInvitation = defineForm({
  code: "claimInvitation",
  number: "F19",
  edition: "2026-11",
  title: "児童手当の請求のご案内",
  institutionTitle: "児童手当の請求のご案内（施設等受給者用）",
  matter: "none",
  purpose: "guide",
  childrenOnly: true,
  fields: {
    ...child,
    cause: { kind: "plain", label: "案内の事由" },
    on: { kind: "plain", label: "事由の日" },
    claimBy: { kind: "plain", label: "請求の期限" },
    firstMonth: { kind: "plain", label: "期限までの請求で始まる月分" },
  },
  compose: (f, source): Composed => {
    const { facts } = source;
    const by = textOf(facts, "claimBy");
    const claimBy = f.plain(
      "claimBy",
      by === "" ? "事由の日の翌日から15日以内（閉庁日に当たるときは次の開庁日）" : dayOf(by),
    );
    if (textOf(facts, "what") === "moveOutGuide") {
      return {
        title: "転出先での児童手当の請求のご案内",
        blocks: [
          text(
            "転出されると、この市の児童手当は次の月分で終わります。転出先の市区町村で、期限までに認定の請求をしてください（児童手当法8条3項）。期限を過ぎると、受け取れない月分ができることがあります。",
          ),
          {
            kind: "facts",
            rows: [
              ["この市で支給する最後の月分", f.plain("on", `${monthOfText(textOf(facts, "lastMonth"))}分`)],
              ["転出先での請求の期限", claimBy],
              ["転出先で始まる月分", f.plain("firstMonth", `${monthOfText(textOf(facts, "firstMonthThere"))}分`)],
            ],
          },
        ],
      };
    }
    const number = numberOf(facts, "child");
    const cause = textOf(facts, "cause");
    return {
      blocks: [
        text(
          "次の事由により、児童手当の認定（額改定）の請求ができます。期限までに請求してください。期限を過ぎると、請求した月の翌月分からになります（児童手当法8条2項・3項）。",
        ),
        {
          kind: "facts",
          rows: [
            ["事由", f.plain("cause", causeName(cause))],
            ["事由の日", f.plain("on", dayOf(textOf(facts, "on")))],
            ...(number === null ? [] : ([["児童の氏名", f.person("childName", number)]] as const)),
            ["請求の期限", claimBy],
            ["期限までの請求で始まる月分", f.plain("firstMonth", `${monthOfText(textOf(facts, "firstMonth"))}分から`)],
          ],
        },
        ...(facts["unpaidClaim"] === true
          ? [
              text(
                inWareki(
                  "受給者の死亡の月分までの手当で、まだ支払われていないものは、児童が請求できます（未支払児童手当、児童手当法12条）。",
                ),
              ),
            ]
          : []),
      ],
    };
  },
});
