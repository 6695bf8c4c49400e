import { createHash, randomBytes } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";

import { beginLogIn, finishLogIn } from "../../src/identity/log-in.ts";
import { logOut } from "../../src/identity/session.ts";
import type { Identity } from "../../src/identity/settings.ts";
import type { TerminalProof } from "../../src/identity/terminals.ts";
import { useDatabase } from "../support/cluster.ts";
import { makePerson, makeSections, makeTerminal, ORIGIN, testIdentity } from "../support/identity.ts";
import type { Person } from "../support/identity.ts";

const TERMINALS = 200;
// The catalogue of threats asks for 500 rounds; set HAGUKUMI_RACE_ROUNDS=500 for that (about 20 minutes on two cores).
const ROUNDS = Number(process.env["HAGUKUMI_RACE_ROUNDS"] ?? "2");
// Named only where it is truly shown.
const FULL = ROUNDS >= 500 ? "[THR3]" : "";

describe("one identifier at many terminals at once", () => {
  const database = useDatabase();
  let identity: Identity;
  let person: Person;
  let terminals: readonly TerminalProof[];

  beforeAll(async () => {
    identity = testIdentity(database.pool);
    await makeSections(database.pool);
    const desk = await makeTerminal(identity, "DESK-0");
    person = await makePerson(identity, "kaku.030", desk, { roles: ["clerk"] });
    const secrets = Array.from({ length: TERMINALS }, () => randomBytes(32).toString("base64url"));
    await database.pool.query(
      `INSERT INTO identity.terminal (terminal_code, name, section_code, secret_hash, registered_by)
       SELECT 'RACE-' || n, '架空端末', 'kodomo', hash, 'tester@console' FROM unnest($1::text[]) WITH ORDINALITY AS t (hash, n)`,
      [secrets.map((secret) => createHash("sha256").update(secret).digest("hex"))],
    );
    terminals = secrets.map((secret) => ({ secret }));
  });

  it(`[D208]${FULL} ${TERMINALS} log-ins at ${TERMINALS} terminals, ${ROUNDS} rounds: one session each round, every other refused and told to both`, async () => {
    const { staffId, key, password } = person;
    for (let round = 1; round <= ROUNDS; round += 1) {
      const ended = await Promise.allSettled(
        terminals.map(async (terminal) => {
          const options = await beginLogIn(identity, { staffId, terminal });
          // A key that does not count: the growing counter would refuse most before they reach the session.
          const assertion = key.get(options, ORIGIN, { counter: 0 });
          return await finishLogIn(identity, { staffId, terminal, assertion, password });
        }),
      );
      const made = ended.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      const codes = ended.flatMap((one) => (one.status === "rejected" ? [(one.reason as { code: string }).code] : []));
      expect(made).toHaveLength(1);
      expect(codes.filter((code) => code !== "alreadyLoggedIn")).toEqual([]);
      expect(codes).toHaveLength(TERMINALS - 1);
      const { rows } = await database.pool.query<{ open: number; alerts: number }>(
        `SELECT (SELECT count(*)::int FROM identity.session WHERE staff_id = $1 AND ended_at IS NULL) AS open,
                (SELECT count(*)::int FROM identity.alert a JOIN identity.session s USING (session_id)
                 WHERE a.kind = 'secondLogIn' AND s.staff_id = $1 AND s.ended_at IS NULL) AS alerts`,
        [staffId],
      );
      expect(rows[0]).toEqual({ open: 1, alerts: TERMINALS - 1 });
      for (const { token } of made) await logOut(identity, token);
    }
  });

  it("the database refuses a second open session, whoever writes it", async () => {
    const insert =
      "INSERT INTO identity.session (token_hash, staff_id, terminal_code, credential_id) VALUES ($1, $2, 'RACE-1', $3)";
    const rest = [person.staffId, person.key.data.credentialId];
    await database.pool.query(insert, ["a".repeat(64), ...rest]);
    await expect(database.pool.query(insert, ["b".repeat(64), ...rest])).rejects.toMatchObject({
      constraint: "session_one_per_staff",
    });
  });
});
