import type { PageDescriptor } from "../page.ts";

export const homePages: readonly PageDescriptor[] = [
  {
    path: "/",
    title: "わたしの仕事",
    menu: { group: "work", order: 0 },
    words: ["ホーム", "しごと", "home"],
    help: [
      "あなたの権限でできる仕事を、期限の近い順に示します。",
      "戻ってきた現況届や通知書は、「帳票のコード」に印を置いて読み取ると、その人が開きます。読取機がなければ、現況届の R から始まる16文字を打ってください。",
      "番号・カナ・氏名で人を探すときや、ほかの画面へ移るときは、「/」か Ctrl+K で入力欄を開いてください。",
    ],
    load: async () => (await import("./HomePage.tsx")).HomePage,
  },
];
