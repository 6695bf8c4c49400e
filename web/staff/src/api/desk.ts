/**
 * 机: what the handler of an operation works with. Business code stays as it is (functions over `Context`, readers over
 * `Reader`); the desk puts session, right, re-authentication, purpose and access log around it.
 */
import type { Context, Reader } from "@hagukumi/allowance/contract.ts";
import { orderInHand } from "@hagukumi/interchange/contract.ts";
import { type GuardedWork, requireOpen, staffGuard } from "@hagukumi/platform/access/guard.ts";
import type { StaffCall } from "@hagukumi/platform/access/log.ts";
import {
  type Need,
  refusingAsStaff,
  staffRead,
  type StaffNow,
  type StaffReadResult,
} from "@hagukumi/platform/access/staff.ts";
import { withRole } from "@hagukumi/platform/database/transaction.ts";
import type { StaffCommand } from "@hagukumi/platform/identity/actor.ts";
import type { UsedSession } from "@hagukumi/platform/identity/session.ts";
import type { Identity } from "@hagukumi/platform/identity/settings.ts";
import type { Permission } from "@hagukumi/platform/identity/permissions.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { Pool, PoolClient } from "pg";
import { join } from "node:path";

import type { SessionCookies } from "../http/cookies.ts";
import type { StaffServerOptions } from "../options.ts";
import { deedOf, touchesIndividualNumber } from "./operation-deeds.ts";
import type { Operation } from "./operation.ts";

const SYSTEM_ROLE = "hagukumi_allowance";
/** What an account of a contractor may do before it has begun to work under an order */
const BEFORE_AN_ORDER: ReadonlySet<string> = new Set(["beginOrder", "endOrder"]);

/** Whose record is read; null for lists and totals. */
export type Subject = NonNullable<Reader["staff"]>["subject"];

export type Desk = {
  readonly options: StaffServerOptions;
  readonly pool: Pool;
  readonly cookies: SessionCookies;
  /** The address that browsers show, without a slash at its end */
  readonly origin: string;
  /** Identity with the server's own origin */
  readonly identity: Identity;
  /** Who is signed in. @throws Refusal `sessionNeeded` in a public operation without a session */
  readonly session: () => UsedSession;
  /** Where this call comes from, for the access log */
  readonly call: () => StaffCall;
  /** Checks session, right and step-up alone; who acts */
  readonly staff: () => Promise<StaffNow>;
  /** For the commands of identity: they check session, right and step-up by themselves */
  readonly staffCommand: () => StaffCommand;
  /** One read on one snapshot under the desk's role with its rows of the access log */
  readonly read: <T>(work: (client: PoolClient, staff: StaffNow) => Promise<StaffReadResult<T>>) => Promise<T>;
  /** The same with the rights of the system: for files of many persons, which no purpose of one person covers */
  readonly readAsSystem: Desk["read"];
  /** The same with a log row of its own: for totals and states, which are about no single person */
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
  /** 画面 as the browser says, numbers as `:`; absent where it said nothing that may be kept */
  readonly screen: string | undefined;
  readonly idempotencyKey: string;
  readonly identity: Identity;
  readonly session: UsedSession | undefined;
};

/** Whether the session has a right that the operation accepts. */
export function holdsRight({ access }: Operation, held: readonly Permission[]): boolean {
  const { permission } = access;
  if (permission === "signedIn" || permission === "public") return true;
  return typeof permission === "string" ? held.includes(permission) : permission.some((each) => held.includes(each));
}

/** The need of an operation in the words of the platform; of several rights the one that the session has. */
export function needOf({ access }: Operation, held: readonly Permission[]): Need {
  const { permission, stepUp } = access;
  const listed = typeof permission === "string" ? [permission] : permission;
  const wanted = listed.find((each) => each !== "signedIn" && each !== "public" && held.includes(each)) ?? listed[0];
  return {
    ...(wanted === undefined || wanted === "signedIn" || wanted === "public" ? {} : { permission: wanted }),
    ...(stepUp === true ? { stepUp } : {}),
  };
}

/** The desk of one request. */
export function createDesk(request: DeskRequest): Desk {
  const { options, operation, cookies, requestId, idempotencyKey } = request;
  const { pool } = options;
  const need = needOf(operation, request.session?.permissions ?? []);
  const session = (): UsedSession => {
    if (request.session !== undefined) return request.session;
    throw new Refusal("sessionNeeded", "ログインしていません。ログインしてから、もう一度開いてください。");
  };
  const call = (): StaffCall => ({
    session: session().tokenHash,
    requestId,
    operation: operation.id,
    ...(request.screen === undefined ? {} : { screen: request.screen }),
    deed: deedOf(operation.id),
    // The ledger: what the operation's address begins with.
    file: operation.path.split("/")[1] ?? "",
    individualNumber: touchesIndividualNumber(operation.id),
  });
  // The staff member is part of the key: nobody gets another's answer by guessing a key.
  const key = (): string => `desk/${session().staffId}/${operation.id}/${idempotencyKey}`;
  const read: Desk["read"] = async (work) => await staffRead(pool, call(), need, work);
  const readAsSystem: Desk["read"] = async (work) =>
    await read(async (client, now) => {
      await withRole(client, SYSTEM_ROLE);
      return await work(client, now);
    });
  return {
    options,
    pool,
    cookies,
    origin: request.origin,
    identity: request.identity,
    session,
    call,
    staff: async () => await read(async (_client, now) => ({ response: now, log: [] })),
    staffCommand: () => ({
      key: key(),
      actor: { kind: "session", tokenHash: session().tokenHash },
      purpose: operation.summary,
    }),
    read,
    readAsSystem,
    readTotals: async (work, caseRef) =>
      await readAsSystem(async (client, now) => {
        const response = await work(client, now);
        return { response, log: [{ action: "list", rows: Array.isArray(response) ? response.length : 1, caseRef }] };
      }),
    reader: (subject, columns) => ({
      pool,
      operator: session().staffId,
      purpose: operation.summary,
      staff: { call: call(), need, subject, ...(columns === undefined ? {} : { columns }) },
    }),
    command: async (about, work, purpose = operation.summary) => {
      const { addresseeNumber, action, caseRef } = about;
      // 委託 (評価書 II-4): what a contractor does is done under an order of the city, and the log names it.
      const { tied, orderNumber } = await orderInHand(pool, session().staffId);
      if (tied && orderNumber === null && !BEFORE_AN_ORDER.has(operation.id)) {
        throw new Refusal(
          "orderNeeded",
          "受託者の処理には、作業指示の番号が要ります。「作業指示」の画面で作業を始めてから、もう一度行ってください。何も変えていません。",
        );
      }
      const approvalRef = about.approvalRef ?? (orderNumber === null ? undefined : `order:${orderNumber}`);
      // Also ahead of the command: its function may look at input or state before its own transaction begins, and what it
      // then says must not tell that the person, or the case, exists.
      await read(async (client) => {
        if (addresseeNumber !== undefined) await requireOpen(client, addresseeNumber);
        const looked = { action: "read", addresseeNumber, caseRef, rows: 1 } as const;
        return { response: undefined, log: action === "read" ? [looked] : [] };
      });
      const guard = staffGuard(call(), { ...need, ...about, ...(approvalRef === undefined ? {} : { approvalRef }) });
      let checked = false;
      const context: Context = {
        pool,
        calendar: options.calendar,
        operator: session().staffId,
        purpose,
        today: options.today(),
        reportsDir: join(options.dataDir, "reports"),
        guard: {
          check: async (client, actor) => {
            await guard.check(client, actor);
            checked = true;
          },
          // The row of a look is there already; a function that looks by running a command would write it twice.
          record: async (client) => {
            if (action !== "read") await guard.record(client);
          },
        },
      };
      const response = await refusingAsStaff(pool, call(), async () => await work(context, key()));
      // A function that takes the context but runs no command would have worked unguarded: a defect, never let out.
      if (!checked && action !== "read") throw new Error(`${operation.id} ran without its guard`);
      return response;
    },
    idempotencyKey,
  };
}
