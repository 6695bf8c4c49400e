/**
 * 副本 (A176): the copy of 児童手当の支給に関する情報 that the 中間サーバー answers from. Whenever a decision or a payment changes what would be said of a recipient, a
 * new version is made; it goes out through the 庁内連携 (this system knows no other way out), and a version counts as registered only when that
 * was confirmed. What is not, stands on a list every day.
 *
 * Source: 熊本市 特定個人情報保護評価書 II-5 提供先1–4 (③ the information, ⑤ the range of people).
 */
import { createHash, randomUUID } from "node:crypto";

import { runCommand } from "@hagukumi/platform/database/command.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { auditedRead } from "../inquiry/audited-read.ts";
import { PAYMENT_FACTS, type PaymentFacts, type PaymentItem } from "../provision/payment-facts.ts";
import { stopIfCancelled } from "../refusal.ts";

/** Items of a replica: those that may be provided, without the mark, which is a flag of the message. */
export const REPLICA_ITEMS = [
  "recipientNumber",
  "state",
  "firstMonth",
  "lastMonth",
  "monthlyAmount",
  "children",
  "lastPaidOn",
  "lastPaidAmount",
  "held",
] as const satisfies readonly PaymentItem[];

export type ReplicaItem = (typeof REPLICA_ITEMS)[number];

export type Replica = {
  readonly replicaId: number;
  readonly addresseeNumber: number;
  readonly version: number;
  readonly items: Readonly<Record<ReplicaItem, string>>;
  readonly layout: string;
  /** 自動応答不可フラグ */
  readonly noAutomaticAnswer: boolean;
};

/** 特定個人情報 and version of the layout of its items; another word here makes a new version of everybody's, and a whole comparison. */
export const REPLICA_LAYOUT = "childAllowancePayment1";

const SLICE = 5_000;

const itemsOf = (facts: PaymentFacts): Readonly<Record<ReplicaItem, string>> =>
  Object.fromEntries(REPLICA_ITEMS.map((item) => [item, facts[item]])) as Readonly<Record<ReplicaItem, string>>;

/** Digest of a version: items and mark. */
export const digestOf = (items: Readonly<Record<string, string>>, noAutomaticAnswer: boolean): string =>
  createHash("sha256").update(canonicalJson({ items, noAutomaticAnswer })).digest("hex");

export const itemsAndDigest = (
  facts: PaymentFacts,
): { readonly items: Readonly<Record<ReplicaItem, string>>; readonly mark: boolean; readonly digest: string } => {
  const items = itemsOf(facts);
  const mark = facts.undisclosed === "1";
  return { items, mark, digest: digestOf(items, mark) };
};

/**
 * Makes a new version for everybody of whom something else would be said today than the newest version says. Run again it makes none.
 *
 * @throws Refusal `cancelled` between two slices; what is made stays
 */
export async function makeReplicas(context: Context): Promise<{ readonly people: number; readonly made: number }> {
  let people = 0;
  let made = 0;
  for (let after = 0; ;) {
    stopIfCancelled(context.signal, "副本の作成");
    const from = after;
    const command = {
      role: ROLE,
      key: `replica.make/${randomUUID()}`,
      name: "replica.make",
      actor: context.operator,
      guard: context.guard,
      purpose: context.purpose,
      request: { from, today: context.today },
    };
    const { response } = await refusing(() =>
      runCommand(context.pool, command, async (client) => {
        const { rows: numbers } = await client.query<{ n: number }>(
          "SELECT DISTINCT addressee_number AS n FROM allowance.recipient WHERE addressee_number > $1 ORDER BY 1 LIMIT $2",
          [from, SLICE],
        );
        const { rows } = await client.query<PaymentFacts>(PAYMENT_FACTS, [numbers.map(({ n }) => n), context.today]);
        // A claim that was never granted says nothing of a payment.
        const known = rows.filter(({ state }) => state !== "なし");
        const wanted = known.map((facts) => {
          return { n: facts.addresseeNumber, ...itemsAndDigest(facts) };
        });
        const { rowCount } = await client.query(
          `INSERT INTO allowance.replica (addressee_number, version, items, digest, no_auto_answer, made_by, layout)
           SELECT w.n, coalesce(l.version, 0) + 1, w.items, w.digest, w.mark, $2, $3
           FROM jsonb_to_recordset($1::jsonb) AS w(n bigint, items jsonb, digest text, mark boolean)
           LEFT JOIN LATERAL (SELECT r.version, r.digest, r.layout FROM allowance.replica r WHERE r.addressee_number = w.n ORDER BY r.version DESC LIMIT 1) l ON true
           WHERE (l.digest, l.layout) IS DISTINCT FROM (w.digest, $3)`,
          [JSON.stringify(wanted), context.operator, REPLICA_LAYOUT],
        );
        const detail = { people: known.length, made: rowCount ?? 0 };
        return {
          response: { last: numbers.at(-1)?.n ?? null, ...detail },
          audit: [{ action: "replica.make", objectKind: "replica", objectId: "all", detail }],
        };
      }),
    );
    people += response.people;
    made += response.made;
    context.onProgress?.("副本の作成", people, people);
    if (response.last === null) return { people, made };
    after = response.last;
  }
}

const WAITING = `
  SELECT r.replica_id AS "replicaId", r.addressee_number AS "addresseeNumber", r.version, r.items, r.layout, r.no_auto_answer AS "noAutomaticAnswer"
  FROM allowance.replica r LEFT JOIN allowance.replica_result x USING (replica_id) WHERE x.replica_id IS NULL AND r.replica_id > $1 ORDER BY r.replica_id LIMIT $2`;

/** Versions whose registration is not confirmed yet, in the order in which they were made. */
export async function waitingReplicas(context: Context, after: number, limit: number): Promise<readonly Replica[]> {
  const entry = { action: "replica.read", objectKind: "replica", objectId: "waiting", detail: { after } };
  return await auditedRead(
    context,
    entry,
    async (client) => (await client.query<Replica>(WAITING, [after, limit])).rows,
  );
}

export type ReplicaResult = {
  readonly replicaId: number;
  readonly state: "registered" | "refused" | "superseded";
  readonly code: string | null;
  readonly message: string;
  readonly receipt: string | null;
  readonly settledAt: Date;
};

/** Writes down what became of versions; of each the first word counts. */
export async function recordReplicaResults(
  context: Context,
  results: readonly ReplicaResult[],
): Promise<{ readonly recorded: number }> {
  if (results.length === 0) return { recorded: 0 };
  const command = {
    role: ROLE,
    key: `replica.result/${randomUUID()}`,
    name: "replica.result",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: results.map(({ replicaId, state }) => [replicaId, state]),
  };
  const { response } = await refusing(() =>
    runCommand(context.pool, command, async (client) => {
      const { rowCount } = await client.query(
        `INSERT INTO allowance.replica_result (replica_id, state, code, message, receipt, settled_at, recorded_by)
         SELECT n."replicaId", n.state, n.code, n.message, n.receipt, n."settledAt", $2
         FROM jsonb_to_recordset($1::jsonb) AS n("replicaId" bigint, state text, code text, message text, receipt text, "settledAt" timestamptz)
         ON CONFLICT (replica_id) DO NOTHING`,
        [JSON.stringify(results), context.operator],
      );
      const recorded = rowCount ?? 0;
      const audit = [{ action: "replica.result", objectKind: "replica", objectId: "all", detail: { recorded } }];
      return { response: { recorded }, audit };
    }),
  );
  return response;
}
