/**
 * 検算 of the whole year: for every claimant, what is decided for the month and what stands in the ledger for every month that has been
 * accrued, beside what the second calculator (`law/plain`) gives for facts that were put together a second time, from the files. Of the
 * product nothing is believed but which claims two people granted.
 */
import { plainAssess } from "@hagukumi/law/contract.ts";
import type { Month, PlainWithheld } from "@hagukumi/law/contract.ts";
import { nationalHolidays } from "@hagukumi/platform/calendar/holidays.ts";
import type { Pool } from "pg";

import { plainCase } from "./plain-cases.ts";
import { readRegisters } from "./registers.ts";

export type Difference = {
  readonly claimant: string;
  readonly kind: string;
  readonly month: string;
  /** Yen in the ledger of the month, or decided for it */
  readonly what: "ledger" | "decided";
  readonly product: number;
  readonly plain: number;
};

export type Comparison = {
  readonly cases: number;
  /** Cases × months of the ledger, and cases of the month decided */
  readonly months: number;
  /** Yen of all months together, as the second calculator gives it */
  readonly yen: number;
  readonly differences: readonly Difference[];
};

type Standing = { readonly claimant: number; readonly kind: string; readonly month: string; readonly yen: number };

/** What stands in the ledger: due and not taken back, less what became a claim (過払). */
const STANDING = `
  SELECT r.addressee_number AS claimant, r.kind, to_char(x.benefit_month, 'YYYY-MM') AS month, sum(x.amount)::int AS yen
  FROM (SELECT d.recipient_id, d.benefit_month, d.amount FROM allowance.due_item d
          LEFT JOIN allowance.due_reversal v USING (child_number, benefit_month, generation, tranche) WHERE v.tranche IS NULL
        UNION ALL SELECT recipient_id, benefit_month, -amount FROM allowance.receivable) x
  JOIN allowance.recipient r USING (recipient_id) WHERE x.benefit_month BETWEEN $1 AND $2 GROUP BY 1, 2, 3`;

/** What is decided for a month: the last decision about it. An amount that was not reported says nothing. */
const DECIDED = `
  SELECT r.addressee_number AS claimant, r.kind, to_char($1::date, 'YYYY-MM') AS month, sum(d.monthly_total)::int AS yen
  FROM allowance.recipient r
  JOIN LATERAL (SELECT x.monthly_total FROM allowance.decision x WHERE x.recipient_id = r.recipient_id AND x.kind <> 'refuse' AND x.effective_month <= $1::date
                ORDER BY x.seq DESC LIMIT 1) d ON true GROUP BY 1, 2`;

/** 支給制限 that were decided: which months are not granted is the office's own act, and stands in no file of another office. */
const WITHHELD = `
  SELECT r.addressee_number AS claimant, r.kind, f.child_number::text AS child, to_char(f.from_month, 'YYYY-MM') AS "from", to_char(f.payable_from, 'YYYY-MM') AS until
  FROM allowance.benefit_restriction_in_force f JOIN allowance.recipient r USING (recipient_id)`;

const GRANTED = `
  SELECT c.reception_number AS number FROM allowance.claim c JOIN allowance.approval a USING (claim_id) WHERE a.outcome <> 'refuse'`;

export type CompareOptions = {
  readonly pool: Pool;
  readonly feeds: string;
  /** Days of the deliveries that the office has taken in */
  readonly cuts: readonly string[];
  /** Benefit months that have been accrued, both included; `until` before `from`: none */
  readonly from: Month;
  readonly until: Month;
  /** The month whose decided amounts are compared, not before `until` */
  readonly decided: Month;
};

const keyed = (rows: readonly Standing[]): Map<string, number> =>
  new Map(rows.map(({ claimant, kind, month, yen }) => [`${kind}/${claimant}/${month}`, yen]));

/** Takes the amount out of the map; what remains in the end nobody has asked for. */
function take(amounts: Map<string, number>, key: string): number {
  const yen = amounts.get(key) ?? 0;
  amounts.delete(key);
  return yen;
}

/** Compares everybody. Reads only. */
export async function compareWithPlain(options: CompareOptions): Promise<Comparison> {
  const { pool, feeds, cuts, from, until, decided } = options;
  const registers = await readRegisters(feeds, cuts);
  const granted = new Set((await pool.query<{ number: string }>(GRANTED)).rows.map(({ number }) => Number(number)));
  const product = {
    ledger: keyed((await pool.query<Standing>(STANDING, [`${from}-01`, `${until}-01`])).rows),
    decided: keyed((await pool.query<Standing>(DECIDED, [`${decided}-01`])).rows),
  } as const;
  const decidedAgainst = await pool.query<PlainWithheld & { claimant: number; kind: string }>(WITHHELD);
  const withheld = Map.groupBy(decidedAgainst.rows, (row) => `${row.kind}/${row.claimant}`);
  const differences: Difference[] = [];
  let [cases, months, yen] = [0, 0, 0];
  for (const [claimant, all] of registers.claims) {
    const own = all.filter((cells) => granted.has(Number(cells[0])));
    for (const [kind, claims] of Map.groupBy(own, (cells) => cells[5] ?? "")) {
      cases += 1;
      const facts = plainCase(registers, claimant, kind, claims, { from, until: decided });
      const whole = plainAssess(facts, nationalHolidays).months;
      const against = withheld.get(`${kind}/${Number(claimant)}`);
      const payable = against === undefined ? whole : plainAssess(facts, nationalHolidays, against).months;
      for (const [index, { month, total: lawful }] of whole.entries()) {
        for (const what of ["ledger", "decided"] as const) {
          if (what === "ledger" ? month > until : month !== decided) continue;
          // A restriction changes what is granted, not the amount that is decided for the month.
          const total = what === "ledger" ? (payable[index]?.total ?? lawful) : lawful;
          const stands = take(product[what], `${kind}/${Number(claimant)}/${month}`);
          if (stands !== total) differences.push({ claimant, kind, month, what, product: stands, plain: total });
          months += 1;
          if (what === "ledger") yen += total;
        }
      }
    }
  }
  // What the product has for people of whom no file tells a granted claim.
  for (const what of ["ledger", "decided"] as const) {
    for (const [key, stands] of product[what]) {
      const [kind = "", claimant = "", month = ""] = key.split("/");
      if (stands !== 0) differences.push({ claimant, kind, month, what, product: stands, plain: 0 });
    }
  }
  return { cases, months, yen, differences };
}
