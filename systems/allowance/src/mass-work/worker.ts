/**
 * The worker (別の計算機の中で動く作業者): looks for runs that have something to do and does it, one at a time. The runs themselves are
 * the queue: whoever asked for a list or pressed 実行 has already written all that the worker needs, in the transaction of the press.
 *
 * A lock of the session (advisory) keeps two workers off one run; it goes with the process, so after a kill another worker takes
 * over. Even without it nothing could be written twice: slices and results have their own keys.
 */
import { setTimeout as sleep } from "node:timers/promises";

import type { CivilDate } from "@hagukumi/law/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { PoolClient } from "pg";

import type { Context } from "../context.ts";
import { type Moment, startBookings } from "./booking.ts";
import { collectMassRun } from "./collect.ts";
import { massCommand } from "./command.ts";
import type { MassJobs } from "./jobs.ts";
import { getMassRun, listMassRuns, type MassRunRecord, recordMassEvent } from "./run-record.ts";
import { writeMassRun } from "./write.ts";

/** First key of the advisory locks of mass work; the second is the number of the run. */
const LOCK = 4210;

export type WorkerOptions = {
  readonly jobs?: MassJobs | undefined;
  /** Name of the machine and process, for the log of the run */
  readonly terminal?: string | undefined;
};

/** Problems of the machine that pass: the run stays as it is, and the next look goes on with it. */
const PASSING: ReadonlySet<string> = new Set([
  "cancelled",
  "commitOutcomeUnknown",
  "databaseBusy",
  "databaseStart",
  "databaseUnavailable",
]);

/** 異常終了: what a person has to look at. The words of a defect stay in the log of the machine. */
async function recordFailure(context: Context, runNo: number, error: unknown, terminal = ""): Promise<void> {
  const known = error instanceof Refusal ? error : undefined;
  const code = known?.code ?? "unexpected";
  const note = known?.message ?? "予期しない誤りで止まりました。担当の技術者に番号を伝えてください。";
  const before = await getMassRun(context.pool, runNo);
  const key = `massWork.failed/${runNo}/${before.seq}`;
  await massCommand(context, "failed", key, { runNo, seq: before.seq }, async (client) => {
    const run = await getMassRun(client, runNo);
    if (run.seq !== before.seq || (run.state !== "collecting" && run.state !== "running"))
      return { runNo, response: null };
    const to = run.state === "collecting" ? "collectFailed" : "runFailed";
    await recordMassEvent(client, run, { to, actor: context.operator, terminal, note, errorCode: code });
    return { runNo, response: null, detail: { code } };
  });
}

/** Does what there is to do for one run, in the name of whoever ordered it. */
async function workOnRun(context: Context, run: MassRunRecord, options: WorkerOptions): Promise<MassRunRecord> {
  // The worker has no session: it acts in the name of the person whose press it carries out.
  const { guard: _, ...rest } = context;
  const own: Context = { ...rest, operator: run.actor, purpose: `一括処理 ${run.runNo}` };
  try {
    return run.state === "collecting"
      ? await collectMassRun(own, run.runNo, options.jobs)
      : await writeMassRun(own, run.runNo, options.jobs);
  } catch (error) {
    if (error instanceof Refusal && PASSING.has(error.code)) throw error;
    await recordFailure(own, run.runNo, error, options.terminal);
    throw error;
  }
}

async function locked(client: PoolClient, runNo: number): Promise<boolean> {
  const { rows } = await client.query<{ got: boolean }>("SELECT pg_try_advisory_lock($1, $2) AS got", [LOCK, runNo]);
  return rows[0]?.got === true;
}

/**
 * Takes the oldest run that wants work and is not in somebody else's hands, and works on it until it needs a person.
 *
 * @returns the run as it stands then, or undefined where there is nothing to do
 * @throws what stopped the work, after it was recorded with the run (異常終了)
 */
export async function workOnce(context: Context, options: WorkerOptions = {}): Promise<MassRunRecord | undefined> {
  const waiting = (await listMassRuns(context.pool, { states: ["collecting", "running"], limit: 500 })).toReversed();
  if (waiting.length === 0) return undefined;
  const holder = await context.pool.connect();
  try {
    for (const run of waiting) {
      if (!(await locked(holder, run.runNo))) continue;
      try {
        return await workOnRun(context, run, options);
      } finally {
        await holder.query("SELECT pg_advisory_unlock($1, $2)", [LOCK, run.runNo]).catch(() => {});
      }
    }
    return undefined;
  } finally {
    holder.release();
  }
}

/**
 * Works on one run in the foreground (command line).
 *
 * @returns the run as it stands then; unchanged where another worker has it in hand
 */
export async function workOnRunNo(
  context: Context,
  runNo: number,
  options: WorkerOptions = {},
): Promise<MassRunRecord> {
  const holder = await context.pool.connect();
  try {
    const run = await getMassRun(context.pool, runNo);
    if ((run.state !== "collecting" && run.state !== "running") || !(await locked(holder, runNo))) return run;
    try {
      return await workOnRun(context, run, options);
    } finally {
      await holder.query("SELECT pg_advisory_unlock($1, $2)", [LOCK, runNo]).catch(() => {});
    }
  } finally {
    holder.release();
  }
}

export type EndlessOptions = WorkerOptions & {
  /** The day of work, asked for at each look */
  readonly today: () => CivilDate;
  /** The moment in Japan, for bookings; without it none is started */
  readonly now?: (() => Moment) | undefined;
  readonly signal: AbortSignal;
  /** One line for the log of the machine: what stopped a run (監視への通知) */
  readonly onProblem: (line: string) => void;
  /** Told when nothing waits */
  readonly onIdle?: (() => void) | undefined;
  /** Milliseconds between two looks when there is nothing to do; default 1000 */
  readonly idleMs?: number | undefined;
};

/** Looks and works until the signal. A run that fails is recorded and told; the next one is taken. */
export async function workUntilStopped(context: Context, options: EndlessOptions): Promise<void> {
  const { signal, onProblem, idleMs = 1000 } = options;
  while (!signal.aborted) {
    let worked: MassRunRecord | undefined;
    try {
      const now = options.now?.();
      if (now !== undefined) {
        await startBookings({ ...context, pool: context.pool, today: options.today() }, now, onProblem, options.jobs);
      }
      worked = await workOnce({ ...context, pool: context.pool, today: options.today(), signal }, options);
    } catch (error) {
      if (error instanceof Refusal && error.code === "cancelled") return;
      const what =
        error instanceof Refusal
          ? `${error.code}: ${error.message}`
          : error instanceof Error
            ? (error.stack ?? error.message)
            : String(error);
      onProblem(`一括処理の作業者: ${what}`);
    }
    if (worked !== undefined) continue;
    options.onIdle?.();
    await sleep(idleMs, undefined, { signal }).catch(() => {});
  }
}

/** Works off everything that waits. For the command line and for tests; the worker process calls it again and again. */
export async function workAll(context: Context, options: WorkerOptions = {}): Promise<readonly MassRunRecord[]> {
  const done: MassRunRecord[] = [];
  for (;;) {
    const run = await workOnce(context, options);
    if (run === undefined) return done;
    done.push(run);
  }
}
