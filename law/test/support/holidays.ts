/** National holidays of 1970 to 2050 from a public table, read apart from the platform's own reading of it. */
import { createRequire } from "node:module";

interface Table {
  between(from: Date, to: Date): readonly { readonly date: Date }[];
}

let known: ReadonlySet<string> | undefined;

export function holidays(): ReadonlySet<string> {
  if (known === undefined) {
    const table = createRequire(import.meta.url)("@holiday-jp/holiday_jp") as Table;
    const days = table.between(new Date("1970-01-01T00:00:00Z"), new Date("2050-12-31T00:00:00Z"));
    known = new Set(days.map((each) => each.date.toISOString().slice(0, 10)));
  }
  return known;
}
