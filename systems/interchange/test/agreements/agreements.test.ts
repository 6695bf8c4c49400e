/** 連携の合意: by two people, only with items that exist, and the same as the offices' own book of layouts. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { civilDate } from "@hagukumi/law/contract.ts";
import { checkDelivery, type Fault, layouts } from "@hagukumi/outside-sources/contract.ts";
import { describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { testContext, testFolder } from "../../../allowance/test/support/context.ts";
import {
  agreementsOn,
  type AgreementForm,
  changeAgreement,
  folderStore,
  seedAgreements,
  standardAgreements,
} from "../../contract.ts";
import { mapperOf, type Layout } from "../../src/agreements/layout.ts";
import { makeTown } from "../support/town.ts";

const database = useDatabase();
const dir = testFolder();
const context = testContext(database, dir, "settei.ichiro");

const form = (): AgreementForm => {
  const [first] = standardAgreements("2026-04-01");
  if (first === undefined) throw new Error("no standard agreements");
  return first;
};

const byName = ([left]: readonly unknown[], [right]: readonly unknown[]): number =>
  String(left) < String(right) ? -1 : 1;

describe("an agreement", () => {
  it("is refused by one person alone, with an item that the register does not have, or with a period that runs backwards", async () => {
    await expect(changeAgreement(context, form(), "settei.ichiro")).rejects.toMatchObject({ code: "samePerson" });
    const layout = form().layout;
    const strange = {
      ...form(),
      layout: { ...layout, columns: [...layout.columns, { name: "電話番号", to: "電話番号" }] },
    };
    await expect(changeAgreement(context, strange, "settei.niro")).rejects.toMatchObject({ code: "agreementInvalid" });
    const backwards = { ...form(), validFrom: "2026-04-01", validTo: "2026-03-31" };
    await expect(changeAgreement(context, backwards, "settei.niro")).rejects.toMatchObject({
      code: "agreementInvalid",
    });
    const twice = {
      ...form(),
      layout: { ...layout, columns: [...layout.columns, layout.columns[0] ?? { name: "x" }] },
    };
    await expect(changeAgreement(context, twice, "settei.niro")).rejects.toMatchObject({ code: "agreementInvalid" });
    expect(await agreementsOn(database.pool, context.today)).toEqual([]);
  });

  it("holds from its first to its last day; the newest revision counts; nothing is overwritten", async () => {
    expect(await seedAgreements(context, "settei.niro")).toBe(standardAgreements("2026-04-01").length);
    expect(await seedAgreements(context, "settei.niro")).toBe(0);
    await changeAgreement(context, { ...form(), validTo: "2026-12-31" }, "settei.niro");
    const on = async (day: string) =>
      (await agreementsOn(database.pool, civilDate(day))).filter(
        ({ interfaceCode, version }) => interfaceCode === form().interfaceCode && version === form().version,
      );
    expect(await on("2026-03-31")).toEqual([]);
    expect((await on("2026-12-31")).map(({ revision }) => revision)).toEqual([2]);
    expect(await on("2027-01-01")).toEqual([]);
    const { rows } = await database.pool.query(
      "SELECT FROM interchange.agreement WHERE interface_code = $1 AND version = $2",
      [form().interfaceCode, form().version],
    );
    expect(rows).toHaveLength(2);
    for (const statement of [
      "UPDATE interchange.agreement SET name = 'x'",
      "DELETE FROM interchange.agreement",
      "DELETE FROM interchange.applied",
    ]) {
      const client = await database.pool.connect();
      try {
        await client.query("BEGIN");
        await client.query("SET LOCAL ROLE hagukumi_interchange");
        await expect(client.query(statement)).rejects.toMatchObject({ code: "42501" });
      } finally {
        await client.query("ROLLBACK");
        client.release();
      }
    }
  });

  it("maps an office's columns by the table: renamed, joined, recoded, narrowed, one into two, left out", () => {
    const layout: Layout = {
      file: "linked_periods.csv",
      columns: [
        { name: "番号", to: "宛名番号" },
        { name: "履歴", to: "履歴番号", narrow: true },
        { name: "区分", to: "資格区分", codes: { "9": "mutualAid" } },
        { name: "日", to: ["開始年月日", "終了年月日"] },
        { name: "事由大", to: "取得事由" },
        { name: "事由小", to: "取得事由" },
        { name: "操作者" },
      ],
      constants: { 区分: "pension" },
      persons: ["番号"],
    };
    const mapped = mapperOf(layout)(["000000000000123", "１２", "9", "2026-11-01", "0", "1", "X001"]);
    expect(mapped).toEqual([
      "pension",
      "000000000000123",
      "12",
      "2026-11-01",
      "2026-11-01",
      "mutualAid",
      "01",
      "",
      "",
      "",
    ]);
  });
});

describe("the offices' files, by a parser written apart", () => {
  it("every standard agreement names exactly the columns of the office's own book, in its order", () => {
    const agreed = standardAgreements("2026-04-01").map(({ interfaceCode, version, layout }) => [
      `${interfaceCode} ${version}`,
      layout.columns.map(({ name }) => name),
    ]);
    const known = Object.entries(layouts).flatMap(([name, versions]) =>
      Object.entries(versions).map(([version, header]) => [`${name} ${version}`, header]),
    );
    expect(agreed.toSorted(byName)).toEqual(known.toSorted(byName));
  });

  it("a month of daily life conforms, in both versions, and every kind of bad sending is found", async () => {
    const { town, sender, storeDir, store } = await makeTown(dir, 300);
    await sender.send("residents", town.residents(), { kind: "full", asOf: town.today() });
    await sender.send("healthInsurance", town.insurances(), { kind: "full", asOf: town.today() });
    let happened = 0;
    for (let day = 0; day < 30; day += 1) {
      const lived = town.live({
        births: 1,
        deaths: day % 5 === 0 ? 1 : 0,
        movesWithin: 1,
        movesIn: day % 3 === 0 ? 1 : 0,
        marriages: day % 7 === 0 ? 1 : 0,
        insurances: 1,
      });
      happened += lived.happened.length;
      const version = day % 2 === 0 ? "1.0" : "2.0";
      await sender.send("residents", town.residentsAs(lived.residents, version), { asOf: lived.date, version });
      await sender.send("healthInsurance", lived.healthInsurance, { asOf: lived.date });
      await sender.send("endorsements", lived.endorsements, { asOf: lived.date });
    }
    expect(town.today()).toBe("2026-12-20");
    expect(happened).toBeGreaterThan(60);
    const controls = (await store.list("in")).filter(({ key }) => key.endsWith(".json"));
    expect(controls).toHaveLength(2 + 30 * 3);
    for (const { key } of controls) expect((await checkDelivery(join(storeDir, key))).faults, key).toEqual([]);
    const faulty: readonly [Fault, RegExp][] = [
      ["cut", /bytes instead of/],
      ["flipped", /another hash/],
      ["counted", /rows instead of/],
      ["extraItem", /another header/],
    ];
    for (const [fault, words] of faulty) {
      const lived = town.live({ births: 1 });
      const { controlPath } = await sender.send("residents", lived.residents, { asOf: lived.date, fault });
      expect((await checkDelivery(controlPath)).faults.join(), fault).toMatch(words);
    }
    const { controlPath } = await sender.send("residents", [], { asOf: town.today(), fault: "lost" });
    expect(readdirSync(join(controlPath, ".."))).not.toContain(controlPath.split("/").at(-1));
  });
});

describe("the store", () => {
  it("a name never leads out of it", async () => {
    const store = folderStore(join(dir, "store"));
    for (const key of ["../x", "in/../../x", "/etc/hostname", "in//x", "a\u0000b", ""]) {
      await expect(store.put(key, "x"), key).rejects.toMatchObject({ code: "storeInvalid" });
    }
    await store.put("in/住民_1.csv", "宛名番号\r\n");
    expect(await store.list("in")).toEqual([{ key: "in/住民_1.csv", bytes: 14 }]);
  });
});
