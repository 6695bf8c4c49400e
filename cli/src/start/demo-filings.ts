/**
 * Work that waits in the demonstration: claims for children of the made-up city whom nobody has claimed yet, received over
 * the last weeks, some examined, one without its papers, one half typed. Nothing of it is decided, so no payment knows it.
 */
import {
  examineFiling,
  type FilingForm,
  receiveDocuments,
  requestDocuments,
  saveDraft,
  submitFiling,
} from "@hagukumi/allowance/contract.ts";
import type { Context } from "@hagukumi/allowance/contract.ts";
import { addDays, type CivilDate } from "@hagukumi/law/contract.ts";
import type { Pool } from "pg";

type Family = {
  readonly parent: number;
  readonly kana: string;
  readonly child: number;
  readonly birth_date: string;
  readonly ward_code: string;
};

/**
 * Heads of households with a resident child whom no claim names, the youngest children first. Only the 200 youngest are
 * looked at more closely, so that a large city is as quick as a small one.
 */
const FAMILIES = `
WITH young AS MATERIALIZED (
  SELECT DISTINCT h.birth_date, h.addressee_number FROM allowance.person_history h
  WHERE h.birth_date > $1::date - interval '17 years'
    AND NOT EXISTS (SELECT FROM allowance.claim_child c WHERE c.child_number = h.addressee_number)
  ORDER BY h.birth_date DESC, h.addressee_number LIMIT 200)
SELECT h.addressee_number AS parent, h.kana, p.addressee_number AS child, p.birth_date, p.ward_code
FROM young y
CROSS JOIN LATERAL (SELECT * FROM allowance.person_history x WHERE x.addressee_number = y.addressee_number ORDER BY x.history_no DESC, x.revision DESC LIMIT 1) p
JOIN allowance.person_history h ON h.household_number = p.household_number AND h.relation_code = '02'
WHERE p.resident_state = 1 AND NOT p.protected AND h.resident_state = 1 AND NOT h.protected AND h.birth_date < $1::date - interval '20 years'
  AND NOT EXISTS (SELECT FROM allowance.person_history n WHERE n.addressee_number = h.addressee_number AND (n.history_no, n.revision) > (h.history_no, h.revision))
  AND NOT EXISTS (SELECT FROM allowance.claim c WHERE c.claimant_number = h.addressee_number)
ORDER BY p.birth_date DESC, p.addressee_number LIMIT 9`;

/** Days before the day of work on which the filings were received, oldest last. */
const RECEIVED = [0, 0, 1, 4, 7, 12, 19, 24, 36] as const;
const TYPISTS: Readonly<Record<string, string>> = {
  "431010": "demo.chuo",
  "431028": "demo.higashi",
  "431036": "demo.nishi",
  "431044": "demo.minami",
  "431052": "demo.kita",
};

function formOf(family: Family, receivedOn: CivilDate): FilingForm {
  return {
    procedure: "certificationIndividual",
    receivedOn,
    channel: "counter",
    wardCode: family.ward_code,
    identity: { kind: 1, documents: ["個人番号カード"] },
    content: {
      claimant: family.parent,
      cause: "birth",
      causeOn: family.birth_date,
      employeeClass: "employee",
      account: {
        bank: "0182",
        branch: "101",
        accountType: "1",
        accountNumber: "1234567",
        numberAgain: "1234567",
        holder: family.kana,
      },
      children: [{ number: family.child, role: "child", relation: "子" }],
    },
  };
}

const keyOf = ({ child }: Family): string => `demo/filing/${String(child)}`;

/** Which of the keys have been used; the city may have any number of other filings. */
async function filed(pool: Pool, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await pool.query<{ key: string }>(
    "SELECT command_key AS key FROM audit.command WHERE command_key = ANY ($1)",
    [keys],
  );
  return new Set(rows.map(({ key }) => key));
}

/**
 * Files them once; after a crash the rest. Every step has a key of its own, so that none is done twice.
 *
 * @returns how many were filed by this call
 */
export async function fileDemoClaims(context: Context): Promise<number> {
  const { rows: families } = await context.pool.query<Family>(FAMILIES, [context.today]);
  const before = await filed(context.pool, families.map(keyOf));
  const last = families.at(-1);
  if (last === undefined || before.has(keyOf(last))) return 0;
  const as = (operator: string): Context => ({ ...context, operator, purpose: "デモ: 受付" });
  for (const [index, family] of families.entries()) {
    const typist = as(TYPISTS[family.ward_code] ?? "demo.chuo");
    const form = formOf(family, addDays(context.today, -(RECEIVED[index] ?? 0)));
    const key = keyOf(family);
    if (index === 0) {
      await saveDraft(typist, { form, key });
      continue;
    }
    const { filingId } = await submitFiling(typist, { form, key });
    if (index === 4) {
      const dueOn = addDays(context.today, 14);
      await requestDocuments(typist, {
        filingId,
        how: "held",
        documents: [],
        reason: "口座の分かるものを待つ",
        dueOn,
        key: `${key}/held`,
      });
    }
    if (![1, 2, 3].includes(index)) continue;
    await receiveDocuments(typist, { filingId, received: [{ code: "passbook" }], key: `${key}/papers` });
    await examineFiling(as("demo.shinsa"), { filingId, key: `${key}/examined` });
  }
  return families.length - before.size;
}
