/**
 * 番号の一括の取り込み: numbers that come by feed (住民記録の番号, 番号紐付情報). In slices of `SLICE`; the same row taken in twice changes
 * nothing, so a broken-off take-in is simply done again. Nothing of a row but its 宛名番号 is kept where it is refused.
 */
import { readOnly, withRole } from "@hagukumi/platform/database/transaction.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { IndividualNumber } from "@hagukumi/vault/contract.ts";
import { randomUUID } from "node:crypto";
import type { PoolClient } from "pg";

import { type AddresseeContext, askVault, command, ROLE, stopIfCancelled } from "../context.ts";
import { refuse } from "../refusal.ts";
import { changeNumber } from "./enter-number.ts";
import { type Answer, settleOn } from "./settle.ts";

const SLICE = 500;

/** One row of a feed. */
export type NumberRow = {
  readonly addresseeNumber: number;
  /** The digits as the feed has them */
  readonly number: string;
  /** The day of the change, where the row says that the number was changed (番号法7条2項) */
  readonly changedOn?: string;
};

/** What became of the rows; `read` is the sum of all others. */
export type TakenIn = {
  readonly read: number;
  /** A person came in and got a number */
  readonly issued: number;
  /** The person had a number from another system; linked */
  readonly linked: number;
  readonly same: number;
  readonly changed: number;
  /** Another number is registered: on the confirmation list */
  readonly differs: number;
  /** The number is another addressee's of the same system: on the confirmation list */
  readonly duplicate: number;
  /** No possible 個人番号 */
  readonly invalid: number;
  /** 宛名番号 of what was not taken, with the reason; at most 1,000 */
  readonly refused: readonly { readonly addresseeNumber: number; readonly code: "differs" | "duplicate" | "invalid" }[];
};

type Counts = { -readonly [K in Exclude<keyof TakenIn, "refused">]: number } & {
  refused: TakenIn["refused"][number][];
};

const MOST_REFUSED = 1_000;

type ReadRow = { readonly addresseeNumber: number; readonly number: IndividualNumber; readonly changedOn?: string };

function refuseRow(counts: Counts, addresseeNumber: number, code: TakenIn["refused"][number]["code"]): void {
  counts[code] += 1;
  if (counts.refused.length < MOST_REFUSED) counts.refused.push({ addresseeNumber, code });
}

async function linksOf(
  context: AddresseeContext,
  systemCode: string,
  addressees: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  return await readOnly(context.pool, async (client) => {
    await withRole(client, ROLE);
    const { rows } = await client.query<{ number: number; ref: string }>(
      `SELECT l.addressee_number AS number, p.person_ref AS ref FROM unified.link l JOIN unified.person p USING (unified_number)
       WHERE l.system_code = $1 AND l.addressee_number = ANY ($2) AND l.ended_at IS NULL`,
      [systemCode, addressees],
    );
    return new Map(rows.map(({ number, ref }) => [number, ref]));
  });
}

async function addFindings(
  client: PoolClient,
  kind: string,
  systemCode: string,
  numbers: readonly number[],
): Promise<void> {
  // Said once: a feed that comes every night does not fill the list with the same line.
  await client.query(
    `INSERT INTO unified.finding (kind, system_code, addressee_number)
     SELECT $1, $2, n FROM unnest($3::bigint[]) AS x (n) WHERE NOT EXISTS (SELECT FROM unified.finding f LEFT JOIN unified.finding_answer a USING (finding_id)
       WHERE f.kind = $1 AND f.system_code = $2 AND f.addressee_number = x.n AND a.finding_id IS NULL)`,
    [kind, systemCode, numbers],
  );
}

async function enterSlice(
  context: AddresseeContext,
  key: string,
  systemCode: string,
  rows: readonly ReadRow[],
  counts: Counts,
): Promise<void> {
  const addressees = rows.map(({ addresseeNumber }) => addresseeNumber);
  const entries = await command(
    context,
    "number.takeIn",
    `${key}/entries`,
    { systemCode, addressees },
    async (client) => {
      const made = await client.query<{ entryId: number; entryKey: string; addresseeNumber: number }>(
        `INSERT INTO unified.entry (entry_key, kind, system_code, addressee_number, number_paper, identity_paper, checked_on, entered_by)
       SELECT k, 'first', $1, a, 'register', 'register', $2, $3 FROM unnest($4::text[], $5::bigint[]) AS x (k, a)
       RETURNING entry_id AS "entryId", entry_key AS "entryKey", addressee_number AS "addresseeNumber"`,
        [systemCode, context.today, context.operator, rows.map(() => `entry:${randomUUID()}`), addressees],
      );
      return {
        response: made.rows,
        audit: [{ action: "number.takeIn", objectKind: "system", objectId: systemCode, detail: { rows: rows.length } }],
      };
    },
  );
  const numbers = new Map(rows.map(({ addresseeNumber, number }) => [addresseeNumber, number]));
  const registered = await askVault(context, "register", "numberEntry", `${systemCode}:feed`, {
    entries: entries.flatMap(({ entryKey, addresseeNumber }) => {
      const number = numbers.get(addresseeNumber);
      return number === undefined ? [] : [{ entryKey, number }];
    }),
  });
  const refs = new Map(registered.map(({ entryKey, personRef }) => [entryKey, personRef]));
  const answers: readonly Answer[] = entries.map(({ entryId, entryKey }) => {
    const personRef = refs.get(entryKey);
    return personRef === undefined ? { entryId, end: "lost" } : { entryId, personRef };
  });
  const outcomes = await command(
    context,
    "number.takeInSettle",
    `${key}/settle`,
    { systemCode, addressees },
    async (client) => {
      const settled = await settleOn(client, answers);
      const listed = entries.map(({ entryId, addresseeNumber }) => ({
        addresseeNumber,
        outcome: settled.get(entryId) ?? "lost",
      }));
      const duplicates = listed
        .filter(({ outcome }) => outcome === "duplicate")
        .map(({ addresseeNumber }) => addresseeNumber);
      await addFindings(client, "duplicateAddressee", systemCode, duplicates);
      return {
        response: listed,
        audit: [
          {
            action: "number.takeInSettle",
            objectKind: "system",
            objectId: systemCode,
            detail: { rows: listed.length },
          },
        ],
      };
    },
  );
  for (const { addresseeNumber, outcome } of outcomes) {
    if (outcome === "new") counts.issued += 1;
    else if (outcome === "known") counts.linked += 1;
    else refuseRow(counts, addresseeNumber, "duplicate");
  }
}

async function compareSlice(
  context: AddresseeContext,
  key: string,
  systemCode: string,
  rows: readonly (ReadRow & { readonly personRef: string })[],
  counts: Counts,
): Promise<void> {
  const compared = await askVault(context, "match", "numberEntry", `${systemCode}:feed`, {
    checks: rows.map(({ personRef, number }) => ({ personRef, number })),
  });
  const differing = rows.filter((_, place) => compared[place]?.result !== "same");
  counts.same += rows.length - differing.length;
  const listed: number[] = [];
  for (const { addresseeNumber, number, changedOn } of differing) {
    const outcome =
      changedOn === undefined
        ? "differs"
        : await changeOne(context, `${key}/${addresseeNumber}`, systemCode, addresseeNumber, number, changedOn);
    if (outcome === "changed") counts.changed += 1;
    else {
      listed.push(addresseeNumber);
      refuseRow(counts, addresseeNumber, "differs");
    }
  }
  if (listed.length === 0) return;
  await command(context, "number.takeInDiffers", `${key}/differs`, { systemCode, listed }, async (client) => {
    await addFindings(client, "sourceDiffers", systemCode, listed);
    return {
      response: {},
      audit: [
        { action: "number.takeInDiffers", objectKind: "system", objectId: systemCode, detail: { rows: listed.length } },
      ],
    };
  });
}

async function changeOne(
  context: AddresseeContext,
  key: string,
  systemCode: string,
  addresseeNumber: number,
  number: IndividualNumber,
  changedOn: string,
): Promise<"changed" | "differs"> {
  const evidence = { numberPaper: "register", identityPaper: "register", checkedOn: changedOn } as const;
  try {
    await changeNumber(context, { key, systemCode, addresseeNumber, number, evidence });
    return "changed";
  } catch (error) {
    // The number of another person, or one of before: for people to look at.
    if (error instanceof Refusal && (error.code === "numberOfOther" || error.code === "numberElsewhere"))
      return "differs";
    throw error;
  }
}

/**
 * Takes in the numbers of one system.
 *
 * @param request.key the delivery's own key: the same delivery again gives the same entries
 * @throws Refusal `cancelled` between two slices; `systemUnknown`; those of the vault, with what was done before staying done
 */
export async function takeInNumbers(
  context: AddresseeContext,
  request: { readonly key: string; readonly systemCode: string; readonly rows: AsyncIterable<NumberRow> },
): Promise<TakenIn> {
  const { key, systemCode } = request;
  const counts: Counts = {
    read: 0,
    issued: 0,
    linked: 0,
    same: 0,
    changed: 0,
    differs: 0,
    duplicate: 0,
    invalid: 0,
    refused: [],
  };
  const known = await context.pool.query("SELECT FROM unified.system WHERE system_code = $1", [systemCode]);
  if (known.rows.length === 0)
    throw refuse("systemUnknown", `業務システム「${systemCode.slice(0, 40)}」は登録されていません。`);
  let slice: ReadRow[] = [];
  let sliceNo = 0;
  const flush = async (): Promise<void> => {
    if (slice.length === 0) return;
    stopIfCancelled(context, "個人番号の取り込み");
    sliceNo += 1;
    const links = await linksOf(
      context,
      systemCode,
      slice.map(({ addresseeNumber }) => addresseeNumber),
    );
    const linked = slice.flatMap((row) => {
      const personRef = links.get(row.addresseeNumber);
      return personRef === undefined ? [] : [{ ...row, personRef }];
    });
    const fresh = slice.filter(({ addresseeNumber }) => !links.has(addresseeNumber));
    // One row of an addressee in a slice: a second one is compared with what the first has brought.
    if (fresh.length > 0) await enterSlice(context, `${key}/${sliceNo}`, systemCode, fresh, counts);
    if (linked.length > 0) await compareSlice(context, `${key}/${sliceNo}`, systemCode, linked, counts);
    for (const { number } of slice) number.wipe();
    slice = [];
    context.onProgress?.("個人番号の取り込み", counts.read, counts.read);
  };
  const inSlice = new Set<number>();
  for await (const row of request.rows) {
    counts.read += 1;
    const number = readNumber(row.number);
    if (
      number === undefined ||
      !Number.isSafeInteger(row.addresseeNumber) ||
      row.addresseeNumber < 1 ||
      row.addresseeNumber > 999_999_999_999_999
    ) {
      refuseRow(counts, row.addresseeNumber, "invalid");
      continue;
    }
    if (slice.length === SLICE || inSlice.has(row.addresseeNumber)) {
      await flush();
      inSlice.clear();
    }
    inSlice.add(row.addresseeNumber);
    slice.push({
      addresseeNumber: row.addresseeNumber,
      number,
      ...(row.changedOn === undefined ? {} : { changedOn: row.changedOn }),
    });
  }
  await flush();
  return counts;
}

function readNumber(text: string): IndividualNumber | undefined {
  try {
    return IndividualNumber.read(text);
  } catch {
    return undefined;
  }
}
