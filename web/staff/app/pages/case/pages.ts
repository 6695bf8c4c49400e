/** The page of one recipient. */
import type { PageDescriptor } from "../page.ts";

export const casePages: readonly PageDescriptor[] = [
  {
    path: "/cases/$recipientId",
    title: "受給者",
    permission: "case.open",
    help: [
      "受給者1人のすべてを1枚で見ます。開くには処理事由を選びます。15分たつと閉じ、開き直せます。",
      "「月ごとの支給と理由」の月を選ぶと、額の計算、根拠の条文、使った事実、お金がどこにあるかが下に出ます。← → キーでも月を移れます。",
      "一番上に、印（支援措置・要確認・差止・抑止・債権）と、いま編集している職員が出ます。必ず見るメモは、読んだら「読みました」を押してください。名前と時刻が残ります。",
      "書き込みの窓を開いているあいだは、ほかの職員はこの人に書き込めません。10分のあいだ操作がないと、ほかの職員が始められます。",
      "見終わったら「閉じる」（Alt+W）で閉じてください。",
    ],
    load: async () => (await import("./CasePage.tsx")).CasePage,
  },
];
