import { civilDate, month } from "@hagukumi/law/contract.ts";
import { staffGuard } from "@hagukumi/platform/access/guard.ts";
import { readAccessLog } from "@hagukumi/platform/access/read-log.ts";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { callOf, signIn } from "../../../../platform/test/support/staff.ts";
import type { Context } from "../../src/context.ts";
import {
  decideFinding,
  type Finding,
  listFindings,
  listProtectionAlerts,
  openFinding,
  readFinding,
} from "../../src/log-review/findings.ts";
import {
  drawSample,
  monthStates,
  readSample,
  recordSampleResult,
  SAMPLE_SIZE,
  signMonth,
} from "../../src/log-review/months.ts";
import { raiseProtectionAlerts, reviewMonth } from "../../src/log-review/review-log.ts";
import { reviewLastMonth } from "../../src/log-review/scheduled.ts";
import { openCase } from "../../src/openings/open-case.ts";
import { contextOf } from "../support/cases.ts";
import { seedPeople } from "../support/people.ts";
import type { People } from "../support/people.ts";

const database = useDatabase();
const sessions = new Map<string, string>();
let people: People;

function as(staffId: string): Context {
  const guard = staffGuard(callOf(sessions.get(staffId) ?? ""), { permission: "log.view" });
  return { ...contextOf(database.pool, staffId), guard };
}

const opens = async (staffId: string, addresseeNumber: number, code = "enquiry", text = ""): Promise<string> =>
  await openCase(
    { pool: database.pool, call: callOf(sessions.get(staffId) ?? "", "openCase") },
    { addresseeNumber },
    { code, text, origin: "search" },
  ).then(
    () => "opened",
    (error: unknown) => (error as { code: string }).code,
  );

/** Moves everything that was logged until now into October, a month that is over: a Tuesday morning. */
async function intoOctober(): Promise<void> {
  await database.pool.query(
    "UPDATE access.log SET processed_at = '2026-10-06 10:00+09'::timestamptz + seq * interval '1 second' WHERE processed_at > '2026-11-01'",
  );
  await database.pool.query(
    "UPDATE access.closed_attempt SET attempted_at = '2026-10-06 10:30+09'::timestamptz + attempt_id * interval '1 second'",
  );
}

const october = async (): Promise<readonly Finding[]> => await listFindings(database.pool, "2026-10-01");
const rulesOf = (findings: readonly Finding[]): readonly string[] => findings.map(({ rule }) => rule).toSorted();

beforeAll(async () => {
  people = await seedPeople(database.pool);
  const audit = { code: "kansa", kind: "audit", inCharge: false };
  for (const staffId of ["kansa.a", "kansa.b"]) {
    sessions.set(staffId, await signIn(database.pool, { staffId, roles: ["auditor"], section: audit }));
  }
  for (const staffId of ["tanto.a", "tanto.b", "tanto.c", "tanto.d"]) {
    sessions.set(staffId, await signIn(database.pool, { staffId, roles: ["clerk"] }));
  }
});

describe("replayed: what others found out by chance", () => {
  it("[I-46] a clerk who looks up one person again and again for himself: no look without a purpose, his look-ups are raised, and the sample can show them", async () => {
    const target = people.neighbour.number;
    expect(await opens("tanto.a", target, "")).toBe("purposeIncomplete");
    // He gives the same excuse thirty times, on people he has no work with.
    for (let n = 0; n < 30; n += 1)
      expect(await opens("tanto.a", target, "other", "窓口で本人から申し出があった")).toBe("opened");
    await intoOctober();
    const run = await reviewMonth(as("kansa.a"), month("2026-10"));
    expect(run.whole).toBe(true);
    const raised = (await october()).filter(({ staffId }) => staffId === "tanto.a");
    expect(rulesOf(raised)).toEqual(["otherPurpose", "sameText"]);
    const texts = raised.find(({ rule }) => rule === "sameText");
    expect(texts?.occurrences).toBe(30);
    await openFinding(as("kansa.a"), texts?.findingId ?? 0);
    const read = await readFinding(database.pool, texts?.findingId ?? 0);
    expect(new Set(read?.evidence.map(({ addresseeNumber }) => addresseeNumber))).toEqual(new Set([target]));
    expect(read?.evidence[0]).toMatchObject({ staffId: "tanto.a", purposeText: "窓口で本人から申し出があった" });
    // Every row of the month is his: whatever the draw, the sample shows them to somebody.
    expect(await drawSample(as("kansa.a"), month("2026-10"))).toBe(SAMPLE_SIZE);
    expect(new Set((await readSample(database.pool, month("2026-10"))).map(({ staffId }) => staffId))).toEqual(
      new Set(["tanto.a"]),
    );
  });

  it("[I-47][A150] who has looked at one person, listed for that person: a citizen's question can be answered", async () => {
    for (const staffId of ["tanto.b", "tanto.c"])
      expect(await opens(staffId, people.eastFather.number, "payment")).toBe("opened");
    expect(await opens("tanto.b", people.mother.number)).toBe("opened");
    await expect(
      readAccessLog(database.pool, callOf(sessions.get("tanto.b") ?? ""), {
        addresseeNumber: people.eastFather.number,
      }),
    ).rejects.toMatchObject({ code: "permissionMissing" });
    const call = callOf(sessions.get("kansa.a") ?? "", "searchAccessLog");
    const { rows, more } = await readAccessLog(database.pool, call, { addresseeNumber: people.eastFather.number });
    expect(more).toBe(false);
    expect(rows.map(({ staffId, purposeName, addresseeNumber }) => [staffId, purposeName, addresseeNumber])).toEqual([
      ["tanto.c", "支払・差止・振込不能への対応", people.eastFather.number],
      ["tanto.b", "支払・差止・振込不能への対応", people.eastFather.number],
    ]);
    // Asking is itself recorded.
    const { rows: asked } = await database.pool.query("SELECT staff_id, action FROM access.log WHERE request_id = $1", [
      call.requestId,
    ]);
    expect(asked).toEqual([{ staff_id: "kansa.a", action: "list" }]);
  });

  it("[I-48] private curiosity: many desks look at one person without a case, at night, and at a colleague; all of it is raised", async () => {
    const known = people.grandmother.number;
    await database.pool.query(
      `INSERT INTO access.staff_relation (staff_id, addressee_number, relation, valid_from, entered_by, approved_by)
       VALUES ('tanto.d', $1, 'self', '2026-01-01', 'jinji.a', 'jinji.b')`,
      [people.movedToEast.number],
    );
    for (const staffId of ["tanto.a", "tanto.b", "tanto.c", "tanto.d"])
      expect(await opens(staffId, known)).toBe("opened");
    expect(await opens("tanto.b", people.movedToEast.number)).toBe("opened");
    expect(await opens("tanto.c", people.father.number)).toBe("opened");
    await intoOctober();
    await database.pool.query(
      "UPDATE access.log SET processed_at = '2026-10-06 22:10+09' WHERE staff_id = 'tanto.c' AND addressee_number = $1",
      [people.father.number],
    );
    await reviewMonth(as("kansa.a"), month("2026-10"));
    const found = await october();
    const about = (number: number): readonly string[] => rulesOf(found.filter((one) => one.addresseeNumber === number));
    expect(about(known)).toContain("manyViewers");
    expect(about(people.movedToEast.number)).toContain("colleague");
    expect(rulesOf(found.filter(({ staffId }) => staffId === "tanto.c"))).toContain("offHours");
  });
});

describe("支援措置と閲覧禁止の警告", () => {
  it("are there with the next look at the list, for the auditor and 支援措置担当, and are acknowledged by opening them", async () => {
    await database.pool.query(
      `INSERT INTO access.denied_person (staff_id, addressee_number, reason, valid_from, entered_by, approved_by)
       VALUES ('tanto.b', $1, '親族', '2026-01-01', 'kakaricho.a', 'kacho.a')`,
      [people.deniedMother.number],
    );
    expect(await opens("tanto.b", people.deniedMother.number)).toBe("notFound");
    expect(await opens("tanto.c", people.protectedMother.number)).toBe("notFound");
    await raiseProtectionAlerts(database.pool);
    const alerts = await listProtectionAlerts(database.pool);
    expect(
      alerts.map(({ rule, staffId, addresseeNumber, seenBy }) => [rule, staffId, addresseeNumber, seenBy]),
    ).toEqual([
      ["protectedAttempt", "tanto.c", people.protectedMother.number, []],
      ["deniedAttempt", "tanto.b", people.deniedMother.number, []],
    ]);
    const [first] = alerts;
    await openFinding(as("kansa.b"), first?.findingId ?? 0, { protectionOnly: true });
    await raiseProtectionAlerts(database.pool);
    const again = await listProtectionAlerts(database.pool);
    expect(again.map(({ seenBy }) => seenBy)).toEqual([["kansa.b"], []]);
    const other = (await october())[0]?.findingId ?? 0;
    await expect(openFinding(as("kansa.b"), other, { protectionOnly: true })).rejects.toMatchObject({
      code: "findingUnknown",
    });
  });
});

const augustRuns = async (): Promise<readonly { readonly ran: string }[]> =>
  (
    await database.pool.query<{ ran: string }>(
      "SELECT ran_by AS ran FROM access.review_run WHERE month = '2026-08-01' ORDER BY run_id",
    )
  ).rows;

const august = async () =>
  (await monthStates(database.pool, civilDate("2026-09-11"))).find((each) => each.month === "2026-08");

describe("月の点検", () => {
  it("[THR43] a month that nobody reviews is overdue; a result without opening is refused; the month ends when all is looked at", async () => {
    const state = async (day: string): Promise<unknown> =>
      (await monthStates(database.pool, civilDate(day))).find((each) => each.month === "2026-10");
    // October's review is due on 10 November.
    expect(await state("2026-11-10")).toMatchObject({ overdue: false, signedBy: null });
    expect(await state("2026-11-11")).toMatchObject({ overdue: true, signedBy: null });
    const auditor = as("kansa.a");
    const findings = (await october()).filter(({ outcome }) => outcome === null);
    expect(findings.length).toBeGreaterThan(3);
    const [unseen] = findings.filter(({ seenBy }) => !seenBy.includes("kansa.b"));
    const result = { outcome: "justified", note: "架空の案件の記録と一致した" } as const;
    await expect(decideFinding(as("kansa.b"), unseen?.findingId ?? 0, result)).rejects.toMatchObject({
      code: "findingUnseen",
    });
    await expect(
      database.pool.query(
        "INSERT INTO access.finding_outcome (finding_id, outcome, note, decided_by) VALUES ($1, 'justified', '見ていない', 'kansa.b')",
        [unseen?.findingId],
      ),
    ).rejects.toMatchObject({ constraint: "finding_outcome_seen" });
    await expect(signMonth(auditor, month("2026-10"), "")).rejects.toMatchObject({ code: "monthOpen" });
    await expect(drawSample(auditor, month("2026-10"))).rejects.toMatchObject({ code: "sampleDrawn" });
    await expect(drawSample(auditor, month("2026-11"))).rejects.toMatchObject({ code: "monthOpen" });
    for (const { findingId } of findings) {
      await openFinding(auditor, findingId);
      await decideFinding(auditor, findingId, result);
    }
    await expect(decideFinding(auditor, findings[0]?.findingId ?? 0, result)).rejects.toMatchObject({
      code: "findingDecided",
    });
    await expect(signMonth(auditor, month("2026-10"), "")).rejects.toMatchObject({ code: "monthOpen" });
    for (const { seq } of await readSample(database.pool, month("2026-10"))) {
      await recordSampleResult(auditor, { month: month("2026-10"), seq, outcome: "misuse", note: "" });
    }
    await expect(
      recordSampleResult(auditor, { month: month("2026-10"), seq: 999_999, outcome: "justified", note: "" }),
    ).rejects.toMatchObject({
      code: "sampleUnknown",
    });
    await signMonth(auditor, month("2026-10"), "架空の所見");
    expect(await state("2026-12-31")).toMatchObject({ overdue: false, signedBy: "kansa.a", open: 0, sampleOpen: 0 });
    await expect(signMonth(auditor, month("2026-10"), "")).rejects.toMatchObject({ code: "monthOpen" });
    // November is not over, and September was never analysed.
    await expect(signMonth(auditor, month("2026-11"), "")).rejects.toMatchObject({ code: "monthOpen" });
    await expect(signMonth(auditor, month("2026-09"), "")).rejects.toMatchObject({ code: "monthOpen" });
  });

  it("[D226] the analysis of a month is made by itself when the month is over, once, and bears the mark of whoever reviewed it", async () => {
    // The log goes back to August: somebody looked at a list.
    await database.pool.query(
      `INSERT INTO access.log (processed_at, staff_id, staff_name, section_code, section_name, terminal_code, purpose_code, purpose_text,
         system, operation, action, row_count, session_id, request_id)
       VALUES ('2026-08-12T10:00:00+09:00', 'kaku.001', '架空 職員', 'kodomo', '架空課', 'T-1', 'list', '', 'allowance', 'listX', 'list', 1, 1, 'req-aug')`,
    );
    expect(await augustRuns()).toEqual([]);
    expect(await reviewLastMonth(contextOf(database.pool, "dare.mo", "2026-09-01"))).toMatchObject({
      month: "2026-08",
      whole: true,
    });
    expect(await reviewLastMonth(contextOf(database.pool, "dare.mo", "2026-09-02"))).toBeUndefined();
    expect(await reviewLastMonth(contextOf(database.pool, "dare.mo", "2026-09-30"))).toBeUndefined();
    expect(await augustRuns()).toEqual([{ ran: "system" }]);
    // Reported without a mark, and overdue after the tenth; then with one.
    expect(await august()).toMatchObject({ overdue: true, signedBy: null });
    await drawSample(as("kansa.a"), month("2026-08"));
    await signMonth(as("kansa.a"), month("2026-08"), "架空の所見");
    expect(await august()).toMatchObject({ overdue: false, signedBy: "kansa.a" });
    expect((await august())?.analysedAt).not.toBeNull();
  });

  it("nobody reviews himself: neither a finding nor a row of the sample", async () => {
    await database.pool.query(
      `INSERT INTO access.finding (rule, staff_id, first_at, last_at, occurrences, evidence, fingerprint)
       VALUES ('offHours', 'kansa.a', '2026-09-01', '2026-09-01', 1, '{}', repeat('a', 64))`,
    );
    const own = (await listFindings(database.pool, "2026-09-01"))[0]?.findingId ?? 0;
    await openFinding(as("kansa.a"), own);
    const result = { outcome: "justified", note: "自分のものを見た" } as const;
    await expect(decideFinding(as("kansa.a"), own, result)).rejects.toMatchObject({ code: "samePerson" });
    await openFinding(as("kansa.b"), own);
    await decideFinding(as("kansa.b"), own, result);
  });
});
