/** 封入と発送: what is taken out by hand, the count that must agree, and the day on which it left the house. */
import type { Context } from "../../context.ts";
import { refuse } from "../../refusal.ts";
import type { OnLetterRun } from "./approve-run.ts";
import { letterCommand } from "./command.ts";
import { type LateLetter, lateLabels, lateLetters } from "./last-check.ts";
import { addRunEvent, checkRunState, getLetterRun } from "./run-record.ts";

export type TakeOut = {
  readonly letterId: number;
  /** `takenOut` before mailing, `damaged`: the paper was spoilt, `returned`: it came back after mailing */
  readonly kind: "takenOut" | "damaged" | "returned";
  readonly reason: string;
  readonly key?: string;
};

/**
 * Takes one letter out of the pile, or notes that it came back. It can then be made again.
 *
 * @throws Refusal `letterUnknown`, `letterInvalid`, `letterRunState`
 */
export async function takeOutLetter(context: Context, { letterId, kind, key, ...rest }: TakeOut): Promise<void> {
  const reason = rest.reason.trim();
  if (reason === "" || reason.length > 200)
    throw refuse("letterInvalid", "理由を、200文字までで書いてください。何も変えていません。");
  await letterCommand(context, { name: "letter.takeOut", key, request: { letterId, kind, reason } }, async (client) => {
    const { rows } = await client.query<{ run_no: number; gone: boolean }>(
      "SELECT l.run_no, d.letter_id IS NOT NULL AS gone FROM allowance.letter l LEFT JOIN allowance.letter_discard d USING (letter_id) WHERE l.letter_id = $1",
      [letterId],
    );
    const found = rows[0];
    if (found === undefined || found.gone) {
      throw refuse(
        "letterUnknown",
        `封筒 ${letterId} の通知書はないか、もう抜かれています。番号を確かめてください。何も変えていません。`,
        { letterId },
      );
    }
    checkRunState(
      await getLetterRun(client, found.run_no),
      kind === "returned" ? "返戻の記録" : "抜取り",
      kind === "returned" ? ["mailed"] : ["printed"],
    );
    await client.query(
      "INSERT INTO allowance.letter_discard (letter_id, kind, reason, discarded_by) VALUES ($1, $2, $3, $4)",
      [letterId, kind, reason, context.operator],
    );
    return {
      response: null,
      audit: [{ action: "letter.takeOut", objectKind: "letter", objectId: String(letterId), detail: { kind, reason } }],
    };
  });
}

/** What must be taken out of a printed run by hand before it can be mailed. */
export async function lateOfRun(
  context: Pick<Context, "pool" | "today">,
  runNo: number,
): Promise<readonly LateLetter[]> {
  const run = await getLetterRun(context.pool, runNo);
  return await lateLetters(context.pool, runNo, context.today, run.kind !== "first");
}

/**
 * 発送: the number of envelopes that were counted must be the number printed less those taken out, and nothing may be left that a last
 * look takes out.
 *
 * @throws Refusal `letterCountDiffers`, `letterInvalid` (late letters, day), `letterRunState`, `letterRunUnknown`
 */
export async function mailLetterRun(
  context: Context,
  mail: OnLetterRun & { readonly inserted: number },
): Promise<void> {
  const { runNo, inserted, key } = mail;
  await letterCommand(context, { name: "letter.mail", key, request: { runNo, inserted } }, async (client) => {
    const run = await getLetterRun(client, runNo);
    checkRunState(run, "発送", ["printed"]);
    if (context.today < run.documentOn) {
      throw refuse(
        "letterInvalid",
        `印刷処理 第${runNo}号を発送できません。文書の日付（${run.documentOn}）より前です（A127）。発送する日に、もう一度登録してください。`,
        { runNo },
      );
    }
    const late = await lateLetters(client, runNo, context.today, run.kind !== "first");
    if (late.length > 0) {
      const list = late.slice(0, 10).map(({ letterId, reason }) => `封筒 ${letterId}（${lateLabels[reason]}）`);
      throw refuse(
        "letterInvalid",
        `印刷処理 第${runNo}号を発送できません。抜き取る通知書が${late.length}通あります: ${list.join("、")}。抜き取って登録してから、もう一度発送してください。`,
        { runNo, late: late.length },
      );
    }
    const { rows } = await client.query<{ printed: number; out: number }>(
      `SELECT (SELECT coalesce(sum(f.letters), 0)::int FROM allowance.letter_file f WHERE f.run_no = $1) AS printed,
              (SELECT count(*)::int FROM allowance.letter l JOIN allowance.letter_discard d USING (letter_id)
               JOIN allowance.letter_file f ON f.run_no = l.run_no AND l.seq BETWEEN f.first_seq AND f.last_seq
               WHERE l.run_no = $1 AND d.recorded_at > f.recorded_at) AS out`,
      [runNo],
    );
    const { printed = 0, out = 0 } = rows[0] ?? {};
    if (inserted + out !== printed) {
      throw refuse(
        "letterCountDiffers",
        `印刷処理 第${runNo}号を発送できません。印刷した${printed}通と、封入した${inserted}通・抜いた${out}通の和が合いません。封筒を数え直し、封筒の番号の印で足りないものを探してください。何も変えていません。`,
        { printed, inserted, takenOut: out },
      );
    }
    await client.query(
      "INSERT INTO allowance.letter_insertion (run_no, printed, inserted, taken_out, counted_by) VALUES ($1, $2, $3, $4, $5)",
      [runNo, printed, inserted, out, context.operator],
    );
    await addRunEvent(client, context, runNo, "mailed");
    const detail = { printed, inserted, takenOut: out };
    return {
      response: null,
      audit: [{ action: "letter.mail", objectKind: "letterRun", objectId: String(runNo), detail }],
    };
  });
}
