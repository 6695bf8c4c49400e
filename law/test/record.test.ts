/** An answer once given is given again: amounts, decisions, payments, reasons and refusals of 1,500 lines, word for word. */
import { describe, expect, it } from "vitest";
import { ANSWERS_IN_ONE, digestFrom, recorded } from "./support/record.ts";

describe("the record of answers", () => {
  it.each(recorded().map((digest, index) => [1 + index * ANSWERS_IN_ONE, digest] as const))(
    "seeds from %i: a change needs a new rule version, a line in CHANGES.md and a new record (support/record.ts)",
    (first, digest) => {
      expect(digestFrom(first)).toBe(digest);
    },
  );

  it("is not a record of nothing", () => {
    expect(new Set(recorded()).size).toBe(150);
  });
});
