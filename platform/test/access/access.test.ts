import { beforeAll, describe, expect, it } from "vitest";

import type { AccessEntry } from "../../src/access/log.ts";
import { staffGuard } from "../../src/access/guard.ts";
import { readAccessLog } from "../../src/access/read-log.ts";
import { staffRead } from "../../src/access/staff.ts";
import { runCommand } from "../../src/database/command.ts";
import { useDatabase } from "../support/cluster.ts";
import { callOf, endSession, signIn } from "../support/staff.ts";

const database = useDatabase();
const PERSON = 101;
const OTHER = 202;
let clerk: string;
let auditor: string;

/** What a business system's own function does after it has checked ward and protection. */
async function open(
  session: string,
  numbers: readonly number[],
  purpose = "certification",
  text = "",
): Promise<number> {
  const client = await database.pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("SELECT set_config('hagukumi.session', $1, true)", [session]);
    const { rows } = await client.query<{ id: number }>("SELECT access.open($1, $2, $3, 'search', '') AS id", [
      numbers,
      purpose,
      text,
    ]);
    await client.query("COMMIT");
    return rows[0]?.id ?? 0;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}

const read = (addresseeNumber: number): AccessEntry => ({ action: "read", addresseeNumber, rows: 1, columns: "name" });

async function openNumbers(session: string): Promise<readonly number[]> {
  return await staffRead(database.pool, callOf(session), {}, async (client) => {
    const { rows } = await client.query<{ n: readonly number[] }>("SELECT access.open_numbers() AS n");
    return { response: rows[0]?.n ?? [], log: [] };
  });
}

async function logged(): Promise<number> {
  const { rows } = await database.pool.query<{ n: number }>("SELECT count(*)::int AS n FROM access.log");
  return rows[0]?.n ?? -1;
}

beforeAll(async () => {
  clerk = await signIn(database.pool, { staffId: "clerk.a", roles: ["clerk"] });
  auditor = await signIn(database.pool, {
    staffId: "auditor.a",
    roles: ["auditor"],
    section: { code: "kansa", kind: "audit", inCharge: false },
  });
});

describe("処理事由", () => {
  it("[D220] a person is not opened without a purpose, with an unknown one, or with 「その他」 unexplained", async () => {
    await expect(open(clerk, [PERSON], "")).rejects.toMatchObject({ code: "HGA07" });
    await expect(open(clerk, [PERSON], "curiosity")).rejects.toMatchObject({ code: "HGA07" });
    await expect(open(clerk, [PERSON], "other", "みたい")).rejects.toMatchObject({ code: "HGA07" });
    await expect(open(clerk, [PERSON], "other", "　　　　　　　　　　　　")).rejects.toMatchObject({ code: "HGA07" });
    await expect(open(clerk, [PERSON], "other", "窓口で本人から申し出があったため")).resolves.toBeGreaterThan(0);
  });

  it("staff without the right to open cannot open, whatever the purpose", async () => {
    await expect(open(auditor, [PERSON])).rejects.toMatchObject({ code: "HGA03" });
    await expect(open("0".repeat(64), [PERSON])).rejects.toMatchObject({ code: "HGA01" });
  });

  it("a reason for one person does not open another, and another session shares nothing", async () => {
    const session = await signIn(database.pool, { staffId: "clerk.b", roles: ["clerk"] });
    const second = await signIn(database.pool, { staffId: "clerk.c", roles: ["clerk"] });
    await open(session, [PERSON]);
    const call = callOf(session);
    await expect(
      staffRead(database.pool, call, {}, async () => ({ response: 1, log: [read(OTHER)] })),
    ).rejects.toMatchObject({ code: "purposeNeeded" });
    expect(await openNumbers(second)).toEqual([]);
    expect(await openNumbers(session)).toEqual([PERSON]);
    await staffRead(database.pool, callOf(session), {}, async () => ({ response: 1, log: [read(PERSON)] }));
  });

  it("an opening ends after 15 minutes, when it is closed, and with its session", async () => {
    const session = await signIn(database.pool, { staffId: "clerk.d", roles: ["clerk"] });
    const first = await open(session, [PERSON]);
    const { rows } = await database.pool.query<{ seconds: number }>(
      "SELECT extract(epoch FROM expires_at - opened_at)::int AS seconds FROM access.opening WHERE opening_id = $1",
      [first],
    );
    expect(rows[0]?.seconds).toBe(15 * 60);
    // What was opened 15 minutes ago: the same row, shifted.
    await database.pool.query(
      "UPDATE access.opening SET opened_at = opened_at - interval '15 min', expires_at = expires_at - interval '15 min' WHERE opening_id = $1",
      [first],
    );
    expect(await openNumbers(session)).toEqual([]);
    const second = await open(session, [PERSON]);
    expect(await openNumbers(session)).toEqual([PERSON]);
    await staffRead(database.pool, callOf(session), {}, async (client) => {
      await client.query("SELECT access.close($1)", [second]);
      return { response: null, log: [] };
    });
    expect(await openNumbers(session)).toEqual([]);
    await open(session, [PERSON]);
    await endSession(database.pool, session);
    await expect(openNumbers(session)).rejects.toMatchObject({ code: "sessionNeeded" });
  });
});

describe("アクセスログ", () => {
  it("[THR34] where the log cannot be written nothing is handed out, for a read as for a command", async () => {
    const session = await signIn(database.pool, { staffId: "clerk.e", roles: ["clerk"] });
    await open(session, [PERSON]);
    await database.pool.query(
      "CREATE FUNCTION access.disk_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'disk full' USING ERRCODE = '53100'; END $$",
    );
    await database.pool.query(
      "CREATE TRIGGER disk_full BEFORE INSERT ON access.log FOR EACH ROW EXECUTE FUNCTION access.disk_full()",
    );
    const before = await logged();
    let shown = 0;
    const reading = staffRead(database.pool, callOf(session), {}, async () => {
      return { response: "secret", log: [read(PERSON)] };
    }).then(() => (shown += 1));
    await expect(reading).rejects.toMatchObject({ code: "53100" });
    const command = {
      role: "hagukumi_allowance",
      key: "guarded/1",
      name: "test",
      actor: "clerk.e",
      purpose: "試験",
      request: {},
      guard: staffGuard(callOf(session), { permission: "case.note", addresseeNumber: PERSON }),
    };
    await expect(runCommand(database.pool, command, async () => ({ response: 1, audit: [] }))).rejects.toMatchObject({
      code: "53100",
    });
    await database.pool.query("DROP TRIGGER disk_full ON access.log");
    expect(shown).toBe(0);
    expect(await logged()).toBe(before);
    const { rows } = await database.pool.query("SELECT 1 FROM audit.command WHERE command_key = 'guarded/1'");
    expect(rows).toEqual([]);
    await runCommand(
      database.pool,
      { ...command, guard: staffGuard(callOf(session), { permission: "case.note", addresseeNumber: PERSON }) },
      async () => ({ response: 1, audit: [] }),
    );
    expect(await logged()).toBe(before + 1);
  });

  it("[THR35][D216][D217][D218][D219][D221] a row without one of its six items is refused; a row of a read has them all", async () => {
    const columns = ["processed_at", "staff_id", "section_code", "terminal_code", "purpose_code"] as const;
    const whole: Readonly<Record<string, string>> = {
      processed_at: "now()",
      staff_id: "'clerk.a'",
      staff_name: "'架空'",
      section_code: "'s'",
      section_name: "'課'",
      terminal_code: "'T'",
      purpose_code: "'enquiry'",
      purpose_text: "''",
      addressee_number: "101",
      system: "'allowance'",
      operation: "'x'",
      action: "'read'",
      row_count: "1",
      session_id: "1",
      request_id: "'r'",
    };
    const insert = async (row: Readonly<Record<string, string>>): Promise<unknown> =>
      await database.pool.query(
        `INSERT INTO access.log (${Object.keys(row).join(", ")}) VALUES (${Object.values(row).join(", ")})`,
      );
    for (const column of columns) {
      await expect(insert({ ...whole, [column]: "NULL" }), column).rejects.toMatchObject({ code: "23502" });
      if (column !== "processed_at") {
        await expect(insert({ ...whole, [column]: "''" }), column).rejects.toMatchObject({ code: "23514" });
      }
    }
    await expect(insert({ ...whole, addressee_number: "NULL" })).rejects.toMatchObject({ code: "23514" });

    await open(clerk, [PERSON], "enquiry");
    const call = callOf(clerk, "openCase");
    await staffRead(database.pool, call, { permission: "case.open" }, async () => ({
      response: 1,
      log: [read(PERSON)],
    }));
    const { rows } = await database.pool.query("SELECT * FROM access.log WHERE request_id = $1", [call.requestId]);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      staff_id: "clerk.a",
      staff_name: "架空 職員 clerk.a",
      section_code: "kodomo-shien",
      section_name: "架空課 kodomo-shien",
      terminal_code: "T-kodomo-shien",
      purpose_code: "enquiry",
      addressee_number: PERSON,
      operation: "openCase",
      action: "read",
    });
    expect(rows[0]?.processed_at).toBeInstanceOf(Date);
  });

  it("[D222] the log has no column for a name, an address, a birth date, a sex or a 個人番号", async () => {
    const { rows } = await database.pool.query<{ column_name: string }>(
      "SELECT column_name FROM information_schema.columns WHERE table_schema = 'access' AND table_name = 'log'",
    );
    const names = rows.map(({ column_name }) => column_name);
    expect(names.toSorted()).toEqual(
      [
        "seq",
        "processed_at",
        "staff_id",
        "staff_name",
        "section_code",
        "section_name",
        "terminal_code",
        "purpose_code",
        "purpose_text",
        "addressee_number",
        "system",
        "operation",
        "action",
        "refusal_code",
        "columns_class",
        "row_count",
        "session_id",
        "request_id",
        "case_ref",
        "approval_ref",
        "rule_version",
        "search_key_hmac",
        "deed",
        "screen",
        "file",
        "individual_number",
      ].toSorted(),
    );
    // The last is whether one was touched, and has no room for the number itself.
    const kinds = await database.pool.query(
      "SELECT data_type FROM information_schema.columns WHERE table_schema = 'access' AND table_name = 'log' AND column_name = 'individual_number'",
    );
    expect(kinds.rows).toEqual([{ data_type: "boolean" }]);
  });

  it("nobody who works with cases can change or delete a row, or write one for somebody else", async () => {
    for (const role of ["hagukumi_desk", "hagukumi_allowance", "hagukumi_identity"]) {
      for (const statement of [
        "UPDATE access.log SET staff_id = 'x'",
        "DELETE FROM access.log",
        "INSERT INTO access.opening (session_id, purpose_code, origin, opened_at, expires_at) VALUES (1, 'enquiry', 'search', now(), now() + interval '1 min')",
        "SELECT access.open(ARRAY[1::bigint], 'enquiry', '', 'search', '')",
      ]) {
        // The system's own functions open a person, after they have checked ward and protection.
        if (role === "hagukumi_allowance" && statement.startsWith("SELECT")) continue;
        const client = await database.pool.connect();
        try {
          await client.query("BEGIN");
          await client.query(`SET LOCAL ROLE ${role}`);
          await expect(client.query(statement), `${role}: ${statement}`).rejects.toMatchObject({ code: "42501" });
        } finally {
          await client.query("ROLLBACK");
          client.release();
        }
      }
    }
  });

  it("[D225] who looked at a person, and what a member of staff looked at; only with the right to see the log", async () => {
    const session = await signIn(database.pool, { staffId: "clerk.f", roles: ["clerk"] });
    await open(session, [OTHER], "payment");
    await staffRead(database.pool, callOf(session), {}, async () => ({ response: 1, log: [read(OTHER)] }));
    await expect(readAccessLog(database.pool, callOf(clerk), { addresseeNumber: OTHER })).rejects.toMatchObject({
      code: "permissionMissing",
    });
    const byPerson = await readAccessLog(database.pool, callOf(auditor), { addresseeNumber: OTHER });
    expect(byPerson.rows.map(({ staffId, purposeName }) => [staffId, purposeName])).toEqual([
      ["clerk.f", "支払・差止・振込不能への対応"],
    ]);
    const byStaff = await readAccessLog(database.pool, callOf(auditor), { staffId: "clerk.f" });
    expect(byStaff.rows.map(({ addresseeNumber }) => addresseeNumber)).toEqual([OTHER]);
  });

  it("[D204] work refused for want of a right leaves a row that names who tried what", async () => {
    const call = callOf(auditor, "approveClaim");
    await expect(
      staffRead(database.pool, call, { permission: "claim.approve" }, async () => ({ response: 1, log: [] })),
    ).rejects.toMatchObject({ code: "permissionMissing" });
    const { rows } = await database.pool.query("SELECT * FROM access.log WHERE request_id = $1", [call.requestId]);
    expect(rows).toMatchObject([
      { staff_id: "auditor.a", operation: "approveClaim", action: "refused", refusal_code: "permissionMissing" },
    ]);
  });
});

describe("権限", () => {
  it("[THR32] a right that is taken away is gone at the next call, without a new log-in", async () => {
    const session = await signIn(database.pool, { staffId: "clerk.g", roles: ["clerk"] });
    const look = async (): Promise<string> =>
      await staffRead(database.pool, callOf(session), { permission: "case.search" }, async (_client, staff) => ({
        response: staff.staffId,
        log: [],
      }));
    expect(await look()).toBe("clerk.g");
    await database.pool.query(
      `INSERT INTO identity.right_revocation (right_id, reason, revoked_by)
       SELECT right_id, '異動', 'it.a' FROM identity.right_request WHERE staff_id = 'clerk.g'`,
    );
    await expect(look()).rejects.toMatchObject({ code: expect.stringMatching(/^(permissionMissing|sessionNeeded)$/) });
  });

  it("what needs a fresh factor check is refused without one and after five minutes", async () => {
    const plain = await signIn(database.pool, { staffId: "clerk.h", roles: ["approver"] });
    const need = { permission: "claim.approve", stepUp: true } as const;
    const work = async (session: string): Promise<number> =>
      await staffRead(database.pool, callOf(session), need, async () => ({ response: 1, log: [] }));
    await expect(work(plain)).rejects.toMatchObject({ code: "stepUpNeeded" });
    await database.pool.query(
      "UPDATE identity.session SET stepped_up_at = identity.clock() - interval '301 s' WHERE token_hash = $1",
      [plain],
    );
    await expect(work(plain)).rejects.toMatchObject({ code: "stepUpNeeded" });
    await database.pool.query(
      "UPDATE identity.session SET stepped_up_at = identity.clock() - interval '290 s' WHERE token_hash = $1",
      [plain],
    );
    expect(await work(plain)).toBe(1);
  });

  it("a command whose actor is not the one signed in writes nothing", async () => {
    const command = {
      role: "hagukumi_allowance",
      key: "guarded/2",
      name: "test",
      actor: "clerk.h",
      purpose: "試験",
      request: {},
      guard: staffGuard(callOf(clerk), { permission: "case.note" }),
    };
    await expect(runCommand(database.pool, command, async () => ({ response: 1, audit: [] }))).rejects.toThrow(
      "the session is of clerk.a",
    );
    const { rows } = await database.pool.query("SELECT 1 FROM audit.command WHERE command_key = 'guarded/2'");
    expect(rows).toEqual([]);
  });
});
