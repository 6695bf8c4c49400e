/** ファイル確定: the approved lines become the bank's bytes, and in the same transaction the months are paid. */
import { encodeTransferFile } from "@hagukumi/platform/bank/encode.ts";
import type { TransferFile, TransferItem } from "@hagukumi/platform/bank/transfer.ts";
import type { CommandResult } from "@hagukumi/platform/database/command.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";
import { createHash } from "node:crypto";

import type { Context } from "../context.ts";
import { openJournal } from "../ledger/journal.ts";
import { requireApprovedParameters } from "../parameters/approved-set.ts";
import { readSetting } from "../settings.ts";
import { requireNothingLowered } from "./recheck-due.ts";
import type { PaymentRefusalCode } from "./refusals.ts";
import type { RunRecord } from "./run-record.ts";
import { runStage } from "./stage.ts";
import type { StageRequest } from "./stage.ts";

export type FrozenFile = {
  readonly sha256: string;
  readonly count: number;
  readonly amount: number;
  readonly length: number;
};

type LineRow = {
  readonly line_no: number;
  readonly recipient_id: number;
  readonly payee_child: number | null;
  readonly bank: string;
  readonly bank_kana: string;
  readonly branch: string;
  readonly branch_kana: string;
  readonly account_type: string;
  readonly account_number: string;
  readonly holder: string;
  readonly amount: number;
  readonly new_code: string;
};

/**
 * 顧客コード1 = 認定番号, 顧客コード2 = run number (4 digits) and payment month: the exact key by which the bank's result
 * finds its line, and what makes the file of a repeated run differ from the first. A recipient may have several lines that go to
 * children: these carry the number of the line (6 digits) in place of the payment month.
 */
export function customerCodes(
  line: { readonly recipientId: number; readonly lineNo: number; readonly toChild: boolean },
  runNo: number,
  paymentMonth: string,
): Pick<TransferItem, "customer1" | "customer2"> {
  const last = line.toChild
    ? String(line.lineNo).padStart(6, "0")
    : paymentMonth.slice(0, 4) + paymentMonth.slice(5, 7);
  return { customer1: String(line.recipientId).padStart(10, "0"), customer2: String(runNo).padStart(4, "0") + last };
}

/** The file as plain data: a pure function of the run's lines, the client and the branch names of the pay day (M13). */
export async function readTransferFile(
  connection: Queryable,
  run: RunRecord,
): Promise<TransferFile & { readonly testBank: boolean }> {
  const { testBank, kind, ...client } = await readSetting(connection, "client", run.payOn);
  const { rows } = await connection.query<LineRow>(
    `SELECT l.line_no, l.recipient_id, l.payee_child, l.bank, b.bank_kana, l.branch, b.branch_kana, l.account_type, l.account_number, l.holder, l.amount, l.new_code
     FROM allowance.run_line l
     JOIN allowance.branch_period b ON b.bank = l.bank AND b.branch = l.branch AND b.valid_from <= $2 AND (b.last_day IS NULL OR b.last_day >= $2)
     WHERE l.run_no = $1 ORDER BY l.line_no`,
    [run.runNo, run.payOn],
  );
  const items = rows.map((row) => ({
    bank: row.bank,
    bankName: row.bank_kana,
    branch: row.branch,
    branchName: row.branch_kana,
    accountType: row.account_type,
    account: row.account_number,
    holder: row.holder,
    amount: row.amount,
    newCode: row.new_code,
    ...customerCodes(
      { recipientId: row.recipient_id, lineNo: row.line_no, toChild: row.payee_child !== null },
      run.runNo,
      run.paymentMonth,
    ),
    transferCode: "7",
  }));
  return { kind, client: { ...client, date: run.payOn.slice(5, 7) + run.payOn.slice(8, 10) }, items, testBank };
}

/** @throws Refusal `parametersNotApproved` where the run was made with another set than the one in force */
async function requireParametersOf(client: Queryable, runNo: number): Promise<void> {
  const setId = await requireApprovedParameters(client);
  const { rowCount } = await client.query("SELECT 1 FROM allowance.run_parameters WHERE run_no = $1 AND set_id = $2", [
    runNo,
    setId,
  ]);
  if (rowCount === 1) return;
  throw new Refusal<PaymentRefusalCode>(
    "parametersNotApproved",
    `支払処理 ${runNo} は、いま効力のあるパラメータとは別の値で作られています。支払処理を取り消して、作り直してください。何も変えていません。`,
    { runNo },
  );
}

type HeldLine = { readonly recipientId: number; readonly cause: string };

/**
 * Lines that came under 差止・保留 after the run was made, named. The database refuses the file of such a run by itself, without names.
 *
 * @throws Refusal `monthHeld`
 */
async function refuseHeldLines(client: Queryable, runNo: number): Promise<void> {
  const { rows } = await client.query<HeldLine>(
    `SELECT DISTINCT ON (l.recipient_id) l.recipient_id AS "recipientId", h.cause FROM allowance.run_item i
     JOIN allowance.run_line l USING (run_no, line_no) JOIN allowance.hold h ON h.recipient_id = l.recipient_id AND h.from_month <= i.benefit_month
     WHERE i.run_no = $1 AND NOT (l.unpaid_id IS NOT NULL AND h.cause = allowance.death_hold_cause())
       AND NOT EXISTS (SELECT 1 FROM allowance.hold_release x WHERE x.hold_id = h.hold_id)
     ORDER BY l.recipient_id, h.hold_id`,
    [runNo],
  );
  if (rows.length === 0) return;
  const named = rows.slice(0, 3).map(({ recipientId, cause }) => `認定番号 ${recipientId}（${cause}）`);
  const others = rows.length > 3 ? `ほか${rows.length - 3}件` : "";
  throw new Refusal<PaymentRefusalCode>(
    "monthHeld",
    `支払処理 ${runNo} のファイルは確定できません。作成のあとで差止・保留になった受給者がいます: ${named.join("、")}${others}。支払処理を取り消して作り直してください。差止・保留の分は除かれ、ほかの人の分はそのまま払えます。何も変えていません。`,
    { runNo, recipients: rows.length },
  );
}

/**
 * Freezes the file. The database compares digest, length and trailer with the bytes themselves, and totals with lines,
 * approval and ledger (M13, M15). Paid is recorded here, not by a later step that someone could forget (I-2, I-4).
 *
 * @throws Refusal `lineInvalid` with the record and field that a bank would refuse; `monthHeld`; `dueLowered` with
 *   every line that a later decision has made smaller; `totalsDiffer`
 */
export async function freezeRun(context: Context, request: StageRequest): Promise<CommandResult<FrozenFile>> {
  return await runStage(context, "freeze", request, "frozen", async (client, run) => {
    // The amounts were computed with the set approved then; a program with other values must not send them.
    await requireParametersOf(client, run.runNo);
    await refuseHeldLines(client, run.runNo);
    await requireNothingLowered(client, run, context.calendar);
    crashPoint("payment.freeze.rechecked");
    const { testBank, ...file } = await readTransferFile(client, run);
    const encoded = encodeTransferFile(file, { allowTestBanks: testBank });
    if (!encoded.ok) {
      throw new Refusal<PaymentRefusalCode>(
        "lineInvalid",
        `振込ファイルを作れませんでした。${encoded.problem.message}口座を直すか、支払処理を取り消して作り直してください。`,
        { runNo: run.runNo, bankCode: encoded.problem.code },
      );
    }
    const { bytes, count, amount, warnings } = encoded.value;
    const [cut] = warnings;
    if (cut !== undefined) {
      // A name cut to fit is another name: nobody approved it, so it does not go to the bank.
      throw new Refusal<PaymentRefusalCode>("lineInvalid", `${cut.record}レコード目: ${cut.message}`, {
        runNo: run.runNo,
      });
    }
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    crashPoint("payment.freeze.encoded");
    await client.query(
      `INSERT INTO allowance.transfer_file (run_no, line_digest, sha256, bytes, line_count, total, frozen_by, frozen_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [run.runNo, run.lineDigest, sha256, bytes, count, amount, context.operator, context.today],
    );
    crashPoint("payment.freeze.file");
    const journal = await openJournal(client, {
      kind: "pay",
      runNo: run.runNo,
      commandKey: request.key,
      occurredOn: run.payOn,
      count: run.lineCount,
      total: run.total,
    });
    await client.query(
      `INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, run_no, line_no, amount)
       SELECT $1, 'clearing', 'bank', recipient_id, run_no, line_no, amount FROM allowance.run_line WHERE run_no = $2`,
      [journal, run.runNo],
    );
    crashPoint("payment.freeze.paid");
    return { result: { sha256, count, amount, length: bytes.length }, note: sha256 };
  });
}

/** The frozen bytes as they were fixed. @throws Refusal `wrongState` when the run has no file yet */
export async function readFrozenFile(
  connection: Queryable,
  runNo: number,
): Promise<FrozenFile & { readonly bytes: Buffer }> {
  const { rows } = await connection.query<{ sha256: string; count: number; amount: number; bytes: Buffer }>(
    "SELECT sha256, line_count AS count, total AS amount, bytes FROM allowance.transfer_file WHERE run_no = $1",
    [runNo],
  );
  const row = rows[0];
  if (row === undefined) {
    throw new Refusal<PaymentRefusalCode>(
      "wrongState",
      `支払処理 ${runNo} のファイルはまだ確定していません。先に「ファイル確定」をしてください。`,
      { runNo },
    );
  }
  return { ...row, length: row.bytes.length };
}
