/**
 * The guard of a command (処理) given by a member of staff. It runs inside the command's own transaction: before the system's
 * role is taken it checks session, right, re-authentication and the open purpose; after the work it writes the access log.
 */
import type { PoolClient } from "pg";

import { type AccessAction, type AccessEntry, type StaffCall, writeAccessLog } from "./log.ts";
import { enterAsStaff, type Need, purposeNeeded } from "./staff.ts";

export type Guard = {
  /** First statements of the transaction. `actor` is who the command says acts; it must be who the session says. */
  readonly check: (client: PoolClient, actor: string) => Promise<void>;
  /** Last statements of the transaction */
  readonly record: (client: PoolClient) => Promise<void>;
};

/** What a guarded command is about. */
export type GuardedWork = Need & {
  /** 宛名番号 of the person whose record changes: must be open to the session. Absent where no single person is concerned. */
  readonly addresseeNumber?: number;
  readonly caseRef?: string;
  readonly ruleVersion?: string;
  readonly approvalRef?: string;
  /** What the log says was done; default 更新 */
  readonly action?: AccessAction;
};

/** @throws Refusal `purposeNeeded`, the same for a person who is closed, hidden or not there */
export async function requireOpen(client: PoolClient, addresseeNumber: number): Promise<void> {
  const { rows } = await client.query<{ open: boolean }>("SELECT $1::bigint = ANY (access.open_numbers()) AS open", [
    addresseeNumber,
  ]);
  if (rows[0]?.open !== true) throw purposeNeeded();
}

/** Builds the guard of one call. */
export function staffGuard(call: StaffCall, work: GuardedWork): Guard {
  const entry: AccessEntry = {
    action: work.action ?? "update",
    rows: 1,
    addresseeNumber: work.addresseeNumber,
    caseRef: work.caseRef,
    approvalRef: work.approvalRef,
    ruleVersion: work.ruleVersion,
  };
  return {
    check: async (client, actor) => {
      const staff = await enterAsStaff(client, call, work);
      if (staff.staffId !== actor) throw new Error(`the command acts as ${actor}, the session is of ${staff.staffId}`);
      // Before the work, not only with the log after it: a refusal of the work would tell that the person, and the case, exist.
      if (work.addresseeNumber !== undefined) await requireOpen(client, work.addresseeNumber);
    },
    // The role has changed meanwhile; the session setting lasts to the end of the transaction.
    record: async (client) => await writeAccessLog(client, call, [entry]),
  };
}
