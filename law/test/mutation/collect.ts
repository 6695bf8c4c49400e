/** Stands in for `vitest` under the mutation test: `describe` and `it` collect, `expect` is vitest's own. */
import { expect } from "vitest";

export interface Collected {
  readonly id: string;
  readonly run: () => void;
}

type Row = unknown;
type Body = (...values: unknown[]) => void;

let file = "";
let suites: readonly string[] = [];
let collected: Collected[] = [];

/** Collects the tests that `load` declares, under the name of their file. */
export async function collect(name: string, load: () => Promise<unknown>): Promise<readonly Collected[]> {
  [file, suites, collected] = [name, [], []];
  await load();
  return collected;
}

/** As vitest does it: where every row is a list, its values become the arguments. */
const argumentsOf = (rows: readonly Row[]): unknown[][] =>
  rows.every((row): row is unknown[] => Array.isArray(row)) ? rows.map((row) => row) : rows.map((row) => [row]);

export function it(title: string, body: () => void): void {
  const path = [...suites, title].join(" > ");
  // Rows of a table share a title until their values are put in; the count keeps them apart.
  const same = collected.filter((each) => each.id.startsWith(`${file}#${path}`)).length;
  collected.push({ id: `${file}#${path}${same === 0 ? "" : ` (${String(same + 1)})`}`, run: body });
}

export function describe(title: string, body: () => void): void {
  const outside = suites;
  suites = [...outside, title];
  body();
  suites = outside;
}

it.each =
  (rows: readonly Row[]) =>
  (title: string, body: Body): void => {
    for (const values of argumentsOf(rows)) it(title, () => body(...values));
  };

describe.each =
  (rows: readonly Row[]) =>
  (title: string, body: Body): void => {
    for (const values of argumentsOf(rows)) describe(`${title} ${JSON.stringify(values)}`, () => body(...values));
  };

export { expect };
