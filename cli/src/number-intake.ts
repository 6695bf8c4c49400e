/**
 * 番号紐付情報 on its way into the vault: what this installation's 庁内連携 hands to system 3. The offices seal the numbers to a key of this
 * installation (`secrets/number-intake.pem`); its public half is what they are given.
 */
import type { Onward } from "@hagukumi/interchange/contract.ts";
import { writeFileAtomic } from "@hagukumi/platform/files/atomic.ts";
import {
  type AddresseeService,
  type NumberRow,
  openSealed,
  takeInNumbers,
} from "@hagukumi/unified-addressee/contract.ts";
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { chmod, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { hasVault, openInstallationVault } from "./installation-vault.ts";

/** Who takes in the numbers that come by feed; needs `register`, `match` and `change` in the vault. */
export const INTAKE_ACTOR = "system.intake";

/** The interface of this feed. */
export const NUMBER_INTERFACE = "individualNumbers";

/** The system whose numbers these are. */
const SOURCE_SYSTEM = "residentRegister";

/** Column of the feed in which the number lies. */
const NUMBER_COLUMN = "個人番号（封緘）";

async function readKey(path: string): Promise<KeyObject | undefined> {
  const pem = await readFile(path, "utf8").catch(() => undefined);
  return pem === undefined ? undefined : createPrivateKey(pem);
}

/** The key that numbers are sealed to; made at the first time. Two programs at once end with the same one. */
export async function intakeKey(dataDir: string): Promise<KeyObject> {
  const folder = join(dataDir, "secrets");
  const path = join(folder, "number-intake.pem");
  const found = await readKey(path);
  if (found !== undefined) return found;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const pem = generateKeyPairSync("x25519").privateKey.export({ type: "pkcs8", format: "pem" });
  await writeFileAtomic(path, pem, { exclusive: true }).catch(() => undefined);
  await chmod(path, 0o600);
  const made = await readKey(path);
  if (made === undefined) throw new Error(`${path} can't be read`);
  return made;
}

/** Public half as JWK text, for the office. */
export function publicIntakeKey(key: KeyObject): string {
  const { kty, crv, x } = createPublicKey(key).export({ format: "jwk" });
  return JSON.stringify({ kty, crv, x });
}

/** Hands the number feed to the vault; every other interface of system 3 goes on waiting. */
export function numberIntake(service: AddresseeService, key: KeyObject): Onward {
  return async (context, delivery) => {
    if (delivery.interfaceCode !== NUMBER_INTERFACE) return undefined;
    const lineOf = new Map<number, number>();
    const refused: { line: number; column: string; code: string }[] = [];
    const opened = async function* (): AsyncGenerator<NumberRow> {
      for await (const batch of delivery.open()) {
        for (const row of batch) {
          if (row.refused !== undefined) refused.push({ line: row.line, column: row.column, code: row.refused });
          else if (row.problem !== undefined) refused.push({ line: row.line, column: "", code: "lineUnreadable" });
          else {
            const [addressee = "", , sealed = "", changedOn = ""] = row.fields;
            const addresseeNumber = Number(addressee);
            lineOf.set(addresseeNumber, row.line);
            yield openSealed(key, { addresseeNumber, sealed, changedOn });
          }
        }
      }
    };
    const { today, pool, onProgress, signal } = context;
    const taken = await takeInNumbers(
      {
        ...service,
        pool,
        today,
        operator: INTAKE_ACTOR,
        purpose: "番号紐付情報の取り込み",
        ...(onProgress === undefined ? {} : { onProgress }),
        ...(signal === undefined ? {} : { signal }),
      },
      { key: delivery.key, systemCode: SOURCE_SYSTEM, rows: opened() },
    );
    for (const { addresseeNumber, code } of taken.refused)
      refused.push({ line: lineOf.get(addresseeNumber) ?? 0, column: NUMBER_COLUMN, code });
    return {
      added: taken.issued + taken.linked + taken.changed,
      unchanged: taken.same,
      refused: refused.length,
      refusedList: null,
      lines: refused.filter(({ line }) => line > 0).slice(0, 1000),
    };
  };
}

/** The number feed of an installation: its vault is opened when the first delivery comes, and closed with `close`. */
export function installationIntake(
  databaseUrl: string,
  dataDir: string,
): { readonly onward: Readonly<Record<string, Onward>>; readonly close: () => Promise<void> } {
  let vault: Awaited<ReturnType<typeof openInstallationVault>> | undefined;
  return {
    onward: {
      unifiedAddressee: async (context, delivery) => {
        if (delivery.interfaceCode !== NUMBER_INTERFACE || !(await hasVault(dataDir))) return undefined;
        vault ??= await openInstallationVault(databaseUrl, dataDir, INTAKE_ACTOR);
        return await numberIntake(vault, await intakeKey(dataDir))(context, delivery);
      },
    },
    close: async () => {
      await vault?.close();
    },
  };
}
