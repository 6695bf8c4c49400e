import { createHash, randomUUID } from "node:crypto";
import { link, mkdir, open, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

import type { BankReceipt } from "./channel.ts";

/** What the bank keeps of a file it took. */
export interface StoredReceipt extends Omit<BankReceipt, "duplicate"> {
  readonly fileName: string;
  readonly transferOn: string;
}

export const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/**
 * Writes a file that is either there whole or not there, and never replaces one: written aside, flushed, then linked.
 * @returns false when the name was taken
 */
async function putOnce(directory: string, name: string, content: Uint8Array | string): Promise<boolean> {
  const aside = join(directory, `.${randomUUID()}`);
  const handle = await open(aside, "wx");
  try {
    await handle.writeFile(content);
    await handle.sync();
    await handle.close();
    await link(aside, join(directory, name));
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  } finally {
    await handle.close().catch(() => undefined);
    await rm(aside, { force: true });
  }
}

function isStoredReceipt(value: unknown): value is StoredReceipt {
  if (typeof value !== "object" || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  const texts = ["receiptNumber", "receivedAt", "sha256", "fileName", "transferOn"];
  return (
    texts.every((name) => typeof fields.get(name) === "string") &&
    ["count", "amount"].every((name) => Number.isSafeInteger(fields.get(name)))
  );
}

/**
 * The bank's memory, in a folder: `inbox/` holds the bytes, `receipts/` one receipt per digest. A file counts as received
 * from the moment its receipt exists. One file per receipt and no common list: any number of processes may send at once,
 * and none of them can lose another's entry.
 */
export interface Inbox {
  /** Keeps a file unless the bank has the same bytes; answers with the receipt that stands. */
  take(
    bytes: Uint8Array,
    receipt: StoredReceipt,
  ): Promise<{ readonly receipt: StoredReceipt; readonly duplicate: boolean }>;
  find(sha256: string): Promise<StoredReceipt | undefined>;
  /** The receipt whose digest begins so; undefined without a beginning. */
  findByPrefix(prefix: string | undefined): Promise<StoredReceipt | undefined>;
  read(sha256: string): Promise<Uint8Array>;
}

export async function openInbox(directory: string): Promise<Inbox> {
  const inbox = join(directory, "inbox");
  const receipts = join(directory, "receipts");
  await mkdir(inbox, { recursive: true });
  await mkdir(receipts, { recursive: true });
  const find = async (sha256: string): Promise<StoredReceipt | undefined> => {
    if (!/^[0-9a-f]{64}$/.test(sha256)) return undefined;
    try {
      const value: unknown = JSON.parse(await readFile(join(receipts, `${sha256}.json`), "utf8"));
      if (isStoredReceipt(value)) return value;
    } catch (error) {
      if (hasCode(error, "ENOENT")) return undefined;
      throw error;
    }
    throw new Error(`銀行シミュレータの受付票 ${sha256}.json が壊れています。`);
  };
  return {
    find,
    findByPrefix: async (prefix) => {
      if (prefix === undefined) return undefined;
      const name = (await readdir(receipts)).find((candidate) => candidate.startsWith(prefix));
      return name === undefined ? undefined : await find(name.replace(/\.json$/, ""));
    },
    read: (sha256) => readFile(join(inbox, `${sha256}.dat`)),
    take: async (bytes, receipt) => {
      await putOnce(inbox, `${receipt.sha256}.dat`, bytes);
      const first = await putOnce(receipts, `${receipt.sha256}.json`, `${JSON.stringify(receipt, null, 2)}\n`);
      if (first) return { receipt, duplicate: false };
      return { receipt: (await find(receipt.sha256)) ?? receipt, duplicate: true };
    },
  };
}
