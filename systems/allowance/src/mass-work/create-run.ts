/** 作成: somebody asks for a list. The list itself is made by the worker, slice by slice (`collect.ts`). */
import type { CommandResult } from "@hagukumi/platform/database/command.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import type { PoolClient } from "pg";
import { z } from "zod";

import type { Context } from "../context.ts";
import { refuse } from "../refusal.ts";
import { massCommand } from "./command.ts";
import { massJobOf, type MassJobs } from "./jobs.ts";
import type { AnyMassJob } from "./mass-job.ts";
import { requirePredecessors } from "./order.ts";
import { getMassRun, type MassRunRecord, recordMassEvent } from "./run-record.ts";

import { massStateLabels } from "./states.ts";
import { linkUndo } from "./undo/possible.ts";

export type NewMassRun = {
  /** Idempotency key */
  readonly key: string;
  readonly jobCode: string;
  readonly parameters: unknown;
  /** Terminal or machine, for the log */
  readonly terminal?: string | undefined;
};

/** What the fields are called on the form: the descriptions of the shape. */
function labelsOf(job: AnyMassJob): Readonly<Record<string, string | undefined>> {
  const { properties } = z.toJSONSchema(job.parameters, { io: "input", unrepresentable: "any" });
  return Object.fromEntries(
    Object.entries(properties ?? {}).map(([name, of]) => [name, typeof of === "object" ? of.description : undefined]),
  );
}

/** @throws Refusal `massParametersInvalid` naming each field */
export function parseMassParameters(job: AnyMassJob, given: unknown): Readonly<Record<string, unknown>> {
  const parsed = job.parameters.safeParse(given);
  if (parsed.success) return parsed.data as Readonly<Record<string, unknown>>;
  const labels = labelsOf(job);
  const fields = parsed.error.issues.map(({ path, message }) => {
    const [name] = path;
    return `${name === undefined ? "全体" : (labels[String(name)] ?? String(name))}: ${message}`;
  });
  throw refuse(
    "massParametersInvalid",
    `「${job.name}」の引数が正しくありません（${fields.join("、")}）。正しい値を指定してください。何も作っていません。`,
    { fields },
  );
}

/** Of one kind, period and parameters only one run may be open: two lists of the same would both be half true. */
async function refuseOpen(
  client: PoolClient,
  job: AnyMassJob,
  period: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { rows } = await client.query<{ no: number; parameters: unknown; state: keyof typeof massStateLabels }>(
    `SELECT r.mass_run_no AS no, r.parameters, s.state FROM allowance.mass_run r JOIN allowance.mass_state s USING (mass_run_no)
     WHERE r.job_code = $1 AND r.period = $2 AND s.state NOT IN ('done', 'cancelled') ORDER BY 1`,
    [job.code, period],
  );
  const same = rows.find((row) => canonicalJson(row.parameters) === canonicalJson(parameters));
  if (same === undefined) return;
  throw refuse(
    "massRunOpen",
    `「${job.name}」（${period}）は、一括処理 ${same.no} が「${massStateLabels[same.state]}」です。それを進めるか取り消してから、新しく作ってください。何も作っていません。`,
    { runNo: same.no },
  );
}

/**
 * Creates a run in state 作成中. Judged as of `context.today`.
 *
 * @throws Refusal `massJobUnknown`, `massParametersInvalid`, `massRunOpen`, `massPredecessor`
 */
export async function createMassRun(
  context: Context,
  request: NewMassRun,
  jobs?: MassJobs,
): Promise<CommandResult<MassRunRecord>> {
  const job = massJobOf(request.jobCode, jobs);
  const parameters = parseMassParameters(job, request.parameters);
  const period = job.periodOf(parameters);
  const asked = { jobCode: job.code, parameters };
  return await massCommand(context, "create", request.key, asked, async (client) => {
    await refuseOpen(client, job, period, parameters);
    await requirePredecessors(client, context.today, job.code, period);
    const { rows } = await client.query<{ no: number }>(
      `INSERT INTO allowance.mass_run (job_code, lane, period, parameters, as_of, maker, command_key) VALUES ($1, $2, $3, $4, $5, $6, $7)
       RETURNING mass_run_no AS no`,
      [job.code, job.lane, period, JSON.stringify(parameters), context.today, context.operator, request.key],
    );
    const runNo = rows[0]?.no ?? 0;
    if (job.undoes !== undefined) await linkUndo(client, context, job, { runNo, parameters }, jobs);
    const { terminal } = request;
    await recordMassEvent(
      client,
      { runNo, seq: 0, state: "none" },
      { to: "collecting", actor: context.operator, terminal },
    );
    return { runNo, response: await getMassRun(client, runNo), detail: { job: job.code, period } };
  });
}
