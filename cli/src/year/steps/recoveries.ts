/** 債権: what the ledger finds overpaid, whose fault it was, how it is paid back, what comes in. */
import {
  answerRecovery,
  findOverpayments,
  importReceipts,
  instalmentsOf,
  proposeRecovery,
  type RecoveryProposal,
  recoveryOverview,
  RECOVERY_STATES,
  waitingProposals,
} from "@hagukumi/allowance/contract.ts";
import type { ListedRecovery } from "@hagukumi/allowance/contract.ts";
import { addDays, addMonths, benefitMonthsOf, lastDayOfMonth, type Month, monthOf } from "@hagukumi/law/contract.ts";

import { as, type Figures, percent, unless, type YearStep, type YearWork } from "../work.ts";

/** Proposal by one person, decision by another. */
async function decide(work: YearWork, step: YearStep, recoveryId: number, proposal: RecoveryProposal): Promise<void> {
  const key = (name: string): string => `year/${step.id}/${proposal.kind}/${name}/${recoveryId}`;
  const proposalId = await proposeRecovery(as(work, "examiner", step), { recoveryId, proposal, key: key("propose") });
  const waiting = (await waitingProposals(work.context.pool, recoveryId)).find(
    (each) => each.proposalId === proposalId,
  );
  if (waiting === undefined) return;
  const { contentDigest } = waiting;
  const answer = { outcome: "approved" as const, contentDigest };
  await answerRecovery(as(work, "decider", step), { proposalId, answer, key: key("answer") });
}

/** The first 支払期月 after the step. */
function nextPayment(step: YearStep): Month {
  let next = addMonths(monthOf(step.on), 1);
  while (benefitMonthsOf(next).length === 0) next = addMonths(next, 1);
  return next;
}

/** Whoever is still paid lets it be taken from the next payments, a large sum goes in three parts, the rest at once. */
async function plan(work: YearWork, step: YearStep, recovery: ListedRecovery, alive: boolean): Promise<void> {
  const { recoveryId, outstanding } = recovery;
  const reason = "演習: 受給者と話し合った";
  if (alive) {
    const offset = { perPayment: Math.min(outstanding, 10_000), keep: 1000, fromPayment: nextPayment(step) };
    await decide(work, step, recoveryId, { kind: "plan", method: "offset", pledgedOn: step.on, offset, reason });
    return;
  }
  if (outstanding < 30_000) {
    await decide(work, step, recoveryId, { kind: "plan", method: "lumpSum", reason });
    return;
  }
  const part = Math.floor(outstanding / 3);
  const instalments = [1, 2, 3].map((no) => ({
    dueOn: lastDayOfMonth(addMonths(monthOf(step.on), no)),
    amount: no === 3 ? outstanding - 2 * part : part,
  }));
  await decide(work, step, recoveryId, {
    kind: "plan",
    method: "instalments",
    pledgedOn: step.on,
    instalments,
    reason,
  });
}

const ALIVE = `
  SELECT recipient_id AS id FROM allowance.recipient_window WHERE recipient_id = ANY ($1::bigint[]) AND (ended_from IS NULL OR ended_from > $2)`;

/** What was paid too much becomes a claim; each gets its cause and its plan by two people. */
export async function findRecoveries(work: YearWork, step: YearStep): Promise<Figures> {
  const examiner = as(work, "examiner", step);
  const { overpaid } = await findOverpayments(examiner);
  let planned = 0;
  for (;;) {
    // At most 200 at a time; what has its plan is in another state.
    const { recoveries } = await recoveryOverview(work.context.pool, examiner, ["found", "assessed"]);
    if (recoveries.length === 0) return { recoveries: planned, overpaid };
    const ids = recoveries.map(({ recipientId }) => recipientId);
    const { rows } = await work.context.pool.query<{ id: number }>(ALIVE, [ids, step.on]);
    const alive = new Set(rows.map(({ id }) => id));
    for (const recovery of recoveries) {
      const { recoveryId, recipientId, state } = recovery;
      if (state === "found") {
        await decide(work, step, recoveryId, { kind: "cause", cause: "recipient", basis: "演習: 届出が遅れた" });
      }
      await plan(work, step, recovery, alive.has(recipientId));
      planned += 1;
    }
  }
}

/** 納付: most pay what is due; some wait for the reminder. */
export async function takeReceipts(work: YearWork, step: YearStep): Promise<Figures> {
  const examiner = as(work, "examiner", step);
  const { recoveries } = await recoveryOverview(work.context.pool, examiner, [...RECOVERY_STATES]);
  const due = await instalmentsOf(
    work.context.pool,
    recoveries.filter(({ outstanding }) => outstanding > 0).map(({ recoveryId }) => recoveryId),
  );
  const lines = due
    .filter(({ amount, paid, dueOn }) => paid < amount && dueOn <= addDays(step.on, 20))
    .filter(({ recoveryId, no }) => percent(work.seed, "pays", recoveryId, no) < 70)
    .map(
      ({ recoveryId, no, amount, paid }) =>
        `${step.id.slice(0, 7)}-${recoveryId}-${no},${recoveryId},${step.on},${amount - paid}`,
    );
  if (lines.length === 0) return {};
  const bytes = new TextEncoder().encode(`収納番号,債権番号,納付日,納付額\n${lines.join("\n")}\n`);
  const name = `nofu-${step.on}.csv`;
  const done = await unless(
    ["receiptRepeated"],
    async () => await importReceipts(as(work, "maker", step), { name, bytes }),
  );
  return { receipts: done?.applied ?? 0, receiptYen: done?.appliedAmount ?? 0 };
}
