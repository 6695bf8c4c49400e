/** 支援措置 */
import type { PageDescriptor } from "../page.ts";

export const protectionPages: readonly PageDescriptor[] = [
  {
    path: "/protection/lifts",
    title: "支援措置の一時解除",
    permission: "protection.lift",
    menu: { group: "work", order: 80 },
    words: ["支援措置", "しえんそち", "一時解除", "住所", "protection"],
    help: [
      "支援措置の対象の人の住所は、どの画面・帳票・ファイルにも出ません。どうしても要るときは、人の画面から一時解除を申請し、別の人がここで承認します。",
      "承認から最長15分、申請した人だけが、1回に60秒ずつ住所を表示できます。表示のたびに記録します。時間が過ぎれば、何もしなくても元に戻ります。支援措置の印そのものは外れません。",
    ],
    load: async () => (await import("./LiftsPage.tsx")).LiftsPage,
  },
];
