/** Signed-in staff for tests that stand on a session, without the log-in itself (tested in test/identity). */
import { createHash, randomBytes } from "node:crypto";
import type { Pool } from "pg";

import type { StaffCall } from "../../src/access/log.ts";
import type { Role } from "../../src/identity/permissions.ts";

export type TestStaff = {
  readonly staffId: string;
  readonly roles: readonly Role[];
  /** 行政区 codes; absent = every ward */
  readonly wards?: readonly string[];
  readonly section?: {
    readonly code: string;
    readonly kind: string;
    readonly inCharge: boolean;
    readonly wardCode?: string;
  };
  /** Factor check of just now; default: none */
  readonly steppedUp?: boolean;
};

const HEADQUARTERS = { code: "kodomo-shien", kind: "headquarters", inCharge: true } as const;

/** Makes the member of staff (once) and a live session; returns the hash of its token. */
export async function signIn(pool: Pool, staff: TestStaff): Promise<string> {
  const section: NonNullable<TestStaff["section"]> = staff.section ?? HEADQUARTERS;
  const hash = createHash("sha256").update(randomBytes(32)).digest("hex");
  const terminal = `T-${section.code}`.slice(0, 32);
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query(
      `INSERT INTO identity.section (section_code, kind, ward_code, in_charge, starts_on) VALUES ($1, $2, $3, $4, '2020-04-01') ON CONFLICT DO NOTHING`,
      [section.code, section.kind, section.wardCode ?? null, section.inCharge],
    );
    await client.query(
      `INSERT INTO identity.section_name (section_code, starts_on, name) VALUES ($1, '2020-04-01', $2) ON CONFLICT DO NOTHING`,
      [section.code, `架空課 ${section.code}`],
    );
    await client.query(
      `INSERT INTO identity.terminal (terminal_code, name, section_code, secret_hash, registered_by) VALUES ($1, '架空の端末', $2, $3, 'test.setup') ON CONFLICT DO NOTHING`,
      [terminal, section.code, createHash("sha256").update(terminal).digest("hex")],
    );
    const { rowCount: added } = await client.query(
      "INSERT INTO identity.staff (staff_id, kind) VALUES ($1, 'employee') ON CONFLICT DO NOTHING",
      [staff.staffId],
    );
    if (added === 1) {
      await client.query(
        "INSERT INTO identity.staff_name (staff_id, starts_on, name, kana) VALUES ($1, '2020-04-01', $2, 'カクウ ショクイン')",
        [staff.staffId, `架空 職員 ${staff.staffId}`],
      );
      await client.query(
        "INSERT INTO identity.assignment (staff_id, section_code, starts_on, move_kind, recorded_by) VALUES ($1, $2, '2020-04-01', 'hire', 'test.setup')",
        [staff.staffId, section.code],
      );
      await client.query(
        "INSERT INTO identity.training (staff_id, trained_on, course, recorded_by) VALUES ($1, identity.today() - 30, '架空の研修', 'test.setup')",
        [staff.staffId],
      );
      await client.query(
        "INSERT INTO identity.credential (credential_id, staff_id, public_key, counter) VALUES ($1, $2, '\\x00', 0)",
        [`test-key-${staff.staffId}-0000`, staff.staffId],
      );
      for (const role of staff.roles) {
        await client.query(
          `WITH asked AS (INSERT INTO identity.right_request (staff_id, section_code, role_code, wards, starts_on, ends_on, reason, origin, requested_by)
             VALUES ($1, $2, $3, $4, identity.today() - 1, identity.today() + 200, '試験', 'bootstrap', 'test.setup') RETURNING right_id),
           agreed AS (INSERT INTO identity.right_approval (right_id, approved, reason, approved_by) SELECT right_id, true, '試験', 'test.setup2' FROM asked RETURNING right_id)
           SELECT right_id FROM agreed`,
          [staff.staffId, section.code, role, staff.wards ?? null],
        );
      }
      await client.query(
        `INSERT INTO identity.right_issue (right_id, issued_by)
         SELECT right_id, 'test.setup3' FROM identity.right_approval JOIN identity.right_request USING (right_id) WHERE staff_id = $1`,
        [staff.staffId],
      );
    }
    await client.query(
      `INSERT INTO identity.session (token_hash, staff_id, terminal_code, credential_id, stepped_up_at)
       VALUES ($1, $2, $3, $4, CASE WHEN $5 THEN identity.clock() END)`,
      [hash, staff.staffId, terminal, `test-key-${staff.staffId}-0000`, staff.steppedUp === true],
    );
    await client.query("COMMIT");
    return hash;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}

let calls = 0;

/** A call of that session. */
export function callOf(session: string, operation = "test"): StaffCall {
  calls += 1;
  return { session, requestId: `req-${calls}`, operation };
}

/** Ends a session as a revocation does. */
export async function endSession(pool: Pool, session: string): Promise<void> {
  await pool.query(
    "UPDATE identity.session SET ended_at = identity.clock(), end_reason = 'revoked' WHERE token_hash = $1",
    [session],
  );
}
