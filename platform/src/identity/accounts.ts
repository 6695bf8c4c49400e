/**
 * 利用者の報告: every account with its person, section, rights, consignment and last use, and whether the number of users is
 * within what the city declared in its published assessment. For 情報政策課 and the audit; no person of the allowance is in it.
 */
import type { Queryable } from "../database/pool.ts";
import { staffCommand } from "./actor.ts";
import type { StaffCommand } from "./actor.ts";
import type { Role } from "./permissions.ts";
import { refuse } from "./problem.ts";
import type { Identity } from "./settings.ts";

export type AccountLine = {
  readonly staffId: string;
  readonly name: string;
  readonly kind: "employee" | "contractor";
  /** 委託・再委託の承諾番号 of a contractor's account */
  readonly consentId: string | null;
  readonly sections: readonly string[];
  readonly roles: readonly Role[];
  /** Whether a right of today opens 特定個人情報 of the allowance */
  readonly opensCases: boolean;
  /** Last day of the right that ends first, YYYY-MM-DD */
  readonly rightsEndOn: string | null;
  readonly lastLogIn: Date | null;
  readonly lastTerminal: string | null;
  readonly active: boolean;
  /** 利用者: active, with a right of today */
  readonly user: boolean;
};

/** 権限の1行: one right that counts today, and whether it is still needed. */
export type HeldRight = {
  readonly rightId: number;
  readonly staffId: string;
  readonly name: string;
  readonly sectionCode: string;
  readonly role: Role;
  /** 行政区 codes; null for the whole city */
  readonly wards: readonly string[] | null;
  /** First and last day, YYYY-MM-DD */
  readonly since: string;
  readonly until: string;
  /** Why it was applied for */
  readonly reason: string;
  /** 申請・承認・発行: by whom */
  readonly requestedBy: string;
  readonly approvedBy: string | null;
  readonly issuedBy: string | null;
  /** Last activity of the person within the time of the right; null: not used yet */
  readonly lastUsed: Date | null;
  /** Whole days since then, or since the right began; 0… */
  readonly unusedDays: number;
};

export type SectionAccounts = {
  readonly code: string;
  readonly name: string;
  /** 児童手当の使用部署 */
  readonly inCharge: boolean;
  readonly users: number;
  /** Of them: who may open cases; 0 outside the 使用部署 */
  readonly opening: number;
};

export type AccountReport = {
  /** YYYY-MM-DD in Japan */
  readonly on: string;
  readonly users: number;
  readonly declared: { readonly least: number; readonly most: number };
  /** 宣言した幅 */
  readonly band: "below" | "within" | "above";
  /** Accounts of contractors that are users, and of them those that open cases */
  readonly contractors: number;
  readonly contractorsOpening: number;
  readonly sections: readonly SectionAccounts[];
  readonly lines: readonly AccountLine[];
  readonly rights: readonly HeldRight[];
};

const HELD_RIGHTS = `
  SELECT q.right_id AS "rightId", s.staff_id AS "staffId",
    (SELECT n.name FROM identity.staff_name n WHERE n.staff_id = s.staff_id ORDER BY n.starts_on DESC, n.recorded_at DESC LIMIT 1) AS name,
    q.section_code AS "sectionCode", q.role_code AS role, q.wards, q.starts_on::text AS since, q.ends_on::text AS until, q.reason,
    q.requested_by AS "requestedBy", a.approved_by AS "approvedBy", i.issued_by AS "issuedBy", u.at AS "lastUsed",
    greatest(0, c.day - coalesce((u.at AT TIME ZONE 'Asia/Tokyo')::date, q.starts_on)) AS "unusedDays"
  FROM identity.staff s CROSS JOIN (SELECT identity.today() AS day) c
  CROSS JOIN LATERAL identity.rights_on(s.staff_id, c.day) r
  JOIN identity.right_request q USING (right_id)
  LEFT JOIN identity.right_approval a USING (right_id)
  LEFT JOIN identity.right_issue i USING (right_id)
  CROSS JOIN LATERAL (SELECT max(x.last_seen_at) AS at FROM identity.session x
    WHERE x.staff_id = s.staff_id AND (x.last_seen_at AT TIME ZONE 'Asia/Tokyo')::date >= q.starts_on) u
  WHERE identity.active_on(s.staff_id, c.day)
  ORDER BY s.staff_id, q.right_id`;

async function accountLines(connection: Queryable): Promise<readonly AccountLine[]> {
  const { rows } = await connection.query<AccountLine>(
    `SELECT s.staff_id AS "staffId", s.kind, s.consent_id AS "consentId",
       (SELECT n.name FROM identity.staff_name n WHERE n.staff_id = s.staff_id ORDER BY n.starts_on DESC, n.recorded_at DESC LIMIT 1) AS name,
       ARRAY(SELECT p.section_code FROM identity.assignment_period p WHERE p.staff_id = s.staff_id AND c.day >= p.starts_on
             AND (p.ends_on IS NULL OR c.day <= p.ends_on) ORDER BY p.main DESC, p.section_code) AS sections,
       ARRAY(SELECT DISTINCT r.role_code FROM identity.rights_on(s.staff_id, c.day) r ORDER BY 1) AS roles,
       EXISTS (SELECT FROM identity.rights_on(s.staff_id, c.day) r JOIN identity.permission m ON m.permission_code = ANY (r.permissions)
               WHERE m.case_access) AS "opensCases",
       (SELECT min(q.ends_on)::text FROM identity.rights_on(s.staff_id, c.day) r JOIN identity.right_request q USING (right_id)) AS "rightsEndOn",
       l.started_at AS "lastLogIn", l.terminal_code AS "lastTerminal", identity.active_on(s.staff_id, c.day) AS active,
       identity.active_on(s.staff_id, c.day) AND EXISTS (SELECT FROM identity.rights_on(s.staff_id, c.day)) AS "user"
     FROM identity.staff s CROSS JOIN (SELECT identity.today() AS day) c
       LEFT JOIN LATERAL (SELECT x.started_at, x.terminal_code FROM identity.session x WHERE x.staff_id = s.staff_id ORDER BY x.session_id DESC LIMIT 1) l ON true
     ORDER BY s.staff_id`,
  );
  return rows;
}

/** 利用者の報告, as of now. */
export async function accountReport(connection: Queryable): Promise<AccountReport> {
  const { rows } = await connection.query<{ on: string; users: number; least: number; most: number }>(
    `SELECT identity.today()::text AS on, identity.users_on(identity.today()) AS users, users_least AS least, users_most AS most FROM identity.policy`,
  );
  const { on = "", users = 0, least = 0, most = 0 } = rows[0] ?? {};
  const lines = await accountLines(connection);
  const { rows: rights } = await connection.query<HeldRight>(HELD_RIGHTS);
  const { rows: sections } = await connection.query<Pick<SectionAccounts, "code" | "name" | "inCharge">>(
    `SELECT s.section_code AS code, s.in_charge AS "inCharge",
       (SELECT n.name FROM identity.section_name n WHERE n.section_code = s.section_code AND n.starts_on <= identity.today() ORDER BY n.starts_on DESC LIMIT 1) AS name
     FROM identity.section s WHERE s.starts_on <= identity.today() AND (s.ends_on IS NULL OR s.ends_on >= identity.today())
     ORDER BY s.in_charge DESC, s.section_code`,
  );
  const contractors = lines.filter(({ kind, user }) => kind === "contractor" && user);
  return {
    on,
    users,
    declared: { least, most },
    band: users > most ? "above" : users < least ? "below" : "within",
    contractors: contractors.length,
    contractorsOpening: contractors.filter(({ opensCases }) => opensCases).length,
    sections: sections.map((section) => {
      const here = lines.filter((line) => line.user && line.sections.includes(section.code));
      return { ...section, users: here.length, opening: here.filter(({ opensCases }) => opensCases).length };
    }),
    lines,
    rights,
  };
}

/**
 * 利用者数の宣言: what the published assessment says. From the server's console, recorded as a change of a setting.
 *
 * @throws Refusal of `staffCommand`; `rightNotApplicable` (no whole numbers, or least above most)
 */
export async function declareUsers(
  identity: Pick<Identity, "pool">,
  command: StaffCommand,
  request: { readonly least: number; readonly most: number },
): Promise<void> {
  const { least, most } = request;
  if (![least, most].every((n) => Number.isInteger(n) && n >= 0 && n <= 100_000) || least > most) {
    refuse(
      "rightNotApplicable",
      "宣言した利用者数は、0以上の整数で、下限が上限を超えないように指定してください。何も変えていません。",
    );
  }
  const rules = { name: "users.declare", permission: "rights.issue", console: true, request } as const;
  await staffCommand(identity, command, rules, async (client) => {
    await client.query("UPDATE identity.policy SET users_least = $1, users_most = $2", [least, most]);
    const entry = { action: "users.declare", objectKind: "policy", objectId: "users", detail: { least, most } };
    return { response: {}, audit: [entry] };
  });
}

/** 宣言した人数を超えた: the number and the limit, where there are more users today than the city declared. */
export async function aboveBand(
  connection: Queryable,
): Promise<{ readonly users: number; readonly most: number } | undefined> {
  const { rows } = await connection.query<{ users: number; most: number }>(
    `SELECT u.users, p.users_most AS most FROM identity.policy p, (SELECT identity.users_on(identity.today()) AS users) u WHERE u.users > p.users_most`,
  );
  return rows[0];
}
