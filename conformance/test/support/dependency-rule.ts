/** Which room may import which: the money flows one way, and so do the imports. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { importedNames, readPackages, resolveImport } from "../../src/imports.ts";

type Manifest = {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};

/** What the tests of one room lend to the tests of others: builders of cases, the one cluster. */
const TEST_SUPPORT = /^(?<room>[a-z]+)\/(?:[a-z-]+\/)*test\/support\//;

/** Rooms of the workspace that may be imported, by the first folder of the importer. Own files are always allowed. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  law: [],
  platform: ["law"],
  vault: ["platform"],
  systems: ["law", "platform", "systems"],
  outside: ["platform", "law", "systems", "outside"],
  web: ["law", "platform", "systems"],
  cli: ["law", "platform", "vault", "systems", "outside", "web"],
  bench: ["law", "platform", "vault", "systems", "outside", "cli", "web"],
  conformance: [],
  scripts: ["conformance"],
};

/** The vault of 個人番号 has one caller among the systems: the 団体内統合宛名システム. Business systems never reach it. */
const VAULT_CALLER = "systems/unified-addressee";

function mayUse(dir: string, target: string): boolean {
  const room = dir.split("/")[0] ?? "";
  return (allowed[room] ?? []).includes(target) || (target === "vault" && dir === VAULT_CALLER);
}

function declared(root: string, dir: string): ReadonlySet<string> {
  const read = (path: string): Manifest =>
    JSON.parse(readFileSync(join(root, path, "package.json"), "utf8")) as Manifest;
  const own = read(dir);
  return new Set([
    ...Object.keys({ ...own.dependencies, ...own.devDependencies, ...own.optionalDependencies }),
    ...Object.keys(read(".").devDependencies ?? {}), // tools of the whole workspace: vitest, fast-check
  ]);
}

function packageName(name: string): string {
  return name
    .split("/")
    .slice(0, name.startsWith("@") ? 2 : 1)
    .join("/");
}

/** What is wrong with the imports of the file `path` (from the root) with the text `source`; empty when nothing is. */
export function dependencyFaults(root: string, path: string, source: string): string[] {
  if (path.endsWith(".config.ts")) return []; // settings of a tool, no part of any room
  const packages = readPackages(root);
  const home = [...packages.values()].find(({ dir }) => path.startsWith(`${dir}/`));
  const room = path.split("/")[0] ?? "";
  const isTest = /(?:^|\/)test\//.test(path);
  const fault = (name: string): string | undefined => {
    if (name.startsWith(".")) {
      const target = resolveImport(packages, path, name) ?? "";
      if (home === undefined || target.startsWith(`${home.dir}/`)) return undefined;
      // A test may borrow the support of rooms that its own room stands on; law's tests need no database.
      const lender = TEST_SUPPORT.exec(target)?.groups?.["room"];
      // A bench, like a test, needs made-up people who are signed in.
      const borrows = isTest || room === "bench";
      if (
        borrows &&
        room !== "law" &&
        lender !== undefined &&
        (lender === "platform" || mayUse(home?.dir ?? room, lender))
      )
        return undefined;
      return `${name} leaves its own folder ${home.dir}`;
    }
    const target = packages.get(packageName(name));
    if (target !== undefined) {
      if (isTest && room === "law" && target.dir === "platform") return undefined; // the holiday table for vectors
      const targetRoom = target.dir.split("/")[0] ?? "";
      if (isTest && targetRoom === "outside" && name.endsWith("/contract.ts")) return undefined; // simulators serve tests
      if (target.dir !== home?.dir && !mayUse(home?.dir ?? room, targetRoom))
        return `${room} may not use ${targetRoom}: ${name}`;
      // The one door at the root: a `contract.ts` further in lists one subject for it, and is no door of its own.
      if (targetRoom !== "platform" && name !== `${target.name}/contract.ts`)
        return `${name}: only contract.ts is open to others`;
      return isTest || home === undefined || target.dir === home.dir || declared(root, home.dir).has(target.name)
        ? undefined
        : `${name} is not in ${home.dir}/package.json`;
    }
    if (name.startsWith("node:"))
      return room === "law" && !isTest ? `law uses nothing of the machine: ${name}` : undefined;
    if (room === "law" && !isTest) return `law depends on nothing: ${name}`;
    return declared(root, home?.dir ?? ".").has(packageName(name)) ? undefined : `${name} is not in package.json`;
  };
  return importedNames(source)
    .map(fault)
    .filter((found) => found !== undefined);
}
