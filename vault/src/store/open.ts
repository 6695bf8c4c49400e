/** Opens the vault of an installation: its database, the envelope of the master key, the keys of its callers. */
import { chmod, mkdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { randomBytes } from "node:crypto";
import { migrate } from "@hagukumi/platform/database/migrate.ts";
import { connectClient, createPool } from "@hagukumi/platform/database/pool.ts";
import { sqlState } from "@hagukumi/platform/database/problem.ts";
import { writeFileAtomic } from "@hagukumi/platform/files/atomic.ts";
import { processIdentity } from "@hagukumi/platform/tls/identity-files.ts";
import { openLink } from "@hagukumi/platform/tls/link.ts";
import type { Pool } from "pg";
import { z } from "zod";

import { commandKeeper, type Envelope, type KeyKeeper, passphraseKeeper, type KeeperCost } from "../keys/keeper.ts";
import { keyServiceKeeper } from "../keys/key-service.ts";
import { hasKeys, type KeyWork, makeKeys, openRing } from "../keys/manage.ts";
import { refusal } from "../refusal.ts";
import { newClientKey, rawPublicKey, signerOf, type StatementSigner } from "../statement/statement.ts";
import { createVault, type OpenVault } from "../vault.ts";

const MIGRATIONS = join(import.meta.dirname, "../../migrations");

/** Files of the vault in the data folder; none of them is in the database, each is backed up apart from it. */
export function vaultFiles(dataDir: string): {
  readonly envelope: string;
  readonly passphrase: string;
  readonly clientKey: (client: string) => string;
} {
  const secrets = join(dataDir, "secrets");
  return {
    envelope: join(secrets, "vault-envelope.json"),
    passphrase: join(secrets, "vault-passphrase"),
    clientKey: (client) => join(secrets, `vault-client-${client}.pem`),
  };
}

/** Address of the vault's database: its own setting, else the database `<name>_vault` on the server of `url`. */
export function vaultUrl(url: string, environment: Readonly<Record<string, string | undefined>>): string {
  const own = environment["HAGUKUMI_VAULT_DATABASE_URL"] ?? "";
  if (own !== "") return own;
  const address = new URL(url);
  address.pathname = `${address.pathname}_vault`;
  return address.href;
}

/** Makes the database where it is missing and brings it up to date; returns a pool of its own. */
export async function openVaultDatabase(url: string, serverUrl?: string): Promise<Pool> {
  if (serverUrl !== undefined) {
    const name = decodeURIComponent(new URL(url).pathname.slice(1));
    const client = await connectClient(serverUrl, "hagukumi vault setup");
    try {
      const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [name]);
      if (rowCount === 0) {
        await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`).catch((error: unknown) => {
          if (sqlState(error) !== "42P04" && sqlState(error) !== "23505") throw error; // another process was first
        });
      }
    } finally {
      await client.end();
    }
  }
  await migrate(url, [{ room: "vault", dir: MIGRATIONS }]);
  return createPool(url, { applicationName: "hagukumi vault", max: 4 });
}

/** @throws Refusal `masterUnreadable` where others may read the file */
async function readSecret(path: string): Promise<string | undefined> {
  const found = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (found !== undefined && ((await stat(path)).mode & 0o077) !== 0)
    throw refusal("masterUnreadable", { path, mode: "others" });
  return found;
}

async function makeSecret(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFileAtomic(path, text, { exclusive: true });
  await chmod(path, 0o600);
}

const callerShape = z.strictObject({
  accessKeyId: z.string().regex(/^[\w+=,.@/-]{4,128}$/),
  secretAccessKey: z.string().min(16).max(256),
});

/** @throws Refusal `masterUnreadable` where the key is not named, or the caller's key is not in a file that nobody else can read; `tlsInvalid` */
async function keyServiceFrom(
  address: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<KeyKeeper> {
  const keyId = environment["HAGUKUMI_VAULT_KMS_KEY"] ?? "";
  if (keyId === "") throw refusal("masterUnreadable", { setting: "HAGUKUMI_VAULT_KMS_KEY" });
  const text = await readSecret(environment["HAGUKUMI_VAULT_KMS_KEY_FILE"] ?? "");
  let caller: z.infer<typeof callerShape>;
  try {
    caller = callerShape.parse(JSON.parse(text ?? ""));
  } catch {
    throw refusal("masterUnreadable", { setting: "HAGUKUMI_VAULT_KMS_KEY_FILE" });
  }
  const region = environment["HAGUKUMI_VAULT_KMS_REGION"] ?? "ap-northeast-1";
  const place = { endpoint: address.replace(/\/$/, ""), region, keyId, ...caller };
  return keyServiceKeeper(openLink(processIdentity(environment)), place);
}

/**
 * The keeper that the environment names: a key service (`HAGUKUMI_VAULT_KMS`), or `HAGUKUMI_VAULT_KEY_OPEN` and `HAGUKUMI_VAULT_KEY_CLOSE` (programs, JSON lists), or
 * `HAGUKUMI_VAULT_PASSPHRASE_FILE`. Without either, outside production, a passphrase is made in the data folder.
 *
 * @throws Refusal `masterUnreadable` in production without one of them, or where the file is missing or open to others
 */
export async function keeperFrom(
  environment: Readonly<Record<string, string | undefined>>,
  dataDir: string,
  options: { readonly production: boolean; readonly cost?: KeeperCost },
): Promise<KeyKeeper> {
  const program = (name: string): readonly string[] | undefined => {
    const text = environment[name] ?? "";
    if (text === "") return undefined;
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list) && list.length > 0 && list.every((word) => typeof word === "string")) return list;
    throw refusal("masterUnreadable", { setting: name });
  };
  const service = environment["HAGUKUMI_VAULT_KMS"] ?? "";
  if (service !== "") return await keyServiceFrom(service, environment);
  const open = program("HAGUKUMI_VAULT_KEY_OPEN");
  const close = program("HAGUKUMI_VAULT_KEY_CLOSE");
  if (open !== undefined && close !== undefined) return commandKeeper({ open, close });
  const named = environment["HAGUKUMI_VAULT_PASSPHRASE_FILE"] ?? "";
  const path = named === "" ? vaultFiles(dataDir).passphrase : named;
  const found = await readSecret(path);
  if (found !== undefined && !(options.production && named === "")) return passphraseKeeper(found.trim(), options.cost);
  // In production the passphrase never lies beside what it opens, and is never made by the program.
  if (options.production || named !== "")
    throw refusal("masterUnreadable", { setting: "HAGUKUMI_VAULT_PASSPHRASE_FILE" });
  await makeSecret(path, `${randomBytes(30).toString("base64url")}\n`).catch(() => {});
  return passphraseKeeper((await readSecret(path))?.trim() ?? "", options.cost);
}

/** Reads the envelope; undefined where there is none. @throws Refusal `masterUnreadable` */
export async function readEnvelope(path: string): Promise<Envelope | undefined> {
  const text = await readSecret(path);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && "by" in value && typeof value.by === "string")
      return value as Envelope;
  } catch {
    // falls through: broken JSON is a broken envelope
  }
  throw refusal("masterUnreadable", { path });
}

/** Writes the envelope; the one of before stays beside it as `.previous`. */
export async function keepEnvelope(path: string, envelope: Envelope): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const before = await readFile(path).catch(() => undefined);
  if (before !== undefined) await writeFileAtomic(`${path}.previous`, before);
  await writeFileAtomic(path, `${JSON.stringify(envelope)}\n`);
}

/**
 * Opens the vault, and makes it at the first time.
 *
 * @throws Refusal `masterMissing` where numbers are there and the envelope is not; `masterUnreadable`, `keyMissing`
 */
export async function openVault(work: KeyWork, keeper: KeyKeeper, envelopePath: string): Promise<OpenVault> {
  let envelope = await readEnvelope(envelopePath);
  if (envelope === undefined) {
    if (await hasKeys(work.pool)) throw refusal("masterMissing");
    envelope = await makeKeys(work, keeper);
    await keepEnvelope(envelopePath, envelope);
  }
  return createVault(work.pool, await openRing(work.pool, keeper, envelope), { now: work.now });
}

/** The signer of a calling program: its private key in the data folder, made at the first time. `publicKey` is to be registered. */
export async function clientSigner(
  dataDir: string,
  client: string,
): Promise<StatementSigner & { readonly publicKey: Buffer }> {
  const path = vaultFiles(dataDir).clientKey(client);
  const found = await readSecret(path);
  if (found === undefined) await makeSecret(path, newClientKey().privatePem).catch(() => {});
  const signer = signerOf(client, (await readSecret(path)) ?? "");
  return { ...signer, publicKey: rawPublicKey(signer.key) };
}
