import { civilDate } from "@hagukumi/law/contract.ts";
import { describe, expect, it } from "vitest";

import type { ClaimChildRow, ClaimRow, PersonRow } from "../../src/claims/case-rows.ts";
import { carePeriods, joined, lifeOf, supportPeriods } from "../../src/claims/periods.ts";

const row = (state: number, from: string, event: string): PersonRow => ({
  addressee_number: 1,
  valid_from: civilDate(from),
  event_code: event,
  resident_state: state,
  birth_date: civilDate("1990-01-01"),
  birth_date_unknown: false,
  kana: "",
});

describe("residence", () => {
  it("has no day when the planned move lies before the arrival", () => {
    expect(lifeOf([row(1, "2025-04-02", "10"), row(2, "2025-04-01", "20")]).residence).toEqual([]);
  });

  it("begins with an arrival, or at birth where the first known row only continues it", () => {
    expect(lifeOf([row(1, "2020-04-01", "10")]).residence).toEqual([{ from: "2020-04-01", to: null }]);
    expect(lifeOf([row(1, "2020-04-01", "30")]).residence).toEqual([{ from: "1990-01-01", to: null }]);
  });

  it("ends with the planned day of the move, which still counts, and begins again on the return", () => {
    const rows = [
      row(1, "2020-04-01", "10"),
      row(1, "2022-01-01", "30"),
      row(2, "2025-03-31", "20"),
      row(1, "2026-02-01", "10"),
    ];
    expect(lifeOf(rows).residence).toEqual([
      { from: "2020-04-01", to: "2025-03-31" },
      { from: "2026-02-01", to: null },
    ]);
  });

  it("ends with death", () => {
    expect(lifeOf([row(1, "2020-04-01", "10"), row(3, "2026-05-05", "21")])).toEqual({
      residence: [{ from: "2020-04-01", to: "2026-05-05" }],
      deathDate: "2026-05-05",
    });
  });
});

const claim = (receivedOn: string, causeOn: string | null = null): ClaimRow => ({
  claim_id: 1,
  root_claim_id: 1,
  reception_number: "1",
  kind: "certification",
  received_on: civilDate(receivedOn),
  claimant_number: 1,
  recipient_kind: "individual",
  cause: "other",
  cause_on: causeOn === null ? null : civilDate(causeOn),
  obstacle_ended_on: null,
  ward_code: "431010",
  account: null,
  approved: false,
  seq: null,
  outcome: null,
  facts_digest: null,
  rule_version: null,
  examined_by: null,
});

const child = (changes: Partial<ClaimChildRow> = {}): ClaimChildRow => ({
  claim_id: 1,
  child_number: 2,
  role: "child",
  serial: 1,
  care_from: null,
  care_to: null,
  support_from: null,
  support_to: null,
  cost_from: null,
  cost_to: null,
  exclusion: null,
  graduation_month: null,
  ...changes,
});

const BORN = civilDate("2015-07-01");

describe("care", () => {
  it("is not taken up again by a claim made before it ended", () => {
    const ends = [civilDate("2024-05-31")];
    expect(carePeriods(BORN, [{ claim: claim("2020-01-10"), row: child() }], ends)).toEqual([
      { from: "2015-07-01", to: "2024-05-31" },
    ]);
  });

  it("is taken up again by a later claim: from its cause, otherwise from the day of the claim, never closing the gap", () => {
    const first = { claim: claim("2020-01-10"), row: child() };
    const ends = [civilDate("2024-05-31")];
    const again = (causeOn: string | null): unknown =>
      carePeriods(BORN, [first, { claim: claim("2025-02-10", causeOn), row: child() }], ends);
    expect(again("2025-02-01")).toEqual([
      { from: "2015-07-01", to: "2024-05-31" },
      { from: "2025-02-01", to: null },
    ]);
    for (const causeOn of [null, "2024-05-31", "2020-01-01"]) {
      expect(again(causeOn)).toEqual([
        { from: "2015-07-01", to: "2024-05-31" },
        { from: "2025-02-10", to: null },
      ]);
    }
  });

  it("never begins before the birth", () => {
    expect(
      carePeriods(BORN, [{ claim: claim("2020-01-10"), row: child({ care_from: civilDate("2015-06-01") }) }], []),
    ).toEqual([{ from: "2015-07-01", to: null }]);
  });
});

describe("support after the school year of 18", () => {
  it("is nothing for a child who is only a child", () => {
    expect(supportPeriods(BORN, [{ claim: claim("2020-01-10"), row: child() }], [])).toEqual([]);
  });

  it("holds to the end of the expected month of graduation, or to the reported end if that is earlier", () => {
    const row18 = child({
      role: "counted",
      support_from: civilDate("2025-04-01"),
      graduation_month: civilDate("2027-03-01"),
    });
    const mention = [{ claim: claim("2025-04-10"), row: row18 }];
    expect(supportPeriods(civilDate("2006-05-10"), mention, [])).toEqual([{ from: "2025-04-01", to: "2027-03-31" }]);
    expect(supportPeriods(civilDate("2006-05-10"), mention, [civilDate("2026-01-15")])).toEqual([
      { from: "2025-04-01", to: "2026-01-15" },
    ]);
  });

  it("begins the day after the school year of 18 where the claim names no day", () => {
    const mention = [{ claim: claim("2025-04-10"), row: child({ role: "counted" }) }];
    expect(supportPeriods(civilDate("2006-05-10"), mention, [])).toEqual([{ from: "2025-04-01", to: null }]);
  });
});

const span = (
  from: string,
  to: string | null,
): { from: ReturnType<typeof civilDate>; to: ReturnType<typeof civilDate> | null } => ({
  from: civilDate(from),
  to: to === null ? null : civilDate(to),
});

it("joins periods that meet or follow on the next day, and no others", () => {
  expect(
    joined([span("2025-03-01", null), span("2025-01-01", "2025-01-31"), span("2025-02-01", "2025-02-10")]),
  ).toEqual([
    { from: "2025-01-01", to: "2025-02-10" },
    { from: "2025-03-01", to: null },
  ]);
});
