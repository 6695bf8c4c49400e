import type { PageDescriptor } from "../page.ts";

export const homePages: readonly PageDescriptor[] = [
  {
    path: "/",
    title: "わたしの仕事",
    menu: { group: "work", order: 0 },
    words: ["ホーム", "しごと", "home"],
    help: [
      "あなたの権限でできる仕事を、期限の近い順に示します。",
      "番号・カナ・氏名で人を探すときや、ほかの画面へ移るときは、「/」か Ctrl+K で入力欄を開いてください。",
    ],
    load: async () => (await import("./HomePage.tsx")).HomePage,
  },
];
