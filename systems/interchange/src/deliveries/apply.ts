/**
 * 取り込み: the waiting deliveries of each interface, in the order of their numbers, are handed to the system they are for. That system writes
 * the facts by its own rules; this one writes down what became of the delivery. A crash between the two is made good by the
 * next run: the delivery is still waiting, and taking it again gives the first answer.
 */
import { createHash, randomUUID } from "node:crypto";

import { neededPersons, reconcile, type IncomingRow, takeDelivery } from "@hagukumi/allowance/contract.ts";
import type { CivilDate } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";

import { type Agreement, getAgreement } from "../agreements/agreements.ts";
import type { Context } from "@hagukumi/allowance/contract.ts";
import { ROLE } from "../context.ts";
import { refuse, refusing } from "../refusal.ts";
import type { ObjectStore } from "../transports/object-store.ts";
import { readProtectionAhead } from "./protection-ahead.ts";
import { type Allowed, agreedRows } from "./rows.ts";
import { nextOf, type Verdict, type Waiting } from "./settle.ts";

/** A line that was turned back, without its values. */
export type RejectedLine = { readonly line: number; readonly column: string; readonly code: string };

/** What the system that a delivery is for says of it. */
export type Taken = {
  readonly added: number;
  readonly unchanged: number;
  readonly refused: number;
  readonly refusedList: string | null;
  readonly lines: readonly RejectedLine[];
};

/**
 * Another system that takes deliveries (番号紐付情報 goes to 団体内統合宛名). The same delivery may be offered twice. Undefined where it takes
 * nothing of this interface: the delivery goes on waiting. A refusal leaves it waiting too, and is said aloud.
 */
export type Onward = (
  context: Context,
  delivery: {
    readonly interfaceCode: string;
    readonly key: string;
    readonly rows: number;
    readonly sha256: string;
    readonly open: () => AsyncIterable<readonly IncomingRow[]>;
  },
) => Promise<Taken | undefined>;

export type ApplyOptions = {
  /** By consumer, for those that are not the allowance system */
  readonly onward?: Readonly<Record<string, Onward>>;
};

export type AppliedCount = {
  readonly applied: number;
  readonly reconciled: number;
  readonly duplicate: number;
  readonly superseded: number;
  readonly refused: number;
  /** Rows turned back in what was applied */
  readonly rejectedRows: number;
  /** Deliveries that wait for a number before them */
  readonly waiting: number;
  /** People who are protected by a mark that was read before its delivery could be taken in */
  readonly protectedAhead: number;
  /** Why another system could not take what is for it, Japanese */
  readonly unable: readonly string[];
};

type Row = Waiting & {
  readonly interfaceCode: string;
  readonly version: string;
  readonly objectKey: string;
  readonly asOf: CivilDate;
  readonly rows: number;
};

const WAITING = `
  SELECT delivery_id AS "deliveryId", interface_code AS "interfaceCode", version, kind, sequence, attempt, sha256, transport, object_key AS "objectKey", as_of AS "asOf", rows
  FROM interchange.delivery_state WHERE state = 'waiting' ORDER BY interface_code, sequence, delivery_id`;

async function waitingByInterface(context: Context): Promise<ReadonlyMap<string, readonly Row[]>> {
  const { rows } = await context.pool.query<Row>(WAITING);
  return Map.groupBy(rows, ({ interfaceCode }) => interfaceCode);
}

async function appliedOf(
  context: Context,
  interfaceCode: string,
): Promise<Map<number, Pick<Waiting, "sha256" | "transport">>> {
  const { rows } = await context.pool.query<Pick<Waiting, "sequence" | "sha256" | "transport">>(
    "SELECT a.sequence, d.sha256, d.transport FROM interchange.applied a JOIN interchange.delivery d USING (delivery_id) WHERE a.interface_code = $1",
    [interfaceCode],
  );
  return new Map(rows.map((row) => [row.sequence, row]));
}

type Outcome =
  | { readonly state: "applied" | "reconciled"; readonly taken: Taken }
  | { readonly state: "duplicate" | "superseded" | "refused"; readonly code: string; readonly reason: string };

async function writeOutcome(context: Context, row: Row, outcome: Outcome): Promise<void> {
  const taken = "taken" in outcome ? outcome.taken : undefined;
  const failed = "code" in outcome ? outcome : undefined;
  const command = {
    role: ROLE,
    key: `interchange.settle/${row.deliveryId}/${randomUUID()}`,
    name: "interchange.settle",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { deliveryId: row.deliveryId, outcome },
  };
  await refusing(() =>
    runCommand(context.pool, command, async (client) => {
      await client.query(
        `INSERT INTO interchange.outcome (delivery_id, state, reason_code, reason, added, unchanged, rejected, list_path, decided_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          row.deliveryId,
          outcome.state,
          failed?.code ?? null,
          (failed?.reason ?? "").slice(0, 1000),
          taken?.added ?? 0,
          taken?.unchanged ?? 0,
          taken?.refused ?? 0,
          taken?.refusedList ?? null,
          context.operator,
        ],
      );
      if (outcome.state === "applied") {
        await client.query(
          "INSERT INTO interchange.applied (interface_code, sequence, delivery_id) VALUES ($1, $2, $3)",
          [row.interfaceCode, row.sequence, row.deliveryId],
        );
      }
      if (taken !== undefined && taken.lines.length > 0) {
        await client.query(
          `INSERT INTO interchange.rejected_line (delivery_id, line, column_name, code)
           SELECT $1, n.line, left(n."column", 100), n.code FROM jsonb_to_recordset($2::jsonb) AS n(line int, "column" text, code text) ON CONFLICT DO NOTHING`,
          [row.deliveryId, JSON.stringify(taken.lines)],
        );
      }
      const detail = {
        interface: row.interfaceCode,
        sequence: row.sequence,
        state: outcome.state,
        code: failed?.code ?? null,
        added: taken?.added ?? 0,
        rejected: taken?.refused ?? 0,
      };
      const audit = [
        { action: "interchange.settle", objectKind: "delivery", objectId: String(row.deliveryId), detail },
      ];
      return { response: null, audit };
    }),
  );
}

/** Refusals that say that the delivery itself is bad; everything else (no database, cancelled) ends the run and leaves it waiting. */
const OF_THE_DELIVERY: Readonly<Record<string, string>> = {
  csvHeader: "itemNotAgreed",
  csvUnreadable: "deliveryBroken",
  feedFileBroken: "deliveryBroken",
  storeInvalid: "deliveryBroken",
  agreementMissing: "agreementMissing",
};

/**
 * The object's bytes once more. Between receiving and taking in somebody may have put another under its name: it ends with a refusal, and
 * what was read of it is given up with the transaction.
 */
async function* asReceived(store: ObjectStore, key: string, sha256: string): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  for await (const chunk of store.read(key)) {
    hash.update(chunk);
    yield chunk;
  }
  if (hash.digest("hex") === sha256) return;
  throw refuse(
    "storeInvalid",
    `${key} は、受け取りを記録した後に別の中身に置き換えられています。取り込んでいません。再送してもらってください。`,
    { key },
  );
}

async function allowedPersons(context: Context, agreement: Agreement): Promise<Allowed> {
  return agreement.people === "everyone" ? "everyone" : await neededPersons(context.pool, context.today);
}

/** What another system could not take now: it goes on waiting, and the other interfaces do not wait for it. */
class Unable extends Error {}

async function handOn(
  context: Context,
  onward: Onward | undefined,
  delivery: Parameters<Onward>[1],
  name: string,
): Promise<Outcome | undefined> {
  if (onward === undefined) return undefined;
  try {
    const taken = await onward(context, delivery);
    return taken === undefined ? undefined : { state: "applied", taken };
  } catch (error) {
    if (!(error instanceof Refusal) || error.code in OF_THE_DELIVERY || error.code === "cancelled") throw error;
    throw new Unable(`${name}: ${error.message}`, { cause: error });
  }
}

/** @returns undefined where the system that the delivery is for takes nothing yet */
async function hand(
  context: Context,
  store: ObjectStore,
  row: Row,
  options: ApplyOptions,
): Promise<Outcome | undefined> {
  const { interfaceCode, version, sequence, attempt, objectKey, asOf, rows, sha256 } = row;
  try {
    const agreement = await getAgreement(context.pool, asOf, interfaceCode, version);
    const allowed = await allowedPersons(context, agreement);
    const open = (): AsyncIterable<readonly IncomingRow[]> =>
      agreedRows(asReceived(store, objectKey, sha256), agreement, allowed);
    const key = `interchange/${interfaceCode}/${sequence}/${attempt}/${sha256.slice(0, 16)}`;
    const { file } = agreement.layout;
    if (file === null) {
      const delivery = { interfaceCode, key, rows, sha256, open };
      return await handOn(context, options.onward?.[agreement.consumer], delivery, agreement.name);
    }
    if (row.kind === "reconciliation") {
      const kind = agreement.layout.constants["区分"];
      const of = kind === undefined ? {} : { kind };
      const found = await reconcile(context, { interfaceCode, file, sequence, asOf, rows, sha256, open, ...of });
      const { missing, extra, different, refused } = found;
      // Beside what was applied, "added" would mislead: here it counts the differences that were found.
      const taken = {
        added: missing + extra + different,
        unchanged: rows - missing - different - refused,
        refused,
        refusedList: null,
        lines: [],
      };
      return { state: "reconciled", taken };
    }
    const label = `${interfaceCode}-${String(sequence).padStart(8, "0")}-${attempt}`;
    const taken = await takeDelivery(context, { key, label, file, interfaceCode, asOf, sha256, rows, open });
    return { state: "applied", taken };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const code = OF_THE_DELIVERY[error.code];
    if (code === undefined) throw error;
    return { state: "refused", code, reason: error.message };
  }
}

async function outcomeOf(
  context: Context,
  store: ObjectStore,
  row: Row,
  verdict: Verdict,
  options: ApplyOptions,
): Promise<Outcome | undefined> {
  if ("code" in verdict) return { state: verdict.what, code: verdict.code, reason: verdict.reason };
  return await hand(context, store, row, options);
}

/**
 * Takes in everything that can be taken in now.
 *
 * @throws Refusal `cancelled`, and those of the database; what is done stays
 */
export async function applyDeliveries(
  context: Context,
  store: ObjectStore,
  options: ApplyOptions = {},
): Promise<AppliedCount> {
  const count = { applied: 0, reconciled: 0, duplicate: 0, superseded: 0, refused: 0 };
  let rejectedRows = 0;
  const unable: string[] = [];
  let protectedAhead = 0;
  try {
    for (const [interfaceCode, first] of await waitingByInterface(context)) {
      let waiting = first;
      const applied = await appliedOf(context, interfaceCode);
      for (;;) {
        const verdict = nextOf(waiting, applied);
        const row = waiting.find(({ deliveryId }) => deliveryId === verdict?.delivery.deliveryId);
        if (verdict === undefined || row === undefined) break;
        const outcome = await outcomeOf(context, store, row, verdict, options).catch((error: unknown) => {
          if (!(error instanceof Unable)) throw error;
          unable.push(error.message);
          return undefined;
        });
        if (outcome === undefined) break;
        crashPoint("interchange.taken");
        await writeOutcome(context, row, outcome);
        crashPoint("interchange.settled");
        count[outcome.state] += 1;
        if ("taken" in outcome) rejectedRows += outcome.taken.refused;
        if (outcome.state === "applied") applied.set(row.sequence, row);
        waiting = waiting.filter(({ deliveryId }) => deliveryId !== row.deliveryId);
      }
    }
  } finally {
    // Also where the taking in had to stop (mass work is half written, one delivery is a defect): a mark waits for nothing.
    protectedAhead = await readProtectionAhead(context, store);
  }
  const { rows } = await context.pool.query<{ n: number }>(
    "SELECT count(*)::int AS n FROM interchange.delivery_state WHERE state = 'waiting'",
  );
  return { ...count, rejectedRows, protectedAhead, waiting: rows[0]?.n ?? 0, unable };
}
