// Runs a TypeScript file on the project's own Node 24, whatever Node this is: `node scripts/run.mjs file.ts [arguments]`.
// Passes signals on and ends as the program ended.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const ownNode = join(root, "node_modules/.bin/node");
const node = existsSync(ownNode) ? ownNode : process.execPath;
const [file, ...args] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write("使い方: node scripts/run.mjs ファイル.ts [引数]\n");
  process.exit(2);
}

// Compiled modules are kept, so that the next start is faster; where the folder cannot be written, Node goes on without.
const cache = process.env["NODE_COMPILE_CACHE"] ?? join(root, "node_modules/.cache/hagukumi");
const child = spawn(node, [resolve(root, file), ...args], {
  stdio: "inherit",
  env: { ...process.env, NODE_COMPILE_CACHE: cache },
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR2"]) {
  // From a terminal the child has received Ctrl-C as well; a second one must not cut its orderly end short.
  process.on(signal, () => {
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  });
}
child.once("error", (error) => {
  process.stderr.write(`${file} を起動できません: ${error.message}\n`);
  process.exit(1);
});
child.once("close", (code, signal) => {
  process.exit(signal === null ? code : 128 + (constants.signals[signal] ?? 0));
});
