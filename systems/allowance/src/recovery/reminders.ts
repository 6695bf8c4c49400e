/** 督促・催告の一括処理, on the machinery of mass work: list, approval by another person, slices, resuming, evidence. */
import { month, monthOf } from "@hagukumi/law/contract.ts";
import { z } from "zod";

import { defineMassJob, type MassItem } from "../mass-work/mass-job.ts";
import { dueReminders } from "./overview.ts";
import {
  addEvent,
  dueDay,
  getRecovery,
  recoveriesOf,
  recoverySetting,
  settleState,
  writeRecoveryNotice,
} from "./record.ts";
import { remindersBack } from "./reminders-back.ts";
import { isOpen } from "./states.ts";

const parameters = z.strictObject({
  month: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
    .transform((text) => month(text))
    .describe("対象の月（YYYY-MM）"),
});

const contentShape = z.strictObject({
  recoveryId: z.number(),
  seq: z.number(),
  stage: z.enum(["reminder", "call", "settle"]),
  late: z.number(),
  outstanding: z.number(),
});

const names = { reminder: "督促", call: "催告", settle: "状態の更新" } as const;

/** 債権の督促・催告: whose 納期限 has passed is reminded once and then called on; a claim that 内払 has cleared is closed. */
export const recoveryReminders = defineMassJob<z.infer<typeof parameters>>({
  code: "recoveryReminders",
  name: "債権の督促・催告",
  description:
    "納期限を過ぎて納められていない債権に、督促（一度）と催告の通知の材料を作る。差引（内払）で残りがなくなった債権は完納に、差引の取消しで残りが戻った債権は元に戻す。",
  lane: "recovery",
  subjectKind: "recipient",
  kinds: names,
  parameters,
  periodOf: ({ month: of }) => of,
  count: async (connection) => {
    const { rows } = await connection.query<{ n: number }>(
      "SELECT count(DISTINCT recipient_id)::int AS n FROM allowance.recovery",
    );
    return rows[0]?.n ?? 0;
  },
  subjects: async (connection, _work, after, limit) => {
    const { rows } = await connection.query<{ id: number }>(
      "SELECT DISTINCT recipient_id AS id FROM allowance.recovery WHERE recipient_id > $1 ORDER BY 1 LIMIT $2",
      [after, limit],
    );
    return rows.map(({ id }) => id);
  },
  judge: async (client, { context }, recipients) => {
    const items: MassItem[] = [];
    for (const recipientId of recipients) {
      const own = (await recoveriesOf(client, recipientId)).toReversed();
      const due = new Map((await dueReminders(client, context, own)).map((each) => [each.recovery.recoveryId, each]));
      let part = 0;
      for (const recovery of own) {
        const { recoveryId, seq, outstanding, state, addresseeNumber } = recovery;
        const moved = (isOpen(state) && outstanding === 0) || (state === "cleared" && outstanding > 0);
        const reminder = due.get(recoveryId);
        const stage = moved ? "settle" : reminder?.stage;
        if (stage === undefined) continue;
        const late = moved ? 0 : (reminder?.late ?? 0);
        part += 1;
        items.push({
          subject: recipientId,
          part,
          addresseeNumber,
          recipientId,
          kind: stage,
          outcome: "change",
          reason: moved
            ? `債権 ${recoveryId} の残りが ${outstanding.toLocaleString("ja-JP")}円 になった`
            : `債権 ${recoveryId} の ${late.toLocaleString("ja-JP")}円 が、納期限を過ぎている`,
          before: null,
          after: names[stage],
          yenBefore: null,
          yenAfter: null,
          effectiveMonth: monthOf(context.today),
          content: { recoveryId, seq, stage, late, outstanding },
        });
      }
    }
    return items;
  },
  apply: async (client, { context, approver }, lines) => {
    const applied = [];
    const acting = { ...context, operator: approver };
    const { dueDays } = await recoverySetting(client, context);
    for (const { content } of lines) {
      const { recoveryId, stage, late } = contentShape.parse(content);
      const recovery = await getRecovery(client, recoveryId);
      if (stage === "settle") await settleState(client, acting, recovery);
      else {
        const dueOn = await dueDay(client, context, context.today, dueDays);
        const event = {
          kind: stage === "reminder" ? "reminded" : "called",
          on: context.today,
          dueOn,
          amount: late,
        } as const;
        const told = await addEvent(client, recovery, event, approver);
        const reason = "納期限までに納められていないため";
        await writeRecoveryNotice(client, acting, told, { stage, dueOn, amount: late, reason });
      }
      applied.push({ recovery: recoveryId });
    }
    return applied;
  },
  takeBack: remindersBack,
  checks: async (client) => {
    const { rows } = await client.query<{ n: number }>(
      "SELECT count(*)::int AS n FROM allowance.recovery_state WHERE (outstanding = 0) <> (state IN ('cleared', 'writtenOff'))",
    );
    const faults = rows[0]?.n ?? 0;
    return [{ name: "残りと状態（完納・不納欠損）が合っている", faults, detail: `${faults}件` }];
  },
});
