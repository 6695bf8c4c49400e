/** The days on which the city is closed: the last day of the 15 and the pay day, wherever they are decided, shown or printed. */
import { month } from "@hagukumi/law/contract.ts";
import { beforeAll, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { examinePanel, previewFiling } from "../../src/filings/panel.ts";
import { cityPayDay } from "../../src/payments/pay-day.ts";
import { addSetting } from "../../src/settings.ts";
import { testContext, testFolder } from "../support/context.ts";
import { decisionsOf, exOfficio, noticesTo, recipientIdOf } from "../support/families.ts";
import { resident } from "../support/feeds.ts";
import { birthClaim, bring, decided, examined, prepare } from "../support/filings.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");

beforeAll(async () => await prepare(database.pool));

const close = async (validFrom: string, value: string[]): Promise<boolean> =>
  await addSetting(database.pool, { name: "closedDays", validFrom, value, enteredBy: "a.a", approvedBy: "b.b" });

it("[A14] days that the city closes besides move the last of the 15 days and the pay day, and every place that names them", async () => {
  // Born on Saturday 2026-10-31: day 15 is Sunday 15 November, the next open day Monday 16.
  const residents = [82_001, 82_011, 82_021].flatMap((number) => [
    resident(number, "1990-01-01"),
    resident(number + 1, "2026-10-31"),
  ]);
  await bring(clerk, { residents });
  const late = birthClaim(82_001, 82_002, "2026-10-31", "2026-11-17");
  const ordinary = await previewFiling(clerk, late);
  expect(ordinary.legalDueOn).toBe("2026-11-16");
  expect(ordinary.proposal?.effects).toMatchObject([{ fromMonth: "2026-12" }, {}]);
  // December's pay day is Tuesday 15 December.
  expect(await cityPayDay(database.pool, clerk.calendar, month("2026-12"))).toBe("2026-12-15");

  // Closed from Monday 16 to Wednesday 18 November, and on the pay day. The list of the year after closes other days only.
  await close("2026-04-01", ["2026-11-16", "2026-11-17", "2026-11-18", "2026-12-15"]);
  await close("2027-04-01", ["2026-11-19", "2027-08-16"]);
  const timely = birthClaim(82_001, 82_002, "2026-10-31", "2026-11-19");
  const { legalDueOn, proposal } = await previewFiling(clerk, timely);
  expect(legalDueOn).toBe("2026-11-19");
  expect(proposal?.reasons.join("")).toContain(
    "15日目の2026年11月15日は閉庁日のため、期限は次の開庁日の2026年11月19日です。",
  );
  expect(proposal?.reasons.join("")).toContain("初回の支払は2026年12月14日（2026年11月分）の見込みです。");
  const seen = await examined(clerk, timely);
  expect((await examinePanel(clerk, seen.filingId)).legalDueOn).toBe("2026-11-19");
  // Decided: on the last day the month after the birth, a day later the month after the claim.
  await decided(clerk, approver, birthClaim(82_011, 82_012, "2026-10-31", "2026-11-19"));
  await decided(clerk, approver, birthClaim(82_021, 82_022, "2026-10-31", "2026-11-20"));
  const first = async (number: number): Promise<unknown> =>
    await decisionsOf(database.pool, await recipientIdOf(database.pool, number));
  expect(await first(82_011)).toMatchObject([{ kind: "certify", month: "2026-11", total: 15_000 }]);
  expect(await first(82_021)).toMatchObject([{ kind: "certify", month: "2026-12", total: 15_000 }]);
  expect(await cityPayDay(database.pool, clerk.calendar, month("2026-12"))).toBe("2026-12-14");

  // The letter that invites a claim names the same day: out of public service on 1 November 2026, + 15 = Monday 16, closed until 18.
  await bring(clerk, { residents: [resident(82_031, "1990-01-01")] });
  const left = { claimant: 82_031, employer: "架空省", from: "2020-04-01", to: "2026-11-01" };
  await decided(clerk, approver, exOfficio("publicService", "2026-11-20", left));
  expect(await noticesTo(database.pool, 82_031)).toContainEqual(
    expect.objectContaining({ kind: "claimInvited", facts: expect.objectContaining({ claimBy: "2026-11-19" }) }),
  );
});
