/** 法26条の届出: 現況届 and the other reports go the same way of three dated steps, each by the right person. */
import { beforeAll, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { approveFiling } from "../../src/filings/approve.ts";
import { examineFiling } from "../../src/filings/examine.ts";
import type { FilingForm } from "../../src/filings/form.ts";
import { receiveDocuments } from "../../src/filings/documents.ts";
import { submitFiling } from "../../src/filings/receive.ts";
import { loadFiling } from "../../src/filings/record.ts";
import { procedureOf } from "../../src/filings/registry.ts";
import { testContext, testFolder } from "../support/context.ts";
import { certifiedFamily, exOfficio, onDay, recipientIdOf } from "../support/families.ts";
import { number15, resident } from "../support/feeds.ts";
import { bring, decided, form, prepare } from "../support/filings.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");

beforeAll(async () => await prepare(database.pool));

const HOME = 78_609;

/** A home with two children. @returns its 認定番号 */
async function home(): Promise<number> {
  await bring(clerk, {
    residents: [resident(78_601, "2020-05-10"), resident(78_602, "2021-05-10")],
    organizations: [
      {
        宛名番号: number15(HOME),
        名称: "架空園",
        名称フリガナ: "カクウエン",
        区分: "institution",
        市区町村コード: "431010",
        郵便番号: "8600000",
        住所: "架空町２丁目",
        設置者区分: "private",
      },
    ],
  });
  for (const claimant of [78_601, 78_602]) {
    const placed = { institution: HOME, placeKind: "childrenHome", placeName: "架空園", authority: "架空児童相談所" };
    await decided(
      clerk,
      approver,
      exOfficio("placement", "2026-09-20", { claimant, placedOn: "2026-09-10", ...placed }),
    );
  }
  const claim = form("certificationInstitution", "2026-09-20", {
    claimant: HOME,
    cause: "enteredInstitution",
    causeOn: "2026-09-10",
    account: { bank: "0182", branch: "101", accountType: "1", accountNumber: "7860009", holder: "カクウエン" },
    children: [
      { number: 78_601, role: "child" },
      { number: 78_602, role: "child" },
    ],
  });
  await decided(clerk, approver, claim);
  return await recipientIdOf(database.pool, HOME);
}

const ends = (child: number) => ({ events: [{ cause: "careEnded", child, on: "2026-10-15" }] });
const leaves = (child: number) => ({ events: [{ cause: "childAbroad", child, on: "2026-10-15" }] });

/** 様式第4号 (減額), 6, 8, 10 and those of institutions: 5 (減額), 7, 9, 11; a right ends last. */
function reports(person: number, recipientId: number, homeId: number): readonly FilingForm[] {
  const own = { claimant: person, recipientId };
  const its = { claimant: HOME, recipientId: homeId };
  const received = "2026-11-18";
  return [
    form("annualReview", received, { ...own, year: 2026, unchanged: true }),
    form("institutionAnnualReview", received, { ...its, year: 2026, unchanged: true }),
    form("change", received, { ...own, on: "2026-11-10", name: { name: "架空　改子", kana: "カクウ　カイコ" } }),
    form("institutionChange", received, {
      ...its,
      on: "2026-11-10",
      name: { name: "新架空園", kana: "シンカクウエン" },
    }),
    form("decrease", received, { ...own, ...ends(person + 1) }),
    form("institutionDecrease", received, { ...its, ...leaves(78_601) }),
    form("extinction", received, { ...own, ...ends(person + 2) }),
    form("institutionExtinction", received, { ...its, ...leaves(78_602) }),
  ];
}

it("[D5] every report of article 26 – 現況届, changes, decrease, end, of persons and of homes – is received, examined and answered, each step dated and by another person", async () => {
  const person = 78_500;
  const recipientId = await certifiedFamily({ clerk, approver }, person, ["2020-05-10", "2021-05-10"]);
  const seen: unknown[] = [];
  for (const filed of reports(person, recipientId, await home())) {
    const { filingId } = await submitFiling(onDay(clerk, "2026-11-18"), { form: filed });
    const record = await loadFiling(database.pool, filingId);
    const papers = procedureOf(record.procedure).documents(record.content);
    // Nothing is answered that has not been examined, and not by who examined it.
    await expect(approveFiling(approver, { filingId, digest: "0".repeat(64) }), filed.procedure).rejects.toMatchObject({
      code: expect.stringMatching(/filingState|examinationMissing/u),
    });
    if (papers.length > 0) {
      const all = papers.map(({ code }) => ({ code }));
      await receiveDocuments(onDay(clerk, "2026-11-19"), { filingId, received: all });
    }
    const { digest } = await examineFiling(onDay(clerk, "2026-11-20"), { filingId });
    await expect(approveFiling(clerk, { filingId, digest }), filed.procedure).rejects.toMatchObject({
      code: "samePerson",
    });
    await approveFiling(onDay(approver, "2026-11-20"), { filingId, digest });
    const { rows } = await database.pool.query<{ step: string }>(
      `SELECT e.kind || ' ' || e.done_on || ' ' || e.done_by AS step FROM allowance.filing_event e
       WHERE e.filing_id = $1 AND e.kind IN ('submitted', 'examined', 'approved') ORDER BY e.seq`,
      [filingId],
    );
    seen.push([filed.procedure, record.receivedOn, ...rows.map(({ step }) => step)]);
  }
  expect(seen).toEqual(
    [
      "annualReview",
      "institutionAnnualReview",
      "change",
      "institutionChange",
      "decrease",
      "institutionDecrease",
      "extinction",
      "institutionExtinction",
    ].map((procedure) => [
      procedure,
      "2026-11-18",
      "submitted 2026-11-18 staff.ito",
      "examined 2026-11-20 staff.ito",
      "approved 2026-11-20 staff.sato",
    ]),
  );
});
