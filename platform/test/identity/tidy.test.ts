import { beforeAll, describe, expect, it } from "vitest";

import { beginLogIn } from "../../src/identity/log-in.ts";
import type { Identity } from "../../src/identity/settings.ts";
import { tidyIdentity } from "../../src/identity/tidy.ts";
import { useDatabase } from "../support/cluster.ts";
import { makePerson, makeSections, makeTerminal, shiftClock, testIdentity } from "../support/identity.ts";
import { signIn } from "../support/staff.ts";

const database = useDatabase();
let identity: Identity;

type Ended = { readonly staff_id: string; readonly end_reason: string | null; readonly seconds: number | null };

async function sessions(): Promise<readonly Ended[]> {
  const { rows } = await database.pool.query<Ended>(
    "SELECT staff_id, end_reason, extract(epoch FROM ended_at - started_at)::int AS seconds FROM identity.session ORDER BY staff_id",
  );
  return rows;
}

beforeAll(async () => {
  identity = testIdentity(database.pool);
  await makeSections(database.pool);
});

describe("後片付け", () => {
  it("takes away nothing that is in use, then what is over: challenges after a day, sessions at their limit", async () => {
    const terminal = await makeTerminal(identity, "DESK-1");
    const person = await makePerson(identity, "kaku.060", terminal, { roles: ["clerk"] });
    await tidyIdentity(identity);
    await beginLogIn(identity, { staffId: person.staffId, terminal });
    await signIn(database.pool, { staffId: "kaku.061", roles: ["clerk"] });
    await signIn(database.pool, { staffId: "kaku.062", roles: ["clerk"] });
    const before = await database.pool.query<{ n: number }>("SELECT count(*)::int AS n FROM identity.challenge");
    const count = before.rows[0]?.n ?? 0;
    expect(count).toBeGreaterThan(0);
    expect(await tidyIdentity(identity)).toEqual({ challenges: 0, sessions: 0 });
    // kaku.062 worked to the last minute of the nine hours: 9 × 3,600 = 32,400 s. kaku.061 left at once: 15 × 60 = 900 s.
    await database.pool.query(
      "UPDATE identity.session SET last_seen_at = started_at + interval '8 h 59 min' WHERE staff_id = 'kaku.062'",
    );
    await shiftClock(database.pool, "10 hours");
    expect(await tidyIdentity(identity)).toEqual({ challenges: 0, sessions: 2 });
    expect((await sessions()).filter(({ staff_id }) => staff_id >= "kaku.061")).toEqual([
      { staff_id: "kaku.061", end_reason: "idle", seconds: 900 },
      { staff_id: "kaku.062", end_reason: "absolute", seconds: 32_400 },
    ]);
    await shiftClock(database.pool, "25 hours");
    expect(await tidyIdentity(identity)).toEqual({ challenges: count, sessions: 0 });
    expect(await tidyIdentity(identity)).toEqual({ challenges: 0, sessions: 0 });
  });

  it("no role but identity's own may run it", async () => {
    for (const role of ["hagukumi_desk", "hagukumi_allowance", "hagukumi_sealer"]) {
      const client = await database.pool.connect();
      try {
        await client.query("BEGIN");
        await client.query(`SET LOCAL ROLE ${role}`);
        await expect(client.query("SELECT * FROM identity.tidy()"), role).rejects.toMatchObject({ code: "42501" });
      } finally {
        await client.query("ROLLBACK");
        client.release();
      }
    }
  });
});
