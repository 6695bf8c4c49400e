/** 受付: taking in claims and reports. */
import { keysOf } from "../search/keys.ts";
import type { PageDescriptor } from "../page.ts";

const help = [
  "人を探し、手続を選ぶと、その手続の入力画面が開きます。台帳にあることは初めから入っています。",
  "戻ってきた現況届や通知書は、「帳票のコード」で読み取ると、その人が開きます。現況届をまとめて受け付けるときは「現況」の画面で読み取ります。",
  "右には、いまの入力での案（どの月分からいくら、初めての支払日、理由）と、台帳と違うところが出ます。打つたびに変わります。",
  "Ctrl+Enter で受け付けます。書類が足りないときも受け付けられ、受付日は守られます。途中でやめるときは Ctrl+S で仮受付として残します。",
  "日付は 令和8年10月3日、R8.10.3、2026-10-03 のどれでも打てます。",
] as const;

export const counterPages: readonly PageDescriptor[] = [
  {
    path: "/counter",
    title: "受付（窓口・郵送）",
    permission: "claim.receive",
    menu: { group: "work", order: 10 },
    words: ["受付", "うけつけ", "窓口", "まどぐち", "認定請求", "額改定"],
    command: (text) => {
      const found = /^受付\s*(.+)$/.exec(text);
      const typed = found?.[1] ?? "";
      return typed === "" || keysOf(typed) === undefined
        ? undefined
        : { label: `「${typed}」の請求・届出を受け付ける`, to: "/counter", text: typed };
    },
    help,
    load: async () => (await import("./CounterPage.tsx")).CounterPage,
  },
  {
    path: "/counter/$addresseeNumber",
    title: "受付（手続を選ぶ）",
    permission: "claim.receive",
    help,
    load: async () => (await import("./CounterPage.tsx")).PersonCounterPage,
  },
  {
    path: "/counter/$addresseeNumber/$procedure",
    title: "受付（入力）",
    permission: "claim.receive",
    help,
    load: async () => (await import("./CounterPage.tsx")).EntryPage,
  },
];
