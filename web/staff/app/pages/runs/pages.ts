import type { PageDescriptor } from "../page.ts";

export const runPages: readonly PageDescriptor[] = [
  {
    path: "/runs",
    title: "支払処理",
    permission: "payment.view",
    menu: { group: "payment", order: 10 },
    words: ["支払", "しはらい", "支払期", "run"],
    help: ["支払処理（支払期ごとの一括の支払）を新しい順に示します。番号を選ぶと、進み・照合・ファイルが見られます。"],
    load: async () => (await import("./RunsPage.tsx")).RunsPage,
  },
];
