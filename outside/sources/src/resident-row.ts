/** Rows of the residents' register as the simulators hold them, and the small tools that all of them use. */
import { layouts } from "./layouts.ts";

export const HEADER = layouts.residents["1.0"];
const at = Object.fromEntries(HEADER.map((name, index) => [name, index])) as Readonly<Record<string, number>>;

export type Row = readonly string[];

/** The cell of a column; empty where the register has no such column. */
export const get = (row: Row, name: string): string => row[at[name] ?? -1] ?? "";

/** The row with other cells. */
export const change = (row: Row, cells: Readonly<Record<string, string>>): Row =>
  HEADER.map((name, index) => cells[name] ?? row[index] ?? "");

export function nextDay(date: string): string {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + 1);
  return day.toISOString().slice(0, 10);
}

export const yearsBefore = (date: string, years: number): string =>
  `${Number(date.slice(0, 4)) - years}${date.slice(4)}`;

/** A small generator of its own: 32-bit xorshift. */
export function chance(seed: string): (limit: number) => number {
  let state = 2_166_136_261;
  for (const character of seed) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 16_777_619) >>> 0;
  return (limit) => {
    state ^= (state << 13) >>> 0;
    state ^= state >>> 17;
    state ^= (state << 5) >>> 0;
    state >>>= 0;
    return state % Math.max(1, limit);
  };
}

export const times = (count: number | undefined, work: () => void): void => {
  for (let index = 0; index < (count ?? 0); index++) work();
};
