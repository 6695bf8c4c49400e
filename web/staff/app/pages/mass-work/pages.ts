/** 一括処理 */
import type { PageDescriptor } from "../page.ts";

const VIEW = ["decision.exOfficio", "decision.exOfficioApprove", "batch.run"];

export const massWorkPages: readonly PageDescriptor[] = [
  {
    path: "/mass-work",
    title: "一括処理",
    permission: VIEW,
    menu: { group: "work", order: 60 },
    words: ["一括処理", "いっかつ", "バッチ", "年齢到達", "batch"],
    help: [
      "多くの事案を一度に決める処理です。種類と引数を選ぶと、まず案の一覧ができます。この段階では何も書きません。",
      "一覧を別の人が確かめて承認すると、実行できます。一覧のあとで変わった事案は書かれずに名が挙がり、次の一括処理が拾います。",
      "暦には、これから1年に行う処理（異動の取込と定時払を含む）と、先に終わっていなければならない処理、遅れている処理が出ます。",
      "順番と排他は日付つきの決まりです。「終わるまで断る」順番は、先の処理が終わるまで後の処理を作れません。",
    ],
    load: async () => (await import("./MassWorkPage.tsx")).MassWorkPage,
  },
  {
    path: "/mass-work/$massRunNo",
    title: "一括処理の内容",
    permission: VIEW,
    command: (text) => {
      const found = /^一括処理\s*第?\s*(\d{1,9})号?$/.exec(text);
      return found?.[1] === undefined
        ? undefined
        : { label: `一括処理 ${found[1]} を開く`, to: `/mass-work/${Number(found[1])}` };
    },
    help: [
      "上から、いまの状態、次にできること、件数と金額、検査、案の一覧、記録、証拠書類の順に並びます。",
      "一覧は「区分」「種類」「結果」で絞れます。認定番号を選ぶと、処理事由を示して事案を開けます。",
      "中断すると、済んだ分は残り、「再開」で続きから進みます。打切りにすると、残りは書きません。",
      "進み具合は「読み直す」で新しくなります。",
      "終わった処理は「戻しの一覧を作る」で、書いたものをまとめて戻せます。支払や通知書に使われた件は戻らず、理由と、1件ずつの直し方が出ます。",
    ],
    load: async () => (await import("./MassRunPage.tsx")).MassRunPage,
  },
];
