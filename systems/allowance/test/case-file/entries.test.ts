import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { foldContact } from "../../src/case-file/fold-contact.ts";
import {
  entriesOn,
  entryHistory,
  letterAddressOn,
  listOpenRequests,
  listUnconfirmed,
} from "../../src/case-file/read-entries.ts";
import { addEntry, confirmEntry, reviseEntry, withdrawEntry } from "../../src/case-file/write-entry.ts";
import { contextOf } from "../support/cases.ts";
import { seedSmallCity, type SmallCity } from "../support/small-city.ts";

const database = useDatabase();
const HANAKO = 900000000001101;
const CHILD = 900000000001201;
const SIBLING = 900000000001205;
const always = { validOn: "2026-11-24", knownOn: "2100-01-01" };
let city: SmallCity;

const ito = () => contextOf(database.pool, "staff.ito");
const sato = () => contextOf(database.pool, "staff.sato");
const reader = () => ({ pool: database.pool, operator: "staff.ito", purpose: "試験" });

beforeAll(async () => {
  city = await seedSmallCity(database.pool);
});

async function count(table: string): Promise<number> {
  const { rows } = await database.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM allowance.${table}`);
  return rows[0]?.n ?? -1;
}

describe("what is refused leaves nothing", () => {
  const phone = { addresseeNumber: HANAKO, validFrom: "2026-11-01" } as const;

  it("an entry for nobody, with an empty value, an impossible day or a turned period", async () => {
    const content = { kind: "homePhone", value: "096-328-2111" } as const;
    await expect(addEntry(ito(), "contact", { ...phone, addresseeNumber: 1, content })).rejects.toMatchObject({
      code: "addresseeUnknown",
    });
    await expect(addEntry(ito(), "contact", { ...phone, content: { ...content, value: "  " } })).rejects.toMatchObject({
      code: "entryInvalid",
    });
    await expect(addEntry(ito(), "contact", { ...phone, content, validFrom: "2026-02-30" })).rejects.toMatchObject({
      code: "entryInvalid",
    });
    await expect(addEntry(ito(), "contact", { ...phone, content, validFrom: "infinity" })).rejects.toMatchObject({
      code: "entryInvalid",
    });
    await expect(addEntry(ito(), "contact", { ...phone, content, validTo: "2026-10-31" })).rejects.toMatchObject({
      code: "entryInvalid",
    });
    expect(await count("contact")).toBe(0);
  });

  it("[D164] a child that lives apart without a reason, and one that lives together with one", async () => {
    const child = { childNumber: CHILD, relation: "20", care: "custody", livelihood: "common" } as const;
    const entry = { addresseeNumber: HANAKO, validFrom: "2026-04-01" };
    await expect(
      addEntry(ito(), "childCircumstance", { ...entry, content: { ...child, living: "apart" } }),
    ).rejects.toMatchObject({ code: "entryInvalid", message: expect.stringContaining("別居理由") as string });
    await expect(
      addEntry(ito(), "childCircumstance", {
        ...entry,
        content: { ...child, living: "together", apartReason: "work" },
      }),
    ).rejects.toMatchObject({ code: "entryInvalid" });
    // A reason that is no code of the table
    await expect(
      addEntry(ito(), "childCircumstance", { ...entry, content: { ...child, living: "apart", apartReason: "moon" } }),
    ).rejects.toMatchObject({ code: "codeUnknown" });
    expect(await count("child_circumstance")).toBe(0);
  });

  it("[D88] the class confirmed by the pension without the reason why the insurance could not show it", async () => {
    const content = { employeeClass: "employee", evidence: "pensionInquiry" } as const;
    await expect(
      addEntry(ito(), "coverage", { addresseeNumber: HANAKO, validFrom: "2026-06-01", content }),
    ).rejects.toMatchObject({ code: "entryInvalid" });
    expect(await count("coverage")).toBe(0);
  });

  it("a student without an expected graduation; an end without a cause; a paper kept nowhere; half an answer", async () => {
    const sibling = {
      siblingNumber: SIBLING,
      relation: "20",
      statementReceivedOn: "2026-04-10",
      careFrom: "2026-04-01",
      costFrom: "2026-04-01",
    };
    const entry = { addresseeNumber: HANAKO, validFrom: "2026-04-01" };
    await expect(
      addEntry(ito(), "countedSibling", { ...entry, content: { ...sibling, situation: "student" } }),
    ).rejects.toMatchObject({ code: "entryInvalid", message: expect.stringContaining("卒業予定") as string });
    await expect(
      addEntry(ito(), "countedSibling", {
        ...entry,
        validTo: "2026-09-30",
        content: { ...sibling, situation: "other" },
      }),
    ).rejects.toMatchObject({ code: "entryInvalid" });
    const paper = { kind: "identity", medium: "paper", receivedOn: "2026-11-01" } as const;
    await expect(
      addEntry(ito(), "document", { ...entry, content: { ...paper, state: "stored" } }),
    ).rejects.toMatchObject({ code: "entryInvalid", message: expect.stringContaining("保管場所") as string });
    const asked = {
      municipalityCode: "131121",
      municipalityName: "架空市",
      askedOn: "2026-11-01",
      dueOn: "2026-11-15",
    };
    await expect(
      addEntry(ito(), "formerInquiry", {
        ...entry,
        content: { ...asked, method: "letter", answeredOn: "2026-11-10", paid: true },
      }),
    ).rejects.toMatchObject({ code: "entryInvalid" });
    expect(await count("counted_sibling")).toBe(0);
    expect(await count("document")).toBe(0);
    expect(await count("former_inquiry")).toBe(0);
  });
});

describe("entries live by revisions", () => {
  it("a note is superseded, never edited; who wrote which words stays; a pop-up is marked", async () => {
    const first = await addEntry(ito(), "note", {
      addresseeNumber: HANAKO,
      validFrom: "2026-11-01",
      content: { body: "電話は午後に", popUp: true },
    });
    const change = { ...first, reason: "時間が変わった", content: { body: "電話は午前に" } };
    const second = await reviseEntry(sato(), "note", change);
    expect(second).toEqual({ entryId: first.entryId, revision: 2 });
    // The first revision is not the last any more: whoever still has it on screen is told.
    await expect(reviseEntry(ito(), "note", change)).rejects.toMatchObject({ code: "entryChanged" });
    await expect(withdrawEntry(ito(), "note", { ...first, reason: "誤り" })).rejects.toMatchObject({
      code: "entryChanged",
    });
    const now = await entriesOn(database.pool, "note", HANAKO, always);
    expect(now).toMatchObject([
      { revision: 2, content: { body: "電話は午前に", popUp: true }, enteredBy: "staff.sato" },
    ]);
    const history = await entryHistory(reader(), "note", HANAKO);
    expect(history.map(({ content, enteredBy }) => [content.body, enteredBy])).toEqual([
      ["電話は午後に", "staff.ito"],
      ["電話は午前に", "staff.sato"],
    ]);
  });

  it("of two people who revise the same revision at once, one succeeds and one hears of it", async () => {
    const note = await addEntry(ito(), "note", {
      addresseeNumber: CHILD,
      validFrom: "2026-11-01",
      content: { body: "はじめ", popUp: false },
    });
    const outcomes = await Promise.allSettled([
      reviseEntry(ito(), "note", { ...note, reason: "甲", content: { body: "甲" } }),
      reviseEntry(sato(), "note", { ...note, reason: "乙", content: { body: "乙" } }),
    ]);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(outcomes.find(({ status }) => status === "rejected")).toMatchObject({ reason: { code: "entryChanged" } });
    expect(await entriesOn(database.pool, "note", CHILD, always)).toHaveLength(1);
  });

  it("a withdrawn entry is gone from today's list, cannot be revived and keeps its rows", async () => {
    const wrong = await addEntry(ito(), "contact", {
      addresseeNumber: CHILD,
      validFrom: "2026-11-01",
      content: { kind: "email", value: "kakuu@example.jp" },
    });
    const gone = await withdrawEntry(sato(), "contact", { ...wrong, reason: "別の人の番号だった" });
    await expect(reviseEntry(ito(), "contact", { ...gone, reason: "戻す" })).rejects.toMatchObject({
      code: "entryWithdrawn",
    });
    expect(await entriesOn(database.pool, "contact", CHILD, always)).toEqual([]);
    expect(await count("contact")).toBe(2);
  });

  it("the system's role can't choose when it knew, change a row or delete one", async () => {
    const client = await database.pool.connect();
    try {
      await client.query("BEGIN");
      await client.query("SET LOCAL ROLE hagukumi_allowance");
      const { rows } = await client.query<{ late: boolean }>(
        `INSERT INTO allowance.note (entry_id, revision, addressee_number, body, pop_up, valid_from, entered_by, recorded_at)
         VALUES (nextval('allowance.entry_id_seq'), 1, $1, '本文', false, '2026-01-01', 'staff.ito', '2020-01-01') RETURNING recorded_at > '2026-01-01' AS late`,
        [HANAKO],
      );
      expect(rows[0]?.late).toBe(true);
      for (const statement of ["UPDATE allowance.note SET body = 'x'", "DELETE FROM allowance.note"]) {
        await client.query("SAVEPOINT before");
        await expect(client.query(statement)).rejects.toMatchObject({ code: "42501" });
        await client.query("ROLLBACK TO before");
      }
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
  });

  it("the same key adds once; another content under it is refused", async () => {
    const entry = {
      addresseeNumber: city.tsuji > 0 ? 900000000001102 : 0,
      validFrom: "2026-11-01",
      content: { kind: "mobilePhone", value: "090-0000-0000" },
      key: "contact-1",
    } as const;
    const first = await addEntry(ito(), "contact", entry);
    expect(await addEntry(ito(), "contact", entry)).toEqual(first);
    await expect(
      addEntry(ito(), "contact", { ...entry, content: { kind: "fax", value: "096-000-0000" } }),
    ).rejects.toMatchObject({ code: "commandKeyReused" });
  });
});

it("[D85] telephone and e-mail have a period: a number that has ended is not shown on the days after", async () => {
  const tsuji = 900000000001102;
  const old = await addEntry(ito(), "contact", {
    addresseeNumber: tsuji,
    validFrom: "2026-01-01",
    content: { kind: "homePhone", value: "096-000-1111", note: "夜だけ" },
  });
  await reviseEntry(sato(), "contact", { ...old, reason: "番号が変わった", validTo: "2026-09-30" });
  await addEntry(sato(), "contact", {
    addresseeNumber: tsuji,
    validFrom: "2026-10-01",
    content: { kind: "homePhone", value: "096-000-2222" },
  });
  await addEntry(sato(), "contact", {
    addresseeNumber: tsuji,
    validFrom: "2026-01-01",
    content: { kind: "email", value: "tsuji@example.jp" },
  });
  const on = async (validOn: string) =>
    (await entriesOn(database.pool, "contact", tsuji, { ...always, validOn }))
      .map(({ content }) => content.value)
      .filter((value) => !value.startsWith("090"));
  expect(await on("2025-12-31")).toEqual([]);
  expect(await on("2026-09-30")).toEqual(["096-000-1111", "tsuji@example.jp"]);
  expect(await on("2026-10-01")).toEqual(["096-000-2222", "tsuji@example.jp"]);
});

const rolesOn = async (validOn: string) =>
  (await entriesOn(database.pool, "relatedPerson", 900000000001103, { ...always, validOn })).map(
    ({ content }) => content.role,
  );

it("[A4] spouse, parent designee, guardian and agent are each valid for their own period", async () => {
  const roles = [
    ["spouse", "2020-04-01", null],
    ["parentDesignee", "2021-04-01", "2021-12-31"],
    ["minorGuardian", "2022-01-01", "2022-06-30"],
    ["agent", "2022-06-30", "2022-07-31"],
  ] as const;
  for (const [role, validFrom, validTo] of roles)
    await addEntry(ito(), "relatedPerson", {
      addresseeNumber: 900000000001103,
      validFrom,
      validTo,
      content: { role, name: `架空　${role}` },
    });
  expect(await rolesOn("2020-03-31")).toEqual([]);
  expect(await rolesOn("2021-12-31")).toEqual(["spouse", "parentDesignee"]);
  expect(await rolesOn("2022-01-01")).toEqual(["spouse", "minorGuardian"]);
  expect(await rolesOn("2022-06-30")).toEqual(["spouse", "minorGuardian", "agent"]);
  expect(await rolesOn("2022-08-01")).toEqual(["spouse"]);
});

describe("one at a time, and by two people", () => {
  it("[A7] a mailing address is used only after a second person has confirmed it, within its period, before the resident address", async () => {
    const content = {
      postalCode: "0001001",
      address: "架空市東区見本町1丁目2番3号",
      recipientName: "架空病院",
      cause: "hospital",
    };
    const period = { addresseeNumber: HANAKO, validFrom: "2026-11-01", validTo: "2026-12-31" };
    const ref = await addEntry(ito(), "mailingAddress", { ...period, content });
    expect(await letterAddressOn(database.pool, HANAKO, "2026-11-24")).toMatchObject({ source: "resident" });
    await expect(confirmEntry(ito(), "mailingAddress", ref)).rejects.toMatchObject({ code: "samePerson" });
    expect(await listUnconfirmed(database.pool, "mailingAddress", { notBy: "staff.ito" })).toEqual([]);
    expect(await listUnconfirmed(database.pool, "mailingAddress", { notBy: "staff.sato" })).toMatchObject([ref]);
    await confirmEntry(sato(), "mailingAddress", ref);
    await expect(confirmEntry(sato(), "mailingAddress", ref)).rejects.toMatchObject({ code: "entryConfirmed" });
    expect(await letterAddressOn(database.pool, HANAKO, "2026-11-24")).toMatchObject({
      source: "mailing",
      address: content.address,
      recipientName: "架空病院",
    });
    for (const day of ["2026-10-31", "2027-01-01"])
      expect(await letterAddressOn(database.pool, HANAKO, day)).toMatchObject({ source: "resident" });
    await expect(
      addEntry(ito(), "mailingAddress", { addresseeNumber: HANAKO, validFrom: "2026-12-31", content }),
    ).rejects.toMatchObject({ code: "entryOverlaps" });
    // A correction is a new revision, and that needs its own confirmation.
    const corrected = await reviseEntry(sato(), "mailingAddress", {
      ...ref,
      reason: "番地の誤り",
      content: { address: "架空市東区見本町1丁目2番4号" },
    });
    expect(await letterAddressOn(database.pool, HANAKO, "2026-11-24")).toMatchObject({ source: "resident" });
    await confirmEntry(ito(), "mailingAddress", corrected);
    expect(await letterAddressOn(database.pool, HANAKO, "2026-11-24")).toMatchObject({
      address: "架空市東区見本町1丁目2番4号",
    });
  });

  it("[D87] insurance, pension and class keep their evidence and dates; an unknown day keeps the words of the paper", async () => {
    const entry = { addresseeNumber: HANAKO, validFrom: "2026-04-01", validTo: "2026-05-31" };
    const insured = {
      healthInsurance: "association",
      insuredOnText: "平成二十年ごろ",
      pensionKind: "employees",
      pensionOn: "2008-04-01",
      employeeClass: "employee",
      evidence: "insuranceCard",
    } as const;
    await addEntry(ito(), "coverage", { ...entry, content: insured });
    await expect(
      addEntry(ito(), "coverage", { ...entry, validFrom: "2026-05-31", validTo: null, content: insured }),
    ).rejects.toMatchObject({ code: "entryOverlaps" });
    await addEntry(ito(), "coverage", {
      addresseeNumber: HANAKO,
      validFrom: "2026-06-01",
      content: {
        healthInsurance: "national",
        pensionKind: "national",
        employeeClass: "nonEmployee",
        evidence: "pensionInquiry",
        fallbackReason: "資格の確認書が届かなかった",
      },
    });
    const on = async (day: string) =>
      (await entriesOn(database.pool, "coverage", HANAKO, { ...always, validOn: day })).map(({ content }) => [
        content.employeeClass,
        content.evidence,
        content.insuredOn ?? content.insuredOnText,
      ]);
    expect(await on("2026-05-31")).toEqual([["employee", "insuranceCard", "平成二十年ごろ"]]);
    expect(await on("2026-06-01")).toEqual([["nonEmployee", "pensionInquiry", ""]]);
  });

  it("[A3] a counted sibling has statement, both dates, the expected graduation and an end with its cause", async () => {
    const ref = await addEntry(ito(), "countedSibling", {
      addresseeNumber: HANAKO,
      validFrom: "2026-04-01",
      content: {
        siblingNumber: SIBLING,
        relation: "20",
        statementReceivedOn: "2026-04-10",
        careFrom: "2026-04-01",
        costFrom: "2026-04-15",
        situation: "student",
        school: "架空大学",
        graduationMonth: "2030-03",
      },
    });
    await reviseEntry(sato(), "countedSibling", {
      ...ref,
      reason: "退学の届",
      validTo: "2026-09-30",
      content: { endCause: "graduated" },
    });
    expect(
      await entriesOn(database.pool, "countedSibling", HANAKO, { ...always, validOn: "2026-09-30" }),
    ).toMatchObject([
      {
        content: { careFrom: "2026-04-01", costFrom: "2026-04-15", graduationMonth: "2030-03", endCause: "graduated" },
      },
    ]);
    expect(await entriesOn(database.pool, "countedSibling", HANAKO, { ...always, validOn: "2026-10-01" })).toEqual([]);
  });
});

describe("what the office waits for", () => {
  it("[D6] a request under article 28 has office, basis, due day and answer; what is late is marked", async () => {
    const content = {
      officeKind: "pensionOffice",
      officeName: "架空年金事務所",
      legalBasis: "article28",
      items: "厚生年金の加入期間",
      requestedOn: "2026-11-02",
      dueOn: "2026-11-16",
    } as const;
    const ref = await addEntry(ito(), "materialRequest", { addresseeNumber: HANAKO, validFrom: "2026-11-02", content });
    // 2026-11-24 − 2026-11-16 = 8 days; on the due day itself nothing is late
    expect(await listOpenRequests(database.pool, "2026-11-16", { onlyOverdue: true })).toEqual([]);
    expect(await listOpenRequests(database.pool, "2026-11-16")).toMatchObject([{ entryId: ref.entryId, daysLate: 0 }]);
    expect(await listOpenRequests(database.pool, "2026-11-24", { onlyOverdue: true })).toMatchObject([
      { kind: "materialRequest", of: "架空年金事務所", dueOn: "2026-11-16", daysLate: 8 },
    ]);
    await reviseEntry(sato(), "materialRequest", {
      ...ref,
      reason: "回答が届いた",
      content: { answeredOn: "2026-11-24", answer: "2008年4月から加入" },
    });
    expect(await listOpenRequests(database.pool, "2026-11-30")).toEqual([]);
  });

  it("[D200] [A10] a paper is asked for, received, and kept at a place; a returned one has its day", async () => {
    const asked = await addEntry(ito(), "document", {
      addresseeNumber: HANAKO,
      validFrom: "2026-11-02",
      content: { kind: "insurance", medium: "paper", state: "awaited", requestedOn: "2026-11-02", dueOn: "2026-11-20" },
    });
    expect(await listOpenRequests(database.pool, "2026-11-24", { onlyOverdue: true })).toMatchObject([
      { kind: "document", entryId: asked.entryId, daysLate: 4 },
    ]);
    const received = await reviseEntry(ito(), "document", {
      ...asked,
      reason: "届いた",
      content: { state: "received", receivedOn: "2026-11-24" },
    });
    expect(await listOpenRequests(database.pool, "2026-11-24", { onlyOverdue: true })).toEqual([]);
    await reviseEntry(ito(), "document", {
      ...received,
      reason: "照合した",
      content: { state: "stored", storagePlace: "鍵付書庫2・棚3" },
    });
    const rows = await entryHistory(reader(), "document", HANAKO);
    expect(rows.map(({ content }) => [content.state, content.storagePlace])).toEqual([
      ["awaited", ""],
      ["received", ""],
      ["stored", "鍵付書庫2・棚3"],
    ]);
  });
});

it.each([
  ["homePhone", "０９６−３２８−２１１１", "0963282111"],
  ["mobilePhone", "+81 90-0000-0000", "09000000000"],
  ["workPhone", "+81 (0)96 328 2111", "0963282111"],
  ["email", "Ｋａｋｕｕ@Example.JP ", "kakuu@example.jp"],
  ["homePhone", "不明", "不明"],
])("a contact is found however it was written: %s %s", (kind, value, folded) => {
  expect(foldContact(kind, value)).toBe(folded);
});
