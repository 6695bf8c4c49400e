/** The key of the seals: outside the database, in the data folder, mode 0600. Who has the database alone cannot seal. */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { Refusal } from "../../database/problem.ts";
import { type SealKey, sealKeyOf } from "./block.ts";

/** Each vault has a key of its own, so that its machine needs no other; so has what is handed over to other offices. */
export type SealKeyFile =
  | "log-seal-key.pem"
  | "vault-seal-key.pem"
  | "transfer-seal-key.pem"
  | "statement-seal-key.pem";

/** Where the key of this data folder is. Backed up apart from the database. */
export function sealKeyPath(dataDir: string, file: SealKeyFile = "log-seal-key.pem"): string {
  return join(dataDir, "secrets", file);
}

async function create(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const { privateKey } = generateKeyPairSync("ed25519");
  const draft = `${path}.${process.pid}.${randomBytes(6).toString("hex")}`;
  await writeFile(draft, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600, flag: "wx" });
  // link() fails where another process was first: no key is ever replaced.
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await rm(draft);
}

/**
 * Reads the key of the seals; makes it where there is none.
 *
 * @throws Refusal `sealKeyUnreadable` when others may read it or it is no Ed25519 key. It is never made anew then: the seals
 *   of before could no longer be checked.
 */
export async function readSealKey(dataDir: string, file: SealKeyFile = "log-seal-key.pem"): Promise<SealKey> {
  const path = sealKeyPath(dataDir, file);
  const pem = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (pem === undefined) {
    await create(path);
    return await readSealKey(dataDir, file);
  }
  if (((await stat(path)).mode & 0o077) !== 0) {
    throw new Refusal(
      "sealKeyUnreadable",
      `記録の封の鍵（${path}）を他の利用者が読めます。chmod 600 で権限を直してからやり直してください。`,
    );
  }
  try {
    return sealKeyOf(pem);
  } catch (error) {
    throw new Refusal(
      "sealKeyUnreadable",
      `記録の封の鍵（${path}）の内容が壊れています。控えから元に戻してください。作り直すと、これまでの封を確かめられなくなります。`,
      {},
      { cause: error },
    );
  }
}
