/** Invariants of the ledger and of the lines, asked one by one by their own words. */
import { assess, month, parseCase, ruleVersion } from "@hagukumi/law/contract.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import { createHash } from "node:crypto";

import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { cancelRun } from "../../src/payments/cancel-run.ts";
import { createRun } from "../../src/payments/create-run.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { calendar, contextOf, MAKER, seedCases, threeFamilies } from "../support/cases.ts";
import { advance, create, settleAndClose } from "../support/runs.ts";

const database = useDatabase();
const LEDGER = [
  "journal",
  "ledger_entry",
  "due_item",
  "due_reversal",
  "receivable",
  "run_line",
  "run_item",
  "item_release",
];

async function codeOf(sql: string, values: readonly unknown[] = []): Promise<string> {
  const client = await database.pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("SET LOCAL ROLE hagukumi_allowance");
    await client.query(sql, [...values]);
    return "done";
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}

/** Every row of the ledger as text, table by table. */
async function ledgerRows(): Promise<ReadonlySet<string>> {
  const rows: string[] = [];
  for (const table of LEDGER) {
    const found = await database.pool.query<{ row: string }>(
      `SELECT '${table} ' || t::text AS row FROM allowance.${table} t`,
    );
    rows.push(...found.rows.map(({ row }) => row));
  }
  return new Set(rows);
}

beforeAll(async () => {
  await seedCases(database.pool, threeFamilies);
  const { runNo } = await create(database.pool);
  await advance(database.pool, runNo, "handedOver");
  await settleAndClose(database.pool, runNo);
});

describe("the ledger", () => {
  it("[M3] no row is ever changed or taken away: no role of the program may, a closed journal takes no entry, and what later steps do is further rows", async () => {
    for (const table of LEDGER) {
      const { rows } = await database.pool.query<{ column: string }>(
        "SELECT attname AS column FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND attidentity = '' AND NOT attisdropped LIMIT 1",
        [`allowance.${table}`],
      );
      const column = rows[0]?.column ?? "";
      expect(await codeOf(`UPDATE allowance.${table} SET ${column} = ${column}`), table).toBe("42501");
      expect(await codeOf(`DELETE FROM allowance.${table}`), table).toBe("42501");
      expect(await codeOf(`TRUNCATE allowance.${table} CASCADE`), table).toBe("42501");
      const rights = await database.pool.query<{ role: string }>(
        `SELECT rolname AS role FROM pg_roles WHERE rolname LIKE 'hagukumi%' AND NOT rolsuper
           AND (has_table_privilege(rolname, $1, 'UPDATE') OR has_any_column_privilege(rolname, $1, 'UPDATE') OR has_table_privilege(rolname, $1, 'DELETE, TRUNCATE'))`,
        [`allowance.${table}`],
      );
      expect(rights.rows, table).toEqual([]);
    }
    const late = `INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, amount) SELECT min(journal_id), 'due', 'bank', 1, 1 FROM allowance.journal`;
    expect(await codeOf(late)).toBe("HG003");
    const before = await ledgerRows();
    const run = await create(database.pool, "2027-02");
    await cancelRun(contextOf(database.pool, MAKER), { key: "back", runNo: run.runNo, reason: "架空の取消" });
    const after = await ledgerRows();
    expect([...before].filter((row) => !after.has(row))).toEqual([]);
    expect(after.size).toBeGreaterThan(before.size);
  });

  it("[M4] every amount is what the law gives for its month from the facts that are stored with it, under their digest and the version of the rules; one yen more is found", async () => {
    const { rows } = await database.pool.query<{
      child: number;
      month: string;
      amount: number;
      digest: string;
      version: string;
      facts: Record<string, unknown>;
      decided: string;
    }>(
      `SELECT d.child_number::bigint AS child, to_char(d.benefit_month, 'YYYY-MM') AS month, d.amount, d.facts_digest AS digest, d.rule_version AS version, f.facts,
              k.facts_digest AS decided FROM allowance.due_item d JOIN allowance.facts f USING (facts_digest) JOIN allowance.decision k USING (decision_id)`,
    );
    expect(rows.length).toBeGreaterThan(8);
    for (const row of rows) {
      const of = month(row.month);
      const parsed = parseCase({ ...row.facts, from: of, until: of });
      const assessed = parsed.ok ? assess(parsed.value, { calendar, explain: false }) : parsed;
      const child = assessed.ok
        ? assessed.value.months[0]?.children.find(({ id }) => Number(id) === row.child)
        : undefined;
      expect([row.child, row.month, row.amount]).toEqual([row.child, row.month, child?.amount]);
      expect(createHash("sha256").update(canonicalJson(row.facts)).digest("hex")).toBe(row.digest);
      expect([row.version, row.decided]).toEqual([ruleVersion, row.digest]);
    }
    const of = async (id: string) =>
      (await verifyMoney({ pool: database.pool, calendar })).find((each) => each.id === id)?.violations;
    expect(await of("M4b")).toBe(0);
    // The owner of the database goes around every guard.
    const owner = await database.pool.connect();
    try {
      await owner.query("SET session_replication_role = replica");
      const key =
        "WHERE (child_number, benefit_month) = (SELECT child_number, benefit_month FROM allowance.due_item ORDER BY 1, 2 LIMIT 1)";
      await owner.query(`UPDATE allowance.due_item SET amount = amount + 1 ${key}`);
      expect(await of("M4b")).toBe(1);
      await owner.query(`UPDATE allowance.due_item SET amount = amount - 1 ${key}`);
    } finally {
      await owner.query("RESET session_replication_role");
      owner.release();
    }
    expect(await of("M4b")).toBe(0);
  });

  it("[M9] ten people who make the run at once: one run has every month, no month is in two, and a month of the open run goes into no other", async () => {
    const made = await Promise.allSettled(
      Array.from({ length: 10 }, async (_, index) =>
        createRun(contextOf(database.pool, MAKER), {
          key: `at-once/${index}`,
          paymentMonth: "2027-02",
          kind: "regular",
        }),
      ),
    );
    const done = made.flatMap((each) => (each.status === "fulfilled" ? [each.value.response.runNo] : []));
    expect(done).toHaveLength(1);
    const [open = 0] = done;
    const twice = await database.pool.query(
      `SELECT i.child_number, i.benefit_month FROM allowance.run_item i WHERE NOT EXISTS (SELECT FROM allowance.item_release g
         WHERE (g.child_number, g.benefit_month, g.generation, g.tranche, g.attempt) = (i.child_number, i.benefit_month, i.generation, i.tranche, i.attempt))
       GROUP BY 1, 2, i.generation, i.tranche HAVING count(*) > 1`,
    );
    expect(twice.rows).toEqual([]);
    const again = (attempt: string): string =>
      `INSERT INTO allowance.run_item SELECT child_number, benefit_month, generation, tranche, ${attempt}, 1, 1, amount FROM allowance.run_item WHERE run_no = ${open} LIMIT 1`;
    expect(await codeOf(again("attempt"))).toBe("23505");
    expect(await codeOf(again("attempt + 1::smallint"))).toMatch(/^HG/);
    await cancelRun(contextOf(database.pool, MAKER), { key: "back-2", runNo: open, reason: "架空の取消" });
  });

  it("[M17] a line of no yen, of less, of more than ten digits or above months × 30,000 is refused by the database, for any number of months; what the law can give is not", async () => {
    const line = `INSERT INTO allowance.run_line (run_no, line_no, recipient_id, account_id, bank, branch, account_type, account_number, holder, amount, child_months, new_code, ward_code)
      SELECT 1, 999, recipient_id, account_id, bank, branch, account_type, account_number, holder, $1::bigint, $2::int, new_code, ward_code FROM allowance.run_line LIMIT 1`;
    const around = fc.integer({ min: 1, max: 400 }).chain((months) =>
      fc.tuple(
        fc.constant(months),
        fc.oneof(
          fc.integer({ min: -1, max: 1 }),
          fc.integer({ min: -2, max: 2 }).map((by) => months * 30_000 + by),
          fc.constantFrom(9_999_999_999, 10_000_000_000, -10_000_000_000),
        ),
      ),
    );
    await fc.assert(
      fc.asyncProperty(around, async ([months, amount]) => {
        const possible = amount >= 1 && amount <= months * 30_000;
        // The run is closed: a possible amount is stopped by another guard, an impossible one by the constraint itself.
        expect((await codeOf(line, [amount, months])) === "23514", `${months} ${amount}`).toBe(!possible);
      }),
      { numRuns: 60 },
    );
  });
});
