/** 文言 of the demonstration city. A real city writes its own; nothing here is a default. */
import type { TextContent, TextKind } from "./text-blocks.ts";
import { DEMO_SEAL } from "./demo-seal.ts";

const WITHIN =
  "この決定があったことを知った日の翌日から起算して3か月以内に（この決定の日の翌日から起算して1年を経過したときを除く。）、";
const LAWSUIT =
  "この決定の取消しの訴えは、{市}を被告として（訴訟において{市}を代表する者は{市長}です。）、この決定があったことを知った日（審査請求をしたときは、その裁決があったことを知った日）の翌日から起算して6か月以内に、裁判所に提起することができます（決定又は裁決の日の翌日から起算して1年を経過したときを除く。）。";

export const demoTexts = {
  "appeal.delegated": {
    title: "不服があるとき（教示）",
    lines: [
      `この決定に不服があるときは、${WITHIN}{知事}に対して審査請求をすることができます（行政不服審査法82条、地方自治法255条の2）。`,
      LAWSUIT,
    ],
  },
  "appeal.own": {
    title: "不服があるとき（教示）",
    lines: [
      `この決定に不服があるときは、${WITHIN}{市長}に対して審査請求をすることができます（行政不服審査法82条、児童手当法29条の2）。`,
      LAWSUIT,
    ],
  },
  "appeal.wardHead": {
    title: "不服があるとき（教示）",
    lines: [
      `この決定に不服があるときは、${WITHIN}{市長}に対して審査請求をすることができます（行政不服審査法82条、地方自治法255条の2）。その裁決に不服があるときは、{知事}に対して再審査請求をすることができます。`,
      LAWSUIT,
    ],
  },
  authority: { city: "架空熊本市", mayor: "架空熊本市長", governor: "架空県知事", wardHeadsDelegated: false },
  sender: { lines: ["〒860-8601 架空熊本市中央区架空町1番1号", "架空熊本市役所 こども支援課（返還先）"] },
  contact: {
    title: "お問い合わせ先",
    lines: ["架空熊本市 こども局 こども支援課 児童手当係", "電話 000-000-0000（開庁日の8時30分から17時15分まで）"],
  },
  issuer: { title: "架空熊本市長", name: "架空　市長", seal: DEMO_SEAL, withSeal: true },
  numbering: { prefix: "架こ支第" },
} as const satisfies { readonly [K in TextKind]?: TextContent<K> };
