/** Members of the staff (職員): who they are, since when, in which section, trained, stopped. */
import type { PoolClient } from "pg";

import { staffCommand } from "./actor.ts";
import type { StaffCommand } from "./actor.ts";
import type { Queryable } from "../database/pool.ts";
import type { Permission } from "./permissions.ts";
import { refuse } from "./problem.ts";
import type { Identity } from "./settings.ts";

export type NewStaff = {
  /** 職員番号: letters, digits, `. _ -`, 3–32; one person's for ever */
  readonly staffId: string;
  /** 公の場で使う氏名 */
  readonly name: string;
  readonly kana?: string;
  readonly kind: "employee" | "contractor";
  /** 承諾番号: a contractor cannot be without one (THR89) */
  readonly consentId?: string;
  readonly sectionCode: string;
  /** First day, `YYYY-MM-DD` */
  readonly startsOn: string;
  /** Last day where it is known */
  readonly endsOn?: string;
};

/** Writes the rows of a new member; for the commands of this folder. */
export async function insertStaff(
  client: Queryable,
  staff: NewStaff,
  by: string,
  more: { readonly moveKind: "hire" | "contract"; readonly importId?: number },
): Promise<void> {
  const { staffId, name, kana = null, kind, consentId = null, sectionCode, startsOn, endsOn = null } = staff;
  await client.query("INSERT INTO identity.staff (staff_id, kind, consent_id) VALUES ($1, $2, $3)", [
    staffId,
    kind,
    consentId,
  ]);
  await client.query("INSERT INTO identity.staff_name (staff_id, starts_on, name, kana) VALUES ($1, $2, $3, $4)", [
    staffId,
    startsOn,
    name,
    kana,
  ]);
  await client.query(
    `INSERT INTO identity.assignment (staff_id, section_code, starts_on, ends_on, move_kind, import_id, recorded_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [staffId, sectionCode, startsOn, endsOn, more.moveKind, more.importId ?? null, by],
  );
}

/**
 * 職員の登録. Gives no right and no way to log in: rights.ts and enrolment.ts do.
 *
 * @throws Refusal of `staffCommand`; `contractorWithoutConsent`, `duplicate`, `referenceMissing`, `constraintViolated`
 */
export async function registerStaff(identity: Identity, command: StaffCommand, staff: NewStaff): Promise<void> {
  const rules = { name: "staff.register", permission: "rights.issue", console: true, request: staff } as const;
  await staffCommand(identity, command, rules, async (client, by) => {
    await insertStaff(client, staff, by, { moveKind: staff.kind === "contractor" ? "contract" : "hire" });
    return { response: {}, audit: [{ action: "staff.register", objectKind: "staff", objectId: staff.staffId }] };
  });
}

/** @throws Refusal `staffNotFound` */
export async function requireStaff(client: PoolClient, staffId: string): Promise<void> {
  const { rowCount } = await client.query("SELECT 1 FROM identity.staff WHERE staff_id = $1", [staffId]);
  if (rowCount === 1) return;
  refuse("staffNotFound", "この職員番号の職員は登録されていません。番号を確かめてください。何も変えていません。");
}

/** 研修の受講の記録 (III-9): without one of the last year nobody gets in (THR33). */
export async function recordTraining(
  identity: Identity,
  command: StaffCommand,
  training: { readonly staffId: string; readonly trainedOn: string; readonly course: string },
): Promise<void> {
  const rules = { name: "staff.training", permission: "rights.issue", console: true, request: training } as const;
  await staffCommand(identity, command, rules, async (client, by) => {
    const { staffId, trainedOn, course } = training;
    await requireStaff(client, staffId);
    await client.query(
      "INSERT INTO identity.training (staff_id, trained_on, course, recorded_by) VALUES ($1, $2, $3, $4)",
      [staffId, trainedOn, course, by],
    );
    return { response: {}, audit: [{ action: "staff.training", objectKind: "staff", objectId: staffId }] };
  });
}

/** 利用の停止: at once, open sessions end in the same transaction (THR6). */
export async function stopStaff(
  identity: Identity,
  command: StaffCommand,
  stop: { readonly staffId: string; readonly reason: string },
): Promise<void> {
  const rules = { name: "staff.stop", permission: "rights.issue", console: true, request: stop } as const;
  await staffCommand(identity, command, rules, async (client, by) => {
    await requireStaff(client, stop.staffId);
    await client.query("INSERT INTO identity.staff_stop (staff_id, reason, stopped_by) VALUES ($1, $2, $3)", [
      stop.staffId,
      stop.reason,
      by,
    ]);
    return { response: {}, audit: [{ action: "staff.stop", objectKind: "staff", objectId: stop.staffId }] };
  });
}

/** 停止の解除: lifts every open stop of the person. */
export async function resumeStaff(
  identity: Identity,
  command: StaffCommand,
  resume: { readonly staffId: string; readonly reason: string },
): Promise<void> {
  const rules = { name: "staff.resume", permission: "rights.issue", console: true, request: resume } as const;
  await staffCommand(identity, command, rules, async (client, by) => {
    await requireStaff(client, resume.staffId);
    await client.query(
      `INSERT INTO identity.staff_resume (stop_id, reason, resumed_by)
       SELECT s.stop_id, $2, $3 FROM identity.staff_stop s LEFT JOIN identity.staff_resume r USING (stop_id)
       WHERE s.staff_id = $1 AND r.stop_id IS NULL`,
      [resume.staffId, resume.reason, by],
    );
    return { response: {}, audit: [{ action: "staff.resume", objectKind: "staff", objectId: resume.staffId }] };
  });
}

/** 職員証の失効 (紛失・返却): its sessions end in the same transaction. */
export async function revokeCredentials(
  identity: Identity,
  command: StaffCommand,
  request: { readonly staffId: string; readonly reason: string },
): Promise<{ readonly revoked: number }> {
  const rules = { name: "credential.revoke", permission: "rights.issue", console: true, request } as const;
  const { response } = await staffCommand(identity, command, rules, async (client, by) => {
    await requireStaff(client, request.staffId);
    const { rowCount } = await client.query(
      `INSERT INTO identity.credential_revocation (credential_id, reason, revoked_by)
       SELECT c.credential_id, $2, $3 FROM identity.credential c LEFT JOIN identity.credential_revocation v USING (credential_id)
       WHERE c.staff_id = $1 AND v.credential_id IS NULL`,
      [request.staffId, request.reason, by],
    );
    const entry = { action: "credential.revoke", objectKind: "staff", objectId: request.staffId };
    return { response: { revoked: rowCount ?? 0 }, audit: [entry] };
  });
  return response;
}

export type StaffLine = {
  readonly staffId: string;
  readonly name: string;
  readonly sections: readonly string[];
  readonly roles: readonly string[];
  readonly active: boolean;
  readonly trained: boolean;
  readonly hasKey: boolean;
  readonly hasPassword: boolean;
};

/** 職員の一覧, as of now. */
export async function listStaff(connection: Queryable): Promise<readonly StaffLine[]> {
  const { rows } = await connection.query<StaffLine>(
    `SELECT s.staff_id AS "staffId",
       (SELECT n.name FROM identity.staff_name n WHERE n.staff_id = s.staff_id ORDER BY n.starts_on DESC, n.recorded_at DESC LIMIT 1) AS name,
       ARRAY(SELECT p.section_code FROM identity.assignment_period p WHERE p.staff_id = s.staff_id AND c.day >= p.starts_on
             AND (p.ends_on IS NULL OR c.day <= p.ends_on) ORDER BY p.main DESC, p.section_code) AS sections,
       ARRAY(SELECT DISTINCT r.role_code FROM identity.rights_on(s.staff_id, c.day) r ORDER BY 1) AS roles,
       identity.active_on(s.staff_id, c.day) AS active, identity.trained_on(s.staff_id, c.day) AS trained,
       EXISTS (SELECT FROM identity.credential k LEFT JOIN identity.credential_revocation v USING (credential_id)
               WHERE k.staff_id = s.staff_id AND v.credential_id IS NULL) AS "hasKey",
       EXISTS (SELECT FROM identity.password p WHERE p.staff_id = s.staff_id) AS "hasPassword"
     FROM identity.staff s, (SELECT identity.today() AS day) c ORDER BY s.staff_id`,
  );
  return rows;
}

/** Whoever holds a right for a ward today and can log in at all (在籍・研修), by 職員番号. */
export async function staffWhoMay(
  connection: Queryable,
  permission: Permission,
  wardCode: string,
): Promise<readonly { readonly staffId: string; readonly name: string }[]> {
  // Of rights with different wards the narrower counts, as for the session itself.
  const { rows } = await connection.query<{ staffId: string; name: string }>(
    `SELECT s.staff_id AS "staffId",
       (SELECT n.name FROM identity.staff_name n WHERE n.staff_id = s.staff_id AND n.starts_on <= c.day ORDER BY n.starts_on DESC, n.recorded_at DESC LIMIT 1) AS name
     FROM identity.staff s, (SELECT identity.today() AS day) c
     WHERE identity.active_on(s.staff_id, c.day) AND identity.trained_on(s.staff_id, c.day)
       AND EXISTS (SELECT FROM identity.rights_on(s.staff_id, c.day) r WHERE $1 = ANY (r.permissions))
       AND NOT EXISTS (SELECT FROM identity.rights_on(s.staff_id, c.day) r WHERE r.wards IS NOT NULL AND NOT ($2 = ANY (r.wards)))
     ORDER BY s.staff_id`,
    [permission, wardCode],
  );
  return rows;
}
