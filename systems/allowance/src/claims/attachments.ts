/** Which children already belong to which recipient, month by month (A42, I-32: the hard stop against paying twice). */
import { assess, type Calendar, type Month, parseCase, parseMonth } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { refuse } from "../refusal.ts";
import { caseId, type CaseKey } from "./case-rows.ts";
import { firstShared, type Held, heldMonths, type MonthRange } from "./held-months.ts";

/** A child in the months in which another case has it. */
export type Attachment = {
  readonly recipientId: number;
  readonly caseId: string;
  readonly months: readonly MonthRange[];
};

export type Attachments = ReadonlyMap<number, readonly Attachment[]>;

type Row = {
  readonly child_number: number;
  readonly recipient_id: number;
  readonly addressee_number: number;
  readonly kind: CaseKey["kind"];
  readonly facts_digest: string;
  readonly facts: Readonly<Record<string, unknown>>;
};

// For each child: recipients whose claimant has named the child, with the facts of their last decision. Only children
// that more than one case names are asked about: for the rest there is nobody to collide with. A claim that is not stored
// yet ($2) may collide with the only case that names the child.
const OTHERS = `
  WITH named AS (
    SELECT DISTINCT k.child_number, c.claimant_number, c.recipient_kind
    FROM allowance.claim_child k JOIN allowance.claim c USING (claim_id)
    WHERE k.child_number = ANY($1::bigint[]) AND k.role = 'child'
  ), shared AS (SELECT child_number FROM named GROUP BY child_number HAVING $2 OR count(*) > 1)
  SELECT n.child_number, r.recipient_id, r.addressee_number, r.kind, d.facts_digest, f.facts
  FROM shared s JOIN named n USING (child_number)
  JOIN allowance.recipient r ON r.addressee_number = n.claimant_number AND r.kind = n.recipient_kind
  JOIN LATERAL (SELECT facts_digest FROM allowance.decision WHERE recipient_id = r.recipient_id ORDER BY seq DESC LIMIT 1) d ON true
  JOIN allowance.facts f USING (facts_digest)
  ORDER BY n.child_number, r.recipient_id`;

/**
 * The months in which the recorded facts give each child a right. Beyond the months they were decided for they may not say enough – an
 * income year that was not known yet, before the reform of 2024 – and then the last of those months goes on to `until`: a child that
 * somebody has is not free because the future is unknown.
 *
 * @throws Refusal `storedUnreadable` where not even the decided months can be judged any more
 */
function heldByFacts(row: Row, until: Month, calendar: Calendar): Held {
  const stored = typeof row.facts["until"] === "string" ? parseMonth(row.facts["until"]) : undefined;
  const heldTo = (last: Month) => {
    const parsed = parseCase({ ...row.facts, until: last });
    const result = parsed.ok ? assess(parsed.value, { calendar, explain: false }) : parsed;
    return result.ok ? { ok: true as const, held: heldMonths(result.value) } : result;
  };
  const whole = heldTo(stored !== undefined && stored > until ? stored : until);
  if (whole.ok) return whole.held;
  const known = stored === undefined || stored >= until ? whole : heldTo(stored);
  if (known.ok) {
    return new Map(
      [...known.held].map(([child, months]) => [
        child,
        months.map((range) => (range.to === stored ? { ...range, to: until } : range)),
      ]),
    );
  }
  throw refuse(
    "storedUnreadable",
    `認定番号 ${row.recipient_id} の決定の事実が、いまのプログラムでは判定できません（${known.problem.message}）。この番号をシステムの担当者に知らせてください。何も変えていません。`,
    { recipientId: row.recipient_id },
  );
}

/**
 * Loads who has the children, judged by the decisions that are recorded (not by facts nobody has decided on yet).
 *
 * @param until last month looked at; decisions without an end run on to it
 * @param unstored whether the children come from a claim that is not stored (a filing that is being judged)
 */
export async function loadAttachments(
  connection: Queryable,
  children: readonly number[],
  until: Month,
  calendar: Calendar,
  unstored = false,
): Promise<Attachments> {
  const { rows } = await connection.query<Row>(OTHERS, [children, unstored]);
  const assessed = new Map<string, Held>();
  const attachments = new Map<number, Attachment[]>();
  for (const row of rows) {
    let held = assessed.get(row.facts_digest);
    if (held === undefined) {
      held = heldByFacts(row, until, calendar);
      assessed.set(row.facts_digest, held);
    }
    const months = held.get(row.child_number);
    if (months === undefined) continue;
    const list = attachments.get(row.child_number) ?? [];
    list.push({
      recipientId: row.recipient_id,
      caseId: caseId({ claimant: row.addressee_number, kind: row.kind }),
      months,
    });
    attachments.set(row.child_number, list);
  }
  return attachments;
}

export type Collision = { readonly child: number; readonly recipientId: number; readonly month: Month };

/** The first month in which a child of this case belongs to another case, for each child where there is one. */
export function collisions(own: string, held: Held, attachments: Attachments): Collision[] {
  if (attachments.size === 0) return [];
  const found: Collision[] = [];
  for (const [child, months] of held) {
    for (const other of attachments.get(child) ?? []) {
      if (other.caseId === own) continue;
      const month = firstShared(months, other.months);
      if (month === undefined) continue;
      found.push({ child, recipientId: other.recipientId, month });
      break;
    }
  }
  return found;
}
