/** 年齢到達 of a synthetic population over a year, month by month, beside a plain second reading of the law. */
import {
  type Arbitrary,
  array,
  boolean,
  constantFrom,
  integer,
  oneof,
  option,
  record,
  sample,
  tuple,
} from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { examineAll } from "../../src/claims/examine.ts";
import { approveAll } from "../../src/decisions/decide.ts";
import { onDay } from "../support/families.ts";
import { testContext, testFolder } from "../support/context.ts";
import { claim, claimChild, resident } from "../support/feeds.ts";
import { bring, prepare } from "../support/filings.ts";
import { listOf, write } from "../support/mass-runs.ts";
import { monthIndex, monthName, type PlainFamily, plainChange, plainTotal } from "../support/plain-milestones.ts";

const database = useDatabase();
const dir = testFolder();
const at = (operator: string) => onDay(testContext(database, dir, operator), "2026-04-10");
const crew = () => ({ maker: at("staff.ito"), approver: at("staff.sato") });

/** The claims are of 2026-03-10: the first month is 2026-04. */
const FIRST = monthIndex("2026-04");
const LAST = monthIndex("2027-04");

const pad = (value: number): string => String(value).padStart(2, "0");
const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** Days that rules trip over come up as often as all others together. */
const born = (from: number, until: number): Arbitrary<string> =>
  tuple(integer({ min: from, max: until }), integer({ min: 1, max: 12 }), integer({ min: 1, max: 31 }), boolean()).map(
    ([year, month, day, edge]) => {
      const last = daysIn(year, month);
      const edges = [1, 2, last];
      return `${String(year)}-${pad(month)}-${pad(edge ? (edges[day % 3] ?? 1) : Math.min(day, last))}`;
    },
  );

const EDGES = [
  "2024-02-29",
  "2023-05-01",
  "2023-05-31",
  "2024-04-01",
  "2024-04-02",
  "2008-04-01",
  "2008-04-02",
  "2009-04-01",
  "2008-02-29",
];

const families: Arbitrary<readonly PlainFamily[]> = array(
  record({
    children: array(oneof(born(2006, 2025), constantFrom(...EDGES)), { minLength: 1, maxLength: 4 }),
    counted: array(
      record({
        born: born(2004, 2007),
        graduates: option(constantFrom("2026-09", "2027-03", "2028-03"), { nil: null }),
      }),
      { maxLength: 2 },
    ),
  }),
  { minLength: 250, maxLength: 250 },
).map((found) =>
  found.map(({ children, counted }, index) => ({
    recipient: 500_000 + index * 100,
    // Somebody who is past the school year of 18 at the claim is no child, somebody before it is not counted.
    children: children.filter((day) => day >= "2008-04-02").toSorted(),
    counted: counted.filter(({ born: day }) => day <= "2007-04-01").toSorted((a, b) => (a.born < b.born ? -1 : 1)),
  })),
);

const numberOf = (family: PlainFamily, index: number): number => family.recipient + 1 + index;

async function settle(population: readonly PlainFamily[]): Promise<void> {
  const named = population.flatMap((family) => [
    ...family.counted.map((each) => ({ family, born: each.born, graduates: each.graduates, role: "counted" })),
    ...family.children.map((day) => ({ family, born: day, graduates: null, role: "child" })),
  ]);
  const rows = population.flatMap((family) =>
    named
      .filter((each) => each.family === family)
      .map((each, index) => ({ ...each, number: numberOf(family, index), serial: index + 1 })),
  );
  await bring(at("staff.ito"), {
    residents: [
      ...population.map(({ recipient }) => resident(recipient, "1980-01-01")),
      ...rows.map(({ number, born: day }) => resident(number, day)),
    ],
    claims: population.map(({ recipient }) => claim(recipient, recipient, "2026-03-10")),
    claimChildren: rows.map(({ family, number, serial, role, graduates }) =>
      claimChild(family.recipient, number, serial, {
        区分: role,
        ...(role === "counted" ? { 負担開始年月日: "2024-04-01" } : {}),
        ...(graduates === null ? {} : { 卒業予定年月: graduates }),
      }),
    ),
  });
}

type Line = {
  readonly recipient: number;
  readonly kind: string;
  readonly before: number | null;
  readonly after: number | null;
};

/** Every recipient and what stands last: kind, month, yen. */
async function lastDecisions(): Promise<ReadonlyMap<number, { kind: string; month: string; total: number | null }>> {
  const { rows } = await database.pool.query<{ number: number; kind: string; month: string; total: number | null }>(
    `SELECT DISTINCT ON (r.recipient_id) r.addressee_number AS number, d.kind, to_char(d.effective_month, 'YYYY-MM') AS month, d.monthly_total AS total
     FROM allowance.recipient r JOIN allowance.decision d USING (recipient_id) ORDER BY r.recipient_id, d.seq DESC`,
  );
  return new Map(rows.map((row) => [row.number, row]));
}

const seed = process.env["HAGUKUMI_SEED"];
const [population = []] = sample(families, {
  numRuns: 1,
  seed: seed === undefined ? 20_261_123 : Number(seed) || Date.now(),
});
const certified = population.filter((family) => plainTotal(family, FIRST) > 0);

describe("年齢到達, month by month for a year", () => {
  beforeAll(async () => {
    await prepare(database.pool);
    await settle(certified);
    await examineAll(at("staff.ito"));
    await approveAll(at("staff.sato"));
  }, 120_000);

  it("every family is certified with the amount of the plain reading", async () => {
    const last = await lastDecisions();
    expect(last.size).toBe(certified.length);
    for (const family of certified) {
      expect(last.get(family.recipient)).toMatchObject({
        kind: "certify",
        month: "2026-04",
        total: plainTotal(family, FIRST),
      });
    }
  });

  it(
    "[D20][D21][D23][A66] the list of each month is what the plain reading finds, and the batch writes exactly it, once",
    { timeout: 300_000 },
    async () => {
      const seen = { decrease: 0, extinguish: 0 };
      for (let month = FIRST; month < LAST; month += 1) {
        const name = monthName(month);
        const { run, items } = await listOf(crew(), "ageMilestones", { month: name });
        const found = items
          .filter(({ outcome }) => outcome === "change")
          .map((item): Line => ({
            recipient: item.addresseeNumber,
            kind: item.after === "支給しない" ? "extinguish" : "decrease",
            before: item.yenBefore,
            after: item.yenAfter,
          }));
        const wanted = certified.flatMap((family): Line[] => {
          const change = plainChange(family, month);
          return change === undefined ? [] : [{ recipient: family.recipient, ...change }];
        });
        expect(
          found.toSorted((a, b) => a.recipient - b.recipient),
          name,
        ).toEqual(wanted);
        expect(
          items.filter(({ outcome }) => outcome === "cannot"),
          name,
        ).toEqual([]);
        for (const { kind } of wanted) seen[kind as "decrease" | "extinguish"] += 1;

        const done = await write(crew(), run);
        expect(done, name).toMatchObject({ state: "done", written: wanted.length, changed: 0, refused: 0 });
        expect(done.list).toMatchObject({
          yenBefore: wanted.reduce((sum, { before }) => sum + (before ?? 0), 0),
          yenAfter: wanted.reduce((sum, { after }) => sum + (after ?? 0), 0),
        });
        const last = await lastDecisions();
        for (const line of wanted) {
          expect(last.get(line.recipient)).toEqual({
            number: line.recipient,
            kind: line.kind,
            month: monthName(month + 1),
            total: line.after,
          });
        }
        // A second run of the month has nothing to write and writes nothing.
        const again = await listOf(crew(), "ageMilestones", { month: name });
        expect(again.run.list, name).toMatchObject({ change: 0, cannot: 0 });
        expect(await write(crew(), again.run), name).toMatchObject({ written: 0, state: "done" });
      }
      // The year has both kinds in number, or it shows nothing.
      expect(seen.decrease).toBeGreaterThan(30);
      expect(seen.extinguish).toBeGreaterThan(5);
      const { rows } = await database.pool.query(
        `SELECT count(*)::int AS decisions, count(DISTINCT recipient_id || '/' || effective_month)::int AS once,
                (SELECT count(*)::int FROM allowance.case_notice WHERE kind = 'decidedExOfficio') AS notices
         FROM allowance.decision WHERE origin = 'batch'`,
      );
      const all = seen.decrease + seen.extinguish;
      expect(rows).toEqual([{ decisions: all, once: all, notices: all }]);
    },
  );
});
