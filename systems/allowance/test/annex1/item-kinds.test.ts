/** 記録される項目の種類: the dictionary of the assessment, complete and true to the database. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { filePlaces, itemDictionary, itemKinds, PERSONAL_FILE } from "../../src/case-file/item-kinds.ts";

const database = useDatabase();

it("[D82] every item of 別添1 and what is held beside it carries one of the ten kinds with its reason; 個人番号 has no place but the vault", async () => {
  const dictionary = await itemDictionary(database.pool);
  // Nothing twice, nothing without a kind that has its reason and words of its own.
  const places = dictionary.map(({ place, item }) => `${place} ${item ?? ""}`);
  expect(new Set(places).size).toBe(places.length);
  expect(Object.keys(itemKinds)).toHaveLength(10);
  for (const { kind, meaning, place } of dictionary) {
    expect(itemKinds[kind].reason, place).toMatch(/[ぁ-ん]/);
    expect(meaning, place).toMatch(/[ぁ-んァ-ヶ一-龠]/);
  }
  for (const kind of Object.keys(itemKinds))
    expect(
      dictionary.filter((each) => each.kind === kind),
      kind,
    ).not.toEqual([]);
  expect(dictionary.filter(({ kind }) => kind === "individualNumber").map(({ place }) => place)).toEqual([
    "個人番号の金庫（別のデータベース）",
  ]);

  // All of 別添1, item by item.
  const seed = JSON.parse(await readFile(join(import.meta.dirname, "seed-items.json"), "utf8")) as {
    readonly groups: Readonly<Record<string, readonly string[]>>;
  };
  const wanted = Object.entries(seed.groups).flatMap(([group, items]) => items.map((item) => `${group} ${item}`));
  expect(wanted.filter((each) => !places.includes(each))).toEqual([]);

  // Read by eye: what each kind is, by examples of it and of its neighbours.
  const kindsOf = (item: string): string[] => [
    ...new Set(dictionary.filter((each) => each.item === item).map(({ kind }) => kind)),
  ];
  expect(kindsOf("氏名漢字")).toEqual(["fourItems"]);
  expect(kindsOf("住所郵便番号")).toEqual(["fourItems"]);
  expect(kindsOf("児童生年月日")).toEqual(["fourItems"]);
  expect(kindsOf("福祉台帳番号")).toEqual(["internalNumber"]);
  expect(kindsOf("健康保険種別コード")).toEqual(["medicalInsurance"]);
  expect(kindsOf("年金加入年月日")).toEqual(["pension"]);
  expect(kindsOf("税履歴管理履歴番号")).toEqual(["localTax"]);
  expect(kindsOf("手当月額")).toEqual(["childWelfare"]);
  expect(kindsOf("同居別居区分コード")).toEqual(["otherResident"]);
});

it("[D71] the data dictionary names the one file that all data of persons belong to, in the database itself, and no schema with rows of persons is left out", async () => {
  expect(PERSONAL_FILE).toBe("児童手当情報ファイル");
  const places = await filePlaces(database.pool);
  expect(places.map(({ schema }) => schema)).toEqual(expect.arrayContaining(["allowance", "unified"]));
  expect(places.reduce((sum, { tables }) => sum + tables, 0)).toBeGreaterThan(100);
  // Of the staff, and of who looked at whom: records about the file, not of it.
  const about = new Set(["identity", "access", "audit"]);
  const silent = places.filter(
    ({ schema, meaning }) => !about.has(schema) && !meaning.includes(`「${PERSONAL_FILE}」`),
  );
  expect(silent).toEqual([]);
  // The views by which 別添1 is shown say so too, and every item of the dictionary lies in one of these schemas or the vault.
  const { rows } = await database.pool.query<{ said: string }>(
    "SELECT obj_description('annex1'::regnamespace, 'pg_namespace') AS said",
  );
  expect(rows[0]?.said).toContain(`「${PERSONAL_FILE}」`);
  // A schema that holds persons and does not say so is found.
  await database.pool.query("CREATE SCHEMA strange");
  await database.pool.query("CREATE TABLE strange.person (number bigint)");
  await database.pool.query("ALTER TABLE strange.person ENABLE ROW LEVEL SECURITY");
  await database.pool.query("ALTER TABLE strange.person FORCE ROW LEVEL SECURITY");
  expect((await filePlaces(database.pool)).find(({ schema }) => schema === "strange")).toEqual({
    schema: "strange",
    meaning: "",
    tables: 1,
  });
});
