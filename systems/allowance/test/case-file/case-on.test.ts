import { assert as check, asyncProperty, array, constantFrom, integer, oneof, record } from "fast-check";
import { afterEach, beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { caseOn } from "../../src/case-file/case-on.ts";
import { addEntry } from "../../src/case-file/write-entry.ts";
import { contextOf, seedCases } from "../support/cases.ts";
import { seedResident } from "../support/small-city.ts";

const database = useDatabase();
const PARENT = 900000000003101;
const CHILD = 900000000003201;
let recipientId = 0;

const reader = () => ({ pool: database.pool, operator: "staff.ito", purpose: "試験" });
const look = async (validOn: string, knownOn: string) => await caseOn(reader(), { recipientId, validOn, knownOn });

const bodies = async (knownOn: string) =>
  (await look("2026-03-10", knownOn)).entries.note.map(({ content }) => content.body);
const nameOn = async (validOn: string, knownOn: string) => (await look(validOn, knownOn)).person?.name;
const inUse = async (validOn: string, knownOn: string) =>
  (await look(validOn, knownOn)).accounts.filter((each) => each.inUse).map((each) => each.maskedNumber);

/** Moments of the fixture: the owner may write when something was recorded, the system's role may not. */
const at = (day: string, time = "12:00"): string => `${day}T${time}:00+09:00`;

beforeAll(async () => {
  const ids = await seedCases(database.pool, [
    { recipient: PARENT, children: [{ id: CHILD, birthDate: "2024-06-01" }], account: null },
  ]);
  recipientId = ids[0] ?? 0;
  await seedResident(database.pool, {
    number: PARENT,
    name: "架空　花子",
    kana: "カクウ　ハナコ",
    birthDate: "1990-04-05",
  });
  await seedResident(database.pool, {
    number: CHILD,
    name: "架空　太郎",
    kana: "カクウ　タロウ",
    birthDate: "2024-06-01",
  });
  // The fixture's case was opened on 2026-02-01.
  await database.pool.query(
    `INSERT INTO allowance.claim_child (claim_id, child_number, role, relation, serial)
     SELECT claim_id, $2, 'child', '20', 1 FROM allowance.claim WHERE claimant_number = $1`,
    [PARENT, CHILD],
  );
  await database.pool.query("UPDATE allowance.claim SET recorded_at = $1", [at("2026-02-01")]);
  await database.pool.query("UPDATE allowance.decision SET recorded_at = $1, monthly_total = 15000", [
    at("2026-02-03"),
  ]);
});

afterEach(async () => {
  await database.pool.query(
    `DELETE FROM allowance.note; DELETE FROM allowance.account_start; DELETE FROM allowance.account; DELETE FROM allowance.decision WHERE seq > 1;
     DELETE FROM allowance.person_history WHERE revision > 1 OR history_no > 1`,
  );
});

async function decide(kind: string, month: string, total: number, recorded: string): Promise<void> {
  await database.pool.query(
    `INSERT INTO allowance.decision (recipient_id, seq, kind, effective_month, cause, ex_officio, origin, monthly_total, facts_digest, rule_version, decided_on,
       examined_by, approved_by, recorded_at)
     SELECT recipient_id, max(seq) + 1, $2, $3::date, 'reform', true, 'exOfficio', $4, min(facts_digest), 'test', $5::timestamptz::date, 'shinsa.ichiro', 'kessai.hanako', $5
     FROM allowance.decision WHERE recipient_id = $1 GROUP BY recipient_id`,
    [recipientId, kind, `${month}-01`, total, recorded],
  );
}

async function account(number: string, recorded: string): Promise<void> {
  await database.pool.query(
    `INSERT INTO allowance.account (recipient_id, bank, branch, account_type, account_number, holder, source, entered_by, approved_by, recorded_at)
     VALUES ($1, '0182', '101', '1', $2, 'ｶｸｳ ﾊﾅｺ', 'change', 'koza.ichiro', 'koza.niro', $3)`,
    [recipientId, number, recorded],
  );
}

async function note(
  entryId: number,
  revision: number,
  body: string,
  validFrom: string,
  recorded: string,
  withdrawn = false,
): Promise<void> {
  await database.pool.query(
    `INSERT INTO allowance.note (entry_id, revision, addressee_number, body, pop_up, valid_from, withdrawn, reason, entered_by, recorded_at)
     VALUES ($1, $2, $3, $4, false, $5, $6, $7, 'staff.ito', $8)`,
    [entryId, revision, PARENT, body, validFrom, withdrawn, revision === 1 ? "" : "訂正", recorded],
  );
}

async function person(
  historyNo: number,
  revision: number,
  name: string,
  validFrom: string,
  recorded: string,
): Promise<void> {
  await database.pool.query(
    `INSERT INTO allowance.person_history (addressee_number, history_no, revision, valid_from, valid_from_unknown, event_code, household_number,
       resident_kind, resident_state, name, kana, sex, birth_date, birth_date_unknown, relation_code, ward_code, postal_code, address, protected, deleted, row_digest, batch_id, recorded_at)
     VALUES ($1, $2, $3, $4, false, '31', 7000000, 1, 1, $5, 'カクウ　ハナコ', 2, '1990-04-05', false, '02', '431010', '8608601', '架空町', false, false, repeat('e', 64), 1, $6)`,
    [PARENT, historyNo, revision, validFrom, name, recorded],
  );
}

describe("[A19] what was valid and what was known", () => {
  it("refuses a day that is none and a case that is none", async () => {
    await expect(look("2026-02-30", "2026-11-24")).rejects.toMatchObject({ code: "entryInvalid" });
    await expect(look("2026-11-24", "infinity")).rejects.toMatchObject({ code: "entryInvalid" });
    await expect(
      caseOn(reader(), { recipientId: 9_999_999_999, validOn: "2026-11-24", knownOn: "2026-11-24" }),
    ).rejects.toMatchObject({ code: "recipientUnknown" });
  });

  it("a day ends at midnight in Japan: 23:59 is known on the day, 00:00 is not", async () => {
    await note(901, 1, "深夜", "2026-03-01", at("2026-03-10", "23:59"));
    await note(902, 1, "翌日", "2026-03-01", at("2026-03-11", "00:00"));
    expect(await bodies("2026-03-09")).toEqual([]);
    expect(await bodies("2026-03-10")).toEqual(["深夜"]);
    expect(await bodies("2026-03-11")).toEqual(["深夜", "翌日"]);
  });

  it("a correction changes what is known from its day on; what is true from a later day is not true before it", async () => {
    await person(2, 1, "架空改　花子", "2026-05-01", at("2026-06-01"));
    await person(1, 2, "架空正　花子", "2020-01-01", at("2026-07-01"));
    expect(await nameOn("2026-05-15", "2026-05-15")).toBe("架空　花子"); // the change was reported on 06-01
    expect(await nameOn("2026-05-15", "2026-06-01")).toBe("架空改　花子");
    expect(await nameOn("2026-04-30", "2026-06-01")).toBe("架空　花子");
    expect(await nameOn("2026-04-30", "2026-07-01")).toBe("架空正　花子");
    expect(await nameOn("2026-04-30", "2026-06-30")).toBe("架空　花子");
  });

  it("the decision in force follows month and knowledge; one that was taken back does not stand any more", async () => {
    await decide("increase", "2026-06", 25_000, at("2026-06-10"));
    await decide("correct", "2026-06", 15_000, at("2026-09-10"));
    const amount = async (validOn: string, knownOn: string) => (await look(validOn, knownOn)).monthlyTotal;
    expect(await amount("2026-05-31", "2026-12-01")).toBe(15_000);
    expect(await amount("2026-06-01", "2026-06-09")).toBe(15_000);
    expect(await amount("2026-06-01", "2026-06-10")).toBe(25_000);
    expect(await amount("2026-06-01", "2026-09-10")).toBe(15_000);
    expect((await look("2026-06-01", "2026-09-10")).decisions.map(({ kind, stands }) => [kind, stands])).toEqual([
      ["certify", true],
      ["increase", false],
      ["correct", false],
    ]);
    expect((await look("2026-06-01", "2026-01-31")).decisions).toEqual([]);
  });

  it("the account in use is the last one recorded by the day", async () => {
    await account("0000111", at("2026-03-01"));
    await account("0000222", at("2026-08-01"));
    expect(await inUse("2026-02-28", "2026-12-01")).toEqual([]);
    expect(await inUse("2026-07-31", "2026-12-01")).toEqual(["••••111"]);
    expect(await inUse("2026-08-01", "2026-12-01")).toEqual(["••••222"]);
    expect(await inUse("2026-08-01", "2026-07-31")).toEqual(["••••111"]);
    // Changed after the cut-off: the August payment still goes to the account before, the next one to the new account.
    await database.pool.query(
      "INSERT INTO allowance.account_start (account_id, after_pay_on) SELECT max(account_id), '2026-08-14' FROM allowance.account",
    );
    expect(await inUse("2026-08-14", "2026-12-01")).toEqual(["••••111"]);
    expect(await inUse("2026-08-15", "2026-12-01")).toEqual(["••••222"]);
  });

  it("children are those of the claims that were known, each opening is recorded", async () => {
    expect((await look("2026-11-24", "2026-01-31")).children).toEqual([]);
    expect((await look("2026-11-24", "2026-02-01")).children).toMatchObject([
      { addresseeNumber: CHILD, role: "child", person: { name: "架空　太郎" } },
    ]);
    // Until the child's history begins there is a number, but no person to show.
    expect((await look("2019-12-31", "2026-02-01")).children).toEqual([]);
    const { rows } = await database.pool.query(
      "SELECT actor, purpose, object_id, detail FROM audit.event WHERE action = 'inquiry.caseOn' ORDER BY event_id DESC LIMIT 1",
    );
    expect(rows).toEqual([
      {
        actor: "staff.ito",
        purpose: "試験",
        object_id: String(recipientId),
        detail: { validOn: "2019-12-31", knownOn: "2026-02-01" },
      },
    ]);
  });
});

const DAYS = ["2026-03-01", "2026-04-01", "2026-05-01", "2026-06-01", "2026-07-01"] as const;
const day = constantFrom(...DAYS);

/** One later discovery: a note, its correction or its end, a new account, a change or a correction of the register, a decision. */
const discovery = oneof(
  record({
    what: constantFrom("note" as const),
    entry: integer({ min: 1, max: 3 }),
    from: day,
    withdrawn: constantFrom(false, true),
  }),
  record({ what: constantFrom("account" as const) }),
  record({ what: constantFrom("person" as const), historyNo: integer({ min: 1, max: 3 }), from: day }),
  record({ what: constantFrom("decision" as const), kind: constantFrom("increase", "decrease", "correct"), from: day }),
);

it("[A19] knowing more later never changes what was known on an earlier day", async () => {
  let checked = 0;
  await check(
    asyncProperty(
      array(array(discovery, { maxLength: 3 }), { minLength: 4, maxLength: 4 }),
      day,
      async (perDay, validOn) => {
        await database.pool.query(
          `DELETE FROM allowance.note; DELETE FROM allowance.account_start; DELETE FROM allowance.account; DELETE FROM allowance.decision WHERE seq > 1;
         DELETE FROM allowance.person_history WHERE addressee_number = ${PARENT} AND (revision > 1 OR history_no > 1)`,
        );
        const revisions = new Map<string, number>();
        const ended = new Set<number>();
        const next = (key: string): number => {
          const revision = (revisions.get(key) ?? (key === "person/1" ? 1 : 0)) + 1;
          revisions.set(key, revision);
          return revision;
        };
        const before = new Map<string, unknown>();
        for (const [index, discoveries] of perDay.entries()) {
          const today = DAYS[index] ?? "2026-07-01";
          for (const [place, found] of discoveries.entries()) {
            const moment = at(today, `12:0${place}`);
            if (found.what === "note") {
              if (ended.has(found.entry)) continue;
              await note(
                800 + found.entry,
                next(`note/${found.entry}`),
                `覚え${moment}`,
                found.from,
                moment,
                found.withdrawn,
              );
              if (found.withdrawn) ended.add(found.entry);
            } else if (found.what === "account") await account(String(1_000_000 + index * 10 + place), moment);
            else if (found.what === "person")
              await person(found.historyNo, next(`person/${found.historyNo}`), `架空　${moment}`, found.from, moment);
            else await decide(found.kind, found.from.slice(0, 7), 10_000 + index * 1000 + place, moment);
          }
          // Everything that was said about the days before stays word for word.
          for (const [known, said] of before) expect(await look(validOn, known)).toEqual(said);
          before.set(today, await look(validOn, today));
          checked += 1;
        }
      },
    ),
    { numRuns: 25 },
  );
  expect(checked).toBe(25 * 4);
});

it("what the commands record today was not known yesterday", async () => {
  const context = contextOf(database.pool, "staff.ito");
  await addEntry(context, "contact", {
    addresseeNumber: PARENT,
    validFrom: "2026-01-01",
    content: { kind: "homePhone", value: "096-000-0000" },
  });
  const { rows } = await database.pool.query<{ today: string; yesterday: string }>(
    "SELECT to_char(now() AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD') AS today, to_char(now() AT TIME ZONE 'Asia/Tokyo' - interval '1 day', 'YYYY-MM-DD') AS yesterday",
  );
  const { today = "", yesterday = "" } = rows[0] ?? {};
  expect((await look(today, yesterday)).entries.contact).toEqual([]);
  expect((await look(today, today)).entries.contact).toHaveLength(1);
});
