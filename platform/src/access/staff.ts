/**
 * Work of a signed-in member of staff: session, right, re-authentication and purpose are checked by the database in the same
 * transaction that reads or changes, and the access log is written in it. Nothing is handed out before COMMIT.
 */
import { randomUUID } from "node:crypto";
import { escapeLiteral } from "pg";
import type { Pool, PoolClient } from "pg";

import { Refusal, sqlState } from "../database/problem.ts";
import { onSnapshot, onSnapshotAfter } from "../database/transaction.ts";
import type { Permission } from "../identity/permissions.ts";
import { type AccessEntry, operationText, type StaffCall, writeAccessLog } from "./log.ts";

/** The role of every read by staff: row-level security lets it see only what an open purpose allows. */
export const DESK_ROLE = "hagukumi_desk";

/** How old a re-authentication may be for what is dangerous (決裁・口座・出力・番号の表示), in seconds. */
export const STEP_UP_SECONDS = 300;

/** Who acts, as the database says now. */
export type StaffNow = {
  readonly sessionId: number;
  readonly staffId: string;
  readonly staffName: string;
  readonly sectionCode: string;
  readonly sectionName: string;
  readonly terminalCode: string;
  /** 行政区 codes; null for the whole city */
  readonly wards: readonly string[] | null;
  readonly permissions: readonly string[];
  readonly steppedUpAt: Date | null;
};

/** What a piece of work needs before it may start. */
export type Need = {
  /** Absent: any signed-in member of staff */
  readonly permission?: Permission;
  /** A factor check not older than `STEP_UP_SECONDS` */
  readonly stepUp?: boolean;
};

const MESSAGES: Readonly<Record<string, { readonly code: string; readonly message: string }>> = {
  HGA01: {
    code: "sessionNeeded",
    message:
      "ログインしていないか、時間切れで終わりました。入力した内容は画面に残ります。もう一度ログインしてください。",
  },
  HGA03: {
    code: "permissionMissing",
    message:
      "この操作の権限がありません。何も変えていません。必要なときは情報政策課への権限の申請を係長に相談してください。",
  },
  HGA04: {
    code: "stepUpNeeded",
    message: "この操作の前に、職員証とパスワードでもう一度本人であることを確かめてください。何も変えていません。",
  },
  HGA05: {
    code: "purposeNeeded",
    message: "処理事由を示して開いていないか、15分が過ぎました。処理事由を選んで開き直してください。",
  },
  HGA06: { code: "notFound", message: "見つかりません。番号を確かめるか、検索から選んでください。" },
  HGA07: {
    code: "purposeIncomplete",
    message: "処理事由がないか、説明が足りません。「その他」などの事由には10文字以上の説明を書いてください。",
  },
};

/** The refusal where a person is not open to the session. */
export function purposeNeeded(): Refusal {
  const { code, message } = MESSAGES["HGA05"] ?? { code: "purposeNeeded", message: "" };
  return new Refusal(code, message);
}

/** The database's own refusals (SQLSTATE HGA…) as refusals with a code and a message; anything else as it is. */
export function asAccessRefusal(error: unknown): unknown {
  const found = MESSAGES[sqlState(error) ?? ""];
  return found === undefined ? error : new Refusal(found.code, found.message, {}, { cause: error });
}

type SessionRow = {
  readonly session_id: number;
  readonly staff_id: string;
  readonly staff_name: string;
  readonly section_code: string;
  readonly section_name: string;
  readonly terminal_code: string;
  readonly wards: readonly string[] | null;
  readonly permissions: readonly string[];
  readonly stepped_up_at: Date | null;
};

type EnteredRow = SessionRow & { readonly entered_as: string };

/** The desk's role, the session and what the log says of the operation for the rest of the transaction: set_config('role', …, true) is SET LOCAL ROLE. */
function taking(call: StaffCall): string {
  return `SELECT set_config('role', ${escapeLiteral(DESK_ROLE)}, true), set_config('hagukumi.session', ${escapeLiteral(call.session)}, true),
    set_config('hagukumi.log', ${escapeLiteral(operationText(call))}, true)`;
}

/** Asks for what is needed; the answer also says whether the role holds. */
function requiring({ permission, stepUp }: Need): string {
  return `SELECT current_user::text AS entered_as, s.*
    FROM access.require(${escapeLiteral(permission ?? "")}, ${String(stepUp === true ? STEP_UP_SECONDS : 0)})
      AS s(session_id bigint, staff_id text, staff_name text, section_code text, section_name text,
        terminal_code text, wards text[], permissions text[], stepped_up_at timestamptz)`;
}

function entered(row: EnteredRow | undefined): StaffNow {
  if (row === undefined) throw new Error("access.require returned no row");
  if (row.entered_as !== DESK_ROLE) throw new Error(`the role ${DESK_ROLE} did not hold: no transaction is open`);
  return {
    sessionId: row.session_id,
    staffId: row.staff_id,
    staffName: row.staff_name,
    sectionCode: row.section_code,
    sectionName: row.section_name,
    terminalCode: row.terminal_code,
    wards: row.wards,
    permissions: row.permissions,
    steppedUpAt: row.stepped_up_at,
  };
}

/** Takes the desk's role and the session for the rest of the open transaction and checks what is needed. */
export async function enterAsStaff(client: PoolClient, call: StaffCall, need: Need): Promise<StaffNow> {
  // Two statements: in one text they would be a transaction of their own, and a missing BEGIN would go unseen.
  await client.query(taking(call));
  const { rows } = await client.query<EnteredRow>(requiring(need));
  return entered(rows[0]);
}

/** Leaves a row about refused work, in a transaction of its own; where there is no live session there is nobody to name. */
async function recordRefusal(pool: Pool, call: StaffCall, code: string, also: OnRefusal | undefined): Promise<void> {
  await onSnapshot(pool, async (client) => {
    await client.query(taking(call));
    await client.query("SELECT access.write_refusal('allowance', $1, $2, $3)", [call.operation, code, call.requestId]);
    await also?.(client, code);
  });
}

/** What else is recorded with a refusal, in the same transaction. */
export type OnRefusal = (client: PoolClient, code: string) => Promise<void>;

const RECORDED: ReadonlySet<string> = new Set(["permissionMissing", "stepUpNeeded", "purposeNeeded", "notFound"]);

/** Runs staff work; the database's refusals come out readable, and those that matter are recorded. */
export async function refusingAsStaff<T>(
  pool: Pool,
  call: StaffCall,
  work: () => Promise<T>,
  also?: OnRefusal,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const refusal = asAccessRefusal(error);
    if (refusal instanceof Refusal && RECORDED.has(refusal.code)) await recordRefusal(pool, call, refusal.code, also);
    throw refusal;
  }
}

export type StaffReadResult<T> = { readonly response: T; readonly log: readonly AccessEntry[] };

/**
 * One read by staff: on one snapshot, under the desk's role, with its rows of the access log.
 *
 * @throws Refusal `sessionNeeded`, `permissionMissing`, `stepUpNeeded`, `purposeNeeded`, `notFound`; otherwise what `work` throws
 */
export async function staffRead<T>(
  pool: Pool,
  call: StaffCall,
  need: Need,
  work: (client: PoolClient, staff: StaffNow) => Promise<StaffReadResult<T>>,
): Promise<T> {
  return await refusingAsStaff(pool, call, async () => {
    // With BEGIN in one text: each round trip less counts when every click makes one.
    return await onSnapshotAfter(pool, `${taking(call)}; ${requiring(need)}`, async (client, row) => {
      const { response, log } = await work(client, entered(row as EnteredRow | undefined));
      await writeAccessLog(client, call, log);
      return response;
    });
  });
}

/** A fresh identifier for one request. */
export function newRequestId(): string {
  return randomUUID();
}
