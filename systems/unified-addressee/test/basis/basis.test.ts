/** 番号法の根拠: what the rows of a day allow, and nothing else. */
import { describe, expect, it } from "vitest";

import { basesOn, changeBasis, type ExchangeRequest, requireBases } from "../../src/basis/basis.ts";
import { relayRequests } from "../../src/relay/relay.ts";
import { useAddressee } from "../support/addressee.ts";

const made = useAddressee();
const BEFORE = "2024-05-26";
const AFTER = "2024-05-27";
const PARTIES = [
  "prefecturalGovernor",
  "socialWelfareCouncil",
  "studentServices",
  "municipality",
  "police",
  "taxOffice",
] as const;
const OFFICES = [
  "publicAssistance",
  "hardshipLoan",
  "chinaReturnee",
  "scholarship",
  "criminalInvestigation",
  "collection",
  "childAllowance",
] as const;
let last = 0;

const provide = (party: string, office: string, on: string, information = "childAllowance"): ExchangeRequest => {
  last += 1;
  return { requestId: `network/${last}`, role: "provide", party, office, information, on };
};
const items = async (asked: ExchangeRequest): Promise<readonly string[]> =>
  (await requireBases(made.it.as("system.relay"), [asked])).map(({ item }) => item);
const records = async () =>
  (
    await made.it.database.pool.query<{ request: string; granted: boolean; at: Date }>(
      "SELECT request_id AS request, basis_id IS NOT NULL AS granted, judged_at AS at FROM unified.basis_judgement ORDER BY judgement_id",
    )
  ).rows;

const use = async (day: string) =>
  (await basesOn(made.it.as(), day))
    .filter(({ role }) => role === "use")
    .map(({ law, item, confirmed }) => [law, item, confirmed]);
const onDay = async (day: string) => (await items(provide("studentServices", "scholarship", day)))[0];

describe("the use of 個人番号", () => {
  it("[D72] has the basis of its day: 別表第一 56 until 26 May 2024, 別表 81 from the 27th; before 2016 none", async () => {
    expect(await use("2015-12-31")).toEqual([]);
    expect(await use(BEFORE)).toEqual([["番号法9条1項 別表第一", "56", true]]);
    // The number of the new table was not read in the law: the row says so, and the city replaces it.
    expect(await use(AFTER)).toEqual([["番号法9条1項 別表", "81", false]]);
  });
});

describe("provision", () => {
  it("[D74] [D125] [D126] [D127] [D128] goes to the four receivers for their own purpose alone, by the list of the day; every other pair of receiver and purpose is refused", async () => {
    const allowed = new Map([
      ["prefecturalGovernor/publicAssistance", "26"],
      ["socialWelfareCouncil/hardshipLoan", "30"],
      ["prefecturalGovernor/chinaReturnee", "87"],
      ["studentServices/scholarship", "106"],
    ]);
    let granted = 0;
    for (const party of PARTIES) {
      for (const office of OFFICES) {
        const item = allowed.get(`${party}/${office}`);
        if (item === undefined) {
          for (const day of [BEFORE, AFTER])
            await expect(items(provide(party, office, day)), `${party}/${office}`).rejects.toMatchObject({
              code: "basisMissing",
            });
        } else {
          expect(await items(provide(party, office, BEFORE))).toEqual([item]);
          const [successor] = await requireBases(made.it.as("system.relay"), [provide(party, office, AFTER)]);
          expect(successor).toMatchObject({ law: "番号法第十九条第八号に基づく命令 第2条の表", validFrom: AFTER });
          granted += 1;
        }
      }
    }
    expect(granted).toBe(4);
    // Another information, and a day before the network began.
    await expect(items(provide("studentServices", "scholarship", AFTER, "localTax"))).rejects.toMatchObject({
      code: "basisMissing",
    });
    await expect(items(provide("studentServices", "scholarship", "2017-11-12"))).rejects.toMatchObject({
      code: "basisMissing",
    });
  });

  it("[D133] is judged each time a request comes, and each time is on record with its moment, refused ones too", async () => {
    const before = (await records()).length;
    const { clock } = made.it.vault;
    const moments: Date[] = [];
    const twice = provide("studentServices", "scholarship", AFTER);
    for (const asked of [twice, twice, provide("police", "criminalInvestigation", AFTER)]) {
      clock.now = new Date(clock.now.getTime() + 1_000);
      moments.push(clock.now);
      await items(asked).catch(() => undefined);
    }
    const made3 = (await records()).slice(before);
    expect(made3.map(({ granted }) => granted)).toEqual([true, true, false]);
    expect(made3.map(({ request }) => request)).toEqual([twice.requestId, twice.requestId, `network/${last}`]);
    expect(made3.map(({ at }) => at)).toEqual(moments);
  });
});

describe("inquiry", () => {
  it("[D75] is made for the office work of 児童手当 alone, of its three kinds of information, each from its own provider", async () => {
    const { addresseeNumber } = await made.it.enter();
    const ask = async (office: string, party: string, information: string): Promise<number> => {
      last += 1;
      const request = {
        kind: "inquiry",
        requestId: `allowance/inquiry/b${last}`,
        addresseeNumber,
        noAutomaticAnswer: false,
        office,
        procedure: "certification",
        information,
        party,
        provider: "43100",
      } as const;
      const { taken } = await relayRequests(made.it.as("system.relay"), {
        key: request.requestId,
        systemCode: "allowance",
        requests: [request],
      });
      return taken;
    };
    for (const [party, information] of [
      ["municipality", "localTax"],
      ["municipality", "residentRecord"],
      ["pensionService", "pension"],
    ] as const) {
      for (const office of ["publicAssistance", "scholarship", "schoolLunch"])
        await expect(ask(office, party, information)).rejects.toMatchObject({ code: "basisMissing" });
      expect(await ask("childAllowance", party, information)).toBe(1);
    }
    await expect(ask("childAllowance", "municipality", "pension")).rejects.toMatchObject({ code: "basisMissing" });
    await expect(ask("childAllowance", "municipality", "medicalRecord")).rejects.toMatchObject({
      code: "basisMissing",
    });
    const { rows } = await made.it.database.pool.query<{ n: number }>(
      "SELECT count(*)::int AS n FROM unified.relay_request",
    );
    expect(rows[0]?.n).toBe(3);
  });
});

describe("the table", () => {
  it("is changed by two people, from a day on; the row before ends the day before, and what is past stays as it was", async () => {
    const row = {
      role: "provide",
      law: "番号法第十九条第八号に基づく命令 第2条の表",
      item: "132",
      party: "studentServices",
      partyName: "日本学生支援機構",
      office: "scholarship",
      officeName: "学資の貸与及び支給",
      information: "childAllowance",
      confirmed: true,
      validFrom: "2026-12-01",
      validTo: null,
    } as const;
    const one = made.it.as("clerk.one");
    await expect(changeBasis(one, row, "clerk.one")).rejects.toMatchObject({ code: "samePerson" });
    await expect(changeBasis(one, { ...row, item: "" }, "clerk.two")).rejects.toMatchObject({ code: "basisInvalid" });
    await expect(changeBasis(one, { ...row, validFrom: "2024-05-27" }, "clerk.two")).rejects.toMatchObject({
      code: "basisInvalid",
    });
    await changeBasis(one, row, "clerk.two");
    expect([await onDay(BEFORE), await onDay("2026-11-30"), await onDay("2026-12-01")]).toEqual([
      "106",
      "要確認（旧106）",
      "132",
    ]);
  });
});
