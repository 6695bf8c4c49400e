/** 変更届: due within 14 days; where the residents' register shows the change, its omission is recorded as such. */
import { civilDate } from "@hagukumi/law/contract.ts";
import { beforeAll, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { omitReport, unreportedChanges } from "../../src/procedures/change-reports.ts";
import { loadFiling } from "../../src/filings/record.ts";
import { procedureOf } from "../../src/filings/registry.ts";
import { testContext, testFolder, TODAY } from "../support/context.ts";
import { certifiedFamily } from "../support/families.ts";
import { resident } from "../support/feeds.ts";
import { bring, decided, examined, form, prepare } from "../support/filings.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");

beforeAll(async () => await prepare(database.pool));

const moved = (number: number, on: string, cells: Record<string, string>) => ({
  ...resident(number, "1990-01-01", { 世帯番号: String(number).padStart(15, "0") }),
  履歴番号: "2",
  異動年月日: on,
  異動事由コード: "22",
  ...cells,
});

/** A change that waits, of history row 2. */
const row = (recipientId: number, item: string, changedOn: string, dueOn: string, isLate: boolean) => ({
  recipientId,
  item,
  historyNo: 2,
  changedOn,
  dueOn,
  late: isLate,
});

it("[A210] a change is due 14 days after its day; seen in the register, the report is left out and recorded with the very row; reported, it is neither", async () => {
  const late = await certifiedFamily({ clerk, approver }, 77_000, ["2020-05-10"]);
  const timely = await certifiedFamily({ clerk, approver }, 77_100, ["2020-05-10"]);
  const reported = await certifiedFamily({ clerk, approver }, 77_200, ["2020-05-10"]);
  const same = await certifiedFamily({ clerk, approver }, 77_300, ["2020-05-10"]);
  // The form itself says by which day: 10 November + 14 = 24 November.
  const address = { postalCode: "8618001", address: "架空町９丁目", wardCode: "431052" };
  const report = form("change", "2026-11-18", { claimant: 77_200, recipientId: reported, on: "2026-11-10", address });
  const seen = await examined(clerk, report);
  const record = await loadFiling(clerk.pool, seen.filingId);
  expect(procedureOf("change").dueDate(record.content, { calendar: clerk.calendar, closedDays: [] })).toBe(
    "2026-11-24",
  );

  await bring(clerk, {
    residents: [
      moved(77_000, "2026-11-08", { 住所: "架空町９丁目", 氏名: "架空　改子" }),
      moved(77_100, "2026-11-09", { 住所: "架空町９丁目" }),
      moved(77_200, "2026-11-10", { 住所: "架空町９丁目" }),
      moved(77_300, "2026-11-10", {}),
    ],
  });
  // Today 2026-11-23: 8 + 14 = 22 November is over, 9 + 14 = 23 November is the day itself.
  const before = await unreportedChanges(database.pool, TODAY);
  expect(before).toEqual([
    row(late, "address", "2026-11-08", "2026-11-22", true),
    row(late, "name", "2026-11-08", "2026-11-22", true),
    row(timely, "address", "2026-11-09", "2026-11-23", false),
    row(reported, "address", "2026-11-10", "2026-11-24", false),
  ]);
  // What the register does not show can't be left out.
  for (const wrong of [
    { recipientId: same, item: "address", historyNo: 2 },
    { recipientId: timely, item: "name", historyNo: 2 },
    { recipientId: timely, item: "address", historyNo: 1 },
    { recipientId: timely, item: "address", historyNo: 3 },
    { recipientId: 9_999_999, item: "address", historyNo: 2 },
  ] as const)
    await expect(omitReport(clerk, wrong)).rejects.toMatchObject({ code: "reportOmissionInvalid" });
  await expect(
    database.pool.query(
      `INSERT INTO allowance.report_omission (recipient_id, item, addressee_number, history_no, revision, changed_on, due_on, confirmed_on, confirmed_by)
       VALUES ($1, 'name', 77100, 2, 1, '2026-11-09', '2026-11-23', '2026-11-23', 'x')`,
      [timely],
    ),
  ).rejects.toMatchObject({ constraint: "report_omission_unseen" });
  expect(await unreportedChanges(database.pool, TODAY)).toEqual(before);

  await omitReport(clerk, { recipientId: timely, item: "address", historyNo: 2 });
  await expect(omitReport(clerk, { recipientId: timely, item: "address", historyNo: 2 })).rejects.toMatchObject({
    code: "reportOmissionInvalid",
  });
  await decided(clerk, approver, report);
  await expect(omitReport(clerk, { recipientId: reported, item: "address", historyNo: 2 })).rejects.toMatchObject({
    code: "reportOmissionInvalid",
  });
  expect(await unreportedChanges(database.pool, TODAY)).toEqual(before.slice(0, 2));
  expect(await unreportedChanges(database.pool, civilDate("2026-11-07"))).toEqual([]);
  // A change before the first day of 稼働開始 (2026-10) was the business of the system before this one.
  await bring(clerk, {
    residents: [
      moved(77_300, "2026-09-30", { 住所: "架空町７丁目", 履歴番号: "3" }),
      moved(77_300, "2026-10-01", { 住所: "架空町８丁目", 履歴番号: "4" }),
    ],
  });
  expect(
    (await unreportedChanges(database.pool, TODAY)).filter(({ recipientId }) => recipientId === same),
  ).toMatchObject([{ changedOn: "2026-10-01" }]);
  const { rows } = await database.pool.query(
    "SELECT recipient_id, item, history_no, revision, due_on, confirmed_on, confirmed_by FROM allowance.report_omission",
  );
  expect(rows).toEqual([
    {
      recipient_id: timely,
      item: "address",
      history_no: 2,
      revision: 1,
      due_on: "2026-11-23",
      confirmed_on: "2026-11-23",
      confirmed_by: "staff.ito",
    },
  ]);
});
