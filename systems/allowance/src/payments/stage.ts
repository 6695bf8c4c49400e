/** One stage of a run as a command: the shared frame of inspect, approve, freeze, hand over, settle, close and cancel. */
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { CommandResult } from "@hagukumi/platform/database/command.ts";
import { refusing } from "@hagukumi/platform/database/problem.ts";
import type { PoolClient } from "pg";

import { ROLE } from "../context.ts";
import type { Context } from "../context.ts";
import { paymentConstraints } from "./refusals.ts";
import { getRun, recordEvent, requireTransition } from "./run-record.ts";
import type { RunRecord } from "./run-record.ts";
import type { RunState } from "./states.ts";

export type StageRequest = {
  /** Idempotency key; pressing a button again sends the same key */
  readonly key: string;
  readonly runNo: number;
};

/** What a stage does between the check of the state and the event that records the new state. */
export type StageWork<T> = (
  client: PoolClient,
  run: RunRecord,
) => Promise<{ readonly result: T; readonly note?: string }>;

/**
 * Runs a stage: the run must be in a state from which `to` may follow; then the work; then the event. The database
 * checks the same again by its own rules, so that a mistake here cannot move money.
 *
 * @throws Refusal `runMissing`, `wrongState`, or what a constraint means (see `paymentConstraints`)
 */
export async function runStage<T>(
  context: Context,
  name: string,
  request: StageRequest,
  to: RunState,
  work: StageWork<T>,
): Promise<CommandResult<T>> {
  const command = {
    role: ROLE,
    key: request.key,
    name: `payment.${name}`,
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { ...request, to },
    signal: context.signal,
  };
  return await refusing(paymentConstraints, async () =>
    runCommand(context.pool, command, async (client) => {
      const run = await getRun(client, request.runNo);
      requireTransition(run, to);
      const { result, note } = await work(client, run);
      await recordEvent(client, run, to, context.operator, note);
      return {
        response: result,
        audit: [{ action: `payment.${name}`, objectKind: "paymentRun", objectId: String(run.runNo), detail: { to } }],
      };
    }),
  );
}
