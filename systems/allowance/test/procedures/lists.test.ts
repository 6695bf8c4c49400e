/** Lists that the procedures feed: who became a public servant, what must be checked again. */
import { civilDate } from "@hagukumi/law/contract.ts";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { dueChecks, publicServantAlerts } from "../../src/procedures/alerts.ts";
import { testContext, testFolder } from "../support/context.ts";
import { certifiedFamily } from "../support/families.ts";
import { number15 } from "../support/feeds.ts";
import { bring, decided, form, prepare } from "../support/filings.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");
const clerks = { clerk, approver };

beforeAll(async () => await prepare(database.pool));

const TODAY = civilDate("2026-11-23");

const servant = (number: number, from: string, to: string) => ({
  区分: "publicServant",
  宛名番号: number15(number),
  開始年月日: from,
  終了年月日: to,
  短期: "0",
  留学: "0",
});

describe("later public service of a recipient", () => {
  it("is alerted from a feed and from the pension, not for the past, and no more once the right has ended", async () => {
    const byFeed = await certifiedFamily(clerks, 56_000, ["2020-05-10"]);
    const byPension = await certifiedFamily(clerks, 56_010, ["2020-05-10"]);
    const past = await certifiedFamily(clerks, 56_020, ["2020-05-10"]);
    await bring(clerk, {
      statusPeriods: [servant(56_000, "2026-11-01", ""), servant(56_020, "2020-04-01", "2026-03-31")],
    });
    const coverage = {
      employeeClass: "nonEmployee",
      pensionKind: "publicServant",
      evidence: "pensionInquiry",
      fallbackReason: "保険証がないため",
    };
    await decided(
      clerk,
      approver,
      form("change", "2026-11-18", { claimant: 56_010, recipientId: byPension, on: "2026-11-10", coverage }),
    );
    expect(await publicServantAlerts(database.pool, TODAY)).toEqual([
      { recipientId: byFeed, on: "2026-11-01" },
      { recipientId: byPension, on: "2026-11-10" },
    ]);
    expect(
      (await publicServantAlerts(database.pool, civilDate("2026-10-31"))).map(({ recipientId }) => recipientId),
    ).not.toContain(past);

    await decided(
      clerk,
      approver,
      form("publicService", "2026-11-20", { claimant: 56_000, employer: "架空県", from: "2026-11-02" }),
    );
    // November is still the city's; from December there is nothing to alert.
    expect(
      (await publicServantAlerts(database.pool, civilDate("2026-12-01"))).map(({ recipientId }) => recipientId),
    ).toEqual([byPension]);
  });
});

describe("checks that fall due", () => {
  it("the reviews of children living apart and of study abroad, by their last statement", async () => {
    const recipient = await certifiedFamily(clerks, 56_100, ["2020-05-10", "2015-07-01"]);
    const apart = (reviewOn: string, receivedOn: string) =>
      form("separateCare", receivedOn, {
        claimant: 56_100,
        recipientId: recipient,
        children: [{ child: 56_101, since: "2026-10-01", reason: "schooling", care: "送金" }],
        reviewOn,
      });
    await decided(clerk, approver, apart("2026-12-01", "2026-11-10"));
    await decided(clerk, approver, apart("2027-03-01", "2026-11-20"));
    const abroad = form("studyAbroad", "2026-11-18", {
      claimant: 56_100,
      recipientId: recipient,
      child: 56_102,
      leftOn: "2026-10-01",
      livedInJapanSince: "2015-07-01",
      school: "架空校",
      country: "架空国",
      withParents: false,
    });
    await decided(clerk, approver, abroad);
    expect(await dueChecks(database.pool, TODAY, civilDate("2026-12-31"))).toEqual([]);
    expect(await dueChecks(database.pool, TODAY, civilDate("2027-12-31"))).toEqual([
      { kind: "separateCare", number: 56_100, child: 56_101, on: "2027-03-01" },
      { kind: "studyAbroad", number: 56_100, child: 56_102, on: "2027-11-18" },
    ]);
  });
});
