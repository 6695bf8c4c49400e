/**
 * A city of certified recipients for the payment bench, written straight into the tables by COPY: what is measured is the
 * run, not the way there. Families are made by arithmetic from their number, so every run of the bench sees the same ones.
 */
import { createHash } from "node:crypto";

import { readSetting, seedDemoSettings } from "@hagukumi/allowance/contract.ts";
import { copyRows } from "@hagukumi/platform/database/copy.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import type { Pool, PoolClient } from "pg";

/** Children of family `n`: 1, 1, 2, 2, 2, 1, 3, 2 … on average 1.75 */
const SIZES = [1, 1, 2, 2, 2, 1, 3, 2] as const;
const BRANCHES = [
  ["0182", "101", "ﾋｺﾞ", "ﾎﾝﾃﾝ"],
  ["0182", "102", "ﾋｺﾞ", "ﾃｽﾄ"],
  ["0587", "001", "ｸﾏﾓﾄ", "ﾎﾝﾃﾝ"],
  ["9900", "718", "ﾕｳﾁﾖ", "ﾅﾅｲﾁﾊﾁ"],
] as const;
const WARDS = ["431010", "431028", "431036", "431044", "431052"] as const;

// Names that nobody has, long and short, with forms that need a variant selector: the list prints them.
const SURNAMES = [
  "架空",
  "仮名",
  "見本",
  "例示",
  "模擬",
  "想定",
  "雛形",
  "架空\u845b\u{E0100}",
  "髙見本",
  "﨑例",
] as const;
const GIVEN_NAMES = [
  "太郎",
  "花子",
  "一郎",
  "美咲",
  "大翔",
  "陽菜",
  "健太",
  "結衣",
  "三郎左衛門",
  "翼",
  "さくら",
] as const;

const padded = (value: number, length: number): string => String(value).padStart(length, "0");

type Family = {
  readonly recipient: number;
  readonly children: readonly { readonly id: number; readonly birthDate: string }[];
};

function familyOf(n: number): Family {
  const size = SIZES[n % SIZES.length] ?? 1;
  const children = Array.from({ length: size }, (_, index) => {
    const year = 2009 + ((n * 7 + index * 3) % 17); // 2009 … 2025
    return {
      id: 910_000_000_000_000 + n * 4 + index,
      birthDate: `${year}-${padded(1 + ((n + index) % 12), 2)}-${padded(1 + (n % 28), 2)}`,
    };
  });
  return { recipient: 920_000_000_000_000 + n, children };
}

function factsOf(family: Family): string {
  const ids = family.children.map((child) => padded(child.id, 15));
  return canonicalJson({
    case: String(family.recipient),
    from: "2024-10",
    until: "2026-12",
    recipient: { kind: "individual", birthDate: "1988-05-05", residence: [{ from: "2015-04-01", to: null }] },
    children: family.children.map((child, index) => ({
      id: padded(child.id, 15),
      birthDate: child.birthDate,
      serial: index + 1,
      care: [{ from: child.birthDate, to: null }],
    })),
    claims: [{ kind: "certification", receivedOn: "2026-01-05", children: ids, cause: { kind: "other" } }],
  });
}

async function* mapped(
  count: number,
  rowsOf: (family: Family, n: number) => Iterable<readonly unknown[]>,
): AsyncGenerator<readonly unknown[]> {
  for (let n = 1; n <= count; n += 1) yield* rowsOf(familyOf(n), n);
}

const digestOf = (family: Family): string => createHash("sha256").update(factsOf(family)).digest("hex");

async function copyFamilies(client: PoolClient, count: number): Promise<void> {
  const copy = async (
    table: string,
    columns: readonly string[],
    rowsOf: (family: Family, n: number) => Iterable<readonly unknown[]>,
  ): Promise<void> => {
    await copyRows(client, `allowance.${table}`, columns, mapped(count, rowsOf));
  };
  await copy("addressee", ["addressee_number", "kind"], (family) =>
    [family.recipient, ...family.children.map((child) => child.id)].map((id) => [id, "person"]),
  );
  await copy(
    "person_history",
    [
      "addressee_number",
      "history_no",
      "revision",
      "valid_from",
      "valid_from_unknown",
      "event_code",
      "household_number",
      "resident_kind",
      "resident_state",
      "name",
      "kana",
      "sex",
      "birth_date",
      "birth_date_unknown",
      "relation_code",
      "ward_code",
      "postal_code",
      "address",
      "protected",
      "deleted",
      "row_digest",
      "batch_id",
    ],
    (family, n) => [
      [
        family.recipient,
        1,
        1,
        "2015-04-01",
        false,
        "01",
        n,
        1,
        1,
        `${SURNAMES[n % SURNAMES.length] ?? ""}　${GIVEN_NAMES[n % GIVEN_NAMES.length] ?? ""}`,
        "カクウ　テスト",
        0,
        "1988-05-05",
        false,
        "02",
        WARDS[n % 5],
        "8600000",
        "架空市架空町1番地",
        false,
        false,
        "0".repeat(64),
        1,
      ],
    ],
  );
  await copy(
    "claim",
    [
      "reception_number",
      "kind",
      "received_on",
      "channel",
      "claimant_number",
      "recipient_kind",
      "cause",
      "employee_class",
      "ward_code",
      "content_digest",
      "recorded_by",
    ],
    (family, n) => [
      [
        String(n),
        "certification",
        "2026-01-05",
        "counter",
        family.recipient,
        "individual",
        "other",
        n % 4 === 0 ? "nonEmployee" : "employee",
        WARDS[n % 5],
        "0".repeat(64),
        "bench",
      ],
    ],
  );
  await copy("facts", ["facts_digest", "facts"], (family) => [[digestOf(family), factsOf(family)]]);
  await client.query(
    `INSERT INTO allowance.recipient (addressee_number, kind, ordinal, opened_by_claim, ward_code)
     SELECT claimant_number, 'individual', 1, claim_id, ward_code FROM allowance.claim ORDER BY claim_id`,
  );
  await client.query("CREATE TEMP TABLE digest (addressee_number bigint, facts_digest text)");
  await copyRows(
    client,
    "digest",
    ["addressee_number", "facts_digest"],
    mapped(count, (family) => [[family.recipient, digestOf(family)]]),
  );
  await client.query(
    `INSERT INTO allowance.decision (recipient_id, seq, claim_id, kind, effective_month, cause, ex_officio, origin, facts_digest, rule_version, decided_on, examined_by, approved_by)
     SELECT recipient_id, 1, opened_by_claim, 'certify', '2026-02-01', 'other', false, 'claim', facts_digest, 'bench', '2026-01-10', 'bench.a', 'bench.b'
     FROM allowance.recipient JOIN digest USING (addressee_number)`,
  );
  await client.query(
    `INSERT INTO allowance.account (recipient_id, bank, branch, account_type, account_number, holder, source, claim_id, entered_by, approved_by)
     SELECT recipient_id, b.bank, b.branch, '1', lpad((recipient_id % 9999998 + 1)::text, 7, '0'), 'ｶｸｳ ﾃｽﾄ' || lpad((recipient_id % 100)::text, 2, '0'), 'claim', opened_by_claim, 'bench.a', 'bench.b'
     FROM allowance.recipient JOIN (SELECT *, row_number() OVER (ORDER BY bank, branch) - 1 AS k FROM allowance.branch) b ON b.k = recipient_id % ${BRANCHES.length}`,
  );
}

/** Fills an empty database with `count` recipients. @returns the number of children */
export async function seedRecipients(pool: Pool, count: number): Promise<number> {
  const client = await pool.connect();
  try {
    await seedDemoSettings(client, "bench.a", "bench.b");
    await readSetting(client, "client", "2026-12-15");
    await client.query(
      "INSERT INTO allowance.bank_snapshot (source, snapshot_date, sha256, loaded_by) VALUES ('bench', '2010-04-01', repeat('0', 64), 'bench')",
    );
    for (const [bank, branch, bankKana, branchKana] of BRANCHES) {
      await client.query(
        `INSERT INTO allowance.branch SELECT $1, $2, '2010-04-01', $3, $3, $4, $4, snapshot_id FROM allowance.bank_snapshot`,
        [bank, branch, bankKana, branchKana],
      );
    }
    await copyFamilies(client, count);
    await client.query("ANALYZE");
    const { rows } = await client.query<{ n: number }>("SELECT count(*)::int - $1 AS n FROM allowance.addressee", [
      count,
    ]);
    return rows[0]?.n ?? 0;
  } finally {
    client.release();
  }
}
