/** The year as a table, month by month, for the terminal. */
import type { CheckResult } from "@hagukumi/allowance/contract.ts";

import type { Journal, JournalEntry } from "./journal.ts";

type Column = { readonly name: string; readonly of: (sum: (figure: string) => number) => number };

/** Figures of the steps that a column adds up. */
const columns: readonly Column[] = [
  { name: "異動", of: (sum) => sum("rows") },
  { name: "請求", of: (sum) => sum("claims") },
  { name: "認定・改定", of: (sum) => sum("granted") },
  { name: "却下", of: (sum) => sum("refused") },
  { name: "職権", of: (sum) => sum("exOfficio") + sum("taxRejudge") },
  { name: "年齢到達", of: (sum) => sum("ageMilestones") },
  { name: "現況届", of: (sum) => sum("reports") },
  { name: "差止", of: (sum) => sum("reviewHold") },
  { name: "通知書", of: (sum) => sum("letters") },
  { name: "支払", of: (sum) => sum("lines") },
  { name: "支払額（円）", of: (sum) => sum("yen") },
  { name: "振込不能", of: (sum) => sum("returned") },
  { name: "債権", of: (sum) => sum("recoveries") },
  { name: "秒", of: (sum) => sum("seconds") },
];

/** Columns that one terminal cell shows: a full-width character takes two. */
const widthOf = (text: string): number => text.length + (text.match(/[\u0100-\uFFFF]/g)?.length ?? 0);
const left = (text: string, width: number): string => " ".repeat(Math.max(0, width - widthOf(text))) + text;

function sumOf(entries: readonly JournalEntry[]): (figure: string) => number {
  return (figure) =>
    figure === "seconds"
      ? entries.reduce((sum, { seconds }) => sum + seconds, 0)
      : entries.reduce((sum, { figures }) => sum + (figures[figure] ?? 0), 0);
}

const shown = (value: number): string => (value === 0 ? "·" : Math.round(value).toLocaleString("ja-JP"));

/** The table with a last line that adds everything up. */
export function yearTable({ steps }: Journal): string {
  const months = [...Map.groupBy(steps, ({ id }) => id.slice(0, 7))];
  const body = [...months, ["合計", steps] as const].map(([name, entries]) => [
    name,
    ...columns.map(({ of }) => shown(of(sumOf(entries)))),
  ]);
  const rows = [["月", ...columns.map(({ name }) => name)], ...body];
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => widthOf(row[at] ?? ""))));
  return rows.map((row) => row.map((cell, at) => left(cell, widths[at] ?? 0)).join("  ")).join("\n");
}

/** How the invariants stand, in one line. */
export function checksLine(checks: readonly CheckResult[]): string {
  const broken = checks.filter(({ violations }) => violations > 0);
  return broken.length === 0
    ? `不変条件 ${checks.length}項目すべて正常（どの段階のあとでも確かめています）`
    : `不変条件 ${broken.length}項目に異常: ${broken.map(({ id }) => id).join(" ")}`;
}
