import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { approveFiling } from "../../src/filings/approve.ts";
import { requestDocuments } from "../../src/filings/documents.ts";
import { examinePanel, previewFiling } from "../../src/filings/panel.ts";
import { submitFiling } from "../../src/filings/receive.ts";
import { workList } from "../../src/filings/work-list.ts";
import { changeSetting } from "../../src/settings.ts";
import { testContext, testFolder, TODAY } from "../support/context.ts";
import { resident } from "../support/feeds.ts";
import { birthClaim, bring, examined, form, prepare } from "../support/filings.ts";

const database = useDatabase();
const dir = testFolder();
const ito = testContext(database, dir, "staff.ito");
const sato = testContext(database, dir, "staff.sato");
const live = () => ({ pool: database.pool, operator: "staff.sato", purpose: "一覧" });

beforeAll(async () => {
  await prepare(database.pool);
  await bring(ito, {
    residents: [
      resident(39_001, "1990-01-01"),
      resident(39_002, "2026-10-31"),
      resident(39_011, "1990-01-01"),
      resident(39_012, "2026-10-31"),
    ],
  });
});

const inTables = async (): Promise<unknown> =>
  (
    await database.pool.query(
      "SELECT (SELECT count(*) FROM allowance.filing) AS filings, (SELECT count(*) FROM allowance.claim) AS claims",
    )
  ).rows;

describe("the preview of what is typed", () => {
  it("names the fields that are missing, and stores nothing", async () => {
    const before = await inTables();
    const typed = form("certificationIndividual", "2026-11-13", { claimant: 39_001, cause: "birth" });
    const preview = await previewFiling(ito, typed);
    expect(preview.proposal).toBeNull();
    expect(preview.problems.map(({ path }) => path)).toEqual(
      expect.arrayContaining(["content.account", "content.children"]),
    );
    expect(await previewFiling(ito, "nothing")).toMatchObject({ proposal: null });
    await previewFiling(ito, birthClaim(39_001, 39_002, "2026-10-31", "2026-11-13"));
    expect(await inTables()).toEqual(before);
  });

  it("[A55] says what the examination will say: start, amount by child, first payment", async () => {
    const claim = birthClaim(39_001, 39_002, "2026-10-31", "2026-11-13");
    const { proposal, documents } = await previewFiling(ito, claim);
    expect(documents.map(({ code }) => code)).toEqual(["passbook"]);
    // Under three 15,000 from 2026-11; November is paid in December (12-15, a Tuesday).
    expect(proposal?.effects[0]).toMatchObject({
      kind: "certify",
      fromMonth: "2026-11",
      yenBefore: null,
      yenAfter: 15_000,
      children: [{ child: 39_002, before: null, after: 15_000 }],
    });
    expect(proposal?.reasons.at(-1)).toContain("2026年12月15日");
    const stored = await examined(ito, claim);
    expect(stored.proposal).toEqual(proposal);
  });
});

describe("the examination panel", () => {
  it("shows what the registers say beside what is filed, with a mark on each difference", async () => {
    const claim = birthClaim(39_011, 39_012, "2026-10-30", "2026-11-13", {
      written: { name: "架空　別名", kana: "カクウ　タロウ", birthDate: "1991-01-01" },
    });
    const { filingId } = await examined(ito, claim);
    const panel = await examinePanel(sato, filingId);
    expect(panel.persons.map(({ number, part }) => ({ number, part }))).toEqual([
      { number: 39_011, part: "claimant" },
      { number: 39_012, part: "child" },
    ]);
    expect(panel.current.differences).toMatchObject([
      { item: "claimant.name", filed: "架空　別名", registered: "架空　39011子", weight: "note" },
      { item: "claimant.birthDate", filed: "1991-01-01", registered: "1990-01-01", weight: "look" },
      { item: "cause.birth", filed: "2026-10-30", registered: "2026-10-31", weight: "look" },
      { item: "account.numberOnce", weight: "note" },
    ]);
    expect(panel).toMatchObject({ upToDate: true, stops: [], notBy: ["staff.ito"] });
    expect(panel.documents).toMatchObject([{ code: "passbook", state: "received" }]);
    expect(panel.events.map(({ kind }) => kind)).toEqual(["drafted", "submitted", "documentsReceived", "examined"]);
    await bring(ito, {
      residents: [
        resident(39_012, "2026-10-31", {
          履歴番号: "2",
          住民状態: "3",
          異動年月日: "2026-11-15",
          異動事由コード: "21",
        }),
      ],
    });
    const changed = await examinePanel(sato, filingId);
    expect(changed.upToDate).toBe(false);
    expect(changed.current.differences.map(({ item }) => item)).toContain("child.dead");
  });

  it("shows the same child in another filing, and the 認定番号 of whoever has the child", async () => {
    await bring(ito, {
      residents: [resident(39_021, "1990-01-01"), resident(39_022, "2026-10-31"), resident(39_031, "1989-01-01")],
    });
    const first = await examined(ito, birthClaim(39_021, 39_022, "2026-10-31", "2026-11-13"));
    const second = await examined(ito, birthClaim(39_031, 39_022, "2026-10-31", "2026-11-14"));
    expect(second.proposal.differences).toContainEqual(
      expect.objectContaining({
        item: "child.pending",
        child: 39_022,
        registered: first.receptionNumber,
        weight: "look",
      }),
    );
    // The second filing is a difference of the first one now: what was examined before is out of date.
    expect((await examinePanel(sato, first.filingId)).upToDate).toBe(false);
  });

  it("leaves a row in the audit trail for each look, without names", async () => {
    const { filingId } = await submitFiling(ito, { form: birthClaim(39_001, 39_002, "2026-10-31", "2026-11-12") });
    const count = async (): Promise<number> =>
      (
        await database.pool.query(
          "SELECT FROM audit.event WHERE action = 'filing.look' AND actor = 'staff.sato' AND object_id = $1",
          [String(filingId)],
        )
      ).rowCount ?? 0;
    await examinePanel(sato, filingId);
    await examinePanel(sato, filingId);
    expect(await count()).toBe(2);
    await expect(examinePanel(sato, 999_999)).rejects.toMatchObject({ code: "filingUnknown" });
  });
});

describe("the lists", () => {
  it("[A32] are oldest first with days waiting, the end of the processing period and the alarm", async () => {
    await bring(ito, {
      residents: [
        resident(39_041, "1990-01-01"),
        resident(39_042, "2026-09-30"),
        resident(39_051, "1990-01-01"),
        resident(39_052, "2026-10-20"),
      ],
    });
    const old = await submitFiling(ito, { form: birthClaim(39_041, 39_042, "2026-09-30", "2026-10-01") });
    const middle = await submitFiling(ito, { form: birthClaim(39_051, 39_052, "2026-10-20", "2026-11-02") });
    const { filings, counts, late } = await workList(live(), { kind: "toExamine", today: TODAY });
    const days = filings.map(({ receivedOn }) => receivedOn);
    expect(days).toEqual(days.toSorted());
    // 10-01 → 11-23: 30 − 0 … 53 days; 30 days end on 10-31. 11-02: 21 days, the end is 12-02.
    expect(filings.find(({ filingId }) => filingId === old.filingId)).toMatchObject({
      daysWaiting: 53,
      decideBy: "2026-10-31",
      alarm: "late",
    });
    expect(filings.find(({ filingId }) => filingId === middle.filingId)).toMatchObject({
      daysWaiting: 21,
      decideBy: "2026-12-02",
      alarm: "soon",
    });
    expect(late).toBeGreaterThanOrEqual(1);
    expect(counts.toExamine).toBe(filings.length);
    await requestDocuments(ito, {
      filingId: middle.filingId,
      how: "held",
      documents: ["passbook"],
      reason: "通帳を待つ",
      dueOn: "2026-11-25",
    });
    const returned = await workList(live(), { kind: "returned", today: TODAY });
    expect(returned.filings).toMatchObject([
      { filingId: middle.filingId, state: "held", dueOn: "2026-11-25", alarm: "soon" },
    ]);
  });

  it("[A32] the processing period is the city's: set by two people, from a day on, for one procedure alone where it is so decided", async () => {
    const value = {
      standard: 60,
      warn: 50,
      draft: 7,
      procedures: { certificationIndividual: { standard: 14, warn: 7 } },
    };
    const setting = { name: "processingDays", validFrom: "2026-11-01", value } as const;
    await expect(changeSetting(ito, { ...setting, approvedBy: "staff.ito" })).rejects.toMatchObject({
      code: "samePerson",
    });
    const backwards = { ...value, procedures: { certificationIndividual: { standard: 14, warn: 20 } } };
    await expect(changeSetting(ito, { ...setting, value: backwards, approvedBy: "staff.sato" })).rejects.toMatchObject({
      code: "settingInvalid",
    });
    await bring(ito, {
      residents: [
        resident(39_061, "1990-01-01"),
        resident(39_062, "2026-10-20"),
        resident(39_071, "1990-01-01"),
        resident(39_072, "2026-10-20"),
      ],
    });
    const before = await submitFiling(ito, { form: birthClaim(39_061, 39_062, "2026-10-20", "2026-10-31") });
    const after = await submitFiling(ito, { form: birthClaim(39_071, 39_072, "2026-10-20", "2026-11-02") });
    const report = form("numberChange", "2026-11-02", {
      claimant: 39_061,
      person: 39_061,
      changedOn: "2026-11-01",
      cause: "leaked",
    });
    const other = await submitFiling(ito, { form: report });
    await changeSetting(ito, { ...setting, approvedBy: "staff.sato" });
    const { filings } = await workList(live(), { kind: "ageing", today: TODAY });
    const found = (filing: { readonly filingId: number }) =>
      filings.find(({ filingId }) => filingId === filing.filingId);
    // Received before 11-01: still 30 days, 10-31 → 11-30, 23 days waiting. From then on 14: 11-02 → 11-16. Reports: 60: 11-02 → 2027-01-01.
    expect(found(before)).toMatchObject({ decideBy: "2026-11-30", alarm: "soon" });
    expect(found(after)).toMatchObject({ decideBy: "2026-11-16", alarm: "late" });
    expect(found(other)).toMatchObject({ decideBy: "2027-01-01", alarm: null });
  });

  it("hold no name, no birth date, no address and no 宛名番号; a decided filing leaves them", async () => {
    const { filingId, digest } = await examined(ito, birthClaim(39_051, 39_052, "2026-10-20", "2026-11-13"));
    const before = await workList(live(), { kind: "toApprove", today: TODAY });
    expect(before.filings.map((each) => each.filingId)).toContain(filingId);
    const text = JSON.stringify(before);
    for (const secret of ["架空", "1990-01-01", "39051", "39052"]) expect(text).not.toContain(secret);
    expect(before.filings.find((each) => each.filingId === filingId)?.kanaInitial).toBe("カ");
    await approveFiling(sato, { filingId, digest });
    const after = await workList(live(), { kind: "ageing", today: TODAY });
    expect(after.filings.map((each) => each.filingId)).not.toContain(filingId);
  });
});
