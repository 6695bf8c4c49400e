/** The master key at a key service, over real HTTP against the simulated one, which checks every signature. */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type KeyService, startKeyService } from "@hagukumi/outside-key-service/contract.ts";
import { openLink } from "@hagukumi/platform/tls/link.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { keyServiceKeeper } from "../../src/keys/key-service.ts";
import { changeKeeper, openRing, rotateMaster } from "../../src/keys/manage.ts";
import { keeperFrom } from "../../src/store/open.ts";
import { cheapCost, drawNumber, useVault } from "../support/vault.ts";

const made = useVault();
const link = openLink();
const pauses: number[] = [];
let service: KeyService;

const SECRET = "not-a-secret-of-anybody-0123456789";
const refused = (code: string): unknown => expect.objectContaining({ code });
const place = (over = {}) => ({
  endpoint: service.url,
  region: "ap-northeast-1",
  keyId: "vault-1",
  accessKeyId: "AKIDKINKO01",
  secretAccessKey: SECRET,
  ...over,
});
const keeper = (over = {}, patience = 10_000) =>
  keyServiceKeeper(link, place(over), {
    patience,
    pause: async (ms) => {
      pauses.push(ms);
      await Promise.resolve();
    },
  });

beforeAll(async () => {
  service = await startKeyService({
    port: 0,
    region: "ap-northeast-1",
    keyIds: ["vault-1", "vault-2", "payments"],
    callers: { AKIDKINKO01: { secret: SECRET, keyIds: ["vault-1", "vault-2"] } },
  });
});
afterAll(async () => {
  link.close();
  await service.close();
});

describe("the keeper at a key service", () => {
  it("is refused by a wrong secret, an unknown caller, a key without right, a disabled or missing key – at once and in words", async () => {
    const master = randomBytes(32);
    const bad = [
      { secretAccessKey: "another-secret-0123456789" },
      { accessKeyId: "AKIDNOBODY" },
      { region: "us-east-1" },
      { keyId: "payments" },
      { keyId: "none" },
    ];
    pauses.length = 0;
    for (const over of bad) await expect(keeper(over).close(master)).rejects.toThrowError(refused("keyServiceDenied"));
    const envelope = await keeper().close(master);
    service.setEnabled("vault-1", false);
    await expect(keeper().open(envelope)).rejects.toMatchObject({
      code: "keyServiceDenied",
      details: { reason: "DisabledException" },
    });
    service.setEnabled("vault-1", true);
    expect(await keeper().open(envelope)).toEqual(master);
    expect(pauses).toEqual([]);
    expect(JSON.stringify([envelope, service.log])).not.toContain(master.toString("base64"));
  });

  it("opens no envelope that was changed, of another key, of another keeper or of another purpose", async () => {
    const master = randomBytes(32);
    const envelope = await keeper().close(master);
    const sealed = String(envelope["sealed"]);
    const flipped = `${sealed.slice(0, -6)}${sealed.at(-6) === "A" ? "B" : "A"}${sealed.slice(-5)}`;
    for (const changed of [
      { ...envelope, sealed: flipped },
      { ...envelope, keyId: "vault-2" },
    ])
      await expect(keeper().open(changed)).rejects.toThrowError(refused("keyServiceDenied"));
    await expect(keeper().open({ by: "passphrase", sealed })).rejects.toThrowError(refused("masterUnreadable"));
    await expect(made.it.keeper.open(envelope)).rejects.toThrowError(refused("masterUnreadable"));
  });

  it("is patient with a service that throttles, fails, is slow or cuts the line, longer each time; and gives up in the end without harm", async () => {
    const master = randomBytes(32);
    const envelope = await keeper().close(master);
    for (const fault of ["throttled", "internal", "unreachable", "garbled"] as const) {
      pauses.length = 0;
      service.befall(fault, 2);
      expect(await keeper().open(envelope)).toEqual(master);
      // 200 ms, 400 ms: between half and all of it
      expect(pauses.map((ms) => ms >= 100 && ms <= 400)).toEqual([true, true]);
    }
    service.befall("slow", 1);
    expect(await keeper({}, 200).open(envelope)).toEqual(master);
    for (const fault of ["throttled", "unreachable"] as const) {
      service.befall(fault, 99);
      await expect(keeper().open(envelope)).rejects.toThrowError(refused("keyServiceUnavailable"));
      service.befall(fault, 0);
    }
    expect(await keeper().open(envelope)).toEqual(master);
  });

  it("keeps a vault: the envelope changes hands from the passphrase, the service's key turns over, the master key and the key are renewed, and every number opens", async () => {
    const { it: vault } = made;
    const number = drawNumber();
    const [entered] = await vault.ask("register", { entries: [{ entryKey: "kms:1", number }] });
    const personRef = entered?.personRef ?? "";
    const opens = async (envelope: Parameters<ReturnType<typeof keeper>["open"]>[0]): Promise<boolean> => {
      const ring = await openRing(vault.database.pool, keeper(), envelope);
      const known = ring.encryptionVersion > 0;
      ring.wipe();
      return known;
    };
    const first = await changeKeeper(vault.work, vault.vault.ring, keeper());
    expect(await opens(first)).toBe(true);
    service.turnOver("vault-1");
    expect(await opens(first)).toBe(true);
    const second = await changeKeeper(vault.work, vault.vault.ring, keeper({ keyId: "vault-2" }));
    service.setEnabled("vault-1", false);
    await expect(opens(first)).rejects.toThrowError(refused("keyServiceDenied"));
    expect(await opens(second)).toBe(true);
    // A service that fails in the middle of a renewal: nothing has changed.
    service.befall("throttled", 99);
    const renewing = rotateMaster(
      vault.work,
      vault.vault.ring,
      keeper({ keyId: "vault-2" }),
      async () => await Promise.resolve(),
    );
    await expect(renewing).rejects.toThrowError(refused("keyServiceUnavailable"));
    service.befall("throttled", 0);
    expect(await opens(second)).toBe(true);
    const shown = await vault.ask("reveal", { personRef });
    expect(shown.number.exposeDigits()).toBe(number.exposeDigits());
  });
});

describe("the settings", () => {
  it("name the service with a file for its key that nobody else can read; half a setting is refused", async () => {
    const dir = await mkdtemp(join(tmpdir(), "hagukumi-kms-"));
    const file = join(dir, "key.json");
    const env = {
      HAGUKUMI_VAULT_KMS: service.url,
      HAGUKUMI_VAULT_KMS_KEY: "vault-2",
      HAGUKUMI_VAULT_KMS_KEY_FILE: file,
    };
    const options = { production: true, cost: cheapCost };
    await expect(keeperFrom(env, dir, options)).rejects.toThrowError(refused("masterUnreadable"));
    await writeFile(file, JSON.stringify({ accessKeyId: "AKIDKINKO01", secretAccessKey: SECRET }), { mode: 0o644 });
    await expect(keeperFrom(env, dir, options)).rejects.toThrowError(refused("masterUnreadable"));
    await rm(file);
    await writeFile(file, JSON.stringify({ accessKeyId: "AKIDKINKO01", secretAccessKey: SECRET }), { mode: 0o600 });
    await expect(keeperFrom({ ...env, HAGUKUMI_VAULT_KMS_KEY: "" }, dir, options)).rejects.toThrowError(
      refused("masterUnreadable"),
    );
    const found = await keeperFrom(env, dir, options);
    const master = randomBytes(32);
    expect(await found.open(await found.close(master))).toEqual(master);
    // Over a net never in the clear
    const far = await keeperFrom({ ...env, HAGUKUMI_VAULT_KMS: "http://kms.example.lg.jp" }, dir, options);
    await expect(far.close(master)).rejects.toThrowError(refused("linkInsecure"));
    await rm(dir, { recursive: true, force: true });
  });
});
