import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createFindChanged } from "../src/freshness.ts";
import { importedNames } from "../src/imports.ts";
import { changedSince, readTreeState } from "../src/tree-state.ts";

let root: string;

async function put(path: string, text: string): Promise<void> {
  await mkdir(join(root, path, ".."), { recursive: true });
  await writeFile(join(root, path), text);
}

function git(...args: string[]): void {
  execFileSync("git", ["-c", "user.name=架空", "-c", "user.email=test@example.invalid", ...args], { cwd: root });
}

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "hagukumi-tree-"));
  await put("package.json", '{ "workspaces": ["law", "cli"] }');
  await put("law/package.json", '{ "name": "@x/law", "exports": { "./contract.ts": "./contract.ts" } }');
  await put("cli/package.json", '{ "name": "cli" }');
  await put("law/contract.ts", 'export { amount } from "./src/amount.ts";\n');
  await put("law/src/amount.ts", "export const amount = 10000;\n");
  await put("law/src/other.ts", "export const other = 1;\n");
  await put("cli/test/a.test.ts", 'import { amount } from "@x/law/contract.ts";\nvoid amount;\n');
  await put("docs/用語集.md", "児童\n");
  git("init", "-q");
  git("add", ".");
  git("commit", "-q", "-m", "first");
});
afterEach(async () => await rm(root, { recursive: true, force: true }));

describe("changedSince", () => {
  it("is unknown without git and for a commit that is not here", async () => {
    expect(await changedSince(root, { commit: "", uncommitted: {} })).toBeUndefined();
    expect(await changedSince(root, { commit: "0".repeat(40), uncommitted: {} })).toBeUndefined();
  });

  it("names what was changed, added or deleted since, committed or not", async () => {
    const then = await readTreeState(root);
    expect(await changedSince(root, then)).toEqual(new Set());
    await put("docs/用語集.md", "児童手当\n");
    await put("new.ts", "1");
    await rm(join(root, "law/src/other.ts"));
    const all = new Set(["docs/用語集.md", "new.ts", "law/src/other.ts"]);
    expect(await changedSince(root, then)).toEqual(all);
    git("add", "-A");
    git("commit", "-q", "-m", "second");
    expect(await changedSince(root, then)).toEqual(all);
  });

  it("counts from what was really tested where that was not committed", async () => {
    await put("law/src/amount.ts", "export const amount = 15000;\n");
    const then = await readTreeState(root);
    git("commit", "-q", "-a", "-m", "as tested");
    expect(await changedSince(root, then)).toEqual(new Set());
    git("revert", "--no-edit", "HEAD");
    expect(await changedSince(root, then)).toEqual(new Set(["law/src/amount.ts"]));
  });
});

function changed(...files: string[]): string | undefined {
  return createFindChanged(root)("cli/test/a.test.ts", new Set(files));
}

describe("createFindChanged", () => {
  it.each(["law/src/amount.ts", "law/contract.ts", "cli/test/a.test.ts", "cli/test/data.json", "package-lock.json"])(
    "calls the result out of date when %s changed",
    (file) => {
      expect(changed("docs/用語集.md", file)).toBe(file);
    },
  );

  it("keeps it when only files changed on which the test does not stand", () => {
    expect(changed("docs/用語集.md", "law/src/other.ts", "README.md")).toBeUndefined();
  });

  it("counts every program file for a test that runs the command line", async () => {
    await put("cli/test/a.test.ts", 'const program = "../bin/hagukumi";\nvoid program;\n');
    expect(changed("law/src/other.ts")).toBe("law/src/other.ts");
    expect(changed("README.md")).toBeUndefined();
  });
});

describe("importedNames", () => {
  it("finds static, re-exporting, side-effect, type and dynamic imports, over several lines", () => {
    const dynamic = ["const f = await im", 'port("f");'].join(""); // in parts: this file's own imports are read too
    const source = [
      'import a from "a";',
      'import {\n  b,\n  c,\n} from "./b.ts";',
      "export * from './c.ts';",
      'import "d";',
      '  import type { E } from "e";',
      dynamic,
      'const text = "import nothing";',
    ].join("\n");
    expect(importedNames(source).toSorted()).toEqual(["./b.ts", "./c.ts", "a", "d", "e", "f"]);
    expect(importedNames('export function from(x) {\n  return "y";\n}\nexport const a = "from";')).toEqual([]);
  });
});
