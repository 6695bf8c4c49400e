/**
 * 支援措置の先読み (A185, THR47): no mark waits for a missing number. Every difference that verified (size, hash, header, agreement) but is not, or not
 * wholly, in the register is read for marks alone, once; everything else in it goes on waiting.
 */
import { FEEDS, noticeProtections, type ProtectionMark } from "@hagukumi/allowance/contract.ts";
import { type CivilDate, parseCivilDate } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";

import { getAgreement } from "../agreements/agreements.ts";
import type { Context } from "@hagukumi/allowance/contract.ts";
import { ROLE } from "../context.ts";
import { refusing } from "../refusal.ts";
import type { ObjectStore } from "../transports/object-store.ts";
import { agreedRows } from "./rows.ts";

type Unread = {
  readonly deliveryId: number;
  readonly interfaceCode: string;
  readonly version: string;
  readonly sequence: number;
  readonly objectKey: string;
  readonly sha256: string;
  readonly asOf: CivilDate;
};

/**
 * What verified, and whose marks no other rule has taken: it waits, was jumped over or replaced, says other than what was taken in under its number,
 * or was taken in without some of its rows.
 */
const UNREAD = `
  SELECT d.delivery_id AS "deliveryId", d.interface_code AS "interfaceCode", d.version, d.sequence, d.object_key AS "objectKey", d.sha256, d.as_of AS "asOf"
  FROM interchange.delivery_state d
  WHERE d.kind = 'difference' AND NOT EXISTS (SELECT FROM interchange.protection_read r WHERE r.delivery_id = d.delivery_id)
    AND (d.state IN ('waiting', 'superseded') OR (d.state = 'refused' AND d.reason_code = 'sequenceConflict') OR (d.state = 'applied' AND d.rejected > 0))
  ORDER BY d.delivery_id`;

const { header } = FEEDS["residents.csv"];
const at = (name: string): number => header.indexOf(name);
const NUMBER = at("宛名番号");
const HISTORY = at("履歴番号");
const FLAG = at("支援措置区分");
const FROM = at("支援措置開始年月日");
const TO = at("支援措置終了年月日");

/** 0 and nothing say that there is none; every other sign counts as a mark, also one that nobody knows. */
const NO_MARK: ReadonlySet<string> = new Set(["", "0"]);
const PROVISIONAL = "2";

function markOf(fields: readonly string[]): ProtectionMark | undefined {
  const flag = (fields[FLAG] ?? "").normalize("NFKC").trim();
  const number = Number((fields[NUMBER] ?? "").normalize("NFKC").trim());
  if (NO_MARK.has(flag) || !Number.isSafeInteger(number) || number < 1 || number > 999_999_999_999_999)
    return undefined;
  const history = Number(fields[HISTORY]);
  const startsOn = parseCivilDate(fields[FROM] ?? "") ?? null;
  const termOn = parseCivilDate(fields[TO] ?? "") ?? null;
  const historyNo = Number.isInteger(history) && history >= 1 && history <= 99_999 ? history : 0;
  return { number, historyNo, provisional: flag === PROVISIONAL, startsOn, termOn };
}

async function marksOf(context: Context, store: ObjectStore, unread: Unread): Promise<readonly ProtectionMark[]> {
  const { interfaceCode, version, asOf, objectKey } = unread;
  try {
    const agreement = await getAgreement(context.pool, asOf, interfaceCode, version);
    if (agreement.layout.file !== "residents.csv") return [];
    const marks: ProtectionMark[] = [];
    for await (const batch of agreedRows(store.read(objectKey), agreement, "everyone")) {
      for (const row of batch) {
        const mark = row.fields === undefined ? undefined : markOf(row.fields);
        if (mark !== undefined) marks.push(mark);
      }
    }
    return marks;
  } catch (error) {
    // The file went away, or its agreement ended since: there is nothing to read, and the delivery's own way says so.
    if (
      error instanceof Refusal &&
      ["storeInvalid", "csvUnreadable", "csvHeader", "agreementMissing"].includes(error.code)
    )
      return [];
    throw error;
  }
}

async function writeRead(
  context: Context,
  { deliveryId, interfaceCode, sequence }: Unread,
  marks: number,
): Promise<void> {
  const command = {
    role: ROLE,
    key: `interchange.protection/${deliveryId}`,
    name: "interchange.readProtection",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { deliveryId, marks },
  };
  await refusing(() =>
    runCommand(context.pool, command, async (client) => {
      await client.query(
        "INSERT INTO interchange.protection_read (delivery_id, marks, read_by) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        [deliveryId, marks, context.operator],
      );
      const detail = { interface: interfaceCode, sequence, marks };
      const audit = [
        { action: "interchange.readProtection", objectKind: "delivery", objectId: String(deliveryId), detail },
      ];
      return { response: null, audit };
    }),
  );
}

/**
 * Reads the marks of everything that verified and is not in the register.
 *
 * @returns how many people are protected by it who were not before
 */
export async function readProtectionAhead(context: Context, store: ObjectStore): Promise<number> {
  const { rows } = await context.pool.query<Unread>(UNREAD);
  let fresh = 0;
  for (const unread of rows) {
    const { interfaceCode, sequence, sha256 } = unread;
    const marks = await marksOf(context, store, unread);
    const key = `interchange.notice/${interfaceCode}/${sequence}/${sha256.slice(0, 16)}`;
    fresh += await noticeProtections(context, { key, interfaceCode, sequence, marks });
    await writeRead(context, unread, marks.length);
  }
  return fresh;
}
