/**
 * 移転: on each inquiry, under an approval in force, the agreed items about the people asked for; recorded before anything is
 * handed over. The database refuses what differs from the approval (`transfer_guard`), so no other way leads out.
 */
import { type Context, PAYMENT_ITEMS, providePaymentFacts } from "@hagukumi/allowance/contract.ts";
import { addDays } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import { randomBytes, randomUUID } from "node:crypto";

import { ROLE } from "../context.ts";
import { refuse, refusing } from "../refusal.ts";
import type { ObjectStore } from "../transports/object-store.ts";
import { digestOf, markOf, sealCopy, writeCopy } from "./copy.ts";
import { listDataUses } from "./data-use.ts";
import { outletsOn } from "./outlets.ts";
import { PAPER_CODE_LENGTH, type TransferPaper } from "./paper.ts";

export type TransferChannel = "linkage" | "paper" | "medium";

export type NewTransfer = {
  readonly dataUseId: number;
  readonly channel: TransferChannel;
  /** The receiver's own number and date of the inquiry */
  readonly inquiryRef: string;
  /** 宛名番号 asked for, 1–20,000 */
  readonly numbers: readonly number[];
  /** A part of the approved items; absent: all of them */
  readonly items?: readonly string[];
  /** Days until the copy must be returned or erased, 1–90; default 30 */
  readonly dueDays?: number;
  /** Idempotency key: the same again makes no second transfer, and prints no second paper; absent: a new one */
  readonly key?: string;
};

export type MadeTransfer = {
  readonly transferId: number;
  readonly rows: number;
  readonly sha256: string;
  /** Where the sealed copy lies in the store; null for paper */
  readonly objectKey: string | null;
  /** What is printed; null for the other channels, and for a repeated key. Goes to the printer and is kept nowhere. */
  readonly printed: string | null;
  /** The same as a form (`printTransfer`) */
  readonly paper: TransferPaper | null;
};

export const transferNumber = (transferId: number): string => `T${String(transferId).padStart(8, "0")}`;

/** Where the copy of a transfer lies in the store. */
export const objectKeyOf = (outletCode: string, transferId: number): string =>
  `out/${outletCode}/${transferNumber(transferId)}.age`;

function checkAsked({ numbers, inquiryRef, dueDays = 30 }: NewTransfer): void {
  const wrong =
    numbers.length === 0 ||
    numbers.length > 20_000 ||
    numbers.some((each) => !Number.isSafeInteger(each) || each < 1 || each > 999_999_999_999_999) ||
    inquiryRef.trim() === "" ||
    !Number.isInteger(dueDays) ||
    dueDays < 1 ||
    dueDays > 90;
  if (!wrong) return;
  throw refuse(
    "transferInvalid",
    "移転には、照会の番号、1人から2万人までの宛名番号、90日までの返却・消去の期限が要ります。何も渡していません。",
  );
}

/**
 * Makes a transfer: reads the facts (recorded in the allowance system), seals the copy to the receiver's key, records the
 * transfer with its people, and only then lays the copy into the store.
 *
 * @throws Refusal `transferInvalid`; `transferRefused` with what is not covered by the approval
 */
export async function makeTransfer(context: Context, asked: NewTransfer, store: ObjectStore): Promise<MadeTransfer> {
  checkAsked(asked);
  const { dataUseId, channel, inquiryRef, dueDays = 30 } = asked;
  const use = (await listDataUses(context.pool)).find((each) => each.dataUseId === dataUseId);
  const outlet = (await outletsOn(context.pool, context.today)).find(
    ({ outletCode }) => outletCode === use?.outletCode,
  );
  if (use === undefined || use.granted !== true || outlet === undefined) {
    throw refuse(
      "transferRefused",
      "承認されたデータ使用承認願がないか、相手が許可の一覧にありません。何も渡していません。",
      { dataUseId },
    );
  }
  const items = asked.items ?? use.items;
  const numbers = [...new Set(asked.numbers)].toSorted((left, right) => left - right);
  // Read only what the approval covers: the guard of the table refuses the rest, but nothing is read for it either.
  const covered = items.every(
    (item) => use.items.includes(item) && (PAYMENT_ITEMS as readonly string[]).includes(item),
  );
  const facts = covered ? await providePaymentFacts(context, numbers, { dataUseId, inquiry: inquiryRef }) : [];
  const watermark = randomBytes(16).toString("hex");
  const asOf = context.today;
  const dueOn = addDays(context.today, dueDays);
  const { rows: next } = await context.pool.query<{ id: number }>(
    "SELECT nextval('interchange.transfer_transfer_id_seq') AS id",
  );
  const transferId = next[0]?.id ?? 0;
  const text = writeCopy(facts, items, { watermark, number: transferNumber(transferId) });
  const container = channel === "paper" ? null : await sealCopy(text, use.receiverKey);
  const sha256 = digestOf(container ?? text);
  const command = {
    role: ROLE,
    key: asked.key ?? `transfer/${randomUUID()}`,
    name: "transfer.make",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { dataUseId, channel, inquiryRef, items, dueDays, numbers: digestOf(numbers.join(",")) },
  };
  const { response: made, repeated } = await refusing(
    async () =>
      await runCommand(context.pool, command, async (client) => {
        await client.query(
          `INSERT INTO interchange.transfer (transfer_id, data_use_id, outlet_code, outlet_revision, channel, inquiry_ref, items, as_of, rows, container,
             sha256, watermark, due_on, made_by, made_on) OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $8)`,
          [
            transferId,
            dataUseId,
            outlet.outletCode,
            outlet.revision,
            channel,
            inquiryRef,
            items,
            asOf,
            Math.max(1, facts.length),
            container,
            sha256,
            watermark,
            dueOn,
            context.operator,
          ],
        );
        await client.query(
          "INSERT INTO interchange.transfer_subject (transfer_id, addressee_number) SELECT $1, unnest($2::bigint[])",
          [transferId, numbers],
        );
        const detail = { dataUseId, channel, rows: facts.length, sha256 };
        return {
          response: { transferId, rows: facts.length, sha256 },
          audit: [{ action: "transfer.make", objectKind: "transfer", objectId: transferNumber(transferId), detail }],
        };
      }),
  );
  const objectKey = channel === "paper" ? null : objectKeyOf(outlet.outletCode, made.transferId);
  if (container !== null && objectKey !== null && !repeated) await store.put(objectKey, container);
  if (container !== null || repeated) return { ...made, objectKey, printed: null, paper: null };
  const paper: TransferPaper = {
    number: transferNumber(transferId),
    receiver: outlet.name,
    applicant: use.applicant,
    ground: use.ground,
    purpose: outlet.uses[use.purpose] ?? use.purpose,
    conditions: use.conditions,
    inquiryRef,
    asOf,
    dueOn,
    approvedOn: use.decidedOn ?? "",
    approval: `データ使用承認願 ${String(dataUseId)}（${use.decidedBy ?? ""}）`,
    madeBy: context.operator,
    sha256,
    watermark,
    items,
    facts,
  };
  return { ...made, objectKey, printed: text, paper };
}

/** Lays recorded copies into the store that are not there (a crash came between). The very bytes; nothing is made anew. @returns how many */
export async function placeCopies(context: Pick<Context, "pool">, store: ObjectStore): Promise<number> {
  const { rows } = await context.pool.query<{ transfer_id: number; outlet_code: string; container: Buffer }>(
    `SELECT t.transfer_id, t.outlet_code, t.container FROM interchange.transfer t WHERE t.container IS NOT NULL
       AND NOT EXISTS (SELECT FROM interchange.transfer_receipt r WHERE r.transfer_id = t.transfer_id) ORDER BY t.transfer_id`,
  );
  let placed = 0;
  for (const { transfer_id: transferId, outlet_code: outletCode, container } of rows) {
    const key = objectKeyOf(outletCode, transferId);
    if ((await store.size(key)) === container.length) continue;
    await store.put(key, container);
    placed += 1;
  }
  return placed;
}

/**
 * The receiver's receipt (預り証): their clock, their hash. A receiver of paper computes none: of paper the 16 digits that stand on
 * it (確認符号) come back.
 *
 * @throws Refusal `transferAltered` where the hash is not that of what was handed over, `transferUnknown`
 */
export async function recordReceipt(
  context: Context,
  receipt: {
    readonly transferId: number;
    readonly receivedAt: Date;
    readonly sha256: string;
    readonly receivedBy: string;
    readonly key?: string;
  },
): Promise<void> {
  const { transferId, receivedAt, receivedBy, key } = receipt;
  const given = receipt.sha256.replaceAll(/\s/g, "").toLowerCase();
  if (!/^(?:[0-9a-f]{16}|[0-9a-f]{64})$/.test(given)) {
    throw refuse(
      "transferInvalid",
      "ハッシュは16進64桁（紙は確認符号16桁）で入れてください。受領を記録していません。",
      { transferId },
    );
  }
  // A code that is not the paper's own becomes a digest that cannot be equal, and is refused like any other altered copy.
  await record(context, "transfer.receipt", transferId, key, [
    `INSERT INTO interchange.transfer_receipt (transfer_id, received_at, sha256, received_by, recorded_by)
     SELECT transfer_id, $2, CASE WHEN channel = 'paper' AND left(sha256, ${String(PAPER_CODE_LENGTH)}) = $3 THEN sha256 ELSE rpad($3, 64, '0') END, $4, $5
     FROM interchange.transfer WHERE transfer_id = $1`,
    [transferId, receivedAt, given, receivedBy, context.operator],
  ]);
}

export type Closure = {
  readonly transferId: number;
  readonly how: "returned" | "erased";
  readonly medium: string;
  readonly quantity: number;
  /** How it was made unreadable, or how it came back */
  readonly method: string;
  readonly doneAt: Date;
  readonly doneBy: string;
  /** 立会い, where it was asked for */
  readonly witness?: string;
  readonly key?: string;
};

/** The report of return or erasure; without it the receiver gets nothing more once the term has passed. @throws Refusal `transferUnknown` */
export async function closeTransfer(context: Context, closure: Closure): Promise<void> {
  const { transferId, how, medium, quantity, method, doneAt, doneBy, witness = "", key } = closure;
  await record(context, "transfer.close", transferId, key, [
    `INSERT INTO interchange.transfer_closure (transfer_id, how, medium, quantity, method, done_at, done_by, witness, recorded_by)
     SELECT transfer_id, $2, $3, $4, $5, $6, $7, $8, $9 FROM interchange.transfer_receipt WHERE transfer_id = $1`,
    [transferId, how, medium, quantity, method, doneAt, doneBy, witness, context.operator],
  ]);
}

async function record(
  context: Context,
  name: string,
  transferId: number,
  key: string | undefined,
  [sql, values]: readonly [string, readonly unknown[]],
): Promise<void> {
  const command = {
    role: ROLE,
    key: key ?? `${name}/${randomUUID()}`,
    name,
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { transferId, values: digestOf(canonicalJson(values.map(String))) },
  };
  await refusing(
    async () =>
      await runCommand(context.pool, command, async (client) => {
        const { rowCount } = await client.query(sql, [...values]);
        if (rowCount !== 1) {
          throw refuse(
            "transferUnknown",
            "この移転はないか、まだ受領の記録がありません。一覧を読み直してください。何も変えていません。",
            { transferId },
          );
        }
        return {
          response: null,
          audit: [{ action: name, objectKind: "transfer", objectId: transferNumber(transferId) }],
        };
      }),
  );
}

/** One line of the record: who was told what about how many, when, on what ground; what came back. */
export type ListedTransfer = {
  readonly transferId: number;
  readonly outletCode: string;
  readonly outletName: string;
  readonly ground: string;
  readonly purpose: string;
  readonly channel: TransferChannel;
  readonly inquiryRef: string;
  readonly items: readonly string[];
  readonly people: number;
  readonly madeBy: string;
  readonly sentAt: Date;
  readonly receivedAt: Date | null;
  readonly sha256: string;
  /** Whether the receiver's hash is the same */
  readonly sameHash: boolean | null;
  readonly dueOn: string;
  readonly closed: "returned" | "erased" | null;
  readonly overdue: boolean;
};

/** The record of transfers, newest first; of one receiver where it is named. */
export async function listTransfers(
  connection: Queryable,
  today: string,
  outletCode?: string,
): Promise<readonly ListedTransfer[]> {
  const { rows } = await connection.query<ListedTransfer>(
    `SELECT t.transfer_id AS "transferId", t.outlet_code AS "outletCode", o.name AS "outletName", u.ground, u.purpose, t.channel, t.inquiry_ref AS "inquiryRef",
       t.items, (SELECT count(*)::int FROM interchange.transfer_subject s WHERE s.transfer_id = t.transfer_id) AS people, t.made_by AS "madeBy",
       t.sent_at AS "sentAt", r.received_at AS "receivedAt", t.sha256, r.sha256 = t.sha256 AS "sameHash", t.due_on AS "dueOn", c.how AS closed,
       c.transfer_id IS NULL AND t.due_on < $1::date AS overdue
     FROM interchange.transfer t JOIN interchange.outlet o ON o.outlet_code = t.outlet_code AND o.revision = t.outlet_revision
     JOIN interchange.data_use u USING (data_use_id) LEFT JOIN interchange.transfer_receipt r USING (transfer_id) LEFT JOIN interchange.transfer_closure c USING (transfer_id)
     WHERE $2::text IS NULL OR t.outlet_code = $2 ORDER BY t.transfer_id DESC`,
    [today, outletCode ?? null],
  );
  return rows;
}

/** A copy that a line was taken from. */
export type TracedCopy =
  | { readonly kind: "transfer"; readonly transferId: number }
  | {
      readonly kind: "extraction";
      readonly extractionId: number;
      readonly leavingId: number;
      readonly takenBy: string;
      readonly takenOn: string;
    };

/**
 * Which copy a line was taken from: the line's mark and number, tried against every copy. Undefined where none fits. The mark alone
 * is enough for a transfer; for an extraction, whose people are not kept, the line must hold the 宛名番号 too.
 */
export async function traceLine(connection: Queryable, line: string): Promise<TracedCopy | undefined> {
  return (await tracedTransfer(connection, line)) ?? (await tracedExtraction(connection, line));
}

async function tracedExtraction(connection: Queryable, line: string): Promise<TracedCopy | undefined> {
  const addressee = /(?<!\d)(\d{15})(?!\d)/.exec(line)?.[1];
  const mark = /(?<![0-9a-f])([0-9a-f]{16})\s*$/.exec(line)?.[1];
  if (addressee === undefined || mark === undefined) return undefined;
  type Copy = Omit<Extract<TracedCopy, { kind: "extraction" }>, "kind"> & { readonly watermark: string };
  const { rows } = await connection.query<Copy>(
    `SELECT extraction_id AS "extractionId", leaving_id AS "leavingId", taken_by AS "takenBy", taken_on::text AS "takenOn", watermark
     FROM interchange.leaving WHERE extraction_id IS NOT NULL ORDER BY leaving_id`,
  );
  const found = rows.find(({ watermark }) => markOf(watermark, Number(addressee)) === mark);
  if (found === undefined) return undefined;
  const { watermark: _secret, ...copy } = found;
  return { kind: "extraction", ...copy };
}

async function tracedTransfer(connection: Queryable, line: string): Promise<TracedCopy | undefined> {
  const found = /^\s*(\d{15}),.*,T(\d{8}),([0-9a-f]{16})\s*$/.exec(line);
  const addressee = Number(found?.[1] ?? Number.NaN);
  const mark = found?.[3] ?? /([0-9a-f]{16})/.exec(line)?.[1];
  if (mark === undefined) return undefined;
  const { rows } = await connection.query<{ transfer_id: number; watermark: string; addressee_number: number }>(
    `SELECT t.transfer_id, t.watermark, s.addressee_number FROM interchange.transfer t JOIN interchange.transfer_subject s USING (transfer_id)
     WHERE $1::bigint IS NULL OR s.addressee_number = $1`,
    [Number.isNaN(addressee) ? null : addressee],
  );
  const copy = rows.find((row) => markOf(row.watermark, row.addressee_number) === mark);
  return copy === undefined ? undefined : { kind: "transfer", transferId: copy.transfer_id };
}
