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
  {
    path: "/protection/standing",
    title: "支援措置の対象者",
    permission: "protection.lift",
    menu: { group: "work", order: 81 },
    words: ["支援措置", "しえんそち", "期限", "延長", "仮支援措置", "対象者"],
    help: [
      "支援措置の印は、住民基本台帳の連携、児童手当で受けた申出、仮支援措置のどれか一つで立ちます。どの順で届いても、弱くはなりません。",
      "期限が過ぎても、住民基本台帳で対象でなくなっても、印は消えません。期限の1か月前から、この一覧の先に出ます。本人に延長の意思を確かめてください。",
      "印を消すのは、二人の確認だけです。一人が人の画面で終わりを申請し、別の人がここで確かめます。住民基本台帳でまだ対象の間は消せません。",
    ],
    load: async () => (await import("./StandingPage.tsx")).StandingPage,
  },
];
