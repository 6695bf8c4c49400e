/** Test results as JSON, kept together with the state of the tree that they tested: what the conformance report counts. */
import { readFile, writeFile } from "node:fs/promises";

import { readTreeState } from "../conformance/src/tree-state.ts";

/**
 * Reads vitest's JSON report, writes it back with the commit (and what differed from it) and the suite's name, and gives it.
 *
 * @throws where there is no report or it is no JSON: the run broke before it was written
 */
export async function stampReport(root: string, path: string, suite: string): Promise<unknown> {
  const report = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
  const tested = { suite, ...(await readTreeState(root)) };
  await writeFile(path, JSON.stringify({ tested, ...report }));
  return report;
}
