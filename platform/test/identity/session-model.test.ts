/**
 * Sessions against a model: any sequence of log-ins, uses, confirmations, log-outs, stops, revocations and hours that pass.
 * The model is three facts a person: which token is alive, where, and until when.
 */
import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import { logOut, useSession } from "../../src/identity/session.ts";
import { revokeRight } from "../../src/identity/rights.ts";
import { bootstrapRight } from "../../src/identity/sections.ts";
import type { Identity } from "../../src/identity/settings.ts";
import { resumeStaff, stopStaff } from "../../src/identity/staff.ts";
import { revokeTerminal } from "../../src/identity/terminals.ts";
import type { TerminalProof } from "../../src/identity/terminals.ts";
import { asIdentity } from "../../src/identity/transaction.ts";
import { useDatabase } from "../support/cluster.ts";
import {
  asConsole,
  confirm,
  goodPassword,
  logIn,
  makePerson,
  makeSections,
  makeTerminal,
  refusalOf,
  shiftClock,
  testIdentity,
} from "../support/identity.ts";
import type { Person } from "../support/identity.ts";

// The goal asks for 5,000 sequences; `npm run sweep:login` makes them.
const SEQUENCES = Number(process.env["HAGUKUMI_SESSION_SEQUENCES"] ?? "25");
const IDLE = 15 * 60;
const ABSOLUTE = 9 * 3600;

type Step =
  | { readonly do: "logIn"; readonly who: number; readonly at: number; readonly good: boolean }
  | { readonly do: "use"; readonly who: number; readonly at: number }
  | { readonly do: "confirm" | "logOut" | "stop" | "resume" | "revokeRight"; readonly who: number }
  | { readonly do: "revokeTerminal"; readonly at: number }
  | { readonly do: "wait"; readonly seconds: number };

const who = fc.nat(1);
const at = fc.nat(1);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant("logIn" as const), who, at, good: fc.nat(4).map((n) => n > 0) }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("use" as const), who, at }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("confirm" as const), who }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom("logOut" as const, "stop" as const, "resume" as const, "revokeRight" as const),
      who,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("revokeTerminal" as const), at }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      seconds: fc.constantFrom(60, 600, IDLE - 60, IDLE + 5, ABSOLUTE + 5),
    }),
  },
);

type Live = { readonly token: string; readonly at: number; readonly startedAt: number; readonly seenAt: number };
type Model = { readonly live: Live | undefined; readonly stopped: boolean };

describe("sessions against a model", () => {
  const database = useDatabase();
  let identity: Identity;
  let people: readonly Person[];
  let desks: TerminalProof[];
  const codes: string[] = [];
  let made = 0;
  let ran = 0;

  const person = (index: number): Person => {
    const found = people[index];
    if (found === undefined) throw new Error(`no person ${index}`);
    return found;
  };
  const desk = (index: number): TerminalProof => desks[index] ?? {};
  const newDesk = async (index: number): Promise<void> => {
    made += 1;
    codes[index] = `MODEL-${made}`;
    desks[index] = await makeTerminal(identity, `MODEL-${made}`);
  };
  const openOf = async (staffId: string): Promise<number> => {
    const { rows } = await database.pool.query<{ n: number }>(
      "SELECT count(*)::int AS n FROM identity.session WHERE staff_id = $1 AND ended_at IS NULL",
      [staffId],
    );
    return rows[0]?.n ?? -1;
  };

  /** Runs the steps; throws at the first thing that the model did not foresee. */
  const play = async (steps: readonly Step[]): Promise<void> => {
    let now = 0;
    const models: Model[] = [
      { live: undefined, stopped: false },
      { live: undefined, stopped: false },
    ];
    const dead: { readonly token: string; readonly at: number }[] = [];
    const of = (index: number): Model => models[index] ?? { live: undefined, stopped: false };
    const set = (index: number, next: Partial<Model>): void => {
      const before = of(index);
      if (before.live !== undefined && next.live?.token !== before.live.token && "live" in next) dead.push(before.live);
      models[index] = { ...before, ...next };
    };
    /** Alive by the limits; the database writes the last use at most every 30 s. */
    const alive = (index: number): boolean => {
      const { live } = of(index);
      return live !== undefined && now < live.startedAt + ABSOLUTE && now < live.seenAt + IDLE;
    };
    for (const each of steps) {
      if (each.do === "wait") {
        now += each.seconds;
        await shiftClock(database.pool, `${now} seconds`);
        for (const index of [0, 1]) if (!alive(index)) set(index, { live: undefined });
      } else if (each.do === "revokeTerminal") {
        await revokeTerminal(identity, asConsole(), { terminalCode: codes[each.at] ?? "", reason: "試験" });
        for (const index of [0, 1]) if (of(index).live?.at === each.at) set(index, { live: undefined });
        for (const gone of dead.filter((old) => old.at === each.at)) {
          expect((await useSession(identity, gone.token, desk(each.at))).state).not.toBe("live");
        }
        await newDesk(each.at);
      } else {
        const { staffId, key, password } = person(each.who);
        const model = of(each.who);
        if (each.do === "logIn") {
          const typed = { staffId, key, password: each.good ? password : goodPassword() };
          const tried = logIn(identity, typed, desk(each.at));
          if (!each.good || model.stopped) expect(await refusalOf(tried)).toBe("logInRefused");
          else if (model.live !== undefined) expect(await refusalOf(tried)).toBe("alreadyLoggedIn");
          else {
            const { token } = await tried;
            set(each.who, { live: { token, at: each.at, startedAt: now, seenAt: now } });
          }
          // The brake on guessing has its own tests.
          await database.pool.query("TRUNCATE identity.attempt");
        } else if (each.do === "use" && model.live !== undefined) {
          const { state } = await useSession(identity, model.live.token, desk(each.at));
          if (each.at === model.live.at) {
            expect(state).toBe("live");
            if (now - model.live.seenAt > 30) set(each.who, { live: { ...model.live, seenAt: now } });
          } else {
            expect(state).toBe("otherTerminal");
            set(each.who, { live: undefined });
          }
        } else if (each.do === "confirm" && model.live !== undefined) {
          const { token } = await confirm(identity, person(each.who), model.live.token, desk(model.live.at));
          set(each.who, { live: { ...model.live, token, seenAt: now } });
        } else if (each.do === "logOut" && model.live !== undefined) {
          await logOut(identity, model.live.token);
          set(each.who, { live: undefined });
        } else if (each.do === "stop" && !model.stopped) {
          await stopStaff(identity, asConsole(), { staffId, reason: "試験" });
          set(each.who, { live: undefined, stopped: true });
        } else if (each.do === "resume" && model.stopped) {
          await resumeStaff(identity, asConsole(), { staffId, reason: "試験" });
          set(each.who, { stopped: false });
        } else if (each.do === "revokeRight" && !model.stopped) {
          const rightId = await asIdentity(
            database.pool,
            async (client) =>
              await bootstrapRight(
                client,
                { staffId, sectionCode: "kodomo", role: "clerk", reason: "試験" },
                "tester@console",
              ),
          );
          await revokeRight(identity, asConsole(), { rightId, reason: "試験" });
          set(each.who, { live: undefined });
        }
      }
      // One active session at most; what ended is used by nobody, at whatever terminal it was.
      for (const index of [0, 1]) {
        const open = await openOf(person(index).staffId);
        expect(open).toBeLessThanOrEqual(1);
        if (of(index).live !== undefined) expect(open).toBe(1);
      }
      const gone = dead.at(-1);
      if (gone !== undefined) expect((await useSession(identity, gone.token, desk(gone.at))).state).not.toBe("live");
    }
    for (const { token, at: where } of dead)
      expect((await useSession(identity, token, desk(where))).state).not.toBe("live");
    for (const index of [0, 1]) {
      const { live, stopped } = of(index);
      if (live !== undefined) expect((await useSession(identity, live.token, desk(live.at))).state).toBe("live");
      if (live !== undefined) await logOut(identity, live.token);
      if (stopped) await resumeStaff(identity, asConsole(), { staffId: person(index).staffId, reason: "試験" });
    }
    await database.pool.query(
      "UPDATE identity.session SET ended_at = identity.clock(), end_reason = 'ended' WHERE ended_at IS NULL",
    );
    await shiftClock(database.pool, "0 seconds");
    ran += 1;
  };

  beforeAll(async () => {
    identity = testIdentity(database.pool);
    await makeSections(database.pool);
    desks = [];
    for (const index of [0, 1]) await newDesk(index);
    people = [
      await makePerson(identity, "model.001", desk(0), { roles: ["clerk"] }),
      await makePerson(identity, "model.002", desk(1), { roles: ["clerk"] }),
    ];
  });

  it("the model itself is told apart from what is not so: a session that ended is not alive", async () => {
    await play([
      { do: "logIn", who: 0, at: 0, good: true },
      { do: "use", who: 0, at: 0 },
      { do: "logIn", who: 0, at: 1, good: true },
      { do: "wait", seconds: IDLE + 5 },
      { do: "logIn", who: 0, at: 1, good: true },
      { do: "confirm", who: 0 },
      { do: "stop", who: 0 },
      { do: "logIn", who: 0, at: 1, good: true },
    ]);
    expect(ran).toBe(1);
  });

  it(
    `${SEQUENCES} random sequences: one active session an ID, and no use of any that was ended, revoked or left`,
    { timeout: 4 * 3_600_000 },
    async () => {
      ran = 0;
      await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), play), {
        numRuns: SEQUENCES,
        endOnFailure: true,
      });
      expect(ran).toBe(SEQUENCES);
    },
  );
});
