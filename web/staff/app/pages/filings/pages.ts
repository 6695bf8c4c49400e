/** 審査と決裁 */
import type { PageDescriptor } from "../page.ts";

const listHelp = [
  "受付を古い順に示します。期限が近いものと過ぎたものに印が付きます。行政区を選ぶと、その区だけになります。",
  "「開く」を押すと、その手続が処理事由になって開きます。",
] as const;

export const filingPages: readonly PageDescriptor[] = [
  {
    path: "/lists/toExamine",
    title: "審査待ち",
    permission: "claim.examine",
    menu: { group: "work", order: 12 },
    words: ["審査", "しんさ"],
    help: listHelp,
    load: async () => (await import("./WorkListPage.tsx")).ToExaminePage,
  },
  {
    path: "/lists/toApprove",
    title: "決裁待ち",
    permission: "claim.approve",
    menu: { group: "work", order: 14 },
    words: ["決裁", "けっさい"],
    help: listHelp,
    load: async () => (await import("./WorkListPage.tsx")).ToApprovePage,
  },
  {
    path: "/lists/$kind",
    title: "仕事の一覧",
    permission: "case.open",
    words: ["返戻", "保留", "滞留", "仕事"],
    help: [
      "審査待ち・決裁待ち・返戻や保留・仮受付・滞留の受付を、古い順に示します。期限が近いものと過ぎたものに印が付きます。",
      "滞留には、日数（設定 processingDays の draft）を過ぎた同僚の仮受付も出ます。中身は入力した人だけが開けます。",
      "休みなどで続けられない仮受付は「引き継ぐ」で理由を書いて引き取ります。決裁の権限のある人は「引き継がせる」で職員を選びます。もとの人のホームに知らせが出ます。",
      "「開く」を押すと、その手続が処理事由になって開きます。",
    ],
    load: async () => (await import("./WorkListPage.tsx")).WorkListPage,
  },
  {
    path: "/filings/$filingId",
    title: "受付の1件",
    permission: "case.open",
    help: [
      "左に受け付けた内容と書類、右に案と台帳の記載があります。台帳と違うところは「止まる」「要確認」「参考」の印で示します。",
      "「審査する」（Alt+E）で、いまの事実による案を残します。案と違う答えにするときは「案を変える」で理由を書きます。",
      "「警告の確認」にある警告は、1つずつ、進めてよい理由を書いて確認します。確認していない警告があるうちは決裁できません。",
      "「この内容で決裁する」（Alt+A）は、入力・審査をしていない人だけが押せます。見た内容と1文字でも違うと決裁されません。",
    ],
    load: async () => (await import("./FilingPage.tsx")).FilingPage,
  },
  {
    path: "/filings/$filingId/form",
    title: "受付（入力の続き・補正）",
    permission: "claim.receive",
    help: [
      "仮受付は、残したところから続けて入力し、Ctrl+Enter で受け付けます。もう一度 Ctrl+S で残せます。",
      "受け付けたものは、補正の理由を書いて直します。もとの内容は記録に残り、審査はやり直しになります。",
      "手続・請求者・区は変えられません。違うときは取り下げて（破棄して）受け付け直します。",
    ],
    load: async () => (await import("./FilingEntryPage.tsx")).FilingEntryPage,
  },
];
