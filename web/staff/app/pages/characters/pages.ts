/** 文字: characters beyond JIS X 0213 and 同定. */
import type { PageDescriptor } from "../page.ts";

export const characterPages: readonly PageDescriptor[] = [
  {
    path: "/characters",
    title: "文字",
    permission: ["parameter.change", "parameter.approve"],
    menu: { group: "administration", order: 60 },
    words: ["文字", "もじ", "外字", "異体字", "同定", "縮退", "IVS", "行政事務標準文字"],
    help: [
      "氏名にある文字のうち JIS X 0213 にないものの一覧です。住民票の文字は送られてきたまま残し、印刷や送付のときだけ、MJ縮退マップの表によって別の形にします。",
      "どの文字か分からない文字は〓になり、その人の通知書は手作業のトレイに入ります。同定の道具の結果か戸籍などの資料によって、どの文字かを登録し、別の人が承認してください。",
      "同じ文字を二度同定したときは、新しく承認した組によります。",
    ],
    load: async () => (await import("./CharactersPage.tsx")).CharactersPage,
  },
];
