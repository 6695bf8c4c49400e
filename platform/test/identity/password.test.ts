import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { costFloor, hashPassword, isBelowFloor, parseHash, verifyPassword } from "../../src/identity/password-hash.ts";
import { commonPasswords, passwordProblem } from "../../src/identity/password-rules.ts";
import { pepperPath, readPepper } from "../../src/identity/pepper.ts";
import { openIdentity, readSettings } from "../../src/identity/settings.ts";
import type { Identity } from "../../src/identity/settings.ts";
import type { TerminalProof } from "../../src/identity/terminals.ts";
import { useDatabase } from "../support/cluster.ts";
import {
  enrol,
  goodPassword,
  logIn,
  makePerson,
  makeSections,
  makeTerminal,
  refusalOf,
  shiftClock,
  testIdentity,
  testSettings,
} from "../support/identity.ts";
import type { Person } from "../support/identity.ts";
import { logOut } from "../../src/identity/session.ts";

const staffContext = ["kaku.010", "架空市", "こども支援課", "kodomo", "chuo"];

describe("which passwords are refused", () => {
  it("[THR9] 10,000 common and 500 context passwords, each of them", () => {
    // At least 10,000 that are long enough to be refused for being common, not for being short.
    const common = [...commonPasswords()];
    expect(common.length).toBeGreaterThanOrEqual(3000);
    const endings = ["", "1234567890", "!!!!!!!!", "20262026", "0000000000", "abcabcabc"];
    const tried = common.flatMap((word) => endings.map((ending) => (word + ending).padEnd(12, word)));
    const ten = [...new Set(tried)].slice(0, 10_000);
    expect(ten).toHaveLength(10_000);
    // "tooShort" would not count: the list has to have stopped it.
    const passed = ten.filter((password) => {
      const problem = passwordProblem(password, staffContext);
      return problem !== "common" && problem !== "context";
    });
    expect(passed).toEqual([]);

    const words = [
      "hagukumi", "jidouteate", "jidoteate", "kodomoshien", "kodomoshienka", "hokenkodomo", "kumamoto", "johoseisaku", "shokuinshou",
      "kaku.010", "架空市", "こども支援課", "kojinbangou", "childallowance", "hokenkodomoka",
    ]; // prettier-ignore
    const forms: readonly ((word: string) => string)[] = [
      (word) => word, (word) => `${word}1`, (word) => `${word}123`, (word) => `${word}2026`, (word) => `2026${word}`,
      (word) => `${word}!`, (word) => `${word}!!`, (word) => `${word}#1`, (word) => word.toUpperCase(), (word) => `${word}@2026`,
      (word) => word.replaceAll("a", "@"), (word) => word.replaceAll("o", "0"), (word) => word.replaceAll("i", "1"),
      (word) => word.replaceAll("e", "3"), (word) => `${word}${word}`, (word) => `${word}-${word}`, (word) => `my${word}`,
      (word) => `${word}0401`, (word) => `R8${word}`, (word) => `${word}reiwa8`, (word) => `${word}qwerty`, (word) => `1qaz${word}`,
      (word) => `${word}.${word}1`, (word) => `${word}password`, (word) => `admin${word}`, (word) => `${word}sakura`,
      (word) => `${word}12345678`, (word) => `00${word}00`, (word) => `${word}aaaa`, (word) => `aaaa${word}`, (word) => `${word}zaq1`,
      (word) => `${word}_2025`, (word) => `${word}teate`, (word) => `teate${word}`, (word) => `${word}tantou`, (word) => `kakari${word}`,
    ]; // prettier-ignore
    const context = [...new Set(words.flatMap((word) => forms.map((form) => form(word))))]
      .map((password) => (Array.from(password).length < 12 ? password.padEnd(12, "1") : password))
      .slice(0, 500);
    expect(context).toHaveLength(500);
    expect(context.filter((password) => passwordProblem(password, staffContext) === undefined)).toEqual([]);
  });

  it("what is too short, too long, a run, a repetition or not text, and full-width forms of the same", () => {
    expect(passwordProblem("k7Qm2vR9xZt", [])).toBe("tooShort"); // 11 characters
    expect(passwordProblem("x".repeat(129), [])).toBe("tooLong");
    expect(passwordProblem("k7Qm2vR9xZt\u0000", [])).toBe("notText");
    for (const password of [
      "abcabcabcabc",
      "qwertyuiop12",
      "aaaaaaaaaaaa",
      "zyxwvutsrqpo",
      "ｐａｓｓｗｏｒｄ１２３４",
      "p@ssw0rd2026",
    ]) {
      expect(["common", "context"], password).toContain(passwordProblem(password, []));
    }
  });

  it("accepts what nobody would try first, also a sentence in Japanese", () => {
    for (const password of [
      "k7Qm2vR9xZtL",
      "雨だれと青い机の上の梨をかぞえる",
      "giraffe-violin-tundra-mop",
      "vqT8s0PaXk_Zr9",
    ]) {
      expect(passwordProblem(password, staffContext), password).toBeUndefined();
    }
  });
});

describe("the hash and its pepper", () => {
  it("[THR12] what the product's own settings store is never below 64 MiB × 3, and verifies with the pepper alone", async () => {
    const pepper = Buffer.alloc(32, 7);
    const stored = await hashPassword("k7Qm2vR9xZtL", pepper, readSettings({}).cost);
    const parsed = parseHash(stored);
    expect(parsed?.cost).toEqual({ memory: 65_536, passes: 3, parallelism: 1 });
    expect(isBelowFloor(parsed?.cost ?? { memory: 0, passes: 0, parallelism: 0 })).toBe(false);
    for (const cost of [{ memory: 65_535 }, { passes: 2 }, { parallelism: 0 }]) {
      expect(isBelowFloor({ ...costFloor, ...cost })).toBe(true);
    }
    expect(await verifyPassword("k7Qm2vR9xZtL", stored, Buffer.alloc(32, 8), costFloor)).toBe(false);
    expect(await verifyPassword("k7Qm2vR9xZtL", stored, Buffer.alloc(0), costFloor)).toBe(false);
    expect(await verifyPassword("k7Qm2vR9xZtM", stored, pepper, costFloor)).toBe(false);
    expect(await verifyPassword("k7Qm2vR9xZtL", undefined, pepper, costFloor)).toBe(false);
    expect(await verifyPassword("k7Qm2vR9xZtL", stored, pepper, costFloor)).toBe(true);
    // Full-width letters from a Japanese keyboard are the same password.
    expect(await verifyPassword("ｋ７Ｑｍ２ｖＲ９ｘＺｔＬ", stored, pepper, costFloor)).toBe(true);
  });

  describe("in the data folder", () => {
    let dir = "";
    beforeAll(async () => {
      dir = await mkdtemp(join(tmpdir(), "identity-pepper-"));
    });
    afterAll(async () => await rm(dir, { recursive: true, force: true }));

    it("refuses a pepper that others can read or that is damaged; never makes a new one over it", async () => {
      const open = await mkdtemp(join(dir, "open-"));
      await readPepper(open);
      await writeFile(pepperPath(open), "short\n");
      expect(await refusalOf(readPepper(open))).toBe("pepperUnreadable");
      const shared = await mkdtemp(join(dir, "shared-"));
      await readPepper(shared);
      const { chmod } = await import("node:fs/promises");
      await chmod(pepperPath(shared), 0o644);
      expect(await refusalOf(readPepper(shared))).toBe("pepperUnreadable");
    });

    it("makes one pepper, mode 0600, also when many start at once", async () => {
      const fresh = await mkdtemp(join(dir, "fresh-"));
      const made = await Promise.all(Array.from({ length: 20 }, async () => await readPepper(fresh)));
      expect(new Set(made.map((pepper) => pepper.toString("hex"))).size).toBe(1);
      expect((await stat(pepperPath(fresh))).mode & 0o777).toBe(0o600);
    });
  });
});

describe("how long a password lasts", () => {
  const database = useDatabase();
  let identity: Identity;
  let desk: TerminalProof;
  let person: Person;

  beforeAll(async () => {
    identity = testIdentity(database.pool);
    await makeSections(database.pool);
    desk = await makeTerminal(identity, "DESK-1");
    person = await makePerson(identity, "kaku.010", desk, { roles: ["clerk"] });
  });

  it("[THR8] a setting above 180 days is refused at start and by the database", async () => {
    for (const days of ["181", "0", "-1", "1.5", "", "365"]) {
      expect(() => readSettings({ HAGUKUMI_PASSWORD_DAYS: days }), days).toThrow("1〜180");
    }
    expect(readSettings({ HAGUKUMI_PASSWORD_DAYS: "180" }).passwordDays).toBe(180);
    await expect(database.pool.query("UPDATE identity.policy SET password_days = 181")).rejects.toMatchObject({
      constraint: "policy_password_days",
    });
  });

  it("[THR8] [D210] on day 179 and 180 it is good, on day 181 a new one is forced, and none of the last 10 will do", async () => {
    // Set today = day 0. Day 179: 1 day left; day 180: 0 days left, still good; day 181: −1.
    for (const [days, left] of [
      [179, 1],
      [180, 0],
    ] as const) {
      await shiftClock(database.pool, `${days} days`);
      const made = await logIn(identity, person, desk);
      expect(made).toMatchObject({ passwordDaysLeft: left, passwordNotice: true });
      await logOut(identity, made.token);
    }
    await shiftClock(database.pool, "181 days");
    expect(await refusalOf(logIn(identity, person, desk))).toBe("passwordExpired");
    expect(await refusalOf(logIn(identity, person, desk, { newPassword: person.password }))).toBe("passwordRefused");
    const { rows } = await database.pool.query("SELECT 1 FROM identity.session WHERE ended_at IS NULL");
    expect(rows).toEqual([]);
    const used = [person.password];
    for (let change = 1; change <= 10; change += 1) {
      const newPassword = goodPassword();
      const made = await logIn(identity, person, desk, { newPassword });
      expect(made).toMatchObject({ passwordDaysLeft: 180, passwordNotice: false });
      await logOut(identity, made.token);
      person = { ...person, password: newPassword };
      used.push(newPassword);
    }
    // 11 passwords so far: the first is the 11th last and may come back, each of the 10 after it may not.
    for (const newPassword of used.slice(1)) {
      expect(await refusalOf(logIn(identity, person, desk, { newPassword }))).toBe("passwordRefused");
    }
    const back = await logIn(identity, person, desk, { newPassword: used[0] ?? "" });
    await logOut(identity, back.token);
  });

  it("tells 14 days ahead and not 15", async () => {
    await shiftClock(database.pool, "0 days");
    const fresh = await makePerson(identity, "kaku.011", desk, { roles: ["clerk"] });
    for (const [days, notice] of [
      [165, false], // 15 left
      [166, true], // 14 left
    ] as const) {
      await shiftClock(database.pool, `${days} days`);
      const made = await logIn(identity, fresh, desk);
      expect(made.passwordNotice).toBe(notice);
      await logOut(identity, made.token);
    }
  });

  it("refuses a weak password at enrolment and keeps the code good for the next try", async () => {
    await shiftClock(database.pool, "0 days");
    expect(await refusalOf(enrol(identity, "kaku.011", desk, "kodomo-kodomo1"))).toBe("passwordRefused");
    await expect(enrol(identity, "kaku.011", desk, goodPassword())).resolves.toBeDefined();
  });

  it("refuses a cheaper hash or a shifted clock beside production settings", async () => {
    const dir = await mkdtemp(join(tmpdir(), "identity-start-"));
    try {
      const production = { ...testSettings, production: true, refusalTick: 500 };
      expect(await refusalOf(openIdentity(database.pool, dir, production))).toBe("productionSettings");
      await database.pool.query("DELETE FROM identity.clock_shift");
      expect(await refusalOf(openIdentity(database.pool, dir, production))).toBe("productionSettings");
      const quick = { ...production, cost: costFloor, refusalTick: 0 };
      expect(await refusalOf(openIdentity(database.pool, dir, quick))).toBe("productionSettings");
      await expect(openIdentity(database.pool, dir, { ...production, cost: costFloor })).resolves.toBeDefined();
      await database.pool.query("INSERT INTO identity.clock_shift (shift) VALUES ('1 day')");
      expect(await refusalOf(openIdentity(database.pool, dir, { ...production, cost: costFloor }))).toBe(
        "productionSettings",
      );
      expect(() => readSettings({ HAGUKUMI_ENV: "production" })).toThrow("https://");
      expect(() => readSettings({ HAGUKUMI_ENV: "production", HAGUKUMI_ORIGIN: "http://a.example" })).toThrow(
        "https://",
      );
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
});
