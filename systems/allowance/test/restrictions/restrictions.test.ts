/** 支給制限 (10条) beside 一時差止 (11条): what each does to months, ledger, payments, letters and the second calculator. */
import { month, plainAssess, type PlainCase } from "@hagukumi/law/contract.ts";
import { nationalHolidays } from "@hagukumi/platform/calendar/holidays.ts";
import { readOnly } from "@hagukumi/platform/database/transaction.ts";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { freshDatabase, type TestDatabase, useDatabase } from "../../../../platform/test/support/cluster.ts";
import { answerRequest, putRequest, waitingRequests } from "../../src/decision-requests/requests.ts";
import type { RequestContent } from "../../src/decision-requests/kinds.ts";
import { placeHold, releaseHold } from "../../src/holds/holds.ts";
import { readMonths } from "../../src/inquiry/recipient-months.ts";
import { cancelRun } from "../../src/payments/cancel-run.ts";
import { recalculateRun } from "../../src/payments/review/recalculate.ts";
import { annualReturn } from "../../src/statistics/annual-return.ts";
import { restrictionsOf } from "../../src/restrictions/restrictions.ts";
import { verifyMoney } from "../../src/verify/verify-money.ts";
import { APPROVER, calendar, contextOf, type Family, MAKER, seedCases } from "../support/cases.ts";
import { advance, create, settleAndClose } from "../support/runs.ts";

const KAKARI = "kakari.ichiro";
const KACHO = "kacho.jiro";
// 10,000 for the child of 2016, 15,000 for the one of 2024: 25,000 a month.
const family = (first: number): Family => ({
  recipient: first,
  children: [
    { id: first + 1, birthDate: "2016-05-01" },
    { id: first + 2, birthDate: "2024-05-01" },
  ],
});
const refusal = (code: string) => expect.objectContaining({ name: "Refusal", code });

type Where = { readonly pool: TestDatabase["pool"] };

/** Put by one, approved by the other on exactly that content. */
async function decide({ pool }: Where, content: RequestContent, today: string): Promise<void> {
  const requestId = await putRequest(contextOf(pool, KAKARI, today), { content });
  const contentDigest = (await waitingRequests(pool)).find((each) => each.requestId === requestId)?.contentDigest ?? "";
  await answerRequest(contextOf(pool, KACHO, today), { requestId, answer: { outcome: "approved", contentDigest } });
}

const placing = (recipientId: number, more: Partial<Extract<RequestContent, { kind: "restriction" }>> = {}) =>
  ({
    kind: "restriction",
    recipientId,
    childNumber: null,
    fromMonth: "2026-10",
    causeCode: "orderDisobeyed",
    demandedOn: "2026-10-01",
    answerDueOn: "2026-10-31",
    demandDocument: "架空第12号（監護の状況の書類の提出の命令）",
    reason: "二度の命令と訪問に応じず、正当な理由の申出もない",
    ...more,
  }) as const satisfies RequestContent;

/** What a run takes for a recipient, by month. */
async function takenBy({ pool }: Where, runNo: number, recipientId: number): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ month: string; amount: number }>(
    `SELECT to_char(i.benefit_month, 'YYYY-MM') AS month, sum(i.amount)::int AS amount FROM allowance.run_item i
     JOIN allowance.run_line l USING (run_no, line_no) WHERE i.run_no = $1 AND l.recipient_id = $2 GROUP BY 1 ORDER BY 1`,
    [runNo, recipientId],
  );
  return Object.fromEntries(rows.map(({ month: of, amount }) => [of, amount]));
}

async function cancel({ pool }: Where, runNo: number): Promise<void> {
  await cancelRun(contextOf(pool, MAKER), { key: `cancel/${runNo}`, runNo, reason: "続きの試験のため" });
}

const violations = async ({ pool }: Where) =>
  (await verifyMoney({ pool, calendar })).filter((each) => each.violations > 0);

const statesOf = async ({ pool }: Where, recipientId: number, today: "2027-02-20" | "2026-11-24") =>
  await readOnly(pool, async (client) => {
    const shown = await readMonths(client, {
      recipientId,
      calendar,
      today: contextOf(pool, KAKARI, today).today,
      firstMonth: "2026-10-01",
      endedFrom: null,
    });
    return Object.fromEntries(shown.map((each) => [each.month, each]));
  });

describe("支給制限 and 一時差止 of two families of the same children", () => {
  const database = useDatabase();
  let [restricted, held] = [0, 0];

  beforeAll(async () => {
    [restricted = 0, held = 0] = await seedCases(database.pool, [family(900000000004100), family(900000000004200)]);
  });

  it("is refused without reason or document, before the order's day has passed, before its month, for another's child, over paid months, and by one person alone", async () => {
    const wrong: readonly RequestContent[] = [
      placing(restricted, { reason: " " }),
      placing(restricted, { demandDocument: " " }),
      placing(restricted, { answerDueOn: "2026-11-24" }),
      placing(restricted, { answerDueOn: "2026-09-30" }),
      placing(restricted, { fromMonth: "2026-09" }),
      placing(restricted, { fromMonth: "2026-13" }),
      placing(restricted, { childNumber: 900000000004201 }),
      { kind: "restrictionEnd", restrictionId: 1, compliedOn: "2026-11-01", payableFrom: "2026-11", reason: "架空" },
      { kind: "restrictionCancellation", restrictionId: 1, reason: "架空" },
    ];
    for (const content of wrong) {
      await expect(putRequest(contextOf(database.pool, KAKARI), { content })).rejects.toThrow(
        refusal("restrictionInvalid"),
      );
    }
    await expect(putRequest(contextOf(database.pool, KAKARI), { content: placing(9_999_999) })).rejects.toThrow(
      refusal("recipientUnknown"),
    );
    const requestId = await putRequest(contextOf(database.pool, KAKARI), { content: placing(restricted) });
    const [waiting] = await waitingRequests(database.pool);
    const answer = { outcome: "approved", contentDigest: waiting?.contentDigest ?? "" } as const;
    await expect(answerRequest(contextOf(database.pool, KAKARI), { requestId, answer })).rejects.toThrow(
      refusal("samePerson"),
    );
    // A month in a payment is no more to be restricted: not when it is asked for, and not when it is approved.
    const run = await create(database.pool);
    await expect(answerRequest(contextOf(database.pool, KACHO), { requestId, answer })).rejects.toThrow(
      refusal("restrictionInvalid"),
    );
    await cancel(database, run.runNo);
    await answerRequest(contextOf(database.pool, KACHO), {
      requestId,
      answer: { outcome: "returned", contentDigest: answer.contentDigest, reason: "先に支払処理を取り消すため" },
    });
    expect(await restrictionsOf(database.pool, restricted)).toEqual([]);
  });

  it("[A213] a hold keeps the months due and pays them all at once when it is released; restricted months are not due at all and stay unpaid after the end", async () => {
    await decide(database, placing(restricted), "2026-11-24");
    const holdId = await placeHold(contextOf(database.pool, MAKER), {
      recipientId: held,
      kind: "hold",
      fromMonth: month("2026-10"),
      cause: "現況届が未提出",
      causeCode: "reportMissing",
    });
    // October to February, 25,000 a month, as long as nobody has ended it: in the annual return a line of its own, beside the holds.
    const inReturn = async () =>
      (await annualReturn(database.pool, { fiscalYear: 2026 })).items.find(({ item }) => item === "restricted");
    expect(await inReturn()).toEqual({ item: "restricted", count: 5, amount: 125_000 });
    // Nobody is paid in December: one is held, the other gets nothing.
    await expect(create(database.pool)).rejects.toThrow(refusal("nothingToPay"));
    // With a third family's line the run stands: the held months are named as held, the restricted ones are nobody's due.
    const [third = 0] = await seedCases(database.pool, [family(900000000004300)]);
    const december = await create(database.pool);
    // 25,000 × 2 of the third family; 25,000 × 2 held
    expect(december.lines.total).toBe(50_000);
    expect(december.lines.exclusions).toEqual([{ recipientId: held, reason: "held", items: 4, amount: 50_000 }]);
    await advance(database.pool, december.runNo, "handedOver");
    await settleAndClose(database.pool, december.runNo);

    const shown = [await statesOf(database, restricted, "2026-11-24"), await statesOf(database, held, "2026-11-24")];
    expect(shown.map((each) => each["2026-11"]?.parts.map(({ state, amount }) => [state, amount]))).toEqual([
      [
        ["restricted", 0],
        ["restricted", 0],
      ],
      [
        ["held", 10_000],
        ["held", 15_000],
      ],
    ]);
    expect(shown.map((each) => [each["2026-11"]?.due, each["2026-11"]?.lawTotal])).toEqual([
      [0, 25_000],
      [25_000, 25_000],
    ]);

    // Both obey in January: the hold is released, the restriction ends.
    const [placed] = await restrictionsOf(database.pool, restricted);
    const end = {
      kind: "restrictionEnd",
      restrictionId: placed?.restrictionId ?? 0,
      compliedOn: "2027-01-12",
      payableFrom: "2027-01",
      reason: "命令の書類がそろった",
    } as const;
    for (const more of [
      { payableFrom: "2026-12" },
      { compliedOn: "2026-10-20", payableFrom: "2026-10" },
      { compliedOn: "2027-02-21" },
    ]) {
      await expect(
        putRequest(contextOf(database.pool, KAKARI, "2027-02-20"), { content: { ...end, ...more } }),
      ).rejects.toThrow(refusal("restrictionInvalid"));
    }
    await decide(database, end, "2027-01-13");
    // October to December stay unpaid for good: 3 × 25,000.
    expect(await inReturn()).toEqual({ item: "restricted", count: 3, amount: 75_000 });
    await expect(putRequest(contextOf(database.pool, KAKARI, "2027-02-20"), { content: end })).rejects.toThrow(
      refusal("restrictionInvalid"),
    );
    await releaseHold(contextOf(database.pool, APPROVER, "2027-01-13"), holdId, "現況届が届いた");
    // The third family disobeys an order in December, and gets nothing from that month on.
    await decide(
      database,
      placing(third, { fromMonth: "2026-12", demandedOn: "2026-12-01", answerDueOn: "2026-12-20" }),
      "2027-01-13",
    );
    const february = await create(database.pool, "2027-02");
    const changed = await database.pool.query(
      "SELECT cause, sum(amount)::int AS amount FROM allowance.run_change WHERE run_no = $1 AND recipient_id = $2 GROUP BY 1",
      [february.runNo, third],
    );
    expect(changed.rows).toEqual([{ cause: "restriction", amount: -50_000 }]);
    // December and January are the period; the held October and November come with them, the restricted October to December never.
    expect(await takenBy(database, february.runNo, held)).toEqual({
      "2026-10": 25_000,
      "2026-11": 25_000,
      "2026-12": 25_000,
      "2027-01": 25_000,
    });
    expect(await takenBy(database, february.runNo, restricted)).toEqual({ "2027-01": 25_000 });
    expect((await recalculateRun(database.pool, february.runNo)).differences).toEqual([]);
    expect(await violations(database)).toEqual([]);
    expect((await statesOf(database, restricted, "2027-02-20"))["2026-12"]?.parts.map(({ state }) => state)).toEqual([
      "restricted",
      "restricted",
    ]);
    await cancel(database, february.runNo);
  });

  it("taken back, the decision was never: every month is due again, and the next run pays them with the cause named; a new decision may follow", async () => {
    const [placed] = await restrictionsOf(database.pool, restricted);
    const content = {
      kind: "restrictionCancellation",
      restrictionId: placed?.restrictionId ?? 0,
      reason: "入院のため応じられなかったことが分かり、正当な理由があった",
    } as const;
    await decide(database, content, "2027-02-20");
    await expect(putRequest(contextOf(database.pool, KAKARI, "2027-02-20"), { content })).rejects.toThrow(
      refusal("restrictionInvalid"),
    );
    const run = await create(database.pool, "2027-02");
    expect(await takenBy(database, run.runNo, restricted)).toEqual({
      "2026-10": 25_000,
      "2026-11": 25_000,
      "2026-12": 25_000,
      "2027-01": 25_000,
    });
    expect(await violations(database)).toEqual([]);
    await cancel(database, run.runNo);
    // 再決定: one child's part from December. 25,000 × 2 before, 15,000 × 2 after: the elder's 10,000 is not granted.
    const second = placing(restricted, {
      childNumber: 900000000004101,
      fromMonth: "2026-12",
      demandedOn: "2026-12-01",
      answerDueOn: "2027-01-31",
    });
    await decide(database, second, "2027-02-20");
    await expect(
      putRequest(contextOf(database.pool, KAKARI, "2027-02-20"), {
        content: placing(restricted, { fromMonth: "2027-02" }),
      }),
    ).rejects.toThrow(refusal("restrictionInvalid"));
    const after = await create(database.pool, "2027-02");
    expect(await takenBy(database, after.runNo, restricted)).toEqual({
      "2026-10": 25_000,
      "2026-11": 25_000,
      "2026-12": 15_000,
      "2027-01": 15_000,
    });
    expect((await recalculateRun(database.pool, after.runNo)).differences).toEqual([]);
    expect(await violations(database)).toEqual([]);
  });

  it("the database itself refuses to make restricted months due, whoever writes; and a restriction over months that stand", async () => {
    await expect(
      database.pool.query(
        `INSERT INTO allowance.benefit_restriction (recipient_id, from_month, cause_code, demanded_on, answer_due_on, demand_document, reason, decided_on, entered_by, approved_by)
         VALUES ($1, '2026-10-01', 'orderDisobeyed', '2026-10-01', '2026-10-31', '架空', '架空', '2026-11-24', 'a.ichiro', 'b.jiro')`,
        [held],
      ),
    ).rejects.toMatchObject({ constraint: "benefit_restriction_standing" });
    for (const [people, days, constraint] of [
      ["'a.ichiro', 'a.ichiro'", "'2026-10-31', '架空', '架空', '2026-11-24'", "benefit_restriction_two_people"],
      ["'a.ichiro', 'b.jiro'", "'2026-11-24', '架空', '架空', '2026-11-24'", "benefit_restriction_after_due"],
    ] as const) {
      await expect(
        database.pool.query(
          `INSERT INTO allowance.benefit_restriction (recipient_id, from_month, cause_code, demanded_on, answer_due_on, demand_document, reason, decided_on, entered_by, approved_by)
           VALUES ($1, '2027-10-01', 'orderDisobeyed', '2026-10-01', ${days}, ${people})`,
          [held],
        ),
      ).rejects.toMatchObject({ constraint });
    }
  });
});

describe("支給制限 as a state machine", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(async () => await database.drop());

  type Step =
    | { readonly do: "place"; readonly from: number; readonly child: 0 | 1 | 2 }
    | { readonly do: "end"; readonly from: number }
    | { readonly do: "cancel" };
  const MONTHS = ["2026-10", "2026-11", "2026-12", "2027-01"] as const;
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({
      do: fc.constant("place" as const),
      from: fc.nat(3),
      child: fc.constantFrom(0 as const, 1 as const, 2 as const),
    }),
    fc.record({ do: fc.constant("end" as const), from: fc.nat(4) }),
    fc.record({ do: fc.constant("cancel" as const) }),
  );
  type Range = { child: number | null; from: string; until: string | null; state: "inForce" | "ended" | "cancelled" };
  const monthAt = (index: number): string => MONTHS[index] ?? "2027-02";
  let next = 900000000005000;

  it("whatever is decided, ended and taken back in whatever order: refused exactly where a model refuses, and a run pays exactly what is granted, by both calculators", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
        next += 100;
        const own = family(next);
        const [recipientId = 0] = await seedCases(database.pool, [own]);
        const ids = own.children.map(({ id }) => id);
        const model: Range[] = [];
        for (const each of steps) {
          const last = model.at(-1);
          const [{ restrictionId } = { restrictionId: 0 }] = await restrictionsOf(database.pool, recipientId);
          let allowed: boolean;
          let content: RequestContent;
          if (each.do === "place") {
            const child = each.child === 0 ? null : (ids[each.child - 1] ?? null);
            const fromMonth = monthAt(each.from);
            content = placing(recipientId, { childNumber: child, fromMonth });
            allowed = !model.some(
              (range) =>
                range.state !== "cancelled" &&
                (range.child === null || child === null || range.child === child) &&
                (range.until === null || range.until > fromMonth),
            );
            if (allowed) model.push({ child, from: fromMonth, until: null, state: "inForce" });
          } else if (each.do === "end") {
            const payableFrom = monthAt(each.from);
            content = {
              kind: "restrictionEnd",
              restrictionId,
              compliedOn: `${payableFrom}-01`,
              payableFrom,
              reason: "架空",
            };
            allowed = last?.state === "inForce" && payableFrom > last.from;
            if (allowed && last !== undefined) [last.until, last.state] = [payableFrom, "ended"];
          } else {
            content = { kind: "restrictionCancellation", restrictionId, reason: "架空" };
            allowed = last !== undefined && last.state !== "cancelled";
            if (allowed && last !== undefined) last.state = "cancelled";
          }
          const done = await decide(database, content, "2027-02-20").then(
            () => "done",
            (error: unknown) => (error as { code?: string }).code,
          );
          expect(done, JSON.stringify(each)).toBe(allowed ? "done" : "restrictionInvalid");
        }
        const standing = model.filter(({ state }) => state !== "cancelled");
        const grantedTo = (of: string): number =>
          [10_000, 15_000].reduce((sum, amount, index) => {
            const against = standing.some(
              ({ child, from, until }) =>
                (child === null || child === ids[index]) && from <= of && (until === null || of < until),
            );
            return against ? sum : sum + amount;
          }, 0);
        const expected = Object.fromEntries(
          MONTHS.map((of) => [of, grantedTo(of)]).filter(([, amount]) => amount !== 0),
        );
        const { rows } = await database.pool.query<{ facts: PlainCase }>(
          `SELECT f.facts FROM allowance.decision JOIN allowance.facts f USING (facts_digest) WHERE recipient_id = $1`,
          [recipientId],
        );
        const facts = { ...rows[0]?.facts, from: "2026-10", until: "2027-01" } as PlainCase;
        const withheld = standing.map(({ child, from, until }) => ({
          child: child === null ? null : String(child),
          from,
          until,
        }));
        const plain = plainAssess(facts, nationalHolidays, withheld).months.map(({ total }) => total);
        expect(plain).toEqual(MONTHS.map(grantedTo));
        const run = await create(database.pool, "2027-02").catch(() => undefined);
        expect(run === undefined ? {} : await takenBy(database, run.runNo, recipientId)).toEqual(expected);
        if (run === undefined) return;
        expect((await recalculateRun(database.pool, run.runNo)).differences).toEqual([]);
        await cancel(database, run.runNo);
      }),
      { numRuns: 8 },
    );
    expect(await violations(database)).toEqual([]);
  });
});
