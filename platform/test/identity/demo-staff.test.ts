import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createStaffKey, restoreStaffKey } from "@hagukumi/outside-staff-key/contract.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { demoPeople, demoStaff, readDemoStaff } from "../../src/identity/demo-staff.ts";
import type { DemoStaff } from "../../src/identity/demo-staff.ts";
import { isBelowFloor, parseHash } from "../../src/identity/password-hash.ts";
import { permissionCodes } from "../../src/identity/permissions.ts";
import { markInstallation } from "../../src/identity/sections.ts";
import { logOut, useSession } from "../../src/identity/session.ts";
import { openIdentity, readSettings } from "../../src/identity/settings.ts";
import type { Identity } from "../../src/identity/settings.ts";
import { freshDatabase, useDatabase } from "../support/cluster.ts";
import { asIdentity } from "../../src/identity/transaction.ts";
import {
  logIn,
  makePerson,
  makeSections,
  makeTerminal,
  refusalOf,
  shiftClock,
  testIdentity,
} from "../support/identity.ts";

describe("the demo's staff", () => {
  const database = useDatabase();
  let dir = "";
  let identity: Identity;
  let made: DemoStaff;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "identity-demo-"));
    // The product's own settings, with its own cost of the hash.
    identity = await openIdentity(database.pool, dir, readSettings({}));
    made = await demoStaff(identity, dir, createStaffKey);
  });
  afterAll(async () => await rm(dir, { recursive: true, force: true }));

  it("are not made beside production settings, in a database of production, or among real staff", async () => {
    const settings = readSettings({ HAGUKUMI_ENV: "production", HAGUKUMI_ORIGIN: "https://staff.example.jp" });
    expect(await refusalOf(demoStaff({ ...identity, settings }, dir, createStaffKey))).toBe("demoNotPermitted");
    expect(await refusalOf(openIdentity(database.pool, dir, settings))).toBe("productionSettings");
    const other = await freshDatabase();
    try {
      const there = testIdentity(other.pool);
      await makeSections(other.pool);
      const desk = await makeTerminal(there, "DESK-1");
      await makePerson(there, "kaku.301", desk);
      expect(await refusalOf(demoStaff(there, dir, createStaffKey))).toBe("demoNotPermitted");
      await asIdentity(other.pool, async (client) => await markInstallation(client, "production", "架空市"));
      expect(await refusalOf(demoStaff(there, dir, createStaffKey))).toBe("productionSettings");
      const { rows } = await other.pool.query("SELECT 1 FROM identity.staff WHERE staff_id LIKE 'demo.%'");
      expect(rows).toEqual([]);
    } finally {
      await other.drop();
    }
  });

  it("each logs in with the software key and the password of the file, and has the rights of the roles and no others", async () => {
    const held = new Set<string>();
    for (const { staffId, name, password, key } of made.staff) {
      expect(name).toMatch(/^架空 /);
      const { token } = await logIn(
        identity,
        { staffId, password, key: restoreStaffKey(key) },
        { secret: made.terminal.secret },
      );
      const { session } = await useSession(identity, token, { secret: made.terminal.secret });
      expect(session?.staffName).toBe(name);
      for (const code of session?.permissions ?? []) held.add(code);
      if (["demo.joho", "demo.kansa", "demo.kaikei"].includes(staffId)) {
        expect(session?.permissions.filter((code) => /^(?:case|claim|account|number)\./.test(code))).toEqual([]);
      }
      if (staffId === "demo.nishi") expect(session?.wards).toEqual(["431036"]);
      if (staffId === "demo.shinsa") expect(session?.wards).toBeNull();
      await logOut(identity, token);
    }
    expect(made.staff.map(({ staffId }) => staffId)).toEqual(demoPeople.map(({ staffId }) => staffId));
    // Everything can be shown in the demo except what a contractor alone does.
    expect(permissionCodes.filter((code) => !held.has(code))).toEqual(["batch.run"]);
  });

  it("[THR12] every hash that the product's settings stored is at the floor or above", async () => {
    const { rows } = await database.pool.query<{ hash: string }>("SELECT hash FROM identity.password");
    expect(rows.length).toBeGreaterThanOrEqual(demoPeople.length);
    for (const { hash } of rows) {
      const parsed = parseHash(hash);
      expect(parsed).toBeDefined();
      if (parsed !== undefined) expect(isBelowFloor(parsed.cost)).toBe(false);
    }
  });
});

describe("the demo's staff at a later start", () => {
  const database = useDatabase();
  let dir = "";
  let identity: Identity;
  let made: DemoStaff;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "identity-demo-"));
    identity = testIdentity(database.pool);
    made = await demoStaff(identity, dir, createStaffKey);
  });
  afterAll(async () => await rm(dir, { recursive: true, force: true }));

  it("stay as they are; half a file gives new keys to the same people", async () => {
    const path = join(dir, "demo-staff.json");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await demoStaff(identity, dir, createStaffKey)).toEqual(made);
    const whole = await readFile(path, "utf8");
    await writeFile(path, whole.slice(0, 500));
    expect(await readDemoStaff(dir)).toBeUndefined();
    const again = await demoStaff(identity, dir, createStaffKey);
    expect(again.staff.map(({ staffId }) => staffId)).toEqual(made.staff.map(({ staffId }) => staffId));
    expect(again.terminal.code).toBe("DEMO-2");
    const [one] = again.staff;
    const [before] = made.staff;
    if (one === undefined || before === undefined) throw new Error("no staff");
    const secret = { secret: again.terminal.secret };
    expect(await refusalOf(logIn(identity, { ...before, key: restoreStaffKey(before.key) }, secret))).toBe(
      "logInRefused",
    );
    const { token } = await logIn(identity, { ...one, key: restoreStaffKey(one.key) }, secret);
    await logOut(identity, token);
  });

  it("get new passwords, training and rights when the old ones have run out", async () => {
    await shiftClock(database.pool, "400 days");
    const later = await demoStaff(identity, dir, createStaffKey);
    const [one] = later.staff;
    if (one === undefined) throw new Error("no staff");
    const secret = { secret: later.terminal.secret };
    const { token } = await logIn(identity, { ...one, key: restoreStaffKey(one.key) }, secret);
    expect((await useSession(identity, token, secret)).session?.permissions).toContain("claim.examine");
  });
});
