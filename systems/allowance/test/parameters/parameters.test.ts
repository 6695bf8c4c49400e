/** 法のパラメータ: no decision and no payment by values that two people have not approved; incidents with wrong values replayed. */
import { assess, parameterEntries, ruleVersion, type ParameterEntry } from "@hagukumi/law/contract.ts";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { examineClaims } from "../../src/claims/examine.ts";
import { approveClaims } from "../../src/decisions/decide.ts";
import { differencesBetween } from "../../src/parameters/differences.ts";
import { programSet, sealSet } from "../../src/parameters/program-set.ts";
import { readParameters } from "../../src/parameters/read-parameters.ts";
import { approveParameters, programCandidate, registerParameters } from "../../src/parameters/register-set.ts";
import { approveRun, inspectRun } from "../../src/payments/approve-run.ts";
import { createRun } from "../../src/payments/create-run.ts";
import { freezeRun } from "../../src/payments/freeze-run.ts";
import { cancelRun } from "../../src/payments/cancel-run.ts";
import { submitFiling } from "../../src/filings/receive.ts";
import { alteredLaw } from "../support/altered-law.ts";
import {
  APPROVER,
  calendar,
  contextOf,
  MAKER,
  seedCases,
  threeFamilies,
  threeFamiliesTotal,
} from "../support/cases.ts";
import { testContext, testFolder } from "../support/context.ts";
import { claim, claimChild, number15, resident } from "../support/feeds.ts";
import { birthClaim, bring } from "../support/filings.ts";
import { create } from "../support/runs.ts";

const database = useDatabase();
const dir = testFolder();
const ito = testContext(database, dir, "staff.ito");
const sato = testContext(database, dir, "staff.sato");

/** The values of an earlier program: those of today with one of them as `change` makes it, the version before. */
function earlier(change: (entry: ParameterEntry) => ParameterEntry | null) {
  const entries = parameterEntries()
    .map((entry) => (entry.set === "rules" ? { ...entry, value: { ruleVersion: "2026-01-01.1" } } : change(entry)))
    .filter((entry) => entry !== null);
  return { set: sealSet(entries, "2026-01-01.1"), examples: programCandidate(calendar).examples };
}

const third = (entry: ParameterEntry): boolean => entry.set === "amounts" && entry.id === "r6Third";

/** What was approved before today's program came: the third child with 15,000. */
const beforeUpdate = earlier((entry) =>
  third(entry) ? { ...entry, value: { ...entry.value, amount: 15_000 } } : entry,
);

/** Registers as one person, approves as another. */
async function approve(candidate = programCandidate(calendar)): Promise<void> {
  const { setId, contentDigest } = await registerParameters(ito, { source: "令6法47（試験）" }, undefined, candidate);
  await approveParameters(sato, { setId, contentDigest });
}

/** Employment income of 6,390,000 in a year, nothing else. */
const tax = (year: string) => ({
  宛名番号: number15(71_101),
  所得年: year,
  履歴番号: "1",
  給与所得: "6390000",
  公的年金等雑所得: "0",
  その他所得: "0",
  控除額計: "0",
  扶養親族等の数: "0",
  うち老人: "0",
});

const rows = async (table: string): Promise<number> =>
  (await database.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM allowance.${table}`)).rows[0]?.n ?? 0;

/** No approval stands, as before the first start: the owner takes the seeded ones away. */
async function forgetApprovals(): Promise<void> {
  await database.pool.query(
    "TRUNCATE allowance.parameter_approval, allowance.run_parameters, allowance.parallel_calculation, allowance.parallel_difference; UPDATE allowance.parameter_set SET compared_with = NULL; DELETE FROM allowance.parameter_set",
  );
}

beforeAll(async () => {
  await seedCases(database.pool, threeFamilies);
  await bring(ito, {
    residents: [resident(71_001, "1990-01-01"), resident(71_002, "2026-10-10")],
    claims: [claim(71_001, 71_001, "2026-10-20")],
    claimChildren: [claimChild(71_001, 71_002, 1)],
  });
  await examineClaims(ito, ["71001"]);
});
beforeEach(forgetApprovals);

describe("[A12] values of the law with two people", () => {
  it("every kind of the list is dated and named: rates, ages, count, payment months, switch month, income tables", () => {
    const { entries } = programSet();
    const of = (set: string): unknown[] =>
      entries.filter((each) => each.set === set).map(({ id, months }) => [id, ...months]);
    expect(of("amounts")).toContainEqual(["r6Third", "2024-10", "2049-12"]);
    expect(of("ages")).toContainEqual(["universityAge", "2024-10", "2049-12"]);
    expect(of("places")).toContainEqual(["thirdFrom202410", "2024-10", "2049-12"]);
    expect(of("paymentMonths")).toEqual([
      ["until202409", "2010-04", "2024-09"],
      ["from202410", "2024-10", "2049-12"],
    ]);
    expect(of("regimes").at(-1)).toEqual(["R6", "2024-10", "2049-12"]);
    expect(of("incomeLimits")).toEqual([
      ["2012-06", "2012-06", "2022-05"],
      ["2022-06", "2022-06", "2024-09"],
    ]);
    expect(of("incomeDeductions")).toContainEqual(["employmentPension", "2021-06", "2024-09"]);
    for (const entry of entries) expect(entry.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it("without an approval nothing is decided and nothing is paid; registered is not approved; the registrar cannot approve; another can", async () => {
    const refused = { code: "parametersNotApproved" };
    await expect(approveClaims(sato, ["71001"])).rejects.toMatchObject(refused);
    await expect(create(database.pool)).rejects.toMatchObject(refused);
    const registered = await registerParameters(ito, { source: "令6法47（試験）" });
    expect(registered).toMatchObject({ differences: programSet().entries.length, failed: 0 });
    expect(registered.examples).toBeGreaterThan(150);
    await expect(create(database.pool)).rejects.toMatchObject(refused);
    const { setId, contentDigest } = registered;
    await expect(approveParameters(ito, { setId, contentDigest })).rejects.toMatchObject({ code: "samePerson" });
    await expect(approveParameters(sato, { setId, contentDigest: "0".repeat(64) })).rejects.toMatchObject({
      code: "contentChanged",
    });
    await expect(approveParameters(sato, { setId: 999_999, contentDigest })).rejects.toMatchObject({
      code: "parameterInvalid",
    });
    await expect(registerParameters(ito, { source: " " })).rejects.toMatchObject({ code: "parameterInvalid" });
    expect([await rows("payment_run"), await rows("parameter_approval")]).toEqual([0, 0]);

    await approveParameters(sato, { setId, contentDigest });
    await expect(approveParameters(sato, { setId, contentDigest })).rejects.toMatchObject({ code: "parameterInvalid" });
    await expect(registerParameters(ito, { source: "もう一度" })).rejects.toMatchObject({ code: "parameterInvalid" });
    expect(await approveClaims(sato, ["71001"])).toMatchObject({ granted: 1 });
    const run = await create(database.pool);
    // threeFamilies 150,000 + child of 2026-10-10, claimed in time: November 15,000
    expect(run.lines).toMatchObject({ lineCount: threeFamiliesTotal.lines + 1, total: 165_000 });
    const used = await database.pool.query("SELECT run_no, set_id FROM allowance.run_parameters");
    expect(used.rows).toEqual([{ run_no: run.runNo, set_id: setId }]);
    // The application itself can't change a row of it.
    const client = await database.pool.connect();
    await client.query("SET ROLE hagukumi_allowance");
    for (const sql of [
      "UPDATE allowance.parameter_set SET source = 'x'",
      "DELETE FROM allowance.parameter_approval",
      "UPDATE allowance.run_parameters SET set_id = 1",
    ])
      await expect(client.query(sql)).rejects.toMatchObject({ code: "42501" });
    await client.query("RESET ROLE");
    client.release();
    await cancelRun(contextOf(database.pool, MAKER), { key: "cancel/approved", runNo: run.runNo, reason: "試験" });
  });

  it("a program that changes a value stops decisions, runs and the file of a run made before, names the value, and goes on after the approval", async () => {
    await approve();
    const run = await create(database.pool);
    const stage = (name: string) => ({ key: `${name}/${run.runNo}/update`, runNo: run.runNo });
    const { response } = await inspectRun(contextOf(database.pool, MAKER), stage("inspect"));
    await approveRun(contextOf(database.pool, APPROVER), { ...stage("approve"), lineDigest: response.lineDigest });
    // As if the update had come now: what two people approved last is another set than this program's.
    const { setId, contentDigest } = await registerParameters(ito, { source: "旧プログラム" }, undefined, beforeUpdate);
    await approveParameters(sato, { setId, contentDigest });
    const refused = {
      code: "parametersNotApproved",
      message: expect.stringContaining("手当額「第三子以降」") as string,
      details: { differences: 2 },
    };
    await expect(freezeRun(contextOf(database.pool, APPROVER), stage("freeze"))).rejects.toMatchObject(refused);
    expect(await rows("transfer_file")).toBe(0);

    const view = await readParameters(database.pool);
    expect(view.inForce).toBe(false);
    expect(view.differences).toEqual([
      expect.objectContaining({ kind: "changed", name: "法の規則の版「法の規則の版」" }) as unknown,
      {
        kind: "changed",
        name: "手当額「第三子以降」",
        before: "月額15,000円（令和6年10月分から令和31年12月分まで）",
        after: "月額30,000円（令和6年10月分から令和31年12月分まで）",
      },
    ]);
    await approve();
    expect((await readParameters(database.pool)).inForce).toBe(true);
    // Made with the first approval, not with the last: made anew.
    await expect(freezeRun(contextOf(database.pool, APPROVER), stage("freeze2"))).rejects.toMatchObject({
      code: "parametersNotApproved",
      message: expect.stringContaining("作り直して") as string,
    });
    await cancelRun(contextOf(database.pool, MAKER), { ...stage("cancel"), reason: "値の変更" });
    const again = await create(database.pool);
    expect(again.lines.total).toBe(threeFamiliesTotal.total + 15_000);
    await cancelRun(contextOf(database.pool, MAKER), { key: "cancel/again", runNo: again.runNo, reason: "試験" });
  });

  it("a list of differences that went stale cannot be approved", async () => {
    const stale = await registerParameters(ito, { source: "先の登録" });
    const { setId, contentDigest } = await registerParameters(ito, { source: "旧プログラム" }, undefined, beforeUpdate);
    await approveParameters(sato, { setId, contentDigest });
    await expect(
      approveParameters(sato, { setId: stale.setId, contentDigest: stale.contentDigest }),
    ).rejects.toMatchObject({ code: "contentChanged" });
    expect(differencesBetween(beforeUpdate.set, programSet()).map(({ set, kind }) => [set, kind])).toEqual([
      ["rules", "changed"],
      ["amounts", "changed"],
    ]);
  });
});

describe("incidents", () => {
  it("[I-50] 吹田市 2019: before other values are approved every month of every case is computed with them beside the ledger; what would change is counted to the yen, shown case by case, and part of what is approved", async () => {
    await approve();
    const run = await create(database.pool);
    // The program that comes next gives the third child 15,000 in place of 30,000, by mistake.
    const wrong = ((value, options) => {
      const judged = assess(value, options);
      if (!judged.ok) return judged;
      const months = judged.value.months.map((each) => ({
        ...each,
        children: each.children.map((child) => (child.amount === 30_000 ? { ...child, amount: 15_000 } : child)),
      }));
      return { ...judged, value: { ...judged.value, months } };
    }) as typeof assess;
    const update = { ...beforeUpdate, judge: wrong };
    const registered = await registerParameters(ito, { source: "移行したプログラム" }, undefined, update);
    const shown = (await readParameters(database.pool)).registrations.find(({ setId }) => setId === registered.setId);
    // threeFamilies 150,000 and the child of 2026-10-10 with November 15,000: 165,000 in 11 child-months of four cases. The third child of
    // family 2: 30,000 → 15,000 in October and November, so 30,000 less.
    expect(shown?.parallel).toMatchObject({
      recipients: 4,
      childMonths: 11,
      differing: 2,
      uncomputed: 0,
      amountBefore: 165_000,
      amountAfter: 135_000,
    });
    expect(
      shown?.parallelDifferences.map(({ benefitMonth, amountBefore, amountAfter }) => [
        benefitMonth,
        amountBefore,
        amountAfter,
      ]),
    ).toEqual([
      ["2026-10", 30_000, 15_000],
      ["2026-11", 30_000, 15_000],
    ]);
    // The same values out of a sound program: nothing changes, and it is another content that is approved.
    const sound = await registerParameters(ito, { source: "移行したプログラム" }, undefined, beforeUpdate);
    expect(sound.contentDigest).not.toBe(registered.contentDigest);
    const quiet = (await readParameters(database.pool)).registrations.find(({ setId }) => setId === sound.setId);
    expect(quiet?.parallel).toMatchObject({ differing: 0, amountBefore: 165_000, amountAfter: 165_000 });
    // A registration that was never calculated cannot be approved, whoever tries.
    await expect(
      database.pool.query(
        `WITH s AS (INSERT INTO allowance.parameter_set (set_digest, rule_version, entries, compared_with, differences, examples, example_count, failed_count, content_digest, source, entered_by, entered_on)
           SELECT set_digest, rule_version, entries, compared_with, differences, examples, example_count, failed_count, repeat('d', 64), source, entered_by, entered_on
           FROM allowance.parameter_set WHERE set_id = $1 RETURNING *)
         INSERT INTO allowance.parameter_approval (set_id, content_digest, entered_by, failed_count, approved_by, approved_on)
         SELECT set_id, content_digest, entered_by, failed_count, 'staff.sato', entered_on FROM s`,
        [sound.setId],
      ),
    ).rejects.toMatchObject({ constraint: "parameter_approval_parallel" });
    await cancelRun(contextOf(database.pool, MAKER), { key: "cancel/parallel", runNo: run.runNo, reason: "試験" });
  });

  it("[I-11] the change of law of a month was not set up: a month without a value stops the run, and with the old values the examples of the new law fail", async () => {
    await approve();
    // The tables end with 2049-12; the February payment of 2050 also pays January.
    const request = { key: "create/2050", paymentMonth: "2050-02", kind: "regular" } as const;
    await expect(createRun(contextOf(database.pool, MAKER, "2050-02-01"), request)).rejects.toMatchObject({
      code: "parameterMissing",
      message: expect.stringContaining("2050-01 分") as string,
    });
    expect(await rows("payment_run WHERE payment_month > '2049-01-01'")).toBe(0);
    // A program in which the law of 2024-10 begins a year late: R5 goes on, each of the examples of the months between answers otherwise.
    const late = alteredLaw({
      file: "parameters/regimes.ts",
      from: 'code: "R6",\n    first: "2024-10",',
      to: 'code: "R6",\n    first: "2025-10",',
    });
    const wrong = late.examples.filter(({ ok }) => !ok).map(({ id }) => id);
    // N04: third child under three in 2025-05, 50,000 published; O23: first month of the reform
    expect(wrong).toEqual(expect.arrayContaining(["N04", "O23"]));
    const { setId, contentDigest, failed } = await registerParameters(ito, { source: "更新" }, undefined, late);
    expect(failed).toBe(wrong.length);
    await expect(approveParameters(sato, { setId, contentDigest })).rejects.toMatchObject({ code: "parameterInvalid" });
  });

  it("[THR83] an altered rule fails the published examples, an unapproved one decides and pays nothing, and so does an approved one whose stored values were altered behind the program's back", async () => {
    // Nobody has approved anything: no run.
    await expect(create(database.pool)).rejects.toMatchObject({ code: "parametersNotApproved" });
    // One number of the amounts changed, whichever: examples with another answer, and no approval by anybody.
    for (const change of [
      { file: "parameters/amounts.ts", from: "amount: 30_000", to: "amount: 30_001" },
      {
        file: "parameters/regimes.ts",
        from: 'code: "R6",\n    first: "2024-10",',
        to: 'code: "R6",\n    first: "2024-11",',
      },
    ]) {
      const { setId, contentDigest, failed } = await registerParameters(
        ito,
        { source: "更新" },
        undefined,
        alteredLaw(change),
      );
      expect(failed, change.to).toBeGreaterThan(0);
      await expect(approveParameters(sato, { setId, contentDigest })).rejects.toMatchObject({
        code: "parameterInvalid",
      });
    }
    await expect(create(database.pool)).rejects.toMatchObject({ code: "parametersNotApproved" });
    await approve();
    const { runNo } = await create(database.pool);
    await inspectRun(contextOf(database.pool, MAKER), { key: "inspect", runNo });
    // The program may not write there at all; the owner of the database can, and is found out before a decision and before a run.
    const alter = `UPDATE allowance.parameter_set SET entries = jsonb_set(entries, '{0,title}', '"架空の題"') WHERE set_id = (SELECT max(set_id) FROM allowance.parameter_approval)`;
    const client = await database.pool.connect();
    try {
      await client.query("BEGIN; SET LOCAL ROLE hagukumi_allowance");
      await expect(client.query(alter)).rejects.toMatchObject({ code: "42501" });
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
    await cancelRun(contextOf(database.pool, MAKER), { key: "cancel", runNo, reason: "続きの試験のため" });
    await database.pool.query(alter);
    await expect(create(database.pool)).rejects.toMatchObject({
      code: "parametersNotApproved",
      message: expect.stringContaining("書きかえられています") as string,
    });
  });

  it.each([
    [
      "[I-12] a wrong coefficient",
      { file: "parameters/amounts.ts", from: "amount: 30_000", to: "amount: 20_000" },
      "N04",
    ],
    [
      "[I-17] a coefficient that the vendor set wrong",
      {
        file: "parameters/limits.ts",
        from: 'id: "thirdFrom202410",\n    title: "第三子以降の額の始まり",\n    value: 3,',
        to: 'id: "thirdFrom202410",\n    title: "第三子以降の額の始まり",\n    value: 4,',
      },
      "N04",
    ],
  ] as const)(
    "%s comes with an update: the published examples are answered anew, and nobody can approve it",
    async (_name, change, example) => {
      await approve();
      const candidate = alteredLaw(change);
      const { setId, contentDigest, failed, differences } = await registerParameters(
        ito,
        { source: "更新" },
        undefined,
        candidate,
      );
      expect([differences, failed > 0]).toEqual([1, true]);
      const [line] = (await readParameters(database.pool)).registrations;
      const found = line?.failed.find(({ id }) => id === example);
      // N04 (2014, 2017, 2024): 10,000 + 10,000 + 30,000 = 50,000 was published
      expect(found?.expected).toContain('"total":50000');
      expect(found?.got).not.toBe(found?.expected);
      // Neither the registrar nor another, nor the database by itself
      await expect(approveParameters(ito, { setId, contentDigest })).rejects.toBeDefined();
      await expect(approveParameters(sato, { setId, contentDigest })).rejects.toMatchObject({
        code: "parameterInvalid",
      });
      await expect(
        database.pool.query(
          `INSERT INTO allowance.parameter_approval (set_id, content_digest, entered_by, failed_count, approved_by, approved_on)
         SELECT set_id, content_digest, entered_by, 0, 'kessai.hanako', '2026-11-23' FROM allowance.parameter_set WHERE set_id = $1`,
          [setId],
        ),
      ).rejects.toMatchObject({ constraint: "parameter_approval_of_content" });
      expect((await readParameters(database.pool)).inForce).toBe(true);
    },
  );

  it("[I-55] the deduction of 100,000 yen is the program's, dated, and nobody types a judged income", async () => {
    await approve();
    // Left out by hand in the incident; left out of the program, the examples of income year 2020 on say so.
    const without = alteredLaw({ file: "parameters/limits.ts", from: "value: 100_000", to: "value: 0" });
    const wrong = without.examples.filter(({ ok }) => !ok).map(({ id }) => id);
    expect(wrong).toContain("I01");
    const { setId, contentDigest } = await registerParameters(ito, { source: "更新" }, undefined, without);
    await expect(approveParameters(sato, { setId, contentDigest })).rejects.toMatchObject({ code: "parameterInvalid" });
    // A counter that brings its own class of income is refused: there is no such field.
    const form = birthClaim(71_001, 71_002, "2026-10-10", "2026-11-20", {
      incomeClass: "normal",
      judgedIncome: 6_000_000,
    });
    await expect(submitFiling(ito, { form })).rejects.toMatchObject({ code: "filingInvalid" });
    // 6,390,000 of employment in 2019: − 80,000 = 6,310,000 ≥ 6,220,000 → 5,000 a month; in 2022 − 100,000 more = 6,210,000 → 10,000
    await bring(ito, {
      residents: [resident(71_101, "1985-01-01"), resident(71_102, "2015-05-10")],
      incomes: ["2018", "2019", "2020", "2021", "2022", "2023"].map(tax),
      claims: [claim(71_101, 71_101, "2020-07-10")],
      claimChildren: [claimChild(71_101, 71_102, 1)],
    });
    await examineClaims(ito, ["71101"]);
    await approveClaims(sato, ["71101"]);
    const { rows: decided } = await database.pool.query(
      `SELECT to_char(effective_month, 'YYYY-MM') AS month, monthly_total AS total FROM allowance.decision d JOIN allowance.recipient r USING (recipient_id)
       WHERE r.addressee_number = 71101 AND effective_month < '2024-10-01' ORDER BY d.seq`,
    );
    // From 2021-06 the income of 2020 counts, with the deduction: the same salary, the full amount.
    expect(decided).toEqual([
      { month: "2020-08", total: 5000 },
      { month: "2021-06", total: 10_000 },
    ]);
    expect(ruleVersion).toBe(programSet().ruleVersion);
  });
});
