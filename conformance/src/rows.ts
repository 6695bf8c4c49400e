/** The requirement rows: our own copy of ids and texts, and the reviewed list of rows that no test can show. */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

const ROOM = resolve(import.meta.dirname, "..");

/** Where a row comes from; also its area in the table. */
export const areas = {
  "seed-checklist": "評価書 seed (D)",
  "standard-requirements": "標準仕様 standard (A)",
  incidents: "事故事例 incidents (I)",
  "money-invariants": "お金の不変条件 money (M)",
  "quality-goals": "品質目標 goals (G)",
  threats: "脅威 threats (THR)",
} as const;

export type Area = keyof typeof areas;

/** One requirement: id (D…, A…, I-…, M…, G…, THR…) and what it asks for. */
export type Row = { readonly id: string; readonly area: Area; readonly text: string };

/** A row that no test can show: its subject is not software, or does not exist in this product. */
export type Exception = {
  readonly id: string;
  readonly status: "notSoftware" | "notApplicable";
  readonly reason: string;
};

const ID = /^(?:D|A|I-|M|G|THR)[1-9]\d*$/;

type Raw = Readonly<Record<string, string>>;

function textOf(raw: Raw): string {
  return raw["requirement"] ?? raw["behaviour"] ?? raw["invariant"] ?? raw["goal"] ?? raw["threat"] ?? "";
}

/** All rows, in the order of the areas and of the numbers. @throws Error for an id that is malformed or stands twice */
export async function readRows(): Promise<Row[]> {
  const rows: Row[] = [];
  const seen = new Set<string>();
  for (const area of Object.keys(areas) as Area[]) {
    const list = JSON.parse(await readFile(join(ROOM, "rows", `${area}.json`), "utf8")) as Raw[];
    for (const raw of list) {
      const id = raw["id"] ?? "";
      const text = textOf(raw);
      if (!ID.test(id) || seen.has(id) || text === "") throw new Error(`rows/${area}.json: bad row ${id}`);
      seen.add(id);
      rows.push({ id, area, text });
    }
  }
  return rows;
}

/** The reviewed exceptions. @throws Error for an unknown id, one without a reason, or one that stands twice */
export async function readExceptions(rows: readonly Row[]): Promise<ReadonlyMap<string, Exception>> {
  const list = JSON.parse(await readFile(join(ROOM, "exceptions.json"), "utf8")) as Exception[];
  const known = new Set(rows.map(({ id }) => id));
  const exceptions = new Map<string, Exception>();
  for (const exception of list) {
    const { id, status, reason } = exception;
    const fine = known.has(id) && !exceptions.has(id) && reason.length >= 20;
    if (!fine || (status !== "notSoftware" && status !== "notApplicable"))
      throw new Error(`exceptions.json: bad ${id}`);
    exceptions.set(id, exception);
  }
  return exceptions;
}

/** The ids in square brackets of a test's own title: `[M14]`, `[M14, G27]`. A `describe` tags nothing. */
export function tagsOf(title: string): string[] {
  const ids: string[] = [];
  for (const [, inside = ""] of title.matchAll(/\[([^\]]+)\]/g)) {
    const parts = inside.split(/[\s,、]+/);
    if (parts.every((part) => ID.test(part))) ids.push(...parts);
  }
  return ids;
}
