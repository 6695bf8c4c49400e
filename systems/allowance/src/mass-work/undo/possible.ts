/** 戻し: what may be taken back at all, and the link between the two runs. */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import type { PoolClient } from "pg";
import { z } from "zod";

import type { Context } from "../../context.ts";
import { refuse } from "../../refusal.ts";
import { massJobs, type MassJobs } from "../jobs.ts";
import type { AnyMassJob } from "../mass-job.ts";
import { getMassRun, type MassRunRecord } from "../run-record.ts";
import { massScheduleOn } from "../schedule-rows.ts";
import { massStateLabels } from "../states.ts";

/** Whether a run can be taken back as a whole, and if not, why and what to do instead. */
export type UndoPossible = { readonly possible: boolean; readonly reason: string };

const INSTEAD = "事案ごとに、訂正の決定か取消・再決定をしてください。";

type After = { readonly no: number; readonly job_code: string };

/** Runs of the same period that came after it in the order of the calendar and stand: they rest on it. */
async function laterRun(connection: Queryable, today: CivilDate, run: MassRunRecord): Promise<After | undefined> {
  const schedule = await massScheduleOn(connection, today);
  const after = schedule.filter(({ afterJobs }) => afterJobs.includes(run.jobCode)).map(({ jobCode }) => jobCode);
  const { rows } = await connection.query<After>(
    `SELECT r.mass_run_no AS no, r.job_code FROM allowance.mass_run r JOIN allowance.mass_state s USING (mass_run_no)
     WHERE r.job_code = ANY ($1) AND r.period = $2 AND r.mass_run_no > $3 AND s.state NOT IN ('cancelled')
       AND NOT EXISTS (SELECT FROM allowance.mass_undone u WHERE u.undoes_run_no = r.mass_run_no) ORDER BY 1 DESC LIMIT 1`,
    [after, run.period, run.runNo],
  );
  return rows[0];
}

const no = (reason: string): UndoPossible => ({ possible: false, reason });

/** Reads whether the run can be taken back. The list says it case by case. */
export async function undoPossible(
  connection: Queryable,
  today: CivilDate,
  run: MassRunRecord,
  jobs: MassJobs = massJobs,
): Promise<UndoPossible> {
  const job = jobs.find(({ code }) => code === run.jobCode);
  if (job === undefined) return no(`この種類の一括処理は、いまはありません。${INSTEAD}`);
  if (job.undoes !== undefined)
    return no("戻しを、もう一度戻すことはできません。もとの一括処理をもう一度行ってください。");
  if (typeof job.takeBack !== "object") return no(job.takeBack ?? `この種類は、まとめて戻せません。${INSTEAD}`);
  if (run.state !== "done" && run.state !== "cancelled") {
    return no(`いまは「${massStateLabels[run.state]}」です。戻せるのは、完了したか打ち切った一括処理です。`);
  }
  if (run.written === 0) return no("この一括処理は何も書いていません。戻すものがありません。");
  const { rows } = await connection.query<{ n: number }>(
    "SELECT count(*)::int AS n FROM allowance.mass_taken_back WHERE undoes_run_no = $1",
    [run.runNo],
  );
  if ((rows[0]?.n ?? 0) >= run.written) return no("書いた件は、みな戻してあります。");
  const later = await laterRun(connection, today, run);
  if (later === undefined) return { possible: true, reason: "" };
  const name = jobs.find(({ code }) => code === later.job_code)?.name ?? later.job_code;
  return no(
    `あとの一括処理 ${later.no}（${name}）が、この結果の上に行われています。先にそれを戻すか取り消してください。`,
  );
}

const undoParameters = z.object({ run: z.number(), period: z.string() });

/** Links the two runs in the transaction that creates the second. @throws Refusal `massUndoImpossible`, `massRunUnknown` */
export async function linkUndo(
  client: PoolClient,
  context: Context,
  job: AnyMassJob,
  undoRun: { readonly runNo: number; readonly parameters: Readonly<Record<string, unknown>> },
  jobs: MassJobs | undefined,
): Promise<void> {
  const { run: undoes, period } = undoParameters.parse(undoRun.parameters);
  const run = await getMassRun(client, undoes);
  const { possible, reason } =
    run.jobCode === job.undoes && run.period === period
      ? await undoPossible(client, context.today, run, jobs)
      : { possible: false, reason: "番号か期間が、戻す種類の一括処理のものではありません。番号を確かめてください。" };
  if (!possible) {
    throw refuse(
      "massUndoImpossible",
      `一括処理 ${undoes} を戻そうとしましたが、戻せません。${reason}何も作っていません。`,
      {
        runNo: undoes,
      },
    );
  }
  await client.query("INSERT INTO allowance.mass_undo (mass_run_no, undoes_run_no) VALUES ($1, $2)", [
    undoRun.runNo,
    undoes,
  ]);
}

/** How a run stands to others: what it takes back, and what has taken it back. */
export type UndoLinks = { readonly undoes: number | null; readonly undoneBy: readonly number[] };

export async function undoLinks(connection: Queryable, runNo: number): Promise<UndoLinks> {
  const { rows } = await connection.query<{ undoes: number | null; by: readonly number[] }>(
    `SELECT (SELECT undoes_run_no FROM allowance.mass_undo WHERE mass_run_no = $1) AS undoes,
            ARRAY(SELECT u.mass_run_no FROM allowance.mass_undo u JOIN allowance.mass_state s USING (mass_run_no)
                  WHERE u.undoes_run_no = $1 AND s.state <> 'cancelled' ORDER BY 1) AS by`,
    [runNo],
  );
  return { undoes: rows[0]?.undoes ?? null, undoneBy: rows[0]?.by ?? [] };
}
