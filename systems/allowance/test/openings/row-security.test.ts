import type { PoolClient } from "pg";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { callOf, endSession, signIn } from "../../../../platform/test/support/staff.ts";
import { closeCase, openCase } from "../../src/openings/open-case.ts";
import { fillProtectedTables } from "../support/filled-tables.ts";

const database = useDatabase();
const A = 900000000000001;
const B = 900000000000002;
/** Files of many people: accounts of a run, letters of a print run. The desk has no right to them at all. */
const NEVER: readonly string[] = ["transfer_file", "letter_file", "term_erasure_item"];
/** Rows that need the right to see accounts beside an open case. */
const ACCOUNTS = "account";

let tables: readonly string[] = [];

async function underSession<T>(session: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await database.pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("SET LOCAL ROLE hagukumi_desk");
    await client.query("SELECT set_config('hagukumi.session', $1, true)", [session]);
    return await work(client);
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}

/** Rows that the session sees, table by table. */
async function seen(session: string): Promise<Readonly<Record<string, number>>> {
  return await underSession(session, async (client) => {
    const counts: Record<string, number> = {};
    for (const table of tables) {
      const { rows } = await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM allowance."${table}"`);
      counts[table] = rows[0]?.n ?? -1;
    }
    return counts;
  });
}

const nothing = (): Readonly<Record<string, number>> => Object.fromEntries(tables.map((table) => [table, 0]));

async function openA(session: string): Promise<number> {
  const desk = { pool: database.pool, call: callOf(session) };
  return (await openCase(desk, { addresseeNumber: A }, { code: "enquiry", origin: "search" })).openingId;
}

/** Moves the clock of the database for one piece of work. */
async function later(shift: string, work: () => Promise<void>): Promise<void> {
  await database.pool.query("INSERT INTO identity.clock_shift (shift) VALUES ($1)", [shift]);
  try {
    await work();
  } finally {
    await database.pool.query("DELETE FROM identity.clock_shift");
  }
}

beforeAll(async () => {
  tables = (await fillProtectedTables(database.pool, [A, B])).filter((table) => !NEVER.includes(table));
});

describe("行単位の制限: who must see nothing", () => {
  it("every protected table holds a row of each person, so that an empty answer means something", async () => {
    expect(tables.length).toBeGreaterThan(25);
    for (const table of tables) {
      const { rows } = await database.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM allowance."${table}"`);
      expect(rows[0]?.n, table).toBeGreaterThanOrEqual(2);
    }
  });

  it("[THR18] [D204] another section sees no row of any table, and is refused when it tries to open", async () => {
    const section = { code: "hogo-engo", kind: "transferOffice", inCharge: false };
    const other = await signIn(database.pool, { staffId: "hogo.a", roles: ["clerk", "transferOffice"], section });
    expect(await seen(other)).toStrictEqual(nothing());
    await expect(openA(other)).rejects.toMatchObject({ code: "permissionMissing" });
    expect(await seen(other)).toStrictEqual(nothing());
    const { rows } = await database.pool.query(
      "SELECT action, refusal_code, section_code FROM access.log WHERE staff_id = 'hogo.a'",
    );
    expect(rows).toStrictEqual([{ action: "refused", refusal_code: "permissionMissing", section_code: "hogo-engo" }]);
  });

  it("no session, a made-up one, and a session that has opened nobody see no row", async () => {
    const idle = await signIn(database.pool, { staffId: "clerk.idle", roles: ["examiner"] });
    for (const session of ["", "f".repeat(64), idle]) expect(await seen(session), session).toStrictEqual(nothing());
  });

  it("another session's opening is not shared, not even with the same person at another desk", async () => {
    const opener = await signIn(database.pool, { staffId: "clerk.opens", roles: ["clerk"] });
    const beside = await signIn(database.pool, { staffId: "clerk.beside", roles: ["clerk"] });
    await openA(opener);
    expect((await seen(opener))["person_history"]).toBe(1);
    expect(await seen(beside)).toStrictEqual(nothing());
  });

  it("[THR25] after 15 minutes, after closing and after the session ended nothing is seen", async () => {
    const session = await signIn(database.pool, { staffId: "clerk.leaves", roles: ["clerk"] });
    const desk = { pool: database.pool, call: callOf(session) };
    const opening = await openA(session);
    expect((await seen(session))["claim"]).toBe(1);
    // The session itself would end after 15 idle minutes: its last sign of life is moved along, so that only the opening is old.
    await later("15 minutes", async () => {
      await database.pool.query("UPDATE identity.session SET last_seen_at = identity.clock() WHERE token_hash = $1", [
        session,
      ]);
      const { rows } = await database.pool.query("SELECT 1 FROM identity.session WHERE token_hash = $1", [session]);
      expect(rows).toHaveLength(1);
      expect(
        await underSession(
          session,
          async (client) => (await client.query("SELECT * FROM identity.session_now()")).rowCount,
        ),
      ).toBe(1);
      expect(await seen(session)).toStrictEqual(nothing());
    });
    expect((await seen(session))["claim"]).toBe(1);
    expect(await closeCase(desk, opening)).toBe(true);
    expect(await closeCase(desk, opening)).toBe(false);
    expect(await seen(session)).toStrictEqual(nothing());
    await openA(session);
    await endSession(database.pool, session);
    expect(await seen(session)).toStrictEqual(nothing());
  });

  it("[THR32] a right taken away in the middle of a session is gone with the next call", async () => {
    const session = await signIn(database.pool, { staffId: "clerk.moved", roles: ["clerk"] });
    await openA(session);
    expect((await seen(session))["account"]).toBe(1);
    await database.pool.query(
      `UPDATE identity.role_permission SET ends_on = identity.today() - 1 WHERE role_code = 'clerk' AND permission_code = 'account.view'`,
    );
    const without = await seen(session);
    expect([without["account"], without["claim"]]).toStrictEqual([0, 1]);
    await database.pool.query(
      `UPDATE identity.role_permission SET ends_on = identity.today() - 1 WHERE role_code = 'clerk' AND permission_code = 'case.open'`,
    );
    expect(await seen(session)).toStrictEqual(nothing());
    await expect(openA(session)).rejects.toMatchObject({ code: "permissionMissing" });
    await database.pool.query("UPDATE identity.role_permission SET ends_on = NULL WHERE role_code = 'clerk'");
  });

  it("a person who becomes protected, or denied to this member of staff, is closed at once", async () => {
    const session = await signIn(database.pool, { staffId: "clerk.denied", roles: ["clerk"] });
    const officer = await signIn(database.pool, { staffId: "hogo.officer", roles: ["protectionOfficer"] });
    await openA(session);
    await openA(officer);
    const flag = "UPDATE allowance.person_history SET protected = $2 WHERE addressee_number = $1";
    await database.pool.query(flag, [A, true]);
    expect(await seen(session)).toStrictEqual(nothing());
    expect((await seen(officer))["person_history"]).toBe(1);
    await database.pool.query(flag, [A, false]);
    expect((await seen(session))["person_history"]).toBe(1);
    await database.pool.query(
      `INSERT INTO access.denied_person (staff_id, addressee_number, reason, valid_from, entered_by, approved_by)
       VALUES ('clerk.denied', $1, '親族', '2026-01-01', 'kakaricho.a', 'kacho.a')`,
      [A],
    );
    expect(await seen(session)).toStrictEqual(nothing());
  });

  it("what was seen is kept under a seal: a member of staff cannot write himself more", async () => {
    const session = await signIn(database.pool, { staffId: "clerk.forger", roles: ["clerk"] });
    await openA(session);
    const forged = await underSession(session, async (client) => {
      const count = async (): Promise<number> =>
        (await client.query<{ n: number }>("SELECT count(*)::int AS n FROM allowance.person_history")).rows[0]?.n ?? -1;
      expect(await count()).toBe(1);
      const kept = (await client.query<{ v: string }>("SELECT current_setting('hagukumi.desk_sight') AS v")).rows[0]?.v;
      expect(kept).toContain(String(A));
      const more = (kept ?? "").replace(String(A), `${A},${B}`);
      const plain = `0${more.slice(1)}`;
      const counts: number[] = [];
      for (const value of [more, plain, more.slice(64), ""]) {
        await client.query("SELECT set_config('hagukumi.desk_sight', $1, true)", [value]);
        counts.push(await count());
      }
      return counts;
    });
    expect(forged).toStrictEqual([1, 1, 1, 1]);
    // A sealed answer of one transaction is worth nothing in the next.
    const kept = await underSession(session, async (client) => {
      await client.query("SELECT allowance.open_numbers()");
      return (await client.query<{ v: string }>("SELECT current_setting('hagukumi.desk_sight') AS v")).rows[0]?.v;
    });
    await endSession(database.pool, session);
    const replayed = await underSession(session, async (client) => {
      await client.query("SELECT set_config('hagukumi.desk_sight', $1, true)", [kept]);
      return (await client.query("SELECT FROM allowance.person_history")).rowCount;
    });
    expect(replayed).toBe(0);
  });
});

describe("行単位の制限: who has opened a person", () => {
  it("[THR25] sees the rows of A in every table and none of B", async () => {
    const session = await signIn(database.pool, { staffId: "examiner.a", roles: ["examiner"] });
    await openA(session);
    const counts = await seen(session);
    for (const table of tables) expect(counts[table], table).toBe(1);
    // The row is A's in every column that the desk may read at all.
    await underSession(session, async (client) => {
      for (const table of tables) {
        const { rows: columns } = await client.query<{ list: string }>(
          `SELECT string_agg(quote_ident(attname), ', ') AS list FROM pg_attribute
           WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND has_column_privilege(attrelid, attnum, 'SELECT')`,
          [`allowance."${table}"`],
        );
        const { rows } = await client.query<{ row: string }>(
          `SELECT to_jsonb(x)::text AS row FROM (SELECT ${columns[0]?.list} FROM allowance."${table}") x`,
        );
        expect(rows, table).toHaveLength(1);
        expect(rows[0]?.row, table).not.toContain(String(B));
      }
    });
  });

  it("[D89] accounts are seen with the right to see accounts alone", async () => {
    const officer = await signIn(database.pool, { staffId: "hogo.officer2", roles: ["protectionOfficer"] });
    const clerk = await signIn(database.pool, { staffId: "clerk.account", roles: ["clerk"] });
    for (const session of [officer, clerk]) await openA(session);
    const views = ["account", "claim_account", "run_line_account", "account_in_force"];
    const count = async (session: string): Promise<readonly number[]> =>
      await underSession(session, async (client) => {
        const counts: number[] = [];
        for (const view of views) counts.push((await client.query(`SELECT FROM allowance.${view}`)).rowCount ?? -1);
        return counts;
      });
    expect(await count(officer)).toStrictEqual([0, 0, 0, 0]);
    expect((await count(clerk)).slice(0, 3)).toStrictEqual([1, 1, 1]);
    expect((await seen(officer))[ACCOUNTS]).toBe(0);
    for (const column of [
      "run_line.account_number",
      "run_line.holder",
      "claim.account",
      "result_row.raw",
      "transfer_file.bytes",
      "letter_file.bytes",
    ]) {
      const [table, name] = column.split(".");
      await expect(
        underSession(clerk, async (client) => await client.query(`SELECT ${name} FROM allowance.${table}`)),
        column,
      ).rejects.toMatchObject({ code: "42501" });
    }
  });
});
