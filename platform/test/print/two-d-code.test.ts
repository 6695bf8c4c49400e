import { readCode } from "../support/read-code.ts";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { twoDCode } from "../../src/print/two-d-code.ts";

const SCALE = 4;
const QUIET = 4;

/** The code as the picture that a camera would see. */
function picture(text: string): { width: number; height: number; data: Uint8Array } {
  const { size, runs } = twoDCode(text);
  const side = (size + 2 * QUIET) * SCALE;
  const data = new Uint8Array(side * side * 4).fill(255);
  for (const [x, y, width] of runs) {
    for (let row = 0; row < SCALE; row += 1) {
      const from = ((y + QUIET) * SCALE + row) * side + (x + QUIET) * SCALE;
      for (let at = from; at < from + width * SCALE; at += 1) data.fill(0, at * 4, at * 4 + 3);
    }
  }
  return { width: side, height: side, data };
}

describe("二次元コード", () => {
  it("a text that machines could read in two ways is refused", () => {
    for (const text of ["", "abc", "架空", "A".repeat(91)]) expect(() => twoDCode(text)).toThrow(TypeError);
  });

  it("an independent reader gets back what was written", () => {
    const mark = fc.string({
      unit: fc.constantFrom(...Array.from("0123456789ABCXYZ $%*+-./:")),
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(mark, (text) => {
        expect(readCode(picture(text))).toBe(text);
      }),
      { numRuns: 60 },
    );
  });
});
