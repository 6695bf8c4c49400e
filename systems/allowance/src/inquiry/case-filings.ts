/** 請求・届出 of a case: what this person has filed, with its state, newest first – on paper books of before and here. */
import { auditedRead, type Reader } from "./audited-read.ts";

export type CaseFiling = {
  /** Null for claims that were taken over from the books of before this system */
  readonly filingId: number | null;
  readonly receptionNumber: string;
  /** Code of the procedure, or the kind of the claim */
  readonly what: string;
  readonly receivedOn: string;
  /** State of the filing, or of the claim: `decided`, `withdrawn`, `examined`, `submitted` */
  readonly state: string;
};

const FILINGS = `
WITH own AS (SELECT addressee_number FROM allowance.recipient WHERE recipient_id = $1)
SELECT f.filing_id AS "filingId", f.reception_number AS "receptionNumber", f.procedure_code AS what, f.received_on AS "receivedOn", f.state::text AS state
FROM allowance.filing_current f JOIN own ON f.claimant_number = own.addressee_number
UNION ALL
SELECT NULL, c.reception_number, c.kind, c.received_on,
  CASE WHEN a.claim_id IS NOT NULL THEN 'decided' WHEN w.claim_id IS NOT NULL THEN 'withdrawn' ELSE 'submitted' END
FROM allowance.claim c JOIN own ON c.claimant_number = own.addressee_number
LEFT JOIN allowance.approval a ON a.claim_id = c.claim_id
LEFT JOIN allowance.claim_withdrawal w ON w.claim_id = c.claim_id
WHERE c.filing_id IS NULL
ORDER BY "receivedOn" DESC, "receptionNumber" DESC LIMIT 100`;

/** @throws Refusal `purposeNeeded`; also what the staff read throws */
export async function readCaseFilings(reader: Reader, recipientId: number): Promise<readonly CaseFiling[]> {
  const entry = { action: "inquiry.caseFilings", objectKind: "recipient", objectId: String(recipientId) };
  return await auditedRead(reader, entry, async (client) => {
    const { rows } = await client.query<CaseFiling>(FILINGS, [recipientId]);
    return rows;
  });
}
