import { assert as check, asyncProperty, constantFrom, option, record, string } from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { callOf, signIn } from "../../../../platform/test/support/staff.ts";
import { approveRelease, requestRelease } from "../../src/protection/measures.ts";
import type { SearchKeys } from "../../src/search/keys.ts";
import { PEOPLE_LIMIT, searchPeople } from "../../src/search/search-people.ts";
import type { PeopleAnswer } from "../../src/search/search-people.ts";
import { contextOf } from "../support/cases.ts";
import { CENTRAL_WARD, EAST_WARD, seedClaim, seedPeople, seedPerson } from "../support/people.ts";
import type { People } from "../support/people.ts";

const database = useDatabase();
const SECRET = Buffer.alloc(32, 7);
const MANY = 900_000_000_200_000;

let seeded: People | undefined;
let clerk: string;
let eastClerk: string;
let officer: string;

function people(): People {
  if (seeded === undefined) throw new Error("seeded in beforeAll");
  return seeded;
}

async function search(session: string, keys: SearchKeys): Promise<PeopleAnswer> {
  const desk = { pool: database.pool, call: callOf(session, "searchPeople"), searchSecret: SECRET };
  return await searchPeople(desk, keys);
}

async function numbers(session: string, keys: SearchKeys): Promise<readonly number[]> {
  return (await search(session, keys)).found.map(({ addresseeNumber }) => addresseeNumber);
}

beforeAll(async () => {
  const { pool } = database;
  seeded = await seedPeople(pool);
  clerk = await signIn(pool, { staffId: "clerk.a", roles: ["clerk"] });
  officer = await signIn(pool, { staffId: "hogo.a", roles: ["protectionOfficer"] });
  eastClerk = await signIn(pool, {
    staffId: "higashi.a",
    roles: ["wardClerk"],
    wards: [EAST_WARD],
    section: { code: "higashi-hoken", kind: "ward", inCharge: true, wardCode: EAST_WARD },
  });
  // Twenty-five of one family name, of whom five are protected: exactly twenty are for everybody.
  for (let n = 0; n < 25; n += 1) {
    await seedPerson(pool, {
      number: MANY + n,
      name: `多例　${n}`,
      kana: `オオレイ　${"アイウエカキクケサシスセタチツテナニヌネハヒフヘマ".charAt(n)}`,
      protected: n % 5 === 4,
      birthDate: `19${50 + n}-02-03`,
    });
  }
  // A former name, a name of signs, an organization.
  await seedPerson(pool, { number: MANY + 100, name: "旧姓　花子", kana: "キュウセイ　ハナコ" });
  await seedPerson(pool, { number: MANY + 100, name: "新姓　花子", kana: "シンセイ　ハナコ", historyNo: 2 });
  await seedPerson(pool, { number: MANY + 101, name: "100%_\\　太郎", kana: "ヒヤク　タロウ" });
  await seedPerson(pool, {
    number: MANY + 102,
    name: "髙﨑　辻\u{E0100}郎",
    kana: "タカサキ　ツジロウ",
    birthDate: "1988-08-08",
  });
});

describe("検索: what is refused", () => {
  it("nothing at all, a birth date alone, an address alone or both together, signs alone, one letter", async () => {
    for (const keys of [
      {},
      { kana: " 　" },
      { birthDate: "1990-04-05" },
      { address: "中央区架空町" },
      { birthDate: "1990-04-05", address: "中央区架空町" },
      { kana: "%" },
      { kana: "＊＊＊" },
      { kana: "・・・" },
      { name: "架" },
      { kana: "カ" },
      { kana: "カ", address: "架空町" },
      { kana: "ー", birthDate: "1990-04-05" },
      { kana: "\u{3099}\u{3099}" },
    ] satisfies SearchKeys[]) {
      await expect(search(clerk, keys), JSON.stringify(keys)).rejects.toMatchObject({ code: "searchTooWide" });
    }
    // One letter with the birth date is a person.
    expect(await numbers(clerk, { kana: "タ", birthDate: "1988-08-08" })).toStrictEqual([MANY + 102]);
  });

  it("numbers that are none are refused in words", async () => {
    for (const keys of [
      { addresseeNumber: "12a" },
      { addresseeNumber: "1".repeat(16) },
      { recipientNumber: "12345678901" },
      { receptionNumber: "-1" },
      { phone: "096" },
      { birthDate: "1990-02-30", kana: "カクウ" },
      { birthDate: "平成2年", kana: "カクウ" },
      { account: { bank: "0182", branch: "101", number: "" } },
      { account: { bank: "182", branch: "101", number: "1" } },
    ] satisfies SearchKeys[]) {
      await expect(search(clerk, keys), JSON.stringify(keys)).rejects.toMatchObject({ code: "searchKeyInvalid" });
    }
  });

  it("nobody without session or right searches; by account only who may see accounts; refusals are on record", async () => {
    const auditor = await signIn(database.pool, {
      staffId: "kansa.a",
      roles: ["auditor"],
      section: { code: "kansa", kind: "audit", inCharge: false },
    });
    const account = { bank: "0182", branch: "101", number: "0000001" };
    await expect(search(auditor, { kana: "カクウ" })).rejects.toMatchObject({ code: "permissionMissing" });
    await expect(search("0".repeat(64), { kana: "カクウ" })).rejects.toMatchObject({ code: "sessionNeeded" });
    await expect(search(officer, { account })).rejects.toMatchObject({ code: "permissionMissing" });
    expect(await numbers(clerk, { account })).toStrictEqual([]);
    const { rows } = await database.pool.query(
      "SELECT staff_id, refusal_code FROM access.log WHERE action = 'refused' AND operation = 'searchPeople' ORDER BY seq",
    );
    expect(rows).toContainEqual({ staff_id: "kansa.a", refusal_code: "permissionMissing" });
    expect(rows).toContainEqual({ staff_id: "hogo.a", refusal_code: "permissionMissing" });
  });

  it("the rules hold in the database itself: the desk can't call around them, and reads no search key", async () => {
    const client = await database.pool.connect();
    const refused = async (sql: string): Promise<unknown> => {
      await client.query("SAVEPOINT s");
      const code = await client.query(sql).then(
        ({ rowCount }) => rowCount,
        (error: unknown) => (error as { code: string }).code,
      );
      await client.query("ROLLBACK TO SAVEPOINT s");
      return code;
    };
    try {
      await client.query("BEGIN");
      await client.query("SET LOCAL ROLE hagukumi_desk");
      await client.query("SELECT set_config('hagukumi.session', $1, true)", [clerk]);
      expect(await refused("SELECT * FROM lookup.person_key")).toBe("42501");
      expect(await refused("SELECT lookup.fold_kana('カ')")).toBe("42501");
      expect(await refused(`SELECT * FROM allowance.search_numbers('{"phone": "0"}')`)).toBe("42501");
      for (const keys of [
        "{}",
        '{"birthDate": "1990-04-05"}',
        '{"address": "架空町"}',
        '{"kana": "カ"}',
        '{"kana": ""}',
      ]) {
        expect(await refused(`SELECT * FROM allowance.search_people('${keys}')`), keys).toBe("HGS01");
      }
      expect(await refused(`SELECT * FROM allowance.search_people('{"kana": "オオレイ"}')`)).toBe(PEOPLE_LIMIT);
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
  });
});

describe("検索: who leaves no trace", () => {
  it("with twenty people for everybody and five hidden, nothing says that there are more", async () => {
    const answer = await search(clerk, { kana: "オオレイ" });
    expect(answer.found).toHaveLength(20);
    expect(answer.more).toBe(false);
    expect(answer.found.some(({ marks }) => marks.protected)).toBe(false);
    const all = await search(officer, { kana: "オオレイ" });
    expect([all.found.length, all.more]).toStrictEqual([20, true]);
    expect(all.found.filter(({ marks }) => marks.protected).length).toBeGreaterThan(0);
  });

  it("a hidden person is not found by any key, word for word as a person who does not exist", async () => {
    const { protectedMother, eastFather } = people();
    const empty: PeopleAnswer = { found: [], more: false };
    const central = await signIn(database.pool, {
      staffId: "chuo.a",
      roles: ["wardClerk"],
      wards: [CENTRAL_WARD],
      section: { code: "chuo-hoken", kind: "ward", inCharge: true, wardCode: CENTRAL_WARD },
    });
    for (const [hidden, kana] of [
      [protectedMother, "カクウ ヒナン"],
      [eastFather, "カクウ ヒガシ"],
    ] as const) {
      for (const keys of [
        { addresseeNumber: String(hidden.number) },
        { recipientNumber: String(hidden.recipientId) },
        { receptionNumber: hidden.reception },
        { kana },
        { kana, birthDate: "1990-04-05" },
      ] satisfies SearchKeys[]) {
        expect(await search(central, keys), JSON.stringify(keys)).toStrictEqual(empty);
      }
    }
    expect(await search(central, { addresseeNumber: "999999999999999" })).toStrictEqual(empty);
    expect(await numbers(officer, { kana: "カクウ ヒナン" })).toContain(protectedMother.number);
    expect(await numbers(clerk, { kana: "カクウ ヒガシ" })).toStrictEqual([eastFather.number]);
  });

  it("[THR52] the person on the deny list is not found by the denied member of staff, from the day it is entered", async () => {
    const { mother } = people();
    const relative = await signIn(database.pool, { staffId: "relative.a", roles: ["clerk"] });
    const keys = { addresseeNumber: String(mother.number) };
    expect(await numbers(relative, keys)).toStrictEqual([mother.number]);
    await database.pool.query(
      `INSERT INTO access.denied_person (staff_id, addressee_number, reason, valid_from, entered_by, approved_by)
       VALUES ('relative.a', $1, '親族', '2026-01-01', 'kakaricho.a', 'kacho.a')`,
      [mother.number],
    );
    expect(await search(relative, keys)).toStrictEqual(await search(relative, { addresseeNumber: "999999999999999" }));
    expect(await numbers(clerk, keys)).toStrictEqual([mother.number]);
  });

  it("[THR28] two populations, hidden and not existing: same content, and times that do not tell them apart", async () => {
    const HIDDEN = 900_000_000_300_000;
    for (let n = 0; n < 60; n += 1) {
      await seedPerson(database.pool, {
        number: HIDDEN + n,
        name: `秘例　${n}`,
        kana: "ヒレイ　ヒミツ",
        protected: true,
      });
    }
    const contents = new Set<string>();
    const times: Record<"hidden" | "absent", number[]> = { hidden: [], absent: [] };
    for (let round = 0; round < 600; round += 1) {
      const kind = round % 2 === 0 ? "hidden" : "absent";
      const number = HIDDEN + (kind === "hidden" ? 0 : 500_000) + ((round * 7) % 60);
      const begun = performance.now();
      const answer = await search(clerk, { addresseeNumber: String(number) });
      if (round >= 100) times[kind].push(performance.now() - begun);
      contents.add(JSON.stringify(answer));
    }
    expect([...contents]).toStrictEqual(['{"found":[],"more":false}']);
    const sorted = (kind: "hidden" | "absent"): readonly number[] => times[kind].toSorted((a, b) => a - b);
    const [hidden, absent] = [sorted("hidden"), sorted("absent")];
    // Whoever guesses by the time alone is right in as many of 100 cases as a coin would be, and a few more or less by chance.
    const median = [...hidden, ...absent].toSorted((a, b) => a - b)[hidden.length] ?? 0;
    const right = hidden.filter((time) => time > median).length + absent.filter((time) => time <= median).length;
    const share = right / (hidden.length + absent.length);
    expect(share).toBeGreaterThan(0.35);
    expect(share).toBeLessThan(0.65);
  });

  it("the log keeps the HMAC of the key, the count shown, and not one letter of what was typed", async () => {
    const session = await signIn(database.pool, { staffId: "clerk.logged", roles: ["clerk"] });
    await search(session, { kana: "キュウセイ", birthDate: "1990-04-05" });
    await search(session, { kana: "ｷｭｳｾｲ", birthDate: "1990-04-05" });
    await search(session, { kana: "キュウセイ" });
    const { rows } = await database.pool.query<{ line: string; search_key_hmac: string; row_count: number }>(
      "SELECT search_key_hmac, row_count, to_jsonb(l)::text AS line FROM access.log l WHERE staff_id = 'clerk.logged' ORDER BY seq",
    );
    expect(rows.map((row) => row.row_count)).toStrictEqual([1, 1, 1]);
    expect(rows[0]?.search_key_hmac).toMatch(/^[0-9a-f]{64}$/);
    expect(rows[1]?.search_key_hmac).toBe(rows[0]?.search_key_hmac);
    expect(rows[2]?.search_key_hmac).not.toBe(rows[0]?.search_key_hmac);
    for (const { line } of rows) {
      for (const word of ["キュウセイ", "キユウセイ", "1990-04-05", "新姓", "花子"]) expect(line).not.toContain(word);
    }
  });
});

describe("検索: what is found", () => {
  it("[THR27] 1,000 made-up searches: never more than 20 rows, never a count, never a hidden person", async () => {
    const word = constantFrom(
      "カ",
      "カク",
      "カクウ",
      "オオレイ",
      "お",
      "%",
      "_",
      "架空",
      "多例",
      "",
      " ",
      "オオレイ ア",
      "\\",
      "'",
      "ー",
      "*",
    );
    const keys = record(
      {
        kana: option(word, { nil: undefined }),
        name: option(word, { nil: undefined }),
        birthDate: option(constantFrom("1990-04-05", "1954-02-03", "x"), { nil: undefined }),
        address: option(constantFrom("架空町", "%", "1"), { nil: undefined }),
        addresseeNumber: option(constantFrom("1", String(MANY), String(MANY + 4)), { nil: undefined, freq: 1 }),
        phone: option(string({ maxLength: 12 }), { nil: undefined, freq: 1 }),
      },
      { requiredKeys: [] },
    );
    let answered = 0;
    await check(
      asyncProperty(keys, async (asked) => {
        const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
        const answer = await search(clerk, given).catch((error: unknown) => (error as { code: string }).code);
        if (typeof answer === "string") {
          expect(["searchTooWide", "searchKeyInvalid"]).toContain(answer);
          return;
        }
        answered += 1;
        expect(answer.found.length).toBeLessThanOrEqual(PEOPLE_LIMIT);
        expect(Object.keys(answer).toSorted()).toStrictEqual(["found", "more"]);
        expect(answer.found.some(({ addresseeNumber: n }) => n >= MANY && n < MANY + 25 && (n - MANY) % 5 === 4)).toBe(
          false,
        );
      }),
      { numRuns: 1000 },
    );
    expect(answered).toBeGreaterThan(100);
  }, 600_000);

  it("[A16] by kana in any writing, kanji with variants, former name, birth date, address; exactly by numbers, telephone and account", async () => {
    const odd = MANY + 102;
    for (const keys of [
      { kana: "タカサキ" },
      { kana: "たかさき" },
      { kana: "ﾀｶｻｷ ﾂｼﾞﾛｳ" },
      { kana: "ダガザキ" },
      { kana: "ツジロー" },
      { kana: "タカサキツジ" },
      { name: "高崎" },
      { name: "髙﨑 辻" },
      { name: "高崎辻郎" },
      { name: "辻郎" },
      { name: "高﨑", kana: "タカ" },
      { kana: "タカサキ", birthDate: "1988-08-08" },
      { kana: "タカサキ", address: "架空町1丁目1" },
      { addresseeNumber: String(odd) },
    ] satisfies SearchKeys[]) {
      expect(await numbers(clerk, keys), JSON.stringify(keys)).toStrictEqual([odd]);
    }
    for (const keys of [
      { kana: "タカサキ", birthDate: "1988-08-09" },
      { kana: "タカサキ", address: "架空町２丁目" },
      { kana: "タカサキ", name: "田中" },
      { kana: "カサキ" },
    ] satisfies SearchKeys[]) {
      expect(await numbers(clerk, keys), JSON.stringify(keys)).toStrictEqual([]);
    }
    const former = await search(clerk, { kana: "キュウセイ" });
    expect(former.found).toMatchObject([{ addresseeNumber: MANY + 100, name: "新姓　花子" }]);
    const { mother } = people();
    await database.pool.query(
      `INSERT INTO allowance.contact (entry_id, revision, addressee_number, kind, value, folded, valid_from, entered_by)
       VALUES (1, 1, $1, 'mobilePhone', '090-0000-0001', '09000000001', '2020-01-01', 'kiroku.a')`,
      [mother.number],
    );
    await database.pool.query(
      `INSERT INTO allowance.account (recipient_id, bank, branch, account_type, account_number, holder, source, entered_by, approved_by)
       VALUES ($1, '0182', '101', '1', '0000321', 'ｶｸｳ ﾊﾊ', 'claim', 'koza.a', 'koza.b')`,
      [mother.recipientId],
    );
    for (const keys of [
      { recipientNumber: String(mother.recipientId).padStart(10, "0") },
      { receptionNumber: mother.reception },
      { phone: "090-0000-0001" },
      { phone: "０９０（００００）０００１" },
      { phone: "+81 90 0000 0001" },
      { account: { bank: "0182", branch: "101", number: "321" } },
      { phone: "09000000001", kana: "カクウ" },
    ] satisfies SearchKeys[]) {
      expect(await numbers(clerk, keys), JSON.stringify(keys)).toStrictEqual([mother.number]);
    }
    expect(await numbers(clerk, { phone: "09000000002" })).toStrictEqual([]);
    expect(await numbers(clerk, { account: { bank: "0182", branch: "102", number: "321" } })).toStrictEqual([]);
    expect(await numbers(clerk, { phone: "09000000001", kana: "チガウ" })).toStrictEqual([]);
  });

  it("signs of patterns are letters like others", async () => {
    expect(await numbers(clerk, { name: "100%_\\" })).toStrictEqual([MANY + 101]);
    expect(await numbers(clerk, { name: "100_" })).toStrictEqual([]);
    expect(await numbers(clerk, { name: "%太郎" })).toStrictEqual([]);
    expect(await numbers(clerk, { name: "架空' OR '1'='1" })).toStrictEqual([]);
  });

  it("marks: protected, held, debt, ended; of a person only name, kana, year of birth and ward", async () => {
    const { mother, protectedMother } = people();
    const debtor = MANY + 110;
    await seedPerson(database.pool, { number: debtor, name: "印例　次郎", kana: "シルシレイ　ジロウ" });
    const seed = await seedClaim(database.pool, debtor, [], { claimWard: CENTRAL_WARD, recipientWard: CENTRAL_WARD });
    const keys = { addresseeNumber: String(debtor) };
    const bare = (await search(clerk, keys)).found[0];
    expect(bare).toStrictEqual({
      addresseeNumber: debtor,
      kind: "person",
      name: "印例　次郎",
      kana: "シルシレイ　ジロウ",
      birthYear: 1990,
      wardCode: CENTRAL_WARD,
      recipients: [{ recipientId: seed.recipientId, kind: "individual", ended: false }],
      marks: {
        protected: false,
        attention: false,
        suspended: false,
        suppressed: false,
        debt: false,
        ended: false,
      },
    });
    const held = await database.pool.query<{ hold_id: number }>(
      "INSERT INTO allowance.hold (recipient_id, kind, from_month, cause, placed_by) VALUES ($1, 'hold', '2026-10-01', '現況届未提出', 'sashitome.a') RETURNING hold_id",
      [seed.recipientId],
    );
    expect((await search(clerk, keys)).found[0]?.marks).toMatchObject({
      suspended: true,
      suppressed: false,
      debt: false,
    });
    await database.pool.query("INSERT INTO allowance.hold_release VALUES ($1, '提出', 'kaijo.a')", [
      held.rows[0]?.hold_id,
    ]);
    const client = await database.pool.connect();
    await client.query("BEGIN");
    await client.query("SET LOCAL session_replication_role = replica");
    await client.query(
      "INSERT INTO allowance.receivable (recipient_id, child_number, benefit_month, amount, journal_id) VALUES ($1, $2, '2026-01-01', 15000, 1)",
      [seed.recipientId, debtor],
    );
    await client.query("COMMIT");
    client.release();
    expect((await search(clerk, keys)).found[0]?.marks).toMatchObject({ suspended: false, debt: true, ended: false });
    await database.pool.query(
      `INSERT INTO allowance.decision (recipient_id, seq, kind, effective_month, cause, ex_officio, origin, facts_digest, rule_version, decided_on, examined_by, approved_by)
       VALUES ($1, 2, 'extinguish', '2026-02-01', 'movedOut', true, 'exOfficio', repeat('d', 64), 'test', '2026-01-10', 'shinsa.ichiro', 'kessai.hanako')`,
      [seed.recipientId],
    );
    expect((await search(clerk, keys)).found[0]?.marks).toMatchObject({ ended: true });
    // The ward of a protected person is a place; even who may see the mark gets none.
    const hidden = (await search(officer, { addresseeNumber: String(protectedMother.number) })).found[0];
    expect(hidden).toMatchObject({ wardCode: null, marks: { protected: true } });
    expect((await search(clerk, { addresseeNumber: String(mother.number) })).found[0]?.marks.protected).toBe(false);
  });

  it("a ward's clerk finds persons of the own ward alone: by address, ward in charge, undecided claim", async () => {
    const { eastFather, movedToEast, claimedInEast, decidedInEast, mother } = people();
    for (const person of [eastFather, movedToEast, claimedInEast]) {
      expect(await numbers(eastClerk, { addresseeNumber: String(person.number) })).toStrictEqual([person.number]);
    }
    for (const person of [decidedInEast, mother]) {
      expect(await numbers(eastClerk, { addresseeNumber: String(person.number) })).toStrictEqual([]);
    }
    expect((await numbers(eastClerk, { kana: "カクウ" })).toSorted((a, b) => a - b)).toStrictEqual([
      eastFather.number,
      movedToEast.number,
      claimedInEast.number,
    ]);
  });

  it("a protected person is not found by address, not even by those who may see the protection", async () => {
    const { protectedMother } = people();
    expect(await numbers(officer, { kana: "カクウ ヒナン", birthDate: "1990-04-05" })).toStrictEqual([
      protectedMother.number,
    ]);
    expect(await numbers(officer, { kana: "カクウ ヒナン", birthDate: "1990-04-05", address: "架空町" })).toStrictEqual(
      [],
    );
    const { rows } = await database.pool.query(
      "SELECT address FROM lookup.person_key WHERE protected AND address <> ''",
    );
    expect(rows).toStrictEqual([]);
  });

  it("the search keys follow the register: a move, a new protection and its end are found at once; rebuilt they are the same", async () => {
    const number = MANY + 120;
    const person = { number, name: "移例　三郎", kana: "ウツルレイ　サブロウ" };
    await seedPerson(database.pool, person);
    const keys = { kana: "ウツルレイ" };
    expect((await search(clerk, keys)).found[0]?.wardCode).toBe(CENTRAL_WARD);
    await seedPerson(database.pool, { ...person, historyNo: 2, ward: EAST_WARD, address: "東区架空町九丁目" });
    expect(await numbers(eastClerk, { ...keys, address: "架空町9" })).toStrictEqual([number]);
    await seedPerson(database.pool, { ...person, historyNo: 3, ward: EAST_WARD, protected: true });
    expect(await numbers(eastClerk, keys)).toStrictEqual([]);
    // The register alone does not end it: two people do.
    await seedPerson(database.pool, { ...person, historyNo: 4, ward: EAST_WARD });
    expect(await numbers(eastClerk, keys)).toStrictEqual([]);
    const reason = "架空の支援措置が終わったことを本人に確かめた";
    const releaseId = await requestRelease(contextOf(database.pool, "shien.ichiro"), {
      addresseeNumber: number,
      reason,
    });
    const { rows: asked } = await database.pool.query<{ digest: string }>(
      "SELECT content_digest AS digest FROM allowance.protection_release_request WHERE release_id = $1",
      [releaseId],
    );
    await approveRelease(contextOf(database.pool, "shien.niro"), { releaseId, digest: asked[0]?.digest ?? "" });
    expect(await numbers(eastClerk, keys)).toStrictEqual([number]);
    const rows =
      "SELECT addressee_number, kana, kana_given, name, name_given, birth_date, ward_code, protected, address FROM lookup.person_key ORDER BY 1, 2, 4";
    const before = (await database.pool.query(rows)).rows;
    await database.pool.query("CALL lookup.refill()");
    expect((await database.pool.query(rows)).rows).toStrictEqual(before);
  });
});
