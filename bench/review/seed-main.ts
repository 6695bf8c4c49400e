/** Fills the database at a URL with the city of the payment bench, and its children into the residents' register. `seed-main.ts <url> <recipients>` */
import { createPool } from "@hagukumi/platform/database/pool.ts";

import { seedRecipients } from "../payments/seed.ts";

/** The children live with the recipient: same household, same address, resident since birth. */
const CHILDREN = `
  INSERT INTO allowance.person_history (addressee_number, history_no, revision, valid_from, valid_from_unknown, event_code, household_number, resident_kind,
    resident_state, name, kana, sex, birth_date, birth_date_unknown, relation_code, ward_code, postal_code, address, protected, deleted, row_digest, batch_id)
  SELECT (c ->> 'id')::bigint, 1, 1, (c ->> 'birthDate')::date, false, '11', p.household_number, 1, 1, '架空　子', 'カクウ　コ', 0, (c ->> 'birthDate')::date, false,
    '20', p.ward_code, p.postal_code, p.address, false, false, repeat('0', 64), 1
  FROM allowance.decision d JOIN allowance.facts f USING (facts_digest) JOIN allowance.recipient r USING (recipient_id)
  JOIN allowance.person_history p ON p.addressee_number = r.addressee_number CROSS JOIN LATERAL jsonb_array_elements(f.facts -> 'children') c`;

/** The claims were examined and approved when the rights began. */
const DECIDED = `
  INSERT INTO allowance.examination (claim_id, seq, outcome, facts_digest, rule_version, proposal, examined_by)
  SELECT claim_id, 1, 'grant', facts_digest, 'bench', '{}', examined_by FROM allowance.decision;
  INSERT INTO allowance.approval (claim_id, seq, examined_by, outcome, approved_by, decided_on)
  SELECT claim_id, 1, examined_by, 'grant', approved_by, decided_on FROM allowance.decision`;

const [, , url = "", count = "0"] = process.argv;
const pool = createPool(url);
const children = await seedRecipients(pool, Number(count));
await pool.query(CHILDREN);
await pool.query(DECIDED);
await pool.query("ANALYZE");
process.send?.(children);
await pool.end();
process.disconnect();
