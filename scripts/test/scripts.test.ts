import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const SCRIPTS = resolve(import.meta.dirname, "..");
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "hagukumi-scripts-"));
  // An npm that installs nothing: a test must never take node_modules away from under the others.
  await mkdir(join(dir, "npm"));
  await writeFile(join(dir, "npm/npm"), '#!/bin/sh\n[ "$1" = "--version" ] && echo 11.0.0\n', { mode: 0o755 });
});
afterAll(async () => await rm(dir, { recursive: true }));

type Run = { readonly status: number; readonly stdout: string; readonly stderr: string };

async function run(script: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Run> {
  return await new Promise((done) => {
    const options = {
      env: { ...process.env, npm_lifecycle_event: "", PATH: `${dir}/npm:${process.env["PATH"] ?? ""}`, ...env },
    };
    execFile(process.execPath, [join(SCRIPTS, script), ...args], options, (error, stdout, stderr) => {
      done({ status: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

describe("setup.mjs", () => {
  it("stops with a plain instruction in Japanese and English when npm is missing", async () => {
    const result = await run("setup.mjs", [], { PATH: dir });
    expect(result).toMatchObject({ status: 1, stdout: "" });
    expect(result.stderr).toMatch(/npm がありません。.*入れてください。\n.*install the npm/);
  });

  it("says which tests are skipped when there is no browser, and does not fail for it", async () => {
    const result = await run("setup.mjs", [], { npm_lifecycle_event: "test", CHROMIUM_PATH: join(dir, "none") });
    expect(result.status).toBe(0);
    expect(result.stderr).toMatch(/画面の試験を飛ばします.*CHROMIUM_PATH/);
  });

  it("says nothing where all is in place, also when several run at once", async () => {
    const results = await Promise.all([run("setup.mjs"), run("setup.mjs")]);
    for (const result of results) {
      expect(result).toMatchObject({ status: 0, stdout: "" });
      expect(result.stderr.replaceAll(/.*準備が終わるのを待っています\n.*another setup.*\n/g, "")).toBe("");
    }
  });
});

describe("run.mjs", () => {
  it("refuses to run nothing", async () => {
    expect(await run("run.mjs")).toMatchObject({ status: 2, stdout: "" });
  });

  it("runs TypeScript on Node 24 or later with the arguments, and ends with the program's status", async () => {
    const file = join(dir, "program.ts");
    await writeFile(
      file,
      "const status: number = 7; console.log(process.versions.node.split('.')[0], process.argv.slice(2).join(' ')); process.exit(status);",
    );
    const result = await run("run.mjs", [file, "一つ", "--json"]);
    expect(result.status).toBe(7);
    expect(result.stdout).toMatch(/^2[4-9] 一つ --json\n$/);
  });

  it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "passes %s on and waits for the program's own end",
    async (signal) => {
      const file = join(dir, `${signal}.ts`);
      await writeFile(
        file,
        `process.on("${signal}", () => setTimeout(() => { console.log("ended in order"); process.exit(3); }, 200));
       setInterval(() => {}, 1000); console.log("ready");`,
      );
      const child = spawn(process.execPath, [join(SCRIPTS, "run.mjs"), file], { stdio: ["ignore", "pipe", "inherit"] });
      let output = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
      await once(child.stdout, "data");
      child.kill(signal);
      const [status] = (await once(child, "close")) as [number | null];
      expect(output).toBe("ready\nended in order\n");
      expect(status).toBe(3);
    },
  );

  it("works when it is called through a link from another folder", async () => {
    const link = join(dir, "link.mjs");
    await symlink(join(SCRIPTS, "run.mjs"), link);
    await writeFile(join(dir, "hello.ts"), 'console.log("hello");');
    const stdout = await new Promise((done) => {
      execFile(process.execPath, [link, join(dir, "hello.ts")], { cwd: dir }, (_, text) => done(text));
    });
    expect(stdout).toBe("hello\n");
  });
});
