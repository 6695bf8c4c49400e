/** 個人番号・宛名 */
import type { PageDescriptor } from "../page.ts";

export const numberPages: readonly PageDescriptor[] = [
  {
    path: "/numbers",
    title: "番号の確認と名寄せ",
    permission: ["addressee.consolidate", "addressee.approve"],
    menu: { group: "work", order: 85 },
    words: ["個人番号", "こじんばんごう", "マイナンバー", "名寄せ", "なよせ", "確認リスト", "number"],
    help: [
      "団体内統合宛名番号と個人番号の定期の確認、番号の入力、連携の取り込みで見つかった不整合が、確認リストに載ります。宛名番号から人を開いて調べ、分かったことを答えます。個人番号はこの画面に出ません。",
      "同じ人に二つの宛名番号があるときは、人の画面から名寄せを申し出て、別の人がここで承認します。番号は付け替えません。別々の個人番号がある二人は名寄せできません。",
    ],
    load: async () => (await import("./NumbersPage.tsx")).NumbersPage,
  },
];
