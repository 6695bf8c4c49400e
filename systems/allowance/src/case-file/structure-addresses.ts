/** 住所の部分をつくる: a batch over the residents' histories that have none yet. It can be stopped and goes on where it was. */
import { randomUUID } from "node:crypto";

import { runCommand } from "@hagukumi/platform/database/command.ts";
import { copyRows } from "@hagukumi/platform/database/copy.ts";
import type { PoolClient } from "pg";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { stopIfCancelled } from "../refusal.ts";
import { streamOf } from "../stream.ts";
import { type AddressParts, splitAddress } from "./address-parts.ts";

/** Histories per transaction */
const BATCH = 20_000;

export type AddressCount = {
  /** Histories that got their parts */
  readonly structured: number;
  /** Of them, those that stay one line (地番編集 9) */
  readonly verbatim: number;
};

type Row = {
  readonly addressee_number: number;
  readonly history_no: number;
  readonly revision: number;
  readonly ward_code: string;
  readonly address: string;
};

/** Where a batch ended: the histories are walked in the order of their key. */
type Place = { readonly number: number; readonly historyNo: number; readonly revision: number };

const PENDING = `
  SELECT h.addressee_number, h.history_no, h.revision, h.ward_code, h.address FROM allowance.person_history h
  WHERE (h.addressee_number, h.history_no, h.revision) > ($1, $2, $3)
    AND NOT EXISTS (SELECT FROM allowance.address_part p WHERE p.addressee_number = h.addressee_number AND p.history_no = h.history_no AND p.revision = h.revision)
  ORDER BY h.addressee_number, h.history_no, h.revision LIMIT ${BATCH}`;

/** Codes of the towns, by ward and name; a town met for the first time gets the next number of its ward. */
async function townCodes(
  client: PoolClient,
  named: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<Map<string, number>> {
  const codes = new Map<string, number>();
  for (const [ward, names] of named) {
    await client.query(
      `INSERT INTO allowance.town (ward_code, town_code, town_name)
       SELECT $1, (SELECT coalesce(max(town_code), 0) FROM allowance.town WHERE ward_code = $1) + row_number() OVER (ORDER BY n), n
       FROM unnest($2::text[]) n WHERE NOT EXISTS (SELECT FROM allowance.town t WHERE t.ward_code = $1 AND t.town_name = n)`,
      [ward, [...names]],
    );
    const { rows } = await client.query<{ town_name: string; town_code: number }>(
      "SELECT town_name, town_code FROM allowance.town WHERE ward_code = $1 AND town_name = ANY ($2)",
      [ward, [...names]],
    );
    for (const { town_name: name, town_code: code } of rows) codes.set(`${ward}/${name}`, code);
  }
  return codes;
}

async function writeParts(client: PoolClient, rows: readonly Row[]): Promise<number> {
  const parts = rows.map((row): readonly [Row, AddressParts] => [row, splitAddress(row.address)]);
  const named = new Map<string, Set<string>>();
  for (const [{ ward_code: ward }, { town }] of parts) {
    if (town === "") continue;
    named.set(ward, (named.get(ward) ?? new Set()).add(town));
  }
  const codes = await townCodes(client, named);
  await copyRows(
    client,
    "allowance.address_part",
    [
      "addressee_number",
      "history_no",
      "revision",
      "municipality_name",
      "town_ward_code",
      "town_code",
      "lot_form",
      "block",
      "house",
      "branch",
      "building",
    ],
    streamOf(
      parts.map(([row, part]) => {
        const code = codes.get(`${row.ward_code}/${part.town}`) ?? null;
        return [
          row.addressee_number,
          row.history_no,
          row.revision,
          part.municipality,
          code === null ? null : row.ward_code,
          code,
          part.lotForm,
          part.block,
          part.house,
          part.branch,
          part.building,
        ];
      }),
    ),
  );
  return parts.filter(([, { lotForm }]) => lotForm === "verbatim").length;
}

type Slice = { readonly rows: number; readonly verbatim: number; readonly place: Place | null };

async function slice(context: Context, place: Place): Promise<Slice> {
  const command = {
    role: ROLE,
    key: `address.structure/${randomUUID()}`,
    name: "address.structure",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: place,
    signal: context.signal,
  };
  const { response } = await refusing(() =>
    runCommand<Slice>(context.pool, command, async (client) => {
      const { rows } = await client.query<Row>(PENDING, [place.number, place.historyNo, place.revision]);
      const verbatim = await writeParts(client, rows);
      const last = rows.at(-1);
      const next =
        last === undefined
          ? null
          : { number: last.addressee_number, historyNo: last.history_no, revision: last.revision };
      const detail = { rows: rows.length, verbatim };
      return {
        response: { rows: rows.length, verbatim, place: rows.length < BATCH ? null : next },
        audit: [{ action: "address.structure", objectKind: "batch", objectId: "address", detail }],
      };
    }),
  );
  return response;
}

/**
 * Gives every history its parts.
 *
 * @throws Refusal `cancelled` between two slices; what is done stays done
 */
export async function structureAddresses(context: Context): Promise<AddressCount> {
  let structured = 0;
  let verbatim = 0;
  let place: Place | null = { number: 0, historyNo: 0, revision: 0 };
  while (place !== null) {
    stopIfCancelled(context.signal, "住所の整理");
    const done: Slice = await slice(context, place);
    structured += done.rows;
    verbatim += done.verbatim;
    place = done.place;
    context.onProgress?.("住所の整理", structured, structured);
  }
  return { structured, verbatim };
}
