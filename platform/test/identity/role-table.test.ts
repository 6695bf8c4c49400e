import { describe, expect, it } from "vitest";

import { permissionCodes, permissions, roleCodes, roles } from "../../src/identity/permissions.ts";
import { useDatabase } from "../support/cluster.ts";

describe("the role table (権限表)", () => {
  const database = useDatabase();

  it("[A156] holds the permissions of the code and no other: EUC, log, rights, 支援措置, batch, payment and parameters apart", async () => {
    const { rows } = await database.pool.query<{ code: string; name: string; case_access: boolean }>(
      "SELECT permission_code AS code, name, case_access FROM identity.permission",
    );
    const expected = permissionCodes.map((code) => ({ code, name: permissions[code].name, case_access: permissions[code].caseAccess })); // prettier-ignore
    expect(rows.toSorted((a, b) => (a.code < b.code ? -1 : 1))).toEqual(
      expected.toSorted((a, b) => (a.code < b.code ? -1 : 1)),
    );
    // Each of the kinds of work that the standard wants apart is held by some role that lacks the others.
    for (const apart of [
      "export.create",
      "log.view",
      "rights.issue",
      "protection.view",
      "batch.run",
      "payment.approve",
      "parameter.change",
    ] as const) {
      expect(permissionCodes).toContain(apart);
    }
  });

  it("[A151] gives every role exactly what the code gives it, with a first day and no last one", async () => {
    const { rows } = await database.pool.query<{ code: string; name: string; permissions: string[]; open: boolean }>(
      `SELECT r.role_code AS code, r.name, array_agg(p.permission_code ORDER BY p.permission_code) FILTER (WHERE p.permission_code IS NOT NULL) AS permissions,
              coalesce(bool_and(p.starts_on <= DATE '2026-04-01' AND p.ends_on IS NULL), true) AS open
       FROM identity.role r LEFT JOIN identity.role_permission p USING (role_code) GROUP BY r.role_code`,
    );
    expect(rows).toHaveLength(roleCodes.length);
    for (const row of rows) {
      const role = Object.entries(roles).find(([code]) => code === row.code)?.[1];
      expect(row.name).toBe(role?.name);
      expect(row.permissions ?? []).toEqual(role?.permissions.toSorted());
      expect(row.open).toBe(true);
    }
  });

  it("no other role of the database sees or writes a table of the schema", async () => {
    const { rows } = await database.pool.query<{ role: string; name: string }>(
      `SELECT r.role, c.oid::regclass::text AS name FROM (VALUES ('hagukumi_desk'), ('hagukumi_allowance')) r (role), pg_class c
       WHERE c.relnamespace = 'identity'::regnamespace AND c.relkind IN ('r', 'v')
         AND has_table_privilege(r.role, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')`,
    );
    expect(rows).toEqual([]);
  });

  it("answers no session where none is set, and gives the desk no way around row security", async () => {
    const { rows } = await database.pool.query("SELECT * FROM identity.session_now()");
    expect(rows).toEqual([]);
    const bypass = await database.pool.query<{ name: string; bypass: boolean }>(
      "SELECT rolname AS name, rolbypassrls AS bypass FROM pg_roles WHERE rolname LIKE 'hagukumi\\_%' AND rolname IN ('hagukumi_desk', 'hagukumi_allowance', 'hagukumi_identity') ORDER BY 1",
    );
    expect(bypass.rows).toEqual([
      { name: "hagukumi_allowance", bypass: true },
      { name: "hagukumi_desk", bypass: false },
      { name: "hagukumi_identity", bypass: false },
    ]);
  });

  it("the limits of log-in can be made shorter, never longer", async () => {
    const beyond = [
      "idle_limit = '16 min'", "absolute_limit = '9 h 1 min'", "step_up_limit = '6 min'", "password_days = 181", "training_limit = '13 months'",
    ]; // prettier-ignore
    for (const change of beyond) {
      await expect(database.pool.query(`UPDATE identity.policy SET ${change}`), change).rejects.toMatchObject({
        code: "23514",
      });
    }
    await database.pool.query(
      "UPDATE identity.policy SET idle_limit = '10 min', absolute_limit = '8 h', password_days = 90",
    );
  });

  it("nobody changes or deletes what was recorded: no role may, but for the columns that a session and a key need", async () => {
    const { rows } = await database.pool.query<{ line: string }>(
      `SELECT c.relname || '.' || a.attname AS line FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       WHERE c.relnamespace = 'identity'::regnamespace AND c.relkind = 'r' AND has_column_privilege('hagukumi_identity', c.oid, a.attnum, 'UPDATE') ORDER BY 1`,
    );
    expect(rows.map(({ line }) => line)).toEqual([
      "attempt.cause", "attempt.outcome", "challenge.used_at", "credential.counter",
      "policy.absolute_limit", "policy.idle_limit", "policy.password_days", "policy.password_notice_days", "policy.step_up_limit", "policy.training_limit", "policy.users_least", "policy.users_most",
      "role_permission.ends_on", "session.end_reason", "session.ended_at", "session.ended_by", "session.last_seen_at", "session.stepped_up_at", "session.token_hash",
      "sign_on_request.answered_at", "sign_on_request.link_id", "sign_on_request.used_at",
      "sign_on_subject.end_reason", "sign_on_subject.ended_at", "sign_on_subject.ended_by",
    ]); // prettier-ignore
    const { rows: deleters } = await database.pool.query(
      `SELECT 1 FROM pg_class c, pg_roles r WHERE c.relnamespace = 'identity'::regnamespace AND c.relkind = 'r' AND r.rolname LIKE 'hagukumi\\_%'
         AND NOT r.rolsuper AND has_table_privilege(r.rolname, c.oid, 'DELETE, TRUNCATE')`,
    );
    expect(deleters).toEqual([]);
  });
});
