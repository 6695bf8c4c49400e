import { createHash, generateKeyPairSync, sign } from "node:crypto";
import type { Assertion } from "@hagukumi/outside-staff-key/contract.ts";
import { beforeAll, describe, expect, it } from "vitest";

import { beginLogIn, finishLogIn } from "../../src/identity/log-in.ts";
import { logOut } from "../../src/identity/session.ts";
import type { Identity } from "../../src/identity/settings.ts";
import type { TerminalProof } from "../../src/identity/terminals.ts";
import { useDatabase } from "../support/cluster.ts";
import {
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

const bytes = (text: string): Buffer => Buffer.from(text, "base64url");
const text = (value: Uint8Array): string => Buffer.from(value).toString("base64url");

function flipped(value: string, at: number): string {
  const changed = bytes(value);
  changed[at] = (changed[at] ?? 0) ^ 1;
  return text(changed);
}

function withResponse(assertion: Assertion, change: Partial<Assertion["response"]>): Assertion {
  return { ...assertion, response: { ...assertion.response, ...change } };
}

function withClientData(assertion: Assertion, change: Readonly<Record<string, unknown>>): Assertion {
  const data = JSON.parse(bytes(assertion.response.clientDataJSON).toString("utf8")) as Record<string, unknown>;
  return withResponse(assertion, { clientDataJSON: text(Buffer.from(JSON.stringify({ ...data, ...change }))) });
}

describe("answers of the key", () => {
  const database = useDatabase();
  let identity: Identity;
  let person: Person;
  let other: Person;
  let terminals: readonly TerminalProof[];

  beforeAll(async () => {
    identity = testIdentity(database.pool);
    await makeSections(database.pool);
    const made: TerminalProof[] = [];
    for (let index = 0; index < 30; index += 1) made.push(await makeTerminal(identity, `DESK-${index}`));
    terminals = made;
    const [desk = {}] = made;
    person = await makePerson(identity, "kaku.020", desk, { roles: ["clerk"] });
    other = await makePerson(identity, "kaku.021", desk, { roles: ["clerk"] });
  });

  it("[THR17] 22 mutated, replayed or foreign answers are refused; the answer itself is good once", async () => {
    const { staffId, key, password } = person;
    const foreignPair = generateKeyPairSync("ec", { namedCurve: "P-256" });
    // Each takes a fresh, good answer and spoils one thing; signed anew where the key itself would have to lie.
    const mutations: Readonly<Record<string, (good: Assertion, challenge: string) => Assertion>> = {
      "signature: first byte": (good) => withResponse(good, { signature: flipped(good.response.signature, 0) }),
      "signature: last byte": (good) =>
        withResponse(good, { signature: flipped(good.response.signature, bytes(good.response.signature).length - 1) }),
      "signature: empty": (good) => withResponse(good, { signature: "" }),
      "signature: of another key": (good) => {
        const hash = createHash("sha256").update(bytes(good.response.clientDataJSON)).digest();
        const over = Buffer.concat([bytes(good.response.authenticatorData), hash]);
        return withResponse(good, { signature: text(sign("sha256", over, foreignPair.privateKey)) });
      },
      "authenticator data: relying party's hash": (good) =>
        withResponse(good, { authenticatorData: flipped(good.response.authenticatorData, 0) }),
      "authenticator data: flags": (good) =>
        withResponse(good, { authenticatorData: flipped(good.response.authenticatorData, 32) }),
      "authenticator data: counter": (good) =>
        withResponse(good, { authenticatorData: flipped(good.response.authenticatorData, 36) }),
      "authenticator data: cut": (good) =>
        withResponse(good, { authenticatorData: text(bytes(good.response.authenticatorData).subarray(0, 36)) }),
      "authenticator data: longer": (good) =>
        withResponse(good, {
          authenticatorData: text(Buffer.concat([bytes(good.response.authenticatorData), Buffer.from([0])])),
        }),
      "client data: another challenge": (good) => withClientData(good, { challenge: text(Buffer.alloc(32, 1)) }),
      "client data: another origin": (good) => withClientData(good, { origin: "http://localhost:8081" }),
      "client data: type of a registration": (good) => withClientData(good, { type: "webauthn.create" }),
      "client data: in another's frame": (good) =>
        withClientData(good, { crossOrigin: true, topOrigin: "https://evil.example" }),
      "client data: no JSON": (good) => withResponse(good, { clientDataJSON: text(Buffer.from("{")) }),
      "identifier: unknown": (good) => ({ ...good, id: text(Buffer.alloc(32, 9)), rawId: text(Buffer.alloc(32, 9)) }),
      "identifier: two different": (good) => ({ ...good, rawId: text(Buffer.alloc(32, 9)) }),
      "identifier: another person's": (good) => ({
        ...good,
        id: other.key.data.credentialId,
        rawId: other.key.data.credentialId,
      }),
      "type of credential": (good) => ({ ...good, type: "password" as "public-key" }),
      "user handle: another person's": (good) => withResponse(good, { userHandle: other.key.data.userHandle }),
      "key: signed for another origin": (_good, challenge) => key.get({ challenge }, "https://evil.example"),
      "key: without user verification": (_good, challenge) => key.get({ challenge }, ORIGIN, { userVerified: false }),
      "key: of another person": (_good, challenge) => other.key.get({ challenge }, ORIGIN),
    };
    expect(Object.keys(mutations)).toHaveLength(22);
    for (const [index, [name, mutate]] of Object.entries(mutations).entries()) {
      const terminal = terminals[index] ?? {};
      const { challenge } = await beginLogIn(identity, { staffId, terminal });
      const assertion = mutate(key.get({ challenge }, ORIGIN), challenge);
      expect(await refusalOf(finishLogIn(identity, { staffId, terminal, assertion, password })), name).toBe(
        "logInRefused",
      );
    }
    const { rows } = await database.pool.query("SELECT 1 FROM identity.session");
    expect(rows).toEqual([]);

    const terminal = terminals[25] ?? {};
    const { challenge } = await beginLogIn(identity, { staffId, terminal });
    const assertion = key.get({ challenge }, ORIGIN);
    const made = await finishLogIn(identity, { staffId, terminal, assertion, password });
    await logOut(identity, made.token);
    expect(await refusalOf(finishLogIn(identity, { staffId, terminal, assertion, password }))).toBe("logInRefused");
  });

  it("[THR17] a key whose counter does not grow is a copy: refused, with an alert", async () => {
    const terminal = terminals[26] ?? {};
    const { staffId, key, password } = other;
    const made = await logIn(identity, other, terminal);
    await logOut(identity, made.token);
    for (const counter of [1, 0]) {
      const { challenge } = await beginLogIn(identity, { staffId, terminal });
      const assertion = key.get({ challenge }, ORIGIN, { counter });
      expect(await refusalOf(finishLogIn(identity, { staffId, terminal, assertion, password }))).toBe("logInRefused");
    }
    const { rows } = await database.pool.query<{ n: number }>(
      "SELECT count(*)::int AS n FROM identity.alert WHERE kind = 'keyCloned' AND staff_id = $1",
      [staffId],
    );
    expect(rows[0]?.n).toBe(2);
  });

  it("refuses a challenge of another terminal, of another person, and one older than 2 minutes", async () => {
    const { staffId, key, password } = person;
    const [, , , , , , , , , , , , , , , , , , , , , , , , , , , first = {}, second = {}, third = {}] = terminals;
    const elsewhere = await beginLogIn(identity, { staffId, terminal: first });
    const moved = key.get(elsewhere, ORIGIN);
    expect(await refusalOf(finishLogIn(identity, { staffId, terminal: second, assertion: moved, password }))).toBe(
      "logInRefused",
    );
    const others = await beginLogIn(identity, { staffId: other.staffId, terminal: first });
    const taken = key.get(others, ORIGIN);
    expect(await refusalOf(finishLogIn(identity, { staffId, terminal: first, assertion: taken, password }))).toBe(
      "logInRefused",
    );
    for (const [seconds, answer] of [
      [121, "logInRefused"],
      [110, undefined],
    ] as const) {
      await shiftClock(database.pool, "0");
      const old = await beginLogIn(identity, { staffId, terminal: third });
      await shiftClock(database.pool, `${seconds} seconds`);
      const work = finishLogIn(identity, { staffId, terminal: third, assertion: key.get(old, ORIGIN), password });
      if (answer === undefined) await expect(work).resolves.toMatchObject({ staffId });
      else expect(await refusalOf(work)).toBe(answer);
    }
  });
});
