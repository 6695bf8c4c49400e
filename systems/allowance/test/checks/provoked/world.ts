/** A small town in which every check of the list can be provoked; everybody in it is 架空. */

import { addEntry, confirmEntry } from "../../../src/case-file/write-entry.ts";
import type { Context } from "../../../src/context.ts";
import { cancelAndDecideAgain } from "../../../src/filings/correct.ts";
import { examineFiling } from "../../../src/filings/examine.ts";
import type { FilingForm } from "../../../src/filings/form.ts";
import { previewFiling } from "../../../src/filings/panel.ts";
import type { Difference } from "../../../src/filings/procedure.ts";
import { submitFiling } from "../../../src/filings/receive.ts";
import { certifiedFamily, exOfficio, onDay, recipientIdOf } from "../../support/families.ts";
import { number15, resident } from "../../support/feeds.ts";
import { bring, decided, form, prepare } from "../../support/filings.ts";
import { saveSchool } from "../../support/procedure-cases.ts";
import { create } from "../../support/runs.ts";

/** 宛名番号. Everybody without a family lives in one household. */
export const P = {
  father: 85_001,
  elder: 85_002,
  younger: 85_003,
  counted: 85_004,
  other: 85_011,
  otherChild: 85_012,
  ended: 85_021,
  endedChild: 85_022,
  dead: 85_031,
  deadsChild: 85_032,
  mover: 85_035,
  moversChild: 85_036,
  erased: 85_038,
  erasedChild: 85_039,
  single: 85_041,
  deadSingle: 85_042,
  gone: 85_043,
  sheltered: 85_044,
  neighbour: 85_046,
  late: 85_048,
  lateChild: 85_049,
  baby: 85_051,
  deadChild: 85_052,
  goneChild: 85_053,
  grown: 85_054,
  guarded: 85_056,
  designated: 85_057,
  expired: 85_058,
  pending: 85_059,
  unanswered: 85_061,
  unconfirmed: 85_062,
  answered: 85_063,
  overlapping: 85_064,
  again: 85_071,
  againFirst: 85_072,
  againSecond: 85_073,
  underway: 85_081,
  underwayChild: 85_082,
  home: 85_091,
  homeChild: 85_092,
  publicHome: 85_095,
  publicChild: 85_096,
  publicChild2: 85_097,
  office: 85_099,
  unknown: 85_999,
} as const;

export const account = (accountNumber: string, more: Record<string, unknown> = {}) => ({
  bank: "0182",
  branch: "101",
  accountType: "1",
  accountNumber,
  holder: "カクウ　タロウ",
  ...more,
});

const organization = (number: number, founder: "private" | "public") => ({
  宛名番号: number15(number),
  名称: "架空園",
  名称フリガナ: "カクウエン",
  区分: "institution",
  市区町村コード: "431010",
  郵便番号: "8600000",
  住所: "架空町２丁目",
  設置者区分: founder,
});

const changed = (number: number, birth: string, state: string, event: string, on: string, household = true) =>
  resident(number, birth, {
    ...(household ? { 世帯番号: number15(number) } : {}),
    履歴番号: "2",
    住民状態: state,
    異動年月日: on,
    異動事由コード: event,
  });

const placed = (child: number, home: number) => ({
  区分: "institution",
  宛名番号: number15(child),
  相手宛名番号: number15(home),
  開始年月日: "2026-09-05",
  短期: "0",
  留学: "0",
});

const homeClaim = (home: number, children: readonly number[]) =>
  form("certificationInstitution", "2026-09-15", {
    claimant: home,
    cause: "enteredInstitution",
    causeOn: "2026-09-05",
    account: account(String(home), { holder: "カクウエン" }),
    children: children.map((number) => ({ number, role: "child" })),
  });

/** 児童の口座の届 of the child in the public home. */
export const childAccountOf = (recipientId: number, accountNumber: string): FilingForm =>
  form("childAccount", "2026-11-18", {
    claimant: P.publicHome,
    recipientKind: "institution",
    recipientId,
    child: P.publicChild,
    account: account(accountNumber),
  });

const designation = (claimant: number, child: number, more: object = {}) =>
  form("parentDesignation", "2026-11-02", {
    action: "designate",
    claimant,
    children: [child],
    parentNames: ["架空　父"],
    signedOn: "2026-11-01",
    validFrom: "2026-11-02",
    ...more,
  });

/** The certification after the first right has ended. */
export const secondClaim = (receivedOn: string): FilingForm =>
  form("certificationIndividual", receivedOn, {
    claimant: P.again,
    cause: "other",
    employeeClass: "employee",
    account: account("0085071"),
    children: [{ number: P.againSecond, role: "child", careFrom: "2026-09-01" }],
  });

export type World = {
  readonly clerk: Context;
  readonly approver: Context;
  /** 認定番号 by the recipient's 宛名番号 */
  readonly right: (number: number) => number;
  readonly school: number;
  /** Filings decided on, by name */
  readonly decidedFilings: ReadonlyMap<string, number>;
  /** Corrections that were prepared, by the name of what they take back */
  readonly corrections: Map<string, number>;
};

async function former(clerk: Context, approver: Context, number: number, answer: object, confirm: boolean) {
  const entry = await addEntry(clerk, "formerInquiry", {
    addresseeNumber: number,
    validFrom: "2026-11-01",
    content: {
      municipalityCode: "400009",
      municipalityName: "架空村",
      method: "letter",
      askedOn: "2026-11-01",
      dueOn: "2026-11-15",
      ...answer,
    },
  });
  if (confirm) await confirmEntry(approver, "formerInquiry", entry);
}

/** Builds the town. */
export async function buildWorld(clerk: Context, approver: Context): Promise<World> {
  const clerks = { clerk, approver };
  const { pool } = clerk;
  await prepare(pool);
  await pool.query(`
    INSERT INTO allowance.branch SELECT '9900', '718', '2010-04-01', 'ゆうちょ', 'ﾕｳﾁﾖ', '七一八', 'ﾅﾅｲﾁﾊﾁ', snapshot_id FROM allowance.bank_snapshot LIMIT 1;
    INSERT INTO allowance.branch SELECT '0182', '202', '2010-04-01', '肥後', 'ﾋｺﾞ', '終わる支店', 'ｵﾜﾙ', snapshot_id FROM allowance.bank_snapshot WHERE source = 'test';
    INSERT INTO allowance.branch_end SELECT '0182', '202', '2010-04-01', '2026-12-01', NULL, NULL, snapshot_id FROM allowance.bank_snapshot WHERE source = 'test'`);
  const school = await saveSchool(clerk);
  await certifiedFamily(clerks, P.father, ["2016-05-10", "2014-05-10"], [{ born: "2007-06-01" }]);
  await certifiedFamily(clerks, P.other, ["2016-05-10"]);
  for (const parent of [P.ended, P.dead, P.mover, P.erased, P.underway])
    await certifiedFamily(clerks, parent, ["2016-05-10"]);
  await certifiedFamily(clerks, P.again, ["2016-05-10"]);
  await bring(clerk, {
    organizations: [
      organization(P.home, "private"),
      organization(P.publicHome, "public"),
      organization(P.office, "private"),
    ],
    residents: [
      ...[P.single, P.gone, P.neighbour, P.unanswered, P.unconfirmed, P.answered, P.overlapping, P.deadSingle].map(
        (number) => resident(number, "1990-01-01"),
      ),
      resident(P.sheltered, "1990-01-01", { 支援措置区分: "1" }),
      resident(P.baby, "2026-10-25"),
      ...[P.deadChild, P.goneChild, P.guarded, P.designated, P.expired, P.pending].map((number) =>
        resident(number, "2018-05-10"),
      ),
      resident(P.grown, "2005-05-10"),
      resident(P.againSecond, "2018-05-10", { 世帯番号: number15(P.again) }),
      ...[P.homeChild, P.publicChild, P.publicChild2].map((number) => resident(number, "2017-05-10")),
    ],
    statusPeriods: [
      placed(P.homeChild, P.home),
      placed(P.publicChild, P.publicHome),
      placed(P.publicChild2, P.publicHome),
    ],
    incomes: [
      [P.single, "1000000"],
      [P.other, "9000000"],
    ].map(([number, employment]) => ({
      宛名番号: number15(Number(number)),
      所得年: "2025",
      履歴番号: "1",
      給与所得: String(employment),
      公的年金等雑所得: "0",
      その他所得: "0",
      控除額計: "0",
      扶養親族等の数: "0",
      うち老人: "0",
      更正通知年月日: "",
    })),
  });
  // A right from June of somebody whom the copied register has only since August.
  const since = { 世帯番号: number15(P.late), 異動年月日: "2026-08-10", 異動事由コード: "30" };
  await bring(clerk, {
    residents: [
      resident(P.late, "1990-01-01", since),
      resident(P.lateChild, "2016-05-10", { 世帯番号: number15(P.late) }),
    ],
  });
  await decided(
    onDay(clerk, "2026-05-25"),
    onDay(approver, "2026-05-26"),
    form("certificationIndividual", "2026-05-20", {
      claimant: P.late,
      cause: "other",
      employeeClass: "employee",
      account: account("0085048"),
      children: [{ number: P.lateChild, role: "child" }],
    }),
  );
  await decided(clerk, approver, homeClaim(P.home, [P.homeChild]));
  await decided(clerk, approver, homeClaim(P.publicHome, [P.publicChild, P.publicChild2]));
  await bring(clerk, {
    residents: [
      changed(P.deadSingle, "1990-01-01", "3", "21", "2026-10-20", false),
      changed(P.gone, "1990-01-01", "2", "20", "2026-09-15", false),
      changed(P.deadChild, "2018-05-10", "3", "21", "2026-10-20", false),
      changed(P.goneChild, "2018-05-10", "2", "20", "2026-09-15", false),
    ],
  });
  const rights = new Map<number, number>();
  for (const number of [
    P.father,
    P.other,
    P.ended,
    P.dead,
    P.mover,
    P.erased,
    P.underway,
    P.again,
    P.home,
    P.publicHome,
    P.late,
  ])
    rights.set(number, await recipientIdOf(pool, number));
  const right = (number: number): number => rights.get(number) ?? 0;
  const decidedFilings = new Map<string, number>();
  const decide = async (name: string, filed: FilingForm, on = "2026-11-23"): Promise<void> => {
    decidedFilings.set(name, (await decided(onDay(clerk, on), onDay(approver, on), filed)).filingId);
  };
  const careEnded = (claimant: number, child: number) => ({
    claimant,
    recipientId: right(claimant),
    events: [{ cause: "careEnded", child, on: "2026-10-10" }],
  });
  await decide("ended", form("extinction", "2026-10-12", careEnded(P.ended, P.endedChild)), "2026-10-13");
  await decide("firstEnd", form("extinction", "2026-10-12", careEnded(P.again, P.againFirst)), "2026-10-13");
  await decide("secondRight", secondClaim("2026-11-20"));
  const { rows: first } = await pool.query<{ id: number }>(
    "SELECT filing_id AS id FROM allowance.claim WHERE claimant_number = $1",
    [P.father],
  );
  decidedFilings.set("certified", first[0]?.id ?? 0);

  const { clerk: one, approver: two } = clerks;
  await former(one, two, P.unanswered, {}, false);
  await former(one, two, P.unconfirmed, { answeredOn: "2026-11-10", paid: true, lastPaidMonth: "2026-10" }, false);
  await former(one, two, P.answered, { answeredOn: "2026-11-10", paid: true, lastPaidMonth: "2026-10" }, true);
  await former(one, two, P.overlapping, { answeredOn: "2026-11-10", paid: true, lastPaidMonth: "2026-11" }, true);

  await decide("designated", designation(P.other, P.designated));
  await decide("expired", designation(P.single, P.expired, { until: "2026-11-05" }));
  const guardian = { claimant: P.neighbour, recipientKind: "individual", child: P.guarded, action: "appointed" };
  await decide("guardian", form("guardian", "2026-11-18", { ...guardian, on: "2026-11-05", evidence: "審判書" }));
  await decide(
    "service",
    form("publicService", "2026-11-18", { claimant: P.neighbour, employer: "架空省", from: "2020-04-01" }),
  );
  await decide(
    "accountChange",
    form("accountChange", "2026-11-18", {
      claimant: P.father,
      recipientId: right(P.father),
      account: account("7185001"),
    }),
  );
  await decide("childAccount", childAccountOf(right(P.publicHome), "7285001"));
  await decide("childAccountAgain", childAccountOf(right(P.publicHome), "7285002"));
  const own = { claimant: P.other, recipientId: right(P.other) };
  await decide("donation", form("donation", "2026-11-10", { ...own, scope: "amount", amount: 1000 }));
  const fee = { ...own, child: P.otherChild, creditorId: school, feeKind: "schoolLunch", cap: 1000 };
  await decide("fee", form("feeCollection", "2026-11-10", fee));

  // 差止 for the missing report of 2026, lifted by the report.
  await pool.query(
    "INSERT INTO allowance.review_year (fiscal_year, base_on, due_on, hold_from, opened_by) VALUES (2026, '2026-06-01', '2026-06-30', '2026-08-01', 'nendo.ichiro')",
  );
  await pool.query(
    `WITH placed AS (INSERT INTO allowance.hold (recipient_id, kind, from_month, cause, placed_by) VALUES ($1, 'hold', '2026-12-01', '未提出', 'system.test') RETURNING hold_id)
     INSERT INTO allowance.hold_ground (hold_id, cause_code, fiscal_year) SELECT hold_id, 'annualReportMissing', 2026 FROM placed`,
    [right(P.other)],
  );
  await decide("annualReview", form("annualReview", "2026-11-18", { ...own, year: 2026, unchanged: true }));

  // A claim that waits, for the child that others name too.
  await submitFiling(clerk, {
    form: form("certificationIndividual", "2026-11-18", {
      claimant: P.neighbour,
      cause: "other",
      employeeClass: "employee",
      account: account("0085046"),
      children: [{ number: P.pending, role: "child" }],
    }),
  });
  // The payment run of December has taken October and November of everybody who is certified.
  await create(pool);
  await bring(clerk, {
    residents: [
      changed(P.dead, "1990-01-01", "3", "21", "2026-11-10"),
      changed(P.deadsChild, "2016-05-10", "1", "30", "2026-11-10"),
      changed(P.underway, "1990-01-01", "3", "21", "2026-11-12"),
      changed(P.mover, "1990-01-01", "2", "20", "2026-10-21"),
      changed(P.moversChild, "2016-05-10", "3", "21", "2026-11-01"),
      resident(P.erased, "1990-01-01", { 世帯番号: number15(P.erased), 削除フラグ: "1" }),
    ],
  });
  // The register's own hold was lifted by hand, so that the procedure places one.
  await pool.query(
    `INSERT INTO allowance.hold_release (hold_id, cause, released_by)
     SELECT hold_id, '架空の誤り', 'kaijo.ichiro' FROM allowance.hold WHERE recipient_id = $1`,
    [right(P.dead)],
  );
  await decide(
    "death",
    exOfficio("death", "2026-11-20", { claimant: P.dead, diedOn: "2026-11-10", evidence: "住民票" }),
  );
  await decide(
    "moveOut",
    exOfficio("moveOut", "2026-11-20", { state: "planned", claimant: P.mover, plannedOn: "2026-10-21" }),
  );
  return { clerk, approver, right, school, decidedFilings, corrections: new Map() };
}

/** What is found while a form is typed. @throws where the form can't even be read */
export async function foundIn(context: Context, filed: FilingForm): Promise<readonly Difference[]> {
  const { problems, proposal } = await previewFiling(context, filed);
  if (proposal === null) throw new Error(JSON.stringify(problems));
  return proposal.differences;
}

/** What is found when a decided filing is to be taken back. */
export async function foundInCancellation(world: World, name: string): Promise<readonly Difference[]> {
  const prepared = world.corrections.get(name);
  if (prepared !== undefined) return (await examineFiling(world.clerk, { filingId: prepared })).proposal.differences;
  const filingId = world.decidedFilings.get(name) ?? 0;
  const back = await cancelAndDecideAgain(world.clerk, { filingId, reason: "架空の誤り", withoutNew: true });
  world.corrections.set(name, back.filingId);
  return back.proposal.differences;
}
