/** 支払 */
import type { PageDescriptor } from "../page.ts";

export const runPages: readonly PageDescriptor[] = [
  {
    path: "/runs",
    title: "支払処理",
    permission: "payment.view",
    menu: { group: "payment", order: 10 },
    words: ["支払", "しはらい", "支払期", "run"],
    help: [
      "支払処理（支払期ごとの一括の支払）を新しい順に示します。番号を選ぶと、進み・照合・ファイルが見られます。",
      "新しい支払処理を作ると、その支払期に払うべき月分を計算し、明細を作ります。作る人・承認する人・送る人は、それぞれ別の人です。",
    ],
    load: async () => (await import("./RunsPage.tsx")).RunsPage,
  },
  {
    path: "/runs/$runNo",
    title: "支払処理の内容",
    permission: "payment.view",
    command: (text) => {
      const found = /^支払(?:処理)?\s*第?\s*(\d{1,4})号?$/.exec(text);
      return found?.[1] === undefined
        ? undefined
        : { label: `支払処理 第${found[1]}号を開く`, to: `/runs/${Number(found[1])}` };
    },
    help: [
      "上から、いまの状態、進み、照合、合計表、支払に入っていない人、ファイルの順に並びます。",
      "「照合」は、対象・台帳・承認・ファイルの件数と金額がすべて等しいことを示します。等しくないときは先へ進めません。",
      "次にできる処理は、あなたの権限でできるものだけが「次の処理」に出ます。承認・確定・送付の前には、職員証とパスワードをもう一度確かめます。",
    ],
    load: async () => (await import("./RunPage.tsx")).RunPage,
  },
  {
    path: "/counter-fund",
    title: "窓口払の資金",
    permission: "payment.view",
    menu: { group: "payment", order: 15 },
    words: ["窓口払", "まどぐちばらい", "資金前渡", "現金", "出納簿"],
    help: [
      "口座に払えない受給者に、窓口で現金で払うための資金です。資金前渡の口座、現金出納簿、数えた記録が並びます。",
      "前渡を受けた額は、渡した額、戻した額、手元の額の合計といつも同じです。渡す、戻す、数えるは、どれも二人で行います。",
    ],
    load: async () => (await import("./CounterFundPage.tsx")).CounterFundPage,
  },
];
