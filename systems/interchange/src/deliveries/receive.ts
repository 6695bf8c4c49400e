/**
 * 受け取り: looks for announcements that are new, checks each against its data file, and writes down what has come. Nothing is taken in
 * here; a delivery that is not what it says is refused with its reason, and its number stays open until it is sent again.
 */
import { createHash, randomUUID } from "node:crypto";

import { municipalityCode } from "@hagukumi/allowance/contract.ts";
import type { CivilDate } from "@hagukumi/law/contract.ts";
import { readCsvBatches } from "@hagukumi/platform/csv/read.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";

import { agreementsOn, type Agreement } from "../agreements/agreements.ts";
import type { Context } from "@hagukumi/allowance/contract.ts";
import { ROLE } from "../context.ts";
import { refusing } from "../refusal.ts";
import { type ObjectStore, readSmall } from "../transports/object-store.ts";
import { type Announcement, readAnnouncement } from "./announcement.ts";

/** Where an office puts its deliveries in the store. */
export const INBOX = "in";
/** Where this system puts what it has fetched by REST. */
export const FETCHED = "rest";

/** An announcement that can't even be read: there is no number to write it down under. */
export type Unreadable = { readonly key: string; readonly reason: string };

export type Received = {
  readonly received: number;
  readonly refused: number;
  readonly unreadable: readonly Unreadable[];
};

type Fault = { readonly code: string; readonly reason: string };

const ANNOUNCEMENT_LIMIT = 100_000;

/** What is wrong with the data file of an announcement. */
async function faultOf(
  store: ObjectStore,
  key: string,
  announced: Announcement,
  agreement: Agreement | undefined,
): Promise<Fault | undefined> {
  if (agreement === undefined) {
    return {
      code: "agreementMissing",
      reason: `版 ${announced.version} を受け取る合意がありません。合意を二人で記録するか、連携元に版を確かめてください。`,
    };
  }
  const size = await store.size(key);
  if (size === undefined)
    return { code: "deliveryBroken", reason: "データのファイルがありません。再送してもらってください。" };
  if (size !== announced.bytes) {
    const reason = `大きさが ${size} バイトで、制御ファイルの ${announced.bytes} バイトと違います。再送してもらってください。`;
    return { code: "deliveryBroken", reason };
  }
  const hash = createHash("sha256");
  try {
    for await (const chunk of store.read(key)) hash.update(chunk);
  } catch (error) {
    if (error instanceof Refusal && error.code === "storeInvalid")
      return { code: "deliveryBroken", reason: error.message };
    throw error;
  }
  if (hash.digest("hex") !== announced.sha256) {
    return { code: "deliveryBroken", reason: "中身のハッシュが制御ファイルと違います。再送してもらってください。" };
  }
  try {
    const columns = agreement.layout.columns.map(({ name }) => name);
    // The first piece is enough: only the header is looked at.
    for await (const batch of readCsvBatches(store.read(key), { columns })) {
      if (batch.length > 0) break;
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const code = error.code === "csvHeader" ? "itemNotAgreed" : "deliveryBroken";
    return { code, reason: error.message };
  }
  return undefined;
}

async function record(
  context: Context,
  objectKey: string,
  announced: Announcement,
  transport: "file" | "rest",
  fault: Fault | undefined,
): Promise<void> {
  const command = {
    role: ROLE,
    key: `interchange.receive/${randomUUID()}`,
    name: "interchange.receive",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { objectKey, announced },
  };
  await refusing(() =>
    runCommand(context.pool, command, async (client) => {
      const { rows } = await client.query<{ id: number }>(
        `INSERT INTO interchange.delivery (interface_code, version, kind, sequence, attempt, transport, object_key, as_of, rows, bytes, sha256, sent_at, received_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING delivery_id AS id`,
        [
          announced.interface,
          announced.version,
          announced.kind,
          announced.sequence,
          announced.attempt,
          transport,
          objectKey,
          announced.asOf,
          announced.rows,
          announced.bytes,
          announced.sha256,
          announced.sentAt,
          context.operator,
        ],
      );
      const id = rows[0]?.id ?? 0;
      if (fault !== undefined) {
        await client.query(
          "INSERT INTO interchange.outcome (delivery_id, state, reason_code, reason, decided_by) VALUES ($1, 'refused', $2, $3, $4)",
          [id, fault.code, fault.reason.slice(0, 1000), context.operator],
        );
      }
      const { kind, sequence, attempt, rows: lines } = announced;
      const detail = {
        interface: announced.interface,
        kind,
        sequence,
        attempt,
        rows: lines,
        fault: fault?.code ?? null,
      };
      const audit = [{ action: "interchange.receive", objectKind: "delivery", objectId: String(id), detail }];
      return { response: null, audit };
    }),
  );
}

type Control = { readonly key: string; readonly version: string | undefined };

const controlOf = ({ key, version }: Control): string => `${key} ${version ?? ""}`;

/**
 * Control files that were read to their end before, by name and version. A store keeps a year of them; only what is new, or was replaced,
 * is fetched.
 */
async function readBefore(context: Context): Promise<ReadonlySet<string>> {
  const { rows } = await context.pool.query<{ key: string; version: string }>(
    "SELECT object_key AS key, version FROM interchange.announcement_read",
  );
  return new Set(rows.map(controlOf));
}

async function noteRead(context: Context, read: readonly Control[]): Promise<void> {
  const known = read.filter(({ version }) => version !== undefined);
  if (known.length === 0) return;
  const command = {
    role: ROLE,
    key: `interchange.announcements/${randomUUID()}`,
    name: "interchange.announcements",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: known,
  };
  await refusing(() =>
    runCommand(context.pool, command, async (client) => {
      await client.query(
        "INSERT INTO interchange.announcement_read (object_key, version) SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING",
        [known.map(({ key }) => key), known.map(({ version }) => version)],
      );
      const detail = { controls: known.length };
      const audit = [{ action: "interchange.announcements", objectKind: "store", objectId: "controls", detail }];
      return { response: null, audit };
    }),
  );
}

/** The announcement, or why it can't be read. A listing is only a hint: what it names may be gone, or never have been there. */
async function announcementAt(store: ObjectStore, key: string): Promise<Announcement | string> {
  try {
    return readAnnouncement(await readSmall(store, key, ANNOUNCEMENT_LIMIT));
  } catch (error) {
    if (error instanceof Refusal && error.code === "storeInvalid") return error.message;
    throw error;
  }
}

/**
 * Writes down every delivery of the store that is not known yet, in the order of their names. Safe to run at any time, also twice
 * at once: a delivery is written down once.
 */
export async function receiveDeliveries(context: Context, store: ObjectStore): Promise<Received> {
  const municipality = await municipalityCode(context);
  const { rows: known } = await context.pool.query<{ key: string; sha256: string }>(
    "SELECT object_key AS key, sha256 FROM interchange.delivery",
  );
  const seen = new Set(known.map(({ key, sha256 }) => `${key} ${sha256}`));
  const unreadable: Unreadable[] = [];
  let received = 0;
  let refused = 0;
  const before = await readBefore(context);
  const objects = [
    ...(await store.list(INBOX)).map((object) => ({ ...object, transport: "file" as const })),
    ...(await store.list(FETCHED)).map((object) => ({ ...object, transport: "rest" as const })),
  ].filter((object) => object.key.endsWith(".json") && !before.has(controlOf({ version: undefined, ...object })));
  const read: Control[] = [];
  for (const { key, transport, version } of objects) {
    if (context.signal?.aborted) break;
    const announced = await announcementAt(store, key);
    if (typeof announced === "string") {
      unreadable.push({ key, reason: announced });
      continue;
    }
    if (municipality !== undefined && announced.municipality !== municipality) {
      unreadable.push({
        key,
        reason: `団体コード ${announced.municipality} は、この団体（${municipality}）のものではありません。`,
      });
      continue;
    }
    const dataKey = `${key.slice(0, key.lastIndexOf("/") + 1)}${announced.file}`;
    read.push({ key, version });
    if (seen.has(`${dataKey} ${announced.sha256}`)) continue;
    // An agreement counts on the day of the content, so that a version may end while its last files are still on their way.
    const agreements = await agreementsOn(context.pool, announced.asOf as CivilDate);
    const agreement = agreements.find(
      (each) => each.interfaceCode === announced.interface && each.version === announced.version,
    );
    const fault = await faultOf(store, dataKey, announced, agreement);
    try {
      await record(context, dataKey, announced, transport, fault);
    } catch (error) {
      // Another run was faster.
      if (error instanceof Refusal && error.code === "deliveryDecided") continue;
      throw error;
    }
    seen.add(`${dataKey} ${announced.sha256}`);
    received += 1;
    if (fault !== undefined) refused += 1;
    context.onProgress?.("連携の受け取り", received, objects.length);
  }
  // Only now: what could not be written down is read again.
  await noteRead(context, read);
  return { received, refused, unreadable };
}
