/** 委託先6: a contractor who compares the papers of 現況届, and can do nothing else – whatever operation is tried. */
import { barcodeOf, openReviewYear, receiveReport } from "@hagukumi/allowance/contract.ts";
import { roles } from "@hagukumi/platform/identity/permissions.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { contextOf } from "../../../../systems/allowance/test/support/cases.ts";
import { answerWish, beginOrder, propose, standardConsignments } from "@hagukumi/interchange/contract.ts";
import type { Operation } from "../../src/api/operation.ts";
import { operations } from "../../src/api/operations.ts";
import { makeActor } from "../support/actors.ts";
import type { Actor } from "../support/actors.ts";
import { call, serveDesk } from "../support/served-desk.ts";
import type { Answer, Sent, ServedDesk } from "../support/served-desk.ts";

const database = useDatabase();
let desk: ServedDesk;
let checker: Actor;
let barcode = "";
const STAFF = "r.kakunin";

function operationOf(id: string): Operation {
  const found = operations.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no operation ${id}`);
  return found;
}
const as = async (id: string, sent: Sent = {}): Promise<Answer> =>
  await call(desk.server, checker, operationOf(id), sent);

/** Put by one, granted by another. */
async function decide(
  kind: "consignment" | "subConsignment" | "contractorAccount" | "workOrder",
  content: unknown,
): Promise<unknown> {
  const key = (): string => `check/${kind}/${Math.random()}`;
  const asked = await propose(contextOf(database.pool, "itaku.ichiro"), {
    kind,
    content,
    reason: "架空の契約",
    timing: "before",
    key: key(),
  });
  return await answerWish(contextOf(database.pool, "itaku.niro"), { ...asked, granted: true, key: key() });
}

beforeAll(async () => {
  desk = await serveDesk(database.pool);
  const june = contextOf(database.pool, "staff.ito", "2026-06-20");
  await openReviewYear(contextOf(database.pool, "staff.ito", "2026-06-01"), 2026);
  for (const recipientId of [desk.hanako, desk.protectedPerson]) {
    const code = barcodeOf({ year: 2026, recipientId });
    await database.pool.query(
      "INSERT INTO allowance.review_form (recipient_id, fiscal_year, no, barcode, tray, material, proof, made_by, made_on) VALUES ($1, 2026, 1, $2, 'print', '{}', '{}', 'staff.ito', '2026-06-01')",
      [recipientId, code],
    );
    await receiveReport(june, { barcode: code, receivedOn: "2026-06-20", channel: "post", unchanged: true });
  }
  barcode = barcodeOf({ year: 2026, recipientId: desk.hanako });
  checker = await makeActor(database.pool, STAFF, "reviewChecker");
  await database.pool.query(
    "UPDATE identity.staff SET kind = 'contractor', consent_id = '架空承諾-6' WHERE staff_id = $1",
    [STAFF],
  );
});
afterAll(async () => await desk.end());

describe("the contractor who compares the papers of 現況届", () => {
  const finding = { verdict: "defect", defects: ["別居監護申立書がない"], checkedOn: "2026-06-22" } as const;

  it("[D122] sees the reports alone – no name, no number of the vault, no account, no amount, nobody protected – notes what is missing as a proposal, and can open, decide and pay nothing", async () => {
    // Not tied to a consignment: nothing is shown, nothing done, however the account was made.
    expect((await as("listReportsToCheck")).code).toBe("orderNeeded");
    expect((await as("recordReviewCheck", { body: { barcode, ...finding } })).code).toBe("orderNeeded");
    const { rows: days } = await database.pool.query<{ from: string; to: string }>(
      "SELECT (identity.today() - 1)::text AS from, (identity.today() + 100)::text AS to",
    );
    const { from: validFrom = "", to: validTo = "" } = days[0] ?? {};
    for (const each of standardConsignments("2020-04-01")) await decide("consignment", each);
    // 再委託しない: neither a part of it nor an account of another company
    const sub = {
      approvalNumber: "架空承認-1",
      consignmentCode: "consignment6",
      company: "架空再委託",
      scope: "書類の確認",
      measures: "同じ措置",
      appliedOn: validFrom,
      validFrom,
      validTo,
    };
    await expect(decide("subConsignment", sub)).rejects.toMatchObject({ code: "consignmentInvalid" });
    await decide("contractorAccount", {
      staffId: STAFF,
      consignmentCode: "consignment6",
      subConsignmentNumber: null,
      validFrom,
      validTo,
    });
    expect((await as("listReportsToCheck")).code).toBe("orderNeeded");
    await decide("workOrder", {
      consignmentCode: "consignment6",
      kind: "operation",
      work: "現況届の書類の確認",
      validFrom,
      validTo,
    });
    const { rows: orders } = await database.pool.query<{ number: string }>(
      "SELECT order_number AS number FROM interchange.work_order",
    );
    await beginOrder(contextOf(database.pool, STAFF), { key: "begin", orderNumber: orders[0]?.number ?? "" });

    const shown = await as("listReportsToCheck");
    expect(shown.status, shown.text).toBe(200);
    expect(shown.json["reports"]).toEqual([
      {
        barcode,
        year: 2026,
        receptionNumber: expect.any(String) as string,
        receivedOn: "2026-06-20",
        papers: [],
        last: null,
      },
    ]);
    expect(shown.text).not.toMatch(/架空　|花子|ハナコ|円|口座/);

    const hidden = barcodeOf({ year: 2026, recipientId: desk.protectedPerson });
    for (const other of [hidden, barcodeOf({ year: 2026, recipientId: desk.tsuji }), "R0"]) {
      expect((await as("recordReviewCheck", { body: { barcode: other, ...finding } })).code).toBe("reviewInvalid");
    }
    expect((await as("recordReviewCheck", { body: { barcode, ...finding, defects: [] } })).code).toBe("reviewInvalid");
    const done = await as("recordReviewCheck", { body: { barcode, ...finding } });
    expect(done.status, done.text).toBe(200);
    const { rows } = await database.pool.query(
      `SELECT c.verdict, c.defects, c.checked_by AS "checkedBy", f.state FROM allowance.review_outside_check c JOIN allowance.filing_current f USING (filing_id)`,
    );
    // A proposal: the report is where it was.
    expect(rows).toEqual([{ verdict: "defect", defects: finding.defects, checkedBy: STAFF, state: "submitted" }]);

    // Of all operations that ask for a right, these two and no other answer: no case, no decision, no payment, no list, no file.
    expect(roles.reviewChecker.permissions).toEqual(["review.check"]);
    const own = operations
      .filter(({ access }) => [access.permission].flat().includes("review.check"))
      .map(({ id }) => id);
    expect(own.toSorted()).toEqual(["listReportsToCheck", "recordReviewCheck"]);
    const tried = operations.filter(
      ({ access: { permission } }) => permission !== "public" && permission !== "signedIn",
    );
    expect(tried.length).toBeGreaterThan(250);
    const answered: string[] = [];
    for (const operation of tried.filter(({ id }) => !own.includes(id))) {
      const { status, code } = await call(desk.server, checker, operation, {
        path: { recipientId: desk.hanako, runNo: 1, filingId: 1, addresseeNumber: 1 },
      });
      // A wrong form of the input (400) is said before the right is asked for nowhere.
      if (status !== 403 || code !== "permissionMissing") answered.push(`${operation.id}: ${status} ${code}`);
    }
    expect(answered).toEqual([]);
  });
});
