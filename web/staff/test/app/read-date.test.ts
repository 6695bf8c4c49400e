import { civilDate } from "@hagukumi/law/contract.ts";
import { formatWareki } from "@hagukumi/platform/calendar/wareki.ts";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { readDate, readMonth } from "../../app/ui/read-date.ts";

describe("a day as people type it", () => {
  it.each([
    "",
    "令和",
    "R8.2.29",
    "2026-02-29",
    "2026-13-01",
    "平成31年5月1日",
    "昭和64年1月8日",
    "8.10.3",
    "2026-10",
    "202610",
    "きのう",
    "R0.1.1",
  ])("%s is none", (text) => expect(readDate(text)).toBeUndefined());

  it.each([
    "令和8年10月3日",
    "R8.10.3",
    "r8/10/3",
    "Ｒ８．１０．３",
    "2026-10-03",
    "2026/10/3",
    "2026.10.3",
    "20261003",
    "2026年10月3日",
    " 2026-10-03 ",
  ])("%s is 2026-10-03", (text) => expect(readDate(text)).toBe("2026-10-03"));

  it("every day from 1873 on, written in 和暦, in western form, with and without separators, is read as itself", () => {
    const day = fc.date({ min: new Date("1873-01-01"), max: new Date("2199-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(day, (date) => {
        const text = date.toISOString().slice(0, 10);
        for (const form of [text, text.replaceAll("-", "/"), text.replaceAll("-", ""), formatWareki(civilDate(text))]) {
          expect(readDate(form)).toBe(text);
        }
      }),
    );
  });
});

describe("a month as people type it", () => {
  it.each([
    "",
    "12",
    "2026",
    "2026-13",
    "202613",
    "R8.13",
    "R0.1",
    "平成31年5月",
    "2026-12-01",
    "令和8年12月1日",
    "8.12",
    "来月",
  ])("%s is none", (text) => expect(readMonth(text)).toBeUndefined());

  it.each([
    "令和8年12月",
    "R8.12",
    "r8/12",
    "Ｒ８．１２",
    "2026-12",
    "2026/12",
    "2026.12",
    "202612",
    "2026年12月",
    " 2026-12 ",
  ])("%s is 2026-12", (text) => expect(readMonth(text)).toBe("2026-12"));
});
