/** 認定と却下: the answer has a code of the table and words, and becomes a letter (認定通知書 F1, 却下通知書 F2). */
import { beforeAll, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { examineClaims } from "../../src/claims/examine.ts";
import { approveClaims } from "../../src/decisions/decide.ts";
import { approveFiling } from "../../src/filings/approve.ts";
import { overrideProposal } from "../../src/filings/examine.ts";
import { loadFiling } from "../../src/filings/record.ts";
import { letterText, type LetterContent } from "../../src/notices/content/letter.ts";
import { createLetterRun } from "../../src/notices/runs/create-run.ts";
import { seedDemoTexts } from "../../src/notices/texts/change-text.ts";
import { testContext, testFolder } from "../support/context.ts";
import { certifiedFamily } from "../support/families.ts";
import { claim, claimChild, resident } from "../support/feeds.ts";
import { birthClaim, bring, decided, examined, prepare } from "../support/filings.ts";

const database = useDatabase();
const folder = testFolder();
const clerk = testContext(database, folder, "staff.ito");
const approver = testContext(database, folder, "staff.sato");

beforeAll(async () => {
  await prepare(database.pool);
  await seedDemoTexts(testContext(database, folder, "mongon.ichiro"), testContext(database, folder, "mongon.niro"));
});

const TODAY = "2026-11-23";

/** The letters of a form that wait, made; by 宛名番号. */
async function letters(form: "certification" | "claimRefused"): Promise<ReadonlyMap<number, string>> {
  const { runNo } = await createLetterRun(clerk, { form, documentOn: TODAY, mailOn: TODAY });
  const { rows } = await database.pool.query<{ to: number; content: LetterContent }>(
    `SELECT addressee_number AS "to", content FROM allowance.letter WHERE run_no = $1`,
    [runNo],
  );
  return new Map(rows.map(({ to, content }) => [to, letterText(content).join("\n")]));
}

const filed = (number: number, more = {}) => birthClaim(number, number + 1, "2026-10-20", "2026-11-02", more);

const CODES = `
  SELECT k.claimant_number AS claimant, coalesce(e.override ->> 'reasonCode', r.reason_code) AS code, coalesce(e.override ->> 'reason', r.reason_text) AS words
  FROM allowance.decision d JOIN allowance.claim k USING (claim_id) LEFT JOIN allowance.refusal_reason r USING (decision_id)
  LEFT JOIN allowance.filing_approval p ON p.filing_id = k.filing_id
  LEFT JOIN allowance.filing_examination e ON e.filing_id = p.filing_id AND e.seq = p.examination_seq
  WHERE d.kind = 'refuse' ORDER BY 1`;

it("[A36] a claim is granted, or refused with a code of the table and words, by the rules or by a person; each answer is a letter of its form", async () => {
  await certifiedFamily({ clerk, approver }, 78_100, ["2020-05-10"]);
  const pairs = [78_000, 78_010, 78_020];
  await bring(clerk, {
    residents: [
      ...pairs.flatMap((number) => [resident(number, "1990-01-01"), resident(number + 1, "2026-10-20")]),
      resident(78_030, "1990-01-01"),
    ],
    claims: [claim(78_030, 78_030, "2026-11-10")],
    claimChildren: [claimChild(78_030, 78_101, 1)],
  });

  // A code that is in no table, or in that of another question, and a refusal without words: nothing changes.
  const { filingId } = await examined(clerk, filed(78_010));
  const refusal = { filingId, outcome: "refuse" as const, reasonCode: "notMainEarner", reason: "配偶者の所得が高い" };
  for (const reasonCode of ["spouseEarnsMore", "causeDate", "99"])
    await expect(overrideProposal(clerk, { ...refusal, reasonCode })).rejects.toMatchObject({ code: "codeUnknown" });
  await expect(overrideProposal(clerk, { ...refusal, reason: " " })).rejects.toMatchObject({ code: "filingInvalid" });
  const before = await loadFiling(database.pool, filingId);
  expect(before).toMatchObject({ state: "examined", examination: { outcome: "grant", override: null } });
  await expect(
    database.pool.query(
      `WITH seen AS (INSERT INTO allowance.filing_event (filing_id, seq, revision, kind, done_by, done_on, reason)
         VALUES ($1, $2, 1, 'overridden', 'staff.ito', '2026-11-23', 'x') RETURNING filing_id)
       INSERT INTO allowance.filing_examination (filing_id, seq, revision, outcome, digest, proposal, override, judged_on, examined_by)
       SELECT filing_id, $2, 1, 'refuse', repeat('a', 64), '{}', '{"outcome": "refuse", "reasonCode": "spouseEarnsMore", "reason": "x"}', '2026-11-23', 'staff.ito' FROM seen`,
      [filingId, before.revision + 1],
    ),
  ).rejects.toMatchObject({ constraint: "filing_refusal_code" });

  const refused = await overrideProposal(clerk, refusal);
  await approveFiling(approver, { filingId, digest: refused.digest });
  await decided(clerk, approver, filed(78_000));
  await decided(clerk, approver, filed(78_020, { publicServant: true }));
  await examineClaims(clerk, ["78030"]);
  await approveClaims(approver, ["78030"]);

  const { rows } = await database.pool.query(CODES);
  expect(rows).toEqual([
    { claimant: 78_010, code: "notMainEarner", words: "配偶者の所得が高い" },
    { claimant: 78_020, code: "publicServant", words: expect.stringContaining("17条1項") },
    { claimant: 78_030, code: "alreadyPaid", words: expect.stringContaining("4条") },
  ]);

  // F1: born on 2026-10-20, claimed on 2026-11-02, 13 days after → from 2026-11; under 3: 15,000
  const granted = await letters("certification");
  expect([...granted.keys()].toSorted((a, b) => a - b)).toEqual([78_000, 78_100]);
  expect(granted.get(78_000)).toContain("15,000円");
  expect(granted.get(78_000)).toContain("令和8年11月分から");
  const told = await letters("claimRefused");
  expect([...told.keys()].toSorted((a, b) => a - b)).toEqual([78_010, 78_020, 78_030]);
  // The person's reason, by its code and in words; not what the program had proposed.
  expect(told.get(78_010)).toContain("生計中心者でない\n配偶者の所得が高い");
  expect(told.get(78_010)).not.toMatch(/システム|支給します/u);
  expect(told.get(78_020)).toContain("勤務先へ請求してください");
  // Whose the child is, and under which numbers, is not told.
  expect(told.get(78_030)).toContain("すでにほかの人が");
  expect(told.get(78_030)).not.toMatch(/78100|78101|認定番号/u);
});
