/**
 * Rights (アクセス権限, IV その他①): 業務担当課 applies, another person approves, 情報政策課 issues: three records by three
 * people. They end by themselves, at the latest after a year; taken away, they are gone at the next call.
 */
import type { PoolClient } from "pg";

import { staffCommand } from "./actor.ts";
import type { StaffCommand } from "./actor.ts";
import type { Queryable } from "../database/pool.ts";
import { permissions, roles } from "./permissions.ts";
import { aboveBand } from "./accounts.ts";
import type { Permission, Role } from "./permissions.ts";
import { refuse } from "./problem.ts";
import type { Identity } from "./settings.ts";

export type RightRequest = {
  readonly staffId: string;
  readonly sectionCode: string;
  readonly role: Role;
  /** 区の範囲: ward codes of 6 digits. Left out: the section's own ward, or every ward for a section of the whole city. */
  readonly wards?: readonly string[];
  /** First day `YYYY-MM-DD`; default today */
  readonly startsOn?: string;
  /** Last day; default the next 31 March */
  readonly endsOn?: string;
  readonly reason: string;
};

type Section = { readonly wardCode: string | null; readonly inCharge: boolean; readonly today: string };

/** The next 31 March on or after `day` (`YYYY-MM-DD`). */
export function nextFiscalYearEnd(day: string): string {
  const year = Number(day.slice(0, 4));
  return day.slice(5) <= "03-31" ? `${year}-03-31` : `${year + 1}-03-31`;
}

async function sectionOf(client: Queryable, code: string): Promise<Section> {
  const { rows } = await client.query<Section>(
    `SELECT ward_code AS "wardCode", in_charge AS "inCharge", identity.today() AS today FROM identity.section WHERE section_code = $1`,
    [code],
  );
  return (
    rows[0] ??
    refuse("rightNotApplicable", "この部署は登録されていません。部署コードを確かめてください。何も変えていません。")
  );
}

function opensCases(role: Role): boolean {
  const held: readonly Permission[] = roles[role].permissions;
  return held.some((code) => permissions[code].caseAccess);
}

/** The wards of the right: a ward's section never gets another ward. */
function wardsOf(request: RightRequest, section: Section): readonly string[] | null {
  if (request.wards?.every((ward) => /^[0-9]{6}$/.test(ward)) === false || request.wards?.length === 0) {
    return refuse("rightNotApplicable", "区の範囲は、6桁の区コードで一つ以上指定してください。何も変えていません。");
  }
  if (section.wardCode !== null) {
    const own = section.wardCode;
    if (request.wards?.some((ward) => ward !== own) !== true) return [own];
    return refuse("rightNotApplicable", "区の職員に、別の区の権限は与えられません。区の範囲を直してください。");
  }
  if (request.role === "wardClerk" && request.wards === undefined) {
    return refuse("rightNotApplicable", "区の担当者の権限には、区の範囲が必要です。区を指定してください。");
  }
  return request.wards ?? null;
}

/** Checks what the tables cannot: the section's business and ward, and that the person works there. */
async function checkedRequest(
  client: Queryable,
  request: RightRequest,
): Promise<{ readonly wards: readonly string[] | null; readonly startsOn: string; readonly endsOn: string }> {
  const section = await sectionOf(client, request.sectionCode);
  if (!section.inCharge && opensCases(request.role)) {
    refuse(
      "rightNotApplicable",
      "児童手当の使用部署（こども支援課・各区保健こども課・各総合出張所）でない部署に、対象者を扱う権限は与えられません。何も変えていません。",
    );
  }
  const startsOn = request.startsOn ?? section.today;
  const { rowCount } = await client.query(
    `SELECT 1 FROM identity.assignment_period WHERE staff_id = $1 AND section_code = $2 AND starts_on <= $3::date
       AND (ends_on IS NULL OR ends_on >= $3::date)`,
    [request.staffId, request.sectionCode, startsOn],
  );
  if (rowCount === 0) {
    refuse(
      "rightNotApplicable",
      "この職員は、初めの日にこの部署に所属していません。人事異動の取込みを先に行うか、日付を直してください。何も変えていません。",
    );
  }
  const endsOn = request.endsOn ?? nextFiscalYearEnd(startsOn);
  return { wards: wardsOf(request, section), startsOn, endsOn };
}

/** Writes a request after its checks; `bootstrap` only for the first people of an installation. */
export async function insertRequest(
  client: Queryable,
  request: RightRequest,
  by: string,
  origin: "application" | "bootstrap",
): Promise<{ readonly rightId: number; readonly endsOn: string }> {
  const { wards, startsOn, endsOn } = await checkedRequest(client, request);
  const { rows } = await client.query<{ right_id: number }>(
    `INSERT INTO identity.right_request (staff_id, section_code, role_code, wards, starts_on, ends_on, reason, origin, requested_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING right_id`,
    [request.staffId, request.sectionCode, request.role, wards, startsOn, endsOn, request.reason, origin, by],
  );
  return { rightId: rows[0]?.right_id ?? 0, endsOn };
}

/**
 * 権限の発行申請 (業務担当課).
 *
 * @throws Refusal of `staffCommand` (needs `rights.apply`); `rightNotApplicable`
 */
export async function requestRight(
  identity: Identity,
  command: StaffCommand,
  request: RightRequest,
): Promise<{ readonly rightId: number; readonly endsOn: string }> {
  const rules = { name: "right.request", permission: "rights.apply", console: false, request } as const;
  const { response } = await staffCommand(identity, command, rules, async (client, by) => {
    const made = await insertRequest(client, request, by, "application");
    const detail = { rightId: made.rightId, role: request.role };
    return {
      response: made,
      audit: [{ action: "right.request", objectKind: "staff", objectId: request.staffId, detail }],
    };
  });
  return response;
}

/** @throws Refusal `rightNotFound`; otherwise whose right it is */
async function holderOf(client: PoolClient, rightId: number): Promise<string> {
  const { rows } = await client.query<{ staff_id: string }>(
    "SELECT staff_id FROM identity.right_request WHERE right_id = $1",
    [rightId],
  );
  return (
    rows[0]?.staff_id ??
    refuse("rightNotFound", "この番号の権限の申請はありません。一覧から選び直してください。何も変えていません。")
  );
}

/**
 * 申請の承認・不承認, by another person than the applicant and the one it is for.
 *
 * @throws Refusal of `staffCommand` (needs `rights.approve`); `rightNotFound`, `samePerson`, `duplicate`
 */
export async function decideRight(
  identity: Identity,
  command: StaffCommand,
  request: { readonly rightId: number; readonly approved: boolean; readonly reason: string },
): Promise<void> {
  const rules = { name: "right.decide", permission: "rights.approve", console: false, request } as const;
  await staffCommand(identity, command, rules, async (client, by) => {
    const objectId = await holderOf(client, request.rightId);
    await client.query(
      "INSERT INTO identity.right_approval (right_id, approved, reason, approved_by) VALUES ($1, $2, $3, $4)",
      [request.rightId, request.approved, request.reason, by],
    );
    const { rightId, approved } = request;
    return {
      response: {},
      audit: [{ action: "right.decide", objectKind: "staff", objectId, detail: { rightId, approved } }],
    };
  });
}

/**
 * 権限の発行 (情報政策課), by a third person. Counts from its first day; open sessions have it at their next call.
 *
 * @throws Refusal of `staffCommand` (needs `rights.issue`); `rightNotFound`, `samePerson`, `rightNotApplicable` (not approved)
 */
export async function issueRight(
  identity: Identity,
  command: StaffCommand,
  request: { readonly rightId: number },
): Promise<void> {
  const rules = { name: "right.issue", permission: "rights.issue", console: false, request } as const;
  await staffCommand(identity, command, rules, async (client, by) => {
    const objectId = await holderOf(client, request.rightId);
    const { rowCount } = await client.query("SELECT 1 FROM identity.right_approval WHERE right_id = $1 AND approved", [
      request.rightId,
    ]);
    if (rowCount === 0) {
      refuse("rightNotApplicable", "承認されていない権限は発行できません。先に承認を受けてください。");
    }
    await client.query("INSERT INTO identity.right_issue (right_id, issued_by) VALUES ($1, $2)", [request.rightId, by]);
    const issued = { action: "right.issue", objectKind: "staff", objectId, detail: { rightId: request.rightId } };
    // 警告: more users than the published assessment says. The right is issued all the same; the city has to act on one of both.
    const above = await aboveBand(client);
    const alarm = { action: "account.aboveBand", objectKind: "installation", objectId: "users" };
    return { response: {}, audit: above === undefined ? [issued] : [issued, { ...alarm, detail: above }] };
  });
}

/** 権限の失効申請 (業務担当課). @throws Refusal of `staffCommand` (needs `rights.apply`); `referenceMissing`, `duplicate` */
export async function requestRevocation(
  identity: Identity,
  command: StaffCommand,
  request: { readonly rightId: number; readonly reason: string },
): Promise<void> {
  const rules = { name: "right.requestRevocation", permission: "rights.apply", console: false, request } as const;
  await staffCommand(identity, command, rules, async (client, by) => {
    const objectId = await holderOf(client, request.rightId);
    await client.query(
      "INSERT INTO identity.right_revocation_request (right_id, reason, requested_by) VALUES ($1, $2, $3)",
      [request.rightId, request.reason, by],
    );
    const detail = { rightId: request.rightId };
    return { response: {}, audit: [{ action: "right.requestRevocation", objectKind: "staff", objectId, detail }] };
  });
}

/**
 * 権限の失効 (情報政策課): in the same transaction the person's open session ends.
 *
 * @returns seconds between the application for it and this, null where nobody applied (D214)
 * @throws Refusal of `staffCommand` (needs `rights.issue`, or the console); `rightNotFound`, `duplicate`
 */
export async function revokeRight(
  identity: Identity,
  command: StaffCommand,
  request: { readonly rightId: number; readonly reason: string },
): Promise<{ readonly elapsedSeconds: number | null }> {
  const rules = { name: "right.revoke", permission: "rights.issue", console: true, request } as const;
  const { response } = await staffCommand(identity, command, rules, async (client, by) => {
    const objectId = await holderOf(client, request.rightId);
    const { rows } = await client.query<{ elapsed: number | null }>(
      `WITH made AS (INSERT INTO identity.right_revocation (right_id, reason, revoked_by) VALUES ($1, $2, $3) RETURNING right_id, revoked_at)
       SELECT extract(epoch FROM made.revoked_at - q.requested_at)::float8 AS elapsed
       FROM made LEFT JOIN identity.right_revocation_request q USING (right_id)`,
      [request.rightId, request.reason, by],
    );
    const elapsedSeconds = rows[0]?.elapsed ?? null;
    const detail = { rightId: request.rightId, elapsedSeconds };
    return { response: { elapsedSeconds }, audit: [{ action: "right.revoke", objectKind: "staff", objectId, detail }] };
  });
  return response;
}

export type RightState = "requested" | "refused" | "approved" | "issued" | "revoked" | "ended";

export type RightLine = {
  readonly rightId: number;
  readonly staffId: string;
  readonly sectionCode: string;
  readonly role: Role;
  readonly wards: readonly string[] | null;
  readonly startsOn: string;
  readonly endsOn: string;
  readonly requestedBy: string;
  readonly approvedBy: string | null;
  readonly issuedBy: string | null;
  readonly state: RightState;
  /** Whether its end was applied for and not yet done */
  readonly revocationAsked: boolean;
};

/** 権限の台帳: of one person, or of all, newest first. */
export async function listRights(connection: Queryable, staffId?: string): Promise<readonly RightLine[]> {
  const { rows } = await connection.query<RightLine>(
    `SELECT r.right_id AS "rightId", r.staff_id AS "staffId", r.section_code AS "sectionCode", r.role_code AS role, r.wards,
       r.starts_on AS "startsOn", r.ends_on AS "endsOn", r.requested_by AS "requestedBy", a.approved_by AS "approvedBy", i.issued_by AS "issuedBy",
       CASE WHEN v.right_id IS NOT NULL THEN 'revoked' WHEN i.right_id IS NOT NULL AND r.ends_on < identity.today() THEN 'ended'
            WHEN i.right_id IS NOT NULL THEN 'issued' WHEN a.approved THEN 'approved' WHEN NOT a.approved THEN 'refused' ELSE 'requested' END AS state,
       q.right_id IS NOT NULL AND v.right_id IS NULL AS "revocationAsked"
     FROM identity.right_request r LEFT JOIN identity.right_approval a USING (right_id) LEFT JOIN identity.right_issue i USING (right_id)
       LEFT JOIN identity.right_revocation v USING (right_id) LEFT JOIN identity.right_revocation_request q USING (right_id)
     WHERE $1::text IS NULL OR r.staff_id = $1 ORDER BY r.right_id DESC`,
    [staffId ?? null],
  );
  return rows;
}
