/** Prints the host's zone offset and, for each moment given, the digest of 500 assessments made at that moment. */
import { createHash } from "node:crypto";
import { assessed } from "./engine.ts";
import { familyOf } from "./families.ts";
import { holidays } from "./holidays.ts";

const offset = new Date("2024-07-01T00:00:00Z").getTimezoneOffset();
const moments = (process.argv[2] ?? "").split(",").map(Number);
holidays();
const families = Array.from({ length: 500 }, (_, index) => familyOf(index + 1));
const RealDate = Date;

function digestAt(moment: number): string {
  globalThis.Date = class extends RealDate {
    constructor(...given: readonly unknown[]) {
      super(...((given.length === 0 ? [moment] : given) as [number]));
    }
    static override now(): number {
      return moment;
    }
  } as DateConstructor;
  const hash = createHash("sha256");
  for (const family of families) {
    let answer: string;
    try {
      answer = JSON.stringify(assessed(family, true));
    } catch (error) {
      answer = String(error);
    }
    hash.update(answer);
  }
  globalThis.Date = RealDate;
  return hash.digest("hex");
}

console.log([offset, ...moments.map(digestAt)].join(" "));
