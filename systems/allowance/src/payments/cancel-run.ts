/** 取消 before the hand-over, and the way back of reserved money that cancelling and a voided hand-over share. */
import type { CommandResult } from "@hagukumi/platform/database/command.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";
import type { PoolClient } from "pg";

import type { Context } from "../context.ts";
import { giveBackDeductions } from "../deductions/take.ts";
import { openJournal } from "../ledger/journal.ts";
import type { RunRecord } from "./run-record.ts";
import { runStage } from "./stage.ts";
import type { StageRequest } from "./stage.ts";

/**
 * Everything the run holds goes back to due: paid lines to clearing (where the file was frozen), clearing to due, and
 * each month is released for another run. Nothing is deleted.
 */
export async function giveBackReservation(
  client: PoolClient,
  run: RunRecord,
  cause: "cancelled" | "voided",
  command: { readonly key: string; readonly actor: string },
): Promise<void> {
  const heading = { runNo: run.runNo, commandKey: command.key, occurredOn: run.payOn, total: run.total };
  await client.query("INSERT INTO allowance.run_end (run_no, outcome, ended_by) VALUES ($1, $2, $3)", [
    run.runNo,
    cause,
    command.actor,
  ]);
  const { rowCount: frozen } = await client.query("SELECT 1 FROM allowance.transfer_file WHERE run_no = $1", [
    run.runNo,
  ]);
  if (frozen === 1) {
    const unpay = await openJournal(client, { ...heading, kind: "unpay", count: run.lineCount });
    await client.query(
      `INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, run_no, line_no, amount)
       SELECT $1, 'bank', 'clearing', recipient_id, run_no, line_no, amount FROM allowance.run_line WHERE run_no = $2`,
      [unpay, run.runNo],
    );
  }
  await giveBackDeductions(client, run.runNo, { key: command.key, occurredOn: run.payOn });
  const journal = await openJournal(client, { ...heading, kind: "unreserve", count: run.itemCount });
  await client.query(
    `INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, child_number, benefit_month, run_no, line_no, amount)
     SELECT $1, 'clearing', 'due', l.recipient_id, i.child_number, i.benefit_month, i.run_no, i.line_no, i.amount
     FROM allowance.run_item i JOIN allowance.run_line l USING (run_no, line_no) WHERE i.run_no = $2`,
    [journal, run.runNo],
  );
  crashPoint(`payment.${cause}.journal`);
  await client.query(
    `INSERT INTO allowance.item_release (child_number, benefit_month, generation, tranche, attempt, cause, journal_id)
     SELECT child_number, benefit_month, generation, tranche, attempt, $2, $3 FROM allowance.run_item WHERE run_no = $1`,
    [run.runNo, cause, journal],
  );
}

/** 取消: possible until the file is handed over; afterwards only the bank's answer ends the run. */
export async function cancelRun(
  context: Context,
  request: StageRequest & { readonly reason: string },
): Promise<CommandResult<null>> {
  return await runStage(context, "cancel", request, "cancelled", async (client, run) => {
    await giveBackReservation(client, run, "cancelled", { key: request.key, actor: context.operator });
    return { result: null, note: request.reason };
  });
}
