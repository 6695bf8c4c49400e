/** Which files a file of the workspace stands on: read from its imports, without running anything. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** Module names in import and export statements and in dynamic imports with a literal name. */
export function importedNames(source: string): string[] {
  const patterns = [
    /^[ \t]*import\s+(?:type\s+)?(?:[\w*{][^"'`;=()]*?\s+from\s+)?["']([^"'\n]+)["']/gm,
    /^[ \t]*export\s+(?:type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\})\s+from\s+["']([^"'\n]+)["']/gm,
    /\bimport\(\s*["']([^"'\n]+)["']/g,
  ];
  return patterns.flatMap((pattern) => [...source.matchAll(pattern)].map(([, name = ""]) => name));
}

type Package = { readonly name: string; readonly dir: string; readonly exports?: Readonly<Record<string, string>> };

/** The packages of the workspace at `root`, by their names. */
export function readPackages(root: string): ReadonlyMap<string, Package> {
  const read = (dir: string): unknown => JSON.parse(readFileSync(join(root, dir, "package.json"), "utf8"));
  const { workspaces } = read(".") as { workspaces: string[] };
  return new Map(
    workspaces.map((dir) => {
      const found = read(dir) as Omit<Package, "dir">;
      return [found.name, { ...found, dir }];
    }),
  );
}

/**
 * The file of the workspace that `name` means in `from`; paths are relative to the root. Undefined for a package from
 * outside, a module of Node, and a name that leads nowhere.
 */
export function resolveImport(packages: ReadonlyMap<string, Package>, from: string, name: string): string | undefined {
  if (name.startsWith(".")) return normalize(join(dirname(from), name));
  const [, scoped = "", rest = ""] = /^(@[^/]+\/[^/]+|[^@/][^/]*)(?:\/(.*))?$/.exec(name) ?? [];
  const found = packages.get(scoped);
  if (found === undefined) return undefined;
  const exact = found.exports?.[`./${rest}`];
  const pattern = found.exports?.["./*"];
  const target = exact ?? pattern?.replace("*", rest);
  return target === undefined ? undefined : normalize(join(found.dir, target));
}

/** `file` and every file of the workspace that it imports, directly or through others. */
export function importClosure(root: string, packages: ReadonlyMap<string, Package>, file: string): ReadonlySet<string> {
  const closure = new Set<string>();
  const waiting = [file];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (closure.has(next)) continue;
    closure.add(next);
    const path = join(root, next);
    if (!/\.tsx?$/.test(next) || !existsSync(path)) continue;
    for (const name of importedNames(readFileSync(path, "utf8"))) {
      const target = resolveImport(packages, next, name);
      if (target !== undefined) waiting.push(target);
    }
  }
  return closure;
}
