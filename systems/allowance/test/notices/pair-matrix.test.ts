/** 支援措置の組: twelve kinds of notice, and what the two people are in them – the one who must not know and the one who must not be found. */
import { describe, expect, it } from "vitest";

import { letterText } from "../../src/notices/content/letter.ts";
import type { PersonRecord } from "../../src/notices/content/people.ts";
import type { FormCode } from "../../src/notices/forms/form-codes.ts";
import { CHILDREN, composeSample, PARENT, people, sampleSource } from "./samples.ts";

/** The notices that a parent gets about a child: certified, refused, changed, ended, paid, held, asked, reminded … */
const NOTICES = [
  "certification",
  "claimRefused",
  "revision",
  "revisionRefused",
  "extinction",
  "payment",
  "annualReport",
  "annualReportReminder",
  "hold",
  "documents",
  "cancellation",
  "exOfficio",
] as const satisfies readonly FormCode[];

/** Where victim and child are now, and the name that the child has there. */
const SECRET = {
  address: "架空秘市北区秘匿台七丁目八番九号",
  building: "ひなんハイツ　３０２",
  postalCode: "8619876",
} as const;
const TRACES = ["秘市", "秘匿", "ひなん", "8619876", "861-9876"] as const;
const OTHER = 900000000003555;

const tracesIn = (value: unknown): readonly string[] => {
  const text = JSON.stringify(value);
  return TRACES.filter((trace) => text.includes(trace));
};

/** Everybody as in the samples, but for those who fled. */
const with_ = (fled: readonly number[]): ReadonlyMap<number, PersonRecord> =>
  new Map(
    [...people].map(([number, person]) => {
      if (!fled.includes(number)) return [number, person];
      const hidden = { ...person, ...SECRET, protected: true };
      return [number, number === PARENT ? hidden : { ...hidden, name: "秘匿　一郎" }];
    }),
  );

/** What each of the two is in the notice. */
const ROLES = [
  { role: "the offender gets it, the child that fled is named", fled: [CHILDREN[0]], cases: [PARENT, CHILDREN[0]] },
  { role: "the offender gets it, every child fled", fled: [...CHILDREN], cases: [PARENT, ...CHILDREN] },
  { role: "the offender gets it, nobody who fled is named", fled: [], cases: [PARENT], named: [] },
  {
    role: "the victim gets it, with the child",
    fled: [PARENT, ...CHILDREN],
    cases: [PARENT, ...CHILDREN],
    victim: true,
  },
  { role: "the victim gets it, the child stayed behind", fled: [PARENT], cases: [PARENT, ...CHILDREN], victim: true },
  { role: "neither of them: another family gets it", fled: [], cases: [OTHER], free: true },
] as const;

describe("支援措置の組", () => {
  it("[THR51] 12 notices × 6 roles of the two people: for the offender no notice goes out by itself or tells of the child's move; the victim's own address is on her envelope alone", () => {
    let cells = 0;
    for (const form of NOTICES) {
      for (const of of ROLES) {
        const sample = sampleSource(form, "general");
        const source = "named" in of ? { ...sample, named: [...of.named] } : sample;
        const { content, route, shownAddresses } = composeSample(source, with_(of.fled), of.cases);
        const cell = `${form}: ${of.role}`;
        const { envelope, ...rest } = content;
        // The words of the letter never say where anybody is who fled – not even the victim's own: only her envelope does.
        const inWords = tracesIn(rest);
        const victim = "victim" in of;
        // 現況届 prints the address of whom it is for; of the victim it is looked at by a person before it goes.
        if (!(victim && form.startsWith("annualReport"))) expect({ cell, inWords }).toEqual({ cell, inWords: [] });
        expect({ cell, on: tracesIn(envelope).length > 0 }).toEqual({ cell, on: victim });
        if (!victim) {
          expect({ cell, words: tracesIn(letterText(content)) }).toEqual({ cell, words: [] });
          expect(shownAddresses.filter(({ number }) => number !== PARENT)).toEqual([]);
        }
        if ("free" in of)
          expect({ cell, reason: "reason" in route ? route.reason : "" }).not.toMatchObject({ reason: "protected" });
        else expect({ cell, ...route }).toEqual({ cell, to: "tray", reason: "protected" });
        cells += 1;
      }
    }
    expect(cells).toBe(72);
  });
});
