/** 副本の突き合わせ (A176, A177): every day everybody's newest version with what is so today; sending again; and the whole comparison with the other side. */
import { randomUUID } from "node:crypto";

import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { PoolClient } from "pg";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { auditedRead, type Reader } from "../inquiry/audited-read.ts";
import { PAYMENT_FACTS, type PaymentFacts } from "../provision/payment-facts.ts";
import { itemsAndDigest, REPLICA_LAYOUT } from "./replica.ts";

const SLICE = 5_000;

/** A recipient whose replica at the 中間サーバー is not, or not surely, what is true here. */
export type Unmatched = {
  readonly addresseeNumber: number;
  readonly recipientId: number;
  /** The newest version; null where none was made yet */
  readonly replicaId: number | null;
  /** `changed`: no version was made yet of what is so today; `differs`: the whole comparison found it missing or different, and it was not sent again */
  readonly reason: "notRegistered" | "refused" | "changed" | "differs";
  readonly version: number | null;
  readonly madeAt: Date | null;
  readonly message: string;
};

export type ReplicaOverview = {
  /** Recipients of whom a replica must be */
  readonly people: number;
  readonly registered: number;
  readonly unmatched: readonly Unmatched[];
  readonly unmatchedCount: number;
};

const NEWEST = `
  SELECT r.replica_id AS "replicaId", r.addressee_number AS n, r.version, r.digest, r.layout, r.made_at AS "madeAt", x.state, coalesce(x.message, '') AS message,
    EXISTS (SELECT FROM allowance.replica_check_difference d JOIN allowance.replica_check c USING (check_id)
      WHERE d.addressee_number = r.addressee_number AND d.kind <> 'extra' AND c.checked_at > r.made_at) AS differs
  FROM (SELECT DISTINCT ON (addressee_number) * FROM allowance.replica ORDER BY addressee_number, version DESC) r LEFT JOIN allowance.replica_result x USING (replica_id)`;

type Newest = {
  replicaId: number;
  n: number;
  version: number;
  digest: string;
  layout: string;
  madeAt: Date;
  state: string | null;
  message: string;
  differs: boolean;
};

function reasonOf(last: Newest | undefined, digest: string): Unmatched["reason"] | undefined {
  if (last === undefined || last.digest !== digest || last.layout !== REPLICA_LAYOUT) return "changed";
  if (last.state === "refused") return "refused";
  if (last.state !== "registered") return "notRegistered";
  return last.differs ? "differs" : undefined;
}

/** The daily comparison on a connection that sees everybody. */
export async function replicaOverviewOn(client: Queryable, today: string, limit: number): Promise<ReplicaOverview> {
  const newest = new Map((await client.query<Newest>(NEWEST)).rows.map((row) => [row.n, row]));
  const { rows: numbers } = await client.query<{ n: number }>(
    "SELECT DISTINCT addressee_number AS n FROM allowance.recipient ORDER BY 1",
  );
  const unmatched: Unmatched[] = [];
  let people = 0;
  for (let from = 0; from < numbers.length; from += SLICE) {
    const slice = numbers.slice(from, from + SLICE).map(({ n }) => n);
    const { rows } = await client.query<PaymentFacts>(PAYMENT_FACTS, [slice, today]);
    for (const facts of rows.filter(({ state }) => state !== "なし")) {
      people += 1;
      const last = newest.get(facts.addresseeNumber);
      const reason = reasonOf(last, itemsAndDigest(facts).digest);
      if (reason === undefined) continue;
      unmatched.push({
        addresseeNumber: facts.addresseeNumber,
        recipientId: Number(facts.recipientNumber),
        replicaId: last?.replicaId ?? null,
        reason,
        version: last?.version ?? null,
        madeAt: last?.madeAt ?? null,
        message: last?.message ?? "",
      });
    }
  }
  const unmatchedCount = unmatched.length;
  return { people, registered: people - unmatchedCount, unmatched: unmatched.slice(0, limit), unmatchedCount };
}

/** The daily comparison. At most `limit` of the list are given, the counts are whole. */
export async function replicaOverview(reader: Reader, today: string, limit = 1_000): Promise<ReplicaOverview> {
  const entry = { action: "replica.compare", objectKind: "replica", objectId: "all", detail: { today } };
  return await auditedRead(reader, entry, async (client) => await replicaOverviewOn(client, today, limit));
}

/**
 * A new version of the same content, so that it is sent once more: after a refusal, while one waits, or where the other side lost it. The older ones
 * that still wait are superseded by it.
 *
 * @throws Refusal `referenceMissing` (not a recipient, or nothing was ever granted), `invalidValue` (no reason)
 */
export async function renewReplica(
  context: Context,
  { key, recipientId, reason }: { readonly key: string; readonly recipientId: number; readonly reason: string },
): Promise<{ readonly version: number }> {
  const why = reason.trim();
  if (why === "" || why.length > 400)
    throw new Refusal("invalidValue", "理由を400文字までで書いてください。何も送っていません。");
  const command = {
    role: ROLE,
    key,
    name: "replica.renew",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { recipientId, reason: why },
  };
  const { response } = await refusing(() =>
    runCommand(context.pool, command, async (client) => {
      const { rows: found } = await client.query<{ n: number }>(
        "SELECT addressee_number AS n FROM allowance.recipient WHERE recipient_id = $1",
        [recipientId],
      );
      const n = found[0]?.n ?? 0;
      const [facts] = (await client.query<PaymentFacts>(PAYMENT_FACTS, [[n], context.today])).rows;
      if (found.length === 0 || facts === undefined || facts.state === "なし")
        throw new Refusal(
          "referenceMissing",
          "この認定番号の副本はありません。認定されたことのある受給者の番号を確かめてください。何も送っていません。",
        );
      const { items, digest, mark } = itemsAndDigest(facts);
      const { rows } = await client.query<{ version: number }>(
        `INSERT INTO allowance.replica (addressee_number, version, items, digest, no_auto_answer, made_by, layout, resend_reason)
         VALUES ($1::bigint, (SELECT coalesce(max(version), 0) + 1 FROM allowance.replica WHERE addressee_number = $1::bigint), $2, $3, $4, $5, $6, $7) RETURNING version`,
        [n, JSON.stringify(items), digest, mark, context.operator, REPLICA_LAYOUT, why],
      );
      const version = rows[0]?.version ?? 0;
      return {
        response: { version },
        audit: [
          { action: "replica.renew", objectKind: "recipient", objectId: String(recipientId), detail: { version } },
        ],
      };
    }),
  );
  return response;
}

export type ReplicaCheckReason = "yearly" | "layout" | "asked";

export type ReplicaCheck = {
  readonly checkId: number;
  readonly checkedOn: string;
  readonly reason: ReplicaCheckReason;
  readonly layout: string;
  readonly held: number;
  readonly matched: number;
  readonly missing: number;
  readonly extra: number;
  readonly different: number;
  /** Not compared: a newer version is on its way */
  readonly underWay: number;
  readonly checkedAt: Date;
};

/** The newest whole comparisons. */
export async function listReplicaChecks(connection: Queryable, limit = 10): Promise<readonly ReplicaCheck[]> {
  const { rows } = await connection.query<ReplicaCheck>(
    `SELECT check_id AS "checkId", checked_on::text AS "checkedOn", reason, layout, held, matched, missing, extra, different, under_way AS "underWay",
       checked_at AS "checkedAt" FROM allowance.replica_check ORDER BY check_id DESC LIMIT $1`,
    [limit],
  );
  return rows;
}

/** Why a whole comparison is due on a day; undefined where none is. It wants everything sent first, so that what is not is no difference. */
export async function replicaCheckDue(context: Context): Promise<ReplicaCheckReason | undefined> {
  const [last] = await listReplicaChecks(context.pool, 1);
  const { rows } = await context.pool.query<{ asked: boolean; versions: boolean; yearAgo: boolean }>(
    `SELECT EXISTS (SELECT FROM allowance.replica_check_request r WHERE r.requested_at > coalesce($1::timestamptz, '-infinity')) AS asked,
       EXISTS (SELECT FROM allowance.replica_result WHERE state = 'registered') AS versions, $2::date + interval '1 year' <= $3::date AS "yearAgo"`,
    [last?.checkedAt ?? null, last?.checkedOn ?? null, context.today],
  );
  const [found] = rows;
  if (found?.asked === true) return "asked";
  if (found?.versions !== true) return undefined;
  if (last === undefined) return "yearly";
  if (last.layout !== REPLICA_LAYOUT) return "layout";
  return found.yearAgo ? "yearly" : undefined;
}

/** Asks for a whole comparison. @throws Refusal `invalidValue` (no reason) */
export async function askReplicaCheck(
  context: Context,
  { key, reason }: { readonly key: string; readonly reason: string },
): Promise<void> {
  const why = reason.trim();
  if (why === "" || why.length > 400)
    throw new Refusal("invalidValue", "理由を400文字までで書いてください。何も頼んでいません。");
  const command = {
    role: ROLE,
    key,
    name: "replica.askCheck",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { reason: why },
  };
  await refusing(() =>
    runCommand(context.pool, command, async (client) => {
      await client.query("INSERT INTO allowance.replica_check_request (reason, requested_by) VALUES ($1, $2)", [
        why,
        context.operator,
      ]);
      return { response: {}, audit: [{ action: "replica.askCheck", objectKind: "replica", objectId: "all" }] };
    }),
  );
}

export type ReplicaDifference = {
  readonly kind: "missing" | "extra" | "different";
  /** Null: held there of somebody who is not known here */
  readonly addresseeNumber: number | null;
};

export type NewReplicaCheck = Omit<ReplicaCheck, "checkId" | "checkedOn" | "checkedAt"> & {
  readonly differences: readonly ReplicaDifference[];
};

const DIFFERENCES = `
  INSERT INTO allowance.replica_check_difference (check_id, difference_no, kind, addressee_number)
  SELECT $1, n.ord, n.kind, n."addresseeNumber" FROM jsonb_to_recordset($2::jsonb) AS n(ord int, kind text, "addresseeNumber" bigint)`;

async function write(client: PoolClient, context: Context, check: NewReplicaCheck): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    `INSERT INTO allowance.replica_check (checked_on, reason, layout, held, matched, missing, extra, different, under_way, checked_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING check_id AS id`,
    [
      context.today,
      check.reason,
      check.layout,
      check.held,
      check.matched,
      check.missing,
      check.extra,
      check.different,
      check.underWay,
      context.operator,
    ],
  );
  const id = rows[0]?.id ?? 0;
  await client.query(DIFFERENCES, [
    id,
    JSON.stringify(check.differences.map((each, at) => ({ ...each, ord: at + 1 }))),
  ]);
  return id;
}

/** Writes down a whole comparison. What it found stands on the day's list until it was sent again and that was confirmed. */
export async function recordReplicaCheck(
  context: Context,
  check: NewReplicaCheck,
): Promise<{ readonly checkId: number }> {
  const { differences, ...counts } = check;
  const command = {
    role: ROLE,
    key: `replica.check/${randomUUID()}`,
    name: "replica.check",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { ...counts, differences: differences.length },
  };
  const { response } = await refusing(() =>
    runCommand(context.pool, command, async (client) => {
      const checkId = await write(client, context, check);
      const { held, matched, missing, extra, different } = check;
      const detail = { held, matched, missing, extra, different };
      return {
        response: { checkId },
        audit: [{ action: "replica.check", objectKind: "replicaCheck", objectId: String(checkId), detail }],
      };
    }),
  );
  return response;
}
