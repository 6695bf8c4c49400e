/** What went wrong in other cities between the counter and the decision, replayed. Each test is named after its incident. */
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { checkAlerts } from "../../src/filings/alerts.ts";
import { reformStarts } from "../../src/claims/list-claims.ts";
import { approveFiling } from "../../src/filings/approve.ts";
import { examineFiling } from "../../src/filings/examine.ts";
import { submitFiling } from "../../src/filings/receive.ts";
import { workList } from "../../src/filings/work-list.ts";
import { testContext, testFolder } from "../support/context.ts";
import { number15, resident } from "../support/feeds.ts";
import { birthClaim, bring, decided, examined, form, prepare } from "../support/filings.ts";
import { onDay } from "../support/families.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");
const found = (examination: {
  readonly proposal: { readonly differences: readonly { readonly item: string; readonly weight: string }[] };
}): readonly string[] => examination.proposal.differences.map(({ item, weight }) => `${weight} ${item}`);
const decisions = async (claimant: number): Promise<readonly string[]> =>
  (
    await database.pool.query<{ kind: string }>(
      `SELECT d.kind FROM allowance.decision d JOIN allowance.claim c USING (claim_id) WHERE c.claimant_number = $1 ORDER BY d.decision_id`,
      [claimant],
    )
  ).rows.map(({ kind }) => kind);

beforeAll(async () => {
  await prepare(database.pool);
  await bring(clerk, {
    residents: [
      // The mother earns less than the father; both live with the child.
      resident(47_001, "1990-01-01"),
      resident(47_002, "2026-10-31"),
      resident(47_003, "1989-01-01"),
      resident(47_011, "1990-01-01"),
      resident(47_012, "2026-10-31"),
      resident(47_021, "1990-01-01", { 世帯番号: "000000000047021" }),
      resident(47_022, "2018-05-10", { 世帯番号: "000000000047099" }),
      resident(47_041, "1990-01-01"),
      resident(47_042, "2026-09-30"),
    ],
    incomes: [
      { 宛名番号: number15(47_001), 所得年: "2025", 履歴番号: "1", 給与所得: "3000000" },
      { 宛名番号: number15(47_003), 所得年: "2025", 履歴番号: "1", 給与所得: "5000000" },
    ],
  });
});

describe("会計検査院 2011 (210 municipalities)", () => {
  it("[I-33] the lower earner, the public servant and the parent who lives apart are each seen before anything is decided, with the evidence that is missing", async () => {
    // The parent with the lower income (3,000,000 against 5,000,000): to be looked at, and not decided before somebody has said why.
    const lower = await examined(
      clerk,
      birthClaim(47_001, 47_002, "2026-10-31", "2026-11-12", { spouse: { number: 47_003 } }),
    );
    expect(found(lower)).toContain("look spouse.income");
    // What the desk asks before every decision of a person.
    const client = await database.pool.connect();
    try {
      await expect(checkAlerts(client, lower.filingId, lower.proposal)).rejects.toMatchObject({ code: "alertsOpen" });
    } finally {
      client.release();
    }
    expect(await decisions(47_001)).toEqual([]);
    // Who is paid by the employer: refused here, and sent there.
    const servant = await examined(
      clerk,
      birthClaim(47_011, 47_012, "2026-10-31", "2026-11-12", { publicServant: true }),
    );
    expect(servant.proposal).toMatchObject({ outcome: "refuse", effects: [] });
    await approveFiling(approver, { filingId: servant.filingId, digest: servant.digest });
    expect(await decisions(47_011)).toEqual(["refuse"]);
    // A child in another household: the paper of custody apart is asked for, and without it nothing can be decided.
    const apart = birthClaim(47_021, 47_022, "2018-05-10", "2026-11-12", {
      cause: "other",
      children: [{ number: 47_022, role: "child", relation: "子", living: "apart" }],
    });
    const filed = await submitFiling(clerk, { form: apart });
    const examination = await examineFiling(clerk, { filingId: filed.filingId });
    expect(found(examination).filter((each) => each.startsWith("stop document."))).not.toEqual([]);
    await expect(
      approveFiling(approver, { filingId: filed.filingId, digest: examination.digest }),
    ).rejects.toMatchObject({ code: "filingStopped" });
    expect(await decisions(47_021)).toEqual([]);
  });
});

/** A parent and a child who was 16 on 2024-10-01; the Act paid nothing for this age before. */
const highSchoolFamily = (claimant: number, here = {}) => [
  resident(claimant, "1980-01-01", here),
  resident(claimant + 1, "2008-05-05", here),
];
const highSchoolClaim = (claimant: number, cause: string, receivedOn: string, causeOn = receivedOn) =>
  birthClaim(claimant, claimant + 1, causeOn, receivedOn, { cause });

describe("大阪市 2025 (五つの区), 大阪市港区 2025, 大阪市北区 2025", () => {
  it("[I-7] [I-23] [I-25] a family with a high-school child alone starts with October 2024 whatever 事由 is typed; every other start stands on the control list with its reason", async () => {
    const movedIn = { 異動年月日: "2025-01-10", 異動届出年月日: "2025-01-12", 異動事由コード: "10" };
    const causes = ["other", "moveIn", "birth", "graduated", "livingTogetherPriority", "guardianAppointed"] as const;
    const families = causes.map((_cause, at) => 47_100 + 10 * at);
    await bring(clerk, {
      residents: [...families.flatMap((each) => highSchoolFamily(each)), ...highSchoolFamily(47_190, movedIn)],
    });
    const starts: (string | null | undefined)[] = [];
    for (const [at, cause] of causes.entries()) {
      const day = at % 2 === 0 ? "2024-12-20" : "2025-03-31";
      const seen = await examined(onDay(clerk, day), highSchoolClaim(families[at] ?? 0, cause, day));
      starts.push(seen.proposal.effects[0]?.fromMonth);
      await approveFiling(onDay(approver, day), { filingId: seen.filingId, digest: seen.digest });
    }
    expect(starts).toEqual(causes.map(() => "2024-10"));
    expect(await reformStarts(database.pool)).toEqual([]);
    // Who had no address here on 2024-10-01 falls under the ordinary rule (moved in 2025-01-10, claimed 01-14: from February). The list
    // shows the start with its reason: right for this family, and exactly what a wrong day of the move would look like.
    const late = await examined(
      onDay(clerk, "2025-01-14"),
      highSchoolClaim(47_190, "moveIn", "2025-01-14", "2025-01-10"),
    );
    expect(late.proposal.effects[0]?.fromMonth).toBe("2025-02");
    await approveFiling(onDay(approver, "2025-01-14"), { filingId: late.filingId, digest: late.digest });
    expect(await reformStarts(database.pool)).toMatchObject([
      {
        claimantNumber: 47_190,
        receivedOn: "2025-01-14",
        cause: "moveIn",
        firstMonth: "2025-02",
        reasons: late.proposal.reasons,
      },
    ]);
  });
});

describe("軽井沢町 2025, 都留市 2022", () => {
  it("[I-45] a claim taken in and left lying is on the list of ages from its first day, and from the end of its period the supervisor sees it as late, first of all, until it is decided", async () => {
    const filed = await submitFiling(onDay(clerk, "2026-10-01"), {
      form: birthClaim(47_041, 47_042, "2026-09-30", "2026-10-01"),
    });
    const seen = async (day: string) => {
      const today = onDay(clerk, day).today;
      const list = await workList(
        { pool: database.pool, operator: approver.operator, purpose: "一覧" },
        { kind: "ageing", today },
      );
      return { late: list.late, filing: list.filings.find(({ filingId }) => filingId === filed.filingId), list };
    };
    expect((await seen("2026-10-01")).filing).toMatchObject({ daysWaiting: 0, alarm: null });
    // 10-01 + 30 days = 10-31
    expect((await seen("2026-10-31")).filing).toMatchObject({ daysWaiting: 30, alarm: "soon", decideBy: "2026-10-31" });
    const late = await seen("2026-11-01");
    expect(late.filing).toMatchObject({ daysWaiting: 31, alarm: "late" });
    expect(late.late).toBe(1);
    expect(late.list.filings[0]?.filingId).toBe(filed.filingId);
    // Half a year later it is still there: nothing but a decision or a withdrawal takes it off.
    expect((await seen("2027-04-01")).filing).toMatchObject({ daysWaiting: 182, alarm: "late" });
  });
});

describe("大阪市此花区 2025", () => {
  it("[I-52] an account number typed wrongly differs from the second typing and stops the change; typed once, who decides is told to look at the passbook or ask the bank", async () => {
    await bring(clerk, { residents: [resident(47_031, "1990-01-01"), resident(47_032, "2026-10-31")] });
    await decided(clerk, approver, birthClaim(47_031, 47_032, "2026-10-31", "2026-11-12"));
    const { rows } = await database.pool.query<{ id: number; account: string; holder: string }>(
      `SELECT r.recipient_id AS id, a.account_number AS account, a.holder FROM allowance.recipient r JOIN allowance.account a USING (recipient_id) WHERE r.addressee_number = 47031`,
    );
    const { id = 0, account = "", holder = "" } = rows[0] ?? {};
    const change = (more: object) =>
      form("accountChange", "2026-11-20", {
        claimant: 47_031,
        recipientKind: "individual",
        recipientId: id,
        account: { bank: "0182", branch: "101", accountType: "1", accountNumber: "1234576", holder, ...more },
      });
    // On the passbook stands 1234567: two digits changed places at the first typing.
    const wrong = await examined(clerk, change({ numberAgain: "1234567" }));
    expect(found(wrong)).toContain("stop account.numberTwice");
    await expect(approveFiling(approver, { filingId: wrong.filingId, digest: wrong.digest })).rejects.toMatchObject({
      code: "filingStopped",
    });
    const once = await examined(clerk, change({}));
    expect(found(once)).toContain("note account.numberOnce");
    const twice = await examined(clerk, change({ accountNumber: "1234567", numberAgain: "１２３４５６７" }));
    expect(found(twice).filter((each) => each.includes("number"))).toEqual([]);
    const now = await database.pool.query<{ account: string }>(
      "SELECT account_number AS account FROM allowance.account WHERE recipient_id = $1",
      [id],
    );
    expect(now.rows).toEqual([{ account }]);
  });
});
