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
      "見終わったら「閉じる」（Alt+W）で閉じてください。",
    ],
    load: async () => (await import("./CasePage.tsx")).CasePage,
  },
];
