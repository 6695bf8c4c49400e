/** Reads one row of a feed cell by cell and collects everything that is wrong with it. */
import { parseCivilDate, parseMonth } from "@hagukumi/law/contract.ts";
import { countGraphemes } from "@hagukumi/platform/text/characters.ts";

import { rowProblem, type RowProblem, type RowProblemCode } from "./row-problem.ts";

const DIGITS = /^[0-9]+$/;
const INTEGER = /^-?(0|[1-9][0-9]*)$/;
// oxlint-disable-next-line no-control-regex -- they have no place in a register; a NUL cannot be stored at all
const CONTROL = /[\u0000-\u001f\u007f]/;

/**
 * A reader that is used again for every row (a register has a million of them). Each method returns a usable value even
 * when the cell is wrong and notes the problem; the caller looks at `problems` once, at the end of the row.
 */
export class RowReader {
  readonly #columns: readonly string[];
  #cells: readonly string[] = [];
  #problems: RowProblem[] = [];

  constructor(columns: readonly string[]) {
    this.#columns = columns;
  }

  /** Starts a row. `cells` stand in the order of the columns given to the constructor. */
  start(cells: readonly string[]): void {
    this.#cells = cells;
    if (this.#problems.length > 0) this.#problems = [];
  }

  /** Everything found wrong in this row so far. */
  get problems(): readonly RowProblem[] {
    return this.#problems;
  }

  /** The cell as it stands. */
  raw(index: number): string {
    return this.#cells[index] ?? "";
  }

  /** Notes a problem of the cell. */
  refuse(index: number, code: RowProblemCode): void {
    this.#problems.push(rowProblem(this.#columns[index] ?? "", this.raw(index), code));
  }

  #empty(index: number, required: boolean): boolean {
    if (this.raw(index) !== "") return false;
    if (required) this.refuse(index, "required");
    return true;
  }

  /** 文字 (at most `limit` characters). Empty → "" (refused where required). */
  text(index: number, limit: number, required = false): string {
    if (this.#empty(index, required)) return "";
    const cell = this.raw(index);
    // A character is at least one code unit, so a short text can't be too long and is not segmented (99.9 % of cells);
    // nor is one that is too long in any script.
    if (cell.length > limit && (cell.length > limit * 16 || countGraphemes(cell) > limit)) {
      this.refuse(index, "cellTooLong");
    }
    if (CONTROL.test(cell)) this.refuse(index, "codeUnknown");
    return cell;
  }

  /** 数字だけの番号, `least`–`most` digits, kept as text without change. Empty → null. */
  code(index: number, least: number, most: number, required = true): string | null {
    if (this.#empty(index, required)) return null;
    const cell = this.raw(index);
    if (cell.length > most) this.refuse(index, "cellTooLong");
    else if (cell.length < least || !DIGITS.test(cell)) this.refuse(index, "numberInvalid");
    return cell;
  }

  /** 宛名番号・世帯番号 (15 digits, zero-padded on the left) as the number PostgreSQL keeps. Empty → null. */
  number15(index: number, required = true): string | null {
    const cell = this.code(index, 15, 15, required);
    if (cell === null) return null;
    const digits = cell.replace(/^0+(?=.)/, "");
    if (digits === "0") this.refuse(index, "numberInvalid");
    return digits;
  }

  /** 整数 between `least` and `most`. Empty → `least` (refused where required). */
  integer(index: number, least: number, most: number, required = true): number {
    if (this.#empty(index, required)) return least;
    const cell = this.raw(index);
    const value = INTEGER.test(cell) && cell.length <= 16 ? Number(cell) : Number.NaN;
    if (!(value >= least && value <= most)) this.refuse(index, "numberInvalid");
    return value;
  }

  /** One of a closed set of codes. Empty → null (refused where required). */
  oneOf<T extends string>(index: number, values: readonly T[], required: boolean): T | null {
    if (this.#empty(index, required)) return null;
    const cell = this.raw(index);
    const found = values.find((value) => value === cell);
    if (found === undefined) this.refuse(index, "codeUnknown");
    return found ?? null;
  }

  /** 0/1. Empty counts as 0 (なし) unless required. */
  flag(index: number, required = false): boolean {
    return this.oneOf(index, ["0", "1"], required) === "1";
  }

  /** YYYY-MM-DD that exists in the calendar. Empty → null (refused where required). */
  date(index: number, required = false): string | null {
    if (this.#empty(index, required)) return null;
    const cell = this.raw(index);
    if (parseCivilDate(cell) === undefined) this.refuse(index, "dateImpossible");
    return cell;
  }

  /** YYYY-MM as the first day of the month. Empty → null. */
  month(index: number): string | null {
    if (this.#empty(index, false)) return null;
    const cell = this.raw(index);
    if (parseMonth(cell) === undefined) this.refuse(index, "monthImpossible");
    return `${cell}-01`;
  }

  /** Notes a period whose end (column `to`) lies before its start. */
  period(from: string | null, to: string | null, toIndex: number): void {
    if (from !== null && to !== null && to < from) this.refuse(toIndex, "periodReversed");
  }
}
