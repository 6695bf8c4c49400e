import * as fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";

import { sessionNow } from "../../src/identity/actor.ts";
import { beginStepUp, stepUp } from "../../src/identity/log-in.ts";
import { alertsOf, endSessionOf, logOut, useSession } from "../../src/identity/session.ts";
import type { Identity } from "../../src/identity/settings.ts";
import { recordTraining, resumeStaff, revokeCredentials, stopStaff } from "../../src/identity/staff.ts";
import { registerTerminal, revokeTerminal } from "../../src/identity/terminals.ts";
import type { TerminalProof } from "../../src/identity/terminals.ts";
import { tokenHash } from "../../src/identity/tokens.ts";
import { useDatabase } from "../support/cluster.ts";
import {
  asConsole, confirm, enrol, goodPassword, logIn, makePerson, makeSections, makeTerminal, ORIGIN, refusalOf, shiftClock, testIdentity, todayOf,
} from "../support/identity.ts"; // prettier-ignore
import type { Person } from "../support/identity.ts";

describe("a session", () => {
  const database = useDatabase();
  let identity: Identity;
  let desk: TerminalProof;
  let second: TerminalProof;
  let person: Person;
  let head: Person;
  let officer: Person;
  let stranger: Person;

  const endReason = async (token: string): Promise<string | null | undefined> => {
    const { rows } = await database.pool.query<{ end_reason: string | null }>(
      "SELECT end_reason FROM identity.session WHERE token_hash = $1",
      [tokenHash(token)],
    );
    return rows[0]?.end_reason;
  };

  const endAll = async (): Promise<void> => {
    await database.pool.query(
      "UPDATE identity.session SET ended_at = now(), end_reason = 'ended' WHERE ended_at IS NULL",
    );
  };

  beforeAll(async () => {
    identity = testIdentity(database.pool);
    await makeSections(database.pool);
    desk = await makeTerminal(identity, "DESK-1");
    second = await makeTerminal(identity, "DESK-2");
    person = await makePerson(identity, "kaku.060", desk, { roles: ["clerk"] });
    head = await makePerson(identity, "kaku.061", desk, { roles: ["approver"] });
    officer = await makePerson(identity, "kaku.062", desk, { roles: ["itOfficer"], sectionCode: "joho" });
    stranger = await makePerson(identity, "kaku.063", desk, { roles: ["approver"], sectionCode: "higashi" });
  });

  beforeEach(async () => {
    await shiftClock(database.pool, "0");
    await endAll();
  });

  it("is nothing for a token that was never given out, and for an ended one", async () => {
    expect(await useSession(identity, "nothing", desk)).toEqual({ state: "none" });
    const { token } = await logIn(identity, person, desk);
    await logOut(identity, token);
    expect(await useSession(identity, token, desk)).toEqual({ state: "logOut" });
    expect(await sessionNow(database.pool, tokenHash(token))).toBeUndefined();
  });

  it("a token at another terminal, or at none, ends the session and raises an alert; its own terminal is out too", async () => {
    for (const foreign of [second, {}, { secret: "guessed" }]) {
      const { token } = await logIn(identity, person, desk);
      expect((await useSession(identity, token, desk)).state).toBe("live");
      expect(await useSession(identity, token, foreign)).toEqual({ state: "otherTerminal" });
      expect(await useSession(identity, token, desk)).toEqual({ state: "otherTerminal" });
      const { rows } = await database.pool.query(
        "SELECT 1 FROM identity.alert a JOIN identity.session s USING (session_id) WHERE a.kind = 'otherTerminal' AND s.token_hash = $1",
        [tokenHash(token)],
      );
      expect(rows).toHaveLength(1);
    }
  });

  it("the same behind a client certificate: another certificate ends the session", async () => {
    const certificates = ["a", "b"].map((letter) => letter.repeat(64));
    for (const [index, certificateSha256] of certificates.entries()) {
      const made = { terminalCode: `TLS-${index}`, name: "架空端末", sectionCode: "kodomo", certificateSha256 };
      await registerTerminal(identity, asConsole(), made);
    }
    const [first = "", other = ""] = certificates;
    const { token } = await logIn(identity, person, { certificateSha256: first });
    expect((await useSession(identity, token, { certificateSha256: first.toUpperCase() })).state).toBe("live");
    expect(await useSession(identity, token, { certificateSha256: other })).toEqual({ state: "otherTerminal" });
  });

  it("ends after 15 minutes without use and after 9 hours in any case; a use before that keeps it", async () => {
    const { token } = await logIn(identity, person, desk);
    // Used at 0, 14, 28, … minutes: never 15 minutes apart. 38 · 14 min = 532 min < 540 min = 9 h.
    for (let use = 1; use <= 38; use += 1) {
      await shiftClock(database.pool, `${use * 14} minutes`);
      expect((await useSession(identity, token, desk)).state, `${use * 14} minutes`).toBe("live");
    }
    await shiftClock(database.pool, "540 minutes");
    expect(await sessionNow(database.pool, tokenHash(token))).toBeUndefined();
    expect(await useSession(identity, token, desk)).toEqual({ state: "absolute" });
    await shiftClock(database.pool, "0");
    const idle = await logIn(identity, person, desk);
    await shiftClock(database.pool, "14 minutes 50 seconds");
    expect((await sessionNow(database.pool, idle.tokenHash))?.staff_id).toBe(person.staffId);
    await shiftClock(database.pool, "15 minutes 1 second");
    expect(await sessionNow(database.pool, idle.tokenHash)).toBeUndefined();
    expect(await useSession(identity, idle.token, desk)).toEqual({ state: "idle" });
    // Nobody has to end it first: the next log-in does.
    await shiftClock(database.pool, "0");
    const left = await logIn(identity, person, desk);
    await shiftClock(database.pool, "16 minutes");
    await expect(logIn(identity, person, second)).resolves.toMatchObject({ staffId: person.staffId });
    expect(await endReason(left.token)).toBe("idle");
  });

  it("writes the time of use at most every 30 seconds", async () => {
    const { token } = await logIn(identity, person, desk);
    const seen = async (): Promise<string | undefined> => {
      const { rows } = await database.pool.query<{ at: string }>(
        "SELECT last_seen_at::text AS at FROM identity.session WHERE token_hash = $1",
        [tokenHash(token)],
      );
      return rows[0]?.at;
    };
    const start = await seen();
    await shiftClock(database.pool, "25 seconds");
    for (let use = 0; use < 5; use += 1) await useSession(identity, token, desk);
    expect(await seen()).toBe(start);
    await shiftClock(database.pool, "35 seconds");
    await useSession(identity, token, desk);
    expect(await seen()).not.toBe(start);
  });

  it("[D208] [A154] a second log-in is refused and the open session is told", async () => {
    const { token, tokenHash: hash } = await logIn(identity, person, desk);
    expect(await refusalOf(logIn(identity, person, second))).toBe("alreadyLoggedIn");
    expect(await refusalOf(logIn(identity, person, desk))).toBe("alreadyLoggedIn");
    expect((await useSession(identity, token, desk)).state).toBe("live");
    expect((await alertsOf(identity, hash)).map(({ kind, terminalCode }) => [kind, terminalCode])).toEqual([
      ["secondLogIn", "DESK-2"],
      ["secondLogIn", "DESK-1"],
    ]);
  });

  it("is taken over by nobody but the section's supervisor or 情報政策課, freshly confirmed, with a reason", async () => {
    const open = await logIn(identity, person, desk);
    const ask = async (supervisor: string, reason = "席を離れたまま帰宅したため"): Promise<string | boolean> =>
      await endSessionOf(identity, { supervisor, staffId: person.staffId, reason }).catch(
        (error: { code: string }) => error.code,
      );
    expect(await ask(tokenHash("nobody"))).toBe("sessionRequired");
    expect(await ask(open.tokenHash)).toBe("samePerson");
    const foreign = await logIn(identity, stranger, second);
    const confirmed = await confirm(identity, stranger, foreign.token, second);
    expect(await ask(confirmed.tokenHash)).toBe("notPermittedHere");
    const boss = await logIn(identity, head, second);
    expect(await ask(boss.tokenHash)).toBe("stepUpRequired");
    const bossConfirmed = await confirm(identity, head, boss.token, second);
    expect(await ask(bossConfirmed.tokenHash, "急ぎ")).toBe("rightNotApplicable");
    expect((await useSession(identity, open.token, desk)).state).toBe("live");
    expect(await ask(bossConfirmed.tokenHash)).toBe(true);
    expect(await useSession(identity, open.token, desk)).toEqual({ state: "takenOver" });
    const joho = await logIn(identity, officer, second);
    const johoConfirmed = await confirm(identity, officer, joho.token, second);
    await logIn(identity, person, desk);
    expect(await ask(johoConfirmed.tokenHash)).toBe(true);
    expect(await ask(johoConfirmed.tokenHash)).toBe(false);
  });

  it("is confirmed with both factors for 5 minutes, under a new token; the old one is worth nothing", async () => {
    const { token } = await logIn(identity, person, desk);
    expect((await useSession(identity, token, desk)).session?.steppedUpAt).toBeNull();
    const options = await beginStepUp(identity, { token, terminal: desk });
    const assertion = person.key.get(options, ORIGIN);
    expect(await refusalOf(stepUp(identity, { token, terminal: desk, assertion, password: "wrong" }))).toBe(
      "logInRefused",
    );
    const again = { token, terminal: desk, assertion, password: person.password }; // the challenge was used
    expect(await refusalOf(stepUp(identity, again))).toBe("logInRefused");
    expect(await refusalOf(beginStepUp(identity, { token, terminal: second }))).toBe("sessionRequired");
    const fresh = await confirm(identity, person, token, desk);
    expect(fresh.token).not.toBe(token);
    expect(await useSession(identity, token, desk)).toEqual({ state: "none" });
    expect((await useSession(identity, fresh.token, desk)).session?.steppedUpAt).toBeInstanceOf(Date);
  });

  it("[THR6] [D209] ends in the transaction that revokes the person, the key or the terminal", async () => {
    const desk3 = await makeTerminal(identity, "DESK-3");
    const ways: readonly (() => Promise<unknown>)[] = [
      async () => await stopStaff(identity, asConsole(), { staffId: person.staffId, reason: "退職" }),
      async () => await revokeCredentials(identity, asConsole(), { staffId: person.staffId, reason: "紛失" }),
      async () => await revokeTerminal(identity, asConsole(), { terminalCode: "DESK-3", reason: "廃棄" }),
    ];
    for (const [index, revoke] of ways.entries()) {
      const { token, tokenHash: hash } = await logIn(identity, person, desk3);
      await revoke();
      expect(await endReason(token), String(index)).toBe("revoked");
      expect(await sessionNow(database.pool, hash)).toBeUndefined();
      await resumeStaff(identity, asConsole(), { staffId: person.staffId, reason: "試験" });
      person = { ...person, password: goodPassword() };
      person = { ...person, key: await enrol(identity, person.staffId, desk, person.password) };
    }
    expect(await refusalOf(logIn(identity, person, desk3))).toBe("terminalUnknown");
  });

  it("[THR6] of 1,000 requests in flight, none that starts after the revocation is let through", async () => {
    const { token } = await logIn(identity, person, desk);
    let committed = Number.POSITIVE_INFINITY;
    const results: { readonly started: number; readonly live: boolean }[] = [];
    const request = async (): Promise<void> => {
      const started = performance.now();
      const { state } = await useSession(identity, token, desk);
      results.push({ started, live: state === "live" });
    };
    const waves = (async () => {
      for (let wave = 0; wave < 50; wave += 1) await Promise.all(Array.from({ length: 20 }, request));
    })();
    await new Promise((resume) => {
      setTimeout(resume, 20);
    });
    await stopStaff(identity, asConsole(), { staffId: person.staffId, reason: "退職" });
    committed = performance.now();
    await waves;
    expect(results).toHaveLength(1000);
    expect(results.filter(({ started, live }) => live && started > committed)).toEqual([]);
    // The test says something only if some came before and some after.
    expect(results.some(({ live }) => live)).toBe(true);
    expect(results.some(({ started }) => started > committed)).toBe(true);
    await resumeStaff(identity, asConsole(), { staffId: person.staffId, reason: "試験" });
  });

  it("[THR33][D291] training: good on the day a year later, no access the day after, neither at log-in nor in an open session", async () => {
    // Trained today, the limit is one year: today + 365 or 366 days is the last day.
    const { rows } = await database.pool.query<{ days: number }>(
      "SELECT ((identity.today() + interval '1 year')::date - identity.today())::int AS days",
    );
    const days = rows[0]?.days ?? 0;
    const trained = await makePerson(identity, "kaku.065", desk, { roles: ["clerk"] });
    await shiftClock(database.pool, `${days} days`);
    const newPassword = goodPassword(); // the first one has expired by then
    const { token, tokenHash: hash } = await logIn(identity, trained, desk, { newPassword });
    expect((await sessionNow(database.pool, hash))?.staff_id).toBe("kaku.065");
    await logOut(identity, token);
    await shiftClock(database.pool, `${days + 1} days`);
    const later = { ...trained, password: newPassword };
    expect(await refusalOf(logIn(identity, later, desk))).toBe("trainingExpired");
    const today = await todayOf(database.pool);
    await recordTraining(identity, asConsole(), { staffId: "kaku.065", trainedOn: today, course: "架空研修" });
    await expect(logIn(identity, later, desk)).resolves.toBeDefined();
    // An open session of somebody whose year ends at midnight: the next call has nothing.
    await database.pool.query("DELETE FROM identity.training WHERE staff_id = 'kaku.065'");
    await database.pool.query(
      "INSERT INTO identity.training (staff_id, trained_on, course, recorded_by) VALUES ('kaku.065', identity.today() - 400, '架空', 't')",
    );
    const open = await database.pool.query<{ hash: string }>(
      "SELECT token_hash AS hash FROM identity.session WHERE staff_id = 'kaku.065' AND ended_at IS NULL",
    );
    expect(await sessionNow(database.pool, open.rows[0]?.hash ?? "")).toBeUndefined();
  });

  it("[THR4] no sequence of what users can do ends another's session: log-ins, uses, confirmations and log-outs of two people at two terminals", async () => {
    const people = [person, head] as const;
    const places = [desk, second] as const;
    const step = fc.record({
      act: fc.constantFrom("logIn", "use", "logOut", "stepUp", "wrong"),
      who: fc.constantFrom(0, 1),
      where: fc.constantFrom(0, 1),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        await endAll();
        await database.pool.query("TRUNCATE identity.attempt");
        // The model: whose session is open, under which token, at which terminal.
        const open: ({ token: string; where: 0 | 1 } | undefined)[] = [undefined, undefined];
        for (const { act, who, where } of steps) {
          const actor = people[who === 0 ? 0 : 1];
          const place = places[where === 0 ? 0 : 1];
          const mine = open[who];
          if (act === "logIn") {
            const made = await logIn(identity, actor, place).catch((error: { code: string }) => error.code);
            if (mine === undefined)
              open[who] = { token: (made as { token: string }).token, where: where === 0 ? 0 : 1 };
            else expect(made).toBe("alreadyLoggedIn");
          } else if (act === "wrong") {
            expect(await refusalOf(logIn(identity, { ...actor, password: "wrong" }, place))).toMatch(
              /^logIn(?:Refused|Throttled)$/,
            );
            await database.pool.query("TRUNCATE identity.attempt");
          } else if (mine !== undefined && act === "logOut") {
            await logOut(identity, mine.token);
            open[who] = undefined;
          } else if (mine !== undefined && act === "stepUp") {
            const { token } = await confirm(identity, actor, mine.token, places[mine.where]);
            open[who] = { ...mine, token };
          } else if (mine !== undefined) {
            expect((await useSession(identity, mine.token, places[mine.where])).state).toBe("live");
          }
          // After every step: each open session of the model lives, and there is no other.
          for (const one of open) {
            if (one !== undefined) expect(await sessionNow(database.pool, tokenHash(one.token))).toBeDefined();
          }
          const { rows } = await database.pool.query("SELECT 1 FROM identity.session WHERE ended_at IS NULL");
          expect(rows).toHaveLength(open.filter((one) => one !== undefined).length);
        }
      }),
      { numRuns: 25 },
    );
  });
});
