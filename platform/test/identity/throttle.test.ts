import { beforeAll, describe, expect, it } from "vitest";

import { beginLogIn, finishLogIn } from "../../src/identity/log-in.ts";
import { logOut } from "../../src/identity/session.ts";
import type { Identity } from "../../src/identity/settings.ts";
import type { TerminalProof } from "../../src/identity/terminals.ts";
import { waitSeconds } from "../../src/identity/throttle.ts";
import { useDatabase } from "../support/cluster.ts";
import {
  goodPassword,
  logIn,
  makePerson,
  makeSections,
  makeTerminal,
  ORIGIN,
  refusalOf,
  shiftClock,
  testIdentity,
} from "../support/identity.ts";
import type { Person } from "../support/identity.ts";

describe("the brake on guessing", () => {
  const database = useDatabase();
  let identity: Identity;
  let own: TerminalProof;
  let person: Person;

  const guess = async (staffId: string, terminal: TerminalProof): Promise<string> => {
    const options = await beginLogIn(identity, { staffId, terminal });
    // Somebody with a key, but not with the password.
    const assertion = person.key.get(options, ORIGIN);
    return await refusalOf(finishLogIn(identity, { staffId, terminal, assertion, password: goodPassword() }));
  };

  const outcomes = async (staffId: string): Promise<Readonly<Record<string, number>>> => {
    const { rows } = await database.pool.query<{ outcome: string; n: number }>(
      "SELECT outcome, count(*)::int AS n FROM identity.attempt WHERE staff_id = $1 AND kind = 'logIn' GROUP BY 1",
      [staffId],
    );
    return Object.fromEntries(rows.map(({ outcome, n }) => [outcome, n]));
  };

  beforeAll(async () => {
    identity = testIdentity(database.pool);
    await makeSections(database.pool);
    own = await makeTerminal(identity, "OWN-1", "kodomo");
    person = await makePerson(identity, "kaku.040", own, { roles: ["clerk"] });
  });

  it("waits nothing for 5 failures, then 15 s, 30 s … and 15 minutes at the most", () => {
    // 15 · 2^0 = 15, · 2^1 = 30, … · 2^5 = 480, · 2^6 = 960 → 900
    expect([4, 5, 6, 10, 11, 12, 1000].map((failures) => waitSeconds(failures, 5))).toEqual([
      0, 15, 30, 480, 900, 900, 900,
    ]);
  });

  it("[THR10] [A154] of 1,000 guesses from three other sections' terminals at most 100 are looked at, and the person still gets in", async () => {
    const strangers = await Promise.all(
      ["chuo", "kita", "joho"].map(async (section) => await makeTerminal(identity, `FAR-${section}`, section)),
    );
    const codes: string[] = [];
    // 40 at once: guesses in parallel gain nothing over guesses one by one.
    for (let wave = 0; wave < 25; wave += 1) {
      // Between the waves an hour passes: the attacker is patient.
      await shiftClock(database.pool, `${wave} hours`);
      const tries = Array.from({ length: 40 }, async (_, n) => await guess(person.staffId, strangers[n % 3] ?? {}));
      codes.push(...(await Promise.all(tries)));
    }
    expect(codes).toHaveLength(1000);
    expect(new Set(codes)).toEqual(new Set(["logInRefused", "logInThrottled"]));
    const { refused = 0, throttled = 0 } = await outcomes(person.staffId);
    expect(refused + throttled).toBe(1000);
    expect(refused).toBeLessThanOrEqual(100);
    expect(refused).toBeGreaterThanOrEqual(5);
    const made = await logIn(identity, person, own);
    await logOut(identity, made.token);
  });

  it("at the person's own terminal: the 6th try waits, even with the right factors; after the wait it is good", async () => {
    await shiftClock(database.pool, "100 hours");
    const desk = await makeTerminal(identity, "OWN-2", "kodomo");
    for (let failure = 1; failure <= 5; failure += 1) expect(await guess(person.staffId, desk)).toBe("logInRefused");
    expect(await refusalOf(logIn(identity, person, desk))).toBe("logInThrottled");
    await shiftClock(database.pool, "100 hours 20 seconds"); // 15 s are over
    const made = await logIn(identity, person, desk);
    expect(made.failuresSince).toBeGreaterThanOrEqual(5);
    await logOut(identity, made.token);
    expect(await guess(person.staffId, desk)).toBe("logInRefused"); // counted from nothing again
    const { rows } = await database.pool.query(
      "SELECT 1 FROM identity.alert WHERE kind = 'repeatedFailure' AND terminal_code = 'OWN-2'",
    );
    expect(rows).toHaveLength(1);
  });

  it("brakes an identifier that does not exist in the same way", async () => {
    await shiftClock(database.pool, "200 hours");
    const desk = await makeTerminal(identity, "OWN-3", "kodomo");
    const codes: string[] = [];
    for (let tries = 1; tries <= 7; tries += 1) codes.push(await guess("nobody.at.all", desk));
    expect(codes).toEqual([...Array.from({ length: 5 }, () => "logInRefused"), "logInThrottled", "logInThrottled"]);
  });
});
