/** `hagukumi review limitations lapses|cancel`: 時効による消滅の決定, and its cancellation by two people. */
import { answerRequest, lapsesOf, putRequest, waitingRequests } from "@hagukumi/allowance/contract.ts";
import type { Context, Lapse } from "@hagukumi/allowance/contract.ts";
import { InvalidArgumentError } from "commander";
import type { Command } from "commander";

import { perform, withActor } from "../../context.ts";

function id(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError("番号（1以上の整数）を指定してください。");
  return Number(text);
}

function words({ lapseId, fromMonth, toMonth, total, decidedOn, cancelledOn, early }: Lapse): string {
  const found = early ? "時効が完成していない月分がある（取り消せる）" : "時効が完成している";
  const state = cancelledOn === null ? found : `${cancelledOn} に取り消した`;
  return `第${lapseId}号 ${fromMonth}月分から${toMonth}月分まで ${total.toLocaleString("ja-JP")}円（${decidedOn} 決定）: ${state}`;
}

type CancelOptions = { readonly reason: string; readonly approvedBy: string };

async function cancel(context: Context, lapseId: number, { reason, approvedBy }: CancelOptions): Promise<null> {
  const requestId = await putRequest(context, { content: { kind: "lapseCancellation", lapseId, reason } });
  const waiting = (await waitingRequests(context.pool)).find((each) => each.requestId === requestId);
  const answer = { outcome: "approved", contentDigest: waiting?.contentDigest ?? "" } as const;
  await answerRequest({ ...context, operator: approvedBy }, { requestId, answer });
  return null;
}

export function registerLapses(limitations: Command): void {
  withActor(limitations.command("lapses").description("一人の、時効による消滅の決定 / lapses of one recipient"))
    .argument("<recipient>", "認定番号 / recipient", id)
    .action(async (recipientId: number, _options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => await lapsesOf(context.pool, recipientId),
        (found) => (found.length === 0 ? "時効による消滅の決定はありません。" : found.map(words).join("\n")),
      );
    });
  withActor(limitations.command("cancel").description("誤って消滅とした決定を取り消す / take a wrong lapse back"))
    .argument("<lapse>", "消滅の決定の番号 / lapse", id)
    .requiredOption("--reason <text>", "理由（通知書に載る。400文字まで）/ reason")
    .requiredOption("--approved-by <operator>", "決裁する人（別の人）/ the other person")
    .action(async (lapseId: number, options: CancelOptions, command: Command) => {
      await perform(
        command,
        async ({ context }) => await cancel(context, lapseId, options),
        () =>
          `消滅の決定 第${lapseId}号を取り消しました。その月分は、支払うべき額に戻りました。通知書を印刷してください。`,
      );
    });
}
