import { join } from "node:path";

import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { examineAll, examineClaims } from "../../src/claims/examine.ts";
import { withdrawClaim } from "../../src/claims/file-claim.ts";
import { listClaims } from "../../src/claims/list-claims.ts";
import { approveAll, approveClaims } from "../../src/decisions/decide.ts";
import { importFeeds } from "../../src/register/import-feeds.ts";
import { addSetting } from "../../src/settings.ts";
import { approveLaw } from "../support/parameters.ts";
import { testContext, testFolder, TODAY } from "../support/context.ts";
import { claim, claimChild, type Delivery, furtherClaim, number15, resident, writeDelivery } from "../support/feeds.ts";

const database = useDatabase();
beforeAll(async () => await approveLaw(database.pool));
const dir = testFolder();
const ito = testContext(database, dir, "staff.ito");
const sato = testContext(database, dir, "staff.sato");
let folders = 0;

async function bring(delivery: Delivery): Promise<void> {
  const result = await importFeeds(ito, await writeDelivery(join(dir, `d${(folders += 1)}`), delivery));
  expect(result.files.map(({ refused }) => refused)).toEqual(result.files.map(() => 0));
}

async function decisions(claimant: number): Promise<unknown[]> {
  const { rows } = await database.pool.query(
    `SELECT d.kind, to_char(d.effective_month, 'YYYY-MM') AS month, d.monthly_total AS total, d.origin
     FROM allowance.decision d LEFT JOIN allowance.recipient r USING (recipient_id) LEFT JOIN allowance.claim c ON c.claim_id = d.claim_id
     WHERE coalesce(r.addressee_number, c.claimant_number) = $1 ORDER BY d.recipient_id, d.seq, d.decision_id`,
    [claimant],
  );
  return rows;
}

async function stateOf(reception: string): Promise<string | undefined> {
  const claims = await listClaims(database.pool, { limit: 1000 });
  return claims.find(({ receptionNumber }) => receptionNumber === reception)?.state;
}

/** Parent `base`, child `base + 1` born on the day, claim within the 15 days. */
function family(base: number, reception: number, born = "2026-05-10", received = "2026-05-20"): Delivery {
  return {
    residents: [resident(base, "1990-01-01"), resident(base + 1, born)],
    claims: [claim(reception, base, received, { 請求事由: "birth", 事由発生年月日: born })],
    claimChildren: [claimChild(reception, base + 1, 1)],
  };
}

describe("a decision by two people", () => {
  it("is refused to the person who examined: nothing is written", async () => {
    await bring(family(20_001, 2001));
    await examineClaims(ito, ["2001"]);
    await expect(approveClaims(ito, ["2001"])).rejects.toMatchObject({ code: "samePerson" });
    expect(await decisions(20_001)).toEqual([]);
  });

  it("is refused before an examination, and for a 受付番号 that nobody has received", async () => {
    await bring(family(20_011, 2002));
    await expect(approveClaims(sato, ["2002"])).rejects.toMatchObject({ code: "examinationMissing" });
    await expect(approveClaims(sato, ["999"])).rejects.toMatchObject({ code: "claimUnknown" });
    expect(await decisions(20_011)).toEqual([]);
  });

  it("is refused when the facts have changed since the examination, and possible after a new one", async () => {
    await bring(family(20_021, 2003));
    await examineClaims(ito, ["2003"]);
    await bring({
      statusPeriods: [
        { 区分: "publicServant", 宛名番号: number15(20_021), 開始年月日: "2026-09-01", 短期: "0", 留学: "0" },
      ],
    });
    await expect(approveClaims(sato, ["2003"])).rejects.toMatchObject({ code: "factsChanged" });
    expect(await decisions(20_021)).toEqual([]);
    await examineClaims(ito, ["2003"]);
    await approveClaims(sato, ["2003"]);
    // Born 2026-05-10, claimed on the 10th day → from 2026-06, under three: 15,000. Public servant from 2026-09-01: that
    // month is still the city's, the right ends with 2026-10.
    expect(await decisions(20_021)).toEqual([
      { kind: "certify", month: "2026-06", total: 15_000, origin: "claim" },
      { kind: "extinguish", month: "2026-10", total: 0, origin: "exOfficio" },
    ]);
  });

  it("certifies, gives a 認定番号 and takes over the account; until then payments see nothing", async () => {
    await bring(family(20_031, 2004));
    await examineClaims(ito, ["2004"]);
    expect(await decisions(20_031)).toEqual([]);
    expect(await stateOf("2004")).toBe("granted");
    const result = await approveClaims(sato, ["2004"]);
    expect(result).toMatchObject({ cases: 1, granted: 1, refused: 0, decisions: 1 });
    expect(await decisions(20_031)).toEqual([{ kind: "certify", month: "2026-06", total: 15_000, origin: "claim" }]);
    const { rows } = await database.pool.query(
      `SELECT a.bank, a.branch, a.account_number, a.holder, a.entered_by, a.approved_by FROM allowance.account a
       JOIN allowance.recipient r USING (recipient_id) WHERE r.addressee_number = 20031`,
    );
    expect(rows).toEqual([
      {
        bank: "0182",
        branch: "101",
        account_number: "0003004",
        holder: "ｶｸｳ ﾀﾛｳ",
        entered_by: "staff.ito",
        approved_by: "staff.sato",
      },
    ]);
    expect(await stateOf("2004")).toBe("approvedGrant");
  });

  it("is made once however often it is asked for: the same key gets the first answer, another key finds nothing open", async () => {
    await bring(family(20_041, 2005));
    await examineClaims(ito, ["2005"]);
    const first = await approveClaims(sato, ["2005"], "approve-2005");
    expect(await approveClaims(sato, ["2005"], "approve-2005")).toEqual(first);
    expect(await approveClaims(sato, ["2005"], "approve-2005-b")).toMatchObject({ granted: 0, decisions: 0 });
    expect(await decisions(20_041)).toHaveLength(1);
  });

  it("is made once when two people approve at the same moment", async () => {
    await bring(family(20_051, 2006));
    await examineClaims(ito, ["2006"]);
    const suzuki = testContext(database, dir, "staff.suzuki");
    const both = await Promise.allSettled([approveClaims(sato, ["2006"]), approveClaims(suzuki, ["2006"])]);
    const granted = both.map((each) => (each.status === "fulfilled" ? each.value.granted : 0));
    expect(granted.toSorted((left, right) => left - right)).toEqual([0, 1]);
    expect(await decisions(20_051)).toHaveLength(1);
  });
});

describe("a claim that the law or the register refuses", () => {
  it("[A40] of a public servant is refused and sent to the employer", async () => {
    await bring({
      ...family(21_001, 2101),
      statusPeriods: [
        { 区分: "publicServant", 宛名番号: number15(21_001), 開始年月日: "2020-04-01", 短期: "0", 留学: "0" },
      ],
    });
    await examineClaims(ito, ["2101"]);
    const [listed] = (await listClaims(database.pool, { limit: 1000 })).filter(
      (each) => each.receptionNumber === "2101",
    );
    expect(listed).toMatchObject({ state: "refused", recipientId: null });
    expect(listed?.reasons[0]).toContain("勤務先（所属庁）");
    await approveClaims(sato, ["2101"]);
    expect(await decisions(21_001)).toEqual([{ kind: "refuse", month: "2026-06", total: null, origin: "claim" }]);
  });

  it("[A42] for a child who is already attached to another recipient is stopped, naming the 認定番号", async () => {
    await bring(family(21_011, 2102));
    await examineClaims(ito, ["2102"]);
    await approveClaims(sato, ["2102"]);
    const { rows } = await database.pool.query<{ recipient_id: number }>(
      "SELECT recipient_id FROM allowance.recipient WHERE addressee_number = 21011",
    );
    await bring({
      residents: [resident(21_019, "1991-01-01")],
      claims: [claim(2103, 21_019, "2026-06-15")],
      claimChildren: [claimChild(2103, 21_012, 1)],
    });
    await examineClaims(ito, ["2103"]);
    const [listed] = (await listClaims(database.pool, { limit: 1000 })).filter(
      (each) => each.receptionNumber === "2103",
    );
    expect(listed?.state).toBe("refused");
    expect(listed?.reasons[0]).toContain(`認定番号 ${rows[0]?.recipient_id} の受給者の支給対象です（2026-07 分`);
    await approveClaims(sato, ["2103"]);
    expect(await decisions(21_019)).toEqual([{ kind: "refuse", month: "2026-07", total: null, origin: "claim" }]);
  });

  it("leaves one recipient when both parents' claims for one child are approved at the same moment", async () => {
    const { residents = [], claims = [], claimChildren = [] } = family(21_021, 2104);
    await bring({
      residents: [...residents, resident(21_029, "1991-01-01")],
      claims: [...claims, claim(2105, 21_029, "2026-06-15")],
      claimChildren: [...claimChildren, claimChild(2105, 21_022, 1)],
    });
    await examineClaims(ito, ["2104", "2105"]);
    expect([await stateOf("2104"), await stateOf("2105")]).toEqual(["granted", "granted"]);
    const both = await Promise.allSettled([approveClaims(sato, ["2104"]), approveClaims(sato, ["2105"])]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(both.find(({ status }) => status === "rejected")).toMatchObject({ reason: { code: "factsChanged" } });
    expect([...(await decisions(21_021)), ...(await decisions(21_029))]).toHaveLength(1);
  });

  it("in one mass approval the first to claim keeps the child, the other goes back to be examined", async () => {
    const { residents = [], claims = [], claimChildren = [] } = family(21_031, 2106, "2026-05-10", "2026-06-20");
    await bring({
      residents: [...residents, resident(21_039, "1991-01-01")],
      claims: [...claims, claim(2107, 21_039, "2026-06-15")],
      claimChildren: [...claimChildren, claimChild(2107, 21_032, 1)],
    });
    await examineAll(ito);
    const first = await approveAll(sato);
    expect(first.leftOut.attached).toBe(1);
    expect([await stateOf("2106"), await stateOf("2107")]).toEqual(["granted", "approvedGrant"]);
    await examineAll(ito);
    await approveAll(sato);
    expect(await stateOf("2106")).toBe("approvedRefusal");
  });

  it("without a child, or with a child of unknown birth date, is impossible to examine and can't be approved", async () => {
    await bring({
      residents: [
        resident(21_041, "1990-01-01"),
        resident(21_042, "2026-05-01", { 生年月日不詳フラグ: "1" }),
        resident(21_051, "1990-01-01"),
      ],
      claims: [claim(2108, 21_041, "2026-05-20"), claim(2109, 21_051, "2026-05-20")],
      claimChildren: [claimChild(2108, 21_042, 1)],
    });
    await examineClaims(ito, ["2108", "2109"]);
    expect([await stateOf("2108"), await stateOf("2109")]).toEqual(["impossible", "impossible"]);
    await expect(approveClaims(sato, ["2108"])).rejects.toMatchObject({ code: "examinationMissing" });
    await expect(approveClaims(sato, ["2109"])).rejects.toMatchObject({ code: "examinationMissing" });
  });

  it("is not examined after it was withdrawn, and can't be withdrawn after it was decided", async () => {
    await bring(family(21_061, 2110));
    await withdrawClaim(ito, "2110", TODAY);
    await expect(withdrawClaim(ito, "2110", TODAY)).rejects.toMatchObject({ code: "claimDecided" });
    expect(await examineClaims(ito, ["2110"])).toMatchObject({ cases: 0, written: 0 });
    await bring(family(21_071, 2111));
    await examineClaims(ito, ["2111"]);
    await approveClaims(sato, ["2111"]);
    await expect(withdrawClaim(ito, "2111", TODAY)).rejects.toMatchObject({ code: "claimDecided" });
  });
});

describe("claims that follow", () => {
  it("raise the amount from the month after, and leave the certification as it is", async () => {
    await bring(family(22_001, 2201, "2024-11-05", "2024-11-10"));
    await examineClaims(ito, ["2201"]);
    await approveClaims(sato, ["2201"]);
    await bring({
      residents: [resident(22_003, "2026-08-03")],
      claims: [furtherClaim(2202, 22_001, "2026-08-10", { 請求事由: "birth", 事由発生年月日: "2026-08-03" })],
      claimChildren: [claimChild(2202, 22_003, 2)],
    });
    await examineClaims(ito, ["2202"]);
    await approveClaims(sato, ["2202"]);
    // First child under three until 2027-11: 15,000. Second child from 2026-09: 15,000 + 15,000 = 30,000.
    expect(await decisions(22_001)).toEqual([
      { kind: "certify", month: "2024-12", total: 15_000, origin: "claim" },
      { kind: "increase", month: "2026-09", total: 30_000, origin: "claim" },
    ]);
  });

  it("open a new right with a 認定番号 of its own after the first one ended (moved away and came back)", async () => {
    const parent = 22_011;
    const away = { 履歴番号: "2", 住民状態: "2", 異動年月日: "2025-03-31", 異動事由コード: "20" };
    const back = {
      履歴番号: "3",
      住民状態: "1",
      異動年月日: "2026-02-01",
      異動事由コード: "10",
      転出予定年月日: "2026-01-31",
    };
    await bring({
      residents: [
        resident(parent, "1990-01-01"),
        resident(parent, "1990-01-01", away),
        resident(parent, "1990-01-01", back),
        resident(parent + 1, "2024-11-05"),
      ],
      claims: [
        claim(2211, parent, "2024-11-10", { 請求事由: "birth", 事由発生年月日: "2024-11-05" }),
        claim(2212, parent, "2026-02-05", { 請求事由: "moveIn", 事由発生年月日: "2026-01-31" }),
      ],
      claimChildren: [claimChild(2211, parent + 1, 1), claimChild(2212, parent + 1, 1)],
    });
    await examineClaims(ito, ["2211"]);
    await approveClaims(sato, ["2211"]);
    // 2024-12 … 2025-03 (month of the planned move), then again from 2026-02 (planned move out of the other city 31 January).
    expect(await decisions(parent)).toEqual([
      { kind: "certify", month: "2024-12", total: 15_000, origin: "claim" },
      { kind: "extinguish", month: "2025-04", total: 0, origin: "exOfficio" },
      { kind: "certify", month: "2026-02", total: 15_000, origin: "claim" },
    ]);
    const { rows } = await database.pool.query(
      "SELECT ordinal FROM allowance.recipient WHERE addressee_number = $1 ORDER BY ordinal",
      [parent],
    );
    expect(rows).toEqual([{ ordinal: 1 }, { ordinal: 2 }]);
    // Each right rests on its own facts: the first one's do not know of the second claim.
    const facts = await database.pool.query<{ claims: number }>(
      `SELECT DISTINCT r.ordinal, jsonb_array_length(f.facts->'claims') AS claims FROM allowance.recipient r
       JOIN allowance.decision d USING (recipient_id) JOIN allowance.facts f USING (facts_digest) WHERE r.addressee_number = $1`,
      [parent],
    );
    expect(facts.rows.map(({ claims }) => claims)).toEqual([1, 1]);
  });
});

const income = (person: number, year: number) => ({
  宛名番号: number15(person),
  所得年: String(year),
  履歴番号: "1",
  給与所得: "4000000",
  公的年金等雑所得: "0",
  その他所得: "0",
  控除額計: "0",
  扶養親族等の数: "1",
  うち老人: "0",
});
const pending = async (reception: string) =>
  (
    await database.pool.query<{ outcome: string; reasons: string[] }>(
      `SELECT e.outcome, ARRAY(SELECT jsonb_array_elements_text(e.proposal->'reasons')) AS reasons FROM allowance.examination e
       JOIN allowance.claim USING (claim_id) WHERE reception_number = $1 ORDER BY seq DESC LIMIT 1`,
      [reception],
    )
  ).rows[0];

describe("a city that has paid since June 2024, before the reform", () => {
  beforeAll(async () => {
    const opening = { name: "openingMonth", validFrom: "2011-01-01", value: "2024-06" } as const;
    await addSetting(database.pool, { ...opening, enteredBy: "a", approvedBy: "b" });
  });

  it("leaves no month out in silence: a claim whose months before the reform need an income waits until it is there", async () => {
    await bring(family(22_101, 2301, "2024-05-10", "2024-05-20"));
    await examineClaims(ito, ["2301"]);
    const before = await pending("2301");
    expect(before?.outcome).toBe("impossible");
    expect(before?.reasons.join()).toContain("2024-06分の所得判定に必要な2023年中の所得がありません");
    expect(await decisions(22_101)).toEqual([]);
    await bring({ incomes: [income(22_101, 2023)] });
    await examineClaims(ito, ["2301"]);
    await approveClaims(sato, ["2301"]);
    // 4,000,000 − 100,000 − 80,000 is below 6,220,000 + 380,000: a child under three, 15,000 before and after the reform
    expect(await decisions(22_101)).toEqual([{ kind: "certify", month: "2024-06", total: 15_000, origin: "claim" }]);
  });

  it("is not asked for incomes of months that another system paid", async () => {
    await bring({ ...family(22_111, 2302, "2021-11-05", "2021-11-15"), incomes: [income(22_111, 2023)] });
    await examineClaims(ito, ["2302"]);
    await approveClaims(sato, ["2302"]);
    // Nothing is said of 2021-12; three years old on 2024-11-05, so 10,000 from 2024-12
    expect(await decisions(22_111)).toEqual([
      { kind: "certify", month: "2021-12", total: null, origin: "claim" },
      { kind: "decrease", month: "2024-12", total: 10_000, origin: "exOfficio" },
    ]);
  });
});
