import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { inspect } from "node:util";
import { individualNumberCheckDigit } from "@hagukumi/platform/text/check-digits.ts";
import { describe, expect, it } from "vitest";

import { IndividualNumber } from "../../src/number/individual-number.ts";
import { drawDigits } from "../support/vault.ts";

const body = "12345678901"; // its check digit: 1·6+2·5+3·4+4·3+5·2+6·7+7·6+8·5+9·4+0·3+1·2 = 212; 212 mod 11 = 3; 11 − 3 = 8
const valid = [body, "8"].join("");

describe("a 個人番号 at the door", () => {
  it("[THR63] is refused with any one digit wrong that the check digit finds, and with two neighbours swapped", () => {
    let refused = 0;
    let told = 0;
    for (let place = 0; place < 12; place += 1) {
      for (let digit = 0; digit < 10; digit += 1) {
        const wrong = `${valid.slice(0, place)}${digit}${valid.slice(place + 1)}`;
        const found = Number(wrong[11]) !== individualNumberCheckDigit(wrong.slice(0, 11));
        if (found) told += 1;
        if (!found) continue;
        expect(() => IndividualNumber.read(wrong)).toThrowError(expect.objectContaining({ code: "numberInvalid" }));
        refused += 1;
      }
    }
    for (let place = 0; place < 11; place += 1) {
      const swapped = `${valid.slice(0, place)}${valid[place + 1]}${valid[place]}${valid.slice(place + 2)}`;
      expect(() => IndividualNumber.read(swapped), swapped.slice(place, place + 2)).toThrowError();
    }
    expect(refused).toBe(told);
    // 12 places × 9 other digits = 108 errors. The remainders 0 and 1 share the check digit 0, so a rule by 11 may let one of
    // them pass; here the sum is 212 (remainder 3) and every one is found.
    expect(refused).toBe(108);
  });

  it.each([
    "",
    "1".repeat(11),
    "1".repeat(13),
    "0".repeat(12),
    "9".repeat(12),
    "一二三四五六七八九〇一二",
    "12345678901X",
  ])("is refused where it is no number: %s", (text) =>
    expect(() => IndividualNumber.read(text)).toThrowError(expect.objectContaining({ code: "numberInvalid" })),
  );

  it("is read as people type it: full width, in groups of four, with blanks or hyphens", () => {
    const wide = valid.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
    const groups = [valid.slice(0, 4), valid.slice(4, 8), valid.slice(8)];
    for (const text of [
      wide,
      groups.join(" "),
      groups.join("-"),
      groups.join("　"),
      groups.join("－"),
      `  ${valid}\n`,
    ]) {
      expect(IndividualNumber.read(text).exposeDigits()).toBe(valid);
    }
  });
});

describe("a 個人番号 in memory", () => {
  it("never prints: not as text, in JSON, by inspect, in a template, in an error, nor as a copy", () => {
    const digits = drawDigits();
    const number = IndividualNumber.read(digits);
    const shown = [
      String(number),
      ["", number, ""].join(" "),
      JSON.stringify({ number, list: [number] }),
      inspect({ deep: { number } }, { depth: 9, showHidden: true }),
      new Error("failed", { cause: { number } }).stack ?? "",
      inspect(new Error("failed", { cause: { number } })),
      Object.entries(number).join(),
      JSON.stringify(structuredClone(Object.assign({}, number))),
      inspect([number].toString()),
    ];
    for (const text of shown) expect(text).not.toContain(digits);
    expect(shown[0]).toBe("個人番号（非表示）");
  });

  it("tells nothing in the refusal of a wrong one", () => {
    const wrong = `${valid.slice(0, 11)}7`;
    try {
      IndividualNumber.read(wrong);
      expect.unreachable();
    } catch (error) {
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(wrong);
    }
  });

  it("is gone after wiping", () => {
    const number = IndividualNumber.read(valid);
    number.wipe();
    expect(number.exposeDigits()).toBe("\0".repeat(12));
  });

  it("is opened in few places: everything else of the repository only passes it on", () => {
    const root = resolve(import.meta.dirname, "../../..");
    const files = execFileSync("git", ["-c", "core.quotepath=off", "ls-files", "--", "*.ts", "*.tsx"], {
      cwd: root,
      encoding: "utf8",
    });
    const places = files
      .split("\n")
      .filter((path) => path !== "" && !/\/test\//.test(path))
      .filter((path) => /\.exposeDigits\(|\.exposeBytes\(/.test(readFileSync(join(root, path), "utf8")));
    expect(places.toSorted()).toEqual(PLACES);
  });
});

/** Where digits leave the wrapper. A new place is a decision: it is written here with its reason. */
const PLACES: readonly string[] = [
  "vault/src/keys/key-ring.ts", // cipher and index
  "vault/src/server/wire.ts", // the connection between a caller and a vault in a process of its own
  "web/staff/src/api/numbers.ts", // the display, for one person, after a re-authentication
];
