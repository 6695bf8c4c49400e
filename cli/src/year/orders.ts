/** The orders that the calendar leaves open: steps next to each other with the same mark on the same day, in any order. */
import type { YearStep } from "./work.ts";

/** Steps that may change places among themselves, in the order of the plan. */
export function openGroups(steps: readonly YearStep[]): readonly (readonly YearStep[])[] {
  const groups: YearStep[][] = [];
  let before: YearStep | undefined;
  for (const step of steps) {
    const same = step.anyOrder !== undefined && before?.anyOrder === step.anyOrder && before.on === step.on;
    if (same) groups.at(-1)?.push(step);
    else if (step.anyOrder !== undefined) groups.push([step]);
    before = step;
  }
  return groups.filter((group) => group.length > 1);
}

/** Every order of the steps; the first is the one given. */
export function ordersOf(steps: readonly YearStep[]): readonly (readonly YearStep[])[] {
  if (steps.length <= 1) return [steps];
  return steps.flatMap((first, at) => ordersOf(steps.toSpliced(at, 1)).map((rest) => [first, ...rest]));
}
