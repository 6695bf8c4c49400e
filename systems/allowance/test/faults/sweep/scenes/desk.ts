/** 机の仕事: the master of banks, a filing decided, a proposal of two people, a delivery by the wire, a decision ex officio. */
import { type BankSnapshot, buildSnapshot } from "@hagukumi/platform/bank/bank-master.ts";
import type { Pool } from "pg";

import { importBankMaster } from "../../../../src/bank-master/import-master.ts";
import { answerRequest, putRequest, waitingRequests } from "../../../../src/decision-requests/requests.ts";
import { approveReexamined, reexamine } from "../../../../src/decisions/re-decide.ts";
import { approveFiling } from "../../../../src/filings/approve.ts";
import { residentsFeed } from "../../../../src/register/feeds/residents.ts";
import { takeDelivery } from "../../../../src/register/import-feeds.ts";
import { certifiedFamily, recipientIdOf } from "../../../support/families.ts";
import { resident } from "../../../support/feeds.ts";
import { birthClaim, bring, examined, prepare } from "../../../support/filings.ts";
import { contextIn, countsOf, rowsOf, type Scene } from "../scene.ts";

const FAMILY = 58_000;
const CLAIMANT = 58_500;
const DAY = "2026-11-20";

/** Twelve branches, and a month later one of them has closed. */
const snapshot = (day: string, last: number): BankSnapshot => {
  const codes = Array.from({ length: last - 100 }, (_, index) => String(101 + index));
  const branches = Object.fromEntries(codes.map((code) => [code, { code, name: `支店${code}`, kana: "シテン" }]));
  return buildSnapshot({ "0182": { code: "0182", name: "肥後", kana: "ヒゴ", branches } }, day).snapshot;
};
const EARLIER = snapshot("2026-04-24", 112);
const LATER = snapshot("2026-10-24", 111);

/** The parent of the family has died: row 2 of the history, as the register sends it. */
const DEATH = resident(FAMILY, "1990-01-01", {
  履歴番号: "2",
  住民状態: "3",
  異動年月日: "2026-09-15",
  異動事由コード: "21",
});

/** As the wire brings it: the cells in the order of the feed's columns. */
async function* open() {
  yield [{ line: 2, fields: residentsFeed.header.map((name) => DEATH[name] ?? "") }];
}

const FUND = {
  kind: "counterFund",
  keeper: "会計課 主査 架空 出納",
  bank: "0182",
  branch: "101",
  accountType: "1",
  accountNumber: "7000001",
  holder: "カクウシ シキンゼント",
  validFrom: "2026-10-01",
} as const;

async function waitingFund(pool: Pool) {
  return (await waitingRequests(pool)).find(({ kind }) => kind === "counterFund");
}

export const desk: Scene = {
  name: "desk",
  prepare: async (pool, folder) => {
    await prepare(pool);
    const clerk = contextIn(pool, folder, "staff.ito", "2026-05-20");
    const approver = contextIn(pool, folder, "staff.sato", "2026-05-20");
    await importBankMaster(clerk, EARLIER, "test");
    await certifiedFamily({ clerk, approver }, FAMILY, ["2016-06-01"]);
    const today = contextIn(pool, folder, "staff.ito", DAY);
    await bring(today, { residents: [resident(CLAIMANT, "1990-01-01"), resident(CLAIMANT + 1, "2026-11-05")] });
    await examined(today, birthClaim(CLAIMANT, CLAIMANT + 1, "2026-11-05", "2026-11-10"));
    await putRequest(today, { content: FUND });
  },
  work: async (pool, folder) => {
    const [clerk, approver] = ["staff.ito", "staff.sato"].map((name) => contextIn(pool, folder, name, DAY));
    if (clerk === undefined || approver === undefined) throw new Error("two people");
    await importBankMaster(clerk, LATER, "test");
    const filing = await rowsOf(
      pool,
      `SELECT e.filing_id AS "filingId", e.digest FROM allowance.filing_examination e WHERE e.digest IS NOT NULL ORDER BY e.filing_id DESC LIMIT 1`,
    );
    const { filingId, digest } = filing[0] as { readonly filingId: number; readonly digest: string };
    await approveFiling(approver, { filingId, digest, key: "approve/1" });
    const fund = await waitingFund(pool);
    if (fund !== undefined) {
      const answer = { outcome: "approved", contentDigest: fund.contentDigest } as const;
      await answerRequest(approver, { requestId: fund.requestId, answer, key: "answer/1" });
    }
    const delivery = {
      file: "residents.csv",
      interfaceCode: "residents",
      sha256: "0".repeat(64),
      rows: 1,
      open,
      asOf: DAY,
    } as const;
    await takeDelivery(clerk, { key: "take/1", label: "residents-1", ...delivery });
    const recipients = [await recipientIdOf(pool, FAMILY)];
    await reexamine(clerk, { recipients });
    await approveReexamined(approver, { recipients });
  },
  end: async (pool) => ({
    decisions: await rowsOf(
      pool,
      "SELECT addressee_number, seq, d.kind, effective_month, d.cause, monthly_total FROM allowance.decision d JOIN allowance.recipient USING (recipient_id) ORDER BY 1, 2",
    ),
    ...(await countsOf(pool, [
      "allowance.branch",
      "allowance.branch_end",
      "allowance.filing_approval",
      "allowance.decision_request_answer",
      "allowance.person_history",
      "allowance.register_change",
    ])),
  }),
};
