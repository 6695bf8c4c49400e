/** 見本の承認・印刷の指示・破棄. Who made a run never approves it, and the approval is of exactly what was made. */
import { refuse } from "../../refusal.ts";
import type { Context } from "../../context.ts";
import { letterCommand } from "./command.ts";
import { addRunEvent, checkRunState, getLetterRun } from "./run-record.ts";

export type OnLetterRun = { readonly runNo: number; readonly key?: string };

/**
 * Approves after looking at the samples.
 *
 * @throws Refusal `samePerson`, `contentChanged`, `letterRunState`, `letterRunUnknown`
 */
export async function approveLetterRun(
  context: Context,
  approve: OnLetterRun & { readonly listDigest: string },
): Promise<void> {
  const { runNo, listDigest, key } = approve;
  await letterCommand(context, { name: "letter.approve", key, request: { runNo, listDigest } }, async (client) => {
    const run = await getLetterRun(client, runNo);
    checkRunState(run, "承認", ["created"]);
    if (run.listDigest !== listDigest) {
      throw refuse(
        "contentChanged",
        `印刷処理 第${runNo}号を承認できません。見本を見た中身と違います。画面を読み直してください。何も変えていません。`,
        { runNo },
      );
    }
    await client.query(
      "INSERT INTO allowance.letter_run_approval (run_no, list_digest, maker, approver) VALUES ($1, $2, $3, $4)",
      [runNo, listDigest, run.maker, context.operator],
    );
    await addRunEvent(client, context, runNo, "approved");
    return {
      response: null,
      audit: [{ action: "letter.approve", objectKind: "letterRun", objectId: String(runNo), detail: { listDigest } }],
    };
  });
}

/**
 * Orders the printing: a process of its own does it (see print-run.ts).
 *
 * @throws Refusal `letterRunState`, `letterRunUnknown`
 */
export async function orderPrinting(context: Context, { runNo, key }: OnLetterRun): Promise<void> {
  await letterCommand(context, { name: "letter.orderPrinting", key, request: { runNo } }, async (client) => {
    checkRunState(await getLetterRun(client, runNo), "印刷の指示", ["approved"]);
    await addRunEvent(client, context, runNo, "printing");
    return {
      response: null,
      audit: [{ action: "letter.orderPrinting", objectKind: "letterRun", objectId: String(runNo) }],
    };
  });
}

/**
 * 破棄: nothing of the run goes out; each letter can be made again in another run.
 *
 * @throws Refusal `letterInvalid`, `letterRunState` (what was mailed can't be taken back), `letterRunUnknown`
 */
export async function discardLetterRun(
  context: Context,
  discard: OnLetterRun & { readonly reason: string },
): Promise<void> {
  const { runNo, key } = discard;
  const reason = discard.reason.trim();
  if (reason === "" || reason.length > 200)
    throw refuse("letterInvalid", "破棄の理由を、200文字までで書いてください。何も変えていません。");
  await letterCommand(context, { name: "letter.discard", key, request: { runNo, reason } }, async (client) => {
    checkRunState(await getLetterRun(client, runNo), "破棄", ["created", "approved", "printing", "printed"]);
    await client.query(
      `INSERT INTO allowance.letter_discard (letter_id, kind, reason, discarded_by)
       SELECT l.letter_id, 'runDiscarded', $2, $3 FROM allowance.letter l WHERE l.run_no = $1
         AND NOT EXISTS (SELECT FROM allowance.letter_discard d WHERE d.letter_id = l.letter_id)`,
      [runNo, reason, context.operator],
    );
    await addRunEvent(client, context, runNo, "discarded", reason);
    return {
      response: null,
      audit: [{ action: "letter.discard", objectKind: "letterRun", objectId: String(runNo), detail: { reason } }],
    };
  });
}
