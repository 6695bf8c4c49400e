import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { readPdfText } from "../../../../platform/test/support/read-pdf.ts";
import { createGate, fieldsOf } from "../../src/notices/content/fields.ts";
import { layOut } from "../../src/notices/content/layout.ts";
import { letterText } from "../../src/notices/content/letter.ts";
import { FORM_CODES } from "../../src/notices/forms/form-codes.ts";
import { defineForm } from "../../src/notices/forms/form.ts";
import { formOf } from "../../src/notices/forms/list.ts";
import { writeLetters } from "../../src/notices/print/draw-letters.ts";
import { testFolder } from "../support/context.ts";
import { allSamples, composeSample, sampleSource, texts } from "./samples.ts";

const folder = testFolder();

const compose = (): { blocks: [] } => ({ blocks: [] });

const textOf = (form: (typeof FORM_CODES)[number]): string =>
  letterText(composeSample(sampleSource(form, "general")).content).join("");

describe("帳票の登録", () => {
  it("a form without a declared field, label or person can't be registered, and a value outside the declaration is not printed", () => {
    const form = formOf("certification");
    expect(() => defineForm({ ...form, fields: {}, compose })).toThrow(TypeError);
    expect(() => defineForm({ ...form, fields: { a: { kind: "plain", label: "" } }, compose })).toThrow(TypeError);
    expect(() =>
      defineForm({ ...form, fields: { a: { kind: "personal", label: "氏名", item: "name", of: "" } }, compose }),
    ).toThrow(TypeError);
    const gate = createGate(null, new Map());
    const declared = { month: { kind: "plain", label: "年月" }, total: { kind: "amount", label: "額" } } as const;
    const fields = fieldsOf(declared, gate);
    expect(() => fields.plain("other" as "month", "x")).toThrow(TypeError);
    expect(() => fields.plain("total" as "month", "x")).toThrow(TypeError);
    expect(() => fields.person("month" as never, 1)).toThrow(TypeError);
    expect(() => fields.amount("total", 1, "")).toThrow(TypeError);
    expect(fields.amount("total", 1000, "わけ").text).toBe("1,000円");
  });

  it("all of F1 to F22 are there", () => {
    const numbers = new Set(FORM_CODES.map((code) => formOf(code).number));
    expect(
      Array.from({ length: 22 }, (_, index) => `F${index + 1}`).filter((number) => !numbers.has(number)),
    ).toStrictEqual([]);
  });
});

describe("帳票の文面", () => {
  it.each(FORM_CODES)("%s says what it said, general and institution", async (form) => {
    const both = allSamples
      .filter((sample) => sample.form === form)
      .map(({ version, source }) => `■ ${version}\n${letterText(composeSample(source).content).join("\n")}\n`);
    await expect(both.join("\n")).toMatchFileSnapshot(`golden/${formOf(form).number}-${form}.txt`);
  });

  it("内払調整 of one payment says what was taken and what is left, and is no decision of its own", () => {
    const facts = { offset: 10_000, left: 50_000, payOn: "2027-02-15" };
    const { content, amount } = composeSample({ ...sampleSource("advanceOffset", "general"), facts });
    expect(amount).toBe(10_000);
    expect(content.title).toBe("児童手当内払調整実施通知書");
    const words = letterText(content).join("");
    for (const each of ["令和9年2月15日", "10,000円", "50,000円"]) expect(words).toContain(each);
    expect(words).not.toContain("審査請求");
  });

  it("[R22][A223] 教示: the governor for what is 法定受託事務, the mayor for the city's own matters, none where nothing is decided", () => {
    for (const form of [
      "certification",
      "claimRefused",
      "revision",
      "revisionRefused",
      "extinction",
      "hold",
      "unpaidBenefit",
      "cancellation",
      "exOfficio",
    ] as const) {
      expect(textOf(form)).toContain("架空県知事に対して審査請求");
      expect(textOf(form)).toMatch(/3か月以内.*6か月以内/);
    }
    expect(textOf("feeCollection")).toContain("架空熊本市長に対して審査請求");
    expect(textOf("feeCollection")).not.toContain("架空県知事");
    for (const form of [
      "payment",
      "annualReport",
      "documents",
      "claimInvitation",
      "milestoneGuide",
      "donation",
    ] as const)
      expect(textOf(form)).not.toContain("審査請求");
  });

  it("every amount stands beside its reason, and the sums are those of the children", () => {
    const lines = letterText(composeSample(sampleSource("revision", "general")).content);
    // 10,000 + 10,000 + 30,000 = 50,000 after; 10,000 + 10,000 = 20,000 before
    for (const yen of ["10,000円", "30,000円", "50,000円", "20,000円", "+30,000円"]) expect(lines).toContain(yen);
    expect(lines.filter((line) => line.includes("児童手当法6条1項1号"))).toHaveLength(3);
    const paid = letterText(composeSample(sampleSource("payment", "general")).content).join("\n");
    // (10,000 + 10,000 + 30,000) × 2 = 100,000 less 5,000 = 95,000
    for (const part of ["100,000円", "−5,000円", "95,000円", "月額30,000円×2か月", "****123"])
      expect(paid).toContain(part);
  });

  it("the pages of all forms carry their words, read back with another program; 葛󠄀, 辻󠄀 and 髙 among them", async () => {
    const path = join(folder, "all.pdf");
    const letters = allSamples.map(({ source }, index) => ({
      id: { runNo: 1, seq: index + 1, envelope: 100_000_001 + index },
      content: composeSample(source).content,
    }));
    const { pages, pagesEach } = await writeLetters(path, "見本", letters, texts.seals);
    expect(pages).toBe(pagesEach.reduce((sum, each) => sum + each, 0));
    expect(pagesEach).toStrictEqual(letters.map(({ content }) => layOut(content).pages.length));
    const text = await readPdfText(await readFile(path));
    for (const { content } of letters) expect(text).toContain(content.title.replaceAll(/\s/g, ""));
    for (const name of ["辻\u{E0100}", "葛\u{E0100}花子", "髙二"]) expect(text).toContain(name);
    expect(text).toContain("教示");
  });

  it("the same letters give the same bytes", async () => {
    const letters = allSamples.slice(0, 6).map(({ source }, index) => ({
      id: { runNo: 1, seq: index + 1, envelope: index + 1 },
      content: composeSample(source).content,
    }));
    const one = await writeLetters(join(folder, "one.pdf"), "見本", letters, texts.seals);
    const two = await writeLetters(join(folder, "two.pdf"), "見本", letters, texts.seals);
    expect(two.sha256).toBe(one.sha256);
  });
});
