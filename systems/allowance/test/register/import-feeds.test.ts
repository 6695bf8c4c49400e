import { existsSync, readdirSync, readFileSync } from "node:fs";
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { describe, expect, it } from "vitest";

import { residentsFeed } from "../../src/register/feeds/residents.ts";
import { importFeeds } from "../../src/register/import-feeds.ts";
import { testContext, testFolder } from "../support/context.ts";
import { claim, claimChild, csv, number15, resident, writeDelivery, writeRaw } from "../support/feeds.ts";

const database = useDatabase();
const dir = testFolder();
const context = testContext(database, dir);
let folders = 0;
const folder = (): string => join(dir, `delivery-${(folders += 1)}`);

async function count(table: string, condition = "true"): Promise<number> {
  const { rows } = await database.pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM ${table} WHERE ${condition}`,
  );
  return rows[0]?.n ?? -1;
}

describe("a delivery that is not what it says", () => {
  it("is refused when a file was cut off on the way, and nothing of that file is imported", async () => {
    const path = await writeDelivery(folder(), {
      residents: [resident(11_001, "1990-01-01"), resident(11_002, "2020-01-01")],
    });
    await truncate(join(path, "residents.csv"), 200);
    await expect(importFeeds(context, path)).rejects.toMatchObject({ code: "feedFileBroken" });
    expect(await count("allowance.person_history", "addressee_number BETWEEN 11001 AND 11002")).toBe(0);
  });

  it("is refused when one byte was changed without changing the size", async () => {
    const path = await writeDelivery(folder(), { residents: [resident(11_003, "1990-01-01")] });
    const file = join(path, "residents.csv");
    await writeFile(file, readFileSync(file, "utf8").replace("1990-01-01", "1991-01-01"));
    await expect(importFeeds(context, path)).rejects.toMatchObject({ code: "feedFileBroken" });
    expect(await count("allowance.addressee", "addressee_number = 11003")).toBe(0);
  });

  it("is refused when the number of rows differs although size and hash fit", async () => {
    const text = csv(residentsFeed.header, [resident(11_004, "1990-01-01")]);
    const path = await writeRaw(folder(), [{ name: "residents.csv", bytes: text, rows: 2 }]);
    await expect(importFeeds(context, path)).rejects.toMatchObject({ code: "feedFileBroken" });
    expect(await count("allowance.addressee", "addressee_number = 11004")).toBe(0);
  });

  it("is refused when it belongs to another format, names a file outside the folder, or has no manifest", async () => {
    const text = csv(residentsFeed.header, []);
    const files = [{ name: "residents.csv", bytes: text, rows: 0 }];
    const broken = [
      { format: "hagukumi-feed/9" },
      { files: [{ name: "../residents.csv", rows: 0, bytes: 1, sha256: "0".repeat(64) }] },
      { unexpected: true },
    ];
    for (const manifest of broken) {
      const path = await writeRaw(folder(), files, manifest);
      await expect(importFeeds(context, path)).rejects.toMatchObject({ code: "feedManifest" });
    }
    await expect(importFeeds(context, folder())).rejects.toMatchObject({ code: "feedManifest" });
  });

  it("is refused when it is not UTF-8 (a CP932 file), without a single row", async () => {
    const good = csv(residentsFeed.header, [resident(11_005, "1990-01-01")]);
    // 「架空」 in CP932
    const bytes = Buffer.concat([Buffer.from(good), Buffer.from([0x89, 0xcb, 0x8b, 0xf3, 0x0d, 0x0a])]);
    const path = await writeRaw(folder(), [{ name: "residents.csv", bytes, rows: 2 }]);
    await expect(importFeeds(context, path)).rejects.toMatchObject({ code: "csvUnreadable" });
    expect(await count("allowance.addressee", "addressee_number = 11005")).toBe(0);
  });

  it("is refused when a column is missing", async () => {
    const text = csv(residentsFeed.header.slice(1), []);
    const path = await writeRaw(folder(), [{ name: "residents.csv", bytes: text, rows: 0 }]);
    await expect(importFeeds(context, path)).rejects.toMatchObject({ code: "csvHeader" });
  });

  it("leaves no draft of a list behind after a refusal", async () => {
    const rows = [resident(11_006, "2025-02-29")];
    const text = csv(residentsFeed.header, rows);
    const path = await writeRaw(folder(), [{ name: "residents.csv", bytes: text, rows: 7 }]);
    await expect(importFeeds(context, path)).rejects.toMatchObject({ code: "feedFileBroken" });
    const left = existsSync(context.reportsDir) ? readdirSync(context.reportsDir) : [];
    expect(left.filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});

describe("rows that can't be taken", () => {
  const bad: readonly (readonly [string, Record<string, string>, string])[] = [
    ["29 February of a year without one", { 生年月日: "2025-02-29" }, "dateImpossible"],
    ["a date with a time", { 異動年月日: "2025-01-01T00:00" }, "dateImpossible"],
    ["a negative history number", { 履歴番号: "-1" }, "numberInvalid"],
    ["a history number that is too long", { 履歴番号: "100000" }, "numberInvalid"],
    ["a 宛名番号 of 16 digits", { 宛名番号: "0000000000012345" }, "cellTooLong"],
    ["a 宛名番号 with a letter", { 宛名番号: "00000000001234A" }, "numberInvalid"],
    ["a 宛名番号 of nothing but zeros", { 宛名番号: "0".repeat(15) }, "numberInvalid"],
    ["an unknown 住民状態", { 住民状態: "4" }, "codeUnknown"],
    ["an unknown 異動事由", { 異動事由コード: "99" }, "codeUnknown"],
    ["no name", { 氏名: "" }, "required"],
    ["a name of 101 characters", { 氏名: "架".repeat(101) }, "cellTooLong"],
    ["an unknown flag for an unknown date", { 生年月日不詳フラグ: "2" }, "codeUnknown"],
    ["a death before the birth", { 異動年月日: "1980-01-01", 住民状態: "3", 異動事由コード: "21" }, "periodReversed"],
    ["a line break inside a name", { 氏名: "架空\n花子" }, "codeUnknown"],
  ];

  it.each(bad)("are listed with line, column, value and reason: %s", async (_title, cells, code) => {
    const rows = [
      resident(12_001, "1990-01-01"),
      resident(12_002, "1990-01-01", cells),
      resident(12_003, "1990-01-01"),
    ];
    const result = await importFeeds(context, await writeDelivery(folder(), { residents: rows }));
    expect(result.files[0]).toMatchObject({ rows: 3, refused: 1 });
    const list = readFileSync(result.files[0]?.refusedList ?? "", "utf8");
    expect(list.startsWith("\uFEFF行番号,項目,値,理由コード,理由\r\n3,")).toBe(true);
    expect(list).toContain(code);
    expect(await count("allowance.addressee", "addressee_number = 12002")).toBe(0);
    // The rows beside it live.
    expect(await count("allowance.addressee", "addressee_number IN (12001, 12003)")).toBe(2);
  });

  it("are cut to 80 characters in the list, a variant selector never parted from its kanji", async () => {
    const name = `葛\u{E0100}`.repeat(101);
    const result = await importFeeds(
      context,
      await writeDelivery(folder(), { residents: [resident(12_010, "1990-01-01", { 氏名: name })] }),
    );
    const list = readFileSync(result.files[0]?.refusedList ?? "", "utf8");
    expect(list).toContain(`,${`葛\u{E0100}`.repeat(80)},cellTooLong`);
  });

  it("include a line of ten million characters as one row, and the rows around it live", async () => {
    const good = csv(residentsFeed.header, [resident(12_020, "1990-01-01")]);
    const after = csv(residentsFeed.header, [resident(12_021, "1990-01-01")]).split("\r\n")[1] ?? "";
    const bytes = `${good}${"あ".repeat(10_000_000)}\r\n${after}\r\n`;
    const path = await writeRaw(folder(), [{ name: "residents.csv", bytes, rows: 3 }]);
    const result = await importFeeds(context, path);
    expect(result.files[0]).toMatchObject({ rows: 3, added: 2, refused: 1 });
    expect(readFileSync(result.files[0]?.refusedList ?? "", "utf8").length).toBeLessThan(1000);
  });

  it("include both rows of a key that is there twice with different content", async () => {
    const rows = [resident(12_030, "1990-01-01"), resident(12_030, "1990-01-02"), resident(12_031, "1990-01-01")];
    const result = await importFeeds(context, await writeDelivery(folder(), { residents: rows }));
    // 3 rows = 1 added + 0 unchanged + 2 refused
    expect(result.files[0]).toMatchObject({ rows: 3, added: 1, unchanged: 0, refused: 2 });
    expect(await count("allowance.addressee", "addressee_number = 12030")).toBe(0);
  });

  it("do not include the same row twice: the second counts as unchanged", async () => {
    const rows = [resident(12_040, "1990-01-01"), resident(12_040, "1990-01-01")];
    const result = await importFeeds(context, await writeDelivery(folder(), { residents: rows }));
    expect(result.files[0]).toMatchObject({ rows: 2, added: 1, unchanged: 1, refused: 0, refusedList: null });
  });

  it("include claims of people nobody knows, and the children of such claims", async () => {
    const result = await importFeeds(
      context,
      await writeDelivery(folder(), {
        residents: [resident(12_050, "2020-01-01")],
        claims: [claim(1_200, 12_999, "2026-01-05")],
        claimChildren: [claimChild(1_200, 12_050, 1)],
      }),
    );
    expect(result.files.map(({ file, added, refused }) => [file, added, refused])).toEqual([
      ["residents.csv", 1, 0],
      ["claims.csv", 0, 1],
      ["claim_children.csv", 0, 1],
    ]);
    expect(await count("allowance.claim", "reception_number = '1200'")).toBe(0);
  });

  it("include a claim whose 受付番号 is known with other content; the first stays as it was", async () => {
    const people = [resident(12_060, "1990-01-01"), resident(12_061, "2020-01-01")];
    await importFeeds(
      context,
      await writeDelivery(folder(), { residents: people, claims: [claim(1_201, 12_060, "2026-01-05")] }),
    );
    const again = await importFeeds(
      context,
      await writeDelivery(folder(), { claims: [claim(1_201, 12_060, "2026-01-06")] }),
    );
    expect(again.files[0]).toMatchObject({ added: 0, refused: 1 });
    expect(readFileSync(again.files[0]?.refusedList ?? "", "utf8")).toContain("receptionNumberReused");
    expect(await count("allowance.claim", "reception_number = '1201' AND received_on = '2026-01-05'")).toBe(1);
  });

  it("include claims without an account, with half an account, or with kanji as the holder's name", async () => {
    const people = [resident(12_070, "1990-01-01")];
    const result = await importFeeds(
      context,
      await writeDelivery(folder(), {
        residents: people,
        claims: [
          claim(1_210, 12_070, "2026-01-05", {
            金融機関コード: "",
            支店コード: "",
            預金種目: "",
            口座番号: "",
            口座名義カナ: "",
          }),
          claim(1_211, 12_070, "2026-01-05", { 口座番号: "" }),
          claim(1_212, 12_070, "2026-01-05", { 口座名義カナ: "架空　太郎" }),
          claim(1_213, 12_070, "2026-01-05", { 請求事由: "birth", 事由発生年月日: "" }),
        ],
      }),
    );
    const list = readFileSync(result.files[1]?.refusedList ?? "", "utf8");
    expect(
      list
        .split("\r\n")
        .slice(1, -1)
        .map((line) => line.split(",")[3]),
    ).toEqual(["accountRequired", "accountIncomplete", "holderInvalid", "required"]);
  });
});

describe("a good delivery", () => {
  it("is taken with and without BOM, and with line feeds alone", async () => {
    const text = csv(residentsFeed.header, [resident(13_001, "1990-01-01")]);
    const bytes = [text, `\uFEFF${text}`, text.replaceAll("\r\n", "\n")];
    const results = [];
    for (const each of bytes) {
      const path = await writeRaw(folder(), [{ name: "residents.csv", bytes: each, rows: 1 }]);
      results.push((await importFeeds(context, path)).files[0]);
    }
    expect(results).toMatchObject([{ added: 1 }, { added: 0, unchanged: 1 }, { added: 0, unchanged: 1 }]);
  });

  it("changes nothing when it is imported again", async () => {
    const path = await writeDelivery(folder(), {
      residents: [resident(13_010, "1990-01-01"), resident(13_011, "2020-05-01")],
      statusPeriods: [
        { 区分: "publicServant", 宛名番号: number15(13_010), 開始年月日: "2025-04-01", 短期: "0", 留学: "0" },
      ],
      incomes: [
        { 宛名番号: number15(13_010), 所得年: "2022", 履歴番号: "1", 給与所得: "5000000", 扶養親族等の数: "1" },
      ],
      claims: [claim(1_300, 13_010, "2026-01-05")],
      claimChildren: [claimChild(1_300, 13_011, 1)],
    });
    const first = await importFeeds(context, path);
    const again = await importFeeds(context, path);
    expect(first.files.map(({ added, unchanged, refused }) => [added, unchanged, refused])).toEqual([
      [2, 0, 0],
      [1, 0, 0],
      [1, 0, 0],
      [1, 0, 0],
      [1, 0, 0],
    ]);
    expect(again.files.map(({ added, unchanged, refused }) => [added, unchanged, refused])).toEqual([
      [0, 2, 0],
      [0, 1, 0],
      [0, 1, 0],
      [0, 1, 0],
      [0, 1, 0],
    ]);
  });

  it("keeps the earlier version of a row that comes with other content", async () => {
    await importFeeds(context, await writeDelivery(folder(), { residents: [resident(13_020, "1990-01-01")] }));
    const moved = resident(13_020, "1990-01-01", { 住所: "架空町９丁目" });
    await importFeeds(context, await writeDelivery(folder(), { residents: [moved] }));
    const { rows } = await database.pool.query(
      "SELECT revision, address FROM allowance.person_history WHERE addressee_number = 13020 ORDER BY revision",
    );
    expect(rows).toEqual([
      { revision: 1, address: "架空町１丁目" },
      { revision: 2, address: "架空町９丁目" },
    ]);
  });

  it("keeps a variant of a name exactly as it came", async () => {
    const name = "葛\u{E0100}木　\u{20BB7}美";
    await importFeeds(
      context,
      await writeDelivery(folder(), { residents: [resident(13_030, "1990-01-01", { 氏名: name })] }),
    );
    const { rows } = await database.pool.query(
      "SELECT name FROM allowance.person_current WHERE addressee_number = 13030",
    );
    expect(rows).toEqual([{ name }]);
  });

  it("gives the same register whether two operators import it one after the other or at once", async () => {
    const path = await writeDelivery(folder(), {
      residents: Array.from({ length: 300 }, (_, index) => resident(13_100 + index, "1990-01-01")),
    });
    const other = testContext(database, join(dir, "other"), "staff.sato");
    const results = await Promise.all([importFeeds(context, path), importFeeds(other, path)]);
    const added = results.map(({ files }) => files[0]?.added ?? -1).toSorted((left, right) => left - right);
    expect(added).toEqual([0, 300]);
    expect(await count("allowance.person_history", "addressee_number BETWEEN 13100 AND 13399")).toBe(300);
  });

  it("stops between two slices when it is told to, and leaves that file out whole", async () => {
    const path = await writeDelivery(folder(), { residents: [resident(13_500, "1990-01-01")] });
    const signal = AbortSignal.abort();
    await expect(importFeeds({ ...context, pool: database.pool, signal }, path)).rejects.toMatchObject({
      code: "cancelled",
    });
    expect(await count("allowance.addressee", "addressee_number = 13500")).toBe(0);
  });

  it("removes the list of refused rows of an earlier delivery once nothing is refused", async () => {
    const bad = await importFeeds(
      context,
      await writeDelivery(folder(), { residents: [resident(13_600, "2025-02-29")] }),
    );
    const list = bad.files[0]?.refusedList ?? "";
    expect(existsSync(list)).toBe(true);
    await importFeeds(context, await writeDelivery(folder(), { residents: [resident(13_600, "2024-02-29")] }));
    expect(existsSync(list)).toBe(false);
  });
});
