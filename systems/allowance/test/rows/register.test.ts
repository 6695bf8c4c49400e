/** Rows of the register: children, accounts, 認定番号, the recipient's history, requests for material. */
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { entriesOn, entryHistory, listOpenRequests } from "../../src/case-file/read-entries.ts";
import { recordDecisionParts } from "../../src/case-file/record-parts.ts";
import { addEntry, reviseEntry } from "../../src/case-file/write-entry.ts";
import { approveReexamined, reexamine } from "../../src/decisions/re-decide.ts";
import { approveFiling } from "../../src/filings/approve.ts";
import { withdrawFiling } from "../../src/filings/withdraw.ts";
import { openRecipient } from "../../src/inquiry/recipient-page.ts";
import { type Line, pick } from "../annex1/families.ts";
import { testContext, testFolder } from "../support/context.ts";
import { certifiedFamily, decisionsOf, onDay, recipientIdOf } from "../support/families.ts";
import { number15, resident } from "../support/feeds.ts";
import { birthClaim, bring, decided, examined, form, prepare } from "../support/filings.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");
const clerks = { clerk, approver };
const always = { validOn: "2026-11-24", knownOn: "2100-01-01" };

beforeAll(async () => await prepare(database.pool));

/** Runs one statement as the system's role; nothing of it stays. */
async function asSystem(sql: string): Promise<void> {
  const client = await database.pool.connect();
  try {
    await client.query("BEGIN; SET LOCAL ROLE hagukumi_allowance");
    await client.query(sql);
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}

async function expectAppendOnly(tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    const { rows } = await database.pool.query<{ name: string }>(
      "SELECT column_name AS name FROM information_schema.columns WHERE table_schema = 'allowance' AND table_name = $1 AND column_name = 'recorded_at'",
      [table],
    );
    expect(rows, table).toHaveLength(1);
    for (const sql of [`UPDATE allowance.${table} SET recorded_at = recorded_at`, `DELETE FROM allowance.${table}`])
      await expect(asSystem(sql), sql).rejects.toMatchObject({ code: "42501" });
  }
}

async function lines(view: string, number: number): Promise<Line[]> {
  const { rows } = await database.pool.query<Line>(
    `SELECT * FROM annex1."${view}" WHERE "福祉台帳番号" = $1 ORDER BY "申請番号"::bigint, "履歴番号"`,
    [number],
  );
  return rows;
}

const homeOf = (number: number) => ({
  宛名番号: number15(number),
  名称: "架空園",
  名称フリガナ: "カクウエン",
  区分: "institution",
  市区町村コード: "431010",
  郵便番号: "8600000",
  住所: "架空町２丁目",
  設置者区分: "private",
});

const circumstance = (child: number, living: "together" | "apart") =>
  ({
    childNumber: child,
    relation: "20",
    living,
    apartReason: living === "apart" ? "schooling" : null,
    care: "custody",
    livelihood: "common",
  }) as const;

it("[D13] information on a child is created, read and corrected; the version before stays with who typed it", async () => {
  await certifiedFamily(clerks, 60_000, ["2016-05-10"]);
  const entry = { addresseeNumber: 60_000, validFrom: "2026-11-01" } as const;
  // A child that nobody knows; one that lives apart without a reason; a change of what stands.
  await expect(
    addEntry(clerk, "childCircumstance", { ...entry, content: circumstance(60_999, "together") }),
  ).rejects.toMatchObject({ code: "referenceMissing" });
  await expect(
    addEntry(clerk, "childCircumstance", {
      ...entry,
      content: { ...circumstance(60_001, "apart"), apartReason: null },
    }),
  ).rejects.toMatchObject({ code: "entryInvalid" });
  await expectAppendOnly(["child_circumstance", "person_history"]);

  const made = await addEntry(clerk, "childCircumstance", { ...entry, content: circumstance(60_001, "together") });
  expect(await entriesOn(database.pool, "childCircumstance", 60_000, always)).toMatchObject([
    { content: { childNumber: 60_001, living: "together" }, enteredBy: "staff.ito" },
  ]);
  // The child itself is a person of the register, which corrects the day of birth.
  await bring(clerk, { residents: [resident(60_001, "2016-05-11", { 世帯番号: number15(60_000) })] });
  await reviseEntry(approver, "childCircumstance", {
    ...made,
    reason: "別居の届の入力もれ",
    content: circumstance(60_001, "apart"),
  });
  const seen = await entriesOn(database.pool, "childCircumstance", 60_000, always);
  expect(seen).toMatchObject([{ revision: 2, content: { living: "apart", apartReason: "schooling" } }]);
  const history = await entryHistory(
    { pool: database.pool, operator: "staff.ito", purpose: "試験" },
    "childCircumstance",
    60_000,
  );
  expect(history.map(({ content, enteredBy }) => [content.living, enteredBy])).toEqual([
    ["together", "staff.ito"],
    ["apart", "staff.sato"],
  ]);
  const born = await database.pool.query(
    "SELECT revision, birth_date::text AS born FROM allowance.person_history WHERE addressee_number = 60001 ORDER BY revision",
  );
  expect(born.rows).toEqual([
    { revision: 1, born: "2016-05-10" },
    { revision: 2, born: "2016-05-11" },
  ]);
  const child = (await lines("新児童手当児童情報", 60_000)).at(-1);
  expect(pick(child, "児童福祉台帳番号", "児童生年月日", "同居別居区分コード")).toEqual([60_001, "2016-05-11", "2"]);
});

it("[D14] an account is created, read and corrected; the one before stays with who typed and who decided", async () => {
  const recipientId = await certifiedFamily(clerks, 60_100, ["2016-05-10"]);
  await expectAppendOnly(["account"]);
  // One person alone writes no account, not even past the program.
  await expect(
    asSystem(
      `INSERT INTO allowance.account (recipient_id, bank, branch, account_type, account_number, holder, source, entered_by, approved_by)
       VALUES (${recipientId}, '0182', '101', '1', '7600100', 'ｶｸｳ ﾀﾛｳ', 'change', 'staff.ito', 'staff.ito')`,
    ),
  ).rejects.toMatchObject({ constraint: "account_two_people" });

  const account = { bank: "0182", branch: "101", accountType: "1", accountNumber: "7600101", holder: "カクウ　タロウ" };
  await decided(clerk, approver, form("accountChange", "2026-11-20", { claimant: 60_100, recipientId, account }));
  const context = { ...clerk, pool: database.pool };
  const page = await openRecipient(context, { recipientId, calendar: clerk.calendar, today: clerk.today });
  // Newest first; a screen shows the last three digits
  expect(page.accounts.map(({ maskedNumber }) => maskedNumber)).toEqual(["••••101", "••••100"]);
  const { rows } = await database.pool.query(
    `SELECT account_number AS number, source, entered_by AS typed, approved_by AS decided FROM allowance.account WHERE recipient_id = $1 ORDER BY account_id`,
    [recipientId],
  );
  expect(rows).toEqual([
    { number: "0060100", source: "claim", typed: "staff.ito", decided: "staff.sato" },
    { number: "7600101", source: "change", typed: "staff.ito", decided: "staff.sato" },
  ]);
});

const careEnded = (child: number) => ({ events: [{ cause: "careEnded", child, on: "2026-10-15" }] });

it("[D84] a 認定番号 is given per recipient, carries the status of receipt, and is never given again", async () => {
  const first = await certifiedFamily(clerks, 60_200, ["2016-05-10"]);
  const other = await certifiedFamily(clerks, 60_210, ["2016-05-10"]);
  expect(other).not.toBe(first);
  const again = (how: string): string =>
    `INSERT INTO allowance.recipient (recipient_id, addressee_number, kind, ordinal, opened_by_claim, ward_code) ${how}
     SELECT ${first}, 60210, 'individual', 9, claim_id, '431010' FROM allowance.claim WHERE claimant_number = 60210`;
  // The number is not for anybody to choose, is there once, and no row goes away that its number could come back.
  await expect(asSystem(again(""))).rejects.toMatchObject({ code: "428C9" });
  await expect(asSystem(again("OVERRIDING SYSTEM VALUE"))).rejects.toMatchObject({ constraint: "recipient_pkey" });
  await expectAppendOnly(["recipient"]);

  await decided(
    clerk,
    approver,
    form("extinction", "2026-11-20", { claimant: 60_200, recipientId: first, ...careEnded(60_201) }),
  );
  await bring(clerk, { residents: [resident(60_205, "2026-11-01", { 世帯番号: number15(60_200) })] });
  await decided(clerk, approver, birthClaim(60_200, 60_205, "2026-11-01", "2026-11-20"));
  const second = await recipientIdOf(database.pool, 60_200);
  expect(second).toBeGreaterThan(Math.max(first, other));
  const status = (await lines("新児童手当資格情報", 60_200)).filter((line) => line["最新フラグ"] === "1");
  // 05 消滅, 02 受給中
  expect(status.map((line) => pick(line, "認定番号", "状態コード"))).toEqual([
    [first, "05"],
    [second, "02"],
  ]);
  expect((await decisionsOf(database.pool, first)).at(-1)).toMatchObject({ kind: "extinguish", month: "2026-11" });
});

describe("recipient master", () => {
  it("[A1] recipients of both kinds with 認定番号, status and every history row; nothing is written over", async () => {
    await expectAppendOnly(["recipient", "decision", "recipient_history", "claim", "account", "hold"]);
    const person = await certifiedFamily(clerks, 60_300, ["2016-05-10"]);
    const entered = { 宛名番号: number15(60_311), 相手宛名番号: number15(60_319), 開始年月日: "2026-10-10" };
    await bring(clerk, {
      organizations: [homeOf(60_319)],
      residents: [resident(60_311, "2018-04-01")],
      statusPeriods: [{ 区分: "institution", ...entered, 短期: "0", 留学: "0" }],
    });
    await decided(clerk, approver, homeClaim(60_319, 60_311));
    const items = ["認定番号", "状態コード", "最新フラグ", "削除フラグ"];
    expect(pick((await lines("新児童手当資格情報", 60_300)).at(-1), ...items)).toEqual([person, "02", "1", "0"]);
    const institution = await recipientIdOf(database.pool, 60_319);
    expect(pick((await lines("新児童手当資格情報", 60_319)).at(-1), ...items)).toEqual([institution, "02", "1", "0"]);
    const [one, two] = [await lines("新児童手当資格情報", 60_300), await lines("新児童手当資格情報", 60_319)];
    expect(one[0]?.["事業コード"]).not.toBe(two[0]?.["事業コード"]);

    // The end is a further row: every row before it is as it was, only the last one is the latest now.
    await decided(
      clerk,
      approver,
      form("extinction", "2026-11-20", { claimant: 60_300, recipientId: person, ...careEnded(60_301) }),
    );
    const after = await lines("新児童手当資格情報", 60_300);
    expect(after.length).toBeGreaterThan(one.length);
    expect(after.slice(0, one.length)).toEqual(one.map((line) => ({ ...line, 最新フラグ: "0" })));
    expect(after.map((line) => line["履歴番号"])).toEqual(after.map((_, index) => index + 1));
    expect(after.map((line) => line["最新フラグ"]).join("")).toBe(`${"0".repeat(after.length - 1)}1`);
    expect(after.at(-1)?.["状態コード"]).toBe("05");
  });
});

it("[A2] each child of a claim has relation, living with its reason, care, livelihood, study abroad, first and last month with their causes", async () => {
  await expectAppendOnly(["claim", "child_circumstance"]);
  const recipientId = await certifiedFamily(clerks, 60_400, ["2014-05-10", "2016-05-10"]);
  await addEntry(clerk, "childCircumstance", {
    addresseeNumber: 60_400,
    validFrom: "2026-04-01",
    content: {
      ...circumstance(60_402, "apart"),
      apartReason: "studyAbroad",
      livelihood: "maintained",
      studyAbroadFrom: "2026-04",
    },
  });
  await addEntry(clerk, "childCircumstance", {
    addresseeNumber: 60_400,
    validFrom: "2026-04-01",
    content: circumstance(60_401, "together"),
  });
  await decided(
    clerk,
    approver,
    form("decrease", "2026-11-20", { claimant: 60_400, recipientId, ...careEnded(60_402) }),
  );
  await recordDecisionParts(approver);
  const items = ["児童福祉台帳番号", "続柄コード", "同居別居区分コード", "別居理由コード", "監護区分コード"];
  const more = ["生計関係コード", "海外留学開始年月", "支給開始年月", "請求事由コード", "消滅年月", "消滅事由コード"];
  const children = await lines("新児童手当児童情報", 60_400);
  const last = children.filter((line) => line["履歴番号"] === children.at(-1)?.["履歴番号"]);
  // Certified from 2026-06 (cause 99 other); care of the second ended on 2026-10-15: October is its last month (cause 22)
  expect(last.map((line) => pick(line, ...items, ...more)).toSorted((a, b) => Number(a[0]) - Number(b[0]))).toEqual([
    [60_401, "20", "1", null, "1", "1", null, "2026-06", "99", null, null],
    [60_402, "20", "2", "06", "1", "2", "2026-04", "2026-06", "99", "2026-10", "22"],
  ]);
});

describe("investigation (27条) and requests (28条)", () => {
  it("[A222] orders, questions and requests to offices, banks and employers are kept with their basis and answer", async () => {
    await certifiedFamily(clerks, 60_500, ["2016-05-10"]);
    const entry = { addresseeNumber: 60_500, validFrom: "2026-11-02" } as const;
    const asked = { requestedOn: "2026-11-02", dueOn: "2026-11-16" } as const;
    const order = { officeKind: "person", officeName: "架空　60500子", legalBasis: "article27" } as const;
    const wrong = [
      { ...order, ...asked, items: "質問", legalBasis: "article26" },
      { ...order, ...asked, items: "" },
      { ...order, ...asked, items: "質問", answer: "日のない回答" },
      { ...order, ...asked, items: "質問", answeredOn: "2026-11-10" },
    ];
    for (const content of wrong)
      await expect(addEntry(clerk, "materialRequest", { ...entry, content: content as never })).rejects.toMatchObject({
        code: "entryInvalid",
      });
    expect(await listOpenRequests(database.pool, "2026-11-16")).toEqual([]);

    const requests = [
      { ...order, items: "監護の状況を示す書類の提出命令" },
      { ...order, items: "同居の開始についての質問" },
      { officeKind: "publicOffice", officeName: "架空市", legalBasis: "article28", items: "住所の履歴" },
      { officeKind: "pensionOffice", officeName: "架空年金事務所", legalBasis: "article28", items: "加入期間" },
      { officeKind: "bank", officeName: "架空銀行", legalBasis: "article28", items: "口座の名義" },
      { officeKind: "employer", officeName: "架空商店", legalBasis: "article28", items: "勤務の開始" },
    ] as const;
    for (const request of requests) {
      const ref = await addEntry(clerk, "materialRequest", { ...entry, content: { ...request, ...asked } });
      await reviseEntry(approver, "materialRequest", {
        ...ref,
        reason: "回答が届いた",
        content: { answeredOn: "2026-11-10", answer: `${request.items}の回答` },
      });
    }
    const kept = await entriesOn(database.pool, "materialRequest", 60_500, always);
    expect(kept.map(({ content }) => [content.officeKind, content.legalBasis, content.items, content.answer])).toEqual(
      requests.map(({ officeKind, legalBasis, items }) => [officeKind, legalBasis, items, `${items}の回答`]),
    );
    expect(kept.every(({ content }) => content.answeredOn === "2026-11-10")).toBe(true);
    await expectAppendOnly(["material_request"]);
  });
});

/** 認定請求書（施設等受給者用） for one child. */
const homeClaim = (home: number, child: number) =>
  form("certificationInstitution", "2026-10-20", {
    claimant: home,
    cause: "enteredInstitution",
    causeOn: "2026-10-10",
    account: {
      bank: "0182",
      branch: "101",
      accountType: "1",
      accountNumber: `00${home}`,
      numberAgain: `00${home}`,
      holder: "カクウエン",
    },
    children: [{ number: child, role: "child" }],
  });

it("[A219] a home is one recipient with one case, whatever it claims again; another home is another case", async () => {
  const homes = [60_719, 60_729];
  await bring(clerk, {
    organizations: homes.map((number) => homeOf(number)),
    residents: [60_711, 60_712, 60_721].map((child) => resident(child, "2018-04-01")),
    statusPeriods: [
      [60_711, 60_719],
      [60_712, 60_719],
      [60_721, 60_729],
    ].map(([child = 0, home = 0]) => ({
      区分: "institution",
      宛名番号: number15(child),
      相手宛名番号: number15(home),
      開始年月日: "2026-10-10",
      短期: "0",
      留学: "0",
    })),
  });
  // Placed in the one home, the child can't be granted to the other, although the one home has not claimed yet.
  const early = await examined(clerk, homeClaim(60_729, 60_711));
  expect(early.proposal.differences).toMatchObject([
    { item: "child.placedElsewhere", weight: "stop", child: 60_711, registered: number15(60_719) },
  ]);
  const approval = approveFiling(approver, { filingId: early.filingId, digest: early.digest });
  await expect(approval).rejects.toMatchObject({ code: "filingStopped" });
  await withdrawFiling(clerk, { filingId: early.filingId, reason: "架空の誤り" });

  await decided(clerk, approver, homeClaim(60_719, 60_711));
  const first = await recipientIdOf(database.pool, 60_719);

  // A child of the one home can't be claimed for the other.
  const wrong = await examined(clerk, homeClaim(60_729, 60_711));
  expect(wrong.proposal.differences).toMatchObject([
    { item: "child.attached", weight: "stop", registered: String(first) },
    { item: "child.placedElsewhere", weight: "stop" },
  ]);
  const refused = await approveFiling(approver, { filingId: wrong.filingId, digest: wrong.digest });
  expect(refused).toMatchObject({ outcome: "refuse", applied: { recipients: [] } });

  // The second claim of the home is shown as that of a recipient and joins its case.
  const second = await examined(clerk, homeClaim(60_719, 60_712));
  expect(second.proposal.differences).toMatchObject([{ item: "claimant.recipient", registered: String(first) }]);
  await approveFiling(approver, { filingId: second.filingId, digest: second.digest });
  await decided(clerk, approver, homeClaim(60_729, 60_721));
  const { rows } = await database.pool.query<{ id: number; home: number }>(
    "SELECT recipient_id AS id, addressee_number AS home FROM allowance.recipient WHERE addressee_number = ANY($1) ORDER BY 1",
    [homes],
  );
  const other = await recipientIdOf(database.pool, 60_729);
  expect(rows).toEqual([
    { id: first, home: 60_719 },
    { id: other, home: 60_729 },
  ]);
  // Children of 2018 at 10,000 each: two here, one there
  expect((await decisionsOf(database.pool, first)).at(-1)).toMatchObject({ month: "2026-11", total: 20_000 });
  expect((await decisionsOf(database.pool, other)).at(-1)).toMatchObject({ month: "2026-11", total: 10_000 });
});

const STUDY = { withParents: false, school: "架空学校", country: "架空国", livedInJapanSince: "2018-04-01" };

it("[A204] a child abroad for study counts for three years, a counted sibling for four; both after more than three years here and without the parents", async () => {
  // Counted sibling of 2007, children of 2014, 2020 and 2022: 10,000 + 30,000 + 30,000 = 70,000
  const born = ["2014-05-10", "2020-05-10", "2022-05-10"];
  const recipientId = await certifiedFamily(clerks, 60_600, born, [{ born: "2007-06-01" }]);
  expect(await decisionsOf(database.pool, recipientId)).toMatchObject([{ month: "2026-06", total: 70_000 }]);
  const statement = (child: number, more: Record<string, unknown> = {}) =>
    form("studyAbroad", "2026-11-18", {
      claimant: 60_600,
      recipientId,
      child,
      leftOn: "2025-10-15",
      ...STUDY,
      ...more,
    });
  for (const more of [{ livedInJapanSince: "2022-10-15" }, { withParents: true }])
    for (const child of [60_601, 60_604])
      expect((await examined(clerk, statement(child, more))).proposal.outcome, JSON.stringify(more)).toBe("refuse");

  await decided(clerk, approver, statement(60_601));
  await decided(clerk, approver, statement(60_604));
  const { rows } = await database.pool.query(
    "SELECT child_number AS child, role, limit_on::text AS limit FROM allowance.study_abroad WHERE recipient_id = $1 ORDER BY child_number",
    [recipientId],
  );
  expect(rows).toEqual([
    { child: 60_601, role: "child", limit: "2028-10-14" },
    { child: 60_604, role: "counted", limit: "2029-10-14" },
  ]);
  const later = { clerk: onDay(clerk, "2029-12-01"), approver: onDay(approver, "2029-12-01") };
  const scope = { recipients: [recipientId] };
  await reexamine(later.clerk, scope);
  await approveReexamined(later.approver, scope);
  // Left on 2025-10-15: October 2028 and October 2029 are the last months within three and four years.
  // From 2028-11 the child of 2014 is out: 2020 is second, 2022 third: 10,000 + 30,000 = 40,000.
  // From 2029-11 the counted sibling is out too: first and second: 10,000 + 10,000 = 20,000.
  expect(await decisionsOf(database.pool, recipientId)).toEqual([
    { kind: "certify", month: "2026-06", total: 70_000, cause: "other" },
    { kind: "decrease", month: "2028-11", total: 40_000, cause: "studyAbroadLimit" },
    { kind: "decrease", month: "2029-11", total: 20_000, cause: "studyAbroadLimit" },
  ]);
});
