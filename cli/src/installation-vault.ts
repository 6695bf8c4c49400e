/** The vault of this installation, opened for a program: its database, its keys, and the signer of the program's calls. */
import type { AddresseeService } from "@hagukumi/unified-addressee/contract.ts";
import {
  approveRight,
  clientSigner,
  connectVault,
  connectVaultSecurely,
  type KeyKeeper,
  type KeyWork,
  keeperFrom,
  listVaultRights,
  type OpenVault,
  openVault,
  openVaultDatabase,
  readEnvelope,
  registerClient,
  requestRight,
  startVaultSealer,
  vaultFiles,
  type VaultOperation,
  vaultUrl,
} from "@hagukumi/vault/contract.ts";
import { processIdentity } from "@hagukumi/platform/tls/identity-files.ts";
import { openLink } from "@hagukumi/platform/tls/link.ts";
import { isProduction } from "@hagukumi/platform/identity/settings.ts";
import type { Pool } from "pg";

/** The name under which the staff application calls the vault. */
export const STAFF_CLIENT = "staff";

/** Who numbers what was left in the queue. */
export const NUMBERING_ACTOR = "system.numbering";

const DAY = 86_400_000;

export type InstallationVault = AddresseeService & {
  readonly vault: OpenVault;
  readonly keeper: KeyKeeper;
  readonly work: KeyWork;
  readonly envelopePath: string;
  readonly publicKey: Buffer;
  readonly close: () => Promise<void>;
};

/** The vault's database alone, with the keeper of its keys: for work that needs no open vault (rebuilding). */
export async function openVaultStore(
  databaseUrl: string,
  dataDir: string,
  operator: string,
): Promise<{ readonly pool: Pool; readonly keeper: KeyKeeper; readonly work: KeyWork; readonly envelopePath: string }> {
  const url = vaultUrl(databaseUrl, process.env);
  const own = (process.env["HAGUKUMI_VAULT_DATABASE_URL"] ?? "") !== "";
  // The keeper first: without it no database is made.
  const keeper = await keeperFrom(process.env, dataDir, { production: isProduction(process.env) });
  const pool = await openVaultDatabase(url, own ? undefined : databaseUrl);
  const work: KeyWork = { pool, operator, now: () => new Date() };
  return { pool, keeper, work, envelopePath: vaultFiles(dataDir).envelope };
}

/** Whether this installation has a vault: its envelope is there. */
export async function hasVault(dataDir: string): Promise<boolean> {
  return (await readEnvelope(vaultFiles(dataDir).envelope)) !== undefined;
}

/** The database of this installation's vault without its keys, for its log. Undefined where there is no vault here. The caller ends it. */
export async function openVaultRecords(databaseUrl: string, dataDir: string): Promise<Pool | undefined> {
  if (!(await hasVault(dataDir))) return undefined;
  const own = (process.env["HAGUKUMI_VAULT_DATABASE_URL"] ?? "") !== "";
  return await openVaultDatabase(vaultUrl(databaseUrl, process.env), own ? undefined : databaseUrl);
}

/**
 * Opens the vault, and makes it at the first time.
 *
 * @throws Refusal `masterMissing`, `masterUnreadable`, `keyMissing`
 */
export async function openInstallationVault(
  databaseUrl: string,
  dataDir: string,
  operator: string,
): Promise<InstallationVault> {
  const { pool, keeper, work, envelopePath } = await openVaultStore(databaseUrl, dataDir, operator);
  try {
    const vault = await openVault(work, keeper, envelopePath);
    const { publicKey, ...signer } = await clientSigner(dataDir, STAFF_CLIENT);
    // Whoever has the vault open seals its log: every second, and once more at the end.
    const sealer = await startVaultSealer(pool, dataDir, (line) => process.stderr.write(`${line}\n`));
    const close = async (): Promise<void> => {
      await sealer.close();
      await vault.close();
    };
    return { vault, signer, keeper, work, envelopePath, publicKey, close };
  } catch (error) {
    await pool.end();
    throw error;
  }
}

/**
 * The vault for the staff application: the one at `HAGUKUMI_VAULT_SOCKET` (a path, or `https://host:port`) in a process of its own, else this installation's in this process.
 * Undefined where there is none.
 */
export async function openStaffVault(
  databaseUrl: string,
  dataDir: string,
): Promise<(AddresseeService & { readonly close: () => Promise<void> }) | undefined> {
  const socket = process.env["HAGUKUMI_VAULT_SOCKET"] ?? "";
  if (socket !== "") {
    const vault = /^https?:/.test(socket)
      ? connectVaultSecurely(socket.replace(/\/$/, ""), openLink(processIdentity()))
      : connectVault(socket);
    return { vault, signer: await clientSigner(dataDir, STAFF_CLIENT), close: vault.close };
  }
  return (await hasVault(dataDir)) ? await openInstallationVault(databaseUrl, dataDir, "system.serve") : undefined;
}

/** What a right of the staff application needs in the vault. */
const OPERATIONS: Readonly<Record<string, readonly VaultOperation[]>> = {
  "number.enter": ["register", "entries", "change", "match"],
  "number.confirm": ["match", "undoChange", "requestErasure"],
  "number.reveal": ["reveal"],
  "addressee.approve": ["erase"],
};

/** The operations of the vault that these rights need. */
export function vaultOperationsOf(permissions: readonly string[]): readonly VaultOperation[] {
  return [...new Set(permissions.flatMap((code) => OPERATIONS[code] ?? []))];
}

/** Registers the staff application with the vault where it is not yet. */
export async function registerStaffClient({
  work,
  publicKey,
}: Pick<InstallationVault, "work" | "publicKey">): Promise<void> {
  const { rows } = await work.pool.query("SELECT FROM vault.client WHERE client_id = $1", [STAFF_CLIENT]);
  if (rows.length > 0) return;
  const validTo = new Date(work.now().getTime() + 365 * DAY);
  await registerClient(work, { clientId: STAFF_CLIENT, name: "職員の画面", publicKey, validTo });
}

/** Gives made-up people what they need, by two made-up names; only for the demonstration. */
export async function grantDemoRights(
  opened: Pick<InstallationVault, "work" | "publicKey">,
  people: readonly { readonly actor: string; readonly operations: readonly VaultOperation[] }[],
): Promise<void> {
  const { work } = opened;
  await registerStaffClient(opened);
  const day = (offset: number): string => new Date(work.now().getTime() + offset * DAY).toISOString().slice(0, 10);
  const today = day(0);
  const held = (await listVaultRights(work)).filter(({ state, endsOn }) => state === "approved" && endsOn >= today);
  for (const { actor, operations } of people) {
    const missing = operations.filter(
      (each) => !held.some((right) => right.actor === actor && right.operations.includes(each)),
    );
    if (missing.length === 0) continue;
    const right = {
      clientId: STAFF_CLIENT,
      actor,
      operations: missing,
      startsOn: day(-1),
      endsOn: day(363),
      reason: "デモ",
    };
    const rightId = await requestRight({ ...work, operator: "demo.setup1" }, right);
    await approveRight({ ...work, operator: "demo.setup2" }, rightId);
  }
}
