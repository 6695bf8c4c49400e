/** 債権: overpayments are found, a claim is decided and billed, receipts come from a file. */
import { findOverpayments } from "../../../../src/recovery/find.ts";
import { importReceipts } from "../../../../src/recovery/import-receipts.ts";
import {
  answerRecovery,
  proposeRecovery,
  type RecoveryProposal,
  waitingProposals,
} from "../../../../src/recovery/proposals.ts";
import { recoveriesOf } from "../../../../src/recovery/record.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { Pool } from "pg";
import { MAKER, seedCases, threeFamilies } from "../../../support/cases.ts";
import { decideFacts, endCare } from "../../../support/decide-facts.ts";
import { advance, create, settleAndClose } from "../../../support/runs.ts";
import { contextIn, countsOf, LEDGER, rowsOf, type Scene } from "../scene.ts";

const OF = 2;
const [CLERK, HEAD] = ["kakari.ichiro", "kacho.jiro"];

const PROPOSALS: readonly RecoveryProposal[] = [
  { kind: "cause", cause: "recipient", basis: "架空の調査" },
  { kind: "plan", method: "lumpSum", reason: "児童を監護しなくなった後の月分のため" },
];

/** What is left is given up after the receipts. */
const day = ({ kind }: RecoveryProposal): string => (kind === "writeOff" ? "2027-02-20" : "2027-01-20");

async function decide(pool: Pool, folder: string, recoveryId: number, proposal: RecoveryProposal): Promise<void> {
  const as = (operator: string) => contextIn(pool, folder, operator, day(proposal));
  const key = `propose/${proposal.kind}`;
  const proposalId = await proposeRecovery(as(CLERK ?? ""), { recoveryId, proposal, key });
  const waiting = (await waitingProposals(pool, recoveryId)).find((each) => each.proposalId === proposalId);
  // Nothing waits any more: it was answered before the crash.
  if (waiting === undefined) return;
  const answer = { outcome: "approved" as const, contentDigest: waiting.contentDigest };
  await answerRecovery(as(HEAD ?? ""), { proposalId, answer, key: `answer/${proposal.kind}` });
}

async function takeReceipts(pool: Pool, folder: string, recoveryId: number): Promise<void> {
  const lines = [
    `架空花子,S-1,${String(recoveryId).padStart(10, "0")},2027-02-01,20000`,
    `架空花子,S-2,${String(recoveryId).padStart(10, "0")},2027-02-02,30000`,
    "架空次郎,S-3,だれか,2027-02-01,500",
  ];
  const text = `\uFEFF${["納付者,収納番号,債権番号,納付日,納付額", ...lines].join("\r\n")}\r\n`;
  const request = { name: "shuno.csv", bytes: new TextEncoder().encode(text) };
  try {
    await importReceipts(contextIn(pool, folder, CLERK ?? "", "2027-02-10"), request);
  } catch (error) {
    // Taken in before the crash: the file says so itself.
    if (!(error instanceof Refusal) || error.code !== "receiptRepeated") throw error;
  }
}

export const recovery: Scene = {
  name: "recovery",
  prepare: async (pool) => {
    const ids = await seedCases(pool, threeFamilies);
    await create(pool);
    await advance(pool, 1, "handedOver");
    await settleAndClose(pool, 1);
    await decideFacts(pool, ids[OF - 1] ?? 0, "decrease", "2026-10", endCare(2, "2026-09-20"));
  },
  work: async (pool, folder) => {
    await findOverpayments(contextIn(pool, folder, MAKER, "2027-01-20"));
    const [found] = await recoveriesOf(pool, OF);
    if (found === undefined) throw new Error("no claim was found");
    for (const proposal of PROPOSALS) await decide(pool, folder, found.recoveryId, proposal);
    await takeReceipts(pool, folder, found.recoveryId);
    // 60,000 − 20,000 − 30,000 = 10,000 are given up.
    await decide(pool, folder, found.recoveryId, { kind: "writeOff", ground: "decision", reason: "架空の免除" });
  },
  end: async (pool) => ({
    ledger: await rowsOf(pool, LEDGER),
    claims: await rowsOf(
      pool,
      "SELECT recipient_id, benefit_month, amount, outstanding FROM allowance.receivable_balance ORDER BY 1, 2",
    ),
    ...(await countsOf(pool, [
      "allowance.recovery",
      "allowance.recovery_event",
      "allowance.recovery_receipt",
      "allowance.receipt_file",
    ])),
  }),
};
