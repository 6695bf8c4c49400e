/**
 * 差引 in a payment run: for every recipient with something to take, the free months are cut into what is taken and what is transferred.
 * A part of an amount becomes an amount of its own (a further tranche), so that each is used once, under one key (M1, M9).
 *
 * Works in the transaction that creates the run, on its temporary table `candidate`; what is taken lies in `deducted`.
 */
import { type CivilDate, type Month, month } from "@hagukumi/law/contract.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";
import type { PoolClient } from "pg";

import { openJournal } from "../ledger/journal.ts";
import { advanceOffsets, outstandingClaims } from "./advance-offset.ts";
import { plannedDeductions } from "./planned.ts";
import type { DeductionPlan, PlannedDeduction, WantedDeduction } from "./planned.ts";
import { wantedDeductions } from "./register.ts";

export type TakeOptions = {
  readonly commandKey: string;
  readonly paymentMonth: Month;
  readonly payOn: CivilDate;
};

/** One deduction of the run, with the claims (過払) that a 内払 lessens. */
export type TakenDeduction = {
  readonly deductionNo: number;
  readonly recipientId: number;
  readonly planned: PlannedDeduction;
  readonly claims: readonly { readonly receivableId: number; readonly amount: number }[];
};

type Tranche = {
  readonly child_number: number;
  readonly benefit_month: string;
  readonly generation: number;
  readonly tranche: number;
  readonly attempt: number;
  readonly amount: number;
};

type Piece = { readonly source: Tranche; readonly amount: number; readonly deductionNo: number | null };

/** Recipients of the run from whom something might be taken. */
const CONCERNED = `
SELECT DISTINCT c.recipient_id, r.kind = 'institution' AS institutional FROM candidate c JOIN allowance.recipient r USING (recipient_id)
WHERE EXISTS (SELECT 1 FROM allowance.donation d WHERE d.recipient_id = c.recipient_id AND d.from_payment <= $1)
   OR EXISTS (SELECT 1 FROM allowance.fee_request f WHERE f.recipient_id = c.recipient_id AND f.from_payment <= $1)
   OR EXISTS (SELECT 1 FROM allowance.special_collection s WHERE s.recipient_id = c.recipient_id AND s.payment_month = $1)
   OR EXISTS (SELECT 1 FROM allowance.advance_offset o WHERE o.recipient_id = c.recipient_id AND o.from_payment <= $1)
ORDER BY c.recipient_id`;

/** 内払 in force in the payment month, up to what is still owed. */
async function wantedOffsets(
  client: PoolClient,
  recipientId: number,
  paymentMonth: Month,
): Promise<readonly WantedDeduction[]> {
  const claims = await outstandingClaims(client, recipientId);
  let owed = claims.reduce((sum, { outstanding }) => sum + outstanding, 0);
  const wanted: WantedDeduction[] = [];
  for (const plan of await advanceOffsets(client, recipientId)) {
    if (plan.fromPayment > paymentMonth || (plan.toPayment !== null && plan.toPayment < paymentMonth)) continue;
    const amount = Math.min(plan.perPayment, owed);
    if (amount === 0) continue;
    owed -= amount;
    wanted.push({ kind: "advanceOffset", id: plan.offsetId, wanted: amount, keep: plan.keep });
  }
  return wanted;
}

/** Cuts the tranches of one recipient by the plan: every deduction its pieces, and the rest of each tranche. */
function cut(
  tranches: readonly Tranche[],
  plan: DeductionPlan,
  numbers: ReadonlyMap<PlannedDeduction, number>,
): Piece[] {
  const left = tranches.map((source) => ({ source, amount: source.amount }));
  const pieces: Piece[] = [];
  for (const deduction of plan.deductions) {
    for (const part of deduction.parts) {
      let rest = part.amount;
      for (const each of left) {
        if (rest === 0) break;
        if (each.source.child_number !== part.child || each.source.benefit_month.slice(0, 7) !== part.month) continue;
        const amount = Math.min(rest, each.amount);
        if (amount === 0) continue;
        each.amount -= amount;
        rest -= amount;
        pieces.push({ source: each.source, amount, deductionNo: numbers.get(deduction) ?? null });
      }
    }
  }
  const touched = new Set(pieces.map(({ source }) => source));
  for (const { source, amount } of left)
    if (touched.has(source) && amount > 0) pieces.push({ source, amount, deductionNo: null });
  return pieces;
}

/** Splits the claims (過払) that an offset lessens, oldest first. */
function claimsOf(
  amount: number,
  open: { readonly receivableId: number; outstanding: number }[],
): TakenDeduction["claims"] {
  let rest = amount;
  const claims: { receivableId: number; amount: number }[] = [];
  for (const claim of open) {
    const part = Math.min(rest, claim.outstanding);
    if (part === 0) continue;
    claim.outstanding -= part;
    rest -= part;
    claims.push({ receivableId: claim.receivableId, amount: part });
  }
  return claims;
}

const KEY = "child_number, benefit_month, generation, tranche";
const ROWS = `jsonb_to_recordset($1::jsonb) AS r(child_number bigint, benefit_month date, generation smallint, tranche smallint, attempt smallint, part integer,
  amount integer, "deductionNo" integer)`;

/** Brings ledger and `candidate` to the pieces: an amount that is used in part is taken back and accrued again in parts. */
async function writePieces(client: PoolClient, pieces: readonly Piece[], options: TakeOptions): Promise<void> {
  const bySource = Map.groupBy(pieces, ({ source }) => source);
  const rows = [...bySource].flatMap(([source, parts]) => {
    const whole = parts.length === 1 && parts[0]?.amount === source.amount;
    return parts.map(({ amount, deductionNo }, index) => ({
      ...source,
      part: whole ? 0 : index + 1,
      amount,
      deductionNo,
    }));
  });
  await client.query(`CREATE TEMP TABLE piece ON COMMIT DROP AS SELECT * FROM ${ROWS}`, [JSON.stringify(rows)]);
  const split = [...bySource].filter(([source, parts]) => parts.length > 1 || parts[0]?.amount !== source.amount);
  if (split.length > 0) {
    const total = split.reduce((sum, [source]) => sum + source.amount, 0);
    const heading = { runNo: null, commandKey: options.commandKey, occurredOn: options.payOn, total };
    const reverse = await openJournal(client, { ...heading, kind: "reverse", count: split.length });
    await client.query(
      `INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, child_number, benefit_month, amount)
       SELECT $1, 'due', 'entitlement', d.recipient_id, d.child_number, d.benefit_month, d.amount
       FROM (SELECT DISTINCT ${KEY} FROM piece WHERE part > 0) p JOIN allowance.due_item d USING (${KEY})`,
      [reverse],
    );
    await client.query(
      `INSERT INTO allowance.due_reversal (${KEY}, cause, journal_id) SELECT DISTINCT ${KEY}, '差引のための分割', $1::bigint FROM piece WHERE part > 0`,
      [reverse],
    );
    const count = rows.filter(({ part }) => part > 0).length;
    const accrue = await openJournal(client, { ...heading, kind: "accrue", count });
    await client.query(
      `INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, child_number, benefit_month, amount)
       SELECT $1, 'entitlement', 'due', d.recipient_id, d.child_number, d.benefit_month, p.amount
       FROM piece p JOIN allowance.due_item d USING (${KEY}) WHERE p.part > 0`,
      [accrue],
    );
    // The new tranches are numbered after the last one of their month.
    await client.query(`
      CREATE TEMP TABLE numbered ON COMMIT DROP AS
      SELECT p.*, (SELECT max(d.tranche) FROM allowance.due_item d WHERE (d.child_number, d.benefit_month, d.generation) = (p.child_number, p.benefit_month, p.generation))
             + row_number() OVER (PARTITION BY p.child_number, p.benefit_month, p.generation ORDER BY p.tranche, p.part) AS new_tranche
      FROM piece p WHERE p.part > 0`);
    await client.query(
      `INSERT INTO allowance.due_item (${KEY}, recipient_id, amount, band, birth_order, decision_id, facts_digest, rule_version, journal_id)
       SELECT n.child_number, n.benefit_month, n.generation, n.new_tranche, d.recipient_id, n.amount, d.band, d.birth_order, d.decision_id, d.facts_digest,
              d.rule_version, $1 FROM numbered n JOIN allowance.due_item d USING (${KEY})`,
      [accrue],
    );
    crashPoint("payment.create.split");
  } else {
    await client.query("CREATE TEMP TABLE numbered (LIKE piece) ON COMMIT DROP");
    await client.query("ALTER TABLE numbered ADD COLUMN new_tranche bigint");
  }
  await client.query(`
    CREATE TEMP TABLE used ON COMMIT DROP AS
    SELECT p.child_number, p.benefit_month, p.generation, coalesce(n.new_tranche, p.tranche)::smallint AS tranche,
           CASE WHEN p.part = 0 THEN p.attempt ELSE 1 END::smallint AS attempt, c.recipient_id, c.payee_key, p.amount, p."deductionNo" AS deduction_no
    FROM piece p JOIN candidate c USING (${KEY})
    LEFT JOIN numbered n ON (n.child_number, n.benefit_month, n.generation, n.tranche, n.part) = (p.child_number, p.benefit_month, p.generation, p.tranche, p.part);
    DELETE FROM candidate c USING piece p WHERE (c.child_number, c.benefit_month, c.generation, c.tranche) = (p.child_number, p.benefit_month, p.generation, p.tranche);
    INSERT INTO candidate (${KEY}, attempt, recipient_id, payee_key, amount) SELECT ${KEY}, attempt, recipient_id, payee_key, amount FROM used WHERE deduction_no IS NULL;
    INSERT INTO deducted (${KEY}, attempt, recipient_id, amount, deduction_no) SELECT ${KEY}, attempt, recipient_id, amount, deduction_no FROM used WHERE deduction_no IS NOT NULL;
    UPDATE deducted d SET attempt = (SELECT coalesce(max(i.attempt), 0) + 1 FROM allowance.run_deduction_item i
      WHERE (i.child_number, i.benefit_month, i.generation, i.tranche) = (d.child_number, d.benefit_month, d.generation, d.tranche))`);
}

/** An empty `deducted`: for runs from which nothing is taken. */
export async function noDeductions(client: PoolClient): Promise<void> {
  await client.query(`
    CREATE TEMP TABLE deducted (child_number bigint, benefit_month date, generation smallint, tranche smallint, attempt smallint,
      recipient_id bigint, amount integer, deduction_no integer) ON COMMIT DROP`);
}

/** Takes what the register wants out of the free months. Amounts in yen; never more than the months hold. */
export async function takeDeductions(client: PoolClient, options: TakeOptions): Promise<readonly TakenDeduction[]> {
  await noDeductions(client);
  const { rows: concerned } = await client.query<{ recipient_id: number; institutional: boolean }>(CONCERNED, [
    `${options.paymentMonth}-01`,
  ]);
  const taken: TakenDeduction[] = [];
  const pieces: Piece[] = [];
  for (const { recipient_id: recipientId, institutional } of concerned) {
    const wanted = [
      ...(await wantedOffsets(client, recipientId, options.paymentMonth)),
      ...(await wantedDeductions(client, recipientId, options.paymentMonth, options.payOn)),
    ];
    if (wanted.length === 0) continue;
    const { rows: tranches } = await client.query<Tranche>(
      "SELECT child_number, benefit_month, generation, tranche, attempt, amount FROM candidate WHERE recipient_id = $1 ORDER BY 2, 1, 3, 4",
      [recipientId],
    );
    const months = tranches.map(({ child_number, benefit_month, amount }) => ({
      child: child_number,
      month: month(benefit_month.slice(0, 7)),
      amount,
      institutional,
    }));
    const plan = plannedDeductions(months, wanted);
    const open = (await outstandingClaims(client, recipientId)).map((claim) => ({ ...claim }));
    const numbers = new Map<PlannedDeduction, number>();
    for (const planned of plan.deductions) {
      if (planned.amount === 0) continue;
      const deductionNo = taken.length + 1;
      numbers.set(planned, deductionNo);
      const claims = planned.kind === "advanceOffset" ? claimsOf(planned.amount, open) : [];
      taken.push({ deductionNo, recipientId, planned, claims });
    }
    pieces.push(...cut(tranches, plan, numbers));
  }
  if (pieces.length > 0) await writePieces(client, pieces, options);
  return taken;
}

/** Creditor and fee of a deduction, as the register has them. */
const SOURCES = `
SELECT t."deductionNo", coalesce(f.creditor_id, s.creditor_id) AS creditor_id, coalesce(f.fee_kind, s.fee_kind) AS fee_kind,
       coalesce(f.child_number, s.child_number) AS fee_child
FROM jsonb_to_recordset($2::jsonb) AS t("deductionNo" integer, kind text, id bigint)
LEFT JOIN allowance.fee_request f ON t.kind IN ('requestedDeduction', 'requestedToThirdParty') AND f.fee_request_id = t.id
LEFT JOIN allowance.special_collection s ON t.kind = 'specialDeduction' AND s.special_id = t.id`;

/** Writes the deductions of a run whose heading is there: rows, months, claims, and the ledger. */
export async function storeDeductions(
  client: PoolClient,
  runNo: number,
  taken: readonly TakenDeduction[],
  options: TakeOptions,
): Promise<void> {
  if (taken.length === 0) return;
  const rows = taken.map(({ deductionNo, recipientId, planned }) => ({
    deductionNo,
    recipientId,
    kind: planned.kind,
    id: planned.id,
    amount: planned.amount,
    short: planned.short,
  }));
  await client.query(
    `INSERT INTO allowance.run_deduction (run_no, deduction_no, recipient_id, kind, source_id, creditor_id, fee_kind, fee_child, amount, short)
     SELECT $1, r."deductionNo", r."recipientId", r.kind, r.id, x.creditor_id, x.fee_kind, x.fee_child, r.amount, r.short
     FROM jsonb_to_recordset($2::jsonb) AS r("deductionNo" integer, "recipientId" bigint, kind text, id bigint, amount integer, short integer)
     JOIN (${SOURCES}) x USING ("deductionNo")`,
    [runNo, JSON.stringify(rows)],
  );
  await client.query(
    `INSERT INTO allowance.run_deduction_item (${KEY}, attempt, run_no, deduction_no, amount) SELECT ${KEY}, attempt, $1, deduction_no, amount FROM deducted`,
    [runNo],
  );
  crashPoint("payment.create.deductions");
  const claims = taken.flatMap(({ deductionNo, claims: of }) => of.map((claim) => ({ deductionNo, ...claim })));
  await client.query(
    `INSERT INTO allowance.run_offset_claim (run_no, deduction_no, receivable_id, amount)
     SELECT $1, r."deductionNo", r."receivableId", r.amount FROM jsonb_to_recordset($2::jsonb) AS r("deductionNo" integer, "receivableId" bigint, amount integer)`,
    [runNo, JSON.stringify(claims)],
  );
  const { rows: sums } = await client.query<{ count: number; total: number }>(
    "SELECT count(*)::int AS count, sum(amount)::bigint AS total FROM deducted",
  );
  const { count = 0, total = 0 } = sums[0] ?? {};
  const { commandKey, payOn } = options;
  const journal = await openJournal(client, { kind: "deduct", runNo, commandKey, occurredOn: payOn, count, total });
  await client.query(
    `INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, child_number, benefit_month, run_no, amount)
     SELECT $1, 'due', CASE k.kind WHEN 'advanceOffset' THEN 'receivable' ELSE 'deducted' END, i.recipient_id, i.child_number, i.benefit_month, $2, i.amount
     FROM deducted i JOIN allowance.run_deduction k ON k.run_no = $2 AND k.deduction_no = i.deduction_no`,
    [journal, runNo],
  );
  crashPoint("payment.create.deducted");
}

/** The way back when a run is cancelled: what was taken is due again. */
export async function giveBackDeductions(
  client: PoolClient,
  runNo: number,
  command: { readonly key: string; readonly occurredOn: string },
): Promise<void> {
  const { rows } = await client.query<{ count: number; total: number | null }>(
    "SELECT count(*)::int AS count, sum(amount)::bigint AS total FROM allowance.run_deduction_item WHERE run_no = $1",
    [runNo],
  );
  const { count = 0, total = null } = rows[0] ?? {};
  if (total === null) return;
  const journal = await openJournal(client, {
    kind: "undeduct",
    runNo,
    commandKey: command.key,
    occurredOn: command.occurredOn,
    count,
    total,
  });
  await client.query(
    `INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, child_number, benefit_month, run_no, amount)
     SELECT $1, CASE k.kind WHEN 'advanceOffset' THEN 'receivable' ELSE 'deducted' END, 'due', k.recipient_id, i.child_number, i.benefit_month, $2, i.amount
     FROM allowance.run_deduction_item i JOIN allowance.run_deduction k USING (run_no, deduction_no) WHERE i.run_no = $2`,
    [journal, runNo],
  );
  await client.query(
    `INSERT INTO allowance.deduction_release (${KEY}, attempt, journal_id) SELECT ${KEY}, attempt, $1 FROM allowance.run_deduction_item WHERE run_no = $2`,
    [journal, runNo],
  );
  crashPoint("payment.cancelled.deductions");
}
