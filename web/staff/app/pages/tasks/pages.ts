/** 確かめる仕事 */
import type { PageDescriptor } from "../page.ts";

export const taskPages: readonly PageDescriptor[] = [
  {
    path: "/tasks",
    title: "確かめる仕事",
    permission: "case.open",
    menu: { group: "work", order: 16 },
    words: ["確認", "かくにん", "届出", "省略", "期限"],
    help: [
      "上は、確かめる日が来るものです。別居監護・海外留学・父母指定の期限と、2か月以内と決めた施設への入所や里親への委託の終わり、その延長が出ます。",
      "下は、住民基本台帳で氏名か住所が変わったのに、変更届のないものです。届出の期限は変わった日の翌日から14日です。公簿で確かめたら「省略を記録」で、届出を求めないことを残します。",
      "どちらも氏名は出ません。「開く」を押すと、その仕事が処理事由になって開きます。",
    ],
    load: async () => (await import("./TasksPage.tsx")).TasksPage,
  },
];
