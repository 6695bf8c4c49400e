/** 庁内連携 */
import type { PageDescriptor } from "../page.ts";

export const interchangePages: readonly PageDescriptor[] = [
  {
    path: "/register-changes",
    title: "連携から来た変更",
    permission: "case.open",
    menu: { group: "work", order: 17 },
    words: ["異動", "いどう", "変更", "住基", "連携", "出生", "死亡", "転出"],
    help: [
      "ほかの課から届いた変更（出生・死亡・転入転出・転居・氏名・続柄・婚姻・所得の更正・保険など）のうち、だれもまだ扱っていないものです。取り込みと同時に仕事になり、扱うまで消えません。",
      "「すること」の下に、いま決めたら額がいくらになるかが出ます。「受付にする」は、台帳から職権の受付を作ります（審査と決裁は、いつもの流れです）。請求の要るものは、案内してから担当のまま待ちます。",
      "することがないときは、理由を書いて閉じます。付記のある転居などは、変更届が自動でできているので、ここには出ません。",
    ],
    load: async () => (await import("./ChangesPage.tsx")).ChangesPage,
  },
  {
    path: "/interchange",
    title: "庁内連携",
    permission: ["case.open", "batch.run"],
    menu: { group: "administration", order: 45 },
    words: ["連携", "れんけい", "配信", "欠番", "再送", "突合", "取込"],
    help: [
      "ほかの課から届く配信の状態です。配信には連番があり、前の連番が届くまで後のものは取り込みません。欠番や壊れた配信は「再送を頼む」で連携元に頼みます。",
      "不受理の行は、何行目のどの項目が受け取れなかったかを示します。直した行が届いたら、どう始末したかを書いて終えます。対象者でない人の行は、値を読まずに捨てています。",
      "突合は、連携元の全件とこちらの写しを比べた結果です。違いは、原因を確かめて説明を書きます。写しは突合では変わりません。",
    ],
    load: async () => (await import("./InterchangePage.tsx")).InterchangePage,
  },
  {
    path: "/reconciliations/$reconciliationId",
    title: "突合の違い",
    permission: "case.open",
    help: [
      "連携元の全件と、こちらの写しの違いです。だれのどの値かは出ません。行（履歴番号）と項目の名前で、連携元に確かめてください。",
      "確かめたら、違いを選んで説明を書きます。説明のない違いが0件になれば終わりです。",
    ],
    load: async () => (await import("./ReconciliationPage.tsx")).ReconciliationPage,
  },
];
