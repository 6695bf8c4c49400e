/** 二人で決めること */
import type { PageDescriptor } from "../page.ts";

export const requestPages: readonly PageDescriptor[] = [
  {
    path: "/requests",
    title: "二人で決めること",
    permission: ["procedure.receive", "procedure.approve", "letter.print", "letter.approve", "payment.create"],
    menu: { group: "work", order: 68 },
    words: ["二人で決めること", "ふたり", "案", "あん", "決裁", "けっさい", "request"],
    help: [
      "時効に関わる出来事、通知書を送らないこと、生計中心者を確かめた結果、窓口払（渡した・戻した・数えたを含む）は、案を入れた人とは別の人が承認したときに効きます。",
      "案は「差止と時効」「所得の更正」「通知書の手作業トレイ」「支払処理」「窓口払の資金」と受給者の画面から入れます。承認するまで、何も変わりません。",
      "一括処理・債権・届出の案は、それぞれの画面で決裁します。",
    ],
    load: async () => (await import("./RequestsPage.tsx")).RequestsPage,
  },
];
