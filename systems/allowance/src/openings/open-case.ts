/**
 * Opening a case (処理事由を示して開く): nothing about a person is shown before a purpose was given, and what is opened closes
 * by itself after 15 minutes. Who may be opened is decided by the database (`allowance.open_case`).
 */
import { type StaffCall, writeAccessLog } from "@hagukumi/platform/access/log.ts";
import { enterAsStaff, refusingAsStaff } from "@hagukumi/platform/access/staff.ts";
import { onSnapshot } from "@hagukumi/platform/database/transaction.ts";
import type { Pool } from "pg";

/** Whom to open: 認定番号, 受付番号 or 宛名番号, as digits (leading zeros allowed). */
export type CaseTarget =
  | { readonly recipientId: number }
  | { readonly receptionNumber: string }
  | { readonly addresseeNumber: number };

/** Why (処理事由). */
export type OpeningPurpose = {
  /** A code of the list `access.purpose`, e.g. `certification` */
  readonly code: string;
  /** At least 10 characters (without spaces around them) for 「その他」 and the like; at most 200 */
  readonly text?: string;
  /** Where the person was chosen: a work list carries its own purpose and stands apart from free look-ups in the log */
  readonly origin: "search" | "list" | "case";
};

export type OpenedCase = {
  /** For `closeCase` */
  readonly openingId: number;
  /** 宛名番号 of the person asked for */
  readonly addresseeNumber: number;
  /** 認定番号 of this person, newest first; empty for a child or a claimant not yet certified */
  readonly recipientIds: readonly number[];
  /** 宛名番号 that are open now: the person, children of own claims, others who claimed them, the household */
  readonly openNumbers: readonly number[];
  /** When the opening ends by itself: 15 minutes after it began */
  readonly expiresAt: Date;
};

/** Where a call comes in: the pool and the session. */
export type DeskCall = { readonly pool: Pool; readonly call: StaffCall };

function targetOf(target: CaseTarget): readonly [kind: string, value: string] {
  if ("recipientId" in target) return ["recipient", String(target.recipientId)];
  if ("addresseeNumber" in target) return ["addressee", String(target.addresseeNumber)];
  return ["reception", target.receptionNumber];
}

type OpenedRow = {
  readonly opening_id: number;
  readonly subject_number: number;
  readonly recipient_ids: readonly number[];
  readonly opened_numbers: readonly number[];
  readonly expires_at: Date;
};

/**
 * Opens a person and the people of the case. Each opened person gets a row of the access log in the same transaction.
 *
 * A person who does not exist, of another ward, protected (without the right to see protection) or denied to this member of
 * staff gives one and the same answer. Protected members of the case stay closed to those without the right.
 *
 * @throws Refusal `sessionNeeded`, `permissionMissing`, `purposeIncomplete`, `notFound`
 */
export async function openCase(desk: DeskCall, target: CaseTarget, purpose: OpeningPurpose): Promise<OpenedCase> {
  const { pool, call } = desk;
  const [kind, value] = targetOf(target);
  const open = async (): Promise<OpenedCase> =>
    await onSnapshot(pool, async (client) => {
      await enterAsStaff(client, call, { permission: "case.open" });
      const { rows } = await client.query<OpenedRow>("SELECT * FROM allowance.open_case($1, $2, $3, $4, $5)", [
        kind,
        value,
        purpose.code,
        (purpose.text ?? "").slice(0, 200),
        purpose.origin,
      ]);
      const row = rows[0];
      if (row === undefined) throw new Error("allowance.open_case returned no row");
      const caseRef = row.recipient_ids[0] === undefined ? "" : String(row.recipient_ids[0]);
      await writeAccessLog(
        client,
        call,
        row.opened_numbers.map((addresseeNumber) => ({
          action: "read",
          addresseeNumber,
          columns: "opened",
          rows: 1,
          caseRef,
        })),
      );
      return {
        openingId: row.opening_id,
        addresseeNumber: row.subject_number,
        recipientIds: row.recipient_ids,
        openNumbers: row.opened_numbers,
        expiresAt: row.expires_at,
      };
    });
  // Who may not be opened is answered like nobody; the attempt itself is kept, whoever it was about (THR52).
  return await refusingAsStaff(pool, call, open, async (client, code) => {
    if (code !== "notFound") return;
    await client.query("SELECT allowance.note_closed($1, $2, $3, $4)", [kind, value, call.operation, call.requestId]);
  });
}

/**
 * Closes what this session opened (the page was left, the work is done). Of another session, or closed already: nothing.
 *
 * @returns whether something was closed by this call
 * @throws Refusal `sessionNeeded`
 */
export async function closeCase(desk: DeskCall, openingId: number): Promise<boolean> {
  return await refusingAsStaff(desk.pool, desk.call, async () => {
    return await onSnapshot(desk.pool, async (client) => {
      await enterAsStaff(client, desk.call, {});
      const { rows } = await client.query<{ closed: boolean }>("SELECT access.close($1) AS closed", [openingId]);
      return rows[0]?.closed === true;
    });
  });
}

/**
 * Closes everything that this session opened: the next person comes to the counter.
 *
 * @returns how many openings were closed
 * @throws Refusal `sessionNeeded`
 */
export async function closeAllCases(desk: DeskCall): Promise<number> {
  return await refusingAsStaff(desk.pool, desk.call, async () => {
    return await onSnapshot(desk.pool, async (client) => {
      await enterAsStaff(client, desk.call, {});
      const { rows } = await client.query<{ closed: number }>("SELECT access.close_all() AS closed");
      return rows[0]?.closed ?? 0;
    });
  });
}

/** One 処理事由 to choose from. */
export type PurposeChoice = { readonly code: string; readonly name: string; readonly needsText: boolean };

/** The purposes that are valid on the day of the database, in their order. */
export async function listPurposes(desk: DeskCall): Promise<readonly PurposeChoice[]> {
  return await refusingAsStaff(desk.pool, desk.call, async () => {
    return await onSnapshot(desk.pool, async (client) => {
      await enterAsStaff(client, desk.call, {});
      const { rows } = await client.query<PurposeChoice>(
        `SELECT code, name, needs_text AS "needsText" FROM access.purpose
         WHERE valid_from <= identity.today() AND (valid_to IS NULL OR valid_to >= identity.today()) ORDER BY place, code`,
      );
      return rows;
    });
  });
}
