import type { PoolClient } from "pg";
import { beforeAll, describe, expect, it } from "vitest";

import { readOnly, serializable, withRole } from "../../src/database/transaction.ts";
import { useDatabase } from "../support/cluster.ts";

const db = useDatabase({ empty: true });

beforeAll(async () => {
  await db.pool.query("CREATE TABLE account (name text PRIMARY KEY, yen int NOT NULL)");
  await db.pool.query("INSERT INTO account VALUES ('a', 100), ('b', 100), ('counter', 0)");
});

async function yen(name: string): Promise<number | undefined> {
  const { rows } = await db.pool.query<{ yen: number }>("SELECT yen FROM account WHERE name = $1", [name]);
  return rows[0]?.yen;
}

async function addOne(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ yen: number }>("SELECT yen FROM account WHERE name = 'counter'");
  await client.query("UPDATE account SET yen = $1 WHERE name = 'counter'", [(rows[0]?.yen ?? 0) + 1]);
}

describe("serializable", () => {
  it("leaves nothing of work that throws", async () => {
    const work = serializable(db.pool, async (client) => {
      await client.query("UPDATE account SET yen = 0 WHERE name = 'a'");
      throw new Error("stop");
    });
    await expect(work).rejects.toThrow("stop");
    expect(await yen("a")).toBe(100);
  });

  it("refuses to call a swallowed failure a success", async () => {
    const work = serializable(db.pool, async (client) => {
      await client.query("UPDATE account SET yen = 1 WHERE name = 'a'");
      await client.query("SELECT 1 / 0").catch(() => {});
    });
    await expect(work).rejects.toThrow("rolled back at COMMIT");
    expect(await yen("a")).toBe(100);
  });

  it("repeats until concurrent additions have all counted: 20 × 1 = 20", async () => {
    await Promise.all(Array.from({ length: 20 }, async () => await serializable(db.pool, addOne, { retries: 100 })));
    expect(await yen("counter")).toBe(20);
  });

  it("keeps a rule over two rows that two transactions would break together (write skew)", async () => {
    // Rule: a + b may not fall below 100. Each withdraws 100 from its own row after looking at both: 200 − 100 − 100 = 0.
    let waiting = 0;
    const bothHaveRead = Promise.withResolvers<void>();
    const withdraw = async (name: string): Promise<boolean> =>
      await serializable(db.pool, async (client) => {
        const { rows } = await client.query<{ sum: number }>(
          "SELECT sum(yen) AS sum FROM account WHERE name IN ('a', 'b')",
        );
        waiting += 1;
        if (waiting === 2) bothHaveRead.resolve();
        await bothHaveRead.promise;
        if ((rows[0]?.sum ?? 0) < 200) return false;
        await client.query("UPDATE account SET yen = yen - 100 WHERE name = $1", [name]);
        return true;
      });
    const done = await Promise.all([withdraw("a"), withdraw("b")]);
    expect(done.toSorted()).toEqual([false, true]);
    expect(((await yen("a")) ?? 0) + ((await yen("b")) ?? 0)).toBe(100);
  });

  it("gives up after the stated number of attempts, with a refusal", async () => {
    let attempts = 0;
    const work = serializable(
      db.pool,
      async (client) => {
        attempts += 1;
        await client.query("DO $$ BEGIN RAISE EXCEPTION 'met' USING ERRCODE = '40001'; END $$");
      },
      { retries: 3 },
    );
    await expect(work).rejects.toMatchObject({ code: "databaseBusy", details: { attempts: 4 } });
    expect(attempts).toBe(4);
  });

  it("does not repeat other failures", async () => {
    let attempts = 0;
    const work = serializable(db.pool, async (client) => {
      attempts += 1;
      await client.query("INSERT INTO account VALUES ('a', 1)");
    });
    await expect(work).rejects.toMatchObject({ code: "23505" });
    expect(attempts).toBe(1);
  });

  it("does not begin once cancelled", async () => {
    let ran = false;
    const work = serializable(
      db.pool,
      async () => {
        ran = true;
        await Promise.resolve();
      },
      { signal: AbortSignal.abort() },
    );
    await expect(work).rejects.toMatchObject({ code: "cancelled" });
    expect(ran).toBe(false);
  });

  it("says that the outcome is unknown when the connection breaks in COMMIT, and does not repeat", async () => {
    await db.pool.query(`
      CREATE TABLE slow (n int);
      CREATE FUNCTION wait_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(20); RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER wait_at_commit AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION wait_at_commit();`);
    const cutInCommit = async (pid: number): Promise<void> => {
      for (;;) {
        const { rowCount } = await db.pool.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND query = 'COMMIT' AND state = 'active'",
          [pid],
        );
        if (rowCount === 1) return;
      }
    };
    let attempts = 0;
    let cutting = Promise.resolve();
    const work = serializable(db.pool, async (client) => {
      attempts += 1;
      const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
      await client.query("INSERT INTO slow VALUES (1)");
      cutting = cutInCommit(rows[0]?.pid ?? 0);
    });
    await expect(work).rejects.toMatchObject({ code: "commitOutcomeUnknown" });
    await cutting;
    expect(attempts).toBe(1);
  });

  it("gives its connection back, whatever happens", async () => {
    for (let i = 0; i < 30; i += 1) {
      await serializable(db.pool, async () => await Promise.reject(new Error("stop"))).catch(() => {});
    }
    expect(db.pool.waitingCount).toBe(0);
    expect(db.pool.idleCount).toBe(db.pool.totalCount);
  });
});

describe("readOnly", () => {
  it("refuses to write", async () => {
    const work = readOnly(db.pool, async (client) => await client.query("DELETE FROM account"));
    await expect(work).rejects.toMatchObject({ code: "25006" });
  });

  it("sees one state of the database throughout", async () => {
    const seen = await readOnly(db.pool, async (client) => {
      const sql = "SELECT count(*) AS count FROM account";
      const before = await client.query<{ count: number }>(sql);
      await db.pool.query("INSERT INTO account VALUES ('late', 1)");
      const after = await client.query<{ count: number }>(sql);
      return [before.rows[0]?.count, after.rows[0]?.count];
    });
    expect(seen[0]).toBe(seen[1]);
  });
});

describe("withRole", () => {
  it("refuses outside a transaction, where it would have no effect", async () => {
    await db.pool.query("DROP ROLE IF EXISTS test_reader; CREATE ROLE test_reader NOLOGIN");
    const client = await db.pool.connect();
    try {
      await expect(withRole(client, "test_reader")).rejects.toThrow("no transaction is open");
    } finally {
      client.release();
    }
  });

  it("takes rights away for the rest of the transaction only", async () => {
    const work = serializable(db.pool, async (client) => {
      await withRole(client, "test_reader");
      await client.query("SELECT * FROM account");
    });
    await expect(work).rejects.toMatchObject({ code: "42501" });
    const { rows } = await db.pool.query("SELECT current_user AS name");
    expect(rows[0]).toEqual({ name: "postgres" });
    await db.pool.query("DROP ROLE test_reader");
  });
});
