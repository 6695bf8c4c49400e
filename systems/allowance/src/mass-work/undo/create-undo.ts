/** 戻しの作成: somebody asks for the list of what would be taken back. */
import type { CommandResult } from "@hagukumi/platform/database/command.ts";

import type { Context } from "../../context.ts";
import { refuse } from "../../refusal.ts";
import { createMassRun } from "../create-run.ts";
import { massJobOf, type MassJobs } from "../jobs.ts";
import { getMassRun, type MassRunRecord } from "../run-record.ts";
import { undoPossible } from "./possible.ts";
import { undoCodeOf } from "./undo-job.ts";

/**
 * Asks for the list of what would be taken back of a run. Approval by another person and writing are those of every mass work.
 *
 * @throws Refusal `massUndoImpossible` with the reason and what to do instead; `massRunUnknown`, `massRunOpen`
 */
export async function undoMassRun(
  context: Context,
  request: { readonly key: string; readonly runNo: number; readonly terminal?: string | undefined },
  jobs?: MassJobs,
): Promise<CommandResult<MassRunRecord>> {
  const { key, runNo, terminal } = request;
  const run = await getMassRun(context.pool, runNo);
  const job = massJobOf(run.jobCode, jobs);
  if (typeof job.takeBack !== "object") {
    const { reason } = await undoPossible(context.pool, context.today, run, jobs);
    throw refuse(
      "massUndoImpossible",
      `一括処理 ${runNo} を戻そうとしましたが、戻せません。${reason}何も作っていません。`,
      {
        runNo,
      },
    );
  }
  const parameters = { run: runNo, period: run.period };
  return await createMassRun(context, { key, jobCode: undoCodeOf(job.code), parameters, terminal }, jobs);
}
