/**
 * Certified cases written straight into the tables, for tests of what comes after the decision. Everything is made up:
 * 宛名番号 begin with 9, names are 架空.
 */
import { civilDate, createCalendar } from "@hagukumi/law/contract.ts";
import { nationalHolidays } from "@hagukumi/platform/calendar/holidays.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Pool } from "pg";

import type { Context } from "../../src/context.ts";
import { seedDemoSettings } from "../../src/settings.ts";

export const MAKER = "sakusei.hanako";
export const APPROVER = "shonin.taro";
export const RELEASER = "suito.jiro";

/** A family: the recipient and the birth dates of the children, oldest first. */
export type Family = {
  readonly recipient: number;
  readonly children: readonly { readonly id: number; readonly birthDate: string }[];
  /** First benefit month by decision; default 2024-10 */
  readonly firstMonth?: string;
  /** First month without entitlement */
  readonly endedFrom?: string;
  /** A home instead of a parent, and who runs it */
  readonly home?: "private" | "public";
  readonly account?: {
    readonly bank: string;
    readonly branch: string;
    readonly number: string;
    readonly holder: string;
  } | null;
};

export const calendar = createCalendar(nationalHolidays);

/** A context for `operator` on a day before the December payment. */
export function contextOf(pool: Pool, operator: string, today = "2026-11-24"): Context {
  return {
    pool,
    calendar,
    operator,
    purpose: "試験",
    today: civilDate(today),
    reportsDir: join(tmpdir(), "hagukumi-test-reports"),
  };
}

const padded = (number: number): string => String(number).padStart(15, "0");

function factsOf(family: Family): unknown {
  const ids = family.children.map((child) => padded(child.id));
  const ended =
    family.endedFrom === undefined ? {} : { residence: [{ from: "2000-01-01", to: lastDayBefore(family.endedFrom) }] };
  return {
    case: String(family.recipient),
    from: "2024-10",
    until: "2026-12",
    recipient: { kind: family.home === undefined ? "individual" : "institution", ...ended },
    children: family.children.map((child, index) => ({
      id: padded(child.id),
      birthDate: child.birthDate,
      serial: index + 1,
    })),
    // One certification per birth is not needed here: the first claim names all children, received long before.
    claims: [{ kind: "certification", receivedOn: receivedFor(family), children: ids, cause: { kind: "other" } }],
  };
}

function receivedFor(family: Family): string {
  const [year = "2024", month = "10"] = (family.firstMonth ?? "2024-10").split("-");
  const before = Number(month) === 1 ? [Number(year) - 1, 12] : [Number(year), Number(month) - 1];
  return `${before[0]}-${String(before[1]).padStart(2, "0")}-01`;
}

function lastDayBefore(month: string): string {
  const [year = "0", number = "0"] = month.split("-");
  return new Date(Date.UTC(Number(year), Number(number) - 1, 0)).toISOString().slice(0, 10);
}

async function seedBranches(pool: Pool): Promise<void> {
  await pool.query(`
    INSERT INTO allowance.bank_snapshot (source, snapshot_date, sha256, loaded_by) VALUES ('test', '2010-04-01', repeat('a', 64), 'test.loader') ON CONFLICT DO NOTHING;
    INSERT INTO allowance.branch SELECT '0182', '101', '2010-04-01', '肥後', 'ﾋｺﾞ', '本店営業部', 'ﾎﾝﾃﾝ', snapshot_id FROM allowance.bank_snapshot ON CONFLICT DO NOTHING;
    INSERT INTO allowance.branch SELECT '9900', '718', '2010-04-01', 'ゆうちょ', 'ﾕｳﾁﾖ', '七一八', 'ﾅﾅｲﾁﾊﾁ', snapshot_id FROM allowance.bank_snapshot ON CONFLICT DO NOTHING;`);
}

/** The next row of a home's history: who runs it from now on. */
export async function writeHome(
  connection: Pick<Pool, "query">,
  number: number,
  founder: "private" | "public",
): Promise<void> {
  await connection.query(
    `INSERT INTO allowance.organization_history (addressee_number, revision, name, kana, kind, ward_code, postal_code, address, founder, row_digest, batch_id)
     SELECT $1::bigint, coalesce(max(revision), 0) + 1, '架空学園', 'カクウガクエン', 'institution', '431010', '8600000', '架空市中央区架空台1番地', $2, repeat('c', 64), 0
     FROM allowance.organization_history WHERE addressee_number = $1::bigint`,
    [number, founder],
  );
}

/** Writes the families as certified cases with accounts; recipient ids are the 認定番号 in the order given. */
export async function seedCases(pool: Pool, families: readonly Family[]): Promise<readonly number[]> {
  await seedBranches(pool);
  const client = await pool.connect();
  try {
    await seedDemoSettings(client, "settei.ichiro", "settei.niro");
    const ids: number[] = [];
    for (const family of families) {
      const first = family.firstMonth ?? "2024-10";
      const kind = family.home === undefined ? "individual" : "institution";
      const numbers = [family.recipient, ...family.children.map((child) => child.id)];
      await client.query(
        "INSERT INTO allowance.addressee SELECT n, 'person' FROM unnest($1::bigint[]) n ON CONFLICT DO NOTHING",
        [numbers],
      );
      if (family.home !== undefined) await writeHome(client, family.recipient, family.home);
      const claim = await client.query<{ claim_id: number }>(
        `INSERT INTO allowance.claim (reception_number, kind, received_on, channel, claimant_number, recipient_kind, cause, employee_class, ward_code, content_digest, recorded_by)
         VALUES ($1, 'certification', $2, 'counter', $3, $4, 'other', CASE WHEN $4 = 'individual' THEN 'employee' END, '431010', repeat('b', 64), 'uketsuke') RETURNING claim_id`,
        [String(family.recipient % 10_000_000_000), receivedFor(family), family.recipient, kind],
      );
      const claimId = claim.rows[0]?.claim_id;
      const facts = canonicalJson(factsOf(family));
      const digest = createHash("sha256").update(facts).digest("hex");
      await client.query("INSERT INTO allowance.facts VALUES ($1, $2) ON CONFLICT DO NOTHING", [digest, facts]);
      const recipient = await client.query<{ recipient_id: number }>(
        `INSERT INTO allowance.recipient (addressee_number, kind, ordinal, opened_by_claim, ward_code) VALUES ($1, $3, 1, $2, '431010') RETURNING recipient_id`,
        [family.recipient, claimId, kind],
      );
      const recipientId = recipient.rows[0]?.recipient_id ?? 0;
      const decide = `INSERT INTO allowance.decision (recipient_id, seq, claim_id, kind, effective_month, cause, ex_officio, origin, facts_digest, rule_version, decided_on, examined_by, approved_by)
                      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'test', '2024-10-01', 'shinsa.ichiro', 'kessai.hanako')`;
      await client.query(decide, [recipientId, 1, claimId, "certify", `${first}-01`, "other", false, "claim", digest]);
      if (family.endedFrom !== undefined) {
        await client.query(decide, [
          recipientId,
          2,
          null,
          "extinguish",
          `${family.endedFrom}-01`,
          "movedOut",
          true,
          "exOfficio",
          digest,
        ]);
      }
      const account =
        family.account === undefined
          ? { bank: "0182", branch: "101", number: padded(recipientId).slice(-7), holder: "ｶｸｳ ﾊﾅｺ" }
          : family.account;
      if (account !== null) {
        await client.query(
          `INSERT INTO allowance.account (recipient_id, bank, branch, account_type, account_number, holder, source, claim_id, entered_by, approved_by)
           VALUES ($1, $2, $3, '1', $4, $5, 'claim', $6, 'koza.ichiro', 'koza.niro')`,
          [recipientId, account.bank, account.branch, account.number, account.holder, claimId],
        );
      }
      ids.push(recipientId);
    }
    return ids;
  } finally {
    client.release();
  }
}

/** Three families whose amounts for October and November 2026 can be added up by hand. */
export const threeFamilies: readonly Family[] = [
  // 2024-06-01: under 3 until 2027-06 → 15,000 a month
  { recipient: 900000000000101, children: [{ id: 900000000000201, birthDate: "2024-06-01" }] },
  // 2014, 2017: 10,000 each; third child under 3: 30,000 → 50,000 a month
  {
    recipient: 900000000000102,
    children: [
      { id: 900000000000202, birthDate: "2014-06-01" },
      { id: 900000000000203, birthDate: "2017-06-01" },
      { id: 900000000000204, birthDate: "2024-06-02" },
    ],
  },
  // 2010-05-10: 高校生年代 → 10,000 a month
  { recipient: 900000000000103, children: [{ id: 900000000000205, birthDate: "2010-05-10" }] },
];

/** October + November 2026: (15,000 + 50,000 + 10,000) × 2 = 150,000 yen in 3 lines and (1 + 3 + 1) × 2 = 10 child-months. */
export const threeFamiliesTotal = { lines: 3, items: 10, total: 150_000 } as const;
