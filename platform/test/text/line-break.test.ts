import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { brokenLines } from "../../src/text/line-break.ts";

const one = (): number => 1;
const lines = (text: string, room: number): readonly string[] => brokenLines(Array.from(text), one, room);

describe("行の折返し", () => {
  it("no line begins with a closing sign or ends with an opening one", () => {
    expect(lines("あいうえお。かき", 5)).toStrictEqual(["あいうえ", "お。かき"]);
    expect(lines("あいうえ「おか」き", 5)).toStrictEqual(["あいうえ", "「おか」き"]);
    expect(lines("あいうえおー」かき", 5)).toStrictEqual(["あいうえ", "おー」かき"]);
  });

  it("an amount or a number stays whole where it fits a line", () => {
    expect(lines("月額は10,000円です", 8)).toStrictEqual(["月額は", "10,000円で", "す"]);
    expect(lines("123456789", 4)).toStrictEqual(["1234", "5678", "9"]);
  });

  it("a line feed always breaks", () => {
    expect(lines("ああ\nいい", 10)).toStrictEqual(["ああ", "いい"]);
  });

  it("nothing is lost, and only a line whose signs can't be parted is wider than the room, whatever the text", () => {
    const text = fc.string({ unit: fc.constantFrom(...Array.from("あいう、。「」（）10,ab漢字ー")), maxLength: 60 });
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 12 }), (value, room) => {
        const broken = lines(value, room);
        expect(broken.join("")).toBe(value);
        expect(broken.every((line) => line.length <= room)).toBe(true);
      }),
    );
  });
});
