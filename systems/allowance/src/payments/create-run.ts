/** 支払処理の作成: extract → compute → ledger → lines, as one command. */
import {
  addMonths,
  benefitMonthsOf,
  month,
  monthOf,
  parseMonth,
  paymentMonthOf,
  ruleVersion,
} from "@hagukumi/law/contract.ts";
import type { CivilDate, Month } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { CommandResult } from "@hagukumi/platform/database/command.ts";
import { Refusal, refusing } from "@hagukumi/platform/database/problem.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";
import type { PoolClient } from "pg";

import { ROLE } from "../context.ts";
import type { Context } from "../context.ts";
import { accrueDue } from "../ledger/accrue.ts";
import type { AccrualResult } from "../ledger/accrue.ts";
import { requireNothingHalfWritten, requirePredecessors } from "../mass-work/order.ts";
import { openJournal } from "../ledger/journal.ts";
import { requireApprovedParameters, requireValuesFor } from "../parameters/approved-set.ts";
import { programSet } from "../parameters/program-set.ts";
import { findSetting, readSetting } from "../settings.ts";
import type { SettingValue } from "../settings.ts";
import { cutOffOf } from "../deductions/cut-off.ts";
import { noDeductions, storeDeductions, takeDeductions } from "../deductions/take.ts";
import { computeDue } from "./compute-due.ts";
import type { UncomputedCase } from "./compute-due.ts";
import { writeCounterWindow } from "./counter/window.ts";
import { cityPayDay, occasionalDay, requireAnnounced } from "./pay-day.ts";
import { paymentConstraints } from "./refusals.ts";
import type { PaymentRefusalCode } from "./refusals.ts";
import { compareRun } from "./review/compare.ts";
import { listRuns } from "./run-record.ts";
import { selectLines } from "./select-lines.ts";
import type { LineSet } from "./select-lines.ts";
import { endStates, runKindLabels, stateLabels } from "./states.ts";
import type { RunKind } from "./states.ts";

export type CreateRunRequest = {
  /** Idempotency key */
  readonly key: string;
  /** 支払期月 (regular), or the month in which an occasional payment is made */
  readonly paymentMonth: string;
  readonly kind: RunKind;
  /** Pay day of a run outside the payment months; of a regular run the day that was announced, which must be the rule's (I-27) */
  readonly payOn?: CivilDate;
};

export type CreatedRun = {
  readonly runNo: number;
  readonly payOn: string;
  /** 口座変更の締切日: a later change goes to the next run, or is looked at by a second person (A104) */
  readonly cutOffOn: string;
  readonly monthsFrom: string;
  readonly monthsTo: string;
  readonly lines: LineSet;
  readonly accrual: AccrualResult;
  readonly uncomputed: readonly UncomputedCase[];
};

export type Plan = {
  readonly from: Month;
  readonly to: Month;
  readonly arrearsBefore: Month;
  readonly payOn: CivilDate;
};

/**
 * 時効 (23条): two years from the first day of the month after the payment month. The first benefit month that can still
 * be paid on `payOn`.
 */
export function firstMonthNotBarred(payOn: CivilDate): Month {
  const lastBarredPaymentMonth = addMonths(monthOf(payOn), -25);
  let candidate = addMonths(lastBarredPaymentMonth, -4);
  while (paymentMonthOf(candidate) <= lastBarredPaymentMonth) candidate = addMonths(candidate, 1);
  return candidate;
}

function refuse(code: PaymentRefusalCode, message: string, details: Record<string, string | number> = {}): never {
  throw new Refusal<PaymentRefusalCode>(code, message, details);
}

/** Months and pay day of the run. @throws Refusal `notPayMonth`, `payDayDiffers` */
function planRun(
  request: CreateRunRequest,
  opening: SettingValue<"openingMonth">,
  closedDays: readonly string[],
  legal: CivilDate | undefined,
  context: MakingRun,
  regularDone: boolean,
): Plan {
  const paymentMonth = month(request.paymentMonth);
  const from = month(opening);
  if (request.kind === "regular") {
    const months = benefitMonthsOf(paymentMonth);
    const last = months.at(-1);
    if (last === undefined) {
      refuse("notPayMonth", `${paymentMonth} は支払期月ではありません。定時払は2・4・6・8・10・12月です。`, {
        paymentMonth,
      });
    }
    if (last < from) {
      refuse("notPayMonth", `稼働開始月 ${from} より前の月分は、このシステムでは支払いません。`, { paymentMonth });
    }
    if (legal === undefined) throw new RangeError(`no pay day for ${paymentMonth}`);
    const payOn = requireAnnounced(request.payOn, legal, paymentMonth);
    return { from, to: last, arrearsBefore: months[0] ?? last, payOn };
  }
  const last = addMonths(paymentMonth, -1);
  // Arrears are months whose regular payment has passed: its month is over, or its run is closed already (8条4項ただし書).
  const lastRegular = regularDone ? paymentMonth : addMonths(paymentMonth, -1);
  let arrearsBefore: Month = from;
  while (arrearsBefore <= last && paymentMonthOf(arrearsBefore) <= lastRegular)
    arrearsBefore = addMonths(arrearsBefore, 1);
  return {
    from,
    to: last < from ? from : last,
    arrearsBefore,
    payOn: occasionalDay(request.payOn, context.today, closedDays, context.calendar),
  };
}

/** The last day of receipt for the accounts of the run: the city's rule for a regular run, the day itself for any other. */
async function accountCutOff(client: PoolClient, request: CreateRunRequest, context: MakingRun): Promise<CivilDate> {
  if (request.kind !== "regular") return context.today;
  const { account } = await readSetting(client, "cutOffs", `${request.paymentMonth}-01`);
  return cutOffOf(month(request.paymentMonth), account);
}

/** Whether the regular run of that payment month was paid and closed. */
async function regularIsDone(client: PoolClient, paymentMonth: string): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT 1 FROM allowance.payment_run JOIN allowance.run_end USING (run_no)
     WHERE payment_month = $1 AND kind = 'regular' AND outcome = 'closed'`,
    [`${month(paymentMonth)}-01`],
  );
  return rowCount !== null && rowCount > 0;
}

/** @throws Refusal `runOpen` with what to do about the open run (M8) */
async function nextRunNo(client: PoolClient): Promise<number> {
  const last = (await listRuns(client))[0];
  if (last === undefined) return 1;
  if (endStates.has(last.state)) return last.runNo + 1;
  return refuse(
    "runOpen",
    `支払処理 ${last.runNo}（${last.paymentMonth.slice(0, 7)} ${runKindLabels[last.kind]}）が「${stateLabels[last.state]}」のままです。新しい支払処理は、これを締めるか、送付前なら取り消してから作ってください。`,
    { runNo: last.runNo, state: last.state },
  );
}

async function writeRun(client: PoolClient, run: CreatedRun, request: CreateRunRequest, actor: string): Promise<void> {
  const { runNo, lines } = run;
  await client.query(
    `INSERT INTO allowance.payment_run (run_no, previous_run_no, payment_month, kind, months_from, months_to, pay_on, cut_off_on,
       line_count, item_count, total, line_digest, maker, command_key)
     VALUES ($1, nullif($1 - 1, 0), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      runNo,
      `${request.paymentMonth}-01`,
      request.kind,
      `${run.monthsFrom}-01`,
      `${run.monthsTo}-01`,
      run.payOn,
      run.cutOffOn,
      lines.lineCount,
      lines.itemCount,
      lines.total,
      lines.lineDigest,
      actor,
      request.key,
    ],
  );
  crashPoint("payment.create.heading");
  await writeCounterWindow(client, runNo, run.payOn);
  await client.query(
    `INSERT INTO allowance.run_line (run_no, line_no, recipient_id, account_id, bank, branch, account_type, account_number, holder,
       amount, child_months, new_code, ward_code, employee_class, payee_child, child_account_id, unpaid_id, fund_id)
     SELECT $1, line_no, recipient_id, account_id, bank, branch, account_type, account_number, holder, amount, child_months, new_code,
       ward_code, employee_class, payee_child, child_account_id, unpaid_id, fund_id FROM line ORDER BY line_no`,
    [runNo],
  );
  await client.query("ANALYZE line");
  crashPoint("payment.create.lines");
  await client.query(
    `INSERT INTO allowance.run_item (child_number, benefit_month, generation, tranche, attempt, run_no, line_no, amount)
     SELECT c.child_number, c.benefit_month, c.generation, c.tranche, c.attempt, $1, l.line_no, c.amount
     FROM candidate c JOIN line l USING (recipient_id, payee_key)`,
    [runNo],
  );
  crashPoint("payment.create.items");
  const journal = await openJournal(client, {
    kind: "reserve",
    runNo,
    commandKey: request.key,
    occurredOn: run.payOn,
    count: lines.itemCount,
    total: lines.total,
  });
  await client.query(
    `INSERT INTO allowance.ledger_entry (journal_id, debit, credit, recipient_id, child_number, benefit_month, run_no, line_no, amount)
     SELECT $1, 'due', 'clearing', c.recipient_id, c.child_number, c.benefit_month, $2, l.line_no, c.amount
     FROM candidate c JOIN line l USING (recipient_id, payee_key)`,
    [journal, runNo],
  );
  crashPoint("payment.create.reserved");
  await client.query(
    "INSERT INTO allowance.run_event (run_no, seq, from_state, to_state, actor) VALUES ($1, 1, 'none', 'created', $2)",
    [runNo, actor],
  );
}

/** Months and pay day of the run, by the settings as they are known. */
export async function planOf(client: PoolClient, context: MakingRun, request: CreateRunRequest): Promise<Plan> {
  const opening = await readSetting(client, "openingMonth", context.today);
  const closedDays = (await findSetting(client, "closedDays", context.today)) ?? [];
  const legal = isRegular(request)
    ? await cityPayDay(client, context.calendar, month(request.paymentMonth))
    : undefined;
  const regularDone = await regularIsDone(client, request.paymentMonth);
  return planRun(request, opening, closedDays, legal, context, regularDone);
}

/** What making a run needs of its context. `today` is the day on which it is made */
export type MakingRun = Pick<Context, "calendar" | "today" | "operator" | "onProgress" | "signal">;

const isRegular = ({ kind, paymentMonth }: CreateRunRequest): boolean =>
  kind === "regular" && benefitMonthsOf(month(paymentMonth)).length > 0;

/**
 * The work itself, in the open transaction: what is due, the ledger, the lines, the comparison. The same for the command and for the
 * replay of its events (組み直し), which runs it on a world as it was known then.
 *
 * @throws Refusal `nothingToPay`, `settingMissing`, `cancelled`
 */
export async function makeRun(
  client: PoolClient,
  context: MakingRun,
  request: CreateRunRequest,
  { plan, runNo, setId }: { readonly plan: Plan; readonly runNo: number; readonly setId: number },
): Promise<CreatedRun> {
  // Sorts and hashes over every month of the run stay in memory; each takes some ten MB for 80,000 recipients.
  await client.query("SET LOCAL work_mem = '64MB'");
  const uncomputed = await computeDue(client, {
    calendar: context.calendar,
    from: plan.from,
    until: plan.to,
    onProgress: (done, total) => context.onProgress?.("計算", done, total),
    signal: context.signal,
  });
  crashPoint("payment.create.computed");
  const from = `${plan.from}-01`;
  const to = `${plan.to}-01`;
  const accrual = await accrueDue(client, {
    commandKey: request.key,
    occurredOn: plan.payOn,
    from,
    to,
    ruleVersion,
    runNo,
  });
  crashPoint("payment.create.accrued");
  context.onProgress?.("明細", 0, 1);
  const takes = { commandKey: request.key, paymentMonth: month(request.paymentMonth), payOn: plan.payOn };
  const notBarredFrom = `${firstMonthNotBarred(plan.payOn)}-01`;
  const lines = await selectLines(client, {
    from,
    to,
    payOn: plan.payOn,
    notBarredFrom,
    kind: request.kind,
    arrearsBefore: `${plan.arrearsBefore}-01`,
    deduct: async (taking) => {
      if (isRegular(request)) return await takeDeductions(taking, takes);
      await noDeductions(taking);
      return [];
    },
  });
  if (lines.lineCount === 0) {
    refuse("nothingToPay", "支払うべき月分がありません。支払処理は作りませんでした。", {
      excluded: lines.exclusions.length,
    });
  }
  const run: CreatedRun = {
    runNo,
    payOn: plan.payOn,
    cutOffOn: await accountCutOff(client, request, context),
    monthsFrom: plan.from,
    monthsTo: plan.to,
    lines,
    accrual,
    uncomputed,
  };
  await writeRun(client, run, request, context.operator);
  await client.query("INSERT INTO allowance.run_parameters (run_no, set_id) VALUES ($1, $2)", [runNo, setId]);
  await storeDeductions(client, runNo, lines.deductions, takes);
  await compareRun(client, {
    runNo,
    kind: request.kind,
    paymentMonth: month(request.paymentMonth),
    payOn: plan.payOn,
    cutOffOn: run.cutOffOn,
    maker: context.operator,
  });
  crashPoint("payment.create.compared");
  context.onProgress?.("明細", 1, 1);
  return run;
}

/**
 * Creates a run: computes what is due to the end of its period, brings the ledger to it, reserves every free month and
 * fixes the lines. One transaction: killed at any point, nothing of it stays (M22).
 *
 * @throws Refusal `runOpen` (M8), `notPayMonth`, `nothingToPay`, `settingMissing`, `parameterMissing`, `parametersNotApproved`, `massPredecessor`, `massLaneBusy`,
 *   `cancelled`, or a guard of the database
 */
export async function createRun(context: Context, request: CreateRunRequest): Promise<CommandResult<CreatedRun>> {
  if (parseMonth(request.paymentMonth) === undefined) {
    refuse("notPayMonth", `「${request.paymentMonth.slice(0, 40)}」は年月ではありません。YYYY-MM で指定してください。`);
  }
  const command = {
    role: ROLE,
    key: request.key,
    name: "payment.create",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request,
    signal: context.signal,
  };
  return await refusing(paymentConstraints, async () =>
    runCommand(context.pool, command, async (client) => {
      const plan = await planOf(client, context, request);
      requireValuesFor(programSet(), plan.from, plan.to);
      const setId = await requireApprovedParameters(client);
      await requireNothingHalfWritten(client, context.today, "paymentRun", "支払処理の作成");
      if (isRegular(request))
        await requirePredecessors(client, context.today, "paymentRun", month(request.paymentMonth));
      const runNo = await nextRunNo(client);
      crashPoint("payment.create.start");
      const run = await makeRun(client, context, request, { plan, runNo, setId });
      const { lines, accrual } = run;
      const detail = {
        lines: lines.lineCount,
        total: lines.total,
        excluded: lines.exclusions.length,
        conflicts: accrual.conflicts.length,
      };
      return {
        response: run,
        audit: [{ action: "payment.create", objectKind: "paymentRun", objectId: String(runNo), detail }],
      };
    }),
  );
}
