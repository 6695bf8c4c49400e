/** Mass work beside the work at the counter: what it locks, and that people go on working while it is in the middle of writing. */
import { createPool } from "@hagukumi/platform/database/pool.ts";
import { month } from "@hagukumi/law/contract.ts";
import type { Pool } from "pg";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { placeHold, releaseHold } from "../../src/holds/holds.ts";
import { createMassRun } from "../../src/mass-work/create-run.ts";
import type { AnyMassJob } from "../../src/mass-work/mass-job.ts";
import { getMassRun } from "../../src/mass-work/run-record.ts";
import { workAll } from "../../src/mass-work/worker.ts";
import { contextOf, type Family, seedCases } from "../support/cases.ts";
import { approvedAndStarted, holdsBy, massHolds } from "../support/mass-holds.ts";

const database = useDatabase();
/** Slices of the size in production: what one transaction of the batch holds does not depend on how many there are. */
const CASES = 450;
const SLICE = 200;
/** No statement of the counter waits longer for a lock: it would fail, and the test with it. */
const LONGEST_WAIT = "5s";
let ids: readonly number[];
let counter: Pool;

beforeAll(async () => {
  const families = Array.from({ length: CASES }, (_, index): Family => {
    const recipient = 900_000_000_100_000 + index * 10;
    return { recipient, children: [{ id: recipient + 1, birthDate: "2015-06-01" }] };
  });
  ids = await seedCases(database.pool, families);
  const name = new URL(database.url).pathname.slice(1);
  await database.pool.query(`ALTER DATABASE "${name}" SET lock_timeout = '${LONGEST_WAIT}'`);
  counter = createPool(database.url);
}, 120_000);
afterAll(async () => await counter.end());

type Gate = { readonly job: AnyMassJob; readonly reached: Promise<void>; readonly open: () => void };

/** The job stops in the middle of its second slice, with everything of the slice written and nothing committed. */
function stoppingInSecondSlice(): Gate {
  const job = { ...massHolds(), slice: SLICE };
  const there = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  let slices = 0;
  const apply: AnyMassJob["apply"] = async (client, work, items) => {
    const applied = await job.apply(client, work, items);
    slices += 1;
    if (slices === 2) {
      there.resolve();
      await gate.promise;
    }
    return applied;
  };
  return { job: { ...job, apply }, reached: there.promise, open: () => gate.resolve() };
}

/** Locks on tables that the batch's open transaction holds, by mode. What it has read (SIReadLock) is noted and makes nobody wait. */
async function modesHeld(): Promise<readonly string[]> {
  const { rows } = await database.pool.query<{ mode: string }>(
    `SELECT DISTINCT l.mode FROM pg_locks l JOIN pg_stat_activity a USING (pid) JOIN pg_class c ON c.oid = l.relation
     WHERE l.locktype = 'relation' AND l.mode <> 'SIReadLock' AND a.datname = current_database() AND a.state = 'idle in transaction' AND a.pid <> pg_backend_pid() AND c.relkind = 'r' ORDER BY 1`,
  );
  return rows.map(({ mode }) => mode);
}

/** What people do at the counter: look at a case, hold a payment, release it. @returns how many of these */
async function workAtTheCounter(of: readonly number[], key: string): Promise<number> {
  const clerk = contextOf(counter, "madoguchi.hanako");
  let done = 0;
  for (const recipientId of of) {
    const { rowCount } = await counter.query(
      `SELECT r.*, (SELECT count(*) FROM allowance.decision d WHERE d.recipient_id = r.recipient_id) FROM allowance.recipient r WHERE r.recipient_id = $1`,
      [recipientId],
    );
    expect(rowCount).toBe(1);
    const holdId = await placeHold(clerk, {
      recipientId,
      kind: "pending",
      fromMonth: month("2026-11"),
      cause: "窓口の確認",
      key: `${key}/place/${recipientId}`,
    });
    await releaseHold(clerk, holdId, "窓口で確認した", `${key}/release/${recipientId}`);
    done += 3;
  }
  return done;
}

it(
  "[A137] mass work of 450 cases leaves online work alone: while a slice is written but not committed it holds no lock on any table that hinders another, and people at the counter read, write and end their work on the very cases of the slice",
  { timeout: 120_000 },
  async () => {
    const { job, reached, open } = stoppingInSecondSlice();
    const maker = contextOf(database.pool, "sakusei.hanako");
    const approver = contextOf(database.pool, "shonin.taro");
    const jobs = [job];
    const parameters = { month: "2026-11" };
    const { response } = await createMassRun(maker, { key: "online", jobCode: job.code, parameters }, jobs);
    // The list is made while people work, too.
    const [listed, atList] = await Promise.all([workAll(maker, { jobs }), workAtTheCounter(ids.slice(0, 10), "list")]);
    expect(atList).toBe(30);
    expect(listed.at(-1)).toMatchObject({ state: "listed", list: { change: CASES } });
    await approvedAndStarted({ maker, approver }, await getMassRun(database.pool, response.runNo));

    const writing = workAll(maker, { jobs });
    onTestFinished(open);
    await reached;
    // In the middle: one slice done, the second open.
    expect((await getMassRun(counter, response.runNo)).done).toBe(SLICE);
    // Reading and adding rows, nothing that stands in the way of reading and adding rows.
    expect(await modesHeld()).toEqual(["AccessShareLock", "RowExclusiveLock", "RowShareLock"]);
    // Cases of the slice that is open, of one that is done and of one that is still to come.
    const busy = [...ids.slice(SLICE, SLICE + 10), ...ids.slice(0, 5), ...ids.slice(-5)];
    expect(await workAtTheCounter(busy, "write")).toBe(60);
    // All of that was ended while the batch stood where it was: nobody waited for it.
    expect((await getMassRun(counter, response.runNo)).done).toBe(SLICE);
    open();
    const [, beside] = await Promise.all([writing, workAtTheCounter(ids.slice(20, 40), "beside")]);
    expect(beside).toBe(60);
    // And the batch came to its end: a case touched meanwhile is judged once more, none is lost, none done twice.
    expect(await getMassRun(database.pool, response.runNo)).toMatchObject({
      state: "done",
      done: CASES,
      written: CASES,
    });
    expect(new Set(Object.values(await holdsBy(database.pool)))).toEqual(new Set([1]));
  },
);
