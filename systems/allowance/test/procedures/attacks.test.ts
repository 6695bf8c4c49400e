/** Statements that no program of this house makes, as the role of the system: the tables themselves refuse them. */
import { month } from "@hagukumi/law/contract.ts";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { saveCreditor } from "../../src/deductions/creditors.ts";
import { addSpecialCollection } from "../../src/deductions/special-collection.ts";
import { testContext, testFolder } from "../support/context.ts";
import { certifiedFamily, exOfficio } from "../support/families.ts";
import { number15, resident } from "../support/feeds.ts";
import { bring, decided, form, prepare } from "../support/filings.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");

let recipient = 0;
let other = 0;
let filing = 0;
let special = 0;

const death = (claimant: number) =>
  exOfficio("death", "2026-11-20", { claimant, diedOn: "2026-11-10", evidence: "住民票" });

beforeAll(async () => {
  await prepare(database.pool);
  recipient = await certifiedFamily({ clerk, approver }, 57_000, ["2020-05-10"]);
  other = await certifiedFamily({ clerk, approver }, 57_010, ["2020-05-10"]);
  const creditor = {
    name: "架空市保育課",
    kind: "city",
    feeKinds: ["nursery"],
    validFrom: clerk.today,
    approvedBy: "staff.sato",
  } as const;
  await saveCreditor(clerk, { ...creditor });
  const payment = month("2026-12");
  const entry = {
    recipientId: recipient,
    child: 57_001,
    creditorId: 1,
    feeKind: "nursery",
    feeYear: 2026,
    amount: 9000,
    paymentMonth: payment,
    reference: "A-1",
    approvedBy: "staff.sato",
  } as const;
  special = await addSpecialCollection(clerk, entry);
  await bring(clerk, {
    residents: [57_000, 57_010].map((number) =>
      resident(number, "1990-01-01", {
        世帯番号: number15(number),
        履歴番号: "2",
        住民状態: "3",
        異動年月日: "2026-11-10",
        異動事由コード: "21",
      }),
    ),
  });
  filing = (await decided(clerk, approver, death(57_000))).filingId;
  await decided(clerk, approver, death(57_010));
  const account = { bank: "0182", branch: "101", accountType: "1", accountNumber: "7570001", holder: "カクウ　タロウ" };
  await decided(
    clerk,
    approver,
    form("unpaid", "2026-11-20", { claimant: 57_001, recipientId: recipient, children: [57_001], account }),
  );
});

/** What is tried, the constraint that refuses it, and the statement. */
type Attack = readonly [what: string, constraint: string, sql: () => string];

/** Runs statements as the system's role and takes everything back. */
async function attempt(sql: string): Promise<void> {
  const client = await database.pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("SET LOCAL ROLE hagukumi_allowance");
    await client.query(sql);
    await client.query("SET CONSTRAINTS ALL IMMEDIATE");
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}

/** A decision over one month of another family, with more than the ledger says is due. */
const tooMuch = (): string => `
  INSERT INTO allowance.unpaid_decision (filing_id, kind, recipient_id, child_number, claimant_number, claimed_on, outcome, reason, from_month, to_month,
    item_count, total, bank, branch, account_type, account_number, holder, holder_is, decided_on, examined_by, approved_by)
  VALUES (${filing}, 'recipientDeath', ${other}, 57011, 57011, '2026-11-20', 'grant', 'x', '2026-10-01', '2026-10-01', 1, 29999, '0182', '101', '1',
    '7570009', 'ｶｸｳ', 'child', '2026-11-20', 'staff.a', 'staff.b');
  INSERT INTO allowance.unpaid_item SELECT 57011, '2026-10-01', 1, 1, max(unpaid_id), ${other}, 29999 FROM allowance.unpaid_decision`;

const unpaidRow = (more: string) => `
  INSERT INTO allowance.unpaid_decision (filing_id, kind, recipient_id, child_number, claimant_number, claimed_on, outcome, reason, from_month, to_month,
    item_count, total, bank, branch, account_type, account_number, holder, holder_is, decided_on, examined_by, approved_by)
  SELECT filing_id, kind, recipient_id, 57011, claimant_number, claimed_on, ${more} FROM (
    SELECT * FROM allowance.unpaid_decision LIMIT 1) x`;

const ON_UNPAID: readonly Attack[] = [
  [
    "a second decision of one amount",
    "unpaid_item_once",
    () => "INSERT INTO allowance.unpaid_item SELECT * FROM allowance.unpaid_item LIMIT 1",
  ],
  ["another amount than is due", "unpaid_item_due", tooMuch],
  [
    "a grant without an account",
    "unpaid_grant",
    () =>
      unpaidRow(
        "'grant', 'x', from_month, to_month, 1, 10000, NULL, NULL, NULL, NULL, NULL, NULL, decided_on, 'staff.a', 'staff.b'",
      ),
  ],
  [
    "a refusal with money",
    "unpaid_refuse",
    () =>
      unpaidRow(
        "'refuse', 'x', NULL, NULL, 1, 10000, NULL, NULL, NULL, NULL, NULL, NULL, decided_on, 'staff.a', 'staff.b'",
      ),
  ],
  [
    "one person alone",
    "unpaid_two_people",
    () =>
      unpaidRow(
        "'refuse', 'x', NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, decided_on, 'staff.a', 'staff.a'",
      ),
  ],
  [
    "a sum that its months do not have",
    "unpaid_decision_control",
    () =>
      unpaidRow(
        "'grant', 'x', from_month, to_month, 1, 10000, bank, branch, account_type, account_number, holder, holder_is, decided_on, 'staff.a', 'staff.b'",
      ),
  ],
];

describe("unpaid benefit", () => {
  it.each(ON_UNPAID)("%s", async (_name, constraint, sql) => {
    await expect(attempt(sql())).rejects.toMatchObject({ constraint });
  });
});

const ON_OTHERS: readonly Attack[] = [
  [
    "a donation that is whole and a part at once",
    "donation_amount",
    () =>
      `INSERT INTO allowance.donation (recipient_id, kind, scope, amount, from_payment, received_on, filing_id, entered_by, approved_by) VALUES (${recipient}, 'request', 'all', 5, '2026-12-01', '2026-11-01', ${filing}, 'a', 'b')`,
  ],
  [
    "a donation by one person",
    "donation_two_people",
    () =>
      `INSERT INTO allowance.donation (recipient_id, kind, scope, from_payment, received_on, filing_id, entered_by, approved_by) VALUES (${recipient}, 'request', 'all', '2026-12-01', '2026-11-01', ${filing}, 'a', 'a')`,
  ],
  [
    "a deduction without a cap",
    "fee_request_cap",
    () =>
      `INSERT INTO allowance.fee_request (recipient_id, child_number, creditor_id, fee_kind, kind, from_payment, received_on, filing_id, entered_by, approved_by) VALUES (${recipient}, 57001, 1, 'nursery', 'request', '2026-12-01', '2026-11-01', ${filing}, 'a', 'b')`,
  ],
  [
    "a third party without an account",
    "creditor_account",
    () =>
      "INSERT INTO allowance.creditor (creditor_id, revision, name, kind, fee_kinds, valid_from, entered_by, approved_by) VALUES (9, 1, '架空園', 'thirdParty', '{nursery}', '2026-04-01', 'a', 'b')",
  ],
  [
    "a notice of another amount",
    "special_notice_amount",
    () =>
      `INSERT INTO allowance.special_collection_notice (special_id, notified_on, payer_name, payer_address, amount, notified_by) VALUES (${special}, '2026-11-20', '架空', '架空町', 8999, 'a')`,
  ],
  [
    "an event before its conditions",
    "living_priority_check",
    () =>
      `INSERT INTO allowance.living_priority (child_number, parent_number, other_name, other_paid_by, evidence_kind, evidence_on, apart_since, child_since, event_on, filing_id, entered_by, approved_by) VALUES (57001, 57000, '架空', 'city', 'courtSummons', '2026-11-06', '2026-10-01', '2026-10-01', '2026-10-01', ${filing}, 'a', 'b')`,
  ],
  [
    "a notice to nobody",
    "case_notice_one_party",
    () =>
      `INSERT INTO allowance.case_notice (filing_id, kind, facts, issued_on, entered_by) VALUES (${filing}, 'claimInvited', '{}', '2026-11-20', 'a')`,
  ],
];

describe("other tables", () => {
  it.each(ON_OTHERS)("%s", async (_name, constraint, sql) => {
    await expect(attempt(sql())).rejects.toMatchObject({ constraint });
  });

  it("nothing that a procedure wrote can be changed or removed", async () => {
    const { rows } = await database.pool.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = 'allowance' AND c.relkind = 'r' AND c.relname = ANY($1) ORDER BY 1`,
      [
        [
          "recipient_history",
          "parent_designation",
          "placement_report",
          "separate_care",
          "study_abroad",
          "living_priority",
          "case_notice",
          "number_change_report",
          "employer_report",
          "account_start",
          "account_choice",
          "donation",
          "creditor",
          "fee_request",
          "special_collection",
          "unpaid_decision",
          "unpaid_item",
        ],
      ],
    );
    expect(rows).toHaveLength(17);
    for (const { name } of rows) {
      await expect(attempt(`DELETE FROM allowance.${name}`)).rejects.toMatchObject({ code: "42501" });
      await expect(attempt(`TRUNCATE allowance.${name}`)).rejects.toMatchObject({ code: "42501" });
      await expect(attempt(`UPDATE allowance.${name} SET recorded_at = recorded_at`)).rejects.toMatchObject({
        code: expect.stringMatching(/^42/),
      });
    }
  });
});
