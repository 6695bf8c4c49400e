import { expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import {
  approveCharacters,
  identifiedCharacters,
  listCharacterSets,
  parseCharacter,
  proposeCharacters,
} from "../../src/characters/identify.ts";
import { surveyCharacters } from "../../src/characters/survey.ts";
import { addEntry, confirmEntry } from "../../src/case-file/write-entry.ts";
import { readPeople } from "../../src/notices/content/people.ts";
import { contextOf } from "../support/cases.ts";
import { seedPerson } from "../support/people.ts";

const database = useDatabase();
const clerk = () => contextOf(database.pool, "moji.ichiro");
const other = () => contextOf(database.pool, "moji.niro");
const DAY = "2026-12-01";

const surveyed = async (character: string) =>
  (await surveyCharacters(database.pool)).find((each) => each.character === character);

it("a line that is no single character, names no character, or says what needs no saying is refused, and the others with it", async () => {
  const wrong = [
    ["架空", "空", "1行目: 文字が1字ではありません"],
    ["U+E000", "MJ999999", "1行目: 同定先が1字ではないか、MJ文字図形名が一覧にありません"],
    ["空", "架", "1行目: 文字が JIS X 0213 にあります"],
    ["髙", "髙", "1行目: 文字と同定先が同じです"],
    ["U+110000", "架", "1行目: 文字が1字ではありません"],
  ] as const;
  for (const [from, to, says] of wrong) {
    const lines = [
      { from, to, basis: "架空" },
      { from: "U+E001", to: "MJ026190", basis: "架空" },
    ];
    await expect(proposeCharacters(clerk(), { source: "架空の道具", lines })).rejects.toMatchObject({
      code: "characterSetInvalid",
      message: expect.stringContaining(says) as unknown,
    });
  }
  await expect(proposeCharacters(clerk(), { source: " ", lines: [] })).rejects.toMatchObject({
    code: "characterSetInvalid",
  });
  expect(await listCharacterSets(database.pool)).toEqual([]);
  expect(["U+845B U+E0100", "MJ026190", "髙"].map(parseCharacter)).toEqual(["葛\u{E0100}", "邉\u{E010F}", "髙"]);
});

it("[A193] the result of the tool is taken in as a set and counts after another person's approval; what nobody has identified is on the list until then", async () => {
  await seedPerson(database.pool, { number: 901, name: "架空\uE000　外字", kana: "カクウ　ガイジ" });
  await seedPerson(database.pool, { number: 902, name: "架空　㐄", kana: "カクウ　ウシ" });
  await seedPerson(database.pool, { number: 903, name: "髙空　葛\u{E0100}", kana: "カクウ　クズ" });
  // Neither MJ nor the map knows U+E000; for 㐄 the map names two; 髙 and the variant go by the tables.
  expect(await surveyed("\uE000")).toMatchObject({ unresolved: true, printed: "〓", names: 1, mjName: null });
  expect(await surveyed("㐄")).toMatchObject({ unresolved: true, candidates: ["牛", "井"] });
  expect(await surveyed("髙")).toMatchObject({ unresolved: false, jisX0213: "高", cp932: "髙", printed: "髙" });
  expect(await surveyed("葛\u{E0100}")).toMatchObject({ unresolved: false, jisX0213: "葛", cp932: "葛" });
  expect(await surveyed("空")).toBeUndefined();

  const lines = [
    { from: "U+E000", to: "MJ026190", basis: "同定の道具 一致" },
    { from: "㐄", to: "牛", basis: "戸籍の記載" },
  ];
  const set = await proposeCharacters(clerk(), { source: "架空の同定の道具 1.0", lines });
  expect(await surveyed("\uE000")).toMatchObject({ unresolved: true });
  await expect(approveCharacters(clerk(), set)).rejects.toMatchObject({ code: "samePerson" });
  await expect(approveCharacters(other(), { ...set, digest: "0".repeat(64) })).rejects.toMatchObject({
    code: "contentChanged",
  });
  expect((await identifiedCharacters(database.pool)).size).toBe(0);
  await approveCharacters(other(), set);
  await expect(approveCharacters(other(), set)).rejects.toMatchObject({ code: "characterSetUnknown" });
  // MJ026190 is 邉 with a selector: JIS X 0213 has 邉
  expect(await surveyed("\uE000")).toMatchObject({
    unresolved: false,
    identifiedAs: "邉\u{E010F}",
    jisX0213: "邉",
    source: "同定・選択子を外す",
  });
  expect(await surveyed("㐄")).toMatchObject({ unresolved: false, jisX0213: "牛" });
  // The register keeps what was sent; the letter writes the character that it is.
  expect((await readPeople(database.pool, [901], DAY, "payment")).get(901)?.name).toBe("架空邉\u{E010F}　外字");
  const { rows } = await database.pool.query<{ name: string }>(
    "SELECT name FROM allowance.person_current WHERE addressee_number = 901",
  );
  expect(rows[0]?.name).toBe("架空\uE000　外字");
});

it("[A194] a foreign resident's name is chosen for each group of documents, after a second person; two names for one document at a time are refused", async () => {
  await seedPerson(database.pool, { number: 904, name: "ＫＡＫＵ　ＴＥＳＴ", kana: "カク　テスト" });
  const nameOn = async (form: "payment" | "annualReport", day = DAY) =>
    (await readPeople(database.pool, [904], day, form)).get(904)?.name;
  type Use = "none" | "letter" | "reviewForm" | "all";
  const add = async (kind: "alias" | "kana" | "roman", name: string, usedFor: Use, validFrom = "2026-11-01") =>
    await addEntry(clerk(), "welfareName", {
      addresseeNumber: 904,
      validFrom,
      content: { kind, name, kana: "カクウ　ツウショウ", usedFor },
    });
  const alias = await add("alias", "架空　通称", "letter");
  expect(await nameOn("payment")).toBe("ＫＡＫＵ　ＴＥＳＴ");
  await confirmEntry(other(), "welfareName", alias);
  expect([await nameOn("payment"), await nameOn("annualReport")]).toEqual(["架空　通称", "ＫＡＫＵ　ＴＥＳＴ"]);
  // Before its first day the name of the register stands on the letter.
  expect(await nameOn("payment", "2026-10-31")).toBe("ＫＡＫＵ　ＴＥＳＴ");
  await expect(add("kana", "カク　テスト", "all")).rejects.toMatchObject({ code: "entryOverlaps" });
  await expect(add("kana", "カク　テスト", "poster" as "none")).rejects.toMatchObject({ code: "entryInvalid" });
  const kana = await add("kana", "カク　テスト", "reviewForm");
  await confirmEntry(other(), "welfareName", kana);
  await add("roman", "Ｋａｋｕ　Ｔｅｓｔ", "none");
  expect([await nameOn("payment"), await nameOn("annualReport")]).toEqual(["架空　通称", "カク　テスト"]);
});
