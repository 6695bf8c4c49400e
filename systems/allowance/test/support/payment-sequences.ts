/** Whole sequences of presses, and what must hold at their end (see `properties.test.ts`). */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Pool } from "pg";
import { createBankSimulator, readTransferFile } from "@hagukumi/outside-bank/contract.ts";
import type { BankFaults } from "@hagukumi/outside-bank/contract.ts";
import { freshDatabase } from "../../../../platform/test/support/cluster.ts";
import { findRun } from "../../src/payments/run-record.ts";
import { replayFromEmpty } from "../../src/verify/from-empty/replay-from-empty.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { calendar, seedCases, threeFamilies } from "./cases.ts";
import { BY_CHILD, MONTHLY, MONTHS, PaymentModel, yenOf } from "./payment-model.ts";
import type { Step } from "./payment-model.ts";
import { playStep } from "./payment-presses.ts";
import type { Play } from "./payment-presses.ts";
import { differing } from "./replays.ts";

/** Cases of these sequences are not decided by the product: their decisions and accounts are rows of the test. */
const WRITTEN_BY_THE_TEST = ["allowance.decision", "allowance.account（請求）"];

/** The files that the bank holds, read by the bank's own reader, against the model's runs. */
function bankProblems(model: PaymentModel, bankDir: string): readonly string[] {
  const inbox = join(bankDir, "inbox");
  const files = model.runs.some((run) => run.atBank) ? readdirSync(inbox).filter((name) => name.endsWith(".dat")) : [];
  const found = files.map((name) => readTransferFile(readFileSync(join(inbox, name))));
  const texts = found.map(({ transfers }) =>
    transfers
      .map(({ customer1, customer2, amount }) => `${customer2.slice(0, 4)}/${Number(customer1)}/${amount}`)
      .toSorted(),
  );
  const wanted = model.runs.flatMap((run, index) =>
    run.atBank
      ? [
          [...run.content]
            .map(
              ([recipient, months]) =>
                `${String(index + 1).padStart(4, "0")}/${recipient + 1}/${yenOf(recipient, months)}`,
            )
            .toSorted(),
        ]
      : [],
  );
  const problems: string[] = [];
  const inOrder = texts.toSorted((a, b) => ((a[0] ?? "") < (b[0] ?? "") ? -1 : 1));
  if (JSON.stringify(inOrder) !== JSON.stringify(wanted)) {
    problems.push(`files at the bank ${JSON.stringify(inOrder)}, model ${JSON.stringify(wanted)}`);
  }
  // By the model alone: no month stands in two files that the bank paid out.
  for (const recipient of MONTHLY.keys()) {
    for (const at of MONTHS.keys()) {
      const paid = model.runs.filter(
        (run) => run.atBank && !run.returnedOf.has(recipient) && run.content.get(recipient)?.includes(at) === true,
      );
      if (paid.length > 1) problems.push(`recipient ${recipient + 1} ${MONTHS[at]} paid ${paid.length} times`);
    }
  }
  return problems;
}

/** Yen paid per child and month by what is stored of the files sent, less what came back, against the law's amount. */
async function lawProblems(pool: Pool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ child: string; month: string; paid: number }>(
    `SELECT i.child_number::text AS child, i.benefit_month::text AS month, sum(i.amount)::int AS paid
     FROM allowance.run_item i JOIN allowance.hand_over h USING (run_no)
     WHERE NOT EXISTS (SELECT 1 FROM allowance.result_row r WHERE (r.run_no, r.line_no) = (i.run_no, i.line_no))
       AND NOT EXISTS (SELECT 1 FROM allowance.run_end e WHERE e.run_no = i.run_no AND e.outcome = 'voided')
     GROUP BY 1, 2`,
  );
  return rows
    .filter((row) => row.paid > (BY_CHILD[row.child] ?? 0))
    .map((row) => `child ${row.child} ${row.month}: paid ${row.paid}`);
}

/** Plays the steps on a fresh city; everything that is wrong comes back as text. */
export async function playSequence(
  steps: readonly Step[],
  bankDir: string,
): Promise<{ readonly problems: readonly string[]; readonly filesSent: number; readonly refused: number }> {
  const database = await freshDatabase();
  const { pool } = database;
  const faults: BankFaults = {};
  const bank = createBankSimulator({ dir: bankDir, faults, now: () => Date.parse("2026-12-01T00:00:00Z") });
  const play: Play = { pool, bank, faults, model: new PaymentModel(), problems: [], presses: 0, refused: 0 };
  try {
    await seedCases(pool, threeFamilies);
    for (const step of steps) await playStep(play, step);
    for (const [index, run] of play.model.runs.entries()) {
      const state = (await findRun(pool, index + 1))?.state;
      if (state !== run.state) play.problems.push(`run ${index + 1} is ${state}, model ${run.state}`);
    }
    play.problems.push(...bankProblems(play.model, bankDir), ...(await lawProblems(pool)));
    const broken = (await verifyMoney({ pool, calendar })).filter((one) => one.violations > 0);
    play.problems.push(...broken.map((one) => `${one.id} ${one.examples.join(" ")}`));
    const again = await replayFromEmpty({ pool, calendar });
    play.problems.push(...differing(again.filter(({ table }) => !WRITTEN_BY_THE_TEST.includes(table))));
  } finally {
    await database.drop();
  }
  return {
    problems: play.problems,
    filesSent: play.model.runs.filter((run) => run.atBank).length,
    refused: play.refused,
  };
}
