/** How the states of money look: a word, a sign and a colour, so that none of them carries the meaning alone. */
import type { OperationAnswer } from "../../api/call.ts";
import { yen } from "../../ui/format.ts";

export type Case = OperationAnswer<"readCase">;
export type CaseMonth = Case["months"][number];
export type Person = Case["person"];
export type MoneyState = CaseMonth["parts"][number]["state"];

type Look = { readonly sign: string; readonly word: string; readonly style: string };

export const moneyLooks: Readonly<Record<MoneyState, Look>> = {
  paid: { sign: "●", word: "済", style: "border-green-900 bg-green-50 text-green-1200" },
  scheduled: { sign: "◎", word: "予定", style: "border-key-900 bg-key-50 text-key-1200" },
  reserved: { sign: "◐", word: "処理中", style: "border-key-900 bg-white text-key-1200" },
  unpaid: { sign: "○", word: "未払", style: "border-solid-gray-600 bg-white text-solid-gray-900" },
  reinstated: { sign: "↺", word: "未払に戻る", style: "border-solid-gray-600 bg-white text-solid-gray-900" },
  returned: { sign: "✕", word: "振込不能", style: "border-error-2 bg-red-50 text-red-1200" },
  deducted: { sign: "−", word: "差引", style: "border-key-900 bg-white text-key-1000" },
  lapsed: { sign: "×", word: "時効", style: "border-solid-gray-600 bg-solid-gray-50 text-solid-gray-900" },
  restricted: { sign: "⊘", word: "支給制限", style: "border-error-2 bg-white text-red-1200" },
  held: { sign: "■", word: "差止", style: "border-yellow-900 bg-yellow-50 text-yellow-1200" },
};

/** The look of a month for which no money stands in the ledger. */
export function lookWithoutMoney(month: CaseMonth): Look {
  if ((month.lawTotal ?? 0) === 0)
    return { sign: "－", word: "支給なし", style: "border-solid-gray-300 bg-solid-gray-50 text-solid-gray-800" };
  if (month.beforeOpening)
    return { sign: "…", word: "稼働前", style: "border-solid-gray-300 bg-solid-gray-50 text-solid-gray-800" };
  return { sign: "…", word: "計上前", style: "border-solid-gray-420 border-dashed bg-white text-solid-gray-800" };
}

const ORDER: readonly MoneyState[] = [
  "returned",
  "held",
  "deducted",
  "restricted",
  "lapsed",
  "reinstated",
  "unpaid",
  "reserved",
  "scheduled",
  "paid",
];

/** The looks of a month's money, the one that needs work first. */
export function looksOf(month: CaseMonth): readonly Look[] {
  const present = ORDER.filter((state) => month.parts.some((part) => part.state === state));
  return present.length === 0 ? [lookWithoutMoney(month)] : present.map((state) => moneyLooks[state]);
}

/** What the month is worth: the ledger where money stands there, otherwise what the law gives. */
export function amountOf(month: CaseMonth): number {
  return month.parts.length > 0 ? month.due : (month.lawTotal ?? 0);
}

/** `15,000 ＋ 10,000 ＋ 30,000 ＝ 55,000円` */
export function sumLine(month: CaseMonth): string {
  const amounts = month.children.flatMap((child) => ((child.amount ?? 0) > 0 ? [child.amount ?? 0] : []));
  if (amounts.length === 0) return "支給の対象になる児童はいません。";
  const figures = amounts.map((amount) => amount.toLocaleString("ja-JP")).join(" ＋ ");
  if (amounts.length === 1) return `${figures}円`;
  return `${figures} ＝ ${yen(amounts.reduce((sum, amount) => sum + amount, 0))}`;
}
