/**
 * 机: what the handler of an operation works with. Business code stays as it is (functions over `Context`, readers over
 * `Reader`); the desk puts session, right, re-authentication, purpose and access log around it.
 */
import type { Context, Reader } from "@hagukumi/allowance/contract.ts";
import { type GuardedWork, staffGuard } from "@hagukumi/platform/access/guard.ts";
import type { StaffCall } from "@hagukumi/platform/access/log.ts";
import {
  type Need,
  refusingAsStaff,
  staffRead,
  type StaffNow,
  type StaffReadResult,
} from "@hagukumi/platform/access/staff.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { withRole } from "@hagukumi/platform/database/transaction.ts";
import type { Pool, PoolClient } from "pg";
import { join } from "node:path";

import type { SessionCookies } from "../http/cookies.ts";
import type { StaffServerOptions } from "../options.ts";
import type { Operation } from "./operation.ts";

const SYSTEM_ROLE = "hagukumi_allowance";

/** Whose record is read; null for lists and totals. */
export type Subject = NonNullable<Reader["staff"]>["subject"];

export type Desk = {
  readonly options: StaffServerOptions;
  readonly pool: Pool;
  readonly cookies: SessionCookies;
  /** The address that browsers show, without a slash at its end */
  readonly origin: string;
  /** Hex SHA-256 of the session token and the like. @throws Refusal `sessionNeeded` where there is no session cookie */
  readonly call: () => StaffCall;
  /** Checks session, right and step-up alone; who acts */
  readonly staff: () => Promise<StaffNow>;
  /** One read on one snapshot under the desk's role with its rows of the access log */
  readonly read: <T>(work: (client: PoolClient, staff: StaffNow) => Promise<StaffReadResult<T>>) => Promise<T>;
  /** The same with the rights of the system: for totals and states, which are about no single person */
  readonly readTotals: <T>(work: (client: PoolClient, staff: StaffNow) => Promise<T>, caseRef?: string) => Promise<T>;
  /** For functions of the systems that take a `Reader` */
  readonly reader: (subject: Subject, columns?: string) => Reader;
  /**
   * One command: `work` gets the guarded context and the idempotency key, which is bound to operation and member of staff.
   * Session, right, step-up and purpose are checked, and the log written, in the command's own transaction.
   */
  readonly command: <T>(
    about: Omit<GuardedWork, "permission" | "stepUp">,
    work: (context: Context, key: string) => Promise<T>,
    purpose?: string,
  ) => Promise<T>;
  /** Header `Idempotency-Key` as it came */
  readonly idempotencyKey: string;
};

/** What the desk takes from the request. */
export type DeskRequest = {
  readonly options: StaffServerOptions;
  readonly origin: string;
  readonly cookies: SessionCookies;
  readonly operation: Operation;
  readonly requestId: string;
  readonly idempotencyKey: string;
};

/** The need of an operation in the words of the platform. */
export function needOf({ access }: Operation): Need {
  const { permission, stepUp } = access;
  return {
    ...(permission === "signedIn" || permission === "public" ? {} : { permission }),
    ...(stepUp === true ? { stepUp } : {}),
  };
}

/** The desk of one request. */
export function createDesk(request: DeskRequest): Desk {
  const { options, operation, cookies, requestId, idempotencyKey } = request;
  const { pool } = options;
  const need = needOf(operation);
  const call = (): StaffCall => {
    const session = cookies.sessionHash();
    if (session !== undefined) return { session, requestId, operation: operation.id };
    throw new Refusal("sessionNeeded", "ログインしていません。ログインしてから、もう一度開いてください。");
  };
  const read: Desk["read"] = async (work) => await staffRead(pool, call(), need, work);
  const staff = async (): Promise<StaffNow> => await read(async (_client, now) => ({ response: now, log: [] }));
  return {
    options,
    pool,
    cookies,
    origin: request.origin,
    call,
    staff,
    read,
    readTotals: async (work, caseRef) =>
      await read(async (client, now) => {
        await withRole(client, SYSTEM_ROLE);
        const response = await work(client, now);
        return { response, log: [{ action: "list", rows: Array.isArray(response) ? response.length : 1, caseRef }] };
      }),
    reader: (subject, columns) => ({
      pool,
      operator: "",
      purpose: "",
      staff: { call: call(), need, subject, ...(columns === undefined ? {} : { columns }) },
    }),
    command: async (about, work, purpose = operation.summary) => {
      const { staffId } = await staff();
      const context: Context = {
        pool,
        calendar: options.calendar,
        operator: staffId,
        purpose,
        today: options.today(),
        reportsDir: join(options.dataDir, "reports"),
        guard: staffGuard(call(), { ...need, ...about }),
      };
      // The staff member is part of the key: nobody gets another's answer by guessing a key.
      const key = `desk/${staffId}/${operation.id}/${idempotencyKey}`;
      return await refusingAsStaff(pool, call(), async () => await work(context, key));
    },
    idempotencyKey,
  };
}
