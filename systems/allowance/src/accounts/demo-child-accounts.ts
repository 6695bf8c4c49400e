/** The accounts of children in homes of the city, for demonstrations and tests: in an installation they come by the report 児童の口座の届. */
import { toZenginKana } from "@hagukumi/platform/bank/kana.ts";
import { serializable } from "@hagukumi/platform/database/transaction.ts";
import type { Pool } from "pg";

import { ROLE } from "../context.ts";

type Child = {
  readonly recipient_id: number;
  readonly child: number;
  readonly kana: string;
  readonly bank: string;
  readonly branch: string;
};

/** Children of homes of the state or a local government that have no account yet; the bank is that of the home. */
const CHILDREN = `
SELECT DISTINCT p.recipient_id, k.child_number AS child, n.kana, a.bank, a.branch
FROM allowance.public_institution p JOIN allowance.recipient r USING (recipient_id)
JOIN allowance.claim c ON c.claimant_number = r.addressee_number AND c.recipient_kind = r.kind
JOIN allowance.claim_child k ON k.claim_id = c.claim_id AND k.role = 'child'
JOIN allowance.person_current n ON n.addressee_number = k.child_number
JOIN LATERAL (SELECT bank, branch FROM allowance.account x WHERE x.recipient_id = p.recipient_id ORDER BY account_id DESC LIMIT 1) a ON true
WHERE NOT EXISTS (SELECT FROM allowance.child_account x WHERE (x.recipient_id, x.child_number) = (p.recipient_id, k.child_number))
ORDER BY 1, 2`;

/** Gives each of these children an account in its own name. @returns how many were added; 0 the second time */
export async function seedDemoChildAccounts(pool: Pool, enteredBy: string, approvedBy: string): Promise<number> {
  return await serializable(pool, async (client) => {
    await client.query(`SET LOCAL ROLE ${ROLE}`);
    const { rows } = await client.query<Child>(CHILDREN);
    for (const { recipient_id, child, kana, bank, branch } of rows) {
      const holder = toZenginKana(kana, { kind: "21" });
      if (!holder.ok) throw new Error(`no reading of ${child}: ${holder.problem.message}`);
      await client.query(
        `INSERT INTO allowance.child_account (recipient_id, child_number, bank, branch, account_type, account_number, holder, evidence, entered_by, approved_by)
         VALUES ($1, $2, $3, $4, '1', $5, $6, 'デモ: 児童の通帳の写し', $7, $8)`,
        [
          recipient_id,
          child,
          bank,
          branch,
          `8${String(child).padStart(15, "0").slice(-6)}`,
          holder.value.shown.slice(0, 30),
          enteredBy,
          approvedBy,
        ],
      );
    }
    return rows.length;
  });
}
