import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { changeCode, codesOn, listCodeDomains } from "../../src/case-file/codes.ts";
import { entriesOn } from "../../src/case-file/read-entries.ts";
import { addEntry } from "../../src/case-file/write-entry.ts";
import { contextOf } from "../support/cases.ts";
import { seedSmallCity } from "../support/small-city.ts";

const database = useDatabase();
const HANAKO = 900000000001101;
const CHILD = 900000000001201;

const ito = () => contextOf(database.pool, "staff.ito");
const quarantine = {
  domain: "apartReason",
  code: "07",
  identifier: "quarantine",
  label: "感染症による隔離",
  validFrom: "2026-12-01",
  approvedBy: "staff.sato",
} as const;

beforeAll(async () => {
  await seedSmallCity(database.pool);
});

const apart = (validFrom: string) =>
  addEntry(ito(), "childCircumstance", {
    addresseeNumber: HANAKO,
    validFrom,
    validTo: validFrom,
    content: {
      childNumber: CHILD,
      relation: "20",
      living: "apart",
      apartReason: "quarantine",
      care: "custody",
      livelihood: "common",
    },
  });

describe("[A11] a code is a dated row, decided by two people", () => {
  it("is refused from one person, with a bad form, in an unknown domain, and with a second meaning at the same time", async () => {
    const before = await codesOn(database.pool, "apartReason", "2026-12-01");
    await expect(changeCode(ito(), { ...quarantine, approvedBy: "staff.ito" })).rejects.toMatchObject({
      code: "samePerson",
    });
    for (const wrong of [
      { code: "０７" },
      { identifier: "隔離" },
      { label: " " },
      { validFrom: "2026-02-30" },
      { validTo: "2026-11-30" },
      { domain: "nothing" },
      // 06 is 海外留学, and studyAbroad is 06
      { code: "06" },
      { identifier: "studyAbroad" },
    ])
      await expect(changeCode(ito(), { ...quarantine, ...wrong })).rejects.toMatchObject({ code: "codeInvalid" });
    expect(await codesOn(database.pool, "apartReason", "2026-12-01")).toEqual(before);
    await expect(apart("2026-12-01")).rejects.toMatchObject({ code: "codeUnknown" });
  });

  it("can be used from its first to its last day without any change of the program; entries keep what they say", async () => {
    await changeCode(ito(), quarantine);
    await expect(apart("2026-11-30")).rejects.toMatchObject({ code: "codeUnknown" });
    await apart("2026-12-01");
    await changeCode(ito(), { ...quarantine, label: "感染症による隔離・療養", validTo: "2026-12-31" });
    await apart("2026-12-31");
    await expect(apart("2027-01-01")).rejects.toMatchObject({ code: "codeUnknown" });
    const labels = async (day: string) =>
      (await codesOn(database.pool, "apartReason", day)).find(({ code }) => code === "07")?.label;
    expect(await labels("2026-12-31")).toBe("感染症による隔離・療養");
    expect(await labels("2027-01-01")).toBeUndefined();
    // Once it has ended, the code may mean something else; what was entered before is still there under its name.
    await changeCode(ito(), {
      ...quarantine,
      identifier: "disaster",
      label: "災害による避難",
      validFrom: "2027-04-01",
    });
    expect(await labels("2027-04-01")).toBe("災害による避難");
    const entered = await entriesOn(database.pool, "childCircumstance", HANAKO, {
      validOn: "2026-12-31",
      knownOn: "2100-01-01",
    });
    expect(entered.map(({ content }) => content.apartReason)).toEqual(["quarantine"]);
  });

  it("[D149] every code that 別添1 names has its domain with a Japanese name and at least two values", async () => {
    const domains = (await listCodeDomains(database.pool)).map(({ domain }) => domain);
    const needed = [
      "caseState",
      "processing",
      "movement",
      "reception",
      "cause",
      "refusalCause",
      "holdCause",
      "relation",
      "relatedRole",
      "living",
      "apartReason",
      "care",
      "livelihood",
      "healthInsurance",
      "pensionKind",
      "employeeClass",
      "incomeClass",
      "verdict",
      "annualReception",
      "nameKind",
      "era",
      "lotForm",
    ];
    expect(domains).toEqual(expect.arrayContaining(needed));
    for (const domain of needed)
      expect((await codesOn(database.pool, domain, "2026-11-24")).length, domain).toBeGreaterThanOrEqual(2);
  });
});
