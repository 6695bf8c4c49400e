/**
 * 送付: the frozen file goes to the bank once.
 *
 * The intention is committed before anything is sent. If the answer is lost — an error, a crash, a power cut — the run
 * stays "handing over" or "unknown", and no second hand-over is possible until the bank has said what it received.
 */
import type { CommandResult } from "@hagukumi/platform/database/command.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";

import type { Context } from "../context.ts";
import { giveBackReservation } from "./cancel-run.ts";
import { readFrozenFile } from "./freeze-run.ts";
import type { PaymentRefusalCode } from "./refusals.ts";
import { findRun } from "./run-record.ts";
import { runStage } from "./stage.ts";
import type { StageRequest } from "./stage.ts";

/** The bank's receipt for a file. */
export type BankReceipt = {
  readonly receiptNumber: string;
  readonly sha256: string;
  readonly count: number;
  readonly amount: number;
};

/** 指定金融機関への伝送: the interface that the real channel and the simulator share. */
export type BankChannel = {
  readonly name: string;
  /** Sends once and resolves with the receipt. A rejection says nothing about whether the bank has the file. */
  readonly submit: (fileName: string, bytes: Uint8Array) => Promise<BankReceipt>;
};

export type HandOverResult = {
  readonly state: "handedOver" | "unknown";
  readonly receiptNumber: string | null;
  readonly message: string;
};

/** File name for the bank: run number and pay day, never a person. */
export function transferFileName(runNo: number, payOn: string): string {
  return `hagukumi-${String(runNo).padStart(4, "0")}-${payOn.replaceAll("-", "")}.dat`;
}

/** A run that may already be at the bank is never sent again; the refusal says what to do (I-1, M14). */
export async function refuseSecondHandOver(context: Context, runNo: number): Promise<void> {
  const run = await findRun(context.pool, runNo);
  if (run?.state !== "handingOver" && run?.state !== "unknown") return;
  throw new Refusal<PaymentRefusalCode>(
    "handOverUnknown",
    `支払処理 ${runNo} は送付を始めましたが、銀行に届いたかどうかが記録されていません。もう一度送ることはできません。銀行に受付の有無を確かめ、その回答を「hagukumi payment resolve ${runNo}」で登録してください。`,
    { runNo, state: run.state },
  );
}

async function recordOutcome(
  context: Context,
  request: StageRequest,
  receipt: BankReceipt | undefined,
  evidence: string,
): Promise<void> {
  const to = receipt === undefined ? "unknown" : "handedOver";
  await runStage(context, `handOver.${to}`, { ...request, key: `${request.key}#${to}` }, to, async (client, run) => {
    await client.query(
      `INSERT INTO allowance.hand_over_outcome (run_no, seq, outcome, receipt_number, evidence, recorded_by) VALUES ($1, 1, $2, $3, $4, $5)`,
      [
        run.runNo,
        receipt === undefined ? "unknown" : "acknowledged",
        receipt?.receiptNumber ?? null,
        evidence,
        context.operator,
      ],
    );
    return { result: null, note: receipt?.receiptNumber ?? evidence };
  });
}

/**
 * Hands the file over, by a person who neither made nor approved the run.
 *
 * @throws Refusal `handOverUnknown`, `handOverTwice`, `samePerson`, `wrongState`
 */
export async function handOverRun(
  context: Context,
  request: StageRequest,
  channel: BankChannel,
): Promise<HandOverResult> {
  await refuseSecondHandOver(context, request.runNo);
  const started = await runStage(context, "handOver", request, "handingOver", async (client, run) => {
    const file = await readFrozenFile(client, run.runNo);
    const { rows } = await client.query<{ approver: string }>(
      "SELECT approver FROM allowance.run_approval WHERE run_no = $1",
      [run.runNo],
    );
    await client.query(
      `INSERT INTO allowance.hand_over (sha256, run_no, maker, approver, releaser, channel) VALUES ($1, $2, $3, $4, $5, $6)`,
      [file.sha256, run.runNo, run.maker, rows[0]?.approver ?? "", context.operator, channel.name],
    );
    return { result: { payOn: run.payOn }, note: channel.name };
  });
  // The same press twice: the first is on its way or has crashed. Either way nothing is sent now.
  if (started.repeated) await refuseSecondHandOver(context, request.runNo);
  if (started.repeated) {
    return { state: "handedOver", receiptNumber: null, message: "この送付は済んでいます。もう一度送ってはいません。" };
  }
  crashPoint("payment.handOver.intended");
  const file = await readFrozenFile(context.pool, request.runNo);
  let receipt: BankReceipt;
  try {
    receipt = await channel.submit(transferFileName(request.runNo, started.response.payOn), file.bytes);
  } catch (error) {
    await recordOutcome(
      context,
      request,
      undefined,
      error instanceof Error ? error.message.slice(0, 200) : "送信の途中で失敗",
    );
    return {
      state: "unknown",
      receiptNumber: null,
      message:
        "送付の途中で返事が途絶えました。銀行に届いた可能性があるため、もう一度送ることはできません。銀行に受付の有無を確かめて登録してください。",
    };
  }
  crashPoint("payment.handOver.sent");
  if (receipt.sha256 !== file.sha256 || receipt.count !== file.count || receipt.amount !== file.amount) {
    await recordOutcome(context, request, undefined, `受領の内容が違います: ${receipt.count}件 ${receipt.amount}円`);
    return {
      state: "unknown",
      receiptNumber: receipt.receiptNumber,
      message: "銀行の受領の内容（件数・金額・ハッシュ）がファイルと違います。銀行に確かめてください。",
    };
  }
  await recordOutcome(context, request, receipt, "");
  crashPoint("payment.handOver.recorded");
  return { state: "handedOver", receiptNumber: receipt.receiptNumber, message: "銀行が受け付けました。" };
}

export type ResolveRequest = StageRequest & {
  /** What the bank answered */
  readonly received: boolean;
  /** Who at the bank said so, when, by which paper */
  readonly evidence: string;
};

/**
 * 不明の解消: the bank's answer is recorded. Received → handed over. Not received → the run is void, its money returns to
 * due, and a new run (with another file) may be made.
 *
 * @throws Refusal `wrongState` when the hand-over is not in doubt
 */
export async function resolveHandOver(context: Context, request: ResolveRequest): Promise<CommandResult<null>> {
  const before = await findRun(context.pool, request.runNo);
  if (before?.state === "handingOver") {
    await recordOutcome(context, { key: request.key, runNo: request.runNo }, undefined, "送付の途中で処理が止まった");
  }
  const outcome = request.received ? "confirmedReceived" : "confirmedNotReceived";
  return await runStage(
    context,
    "resolve",
    request,
    request.received ? "handedOver" : "voided",
    async (client, run) => {
      await client.query(
        `INSERT INTO allowance.hand_over_outcome (run_no, seq, outcome, evidence, recorded_by) VALUES ($1, 2, $2, $3, $4)`,
        [run.runNo, outcome, request.evidence, context.operator],
      );
      if (!request.received)
        await giveBackReservation(client, run, "voided", { key: request.key, actor: context.operator });
      return { result: null, note: request.evidence };
    },
  );
}
