/** One press of an operator's button on the product and on the model beside it. */
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { month } from "@hagukumi/law/contract.ts";
import { createHash } from "node:crypto";
import type { Pool } from "pg";
import type { BankFaults, BankSimulator } from "@hagukumi/outside-bank/contract.ts";
import { placeHold, releaseHold } from "../../src/holds/holds.ts";
import { approveRun, inspectRun } from "../../src/payments/approve-run.ts";
import { cancelRun } from "../../src/payments/cancel-run.ts";
import { closeRun, confirmReturn } from "../../src/payments/close-run.ts";
import { createRun } from "../../src/payments/create-run.ts";
import { freezeRun, readFrozenFile } from "../../src/payments/freeze-run.ts";
import { handOverRun, resolveHandOver } from "../../src/payments/hand-over.ts";
import { importResults } from "../../src/payments/import-results.ts";
import { findRun } from "../../src/payments/run-record.ts";
import { endStates } from "../../src/payments/states.ts";
import type { RunState } from "../../src/payments/states.ts";
import { APPROVER, contextOf, MAKER, RELEASER } from "./cases.ts";
import { inState, MONTHLY, MONTHS, PaymentModel, PAYMENTS, totalOf } from "./payment-model.ts";
import type { Expected, ModelRun, Step } from "./payment-model.ts";
import { clearAll } from "./runs.ts";

export type Play = {
  readonly pool: Pool;
  readonly bank: BankSimulator;
  readonly faults: BankFaults;
  readonly model: PaymentModel;
  readonly problems: string[];
  presses: number;
  refused: number;
};

/** Presses and compares with what the model expects; `done` then moves the model on. */
async function press<T>(
  play: Play,
  name: string,
  expected: Expected,
  work: (key: string) => Promise<T>,
  done: (result: T) => void | Promise<void>,
): Promise<void> {
  play.presses += 1;
  let result: T;
  try {
    result = await work(`${name}/${play.presses}`);
  } catch (error) {
    play.refused += 1;
    const code = error instanceof Refusal ? error.code : String(error);
    if (expected === "done" || !expected.includes(code)) {
      play.problems.push(`${play.presses} ${name}: refused with ${code}, expected ${String(expected)}`);
    }
    return;
  }
  if (expected !== "done") play.problems.push(`${play.presses} ${name}: done, expected ${expected.join(" or ")}`);
  await done(result);
}

async function pressCreate(play: Play, one: number, two: number): Promise<void> {
  const { model, pool } = play;
  const [paymentMonth, months] = PAYMENTS[one % PAYMENTS.length] ?? PAYMENTS[0];
  const kind = two % 3 === 0 ? "retransfer" : "regular";
  const content = model.candidates(kind, months);
  const open = model.last !== undefined && !endStates.has(model.last.state);
  const expected: Expected = open ? ["runOpen"] : content.size === 0 ? ["nothingToPay"] : "done";
  await press(
    play,
    `create ${paymentMonth} ${kind}`,
    expected,
    async (key) => await createRun(contextOf(pool, MAKER), { key, paymentMonth, kind }),
    ({ response: { lines } }) => {
      const run: ModelRun = {
        state: "created",
        content,
        atBank: false,
        returnedOf: new Set(),
        confirmedOf: new Set(),
      };
      model.runs.push(run);
      model.mark(run, content.keys(), "inRun");
      if (lines.total !== totalOf(content) || lines.lineCount !== content.size) {
        play.problems.push(
          `run ${model.runs.length}: ${lines.lineCount} lines ${lines.total} yen, model ${totalOf(content)}`,
        );
      }
    },
  );
}

/** Why the file of the run must not be made now. */
function freezeExpected(model: PaymentModel, run: ModelRun | undefined): Expected {
  const state = inState(run, "approved");
  if (state !== "done" || run === undefined) return state;
  const cells = [...run.content].flatMap(([recipient, months]) => months.map((at) => [recipient, at] as const));
  const codes = [
    ...(cells.some(([recipient, at]) => model.held(recipient, at)) ? ["monthHeld"] : []),
    ...(cells.some(([recipient, at]) => !model.entitled(recipient, at))
      ? ["monthOutsideEntitlement", "dueLowered"]
      : []),
  ];
  return codes.length === 0 ? "done" : codes;
}

async function pressHandOver(play: Play, runNo: number, run: ModelRun | undefined, one: number): Promise<void> {
  const { pool, bank, faults } = play;
  const fault = (["none", "lost", "none", "down"] as const)[one % 4] ?? "none";
  faults.loseAcknowledgement = fault === "lost";
  faults.down = fault === "down";
  await press(
    play,
    `handOver ${fault}`,
    inState(run, "frozen"),
    async (key) => await handOverRun(contextOf(pool, RELEASER), { key, runNo }, bank),
    ({ state }) => {
      if (run === undefined) return;
      run.state = fault === "none" ? "handedOver" : "unknown";
      run.atBank = fault !== "down";
      if (state !== run.state) play.problems.push(`run ${runNo}: ${state} after a hand-over with fault ${fault}`);
    },
  );
  faults.loseAcknowledgement = false;
  faults.down = false;
}

/** The operator asks the bank and writes down the truth. */
async function pressResolve(play: Play, runNo: number, run: ModelRun | undefined): Promise<void> {
  const received = run?.atBank === true;
  const expected = run?.state === "handedOver" ? (["wrongState"] as const) : inState(run, "unknown");
  await press(
    play,
    "resolve",
    expected,
    async (key) =>
      await resolveHandOver(contextOf(play.pool, RELEASER), { key, runNo, received, evidence: "銀行の受付照会" }),
    () => {
      if (run === undefined) return;
      run.state = received ? "handedOver" : "voided";
      if (!received) play.model.mark(run, run.content.keys(), "free");
    },
  );
}

async function resultBytes(play: Play, runNo: number, run: ModelRun, returns: number): Promise<Uint8Array> {
  const file = await readFrozenFile(play.pool, runNo);
  const receipt = await play.bank.findReceipt(file.sha256);
  if (receipt === undefined) return Buffer.from("");
  const wish = { returns: returns % (run.content.size + 1), seed: String(play.presses) };
  return (await play.bank.results(receipt.receiptNumber, wish)).csv;
}

async function pressResults(play: Play, runNo: number, run: ModelRun | undefined, one: number): Promise<void> {
  if (run === undefined || !run.atBank) return;
  const bytes = await resultBytes(play, runNo, run, one);
  await press(
    play,
    "results",
    inState(run, "handedOver"),
    async (key) => await importResults(contextOf(play.pool, MAKER), { key, runNo, bytes }),
    () => {
      run.state = "settled";
      const rows = Buffer.from(bytes).toString("utf8").split("\r\n").slice(1);
      for (const cells of rows.map((row) => row.split(",")).filter((row) => row.length === 11)) {
        run.returnedOf.add(Number(cells[9]) - 1);
      }
      play.model.mark(run, run.returnedOf, "returned");
    },
  );
}

async function pressConfirm(play: Play, one: number, two: number): Promise<void> {
  const { model, pool } = play;
  const runNo = model.runs.length === 0 ? 1 : 1 + (two % model.runs.length);
  const run = model.runs[runNo - 1];
  const waiting = [...(run?.returnedOf ?? [])];
  const recipient = waiting[one % Math.max(1, waiting.length)];
  const { rows } = await pool.query<{ line_no: number }>(
    "SELECT line_no FROM allowance.run_line WHERE run_no = $1 AND recipient_id = $2",
    [runNo, recipient === undefined ? 0 : recipient + 1],
  );
  const already = recipient !== undefined && run?.confirmedOf.has(recipient) === true;
  const expected: Expected =
    run === undefined
      ? ["runMissing"]
      : recipient === undefined
        ? ["resultMismatch"]
        : already
          ? ["duplicate", "wrongState", "resultMismatch"]
          : "done";
  const lineNo = rows[0]?.line_no ?? 1;
  await press(
    play,
    `confirmReturn ${runNo}/${lineNo}`,
    expected,
    async (key) => await confirmReturn(contextOf(pool, MAKER), { key, runNo, lineNo, approvedBy: APPROVER }),
    () => {
      if (run === undefined || recipient === undefined) return;
      run.confirmedOf.add(recipient);
      model.mark(run, [recipient], "free");
    },
  );
}

async function pressHold(play: Play, one: number, two: number): Promise<void> {
  const recipient = one % MONTHLY.length;
  const from = two % 4;
  await press(
    play,
    "hold",
    "done",
    async (key) =>
      await placeHold(contextOf(play.pool, MAKER), {
        recipientId: recipient + 1,
        kind: "hold",
        fromMonth: month(MONTHS[from] ?? MONTHS[0]),
        cause: "試験",
        key,
      }),
    (id) => {
      play.model.holds.push({ id, recipient, from, active: true });
    },
  );
}

async function pressRelease(play: Play, one: number): Promise<void> {
  const { holds } = play.model;
  const hold = holds[one % Math.max(1, holds.length)];
  const expected: Expected = hold === undefined ? ["holdUnknown"] : hold.active ? "done" : ["holdReleased"];
  await press(
    play,
    "release",
    expected,
    async (key) => await releaseHold(contextOf(play.pool, MAKER), hold?.id ?? 77, "試験", key),
    () => {
      if (hold !== undefined) hold.active = false;
    },
  );
}

/** 消滅: a decision with facts of its own; recipient 2 keeps its right so that something is left to pay. */
async function endRight(play: Play, one: number, two: number): Promise<void> {
  const recipient = one % 2 === 0 ? 0 : 2;
  const at = 1 + (two % 4);
  if (play.model.ended[recipient] !== undefined) return;
  const { rows } = await play.pool.query<{ facts: { recipient: object } }>(
    "SELECT f.facts FROM allowance.decision d JOIN allowance.facts f USING (facts_digest) WHERE d.recipient_id = $1",
    [recipient + 1],
  );
  const [year = 0, number = 0] = (MONTHS[at] ?? MONTHS[0]).split("-").map(Number);
  const lastDay = new Date(Date.UTC(year, number - 1, 0)).toISOString().slice(0, 10);
  const residence = [{ from: "2000-01-01", to: lastDay }];
  const facts = canonicalJson({ ...rows[0]?.facts, recipient: { ...rows[0]?.facts.recipient, residence } });
  const digest = createHash("sha256").update(facts).digest("hex");
  await play.pool.query("INSERT INTO allowance.facts VALUES ($1, $2) ON CONFLICT DO NOTHING", [digest, facts]);
  await play.pool.query(
    `INSERT INTO allowance.decision (recipient_id, seq, kind, effective_month, cause, ex_officio, origin, facts_digest, rule_version, decided_on, examined_by, approved_by)
     VALUES ($1, 2, 'extinguish', $2, 'movedOut', true, 'exOfficio', $3, 'test', '2026-11-24', 'shinsa.ichiro', 'kessai.hanako')`,
    [recipient + 1, `${MONTHS[at] ?? ""}-01`, digest],
  );
  play.model.ended[recipient] = at;
}

/** What a careful office would do now. */
function nextKind(run: ModelRun | undefined): Exclude<Step["kind"], "next"> {
  switch (run?.state) {
    case "created":
      return "inspect";
    case "inspected":
      return "approve";
    case "approved":
      return "freeze";
    case "frozen":
      return "handOver";
    case "handingOver":
    case "unknown":
      return "resolve";
    case "handedOver":
      return "results";
    case "settled":
      return "close";
    case undefined:
    case "closed":
    case "cancelled":
    case "voided":
      break;
  }
  return "create";
}

export async function playStep(play: Play, step: Step): Promise<void> {
  const { model, pool } = play;
  const { one, two } = step;
  const kind = step.kind === "next" ? nextKind(model.last) : step.kind;
  // Now and then an operator has the wrong run in hand: the one before the last.
  const runNo = Math.max(1, model.runs.length - (step.kind !== "next" && two === 11 ? 1 : 0));
  const run = model.runs[runNo - 1];
  const advance = (state: RunState) => (): void => {
    if (run !== undefined) run.state = state;
  };
  switch (kind) {
    case "create":
      return await pressCreate(play, one, two);
    case "inspect":
      return await press(
        play,
        kind,
        inState(run, "created"),
        async (key) => await inspectRun(contextOf(pool, MAKER), { key, runNo }),
        advance("inspected"),
      );
    case "approve": {
      const lineDigest = (await findRun(pool, runNo))?.lineDigest ?? "";
      if (run?.state === "inspected") await clearAll(pool, runNo);
      return await press(
        play,
        kind,
        inState(run, "inspected"),
        async (key) => await approveRun(contextOf(pool, APPROVER), { key, runNo, lineDigest }),
        advance("approved"),
      );
    }
    case "freeze":
      return await press(
        play,
        kind,
        freezeExpected(model, run),
        async (key) => await freezeRun(contextOf(pool, APPROVER), { key, runNo }),
        advance("frozen"),
      );
    case "handOver":
      return await pressHandOver(play, runNo, run, one);
    case "resolve":
      return await pressResolve(play, runNo, run);
    case "results":
      return await pressResults(play, runNo, run, one);
    case "confirmReturn":
      return await pressConfirm(play, one, two);
    case "close":
      return await press(
        play,
        kind,
        inState(run, "settled"),
        async (key) => await closeRun(contextOf(pool, MAKER), { key, runNo }),
        advance("closed"),
      );
    case "cancel":
      return await press(
        play,
        kind,
        inState(run, "created", "inspected", "approved", "frozen"),
        async (key) => await cancelRun(contextOf(pool, MAKER), { key, runNo, reason: "試験" }),
        () => {
          if (run === undefined) return;
          run.state = "cancelled";
          model.mark(run, run.content.keys(), "free");
        },
      );
    case "hold":
      return await pressHold(play, one, two);
    case "release":
      return await pressRelease(play, one);
    case "endRight":
      return await endRight(play, one, two);
  }
}
