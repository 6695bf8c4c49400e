/** 連携ファイルの適合検査: is a delivery what its control file says, by the office's book of layouts? Nothing of the product is used. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { headerOf, rowFaults } from "./layouts.ts";
import { parsePlain } from "./plain-csv.ts";

export type CheckedDelivery = { readonly rows: number; readonly faults: readonly string[] };

/** Checks the delivery of a control file. Never throws for what the delivery holds: every fault is named. */
export async function checkDelivery(controlPath: string): Promise<CheckedDelivery> {
  const faults: string[] = [];
  let control: Readonly<Record<string, unknown>>;
  try {
    control = JSON.parse(await readFile(controlPath, "utf8")) as Readonly<Record<string, unknown>>;
  } catch {
    return { rows: 0, faults: ["the control file is no JSON"] };
  }
  if (control["format"] !== "hagukumi-interchange/1") faults.push("unknown format");
  const bytes = await readFile(join(dirname(controlPath), String(control["file"]))).catch(() => undefined);
  if (bytes === undefined) return { rows: 0, faults: [...faults, "the data file is missing"] };
  if (bytes.length !== control["bytes"]) faults.push(`${bytes.length} bytes instead of ${String(control["bytes"])}`);
  if (createHash("sha256").update(bytes).digest("hex") !== control["sha256"]) faults.push("another hash");
  const header = headerOf(String(control["interface"]), String(control["version"]));
  if (header === undefined) return { rows: 0, faults: [...faults, "unknown interface or version"] };
  let records: string[][];
  try {
    records = parsePlain(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    return { rows: 0, faults: [...faults, String(error)] };
  }
  const [first = [], ...rows] = records;
  if (first.join() !== header.join()) faults.push("another header");
  if (rows.length !== control["rows"]) faults.push(`${rows.length} rows instead of ${String(control["rows"])}`);
  for (const [index, row] of rows.entries()) {
    for (const fault of rowFaults(header, row)) faults.push(`line ${index + 2}: ${fault}`);
  }
  return { rows: rows.length, faults };
}
