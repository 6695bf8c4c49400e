/** 一覧 for those who administer rights: open sessions, terminals, sections, alerts. Names of staff are their official ones. */
import type { Queryable } from "../database/pool.ts";

export type SessionLine = {
  readonly staffId: string;
  readonly name: string;
  readonly sectionName: string;
  readonly terminalCode: string;
  readonly startedAt: Date;
  readonly lastSeenAt: Date;
};

/** ログイン中の職員: sessions that are within their limits now, the longest first. */
export async function listSessions(connection: Queryable): Promise<readonly SessionLine[]> {
  const { rows } = await connection.query<SessionLine>(
    `SELECT s.staff_id AS "staffId", s.terminal_code AS "terminalCode", s.started_at AS "startedAt", s.last_seen_at AS "lastSeenAt",
       (SELECT n.name FROM identity.staff_name n WHERE n.staff_id = s.staff_id ORDER BY n.starts_on DESC, n.recorded_at DESC LIMIT 1) AS name,
       coalesce((SELECT sn.name FROM identity.assignment_period p JOIN identity.section_name sn USING (section_code)
         WHERE p.staff_id = s.staff_id AND identity.today() >= p.starts_on AND (p.ends_on IS NULL OR identity.today() <= p.ends_on)
         ORDER BY p.main DESC, sn.starts_on DESC LIMIT 1), '') AS "sectionName"
     FROM identity.session s, identity.policy y
     WHERE s.ended_at IS NULL AND s.last_seen_at + y.idle_limit > identity.clock() AND s.started_at + y.absolute_limit > identity.clock()
     ORDER BY s.started_at`,
  );
  return rows;
}

export type TerminalLine = {
  readonly terminalCode: string;
  readonly name: string;
  readonly sectionCode: string;
  readonly registeredBy: string;
  readonly registeredAt: Date;
  readonly revokedAt: Date | null;
};

/** 端末の台帳, those in use first. */
export async function listTerminals(connection: Queryable): Promise<readonly TerminalLine[]> {
  const { rows } = await connection.query<TerminalLine>(
    `SELECT t.terminal_code AS "terminalCode", t.name, t.section_code AS "sectionCode", t.registered_by AS "registeredBy",
       t.registered_at AS "registeredAt", r.revoked_at AS "revokedAt"
     FROM identity.terminal t LEFT JOIN identity.terminal_revocation r USING (terminal_code)
     ORDER BY r.revoked_at IS NOT NULL, t.terminal_code`,
  );
  return rows;
}

export type SectionLine = {
  readonly code: string;
  readonly name: string;
  readonly wardCode: string | null;
  /** 児童手当の使用部署 */
  readonly inCharge: boolean;
};

/** 部署 of today. */
export async function listSections(connection: Queryable): Promise<readonly SectionLine[]> {
  const { rows } = await connection.query<SectionLine>(
    `SELECT s.section_code AS code, s.ward_code AS "wardCode", s.in_charge AS "inCharge",
       (SELECT n.name FROM identity.section_name n WHERE n.section_code = s.section_code AND n.starts_on <= identity.today() ORDER BY n.starts_on DESC LIMIT 1) AS name
     FROM identity.section s WHERE s.starts_on <= identity.today() AND (s.ends_on IS NULL OR s.ends_on >= identity.today())
     ORDER BY NOT s.in_charge, s.section_code`,
  );
  return rows;
}
