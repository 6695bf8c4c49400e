/** A decision with changed facts, written straight into the tables, for tests of what comes after it. Everything is made up. */
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import { createHash } from "node:crypto";
import type { Pool } from "pg";

export type Facts = {
  children: { id: string; birthDate: string; serial?: number; care?: { from: string; to?: string }[] }[];
  claims: { kind: string; receivedOn: string; children?: string[]; cause?: { kind: string; on?: string } }[];
};

/** Adds the next decision of a recipient, with the facts of the last one as `change` leaves them. @returns its number */
export async function decideFacts(
  pool: Pool,
  recipientId: number,
  kind: "increase" | "decrease" | "extinguish",
  effective: string,
  change: (facts: Facts) => void,
): Promise<number> {
  const { rows } = await pool.query<{ facts: Facts; seq: number }>(
    "SELECT f.facts, d.seq FROM allowance.decision d JOIN allowance.facts f USING (facts_digest) WHERE d.recipient_id = $1 ORDER BY d.seq DESC LIMIT 1",
    [recipientId],
  );
  const last = rows[0];
  if (last === undefined) throw new Error("no decision");
  change(last.facts);
  await pool.query(
    "INSERT INTO allowance.addressee SELECT n, 'person' FROM unnest($1::bigint[]) n ON CONFLICT DO NOTHING",
    [last.facts.children.map(({ id }) => Number(id))],
  );
  const text = canonicalJson(last.facts);
  const digest = createHash("sha256").update(text).digest("hex");
  await pool.query("INSERT INTO allowance.facts VALUES ($1, $2) ON CONFLICT DO NOTHING", [digest, text]);
  const made = await pool.query<{ decision_id: number }>(
    `INSERT INTO allowance.decision (recipient_id, seq, kind, effective_month, cause, ex_officio, origin, facts_digest, rule_version, decided_on, examined_by, approved_by)
     VALUES ($1, $2, $3, $4, CASE WHEN $3 = 'increase' THEN 'birth' ELSE 'careEnded' END, $3 <> 'increase', 'exOfficio', $5, 'test', '2027-01-10', 'shinsa.ichiro', 'kessai.hanako') RETURNING decision_id`,
    [recipientId, last.seq + 1, kind, `${effective}-01`, digest],
  );
  return made.rows[0]?.decision_id ?? 0;
}

/** Ends the care of the child at `index` on a day. */
export const endCare =
  (index: number, on: string) =>
  (facts: Facts): void => {
    const child = facts.children[index];
    if (child === undefined) throw new Error("no child");
    child.care = [{ from: child.birthDate, to: on }];
  };

/** Adds a child, claimed on the day of birth. */
export const addChild =
  (id: number, birthDate: string) =>
  (facts: Facts): void => {
    const text = String(id).padStart(15, "0");
    facts.children.push({ id: text, birthDate, serial: facts.children.length + 1 });
    facts.claims.push({
      kind: "increase",
      receivedOn: birthDate,
      children: [text],
      cause: { kind: "birth", on: birthDate },
    });
  };
