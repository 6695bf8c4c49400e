/**
 * 控えの鍵: two pairs, one for the databases of the business and one for the vault. The public halves stay here and can only close; each private
 * half is split, and any two of its holders open a copy together. Nobody, and no machine, has one alone.
 */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { type BackupKeys, HOLDER, parseBackupKeys, parseShareFile } from "@hagukumi/platform/backup/key-files.ts";
import { newBackupKey, type SealedPart } from "@hagukumi/platform/backup/sealed.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { writeFileAtomic } from "@hagukumi/platform/files/atomic.ts";
import { combineShares, readShare, shareText, splitSecret } from "@hagukumi/vault/contract.ts";

export const PARTS: readonly SealedPart[] = ["main", "vault"];

const keysPath = (dataDir: string): string => join(dataDir, "backup-keys.json");

/** @throws Refusal `backupKey` where none were made */
export async function readBackupKeys(dataDir: string): Promise<BackupKeys> {
  const text = await readFile(keysPath(dataDir), "utf8").catch(() => undefined);
  const read = text === undefined ? undefined : parseBackupKeys(text);
  if (read !== undefined) return read;
  throw new Refusal(
    "backupKey",
    "控えの鍵がまだありません。何もしていません。hagukumi backup keys で作り、札を二人以上に分けて渡してください。",
  );
}

/**
 * Makes both pairs, once. @param out folder for the shares: one file for each holder and part, to be handed out and taken from here
 *
 * @throws Refusal `invalidValue` unless two or more different holders; `fileExists` where there are keys already
 */
export async function makeBackupKeys(
  dataDir: string,
  holders: readonly string[],
  out: string,
): Promise<readonly string[]> {
  if (holders.length < 2 || new Set(holders).size !== holders.length || holders.some((holder) => !HOLDER.test(holder)))
    throw new Refusal(
      "invalidValue",
      "札を持つ人は、違う二人以上を --holder で挙げてください（半角の英数字と . _ @ -）。何も作っていません。",
    );
  const pairs = { main: newBackupKey(), vault: newBackupKey() };
  const keys: BackupKeys = { main: pairs.main.publicKey, vault: pairs.vault.publicKey, holders: [...holders] };
  await writeFileAtomic(keysPath(dataDir), `${JSON.stringify(keys)}\n`, { mode: 0o644, exclusive: true });
  await mkdir(out, { recursive: true, mode: 0o700 });
  const written: string[] = [];
  for (const part of PARTS) {
    const shares = splitSecret(pairs[part].privateKey, 2, holders.length);
    for (const [place, holder] of holders.entries()) {
      const [share] = shares.slice(place, place + 1);
      if (share === undefined) continue;
      const path = join(out, `share-${part}-${holder}.json`);
      await writeFileAtomic(path, `${JSON.stringify({ holder, part, share: shareText(share) })}\n`, {
        mode: 0o600,
        exclusive: true,
      });
      written.push(path);
    }
    pairs[part].privateKey.fill(0);
  }
  return written;
}

export type OpenedKeys = { readonly holders: readonly string[]; readonly main: Buffer; readonly vault: Buffer };

/** @throws Refusal `backupTwoPeople` unless shares of both parts from two holders; `backupKey` where one can't be read or doesn't fit */
export async function openShares(paths: readonly string[]): Promise<OpenedKeys> {
  const read = await Promise.all(
    paths.map(async (path) => {
      const text = await readFile(path, "utf8").catch(() => "");
      const found = parseShareFile(text);
      if (found !== undefined) return found;
      throw new Refusal(
        "backupKey",
        `札 ${path} を読めません。何も開いていません。hagukumi backup keys が書いたファイルを指定してください。`,
      );
    }),
  );
  const holders = [...new Set(read.map(({ holder }) => holder))];
  const of = (part: SealedPart): readonly { readonly holder: string; readonly share: string }[] =>
    read.filter((each) => each.part === part);
  if (holders.length < 2 || PARTS.some((part) => new Set(of(part).map(({ holder }) => holder)).size < 2))
    throw new Refusal(
      "backupTwoPeople",
      "控えを開くには、違う二人の札が、業務の分（main）と金庫の分（vault）の両方に要ります。何も開いていません。",
    );
  const open = (part: SealedPart): Buffer => combineShares(of(part).map(({ share }) => readShare(share)));
  return { holders, main: open("main"), vault: open("vault") };
}
