import type { PoolClient } from "pg";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../support/cluster.ts";
import { signIn } from "../support/staff.ts";

const database = useDatabase();
let clerk: string;
let auditor: string;

type Seen = { readonly staff_id: string; readonly permissions: readonly string[] };

async function seen(client: PoolClient): Promise<Seen | undefined> {
  const { rows } = await client.query<Seen>("SELECT staff_id, permissions FROM identity.session_now()");
  return rows[0];
}

const memoOf = async (client: PoolClient): Promise<string> => {
  const { rows } = await client.query<{ memo: string | null }>(
    "SELECT current_setting('hagukumi.session_memo', true) AS memo",
  );
  return rows[0]?.memo ?? "";
};

/** One transaction as the desk's role, rolled back; `isolation` as SQL writes it. */
async function asDesk(session: string, isolation: string, work: (client: PoolClient) => Promise<void>): Promise<void> {
  const client = await database.pool.connect();
  try {
    await client.query(`BEGIN ISOLATION LEVEL ${isolation}`);
    await client.query("SELECT set_config('role', 'hagukumi_desk', true), set_config('hagukumi.session', $1, true)", [
      session,
    ]);
    await work(client);
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}

beforeAll(async () => {
  clerk = await signIn(database.pool, { staffId: "memo.clerk", roles: ["clerk"] });
  auditor = await signIn(database.pool, { staffId: "memo.auditor", roles: ["auditor"] });
});

describe("the memo of the session within one transaction (セッションの控え)", () => {
  it("a memo that was altered by one right is not believed", async () => {
    await asDesk(clerk, "REPEATABLE READ", async (client) => {
      expect((await seen(client))?.permissions).not.toContain("log.view");
      const memo = await memoOf(client);
      expect(memo).toContain("case.search");
      await client.query("SELECT set_config('hagukumi.session_memo', $1, true)", [
        memo.replace("case.search", "log.view"),
      ]);
      const after = await seen(client);
      expect(after?.permissions).not.toContain("log.view");
      expect(after?.permissions).toContain("case.search");
    });
  });

  it("the memo of another's session, taken over with its seal, is not believed", async () => {
    await asDesk(auditor, "REPEATABLE READ", async (client) => {
      expect((await seen(client))?.staff_id).toBe("memo.auditor");
      const memo = await memoOf(client);
      await client.query("SELECT set_config('hagukumi.session', $1, true)", [clerk]);
      expect((await seen(client))?.staff_id).toBe("memo.clerk");
      await client.query("SELECT set_config('hagukumi.session_memo', $1, true)", [memo]);
      expect((await seen(client))?.staff_id).toBe("memo.clerk");
    });
  });

  it("a memo carried into the next transaction is not believed", async () => {
    let memo = "";
    await asDesk(clerk, "REPEATABLE READ", async (client) => {
      await seen(client);
      memo = await memoOf(client);
    });
    const revoked = await signIn(database.pool, { staffId: "memo.leaver", roles: [] });
    await asDesk(revoked, "REPEATABLE READ", async (client) => {
      await client.query("SELECT set_config('hagukumi.session_memo', $1, true)", [memo]);
      expect((await seen(client))?.permissions).toEqual([]);
    });
  });

  it("a session that ends inside the transaction is gone at once, memo or not", async () => {
    const leaver = await signIn(database.pool, { staffId: "memo.ender", roles: ["clerk"] });
    const client = await database.pool.connect();
    try {
      await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
      await client.query("SELECT set_config('hagukumi.session', $1, true)", [leaver]);
      expect((await seen(client))?.staff_id).toBe("memo.ender");
      expect(await memoOf(client)).not.toBe("");
      await client.query(
        "UPDATE identity.session SET ended_at = identity.clock(), end_reason = 'ended' WHERE token_hash = $1",
        [leaver],
      );
      expect(await seen(client)).toBeUndefined();
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
  });

  it("where the snapshot moves (read committed) nothing is kept", async () => {
    await asDesk(clerk, "READ COMMITTED", async (client) => {
      expect((await seen(client))?.staff_id).toBe("memo.clerk");
      expect(await memoOf(client)).toBe("");
    });
  });

  it("nobody but the owner reads the secret of the seal", async () => {
    const { rows } = await database.pool.query<{ role: string }>(
      `SELECT r.rolname AS role FROM pg_roles r WHERE r.rolname LIKE 'hagukumi\\_%' AND NOT r.rolsuper
         AND r.rolname IN ('hagukumi_desk', 'hagukumi_allowance', 'hagukumi_identity')
         AND has_table_privilege(r.rolname, 'identity.memo_secret', 'SELECT, INSERT, UPDATE, DELETE')`,
    );
    expect(rows).toEqual([]);
  });
});
