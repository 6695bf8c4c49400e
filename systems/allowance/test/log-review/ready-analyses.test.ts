import { month } from "@hagukumi/law/contract.ts";
import { readAccessLog } from "@hagukumi/platform/access/read-log.ts";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { addLogRows } from "../../../../platform/test/support/log-rows.ts";
import { callOf, signIn } from "../../../../platform/test/support/staff.ts";
import { addSetting } from "../../src/settings.ts";
import { listFindings } from "../../src/log-review/findings.ts";
import { logInCounts } from "../../src/log-review/months.ts";
import { reviewMonth } from "../../src/log-review/review-log.ts";
import { contextOf } from "../support/cases.ts";
import { seedPeople } from "../support/people.ts";
import type { People } from "../support/people.ts";

const database = useDatabase();
const OCTOBER = month("2026-10");
let people: People;
let auditor = "";

/** One row of the log about `person`, at `at` in Japan. */
async function look(staffId: string, person: number, at: string): Promise<void> {
  await addLogRows(database.pool, 1, staffId);
  await database.pool.query(
    "UPDATE access.log SET addressee_number = $1, processed_at = $2::timestamp AT TIME ZONE 'Asia/Tokyo' WHERE seq = (SELECT max(seq) FROM access.log)",
    [person, at],
  );
}

/** What the rules of October say, as rule, member of staff, person. */
async function found(): Promise<readonly (readonly [string, string | null, number | null])[]> {
  await reviewMonth(contextOf(database.pool, "kansa.a"), OCTOBER);
  const findings = await listFindings(database.pool, "2026-10-01");
  return findings.map(({ rule, staffId, addresseeNumber }) => [rule, staffId, addresseeNumber] as const);
}

beforeAll(async () => {
  people = await seedPeople(database.pool);
  const section = { code: "kansa", kind: "audit", inCharge: false };
  auditor = await signIn(database.pool, { staffId: "kansa.a", roles: ["auditor"], section });
  await signIn(database.pool, { staffId: "tanto.a", roles: ["clerk"] });
});

describe("ready analyses", () => {
  it("[A148] night and holiday, log-in failures, log-ins of each number, mass search, all looks at a given person; the ordinary is not raised", async () => {
    const { pool } = database;
    // Ordinary: Tuesday 6 October 10:00. Night: 21:30 of that day. Holiday: スポーツの日, Monday 12 October. Weekend: Saturday the 17th.
    await look("tanto.a", people.mother.number, "2026-10-06 10:00");
    await look("tanto.b", people.mother.number, "2026-10-06 21:30");
    await look("tanto.c", people.mother.number, "2026-10-12 10:00");
    await look("tanto.d", people.father.number, "2026-10-17 10:00");
    // The city's own closed day, Thursday 15 October (架空の開庁記念日): a day like any other for a city that has not set it.
    await addSetting(pool, {
      name: "closedDays",
      validFrom: "2026-04-01",
      value: ["2026-10-15"],
      enteredBy: "a.a",
      approvedBy: "b.b",
    });
    await look("tanto.i", people.father.number, "2026-10-15 10:00");
    await look("tanto.j", people.father.number, "2026-10-16 10:00");
    // 60 searches within an hour are not raised, 61 are.
    for (const [staffId, count] of [
      ["tanto.e", 60],
      ["tanto.f", 61],
    ] as const) {
      await addLogRows(pool, count, staffId);
      await pool.query(
        "UPDATE access.log SET action = 'search', operation = 'searchPeople', addressee_number = NULL, processed_at = '2026-10-07 14:00+09'::timestamptz + seq * interval '1 millisecond' WHERE staff_id = $1",
        [staffId],
      );
    }
    // Four failures of one number on a day are not raised, five are; successes are counted.
    const attempt = `INSERT INTO identity.attempt (staff_id, terminal_code, kind, outcome, bound, attempted_at)
      SELECT $1, 'T-kodomo-shien', 'logIn', $2, true, '2026-10-08 09:00+09' FROM generate_series(1, $3::int)`;
    await pool.query(attempt, ["tanto.g", "refused", 4]);
    await pool.query(attempt, ["tanto.h", "refused", 5]);
    await pool.query(attempt, ["tanto.h", "success", 2]);
    const raised = (await found()).map(([rule, staffId]) => `${rule} ${staffId ?? ""}`);
    expect(raised.toSorted()).toEqual([
      "logInFailures tanto.h",
      "massSearch tanto.f",
      "offHours tanto.b",
      "offHours tanto.c",
      "offHours tanto.d",
      "offHours tanto.i",
    ]);
    expect(await logInCounts(pool, OCTOBER)).toEqual([
      { staffId: "tanto.h", logIns: 2, failures: 5 },
      { staffId: "tanto.g", logIns: 0, failures: 4 },
    ]);
    const { rows } = await readAccessLog(pool, callOf(auditor), { addresseeNumber: people.mother.number });
    expect(rows.map(({ staffId }) => staffId)).toEqual(["tanto.c", "tanto.b", "tanto.a"]);
  });

  it("[A149] looks at one's own family, at colleagues, at people under 支援措置 and at neighbours are raised; a stranger is not", async () => {
    const { mother, neighbour, protectedMother, eastFather, father } = people;
    await database.pool.query(
      `INSERT INTO access.staff_relation (staff_id, addressee_number, relation, valid_from, entered_by, approved_by) VALUES
       ('shoku.a', $1, 'family', '2026-01-01', 'jinji.a', 'jinji.b'), ('shoku.a', $2, 'neighbour', '2026-01-01', 'jinji.a', 'jinji.b'),
       ('shoku.b', $3, 'self', '2026-01-01', 'jinji.a', 'jinji.b')`,
      [mother.number, neighbour.number, eastFather.number],
    );
    await expect(
      database.pool.query(
        `INSERT INTO access.staff_relation (staff_id, addressee_number, relation, valid_from, entered_by, approved_by)
         VALUES ('shoku.a', 1, 'family', '2026-01-01', 'jinji.a', 'jinji.a')`,
      ),
    ).rejects.toMatchObject({ constraint: "staff_relation_two_people" });
    for (const person of [mother, neighbour, eastFather, protectedMother, father])
      await look("shoku.a", person.number, "2026-10-20 10:00");
    const own = (await found())
      .filter(([, staffId]) => staffId === "shoku.a")
      .map(([rule, , person]) => `${rule} ${person ?? ""}`);
    expect(new Set(own)).toEqual(
      new Set([
        `colleague ${eastFather.number}`,
        `ownRecord ${mother.number}`,
        `ownRecord ${neighbour.number}`,
        `protectedTouched ${protectedMother.number}`,
      ]),
    );
  });
});
