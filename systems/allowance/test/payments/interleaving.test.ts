/**
 * Two and three operators at once: every pair of buttons that a state of the run offers, pressed at the same moment on
 * different connections, in an order and with delays that fast-check chooses. Whatever wins, the run's history must be a
 * legal one, every invariant must hold, and the bank must have each file at most once.
 */
import * as fc from "fast-check";
import type { Pool } from "pg";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";

import { createPool } from "@hagukumi/platform/database/pool.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";

import { copyDatabase, freshDatabase } from "../../../../platform/test/support/cluster.ts";
import type { TestDatabase } from "../../../../platform/test/support/cluster.ts";
import { placeHold } from "../../src/holds/holds.ts";
import { month } from "@hagukumi/law/contract.ts";
import { approveRun, inspectRun } from "../../src/payments/approve-run.ts";
import { cancelRun } from "../../src/payments/cancel-run.ts";
import { closeRun, confirmReturn } from "../../src/payments/close-run.ts";
import { createRun } from "../../src/payments/create-run.ts";
import { freezeRun } from "../../src/payments/freeze-run.ts";
import { handOverRun, resolveHandOver } from "../../src/payments/hand-over.ts";
import { importResults } from "../../src/payments/import-results.ts";
import { getRun, listRuns } from "../../src/payments/run-record.ts";
import { transitions } from "../../src/payments/states.ts";
import type { RunState } from "../../src/payments/states.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { APPROVER, calendar, contextOf, MAKER, RELEASER, seedCases, threeFamilies } from "../support/cases.ts";
import { advance, create, memoryBank, resultCsv } from "../support/runs.ts";

type Bank = ReturnType<typeof memoryBank>;
type Scene = { readonly pool: Pool; readonly bank: Bank; readonly lineDigest: string };

/** A button; `key` differs where two people press, and is the same where one presses twice. */
type Button = (scene: Scene, key: string) => Promise<unknown>;

const returned = {
  customer1: "0000000001",
  customer2: "0001202612",
  amount: 30_000,
  account: "0000001",
} as const;

const buttons = {
  create: async ({ pool }, key) =>
    await createRun(contextOf(pool, MAKER), { key: `c/${key}`, paymentMonth: "2026-12", kind: "regular" }),
  createNext: async ({ pool }, key) =>
    await createRun(contextOf(pool, MAKER), { key: `n/${key}`, paymentMonth: "2027-02", kind: "regular" }),
  inspect: async ({ pool }, key) => await inspectRun(contextOf(pool, MAKER), { key: `i/${key}`, runNo: 1 }),
  approve: async ({ pool, lineDigest }, key) =>
    await approveRun(contextOf(pool, APPROVER), { key: `a/${key}`, runNo: 1, lineDigest }),
  freeze: async ({ pool }, key) => await freezeRun(contextOf(pool, APPROVER), { key: `f/${key}`, runNo: 1 }),
  handOver: async ({ pool, bank }, key) =>
    await handOverRun(contextOf(pool, RELEASER), { key: `h/${key}`, runNo: 1 }, bank),
  resolveYes: async ({ pool }, key) =>
    await resolveHandOver(contextOf(pool, RELEASER), { key: `y/${key}`, runNo: 1, received: true, evidence: "電話" }),
  resolveNo: async ({ pool }, key) =>
    await resolveHandOver(contextOf(pool, RELEASER), { key: `o/${key}`, runNo: 1, received: false, evidence: "書面" }),
  settle: async ({ pool }, key) =>
    await importResults(contextOf(pool, MAKER), {
      key: `s/${key}`,
      runNo: 1,
      bytes: resultCsv({ count: 3, amount: 150_000 }, [returned]),
    }),
  confirmReturn: async ({ pool }, key) => {
    const { rows } = await pool.query<{ line_no: number }>("SELECT line_no FROM allowance.result_row LIMIT 1");
    const lineNo = rows[0]?.line_no ?? 1;
    return await confirmReturn(contextOf(pool, MAKER), { key: `k/${key}`, runNo: 1, lineNo, approvedBy: APPROVER });
  },
  close: async ({ pool }, key) => await closeRun(contextOf(pool, MAKER), { key: `z/${key}`, runNo: 1 }),
  cancel: async ({ pool }, key) =>
    await cancelRun(contextOf(pool, MAKER), { key: `x/${key}`, runNo: 1, reason: "試験" }),
  hold: async ({ pool }, key) =>
    await placeHold(contextOf(pool, MAKER), {
      recipientId: 2,
      kind: "hold",
      fromMonth: month("2026-10"),
      cause: "試験",
      key: `d/${key}`,
    }),
  endRight: async ({ pool }) =>
    await pool.query(
      `INSERT INTO allowance.decision (recipient_id, seq, kind, effective_month, cause, ex_officio, origin, facts_digest, rule_version, decided_on, examined_by, approved_by)
       SELECT recipient_id, 2, 'extinguish', '2026-12-01', 'movedOut', true, 'exOfficio', facts_digest, rule_version, '2026-11-24', 'shinsa.ichiro', 'kessai.hanako'
       FROM allowance.decision WHERE recipient_id = 3 AND seq = 1`,
    ),
} as const satisfies Readonly<Record<string, Button>>;

type Name = keyof typeof buttons;

/** Which buttons people can press in which state (those that the state refuses anyway are tried in the attacks). */
const offered = {
  none: ["create", "createNext", "hold", "endRight"],
  created: ["inspect", "cancel", "create", "hold", "endRight"],
  inspected: ["approve", "cancel", "hold"],
  approved: ["freeze", "cancel", "hold", "endRight"],
  frozen: ["handOver", "cancel", "hold"],
  unknown: ["resolveYes", "resolveNo", "handOver", "cancel"],
  handedOver: ["settle", "handOver", "cancel", "createNext"],
  settled: ["confirmReturn", "close", "createNext", "settle"],
  closed: ["confirmReturn", "createNext", "create", "hold"],
} as const satisfies Readonly<Record<string, readonly Name[]>>;

type Stage = keyof typeof offered;
const stages = Object.keys(offered) as Stage[];

async function prepare(pool: Pool, stage: Stage, bank: Bank): Promise<void> {
  await seedCases(pool, threeFamilies);
  if (stage === "none") return;
  await create(pool);
  if (stage === "created") return;
  if (stage === "unknown") return await advance(pool, 1, "handedOver", { ...bank, submit: lost(bank) });
  if (stage !== "settled" && stage !== "closed") return await advance(pool, 1, stage, bank);
  await advance(pool, 1, "handedOver", bank);
  await buttons.settle({ pool, bank, lineDigest: "" }, "prepare");
  if (stage === "closed") await buttons.close({ pool, bank, lineDigest: "" }, "prepare");
}

/** The bank has the file, its answer does not arrive. */
function lost(bank: Bank): Bank["submit"] {
  return async (fileName, bytes) => {
    await bank.submit(fileName, bytes);
    throw new Error("connection reset");
  };
}

type Prepared = { readonly database: TestDatabase; readonly received: readonly Uint8Array[] };
const prepared = new Map<Stage, Promise<Prepared>>();

/** The city at a stage, made once; every round plays on a copy of it. */
async function preparedAt(stage: Stage): Promise<Prepared> {
  const made = prepared.get(stage) ?? makePrepared(stage);
  prepared.set(stage, made);
  return await made;
}

async function makePrepared(stage: Stage): Promise<Prepared> {
  const database = await freshDatabase();
  // A pool of its own: a database can be copied only while nobody is connected to it.
  const pool = createPool(database.url, { applicationName: "interleaving prepared" });
  const bank = memoryBank();
  await prepare(pool, stage, bank).finally(async () => await pool.end());
  return { database, received: bank.received };
}

afterAll(async () => {
  for (const made of prepared.values()) await (await made).database.drop();
});

type Press = { readonly name: Name; readonly key: string; readonly delay: number };

async function historyProblems(pool: Pool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ run_no: number; from_state: string; to_state: RunState }>(
    "SELECT run_no, from_state, to_state FROM allowance.run_event ORDER BY run_no, seq",
  );
  const states = new Map<number, RunState>();
  const problems: string[] = [];
  for (const row of rows) {
    const before = states.get(row.run_no);
    const possible: readonly RunState[] = before === undefined ? ["created"] : transitions[before];
    if (row.from_state !== (before ?? "none") || !possible.includes(row.to_state)) {
      problems.push(`run ${row.run_no}: ${before} → ${row.to_state}`);
    }
    states.set(row.run_no, row.to_state);
  }
  return problems;
}

/** Plays one round and returns everything that is wrong afterwards. */
async function play(stage: Stage, presses: readonly Press[]): Promise<readonly string[]> {
  const before = await preparedAt(stage);
  const database = await copyDatabase(before.database);
  const { pool } = database;
  const bank = memoryBank();
  bank.received.push(...before.received);
  const problems: string[] = [];
  try {
    const lineDigest = stage === "none" ? "" : (await getRun(pool, 1)).lineDigest;
    const scene: Scene = { pool, bank, lineDigest };
    const outcomes = await Promise.allSettled(
      presses.map(async ({ name, key, delay }) => {
        if (delay > 0) await sleep(delay);
        return await buttons[name](scene, key);
      }),
    );
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === "rejected" && !expectedFailure(outcome.reason, presses[index]?.name)) {
        problems.push(`${presses[index]?.name}: ${String(outcome.reason)}`);
      }
    }
    problems.push(...(await historyProblems(pool)));
    const broken = (await verifyMoney({ pool, calendar })).filter((one) => one.violations > 0);
    problems.push(...broken.map((one) => `${one.id} ${one.examples.join(" ")}`));
    const runs = await listRuns(pool);
    const sent = new Set(["handingOver", "unknown", "handedOver", "settled", "closed"]);
    const received = bank.received.length;
    const mayBeThere = runs.filter(
      (run) => sent.has(run.state) || (stage === "unknown" && run.state === "voided"),
    ).length;
    if (received !== mayBeThere) problems.push(`${received} files at the bank, ${mayBeThere} runs sent`);
  } finally {
    await database.drop();
  }
  return problems.map((problem) => `${stage} ${JSON.stringify(presses)}: ${problem}`);
}

/** Every refusal must be a word to people; only the hand-written INSERT of a decision may fail as the database says it. */
function expectedFailure(reason: unknown, name: Name | undefined): boolean {
  if (reason instanceof Refusal) return true;
  return name === "endRight" && reason instanceof Error && "code" in reason;
}

const pairs = stages.flatMap((stage) => {
  const names: readonly Name[] = offered[stage];
  return names.flatMap((first, index) => names.slice(index).map((second) => ({ stage, first, second })));
});

describe("two operators press at the same moment", () => {
  it.each(stages)("every pair of buttons in state %s leaves a legal history and all invariants", async (stage) => {
    const problems: string[] = [];
    const queue = pairs.filter((one) => one.stage === stage);
    const worker = async (): Promise<void> => {
      for (let pair = queue.shift(); pair !== undefined; pair = queue.shift()) {
        const [delay = 0] = fc.sample(fc.integer({ min: -12, max: 12 }), { numRuns: 1, seed: pairs.indexOf(pair) });
        const first = { name: pair.first, key: "1", delay: Math.max(0, delay) };
        const second = { name: pair.second, key: "2", delay: Math.max(0, -delay) };
        problems.push(...(await play(stage, [first, second])));
      }
    };
    await Promise.all([worker(), worker(), worker()]);
    expect(problems).toEqual([]);
  });

  it("three operators, any buttons of the state, the same key or another, any delays", async () => {
    const rounds = fc.constantFrom(...stages).chain((stage) =>
      fc.record({
        stage: fc.constant(stage),
        presses: fc.array(
          fc.record({
            name: fc.constantFrom<Name>(...offered[stage]),
            key: fc.constantFrom("1", "2", "3"),
            delay: fc.integer({ min: 0, max: 20 }),
          }),
          { minLength: 2, maxLength: 4 },
        ),
      }),
    );
    await fc.assert(
      fc.asyncProperty(rounds, async ({ stage, presses }) => {
        expect(await play(stage, presses)).toEqual([]);
      }),
      { numRuns: 25, seed: 20_261_201, endOnFailure: true },
    );
  });
});

describe("[G26] one hundred presses at once", () => {
  /** The steps of a run in order, and the table whose rows count the step's effects. */
  const steps: readonly (readonly [Name, string])[] = [
    ["create", "SELECT 1 FROM allowance.payment_run"],
    ["inspect", "SELECT 1 FROM allowance.run_event WHERE to_state = 'inspected'"],
    ["approve", "SELECT 1 FROM allowance.run_approval"],
    ["freeze", "SELECT 1 FROM allowance.transfer_file"],
    ["handOver", "SELECT 1 FROM allowance.hand_over"],
    ["settle", "SELECT 1 FROM allowance.result_file"],
    ["confirmReturn", "SELECT 1 FROM allowance.return_confirmation"],
    ["close", "SELECT 1 FROM allowance.run_end"],
  ];

  const ROUNDS = 20;

  async function pressEachStep(): Promise<void> {
    const database = await copyDatabase((await preparedAt("none")).database);
    try {
      const bank = memoryBank();
      for (const [name, effects] of steps) {
        const lineDigest = name === "create" ? "" : (await getRun(database.pool, 1)).lineDigest;
        const outcomes = await Promise.allSettled(
          Array.from({ length: 100 }, async (_, index) => {
            const key = index % 2 === 0 ? "same" : `own/${index}`;
            return await buttons[name]({ pool: database.pool, bank, lineDigest }, key);
          }),
        );
        const strange = outcomes.filter((one) => one.status === "rejected" && !(one.reason instanceof Refusal));
        expect(strange, name).toEqual([]);
        expect(
          outcomes.some((one) => one.status === "fulfilled"),
          name,
        ).toBe(true);
        expect((await database.pool.query(effects)).rowCount, name).toBe(1);
      }
      expect(bank.received).toHaveLength(1);
      const broken = (await verifyMoney({ pool: database.pool, calendar })).filter((one) => one.violations > 0);
      expect(broken).toEqual([]);
      expect((await getRun(database.pool, 1)).state).toBe("closed");
    } finally {
      await database.drop();
    }
  }

  it("of each of the eight steps, twenty runs, half of the presses with one key and half with other keys: one effect each", async () => {
    for (let round = 0; round < ROUNDS; round += 1) await pressEachStep();
  }, 240_000);
});
