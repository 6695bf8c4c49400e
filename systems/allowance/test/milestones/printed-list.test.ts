/** 対象者一覧: what is printed and exported is what was extracted, line by line, and of protected people no address. */
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { array, assert, constantFrom, integer, property } from "fast-check";
import { beforeAll, expect, it } from "vitest";

import { pdfText } from "../../../../platform/test/support/pdf-text.ts";
import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { printedWidth } from "@hagukumi/platform/print/glyphs.ts";
import { brokenInto } from "../../src/mass-work/long-list.ts";
import { writeMassList } from "../../src/mass-work/write-list.ts";
import { claimedFamily } from "../support/claimed-families.ts";
import { testContext, testFolder } from "../support/context.ts";
import { onDay } from "../support/families.ts";
import { number15, resident } from "../support/feeds.ts";
import { bring, prepare } from "../support/filings.ts";
import { listOf } from "../support/mass-runs.ts";

const database = useDatabase();
const dir = testFolder();
const crew = () => ({
  maker: onDay(testContext(database, dir, "staff.ito"), "2026-11-10"),
  approver: onDay(testContext(database, dir, "staff.sato"), "2026-11-10"),
});
const SECRET = "架空町九丁目九番九号";

beforeAll(async () => {
  await prepare(database.pool);
  for (let index = 0; index < 12; index += 1) {
    await claimedFamily(crew(), 610_000 + index * 100, [["2015-05-05"], ["2023-11-20"]]);
  }
  // 支援措置: the recipient of the first family
  await bring(crew().maker, {
    residents: [
      resident(610_000, "1985-01-01", {
        履歴番号: "2",
        異動年月日: "2026-09-01",
        住所: SECRET,
        支援措置区分: "1",
        支援措置開始年月日: "2026-09-01",
        支援措置終了年月日: "2027-08-31",
      }),
    ],
  });
}, 120_000);

it(
  "[D22] the printed and the exported list have as many lines as were extracted, and the same amounts",
  { timeout: 60_000 },
  async () => {
    const { run, items } = await listOf(crew(), "ageMilestones", { month: "2026-11" });
    expect(items).toHaveLength(12);
    // 10,000 + 15,000 → 10,000 + 10,000 each
    expect(run.list).toMatchObject({ change: 12, yenBefore: 300_000, yenAfter: 240_000 });
    const written = await writeMassList(crew().maker, run.runNo, join(dir, "lists"));
    expect(written.lines).toBe(items.length);
    const lines = readFileSync(written.csv, "utf8").trim().split("\r\n");
    expect(lines).toHaveLength(1 + items.length);
    // The list of a large city is drawn page by page, without tags: the same lines.
    const long = await writeMassList(crew().maker, run.runNo, join(dir, "long"), { taggedLines: 5 });
    expect(long).toMatchObject({ lines: 12, pages: 1 });
    expect(readFileSync(long.csv, "utf8")).toBe(readFileSync(written.csv, "utf8"));
    const text = pdfText(readFileSync(written.pdf));
    const texts = [text, pdfText(readFileSync(long.pdf))];
    for (const [index, item] of items.entries()) {
      const number = String(item.recipientId).padStart(10, "0");
      expect(lines[index + 1]).toContain(`${number},${number15(item.addresseeNumber)}`);
      expect(lines[index + 1]).toContain("2026-12,25000,20000");
      for (const each of texts) expect(each.replaceAll(/\s/g, "")).toContain(number);
    }
    for (const flat of texts.map((each) => each.replaceAll(/\s/g, ""))) {
      expect(flat).toContain("計12件");
      expect(flat.split("25,000円").length - 1).toBe(12);
      expect(flat).toContain("〔支援措置〕");
    }
    for (const found of [...texts, lines.join("\n")]) expect(found).not.toContain("九丁目");
    const { rows } = await database.pool.query(
      "SELECT actor FROM audit.event WHERE action = 'massWork.list' AND object_kind = 'massRun' AND command_key IS NULL",
    );
    expect(rows).toEqual([{ actor: "staff.ito" }, { actor: "staff.ito" }]);
    if (process.env["HAGUKUMI_PICTURES"] !== undefined)
      for (const [name, { pdf }] of Object.entries({ "mass-list": written, "mass-list-long": long }))
        copyFileSync(pdf, join(process.env["HAGUKUMI_PICTURES"], `${name}.pdf`));
  },
);

it("a text is broken into lines that fit, without losing a character, and never inside a number", () => {
  const pieces = ["一", "あ", "葛\u{E0100}", "12,000円", "。", "（", "第3子", " ", "ABC"];
  assert(
    property(array(constantFrom(...pieces), { maxLength: 60 }), integer({ min: 16, max: 84 }), (parts, room) => {
      const text = parts.join("");
      const lines = brokenInto(text, room);
      expect(lines.join("")).toBe(text);
      for (const line of lines) {
        expect(line.startsWith("\u{E0100}")).toBe(false);
        expect((printedWidth(line) / 1000) * 7.5 * (25.4 / 72)).toBeLessThanOrEqual(room + 0.01);
      }
      const broken = lines.slice(1).filter((line, index) => /[0-9,]$/.test(lines[index] ?? "") && /^[0-9,]/.test(line));
      expect(broken).toEqual([]);
    }),
  );
});
