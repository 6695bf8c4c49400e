/**
 * 督促・催告の戻し: what is not printed yet is not sent, and the claim stands where it stood. As nothing reached the debtor, neither the
 * limitation clock nor the day of the next call counts it. What was sent stays: a 督促 that has arrived has renewed the clock (自治法236条4項).
 */
import type { PoolClient } from "pg";
import { z } from "zod";

import type { Context } from "../context.ts";
import { letterObstacle, lettersMade, withholdLetters } from "../mass-work/undo/letters-back.ts";
import { obstaclesOf, type TakeBack, type WrittenLine } from "../mass-work/undo/take-back.ts";
import { addEvent, getRecovery, recoveriesOf, type Recovery } from "./record.ts";
import type { RecoveryState } from "./states.ts";

const contentShape = z.object({
  recoveryId: z.number(),
  seq: z.number(),
  stage: z.enum(["reminder", "call", "settle"]),
});
type Told = z.infer<typeof contentShape>;
const toldOf = ({ content }: WrittenLine): Told => contentShape.parse(content);

const KIND = { reminder: "repaymentReminder", call: "repaymentCall" } as const;

type Sent = { readonly recovery: number; readonly kind: string; readonly notice: number };

/** The newest notice of the stage of each claim: the line's own, as long as its event is the last one of the claim. */
async function noticesOf(client: PoolClient, told: readonly Told[]): Promise<readonly Sent[]> {
  const { rows } = await client.query<Sent>(
    `SELECT recovery_id AS recovery, kind, max(notice_id) AS notice FROM allowance.case_notice
     WHERE recovery_id = ANY ($1::bigint[]) AND kind IN ('repaymentReminder', 'repaymentCall') GROUP BY 1, 2`,
    [told.map(({ recoveryId }) => recoveryId)],
  );
  return rows;
}

const noticeOf = (sent: readonly Sent[], { recoveryId, stage }: Told): number | undefined =>
  stage === "settle"
    ? undefined
    : sent.find(({ recovery, kind }) => recovery === recoveryId && kind === KIND[stage])?.notice;

const keyOf = (notice: number): string => `caseNotice:${notice}`;

/** Where the claim stood before the event that is taken back. */
async function stateBefore(client: PoolClient, { recoveryId, seq }: Told): Promise<RecoveryState> {
  const { rows } = await client.query<{ from: RecoveryState }>(
    'SELECT from_state AS "from" FROM allowance.recovery_event WHERE recovery_id = $1 AND seq = $2',
    [recoveryId, seq + 1],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`claim ${recoveryId} has no event ${seq + 1}`);
  return row.from;
}

function whyNot(told: Told, recovery: Recovery | undefined, letter: number | undefined): string | null {
  if (told.stage === "settle") {
    return "状態の更新は、残りの額のとおりに直したものなので、戻しません。残りが違うときは、債権の画面（/recoveries）で収納・差引を1件ずつ訂正してください。";
  }
  if (letter !== undefined) return letterObstacle(letter);
  if (recovery?.seq === told.seq + 1) return null;
  return `債権 ${told.recoveryId} には、この督促・催告のあとの出来事（収納・計画など）があります。債権の画面（/recoveries/${told.recoveryId}）で、いまの状態から1件ずつ処理してください。`;
}

export const remindersBack: TakeBack = {
  obstacles: async (client, _work, lines) => {
    const sent = await noticesOf(client, lines.map(toldOf));
    const made = await lettersMade(
      client,
      "repayment",
      sent.map(({ notice }) => keyOf(notice)),
    );
    const found: [number, string | null][] = [];
    for (const [subject, own] of Map.groupBy(lines, (line) => line.subject)) {
      const now = await recoveriesOf(client, subject);
      for (const told of own.map(toldOf)) {
        const notice = noticeOf(sent, told);
        const recovery = now.find(({ recoveryId }) => recoveryId === told.recoveryId);
        found.push([subject, whyNot(told, recovery, notice === undefined ? undefined : made.get(keyOf(notice)))]);
      }
    }
    return obstaclesOf(found);
  },
  apply: async (client, work, lines) => {
    const sent = await noticesOf(client, lines.map(toldOf));
    const acting: Context = { ...work.context, operator: work.approver };
    const written: Record<string, number>[] = [];
    for (const line of lines) {
      const told = toldOf(line);
      const recovery = await getRecovery(client, told.recoveryId);
      const to = await stateBefore(client, told);
      await addEvent(client, recovery, { kind: "unsent", on: acting.today, to }, acting.operator);
      written.push({ unsent: told.recoveryId });
    }
    const sources = lines.flatMap((line) => {
      const notice = noticeOf(sent, toldOf(line));
      return notice === undefined
        ? []
        : [{ form: "repayment" as const, key: keyOf(notice), addresseeNumber: line.addresseeNumber }];
    });
    await withholdLetters(client, work, sources);
    return written;
  },
};
