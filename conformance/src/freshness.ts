/** Whether a test that passed earlier still counts: only while nothing that it stands on has changed since. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { importClosure, readPackages } from "./imports.ts";

// Read by every run; a change may change any result.
const ALWAYS = new Set(["vitest.config.ts", "package-lock.json", "package.json", "tsconfig.json"]);
const CLUSTER = "platform/test/support/cluster.ts";

/** The first changed file on which the test file stands, or undefined where its result still counts. */
export type FindChanged = (testFile: string, changed: ReadonlySet<string>) => string | undefined;

/**
 * A test stands on its imports, on all files beside and below it (its data), on the migrations where it uses a database,
 * and on the whole program where it runs the command line. Errs towards calling a result out of date.
 */
export function createFindChanged(root: string): FindChanged {
  const packages = readPackages(root);
  const closures = new Map<string, ReadonlySet<string>>();
  return (testFile, changed) => {
    if (changed.size === 0) return undefined;
    const closure = closures.get(testFile) ?? importClosure(root, packages, testFile);
    closures.set(testFile, closure);
    const path = join(root, testFile);
    const source = existsSync(path) ? readFileSync(path, "utf8") : "";
    const runsProgram = /bin\/hagukumi|cli\/src|spawn|execFile|fork\(/.test(source);
    const folder = `${dirname(testFile)}/`;
    return [...changed].find(
      (file) =>
        ALWAYS.has(file) ||
        closure.has(file) ||
        file.startsWith(folder) ||
        (closure.has(CLUSTER) && /\/migrations\//.test(file)) ||
        (runsProgram && /\.(?:ts|tsx|mjs|sql)$/.test(file) && !/(?:^|\/)test\//.test(file)),
    );
  };
}
