/**
 * The registers as they were delivered, read a second time: straight from the files, with nothing of the product's import. What the
 * last delivered row of a key says is what counts (docs/連携ファイル仕様.md).
 */
import { deliveryOf } from "@hagukumi/outside-city/contract.ts";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

type Cells = readonly string[];

export type Registers = {
  /** Rows of residents.csv by 宛名番号, in order of 履歴番号 */
  readonly residents: ReadonlyMap<string, readonly Cells[]>;
  /** Rows of claims.csv by 請求者宛名番号, in the order of the file */
  readonly claims: ReadonlyMap<string, readonly Cells[]>;
  /** Rows of claim_children.csv by 受付番号 */
  readonly children: ReadonlyMap<string, readonly Cells[]>;
  /** Rows of status_periods.csv by 宛名番号 */
  readonly statuses: ReadonlyMap<string, readonly Cells[]>;
  /** Rows of incomes.csv by 宛名番号, the last 履歴番号 of each year */
  readonly incomes: ReadonlyMap<string, readonly Cells[]>;
};

// In every column that is read here no cell is quoted; names and places that may be lie behind them or are not looked at.
async function rowsOf(folder: string, name: string): Promise<readonly Cells[]> {
  const path = join(folder, name);
  if (!existsSync(path)) return [];
  const lines = (await readFile(path, "utf8")).split("\r\n").slice(1, -1);
  return lines.map((line) => line.split(","));
}

const key = (cells: Cells, columns: readonly number[]): string => columns.map((at) => cells[at] ?? "").join("/");

const grouped = (rows: Iterable<Cells>, column: number): ReadonlyMap<string, readonly Cells[]> =>
  Map.groupBy(rows, (cells) => cells[column] ?? "");

/** Everything delivered by the given days. */
export async function readRegisters(feeds: string, cuts: readonly string[]): Promise<Registers> {
  const last = async (name: string, columns: readonly number[]): Promise<Iterable<Cells>> => {
    const found = new Map<string, Cells>();
    for (const cut of cuts) {
      for (const cells of await rowsOf(deliveryOf(feeds, cut), name)) found.set(key(cells, columns), cells);
    }
    return found.values();
  };
  const residents = [...(await last("residents.csv", [0, 1]))].toSorted((a, b) => Number(a[1]) - Number(b[1]));
  const incomes = [...(await last("incomes.csv", [0, 1, 2]))].toSorted((a, b) => Number(a[2]) - Number(b[2]));
  return {
    residents: grouped(residents, 0),
    claims: grouped(await last("claims.csv", [0]), 4),
    children: grouped(await last("claim_children.csv", [0, 1]), 0),
    statuses: grouped(await last("status_periods.csv", [0, 1, 3]), 1),
    incomes: grouped(new Map(incomes.map((cells) => [key(cells, [0, 1]), cells])).values(), 0),
  };
}
