/** 委託先ごとの報告: whose accounts, what they may, when they were here, what they did under which order; and what does not fit. */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { type Consignment, listConsignments } from "./register.ts";

export type ContractorPerson = {
  readonly accountId: number | null;
  readonly staffId: string;
  readonly name: string;
  /** 承諾番号 of the account */
  readonly consentId: string;
  readonly consignmentCode: string | null;
  readonly subConsignmentNumber: string | null;
  readonly validFrom: string | null;
  readonly validTo: string | null;
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  readonly lastSeenAt: Date | null;
  /** What does not fit, Japanese; empty: all is right */
  readonly faults: readonly string[];
};

/** Every account of a contractor on a day, with what does not fit. */
export async function contractorPeople(connection: Queryable, day: string): Promise<readonly ContractorPerson[]> {
  const consignments = new Map((await listConsignments(connection)).map((each) => [each.consignmentCode, each]));
  const { rows } = await connection.query<Omit<ContractorPerson, "faults">>(
    `SELECT account_id AS "accountId", staff_id AS "staffId", coalesce(name, '') AS name, consent_id AS "consentId", consignment_code AS "consignmentCode",
       sub_consignment_number AS "subConsignmentNumber", valid_from AS "validFrom", valid_to AS "validTo", roles, permissions, last_seen_at AS "lastSeenAt"
     FROM interchange.contractor_people($1)`,
    [day],
  );
  return rows.map((row) => ({ ...row, faults: faultsOf(row, consignments) }));
}

function faultsOf(
  { consignmentCode, permissions, roles }: Omit<ContractorPerson, "faults">,
  consignments: ReadonlyMap<string, Consignment>,
): readonly string[] {
  if (consignmentCode === null) return roles.length === 0 ? [] : ["委託に結び付いていないのに、役割がある"];
  const consignment = consignments.get(consignmentCode);
  if (consignment?.coreAccess === false && permissions.length > 0)
    return ["児童手当システムを使わない委託なのに、権限がある"];
  return [];
}

export type ContractorReport = {
  readonly people: readonly ContractorPerson[];
  readonly sessions: readonly {
    readonly staffId: string;
    readonly terminalCode: string;
    readonly startedAt: Date;
    readonly endedAt: Date;
  }[];
  readonly work: readonly {
    readonly staffId: string;
    readonly operation: string;
    readonly action: string;
    /** Null: done without an order in hand */
    readonly orderNumber: string | null;
    readonly times: number;
    readonly firstAt: Date;
    readonly lastAt: Date;
  }[];
  readonly orders: readonly {
    readonly staffId: string;
    readonly orderNumber: string;
    readonly startedAt: Date;
    readonly endedAt: Date | null;
    readonly result: string;
  }[];
};

/** The report of one consignment for the days `from`–`to` (both included). */
export async function contractorReport(
  connection: Queryable,
  consignmentCode: string,
  { from, to, today }: { readonly from: string; readonly to: string; readonly today: string },
): Promise<ContractorReport> {
  const people = (await contractorPeople(connection, today)).filter((each) => each.consignmentCode === consignmentCode);
  const range = [consignmentCode, from, to];
  const sessions = await connection.query<ContractorReport["sessions"][number]>(
    `SELECT staff_id AS "staffId", terminal_code AS "terminalCode", started_at AS "startedAt", ended_at AS "endedAt" FROM interchange.contractor_sessions($1, $2, $3) LIMIT 500`,
    range,
  );
  const work = await connection.query<ContractorReport["work"][number]>(
    `SELECT staff_id AS "staffId", operation, action, order_number AS "orderNumber", times::int AS times, first_at AS "firstAt", last_at AS "lastAt"
     FROM interchange.contractor_work($1, $2, $3) LIMIT 500`,
    range,
  );
  const orders = await connection.query<ContractorReport["orders"][number]>(
    `SELECT u.staff_id AS "staffId", u.order_number AS "orderNumber", u.started_at AS "startedAt", u.ended_at AS "endedAt", u.result
     FROM interchange.order_use u JOIN interchange.work_order w USING (order_number)
     WHERE w.consignment_code = $1 AND (u.started_at AT TIME ZONE 'Asia/Tokyo')::date BETWEEN $2::date AND $3::date ORDER BY u.use_id DESC LIMIT 500`,
    range,
  );
  return { people, sessions: sessions.rows, work: work.rows, orders: orders.rows };
}
