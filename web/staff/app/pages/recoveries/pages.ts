/** 債権 */
import type { PageDescriptor } from "../page.ts";

const rights = ["procedure.receive", "procedure.approve"] as const;

export const recoveryPages: readonly PageDescriptor[] = [
  {
    path: "/recoveries",
    title: "債権（返納）",
    permission: rights,
    menu: { group: "work", order: 66 },
    words: ["債権", "さいけん", "返納", "へんのう", "過払", "かばらい", "内払", "recovery"],
    help: [
      "過払は、台帳が決定と支払をくらべて見つけます。手で債権を作ることも、額を打つこともできません。",
      "原因と徴収の計画（一括・分納・内払）を、案を入れる人と承認する人の二人で決めると、納入通知書などの材料ができます。",
      "残りと時効は、収納・差引・通知のたびに計算し直されます。時効の日に近いものには「時効が近い」と出ます。",
      "収納データ（CSV）はこの画面で取り込みます。債権に当たらない行は「不明の収納」に残り、二人で始末します。",
    ],
    load: async () => (await import("./RecoveriesPage.tsx")).RecoveriesPage,
  },
  {
    path: "/cases/$recipientId/recoveries/$recoveryId",
    title: "債権の1件",
    permission: rights,
    help: [
      "1件の債権の残り・月分・計画・時効・収納と、起きたことの一覧です。",
      "処理事由を選んで受給者を開くと出ます。案を入れると、別の人の一覧に「決裁を待つ案」として出ます。入れた後に残りが変わった案は、承認できません。",
      "内払の案では、これからの支払がいくらになるかを、入れる前に確かめられます。",
    ],
    load: async () => (await import("./ClaimPage.tsx")).ClaimPage,
  },
  {
    path: "/unknown-receipts",
    title: "不明の収納",
    permission: rights,
    words: ["不明の収納", "ふめいのしゅうのう", "収納", "しゅうのう"],
    help: [
      "収納データの行のうち、債権番号が当たらなかったものです。どの債権の収納か、または、この債権ではないかを、二人で決めます。",
      "0件になれば終わりです。入ってきたお金が黙って消えることはありません。",
    ],
    load: async () => (await import("./UnknownReceiptsPage.tsx")).UnknownReceiptsPage,
  },
];
