/** The ledger for people: totals by area, then what failed and what is out of date. */
import type { LedgerRow, Status } from "./ledger.ts";
import { areas } from "./rows.ts";
import type { Area, Row } from "./rows.ts";

const statuses: readonly Status[] = ["shown", "failed", "open", "notSoftware", "notApplicable"];

/** Pads to a width on screen, where a Japanese character takes two cells. */
function pad(text: string, width: number): string {
  const cells = text.length + (text.match(/[\u3000-\u9FFF\uFF00-\uFF60]/g)?.length ?? 0);
  return text + " ".repeat(Math.max(0, width - cells));
}

function tableLine(title: string, rows: readonly LedgerRow[]): string {
  const counts = statuses.map((status) => String(rows.filter((row) => row.status === status).length).padStart(14));
  return pad(title, 34) + counts.join("") + String(rows.length).padStart(8);
}

/** The table as text. */
export function formatTable(commit: string, rows: readonly Row[], ledger: readonly LedgerRow[]): string {
  const areaOf = new Map(rows.map(({ id, area }) => [id, area]));
  const lines = [`commit ${commit}`, "", "".padEnd(34) + statuses.map((one) => one.padStart(14)).join("") + "   total"];
  for (const [area, title] of Object.entries(areas) as [Area, string][]) {
    lines.push(
      tableLine(
        title,
        ledger.filter(({ id }) => areaOf.get(id) === area),
      ),
    );
  }
  lines.push(tableLine("合計 total", ledger));
  for (const { id, tests } of ledger.filter(({ status }) => status === "failed")) {
    for (const { file, title } of tests) lines.push(`failed ${id}: ${file}: ${title}`);
  }
  for (const { id, reason } of ledger.filter(({ status }) => status === "open")) {
    if (reason !== null) lines.push(`out of date ${id}: ${reason}`);
  }
  return lines.join("\n");
}
