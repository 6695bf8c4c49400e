/** Where the record of the database's statements goes: `HAGUKUMI_STATEMENT_LOG`, and who this installation is there. */
import { createHash } from "node:crypto";
import { join } from "node:path";

import type { SealKey } from "@hagukumi/platform/access/seal/block.ts";
import { readSealKey } from "@hagukumi/platform/access/seal/seal-key.ts";
import { folderPlace } from "@hagukumi/platform/database/statement-log/folder-place.ts";
import type { StatementPlace } from "@hagukumi/platform/database/statement-log/keep.ts";
import type { StatementLog } from "@hagukumi/platform/database/statement-log/pipe.ts";

const CHILD = join(import.meta.dirname, "keeper-child.ts");

/** Folder of the embedded server. */
export const serverFolder = (dataDir: string): string => join(dataDir, "postgres");

/**
 * The place: a folder (a share of another machine), `https://host/bucket/folder` or `sftp://user@host/folder`; default the folder
 * `statement-log` of the data folder, which is no other machine.
 */
export async function openStatementPlace(
  dataDir: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<StatementPlace> {
  const set = environment["HAGUKUMI_STATEMENT_LOG"] ?? "";
  if (!/^(?:https?|sftp):/.test(set)) return folderPlace(set === "" ? join(dataDir, "statement-log") : set);
  // Loaded only here: most installations of one machine never need it, and the keeper starts with every server.
  const { openStore } = await import("@hagukumi/interchange/contract.ts");
  return await openStore(dataDir, set, {
    ...environment,
    HAGUKUMI_STORE_KEY_FILE: environment["HAGUKUMI_STATEMENT_LOG_KEY_FILE"],
  });
}

export type StatementKeys = { readonly seal: SealKey; readonly digest: Buffer };

/** The key of the seals, and the key of the digests that follows from it. @throws Refusal `sealKeyUnreadable` */
export async function statementKeys(dataDir: string): Promise<StatementKeys> {
  const seal = await readSealKey(dataDir, "statement-seal-key.pem");
  const digest = createHash("sha256")
    .update("hagukumi statement digest\n")
    .update(seal.privateKey.export({ type: "pkcs8", format: "der" }))
    .digest();
  return { seal, digest };
}

/** How this program has the statements of its embedded database kept. */
export function statementLogOf(dataDir: string): StatementLog {
  const kept = Object.entries(process.env).filter(
    ([name]) => name.startsWith("HAGUKUMI_") || name.startsWith("SSL_") || ["PATH", "HOME", "TZ"].includes(name),
  );
  return {
    command: [process.execPath, ...process.execArgv, CHILD],
    environment: { ...Object.fromEntries(kept), HAGUKUMI_DATA: dataDir },
    tell: (message) => process.stderr.write(`${message}\n`),
  };
}
