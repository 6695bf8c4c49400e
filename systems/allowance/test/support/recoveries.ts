/** 債権 in tests: a claim of 60,000 yen that the ledger found, and its steps by two people. */
import type { Pool } from "pg";
import { civilDate } from "@hagukumi/law/contract.ts";
import { beforeEach, expect } from "vitest";
import { freshDatabase } from "../../../../platform/test/support/cluster.ts";
import type { TestDatabase } from "../../../../platform/test/support/cluster.ts";
import { findOverpayments } from "../../src/recovery/find.ts";
import {
  answerRecovery,
  proposeRecovery,
  type RecoveryProposal,
  waitingProposals,
} from "../../src/recovery/proposals.ts";
import { recordReceipt } from "../../src/recovery/receipts.ts";
import { getRecovery, recoveriesOf, type Recovery } from "../../src/recovery/record.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { calendar, contextOf, MAKER, seedCases, threeFamilies } from "./cases.ts";
import { decideFacts, endCare } from "./decide-facts.ts";
import { advance, create, settleAndClose } from "./runs.ts";

export const KAKARI = "kakari.ichiro";
export const KACHO = "kacho.jiro";
let opened: TestDatabase;
/** The database of the present test. */
export const database = {
  get pool(): Pool {
    return opened.pool;
  },
};
let ids: readonly number[] = [];
export const first = (): number => ids[0] ?? 0;

export const refusal = (code: string) => expect.objectContaining({ name: "Refusal", code });
export const by = (operator: string, today = "2027-01-20") => contextOf(database.pool, operator, today);
export const second = (): number => ids[1] ?? 0;

/** The receivable account of the ledger: what is still owed, yen. */
export async function ledgerOwed(): Promise<number> {
  const { rows } = await database.pool.query<{ owed: number }>(
    "SELECT -coalesce(sum(amount), 0)::bigint AS owed FROM allowance.ledger_leg WHERE account = 'receivable'",
  );
  return rows[0]?.owed ?? 0;
}

export const instalmentPlan = (amounts: readonly number[], pledgedOn?: string): RecoveryProposal => ({
  kind: "plan",
  method: "instalments",
  instalments: amounts.map((amount, index) => ({ dueOn: `2027-0${index + 2}-26`, amount })),
  reason: "分納誓約（架空）",
  ...(pledgedOn === undefined ? {} : { pledgedOn }),
});

export const writeOff = (ground: "limitation" | "decision"): RecoveryProposal => ({
  kind: "writeOff",
  ground,
  reason: "架空の決裁",
});

export const crew = (today: string) => ({ maker: by(KAKARI, today), approver: by(KACHO, today) });

export const parameters = (of: string) => ({ month: of });

/** A fresh database with three families for each test; afterwards every invariant of the money must hold. */
export function useRecoveries(): void {
  beforeEach(async () => {
    opened = await freshDatabase();
    ids = await seedCases(database.pool, threeFamilies);
    return async () => {
      const { rows } = await database.pool.query<{ sum: number; owed: number }>(
        `SELECT (SELECT coalesce(sum(amount), 0)::bigint FROM allowance.ledger_leg) AS sum,
              (SELECT coalesce(sum(outstanding), 0)::bigint FROM allowance.receivable_balance) AS owed`,
      );
      const owed = await ledgerOwed();
      const broken = (await verifyMoney({ pool: database.pool, calendar })).filter((one) => one.violations > 0);
      await opened.drop();
      expect(broken).toEqual([]);
      // M2, and the account of the ledger against the table of the months.
      expect(rows[0]).toEqual({ sum: 0, owed });
    };
  });
}

/** October and November are paid; then it is learnt that the third child (30,000 a month) had left care on 2026-09-20: 60,000 too much. */
export async function overpaid(): Promise<Recovery> {
  await create(database.pool);
  await advance(database.pool, 1, "handedOver");
  await settleAndClose(database.pool, 1);
  await decideFacts(database.pool, second(), "decrease", "2026-10", endCare(2, "2026-09-20"));
  await findOverpayments(by(MAKER));
  const [recovery] = await recoveriesOf(database.pool, second());
  if (recovery === undefined) throw new Error("no claim");
  return recovery;
}

export async function decided(recoveryId: number, proposal: RecoveryProposal, today?: string): Promise<void> {
  const proposalId = await proposeRecovery(by(KAKARI, today), { recoveryId, proposal });
  const contentDigest = (await waitingProposals(database.pool, recoveryId))[0]?.contentDigest ?? "";
  await answerRecovery(by(KACHO, today), { proposalId, answer: { outcome: "approved", contentDigest } });
}
export const cause = (of: "city" | "recipient" | "fraud"): RecoveryProposal => ({
  kind: "cause",
  cause: of,
  basis: "架空の調査",
});
export const lumpSum: RecoveryProposal = {
  kind: "plan",
  method: "lumpSum",
  reason: "児童を監護しなくなった後の月分のため",
};

export async function billed(): Promise<Recovery> {
  const { recoveryId } = await overpaid();
  await decided(recoveryId, cause("recipient"));
  await decided(recoveryId, lumpSum);
  return await getRecovery(database.pool, recoveryId);
}

export const pay = async (recoveryId: number, reference: string, amount: number, today = "2027-02-10") =>
  await recordReceipt(by(KAKARI, today), { recoveryId, reference, amount, paidOn: civilDate(today) });

export const receipts = (...lines: readonly string[]): Uint8Array =>
  new TextEncoder().encode(`\uFEFF${["納付者,収納番号,債権番号,納付日,納付額", ...lines].join("\r\n")}\r\n`);
