/**
 * One story of the ledger and of the states of payment runs, short and with every kind of entry and every state: what each step
 * answered, what the books say after it, and every row at the end. `story.test.ts` holds it against sums made by hand; the mutation
 * test plays it on a changed program.
 */
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import { createHash } from "node:crypto";
import type { Pool } from "pg";

import { approveRun, inspectRun } from "../../src/payments/approve-run.ts";
import { cancelRun } from "../../src/payments/cancel-run.ts";
import { closeRun, confirmReturn, resolveResult } from "../../src/payments/close-run.ts";
import { freezeRun } from "../../src/payments/freeze-run.ts";
import { handOverRun, resolveHandOver } from "../../src/payments/hand-over.ts";
import { importResults } from "../../src/payments/import-results.ts";
import { getRun } from "../../src/payments/run-record.ts";
import type { RunKind } from "../../src/payments/states.ts";
import { APPROVER, contextOf, MAKER, RELEASER, seedCases, threeFamilies } from "../support/cases.ts";
import { clearAll, create, memoryBank, resultCsv } from "../support/runs.ts";

type Facts = { children: { care?: { from: string; to: string | null }[] }[] };

export type Told = { readonly step: string; readonly answer: string };

/** What somebody tries to do to a run. */
const stages = {
  inspect: async (pool: Pool, runNo: number, key: string) => await inspectRun(contextOf(pool, MAKER), { key, runNo }),
  approve: async (pool: Pool, runNo: number, key: string) => {
    const { lineDigest } = await getRun(pool, runNo);
    return await approveRun(contextOf(pool, APPROVER), { key, runNo, lineDigest });
  },
  freeze: async (pool: Pool, runNo: number, key: string) => await freezeRun(contextOf(pool, APPROVER), { key, runNo }),
  handOver: async (pool: Pool, runNo: number, key: string) =>
    await handOverRun(contextOf(pool, RELEASER), { key, runNo }, memoryBank()),
  settle: async (pool: Pool, runNo: number, key: string) => {
    const run = await getRun(pool, runNo);
    const bytes = resultCsv({ count: run.lineCount, amount: run.total }, []);
    return await importResults(contextOf(pool, MAKER), { key, runNo, bytes });
  },
  close: async (pool: Pool, runNo: number, key: string) => await closeRun(contextOf(pool, MAKER), { key, runNo }),
  cancel: async (pool: Pool, runNo: number, key: string) =>
    await cancelRun(contextOf(pool, MAKER), { key, runNo, reason: "作り直し" }),
} as const;
type Stage = keyof typeof stages;
const all = Object.keys(stages) as Stage[];

/** The story went another way than it should: there is no need to play it to its end. */
export class Deviation extends Error {
  override readonly name = "Deviation";
}

export class Story {
  readonly told: Told[] = [];
  readonly #pool: Pool;
  readonly #should: readonly Told[] | undefined;
  #keys = 0;

  /** With `should` the story ends with a `Deviation` at the first step that answers otherwise. */
  constructor(pool: Pool, should?: readonly Told[]) {
    this.#pool = pool;
    this.#should = should;
  }

  #tell(told: Told): void {
    const should = this.#should?.[this.told.length];
    this.told.push(told);
    if (this.#should !== undefined && (should?.step !== told.step || should.answer !== told.answer))
      throw new Deviation(`${told.step}: ${told.answer} instead of ${should?.answer ?? "nothing"}`);
  }

  key(): string {
    this.#keys += 1;
    return `story/${this.#keys}`;
  }

  /** Does it and tells the answer, or the code with which it was refused. */
  async tell(step: string, work: () => Promise<unknown>): Promise<void> {
    let answer: string;
    try {
      const got = await work();
      answer = typeof got === "string" ? got : "done";
    } catch (error) {
      answer = `refused: ${(error as { code?: string }).code ?? String(error)}`;
    }
    this.#tell({ step, answer });
  }

  /** Everything but `allowed` is tried on a run; nothing of it may have an effect. */
  async probe(runNo: number, ...allowed: readonly Stage[]): Promise<void> {
    for (const stage of all.filter((each) => !allowed.includes(each)))
      await this.tell(`${runNo} ${stage}`, async () => await stages[stage](this.#pool, runNo, this.key()));
  }

  async go(runNo: number, ...through: readonly Stage[]): Promise<void> {
    for (const stage of through) {
      if (stage === "approve") await clearAll(this.#pool, runNo);
      await this.tell(`${runNo} ${stage}`, async () => await stages[stage](this.#pool, runNo, this.key()));
    }
    await this.books();
  }

  async make(month: string, kind: RunKind): Promise<void> {
    await this.tell(`create ${month} ${kind}`, async () => {
      const { runNo, lines, accrual } = await create(this.#pool, month, kind, this.key());
      const { accrued, reversed, overpaid, conflicts } = accrual;
      const named = conflicts.map((c) => `${c.recipientId}/${c.otherRecipientId}/${c.childNumber}/${c.benefitMonth}`);
      return `run ${runNo}: ${lines.lineCount} lines, ${lines.itemCount} months, ${lines.total} yen; accrued ${accrued}, reversed ${reversed}, overpaid ${overpaid}; conflicts ${named.join() || "none"}`;
    });
    await this.books();
  }

  /** Balance of every account, yen. */
  async books(): Promise<void> {
    const { rows } = await this.#pool.query<{ line: string }>(
      "SELECT account || ' ' || sum(amount) AS line FROM allowance.ledger_leg GROUP BY account HAVING sum(amount) <> 0 ORDER BY account",
    );
    this.#tell({ step: "books", answer: rows.map(({ line }) => line).join(", ") });
  }

  /** A new decision of the case with other facts. */
  async decide(recipientId: number, kind: string, month: string, change: (facts: Facts) => void): Promise<void> {
    const { rows } = await this.#pool.query<{ facts: Facts; seq: number }>(
      "SELECT f.facts, d.seq FROM allowance.decision d JOIN allowance.facts f USING (facts_digest) WHERE d.recipient_id = $1 ORDER BY d.seq DESC LIMIT 1",
      [recipientId],
    );
    const last = rows[0];
    if (last === undefined) throw new Error("no decision");
    change(last.facts);
    const text = canonicalJson(last.facts);
    const digest = createHash("sha256").update(text).digest("hex");
    await this.#pool.query("INSERT INTO allowance.facts VALUES ($1, $2) ON CONFLICT DO NOTHING", [digest, text]);
    await this.#pool.query(
      `INSERT INTO allowance.decision (recipient_id, seq, kind, effective_month, cause, ex_officio, origin, facts_digest, rule_version, decided_on, examined_by, approved_by)
       VALUES ($1, $2, $3, $4, 'careEnded', true, 'exOfficio', $5, 'test', '2027-01-10', 'shinsa.ichiro', 'kessai.hanako')`,
      [recipientId, last.seq + 1, kind, `${month}-01`, digest],
    );
  }
}

const care = (index: number, from: string, to: string | null) => (facts: Facts) => {
  const child = facts.children[index];
  if (child !== undefined) child.care = [{ from, to }];
};

/** Every row of the ledger and of the states, without what the clock and the sequences give. */
const ROWS: Readonly<Record<string, string>> = {
  due: "SELECT child_number - 900000000000000, benefit_month, generation, tranche, recipient_id, amount, band, birth_order, left(facts_digest, 6), (SELECT seq FROM allowance.decision d WHERE d.decision_id = due_item.decision_id) FROM allowance.due_item",
  reversed:
    "SELECT child_number - 900000000000000, benefit_month, generation, tranche, cause FROM allowance.due_reversal",
  receivable: "SELECT recipient_id, child_number - 900000000000000, benefit_month, amount FROM allowance.receivable",
  released:
    "SELECT child_number - 900000000000000, benefit_month, generation, tranche, attempt, cause FROM allowance.item_release",
  items:
    "SELECT run_no, line_no, child_number - 900000000000000, benefit_month, generation, tranche, attempt, amount FROM allowance.run_item",
  entries:
    "SELECT j.kind, j.run_no, j.occurred_on, e.debit, e.credit, e.recipient_id, e.child_number - 900000000000000, e.benefit_month, e.run_no, e.line_no, e.amount FROM allowance.ledger_entry e JOIN allowance.journal j USING (journal_id)",
  headings: "SELECT kind, run_no, occurred_on, entry_count, total FROM allowance.journal",
  events: "SELECT run_no, seq, from_state, to_state, actor FROM allowance.run_event",
  ends: "SELECT run_no, outcome, ended_by FROM allowance.run_end",
  transitions: "SELECT from_state, to_state FROM allowance.run_transition",
};

export async function rowsOf(pool: Pool): Promise<Readonly<Record<string, readonly string[]>>> {
  const found: Record<string, readonly string[]> = {};
  for (const [name, sql] of Object.entries(ROWS)) {
    const { rows } = await pool.query<{ line: string }>(`SELECT x::text AS line FROM (${sql}) x ORDER BY 1`);
    found[name] = rows.map(({ line }) => line);
  }
  return found;
}

async function lostAndFound(story: Story, pool: Pool, runNo: number, received: boolean): Promise<void> {
  await story.tell(`${runNo} handOver, answer lost`, async () => {
    const bank = memoryBank("losesAnswer");
    return (await handOverRun(contextOf(pool, RELEASER), { key: story.key(), runNo }, bank)).state;
  });
  await story.probe(runNo);
  await story.tell(`${runNo} found: received ${received}`, async () => {
    const evidence = "11/24 電話 為替係";
    await resolveHandOver(contextOf(pool, RELEASER), { key: story.key(), runNo, received, evidence });
    return (await getRun(pool, runNo)).state;
  });
  await story.books();
}

/** Runs 1 to 5: each state, what is refused in it, and each way out before the money leaves. */
async function playStates(story: Story, pool: Pool): Promise<void> {
  await story.probe(1);
  await story.make("2026-11", "regular");
  await story.make("2026-12", "regular");
  await story.probe(1, "inspect", "cancel");
  await story.make("2026-12", "regular");
  await story.go(1, "inspect");
  await story.probe(1, "approve", "cancel");
  await story.go(1, "approve");
  await story.probe(1, "freeze", "cancel");
  await story.go(1, "freeze");
  await story.probe(1, "handOver", "cancel");
  await lostAndFound(story, pool, 1, false);
  await story.probe(1);
  for (const [runNo, through] of [
    [2, []],
    [3, ["inspect"]],
    [4, ["inspect", "approve"]],
    [5, ["inspect", "approve", "freeze"]],
  ] as const) {
    await story.make("2026-12", "regular");
    await story.go(runNo, ...through, "cancel");
  }
  await story.probe(5);
}

/** Runs 6 and 7: a decrease before the payment, a return, and an increase after it. */
async function playPayments(story: Story, pool: Pool): Promise<void> {
  await story.decide(2, "decrease", "2026-10", care(0, "2014-06-01", "2026-09-20"));
  await story.make("2026-12", "regular");
  await story.go(6, "inspect", "approve", "freeze", "handOver");
  await story.probe(6, "settle");
  const [line] = (
    await pool.query<{ line_no: number; amount: number; account_number: string }>(
      "SELECT line_no, amount, account_number FROM allowance.run_line WHERE run_no = 6 AND recipient_id = 1",
    )
  ).rows;
  if (line === undefined) return;
  await story.tell("6 settle, one line returned", async () => {
    const run = await getRun(pool, 6);
    const row = { customer1: "0000000001", customer2: "0006202612", amount: line.amount, account: line.account_number };
    const bytes = resultCsv({ count: run.lineCount, amount: run.total }, [row]);
    await importResults(contextOf(pool, MAKER), { key: story.key(), runNo: 6, bytes });
  });
  await story.probe(6, "close");
  await story.go(6, "close");
  await story.probe(6);
  const confirm = { runNo: 6, lineNo: line.line_no };
  for (const approvedBy of [MAKER, APPROVER])
    await story.tell(
      `6 confirm the return with ${approvedBy}`,
      async () => await confirmReturn(contextOf(pool, MAKER), { key: story.key(), ...confirm, approvedBy }),
    );
  await story.books();
  await story.decide(2, "correct", "2026-10", care(0, "2014-06-01", null));
  await story.make("2026-12", "retransfer");
  await story.go(7, "inspect", "approve", "freeze");
  await lostAndFound(story, pool, 7, true);
  await story.tell("7 settle, a result that fits no line", async () => {
    const run = await getRun(pool, 7);
    const row = { customer1: "0000000001", customer2: "0007202612", amount: 29_999, account: "0000001" };
    const bytes = resultCsv({ count: run.lineCount, amount: run.total }, [row]);
    await importResults(contextOf(pool, MAKER), { key: story.key(), runNo: 7, bytes });
  });
  await story.go(7, "close");
  await story.tell("7 the result is dealt with by two", async () => {
    const dealt = { runNo: 7, rowNo: 1, resolution: "銀行の誤り（電話で確認）", approvedBy: APPROVER };
    await resolveResult(contextOf(pool, MAKER), { key: story.key(), ...dealt });
  });
  await story.go(7, "close");
}

/** 支給制限: 203 is not granted December 2026, and all of recipient 4 nothing from January 2027. */
async function restrict(pool: Pool): Promise<void> {
  await pool.query(
    `INSERT INTO allowance.benefit_restriction (recipient_id, child_number, from_month, cause_code, demanded_on, answer_due_on, demand_document, reason, decided_on, entered_by, approved_by)
     VALUES (2, 900000000000203, '2026-12-01', 'orderDisobeyed', '2026-10-05', '2026-11-05', '架空第1号', '提出がない', '2026-11-10', 'kakari.a', 'kakari.b'),
            (4, NULL, '2027-01-01', 'questionUnanswered', '2026-10-05', '2026-11-05', '架空第2号', '応じない', '2026-11-10', 'kakari.a', 'kakari.b')`,
  );
  await pool.query(
    `INSERT INTO allowance.benefit_restriction_end (restriction_id, complied_on, payable_from, reason, decided_on, entered_by, approved_by)
     SELECT restriction_id, '2027-01-05', '2027-01-01', '提出があった', '2027-01-06', 'kakari.a', 'kakari.b' FROM allowance.benefit_restriction WHERE recipient_id = 2`,
  );
}

/** Runs 8 to 10: an overpayment, a child that passes to another recipient, and its month given up by the first. */
async function playTitles(story: Story, pool: Pool): Promise<void> {
  await story.decide(2, "decrease", "2026-11", care(2, "2024-06-02", "2026-10-20"));
  await story.decide(1, "extinguish", "2026-11", care(0, "2024-06-01", "2026-10-20"));
  await seedCases(pool, [
    { recipient: 900000000000110, children: [{ id: 900000000000201, birthDate: "2024-06-01" }], firstMonth: "2026-11" },
    { recipient: 900000000000111, children: [{ id: 900000000000205, birthDate: "2010-05-10" }], firstMonth: "2026-12" },
  ]);
  await restrict(pool);
  await story.make("2027-02", "regular");
  await story.go(8, "inspect", "approve", "freeze", "handOver", "settle", "close");
  await pool.query(
    "INSERT INTO allowance.title_release (child_number, benefit_month, generation, cause, released_by, approved_by) VALUES (900000000000201, '2026-11-01', 1, '受給者の交代', 'kakari.a', 'kakari.b')",
  );
  await story.make("2027-02", "occasional");
  await story.go(9, "inspect", "approve", "freeze", "handOver", "settle", "close");
  await story.make("2027-02", "occasional");
}

/** Plays all of it on a fresh database. @throws Deviation where `should` is given and a step answers otherwise */
export async function playStory(pool: Pool, should?: readonly Told[]): Promise<readonly Told[]> {
  const story = new Story(pool, should);
  await seedCases(pool, threeFamilies);
  await playStates(story, pool);
  await playPayments(story, pool);
  await playTitles(story, pool);
  return story.told;
}
