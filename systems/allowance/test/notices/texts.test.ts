import { join } from "node:path";
import { readFile } from "node:fs/promises";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { readPng } from "@hagukumi/platform/print/png-picture.ts";
import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { pdfText } from "../../../../platform/test/support/pdf-text.ts";
import { appealBlock } from "../../src/notices/content/compose.ts";
import { layOut, PAGE } from "../../src/notices/content/layout.ts";
import { letterText } from "../../src/notices/content/letter.ts";
import { FORM_CODES } from "../../src/notices/forms/form-codes.ts";
import { formOf } from "../../src/notices/forms/list.ts";
import { writeLetters } from "../../src/notices/print/draw-letters.ts";
import { readPageMark } from "../../src/notices/print/page-mark.ts";
import { editionDigest } from "../../src/notices/runs/editions.ts";
import { approveText, listTexts, proposeText, seedDemoTexts } from "../../src/notices/texts/change-text.ts";
import { demoTexts } from "../../src/notices/texts/demo-texts.ts";
import { readTexts } from "../../src/notices/texts/text-blocks.ts";
import { contextOf } from "../support/cases.ts";
import { testFolder } from "../support/context.ts";
import { composeSample, sampleSource, texts } from "./samples.ts";

const database = useDatabase();
const folder = testFolder();
const enterer = () => contextOf(database.pool, "mongon.ichiro");
const approver = () => contextOf(database.pool, "mongon.niro");

const words = (matter: "delegated" | "own" | "none", from = texts): string =>
  JSON.stringify(appealBlock(matter, from) ?? "");

describe("文言", () => {
  it("a text counts from its day on, only when another person has approved exactly it; the earlier one stays for earlier documents", async () => {
    await expect(readTexts(database.pool, "2026-12-01")).rejects.toMatchObject({ code: "letterTextMissing" });
    await seedDemoTexts(enterer(), approver());
    const content = { title: "お問い合わせ先", lines: ["架空熊本市 新しい課"] };
    await expect(
      proposeText(enterer(), {
        kind: "contact",
        scope: "",
        validFrom: "2027-04-01",
        content: { title: "", lines: [] },
      }),
    ).rejects.toMatchObject({ code: "letterTextInvalid" });
    await expect(
      proposeText(enterer(), { kind: "contact", scope: "../", validFrom: "2027-04-01", content }),
    ).rejects.toMatchObject({ code: "letterTextInvalid" });
    const text = await proposeText(enterer(), { kind: "contact", scope: "", validFrom: "2027-04-01", content });
    expect((await readTexts(database.pool, "2027-04-01")).get("contact").lines).toStrictEqual(demoTexts.contact.lines);
    await expect(approveText(enterer(), text)).rejects.toMatchObject({ code: "samePerson" });
    await expect(approveText(approver(), { ...text, digest: "0".repeat(64) })).rejects.toMatchObject({
      code: "contentChanged",
    });
    await approveText(approver(), text);
    await expect(approveText(approver(), text)).rejects.toMatchObject({ code: "letterTextUnknown" });
    expect((await readTexts(database.pool, "2027-03-31")).get("contact").lines).toStrictEqual(demoTexts.contact.lines);
    expect((await readTexts(database.pool, "2027-04-01")).get("contact").lines).toStrictEqual(content.lines);
    expect((await listTexts(database.pool)).filter(({ kind }) => kind === "contact")).toHaveLength(2);
  });

  it("a ward's own contact is printed for that ward, the city's for the others; a form's note for that form", async () => {
    await seedDemoTexts(enterer(), approver());
    const propose = async (kind: "contact" | "note", scope: string, content: unknown) =>
      await approveText(approver(), await proposeText(enterer(), { kind, scope, validFrom: "2010-04-01", content }));
    await propose("contact", "431028", { title: "お問い合わせ先", lines: ["架空東区役所"] });
    await propose("note", "payment", { lines: ["添え書き"] });
    const found = await readTexts(database.pool, "2026-12-01");
    expect(found.get("contact", "431028").lines).toStrictEqual(["架空東区役所"]);
    expect(found.get("contact", "431010").lines).toStrictEqual(demoTexts.contact.lines);
    expect(found.find("note", "payment")?.lines).toStrictEqual(["添え書き"]);
    expect(found.find("note", "hold")).toBeUndefined();
  });

  it("[A122] [D76] [D91] the office in charge is renamed from a day on, and earlier documents keep its name; every form that goes out has a layout of its own, fixed by its digest, while 問合せ先, 教示 and 添え書き are edited from a day on, form by form", async () => {
    await seedDemoTexts(enterer(), approver());
    const day = "2028-04-01";
    const edit = async (
      kind: "contact" | "note" | "appeal.delegated" | "appeal.own",
      scope: string,
      content: unknown,
    ) => await approveText(approver(), await proposeText(enterer(), { kind, scope, validFrom: day, content }));
    await edit("contact", "", { title: "お問い合わせ先", lines: ["架空熊本市 八年度の課"] });
    await edit("appeal.delegated", "", { title: "教示", lines: ["八年度の教示（知事）"] });
    await edit("appeal.own", "", { title: "教示", lines: ["八年度の教示（市長）"] });
    for (const code of FORM_CODES) await edit("note", code, { lines: [`八年度の添え書き ${code}`] });
    const [before, after] = [await readTexts(database.pool, "2028-03-31"), await readTexts(database.pool, day)];
    const digests = FORM_CODES.map((code) => editionDigest(formOf(code)));
    const wordsOf = (code: (typeof FORM_CODES)[number], inForce: typeof before): string =>
      letterText(composeSample(sampleSource(code, "general"), undefined, undefined, inForce).content).join("\n");
    // The name in force the day before, as an earlier change of this city left it
    const office = before.get("contact", "431010").lines[0] ?? "";
    expect(office).not.toBe("");
    let named = 0;
    for (const code of FORM_CODES) {
      const [old, now] = [wordsOf(code, before), wordsOf(code, after)];
      expect(old, code).not.toContain("八年度");
      expect(now, code).toContain(`八年度の添え書き ${code}`);
      if (old.includes(office)) {
        named += 1;
        expect(now, code).toContain("架空熊本市 八年度の課");
        expect(now, code).not.toContain(office);
      }
      if (old.includes("審査請求")) expect(now, code).toContain("八年度の教示");
      expect(formOf(code)).toMatchObject({ number: expect.stringMatching(/^F\d{1,2}$/), edition: "2026-11" });
    }
    expect(named).toBeGreaterThan(10);
    // The texts are no part of the layout; a field more or less is another layout.
    expect(FORM_CODES.map((code) => editionDigest(formOf(code)))).toEqual(digests);
    expect(new Set(digests).size).toBe(FORM_CODES.length);
    const form = formOf("payment");
    const { counter: _counter, ...fewer } = form.fields;
    expect(editionDigest({ ...form, fields: fewer })).not.toBe(editionDigest(form));
  });

  it("[A123] the seal is printed with 職名 and 氏名, or 公印省略 in its place; a picture of another kind is refused", async () => {
    const source = sampleSource("certification", "general");
    const { content } = composeSample(source);
    const print = async (name: string, seal: string | null): Promise<Buffer> => {
      const path = join(folder, name);
      await writeLetters(
        path,
        "試験",
        [{ id: { runNo: 1, seq: 1, envelope: 1 }, content: { ...content, issuer: { ...content.issuer, seal } } }],
        texts.seals,
      );
      return await readFile(path);
    };
    const [sealed, plain] = [await print("sealed.pdf", content.issuer.seal), await print("plain.pdf", null)];
    expect(content.issuer.seal).not.toBeNull();
    expect(sealed.toString("latin1")).toContain("/Subtype /Image");
    expect(pdfText(sealed)).not.toContain("公印省略");
    expect(plain.toString("latin1")).not.toContain("/Subtype /Image");
    expect(pdfText(plain)).toContain("公印省略");
    for (const pdf of [sealed, plain]) expect(pdfText(pdf)).toContain("架空熊本市長");
    const bad = { ...demoTexts.issuer, seal: Buffer.from("GIF89a").toString("base64") };
    await expect(
      proposeText(enterer(), { kind: "issuer", scope: "", validFrom: "2027-01-01", content: bad }),
    ).rejects.toMatchObject({ code: "letterTextInvalid" });
    await expect(
      writeLetters(
        join(folder, "missing.pdf"),
        "試験",
        [{ id: { runNo: 1, seq: 1, envelope: 1 }, content }],
        new Map(),
      ),
    ).rejects.toThrow(TypeError);
  });

  it("any bytes at all are read as a picture or refused, never a crash", () => {
    const png = Buffer.from(demoTexts.issuer.seal, "base64");
    expect(readPng(png)).toMatchObject({ width: 119, height: 119, colours: 3 });
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void readPng(Buffer.from(bytes))));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: png.length - 1 }), fc.integer({ min: 0, max: 255 }), (at, value) => {
        const broken = Buffer.from(png);
        broken[at] = value;
        readPng(broken);
      }),
    );
  });

  it("[R45] the appeal of a ward head's decision goes to the mayor and then to the governor, where the city has delegated it", () => {
    const delegated = {
      ...texts,
      get: ((kind: never) =>
        kind === "authority"
          ? { ...demoTexts.authority, wardHeadsDelegated: true }
          : texts.get(kind)) as typeof texts.get,
    };
    expect(words("none")).toBe('""');
    expect(words("delegated")).toMatch(/架空県知事に対して審査請求/);
    expect(words("delegated")).not.toContain("再審査請求");
    expect(words("delegated", delegated)).toMatch(/架空熊本市長に対して審査請求.*架空県知事に対して再審査請求/);
    // 寄附・徴収・特別徴収 are no 法定受託事務 (29条の2): the mayor, whoever decides
    expect(words("own", delegated)).toMatch(/架空熊本市長に対して審査請求/);
    expect(words("own", delegated)).not.toContain("架空県知事");
  });
});

describe("頁", () => {
  it("a character in another form and an address that finds no room are listed for the letter, never an empty box", () => {
    const source = sampleSource("certification", "general");
    const { content } = composeSample(source);
    const odd = {
      ...content,
      envelope: { ...content.envelope, name: "葛\u{E0102}\u{30EDE}", lines: ["架空".repeat(60)] },
    };
    const { issues } = layOut(odd);
    expect(
      issues.filter(({ kind }) => kind === "character").map(({ codePoints, printed }) => [codePoints, printed]),
    ).toStrictEqual([
      ["U+845B U+E0102", "葛"],
      ["U+30EDE", "〓"],
    ]);
    expect(issues.filter(({ kind }) => kind === "overflow")).toHaveLength(1);
    expect(layOut(content).issues).toStrictEqual([]);
  });

  it("whatever the words, nothing stands outside the paper, and every text of the letter is on a page", () => {
    const { content } = composeSample(sampleSource("payment", "general"));
    const word = fc.string({
      unit: fc.constantFrom(...Array.from("架空児童手当、。「」10,ab\n葛")),
      minLength: 1,
      maxLength: 200,
    });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 40 }), (lines) => {
        const { pages } = layOut({
          ...content,
          blocks: [{ kind: "list", title: "", items: lines }, ...content.blocks],
        });
        for (const { texts: placed, rules } of pages) {
          for (const { y } of placed) expect(y).toBeLessThan(PAGE.height - 10);
          for (const { y } of rules) expect(y).toBeLessThan(PAGE.height - 10);
        }
        const printed = pages.flatMap((page) => page.texts.map(({ text }) => text)).join("");
        for (const line of lines) expect(printed).toContain(line.replaceAll("\n", ""));
      }),
      { numRuns: 40 },
    );
    expect(letterText(content).length).toBeGreaterThan(10);
  });

  it("a mark of something else is no mark", () => {
    for (const text of ["", "HG1", "HG2:F6:202611:2026:1:1:1:1", "HG1:F6:2026:2026:1:1:1:1"])
      expect(readPageMark(text)).toBeUndefined();
  });
});
