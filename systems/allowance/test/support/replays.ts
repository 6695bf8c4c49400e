/** What a replay found: the tables that came out otherwise than they are stored, each with its rows. */
import type { ReplayedTable } from "../../src/verify/compare-table.ts";

export const differing = (tables: readonly ReplayedTable[]): readonly string[] =>
  tables
    .filter(({ stored, rebuilt }) => stored !== rebuilt)
    .map(({ table, examples }) => [table, ...examples].join("\n  "));
