/** What has come, what is missing, what is old: for the screen, the command line and the alarm. About no single person. */
import { addDays, type CivilDate } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { agreementsOn } from "../agreements/agreements.ts";

export type DeliveryState = "waiting" | "applied" | "reconciled" | "duplicate" | "superseded" | "refused";

export const deliveryStateLabels: Readonly<Record<DeliveryState, string>> = {
  waiting: "前の連番を待っている",
  applied: "取り込んだ",
  reconciled: "突き合わせた",
  duplicate: "二重（使わない）",
  superseded: "新しいものに替わった",
  refused: "受け付けなかった",
};

export const deliveryKindLabels = { full: "全件", difference: "差分", reconciliation: "照合用の全件" } as const;

export type ListedDelivery = {
  readonly deliveryId: number;
  readonly interfaceCode: string;
  readonly version: string;
  readonly kind: keyof typeof deliveryKindLabels;
  readonly sequence: number;
  readonly attempt: number;
  readonly transport: "file" | "rest";
  readonly objectKey: string;
  readonly asOf: CivilDate;
  readonly rows: number;
  readonly receivedAt: Date;
  readonly state: DeliveryState;
  readonly reasonCode: string | null;
  readonly reason: string | null;
  readonly added: number;
  readonly unchanged: number;
  readonly rejected: number;
  readonly listPath: string | null;
  /** How the refused rows were dealt with; null while nobody has */
  readonly clearance: string | null;
};

const COLUMNS = `delivery_id AS "deliveryId", interface_code AS "interfaceCode", version, kind, sequence, attempt, transport, object_key AS "objectKey", as_of AS "asOf",
  rows, received_at AS "receivedAt", state, reason_code AS "reasonCode", reason, added, unchanged, rejected, list_path AS "listPath", clearance`;

/** Deliveries, the newest first. */
export async function listDeliveries(
  connection: Queryable,
  { interfaceCode, limit = 100 }: { readonly interfaceCode?: string; readonly limit?: number } = {},
): Promise<readonly ListedDelivery[]> {
  const { rows } = await connection.query<ListedDelivery>(
    `SELECT ${COLUMNS} FROM interchange.delivery_state WHERE $1::text IS NULL OR interface_code = $1 ORDER BY delivery_id DESC LIMIT $2`,
    [interfaceCode ?? null, limit],
  );
  return rows;
}

/**
 * Deliveries with refused rows that nobody has dealt with, and refused deliveries whose number was not taken in since. One with other content under a
 * number that is in stays too: what it held came under no number of its own, so taking in that number is no answer to it.
 */
export async function openRejects(connection: Queryable): Promise<readonly ListedDelivery[]> {
  const { rows } = await connection.query<ListedDelivery>(
    `SELECT ${COLUMNS} FROM interchange.delivery_state d WHERE clearance IS NULL AND (rejected > 0 OR (state = 'refused' AND (reason_code = 'sequenceConflict' OR NOT EXISTS (
       SELECT FROM interchange.applied a WHERE a.interface_code = d.interface_code AND a.sequence >= d.sequence)))) ORDER BY delivery_id`,
  );
  return rows;
}

/** Rejected lines of one delivery by reason, with the first lines of each. */
export async function rejectedLines(
  connection: Queryable,
  deliveryId: number,
): Promise<
  readonly {
    readonly column: string;
    readonly code: string;
    readonly lines: number;
    readonly first: readonly number[];
  }[]
> {
  const { rows } = await connection.query<{ column: string; code: string; lines: number; first: number[] }>(
    `SELECT column_name AS "column", code, count(*)::int AS lines, (array_agg(line ORDER BY line))[1:10] AS first
     FROM interchange.rejected_line WHERE delivery_id = $1 GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2`,
    [deliveryId],
  );
  return rows;
}

/** One interface as it stands. */
export type InterfaceState = {
  readonly interfaceCode: string;
  readonly name: string;
  readonly source: string;
  readonly versions: readonly string[];
  readonly people: "everyone" | "listed";
  readonly ground: string;
  /** The last number that was taken in; 0 where nothing was */
  readonly lastSequence: number;
  readonly asOf: CivilDate | null;
  readonly staleDays: number;
  /** The copy is older than agreed, or was never there */
  readonly stale: boolean;
  /** Numbers that are missing before what waits (欠番) */
  readonly missing: readonly { readonly from: number; readonly to: number }[];
  /** Since when something waits for the missing ones */
  readonly gapSince: Date | null;
  readonly waiting: number;
  /** Refused deliveries whose number is still not taken in */
  readonly refused: number;
};

type Stream = {
  readonly interfaceCode: string;
  readonly last: number;
  readonly asOf: CivilDate | null;
  readonly open: readonly number[];
  readonly since: Date | null;
  readonly refused: readonly number[];
};

const STREAMS = `
  SELECT d.interface_code AS "interfaceCode", coalesce(l.last, 0) AS last,
         (SELECT x.as_of FROM interchange.delivery x JOIN interchange.applied a USING (delivery_id) WHERE a.interface_code = d.interface_code ORDER BY a.sequence DESC LIMIT 1) AS "asOf",
         coalesce(array_agg(DISTINCT d.sequence) FILTER (WHERE d.state = 'waiting' AND d.kind <> 'reconciliation'), '{}') AS open,
         min(d.received_at) FILTER (WHERE d.sequence > coalesce(l.last, 0) AND d.kind <> 'reconciliation') AS since,
         coalesce(array_agg(DISTINCT d.sequence) FILTER (WHERE d.state = 'refused' AND d.sequence > coalesce(l.last, 0)), '{}') AS refused
  FROM interchange.delivery_state d
  LEFT JOIN LATERAL (SELECT max(sequence) AS last FROM interchange.applied a WHERE a.interface_code = d.interface_code) l ON true
  GROUP BY d.interface_code, l.last`;

function gaps(last: number, seen: readonly number[]): readonly { readonly from: number; readonly to: number }[] {
  const found: { from: number; to: number }[] = [];
  let expected = last + 1;
  for (const number of seen.toSorted((left, right) => left - right)) {
    if (number > expected) found.push({ from: expected, to: number - 1 });
    expected = Math.max(expected, number + 1);
  }
  return found;
}

/**
 * Every agreed interface and how it stands on a day.
 *
 * @param day what "old" is measured from
 */
export async function interfaceStates(connection: Queryable, day: CivilDate): Promise<readonly InterfaceState[]> {
  const agreements = await agreementsOn(connection, day);
  const streams = new Map((await connection.query<Stream>(STREAMS)).rows.map((row) => [row.interfaceCode, row]));
  return [...Map.groupBy(agreements, ({ interfaceCode }) => interfaceCode)].flatMap(([interfaceCode, versions]) => {
    const [agreement] = versions;
    if (agreement === undefined) return [];
    const stream = streams.get(interfaceCode);
    const last = stream?.last ?? 0;
    const asOf = stream?.asOf ?? null;
    // A refused number is missing as well, unless its resend waits.
    const missing = [
      ...gaps(last, stream?.open ?? []),
      ...(stream?.refused ?? [])
        .filter((number) => !(stream?.open ?? []).some((open) => open >= number))
        .map((number) => ({ from: number, to: number })),
    ];
    const { name, source, people, ground, staleDays } = agreement;
    return [
      {
        interfaceCode,
        name,
        source,
        versions: versions.map(({ version }) => version),
        people,
        ground,
        lastSequence: last,
        asOf,
        staleDays,
        stale: asOf === null || addDays(asOf, staleDays) < day,
        missing,
        gapSince: missing.length === 0 ? null : (stream?.since ?? null),
        waiting: stream?.open.length ?? 0,
        refused: stream?.refused.length ?? 0,
      },
    ];
  });
}
