// Builds the browser applications where their sources changed since the last build: `node scripts/build-web.mjs`. Plain
// JavaScript for the machine's own Node. Says nothing where all is in place; `npm start` and `npm test` call it.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const ownNode = join(root, "node_modules/.bin/node");

/** Folders and files that end up in the application of staff, besides the packages (those stand in package-lock.json). */
const SOURCES = [
  "web/staff/app",
  "web/staff/vite.config.ts",
  "package-lock.json",
  "platform/src/calendar",
  "law/src/dates",
  "law/contract.ts",
];

const filesBelow = (path) => {
  const full = join(root, path);
  try {
    return readdirSync(full, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted();
  } catch (error) {
    if (error.code === "ENOTDIR") return [full];
    throw error;
  }
};

const digest = () => {
  const hash = createHash("sha256");
  for (const file of SOURCES.flatMap(filesBelow)) {
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  }
  return hash.digest("hex");
};

const folder = join(root, "web/staff");
const stamp = join(folder, "dist/.sources");
const wanted = digest();
if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) process.exit(0);

// Into a folder of its own, then in one step into its place: a build that was cut short is never served.
const fresh = join(folder, `dist-${process.pid}`);
const vite = join(root, "node_modules/vite/bin/vite.js");
const { status, stdout, stderr } = spawnSync(
  existsSync(ownNode) ? ownNode : process.execPath,
  [vite, "build", "--config", join(folder, "vite.config.ts"), "--outDir", fresh, "--logLevel", "warn"],
  // Tests set NODE_ENV, and a build under theirs would be one for development, with the places of the sources in it.
  { cwd: folder, encoding: "utf8", env: { ...process.env, NODE_ENV: "production" } },
);
if (status !== 0) {
  rmSync(fresh, { recursive: true, force: true });
  process.stderr.write(
    `${stdout}${stderr}\n画面を組み立てられませんでした。\n  The web application could not be built.\n`,
  );
  process.exit(1);
}
writeFileSync(join(fresh, ".sources"), wanted);
const old = join(folder, `dist-old-${process.pid}`);
if (existsSync(join(folder, "dist"))) renameSync(join(folder, "dist"), old);
renameSync(fresh, join(folder, "dist"));
rmSync(old, { recursive: true, force: true });
