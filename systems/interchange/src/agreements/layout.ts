/**
 * 項目の並び: which columns a source's file has, and which item of the register each of them is. Data, not code: a city types its own
 * source's names, order and codes here, two versions may run side by side, and a column that is not named is not let in.
 */
import { FEED_FILES, FEEDS } from "@hagukumi/allowance/contract.ts";
import { z } from "zod";

const columnShape = z.strictObject({
  /** 項目名 in the source's header */
  name: z.string().min(1).max(60),
  /** 項目名 of the register that it becomes; several columns with the same one are joined; none: agreed, but not kept */
  to: z.union([z.string().min(1).max(60), z.array(z.string().min(1).max(60)).min(2).max(4)]).optional(),
  /** The source's codes in those of the register; a code that is not here goes through as it is */
  codes: z.record(z.string(), z.string()).optional(),
  /** Full-width digits and letters to half-width (郵便番号 of some sources) */
  narrow: z.boolean().optional(),
});

export const layoutShape = z.strictObject({
  /** File of the register that the rows become; null: handed on to another system as they are */
  file: z.enum(FEED_FILES).nullable(),
  columns: z.array(columnShape).min(1).max(120),
  /** Items with one value in every row, e.g. 区分 */
  constants: z.record(z.string(), z.string()).default({}),
  /** Columns of the source that name persons: all of them must be within the agreed people */
  persons: z.array(z.string()).min(1).max(4),
});

export type Layout = z.output<typeof layoutShape>;

/** What is wrong with a layout, Japanese; empty where it can be used. */
export function layoutFaults(layout: Layout): readonly string[] {
  const { file, columns, constants, persons } = layout;
  const names = columns.map(({ name }) => name);
  const faults: string[] = [];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) faults.push(`項目「${twice}」が2度あります。`);
  const unknown = persons.find((name) => !names.includes(name));
  if (unknown !== undefined) faults.push(`人の項目「${unknown}」が、項目の並びにありません。`);
  if (file === null) return faults;
  const { header } = FEEDS[file];
  const targets = [...columns.flatMap(({ to }) => to ?? []), ...Object.keys(constants)];
  for (const target of new Set(targets)) {
    if (!header.includes(target)) faults.push(`「${target}」という項目は、${file} にありません。`);
  }
  return faults;
}

/** A row of the source as a row of the register. */
export type MapRow = (fields: readonly string[]) => readonly string[];

const toHalf = (text: string): string => text.normalize("NFKC");

/**
 * Builds the mapping of a layout. Where the source's columns are the register's own, rows pass as they are: a full register of
 * a million rows is not copied cell by cell.
 */
export function mapperOf(layout: Layout): MapRow {
  if (layout.file === null) return (fields) => fields;
  const { header } = FEEDS[layout.file];
  const { columns, constants } = layout;
  const plain =
    columns.length === header.length &&
    columns.every(
      ({ name, to, codes, narrow }, index) =>
        name === header[index] && to === name && codes === undefined && narrow !== true,
    );
  if (plain) return (fields) => fields;
  const parts = header.map((target) =>
    columns.flatMap((column, index) => {
      const { to, codes, narrow = false } = column;
      const wanted = to === target || (Array.isArray(to) && to.includes(target));
      return wanted ? [{ index, codes: codes === undefined ? undefined : new Map(Object.entries(codes)), narrow }] : [];
    }),
  );
  const fixed = header.map((target) => constants[target] ?? "");
  return (fields) =>
    parts.map((from, at) => {
      if (from.length === 0) return fixed[at] ?? "";
      let joined = "";
      for (const { index, codes, narrow } of from) {
        const cell = fields[index] ?? "";
        const value = narrow ? toHalf(cell) : cell;
        joined += codes?.get(value) ?? value;
      }
      return joined;
    });
}
