/**
 * 整合の確認 (システム3①): are 団体内統合宛名番号 and 個人番号 what they should be to each other? The vault opens every number and tells which are not
 * sound; here each number must have its person and each person a number. What is wrong goes on the confirmation list.
 */
import { readOnly, withRole } from "@hagukumi/platform/database/transaction.ts";
import { SLICE_LIMIT, type VaultOutput } from "@hagukumi/vault/contract.ts";
import { randomUUID } from "node:crypto";
import type { PoolClient } from "pg";

import { crossedLinks } from "../relay/agreed-number.ts";
import { type AddresseeContext, askVault, command, ROLE, stopIfCancelled } from "../context.ts";
import { ON_THE_WAY_SECONDS, settleEntries } from "../entries/settle.ts";

export const findingLabels = {
  vaultMissing: "番号はあるが、個人番号の登録がない",
  numberMissing: "個人番号はあるが、団体内統合宛名番号がない",
  noCurrent: "今の個人番号がない",
  unreadable: "個人番号の記録が壊れているか、入れ替わっている",
  checkDigit: "個人番号の検査用数字が合わない",
  indexMissing: "検索索引がない",
  indexMismatch: "検索索引と個人番号が合わない",
  sourceDiffers: "入力・連携された個人番号が、登録と違う",
  duplicateAddressee: "同じ個人番号が、同じ業務の2つの宛名番号にある",
  consolidatedTwoNumbers: "名寄せした2つの宛名番号に、別々の個人番号がある",
  unconfirmed: "入力から30日を過ぎても、別の人の確認がない",
  crossedLink: "宛名番号の紐付けと、個人番号を入力した人が食い違う",
} as const;

export type FindingKind = keyof typeof findingLabels;

export type CheckResult = {
  readonly runId: number;
  readonly numbers: number;
  readonly persons: number;
  readonly findings: number;
};

type Found = {
  readonly kind: FindingKind;
  readonly unifiedNumber?: number | undefined;
  readonly systemCode?: string;
  readonly addresseeNumber?: number;
  readonly personRef?: string;
};

type Row = { readonly ref: string; readonly number: number; readonly linked: boolean };

/** The numbers of one stretch of references; `upTo` null: to the end. */
async function stretch(client: PoolClient, after: string | null, upTo: string | null): Promise<readonly Row[]> {
  const { rows } = await client.query<Row>(
    `SELECT p.person_ref AS ref, p.unified_number AS number, EXISTS (SELECT FROM unified.link l WHERE l.unified_number = p.unified_number AND l.ended_at IS NULL) AS linked
     FROM unified.person p WHERE ($1::uuid IS NULL OR p.person_ref > $1) AND ($2::uuid IS NULL OR p.person_ref <= $2)`,
    [after, upTo],
  );
  return rows;
}

/** Persons of the vault whose entry is still on its way: they get their number in a moment. */
async function onTheWay(context: AddresseeContext, client: PoolClient): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ key: string }>(
    `SELECT e.entry_key AS key FROM unified.entry e LEFT JOIN unified.entry_result r USING (entry_id)
     WHERE r.entry_id IS NULL AND e.entered_at > clock_timestamp() - make_interval(secs => $1) LIMIT 1000`,
    [ON_THE_WAY_SECONDS],
  );
  if (rows.length === 0) return new Set();
  const entries = await askVault(context, "entries", "numberEntry", "consistency", {
    entryKeys: rows.map(({ key }) => key),
  });
  return new Set(entries.map(({ personRef }) => personRef));
}

async function ownFindings(client: PoolClient): Promise<readonly Found[]> {
  const { rows } = await client.query<Found>(
    `SELECT 'consolidatedTwoNumbers' AS kind, l.unified_number AS "unifiedNumber", l.system_code AS "systemCode", l.addressee_number AS "addresseeNumber"
     FROM unified.consolidation c JOIN unified.link l ON l.addressee_number IN (c.kept_number, c.other_number) AND l.ended_at IS NULL
     WHERE c.approved_at IS NOT NULL AND c.ended_at IS NULL
       AND (SELECT count(DISTINCT x.unified_number) FROM unified.link x WHERE x.addressee_number IN (c.kept_number, c.other_number) AND x.ended_at IS NULL) > 1
     UNION ALL
     SELECT 'unconfirmed', r.unified_number, e.system_code, e.addressee_number FROM unified.entry e JOIN unified.system y USING (system_code)
     JOIN unified.entry_result r USING (entry_id) LEFT JOIN unified.confirmation c USING (entry_id)
     WHERE NOT y.authority AND c.entry_id IS NULL AND r.unified_number IS NOT NULL AND e.entered_at < clock_timestamp() - interval '30 days'`,
  );
  return rows;
}

type Sound = {
  readonly numbers: number;
  readonly persons: number;
  readonly found: readonly Found[];
  /** Persons of the vault for whom no number was seen */
  readonly unnumbered: readonly string[];
};

/** Both sides in stretches of references: the vault opens its numbers, here each must have its person and each person a number. */
async function compareSides(context: AddresseeContext): Promise<Sound> {
  const found: Found[] = [];
  const unnumbered: string[] = [];
  let numbers = 0;
  let persons = 0;
  let after: string | null = null;
  const inspect = async (from: string | null): Promise<VaultOutput<"inspect">> =>
    await askVault(context, "inspect", "consistencyCheck", "consistency", { after: from, limit: SLICE_LIMIT });
  // Asked before it is waited for: a failure is told where it is waited for, and nowhere else.
  const begin = (from: string | null): Promise<VaultOutput<"inspect">> => {
    const slice = inspect(from);
    slice.catch(() => {});
    return slice;
  };
  let asked = begin(null);
  try {
    do {
      stopIfCancelled(context, "整合の確認");
      const slice: VaultOutput<"inspect"> = await asked;
      const from = after;
      if (slice.next !== null) {
        // The vault opens the next numbers while these are compared.
        asked = begin(slice.next);
      }
      const rows = await readOnly(context.pool, async (client) => {
        await withRole(client, ROLE);
        return await stretch(client, from, slice.next);
      });
      const byRef = new Map(rows.map((row) => [row.ref, row]));
      for (const personRef of slice.persons) if (!byRef.has(personRef)) unnumbered.push(personRef);
      for (const { personRef, fault } of slice.faults) {
        found.push({ kind: fault, personRef, unifiedNumber: byRef.get(personRef)?.number });
      }
      const there = new Set(slice.persons);
      for (const { ref, number, linked } of rows) {
        // A number without any link is one whose entry was wrong: its person has been erased by right.
        if (linked && !there.has(ref)) found.push({ kind: "vaultMissing", personRef: ref, unifiedNumber: number });
      }
      numbers += rows.length;
      persons += slice.persons.length;
      after = slice.next;
      context.onProgress?.("整合の確認", persons, persons);
    } while (after !== null);
  } finally {
    // Cancelled or failed in between: what the vault was asked ends here too, not after its door has closed.
    await asked.catch(() => {});
  }
  return { numbers, persons, found, unnumbered };
}

/**
 * One run of the check over all numbers.
 *
 * @throws Refusal `cancelled` between two slices (nothing is recorded then); those of the vault
 */
export async function checkConsistency(context: AddresseeContext): Promise<CheckResult> {
  const startedAt = new Date();
  await settleEntries(context);
  // Side by side: the one keeps the vault's processor busy, the other the database. Both end before a failure of one is told.
  const [sides, links] = await Promise.allSettled([compareSides(context), crossedLinks(context)]);
  if (sides.status === "rejected") throw sides.reason;
  if (links.status === "rejected") throw links.reason;
  const { numbers, persons, unnumbered } = sides.value;
  const found = [...sides.value.found];
  const late = await readOnly(context.pool, async (client) => {
    await withRole(client, ROLE);
    const { rows } = await client.query<{ ref: string }>(
      "SELECT person_ref AS ref FROM unified.person WHERE person_ref = ANY ($1)",
      [unnumbered],
    );
    const way = unnumbered.length === 0 ? new Set<string>() : await onTheWay(context, client);
    found.push(...(await ownFindings(client)));
    return new Set([...rows.map(({ ref }) => ref), ...way]);
  });
  for (const personRef of unnumbered) if (!late.has(personRef)) found.push({ kind: "numberMissing", personRef });
  for (const { systemCode, addresseeNumber, unifiedNumber } of links.value) {
    found.push({ kind: "crossedLink", systemCode, addresseeNumber, unifiedNumber });
  }
  const runId = await record(context, startedAt, { numbers, persons }, found);
  return { runId, numbers, persons, findings: found.length };
}

async function record(
  context: AddresseeContext,
  startedAt: Date,
  counts: { readonly numbers: number; readonly persons: number },
  found: readonly Found[],
): Promise<number> {
  return await command(context, "consistency.check", `consistency/${randomUUID()}`, counts, async (client) => {
    const { rows } = await client.query<{ id: number }>(
      "INSERT INTO unified.check_run (started_at, numbers, persons, findings, checked_by) VALUES ($1, $2, $3, $4, $5) RETURNING run_id AS id",
      [startedAt, counts.numbers, counts.persons, found.length, context.operator],
    );
    const runId = rows[0]?.id ?? 0;
    await client.query(
      `INSERT INTO unified.finding (run_id, kind, unified_number, system_code, addressee_number, person_ref)
       SELECT $1, k, n, s, a, p FROM unnest($2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::uuid[]) AS x (k, n, s, a, p)`,
      [
        runId,
        found.map(({ kind }) => kind),
        found.map(({ unifiedNumber }) => unifiedNumber ?? null),
        found.map(({ systemCode }) => systemCode ?? null),
        found.map(({ addresseeNumber }) => addresseeNumber ?? null),
        found.map(({ personRef }) => personRef ?? null),
      ],
    );
    return {
      response: runId,
      audit: [
        {
          action: "consistency.check",
          objectKind: "checkRun",
          objectId: String(runId),
          detail: { ...counts, findings: found.length },
        },
      ],
    };
  });
}
