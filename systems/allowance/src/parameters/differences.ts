/** What differs between two sets of parameters, value by value. Pure. */
import type { DatedValue, ParameterSet } from "./program-set.ts";

/** One value that was added, changed or is gone. `before` and `after` hold the months and the whole value. */
export type ParameterDifference = {
  readonly kind: "added" | "changed" | "removed";
  readonly set: string;
  readonly id: string;
  readonly title: string;
  readonly before: DatedValue | null;
  readonly after: DatedValue | null;
};

const nameOf = (value: DatedValue): string => `${value.set}/${value.id}`;

/** In the order of the new set, then what is gone. `null` before: the first set, everything is added. */
export function differencesBetween(before: ParameterSet | null, after: ParameterSet): readonly ParameterDifference[] {
  const old = new Map((before?.entries ?? []).map((each) => [nameOf(each), each]));
  const found = after.entries.flatMap((value): ParameterDifference[] => {
    const standing = old.get(nameOf(value)) ?? null;
    old.delete(nameOf(value));
    if (standing?.digest === value.digest) return [];
    const { set, id, title } = value;
    return [{ kind: standing === null ? "added" : "changed", set, id, title, before: standing, after: value }];
  });
  const gone = [...old.values()].map((value): ParameterDifference => ({
    kind: "removed",
    set: value.set,
    id: value.id,
    title: value.title,
    before: value,
    after: null,
  }));
  return [...found, ...gone];
}
