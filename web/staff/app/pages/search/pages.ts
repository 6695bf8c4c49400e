/** Finding people. */
import type { PageDescriptor } from "../page.ts";
import { isPaperCode, keysOf, meaningOf } from "./keys.ts";

export const searchPages: readonly PageDescriptor[] = [
  {
    path: "/search",
    title: "対象者の検索",
    permission: "case.search",
    menu: { group: "work", order: 20 },
    words: ["検索", "けんさく", "さがす", "search"],
    command: (text) => {
      if (isPaperCode(text)) return { label: "帳票のコードで人を開く", to: "/search", text };
      const keys = keysOf(text);
      return keys === undefined ? undefined : { label: `${meaningOf(keys)}「${text}」で人を探す`, to: "/search", text };
    },
    help: [
      "カナ・氏名・番号・電話番号で人を探します。カナは清音と濁音、大きい字と小さい字、のばす音の違いがあっても見つかります。氏名は髙と高のような異体字も一緒に探します。",
      "出るのは20人までで、全部で何人いるかは出ません。生年月日や住所だけでは探せません。探したことはアクセスログに残りますが、入力した文字は残りません。",
      "「開く」を押すと処理事由をたずねます。戻ってきた現況届や通知書は、「帳票のコード」で読み取って開けます。",
    ],
    load: async () => (await import("./SearchPage.tsx")).SearchPage,
  },
  {
    path: "/persons/$addresseeNumber",
    title: "住民",
    permission: "case.open",
    help: ["認定のない人の世帯を見ます。請求や届出の受付へ進めます。"],
    load: async () => (await import("./PersonPage.tsx")).PersonPage,
  },
];
