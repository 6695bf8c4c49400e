/** The pepper: the secret of the password hash that lives outside the database (THR12), in the data folder, mode 0600. */
import { randomBytes } from "node:crypto";
import { chmod, link, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { refuse } from "./problem.ts";

const NAME = "identity-pepper";
const BYTES = 32;

/** Where the pepper of this data folder is. Whoever backs up the database keeps this file apart from it. */
export function pepperPath(dataDir: string): string {
  return join(dataDir, "secrets", NAME);
}

async function create(path: string): Promise<void> {
  await mkdir(join(path, ".."), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.${randomBytes(6).toString("hex")}`;
  await writeFile(draft, `${randomBytes(BYTES).toString("hex")}\n`, { mode: 0o600, flag: "wx" });
  await chmod(draft, 0o600);
  // link() fails where another process was first: nobody's pepper is ever replaced.
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await rm(draft);
}

/**
 * Reads the pepper; makes it when there is none.
 *
 * @throws Refusal `pepperUnreadable` when it is not 32 bytes or others may read it. It is never made anew then: all
 *   passwords would be lost.
 */
export async function readPepper(dataDir: string): Promise<Buffer> {
  const path = pepperPath(dataDir);
  const found = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (found === undefined) {
    await create(path);
    return await readPepper(dataDir);
  }
  const open = ((await stat(path)).mode & 0o077) !== 0;
  if (!open && /^[0-9a-f]{64}\n?$/.test(found)) return Buffer.from(found.trim(), "hex");
  return refuse(
    "pepperUnreadable",
    open
      ? `パスワードの秘密（${path}）を他の利用者が読めます。chmod 600 で権限を直してから起動してください。`
      : `パスワードの秘密（${path}）の内容が壊れています。控えから元に戻してください。作り直すと、全員のパスワードが使えなくなります。`,
  );
}
