/** 仕事の一覧: one page for each list. */
import type { PageDescriptor } from "../page.ts";
import { workKinds } from "./kinds.ts";

export const workPages: readonly PageDescriptor[] = workKinds.map(({ kind, title, permission }, index) => ({
  path: `/work/${kind}`,
  title,
  permission,
  menu: { group: "work", order: 10 + index },
  words: [kind],
  help: [
    `${title}の受付を、受付日の古い順に示します。見出しを押すと並べ替えられます。`,
    "「期限切れ」は標準処理期間（30日）か書類の期限を過ぎたもの、「まもなく」はそれが近いものです。",
    "受付番号を選ぶと開きます。一覧から開いたときの処理事由は、その手続になります。",
  ],
  load: async () => (await import("./WorkListPage.tsx")).workListPageOf(kind),
}));
