/** Filings under a real session: right, purpose and access log in the same transaction; lists by ward and by right. */
import { type GuardedWork, staffGuard } from "@hagukumi/platform/access/guard.ts";
import { staffRead } from "@hagukumi/platform/access/staff.ts";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { callOf, endSession, signIn } from "../../../../platform/test/support/staff.ts";
import type { Context } from "../../src/context.ts";
import { examinePanel, previewFiling } from "../../src/filings/panel.ts";
import { saveDraft, submitFiling } from "../../src/filings/receive.ts";
import { workList, type WorkListKind } from "../../src/filings/work-list.ts";
import { openCase } from "../../src/openings/open-case.ts";
import { testContext, testFolder, TODAY } from "../support/context.ts";
import { resident } from "../support/feeds.ts";
import { birthClaim, bring, prepare } from "../support/filings.ts";

const database = useDatabase();
const dir = testFolder();
const ito = testContext(database, dir, "staff.ito");
const EAST = "431028";
const claim = birthClaim(41_001, 41_002, "2026-10-31", "2026-11-13");

let clerk: string;
let eastClerk: string;
let officer: string;
let auditor: string;

/** The context of a member of staff who works under the session. */
const guarded = (operator: string, session: string, work: GuardedWork): Context => ({
  ...testContext(database, dir, operator),
  get pool() {
    return database.pool;
  },
  guard: staffGuard(callOf(session, "filing"), work),
});

async function listed(operator: string, session: string, kind: WorkListKind): Promise<string[]> {
  const staff = { call: callOf(session, "workList"), need: { permission: "case.search" as const }, subject: null };
  const list = await workList({ pool: database.pool, operator, purpose: "一覧", staff }, { kind, today: TODAY });
  return list.filings.map(({ receptionNumber }) => receptionNumber);
}

beforeAll(async () => {
  await prepare(database.pool);
  await bring(ito, {
    residents: [
      resident(41_001, "1990-01-01"),
      resident(41_002, "2026-10-31"),
      resident(41_011, "1990-01-01", { 支援措置区分: "1" }),
      resident(41_012, "2026-10-31"),
      resident(41_021, "1990-01-01", { 市区町村コード: EAST }),
      resident(41_022, "2026-10-31", { 市区町村コード: EAST }),
    ],
  });
  clerk = await signIn(database.pool, { staffId: "clerk.a", roles: ["clerk"] });
  eastClerk = await signIn(database.pool, {
    staffId: "higashi.a",
    roles: ["wardClerk"],
    wards: [EAST],
    section: { code: "higashi-hoken", kind: "ward", inCharge: true, wardCode: EAST },
  });
  officer = await signIn(database.pool, { staffId: "hogo.a", roles: ["protectionOfficer"] });
  auditor = await signIn(database.pool, { staffId: "kansa.a", roles: ["auditor"] });
  await submitFiling(ito, { form: { ...claim, receptionNumber: "1" } });
  await submitFiling(ito, {
    form: { ...birthClaim(41_011, 41_012, "2026-10-31", "2026-11-13"), receptionNumber: "2" },
  });
  const east = birthClaim(41_021, 41_022, "2026-10-31", "2026-11-13");
  await submitFiling(ito, { form: { ...east, wardCode: EAST, receptionNumber: "3" } });
});

const filings = async (): Promise<unknown> => (await database.pool.query("SELECT count(*) FROM allowance.filing")).rows;

describe("a filing by a member of staff", () => {
  it("is refused without the right and before the person is opened with a purpose; then nothing is stored", async () => {
    const before = await filings();
    const work: GuardedWork = { permission: "claim.receive", addresseeNumber: 41_001 };
    await expect(submitFiling(guarded("kansa.a", auditor, work), { form: claim })).rejects.toMatchObject({
      code: "HGA03",
    });
    await expect(submitFiling(guarded("clerk.a", clerk, work), { form: claim })).rejects.toMatchObject({
      code: "purposeNeeded",
    });
    await expect(previewFiling(guarded("clerk.a", clerk, work), claim)).rejects.toMatchObject({
      code: "purposeNeeded",
    });
    expect(await filings()).toEqual(before);
  });

  it("once the person is open: stored, previewed and looked at, each with its row of the access log", async () => {
    await openCase(
      { pool: database.pool, call: callOf(clerk, "openCase") },
      { addresseeNumber: 41_001 },
      { code: "certification", origin: "search" },
    );
    const log = async (): Promise<number> =>
      (await database.pool.query("SELECT FROM access.log WHERE addressee_number = 41001 AND operation = 'filing'"))
        .rowCount ?? 0;
    const before = await log();
    const work: GuardedWork = { permission: "claim.receive", addresseeNumber: 41_001 };
    await previewFiling(guarded("clerk.a", clerk, work), claim);
    const { filingId } = await submitFiling(guarded("clerk.a", clerk, work), { form: claim });
    const panel = await examinePanel(guarded("clerk.a", clerk, work), filingId);
    expect(panel.filing).toMatchObject({ state: "submitted", typedBy: "clerk.a" });
    expect(await log()).toBe(before + 3);
  });
});

describe("the lists of a member of staff", () => {
  it("hold no other ward's filing, no draft of somebody else, and a protected person's only with the right", async () => {
    await saveDraft(testContext(database, dir, "clerk.a"), { form: { ...claim, receptionNumber: "4" } });
    expect(await listed("higashi.a", eastClerk, "toExamine")).toEqual(["3"]);
    expect(await listed("higashi.a", eastClerk, "drafts")).toEqual([]);
    expect(await listed("hogo.a", officer, "drafts")).toEqual([]);
    expect(await listed("clerk.a", clerk, "drafts")).toEqual(["4"]);
    const seen = await listed("clerk.a", clerk, "toExamine");
    expect(seen).toEqual(expect.arrayContaining(["1", "3"]));
    expect(seen).not.toContain("2");
    expect(await listed("hogo.a", officer, "toExamine")).toEqual(expect.arrayContaining(["1", "2", "3"]));
  });

  it("[A32] a 仮受付 that lies for more than seven days is on the list of those who decide and of the colleagues who may take it over, without what is in it, and on nobody else's; nothing of it can be paid", async () => {
    const approver = await signIn(database.pool, { staffId: "kakari.a", roles: ["approver"] });
    const eastApprover = await signIn(database.pool, {
      staffId: "higashi.k",
      roles: ["approver"],
      wards: [EAST],
      section: { code: "higashi-hoken", kind: "ward", inCharge: true, wardCode: EAST },
    });
    const author = testContext(database, dir, "clerk.e");
    const money = async () =>
      (
        await database.pool.query(
          "SELECT (SELECT count(*) FROM allowance.claim), (SELECT count(*) FROM allowance.decision), (SELECT count(*) FROM allowance.due_item)",
        )
      ).rows;
    const before = await money();
    // The day of work is 2026-11-23: received on 11-16 seven days ago, on 11-15 eight.
    const fresh = await saveDraft(author, { form: { ...claim, receivedOn: "2026-11-16" } });
    const old = await saveDraft(author, { form: { ...claim, receivedOn: "2026-11-15" } });
    const protectedOne = { ...birthClaim(41_011, 41_012, "2026-10-31", "2026-11-02") };
    const hidden = await saveDraft(author, { form: protectedOne });
    // A colleague with the right of 受付 finds the forgotten one, to take it over; no other list has it.
    const colleague = await listed("clerk.a", clerk, "ageing");
    expect(colleague).toContain(old.receptionNumber);
    for (const each of [fresh, hidden]) expect(colleague).not.toContain(each.receptionNumber);
    for (const kind of ["toExamine", "toApprove", "returned", "drafts"] as const)
      expect(await listed("clerk.a", clerk, kind)).not.toContain(old.receptionNumber);
    for (const [operator, session] of [
      ["higashi.k", eastApprover],
      ["hogo.a", officer],
    ] as const)
      for (const kind of ["toExamine", "toApprove", "returned", "drafts", "ageing"] as const) {
        const found = await listed(operator, session, kind);
        for (const each of [fresh, old, hidden]) expect(found).not.toContain(each.receptionNumber);
      }
    const seen = await listed("kakari.a", approver, "ageing");
    expect(seen).toContain(old.receptionNumber);
    expect(seen).not.toContain(fresh.receptionNumber);
    // A person under 支援措置 is not even there for those without the right to see one.
    expect(seen).not.toContain(hidden.receptionNumber);
    for (const kind of ["toExamine", "toApprove", "returned", "drafts"] as const)
      expect(await listed("kakari.a", approver, kind)).not.toContain(old.receptionNumber);
    const staff = { call: callOf(approver, "workList"), need: { permission: "case.search" as const }, subject: null };
    const supervised = await workList(
      { pool: database.pool, operator: "kakari.a", purpose: "一覧", staff },
      { kind: "ageing", today: TODAY },
    );
    expect(supervised.filings.find(({ filingId }) => filingId === old.filingId)).toMatchObject({
      state: "draft",
      draftBy: "clerk.e",
      daysWaiting: 8,
      alarm: "soon",
      outcome: null,
    });
    // What is in it stays with who typed it, also where the person is open.
    await openCase(
      { pool: database.pool, call: callOf(approver, "openCase") },
      { addresseeNumber: 41_001 },
      { code: "certification", origin: "list" },
    );
    const inside = await staffRead(database.pool, callOf(approver), {}, async (client) => ({
      response: (await client.query("SELECT FROM allowance.filing_content WHERE filing_id = $1", [old.filingId]))
        .rowCount,
      log: [],
    }));
    expect(inside).toBe(0);
    expect(await money()).toEqual(before);
  });

  it("are closed with the session", async () => {
    const session = await signIn(database.pool, { staffId: "clerk.b", roles: ["clerk"] });
    expect(await listed("clerk.b", session, "toExamine")).not.toEqual([]);
    await endSession(database.pool, session);
    await expect(listed("clerk.b", session, "toExamine")).rejects.toMatchObject({ code: "sessionNeeded" });
  });
});

describe("a draft under the rows' own security", () => {
  it("[A33] is not there for another member of staff who has the person open; registered, it is", async () => {
    const other = await signIn(database.pool, { staffId: "clerk.c", roles: ["clerk"] });
    const own = await signIn(database.pool, { staffId: "clerk.d", roles: ["clerk"] });
    for (const session of [other, own]) {
      const call = { pool: database.pool, call: callOf(session, "openCase") };
      await openCase(call, { addresseeNumber: 41_001 }, { code: "certification", origin: "search" });
    }
    const work: GuardedWork = { permission: "claim.receive", addresseeNumber: 41_001 };
    const draft = await saveDraft(guarded("clerk.d", own, work), { form: claim });
    const seen = async (session: string): Promise<number[]> =>
      await staffRead(database.pool, callOf(session), {}, async (client) => {
        const found: number[] = [];
        for (const table of ["filing", "filing_current", "filing_content", "filing_event"]) {
          const { rowCount } = await client.query(`SELECT FROM allowance.${table} WHERE filing_id = $1`, [
            draft.filingId,
          ]);
          found.push(rowCount ?? 0);
        }
        return { response: found, log: [] };
      });
    expect(await seen(other)).toEqual([0, 0, 0, 0]);
    expect(await seen(own)).toEqual([1, 1, 1, 1]);
    await submitFiling(guarded("clerk.d", own, work), { filingId: draft.filingId });
    // Two versions and two events: the draft, and what was registered.
    expect(await seen(other)).toEqual([1, 1, 2, 2]);
  });
});
