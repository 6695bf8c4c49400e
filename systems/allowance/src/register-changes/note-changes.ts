/**
 * From change to work (A163): what a delivery brought is compared with what stood before, in the delivery's own transaction, and
 * each change that touches a case becomes a row that stays until somebody has dealt with it. A first load raises nothing:
 * where nobody has a right yet there is no case to touch.
 */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";

import type { FeedFile } from "../register/manifest.ts";

/**
 * Which cases the change of person `x.number` touches: the person's own right, those that pay for the person as a child, those
 * that name the person as spouse or other parent, and those of whoever lives in the households before and after.
 */
const TOUCHED = `
  SELECT r.recipient_id, r.ward_code FROM allowance.recipient r WHERE r.addressee_number = x.number
  UNION
  SELECT r.recipient_id, r.ward_code FROM allowance.claim_child k JOIN allowance.claim c USING (claim_id)
    JOIN allowance.approval a ON a.claim_id = c.claim_id AND a.outcome = 'grant'
    JOIN allowance.recipient r ON r.addressee_number = c.claimant_number AND r.kind = c.recipient_kind
    WHERE k.child_number = x.number
  UNION
  SELECT r.recipient_id, r.ward_code FROM allowance.related_person_current s JOIN allowance.recipient r USING (addressee_number)
    WHERE s.related_number = x.number AND s.role IN ('spouse', 'otherParent')`;

const LIVE = `
  JOIN allowance.recipient_window w ON w.recipient_id = t.recipient_id AND w.first_month IS NOT NULL
    AND (w.ended_from IS NULL OR w.ended_from > x.happened_on)`;

const INSERT = `
  INSERT INTO allowance.register_change (kind, addressee_number, source_key, recipient_id, happened_on, ward_code, batch_id)`;

/**
 * What changed, row by row: the new row beside the last one before it. A further revision of a known row, or one that takes it
 * out, is a correction.
 */
const RESIDENT_CHANGES = `
  SELECT h.addressee_number AS number, h.history_no || '/' || h.revision AS source_key, h.valid_from AS happened_on, h.ward_code AS own_ward,
         h.birth_date, h.household_number AS household_after, p.household_number AS household_before, h.resident_state AS state_after, h.address AS address_after, k.kind
  FROM stage_residents s
  JOIN allowance.person_history h ON h.addressee_number = s.addressee_number AND h.history_no = s.history_no AND h.batch_id = $1
    -- A version that the city added to keep a mark of 支援措置 is no change of the register.
    AND h.sent_protected IS NOT FALSE
  LEFT JOIN LATERAL (
    SELECT * FROM allowance.person_history b
    WHERE b.addressee_number = h.addressee_number AND (b.history_no, b.revision) < (h.history_no, h.revision)
      AND (NOT b.deleted OR b.history_no = h.history_no)
    ORDER BY b.history_no DESC, b.revision DESC LIMIT 1) p ON true
  CROSS JOIN LATERAL (
    SELECT CASE WHEN p.relation_code IN ('11', '12', '13', '14') THEN true ELSE false END AS was_spouse,
           CASE WHEN h.relation_code IN ('11', '12', '13', '14') THEN true ELSE false END AS is_spouse) m
  CROSS JOIN LATERAL (
    SELECT 'correction' AS kind WHERE h.revision > 1 OR h.deleted
    UNION ALL SELECT 'birth' WHERE p IS NULL AND h.event_code = '11'
    UNION ALL SELECT 'moveIn' WHERE h.revision = 1 AND h.resident_state = 1 AND ((p IS NULL AND h.event_code <> '11') OR p.resident_state <> 1)
    UNION ALL SELECT 'death' WHERE h.resident_state = 3 AND p.resident_state IS DISTINCT FROM 3
    UNION ALL SELECT 'moveOut' WHERE h.resident_state = 2 AND p.resident_state = 1
    UNION ALL SELECT 'removed' WHERE h.resident_state = 9 AND p.resident_state = 1
    UNION ALL SELECT 'moveWithin' WHERE h.revision = 1 AND h.resident_state = 1 AND p.resident_state = 1 AND h.address <> p.address
    UNION ALL SELECT 'nameChange' WHERE h.revision = 1 AND h.resident_state = 1 AND h.name <> p.name
    UNION ALL SELECT 'marriage' WHERE h.resident_state = 1 AND m.is_spouse AND NOT m.was_spouse
    UNION ALL SELECT 'separation' WHERE h.resident_state = 1 AND p.resident_state = 1 AND m.was_spouse
      AND (NOT m.is_spouse OR h.household_number <> p.household_number)
    UNION ALL SELECT 'relation' WHERE h.revision = 1 AND h.resident_state = 1 AND p.resident_state = 1 AND h.relation_code <> p.relation_code
      AND NOT m.was_spouse AND NOT m.is_spouse
    UNION ALL SELECT 'household' WHERE h.revision = 1 AND h.resident_state = 1 AND p.resident_state = 1 AND h.household_number <> p.household_number
      AND h.address = p.address AND NOT m.was_spouse
    UNION ALL SELECT 'protection' WHERE h.protected IS DISTINCT FROM coalesce(p.protected, false)) k`;

const RESIDENTS = `
  WITH x AS MATERIALIZED (${RESIDENT_CHANGES}),
  touched AS (
    SELECT DISTINCT x.*, t.recipient_id, t.ward_code FROM x CROSS JOIN LATERAL (
      ${TOUCHED}
      UNION
      SELECT r.recipient_id, r.ward_code FROM allowance.person_history l JOIN allowance.recipient r USING (addressee_number)
        WHERE l.household_number IN (x.household_after, x.household_before) AND x.kind IN ('birth', 'moveIn', 'marriage', 'separation')
          AND (l.history_no, l.revision) = (SELECT n.history_no, n.revision FROM allowance.person_history n
               WHERE n.addressee_number = l.addressee_number ORDER BY n.history_no DESC, n.revision DESC LIMIT 1)) t ${LIVE}
    -- A family that moves together is one piece of work: the recipient's own move.
    WHERE NOT (x.kind IN ('moveWithin', 'moveOut') AND EXISTS (
      SELECT FROM allowance.recipient r CROSS JOIN LATERAL (
        SELECT m.household_number, m.address, m.resident_state FROM allowance.person_history m
        WHERE m.addressee_number = r.addressee_number ORDER BY m.history_no DESC, m.revision DESC LIMIT 1) m
      WHERE r.recipient_id = t.recipient_id AND r.addressee_number <> x.number
        AND (m.household_number, m.address, m.resident_state) = (x.household_after, x.address_after, x.state_after))))
  ${INSERT}
  SELECT kind, number, source_key, recipient_id, happened_on, ward_code, $1 FROM touched
  UNION
  -- A child who comes into a household without a right: somebody has to be invited to claim.
  SELECT x.kind, x.number, x.source_key, NULL, x.happened_on, x.own_ward, $1 FROM x
  WHERE x.kind IN ('birth', 'moveIn') AND x.birth_date > $2::date - interval '18 years'
    AND NOT EXISTS (SELECT FROM allowance.claim_child k JOIN allowance.approval a ON a.claim_id = k.claim_id AND a.outcome = 'grant' WHERE k.child_number = x.number)
    AND NOT EXISTS (SELECT FROM touched t WHERE t.number = x.number AND t.kind = x.kind)
  ON CONFLICT DO NOTHING`;

const OWN = (rows: string): string => `
  WITH x AS MATERIALIZED (${rows})
  ${INSERT}
  SELECT DISTINCT x.kind, x.number, x.source_key, t.recipient_id, x.happened_on, t.ward_code, $1::bigint
  FROM x CROSS JOIN LATERAL (${TOUCHED}) t ${LIVE}
  ON CONFLICT DO NOTHING`;

const INCOMES = OWN(`
  SELECT 'taxCorrection' AS kind, h.addressee_number AS number, h.income_year || '-' || h.history_no || '/' || h.revision AS source_key,
         coalesce(h.known_on, h.recorded_at::date) AS happened_on
  FROM stage_incomes s JOIN allowance.income_history h USING (addressee_number, income_year, history_no)
  WHERE h.batch_id = $1 AND (h.history_no > 1 OR h.revision > 1)`);

// The first delivery of an office tells what has long been so; only what comes after it is a change.
const LINKED = OWN(`
  SELECT CASE WHEN h.status_code = 'mutualAid' AND h.kind IN ('healthInsurance', 'pension') THEN 'publicService'
              WHEN h.kind = 'healthInsurance' THEN 'insurance' ELSE h.kind END AS kind,
         h.addressee_number AS number, h.kind || '-' || h.history_no || '/' || h.revision AS source_key, coalesce(h.ends_on, h.starts_on) AS happened_on
  FROM stage_linked_periods s JOIN allowance.linked_period h USING (kind, addressee_number, history_no)
  WHERE h.batch_id = $1 AND EXISTS (SELECT FROM allowance.linked_period e WHERE e.kind = h.kind AND e.batch_id < $1)`);

const STATUSES = OWN(`
  SELECT 'publicService' AS kind, h.addressee_number AS number, h.kind || '-' || h.starts_on || '/' || h.revision AS source_key,
         coalesce(h.ends_on, h.starts_on) AS happened_on
  FROM stage_status_periods s JOIN allowance.status_period h USING (kind, addressee_number, starts_on)
  WHERE h.batch_id = $1 AND h.kind = 'publicServant'`);

// 先読み: the delivery itself has not been taken in, so there is no batch yet.
const NOTICES = OWN(`
  SELECT 'protection' AS kind, n.addressee_number AS number, 'notice-' || n.notice_id AS source_key, coalesce(n.starts_on, $3::date) AS happened_on
  FROM allowance.protection_notice n WHERE n.notice_id = ANY ($2)`);
const NO_BATCH = 0;

/** Writes down that somebody is protected since a mark was read ahead. */
export async function noteProtectionNotices(
  client: PoolClient,
  noticeIds: readonly number[],
  today: CivilDate,
): Promise<void> {
  await client.query(NOTICES, [NO_BATCH, noticeIds, today]);
}

const STATEMENTS: Partial<Readonly<Record<FeedFile, string>>> = {
  "residents.csv": RESIDENTS,
  "incomes.csv": INCOMES,
  "linked_periods.csv": LINKED,
  "status_periods.csv": STATUSES,
};

/**
 * Writes down what the rows of a batch change. Called while the staging table of the file is still there.
 *
 * @param today a child who is grown up by then needs no invitation, however late the office tells of its birth
 * @returns how many changes were noted
 */
export async function noteChanges(
  client: PoolClient,
  file: FeedFile,
  batchId: number,
  today: CivilDate,
): Promise<number> {
  const statement = STATEMENTS[file];
  if (statement === undefined) return 0;
  const { rows } = await client.query<{ some: boolean }>("SELECT EXISTS (SELECT FROM allowance.recipient) AS some");
  if (rows[0]?.some !== true) return 0;
  const { rowCount } = await client.query(statement, file === "residents.csv" ? [batchId, today] : [batchId]);
  return rowCount ?? 0;
}
