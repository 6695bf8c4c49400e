/** 承認・実行・中断・再開・取消: what people do with a run. Each is one command; the database checks the same again. */
import type { CommandResult } from "@hagukumi/platform/database/command.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";
import type { PoolClient } from "pg";

import type { Context } from "../context.ts";
import { yenText } from "../inquiry/dates.ts";
import { refuse } from "../refusal.ts";
import { massCommand } from "./command.ts";
import { getMassRun, type MassRunRecord, recordMassEvent, requireMassTransition } from "./run-record.ts";
import { requireNoIntake, requirePredecessors } from "./order.ts";
import { type MassState, massStateLabels } from "./states.ts";

export type OnMassRun = {
  /** Idempotency key */
  readonly key: string;
  readonly runNo: number;
  readonly terminal?: string | undefined;
};

type Before = (client: PoolClient, run: MassRunRecord) => Promise<string>;

async function step(
  context: Context,
  name: string,
  request: OnMassRun & Readonly<Record<string, unknown>>,
  to: (run: MassRunRecord) => MassState,
  before: Before,
): Promise<CommandResult<MassRunRecord>> {
  const { key, terminal, ...asked } = request;
  const result = await massCommand(context, name, key, asked, async (client) => {
    const run = await getMassRun(client, request.runNo);
    const wanted = to(run);
    requireMassTransition(run, wanted);
    const note = await before(client, run);
    await recordMassEvent(client, run, { to: wanted, actor: context.operator, terminal, note });
    return { runNo: run.runNo, response: await getMassRun(client, run.runNo), detail: { to: wanted } };
  });
  crashPoint(`massWork.${name}.committed`);
  return result;
}

/** Of one lane at most one run works; said before the database says it, because a person reads this. */
async function requireFreeLane(client: PoolClient, run: MassRunRecord): Promise<void> {
  const { rows } = await client.query<{ no: number }>(
    `SELECT r.mass_run_no AS no FROM allowance.mass_run r JOIN allowance.mass_state s USING (mass_run_no)
     WHERE r.lane = $1 AND s.state = 'running' AND r.mass_run_no <> $2 LIMIT 1`,
    [run.lane, run.runNo],
  );
  if (rows[0] === undefined) return;
  throw refuse(
    "massLaneBusy",
    `一括処理 ${run.runNo} を実行しようとしましたが、同じ事案を扱う一括処理 ${rows[0].no} が実行中です。終わるか中断してから実行してください。何も変えていません。`,
    { runNo: run.runNo, running: rows[0].no },
  );
}

/**
 * 承認 of the list whose hash the approver saw.
 *
 * @throws Refusal `contentChanged` when the hash is another; `samePerson` when the approver made the run; `massRunState`
 */
export async function approveMassRun(
  context: Context,
  request: OnMassRun & { readonly digest: string },
): Promise<CommandResult<MassRunRecord>> {
  return await step(
    context,
    "approve",
    request,
    () => "approved",
    async (client, run) => {
      if (run.list === null || run.list.digest !== request.digest) {
        throw refuse(
          "contentChanged",
          `一括処理 ${run.runNo} の一覧は、見て確かめた一覧と違います。一覧をもう一度確かめてから承認してください。何も変えていません。`,
          { runNo: run.runNo },
        );
      }
      await client.query(
        "INSERT INTO allowance.mass_approval (mass_run_no, digest, maker, approver) VALUES ($1, $2, $3, $4)",
        [run.runNo, request.digest, run.maker, context.operator],
      );
      return `変える ${run.list.change}件（月額 ${yenText(run.list.yenBefore)}→${yenText(run.list.yenAfter)}）`;
    },
  );
}

/**
 * 実行: hands the approved run to the worker.
 *
 * @throws Refusal `massRunState`, `massLaneBusy`, `massPredecessor`
 */
export async function startMassRun(context: Context, request: OnMassRun): Promise<CommandResult<MassRunRecord>> {
  return await step(
    context,
    "start",
    request,
    () => "running",
    async (client, run) => {
      if (run.state !== "approved") requireApprovedForStart(run);
      await requirePredecessors(client, context.today, run.jobCode, run.period);
      await requireNoIntake(client, context.today, run.lane);
      await requireFreeLane(client, run);
      return "";
    },
  );
}

function requireApprovedForStart(run: MassRunRecord): void {
  throw refuse(
    "massRunState",
    `一括処理 ${run.runNo} を実行しようとしましたが、いまは「${massStateLabels[run.state]}」です。中断や異常終了のあとは「再開」してください。何も変えていません。`,
    { runNo: run.runNo, state: run.state, wanted: "running" },
  );
}

/** 中断: the worker stops after its slice. What is done stays done; the rest waits for 再開 or 打切り. */
export async function stopMassRun(
  context: Context,
  request: OnMassRun & { readonly reason: string },
): Promise<CommandResult<MassRunRecord>> {
  return await step(
    context,
    "stop",
    request,
    () => "stopped",
    async (_client, run) => `${request.reason}（${run.done}/${run.total}件が済み）`,
  );
}

/** 再開 after 中断 or 異常終了, in the phase in which it ended. @throws Refusal `massRunState`, `massLaneBusy` */
export async function resumeMassRun(context: Context, request: OnMassRun): Promise<CommandResult<MassRunRecord>> {
  return await step(
    context,
    "resume",
    request,
    (run) => {
      if (run.state === "collectFailed") return "collecting";
      if (run.state !== "stopped" && run.state !== "runFailed") {
        throw refuse(
          "massRunState",
          `一括処理 ${run.runNo} を再開しようとしましたが、いまは「${massStateLabels[run.state]}」です。再開できるのは「中断」か「異常終了」のときです。何も変えていません。`,
          { runNo: run.runNo, state: run.state, wanted: "running" },
        );
      }
      return "running";
    },
    async (client, run) => {
      if (run.state !== "collectFailed") await requireFreeLane(client, run);
      return "";
    },
  );
}

/** 取消 or 打切り: nothing more is written. What was written stays, and the note says how much. */
export async function cancelMassRun(
  context: Context,
  request: OnMassRun & { readonly reason: string },
): Promise<CommandResult<MassRunRecord>> {
  return await step(
    context,
    "cancel",
    request,
    () => "cancelled",
    async (_client, run) =>
      run.written === 0
        ? `${request.reason}（何も書いていません）`
        : `${request.reason}（${run.total}件のうち ${run.written}件は書いてあり、そのまま残ります）`,
  );
}
