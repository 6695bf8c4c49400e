/** 統計 */
import type { PageDescriptor } from "../page.ts";

export const statisticsPages: readonly PageDescriptor[] = [
  {
    path: "/statistics",
    title: "統計",
    permission: "statistics.view",
    menu: { group: "administration", order: 50 },
    words: ["統計", "とうけい", "交付金", "こうふきん", "年報", "ねんぽう", "statistics"],
    help: [
      "月分ごとの人数と額、年度ごとの交付金の計算と事業年報です。支給の決定と、締めた支払処理だけから作ります。作成中や送付前の支払処理は入りません。",
      "「いつまでの記録で作るか」に過ぎた日を入れると、その日までに分かっていたことだけで作り直します。前に報告した数字と同じになります。",
      "「内訳」を押し、処理事由を選ぶと、その数字の受給者の認定番号が出ます。見たことは記録されます。支援措置の人と担当の外の人は、数だけが出ます。",
      "表は、それぞれ CSV で、全部を一つの表計算ファイル（xlsx）で取り出せます。数字は数字のまま入っています。",
      "法令の負担割合がまだプログラムにない年度は、額だけが出ます。政令を確かめて一人が入力し、別の人が承認すると、負担と交付金が計算されます。",
    ],
    load: async () => (await import("./StatisticsPage.tsx")).StatisticsPage,
  },
];
