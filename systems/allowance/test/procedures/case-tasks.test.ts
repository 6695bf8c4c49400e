/** 確かめる仕事: a short placement does not move the child; its end, and its prolongation, come into the lists of the staff. */
import { civilDate } from "@hagukumi/law/contract.ts";
import { beforeAll, expect, it } from "vitest";

import type { Role } from "@hagukumi/platform/identity/permissions.ts";
import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { callOf, signIn, type TestStaff } from "../../../../platform/test/support/staff.ts";
import { cancelAndDecideAgain } from "../../src/filings/correct.ts";
import { approveFiling } from "../../src/filings/approve.ts";
import { listDueChecks, listUnreportedChanges } from "../../src/procedures/case-tasks.ts";
import { testContext, testFolder, TODAY } from "../support/context.ts";
import { certifiedFamily, decisionsOf, exOfficio } from "../support/families.ts";
import { number15, resident } from "../support/feeds.ts";
import { bring, decided, form, prepare } from "../support/filings.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");
const clerks = { clerk, approver };
const CENTRAL = "431010";
const EAST = "431028";

beforeAll(async () => await prepare(database.pool));

type Who = { readonly staffId: string; readonly session: string };
const member = async (staffId: string, role: Role, more: Partial<TestStaff> = {}): Promise<Who> => ({
  staffId,
  session: await signIn(database.pool, { staffId, roles: [role], ...more }),
});
const readerOf = ({ staffId, session }: Who) => ({
  pool: database.pool,
  operator: staffId,
  purpose: "一覧",
  staff: { call: callOf(session, "tasks"), need: { permission: "case.open" as const }, subject: null },
});

const checks = async (who: Who, until = "2026-12-31"): Promise<readonly unknown[]> =>
  (await listDueChecks(readerOf(who), { today: TODAY, until: civilDate(until) })).map(
    ({ kind, dueOn, late, wardCode, kanaInitial }) => [kind, dueOn, late, wardCode, kanaInitial],
  );

const placed = (child: number, institution: number, more: Record<string, unknown>) =>
  exOfficio("placement", "2026-11-20", {
    claimant: child,
    institution,
    placeKind: institution === 79_009 ? "childrenHome" : "fosterParent",
    placeName: "架空の家",
    placedOn: "2026-10-10",
    authority: "架空児童相談所",
    ...more,
  });

const household = (number: number, more: Record<string, string>) => ({
  ...resident(number, "1990-01-01", { 世帯番号: number15(number) }),
  履歴番号: "2",
  異動年月日: "2026-11-08",
  異動事由コード: "22",
  住所: "架空町９丁目",
  ...more,
});

const apart = (claimant: number, recipientId: number, wardCode: string) =>
  form(
    "separateCare",
    "2026-11-10",
    {
      claimant,
      recipientId,
      children: [{ child: claimant + 1, since: "2026-10-01", reason: "schooling", care: "送金" }],
      reviewOn: "2026-12-01",
    },
    { wardCode },
  );

const numbers = async (who: Who): Promise<unknown> =>
  (await listDueChecks(readerOf(who), { today: TODAY, until: civilDate("2026-12-31") })).map((row) => row.recipientId);

const changes = async (who: Who): Promise<unknown> =>
  (await listUnreportedChanges(readerOf(who), TODAY)).map(({ recipientId, item, dueOn, late }) => [
    recipientId,
    item,
    dueOn,
    late,
  ]);

it("[A205] a placement for two months or less leaves the child with the parents; its end is a task, and so is its prolongation, until the home claims", async () => {
  const recipient = await certifiedFamily(clerks, 79_000, ["2025-06-05", "2015-07-01"]);
  const foster = await certifiedFamily(clerks, 79_050, ["2015-07-01"]);
  await bring(clerk, {
    residents: [resident(79_060, "1980-01-01")],
    organizations: [
      {
        宛名番号: number15(79_009),
        名称: "架空園",
        名称フリガナ: "カクウエン",
        区分: "institution",
        市区町村コード: CENTRAL,
        郵便番号: "8600000",
        住所: "架空町２丁目",
        設置者区分: "private",
      },
    ],
  });
  const examiner = await member("shinsa.a", "examiner");
  const before = await decisionsOf(database.pool, recipient);
  const fosterBefore = await decisionsOf(database.pool, foster);

  // From 10 October, the first day not counted, two months end on 10 December.
  await decided(clerk, approver, placed(79_002, 79_009, { plannedUntil: "2026-12-10" }));
  await decided(clerk, approver, placed(79_051, 79_060, { plannedUntil: "2026-11-20" }));
  expect(await decisionsOf(database.pool, recipient)).toEqual(before);
  expect(await decisionsOf(database.pool, foster)).toEqual(fosterBefore);
  expect(await checks(examiner, "2026-12-09")).toEqual([["shortStay", "2026-11-20", true, CENTRAL, "カ"]]);
  expect(await checks(examiner)).toEqual([
    ["shortStay", "2026-11-20", true, CENTRAL, "カ"],
    ["shortStay", "2026-12-10", false, CENTRAL, "カ"],
  ]);

  // The child with the foster parent has come back within the two months: nothing is left to do, nothing has changed.
  await decided(clerk, approver, placed(79_051, 79_060, { plannedUntil: "2026-11-20", endedOn: "2026-11-19" }));
  expect(await decisionsOf(database.pool, foster)).toEqual(fosterBefore);
  expect(await checks(examiner)).toEqual([["shortStay", "2026-12-10", false, CENTRAL, "カ"]]);

  // Prolonged by a day over two months: the child is the home's, and the prolongation stands in the list from the day of its decision.
  const longer = placed(79_002, 79_009, { plannedUntil: "2026-12-11" });
  const prolonged = await decided(clerk, approver, longer);
  // 25,000 − 10,000 = 15,000
  expect((await decisionsOf(database.pool, recipient)).at(-1)).toMatchObject({ kind: "decrease", total: 15_000 });
  expect(await checks(examiner)).toEqual([["stayExtended", "2026-11-23", false, CENTRAL, "カ"]]);

  // Cancelled, it is a short stay again; the claim of the home ends the task.
  const back = await cancelAndDecideAgain(clerk, {
    filingId: prolonged.filingId,
    reason: "延長の通知が別の児童のものだったため",
    withoutNew: true,
  });
  await approveFiling(approver, { filingId: back.filingId, digest: back.digest });
  expect(await checks(examiner)).toEqual([["shortStay", "2026-12-10", false, CENTRAL, "カ"]]);
  await decided(clerk, approver, { ...longer, receivedOn: "2026-11-21" });
  expect(await checks(examiner)).toEqual([["stayExtended", "2026-11-23", false, CENTRAL, "カ"]]);
  await decided(
    clerk,
    approver,
    form("certificationInstitution", "2026-11-21", {
      claimant: 79_009,
      cause: "enteredInstitution",
      causeOn: "2026-10-10",
      account: { bank: "0182", branch: "101", accountType: "1", accountNumber: "7900009", holder: "カクウエン" },
      children: [{ number: 79_002, role: "child" }],
    }),
  );
  expect(await checks(examiner)).toEqual([]);
});

it("the lists hold no other ward's people, no protected person without the right, and nothing for who may open nobody", async () => {
  const open = await certifiedFamily(clerks, 79_100, ["2020-05-10"]);
  const hidden = await certifiedFamily(clerks, 79_110, ["2020-05-10"]);
  const east = await certifiedFamily(clerks, 79_120, ["2020-05-10"]);
  await decided(clerk, approver, apart(79_100, open, CENTRAL));
  await decided(clerk, approver, apart(79_110, hidden, CENTRAL));
  await decided(clerk, approver, apart(79_120, east, EAST));
  await bring(clerk, { residents: [household(79_100, {}), household(79_110, { 支援措置区分: "1" })] });

  const auditor = await member("kansa.b", "auditor");
  await expect(checks(auditor)).rejects.toMatchObject({ code: expect.stringMatching(/permissionMissing|HGA03/u) });
  const examiner = await member("shinsa.b", "examiner");
  const eastern = await member("higashi.b", "wardClerk", {
    wards: [EAST],
    section: { code: "higashi-hoken", kind: "ward", inCharge: true, wardCode: EAST },
  });
  const officer = await member("hogo.b", "protectionOfficer");
  expect(await numbers(examiner)).toEqual([open, east]);
  expect(await numbers(eastern)).toEqual([east]);
  expect(await numbers(officer)).toEqual([open, hidden, east]);
  // 8 + 14 = 22 November, yesterday
  expect(await changes(examiner)).toEqual([[open, "address", "2026-11-22", true]]);
  expect(await changes(eastern)).toEqual([]);
  expect(await changes(officer)).toEqual([
    [open, "address", "2026-11-22", true],
    [hidden, "address", "2026-11-22", true],
  ]);
});
