/** 支援措置の印: which deliveries, applications and clocks can weaken it (none), and who can end it (two people). */
import * as fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";

import { civilDate } from "@hagukumi/law/contract.ts";
import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { approveRelease, listProtections, registerMeasure, requestRelease } from "../../src/protection/measures.ts";
import { contextOf } from "../support/cases.ts";
import { seedPerson } from "../support/people.ts";

const database = useDatabase();
const officer = () => contextOf(database.pool, "shien.ichiro");
const other = () => contextOf(database.pool, "shien.niro");
const TODAY = civilDate("2026-12-01");

let next = 700_000;
let number = 0;

type Sent = { readonly historyNo: number; readonly protected: boolean; readonly to?: string };

/** One row of the residents' register, as the import writes it: the next revision of its history number. */
async function deliver(to: number, sent: Sent): Promise<void> {
  await database.pool.query("INSERT INTO allowance.addressee VALUES ($1, 'person') ON CONFLICT DO NOTHING", [to]);
  await database.pool.query(
    `INSERT INTO allowance.person_history (addressee_number, history_no, revision, valid_from, valid_from_unknown, event_code, household_number,
       resident_kind, resident_state, name, kana, sex, birth_date, birth_date_unknown, relation_code, ward_code, postal_code, address, protected,
       protected_to, deleted, row_digest, batch_id)
     SELECT $1::bigint, $2::integer, coalesce((SELECT max(revision) FROM allowance.person_history WHERE addressee_number = $1::bigint AND history_no = $2::integer), 0) + 1,
       '2020-01-01'::date, false, '01', $1::bigint, 1, 1, '架空　支援', 'カクウ　シエン', 2, '1990-04-05'::date, false, '02', '431010', '8608601',
       '中央区架空町一丁目１番１号', $3::boolean, $4::date, false, encode(sha256(convert_to(concat($2::integer, $3::boolean, $4::date), 'UTF8')), 'hex'), 1`,
    [to, sent.historyNo, sent.protected, sent.to ?? null],
  );
}

async function marked(of: number): Promise<boolean> {
  const { rows } = await database.pool.query<{ marked: boolean }>("SELECT allowance.is_protected($1) AS marked", [of]);
  return rows[0]?.marked ?? false;
}

const standing = async (of: number, today = TODAY) =>
  (await listProtections(database.pool, today)).find(({ addresseeNumber }) => addresseeNumber === of);

async function waiting(of: number): Promise<{ readonly releaseId: number; readonly digest: string }> {
  const release = (await standing(of))?.release ?? null;
  if (release === null) throw new Error("nothing waits");
  return { releaseId: release.releaseId, digest: release.digest };
}

beforeEach(() => {
  next += 1;
  number = next;
});

describe("a mark that stands", () => {
  it("[THR47] whatever order, however often and with whatever missing the deliveries come, the mark is never weaker than the strictest of them", async () => {
    const messages = fc.uniqueArray(fc.record({ historyNo: fc.integer({ min: 1, max: 6 }), protected: fc.boolean() }), {
      selector: ({ historyNo }) => historyNo,
      minLength: 1,
      maxLength: 6,
    });
    const deliveries = messages.chain((all) =>
      fc.record({
        // A subset is dropped, each of the others comes one to three times, all of them shuffled.
        sent: fc
          .array(fc.constantFrom(...all), { minLength: 1, maxLength: 10 })
          .chain((some) => fc.shuffledSubarray([...some, ...all], { minLength: 1 })),
        // Own application, taken in somewhere between
        applied: fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(deliveries, async ({ sent, applied }) => {
        next += 1;
        const person = next;
        let strictest = false;
        for (const [at, message] of sent.entries()) {
          await deliver(person, message);
          strictest ||= message.protected;
          if (at === applied) {
            await registerMeasure(officer(), {
              addresseeNumber: person,
              kind: "own",
              startsOn: "2026-11-01",
              termOn: null,
              basis: "架空の申出書",
            });
            strictest = true;
          }
          expect(await marked(person)).toBe(strictest);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("[A190] an application of somebody who has not moved the 住民票 marks at once, in the same transaction; a wrong one marks nobody", async () => {
    await deliver(number, { historyNo: 1, protected: false });
    const measure = { addresseeNumber: number, kind: "own", startsOn: "2026-11-20", termOn: "2027-11-19" } as const;
    await expect(registerMeasure(officer(), { ...measure, basis: "あ" })).rejects.toMatchObject({
      code: "protectionInvalid",
    });
    await expect(
      registerMeasure(officer(), { ...measure, termOn: "2026-11-19", basis: "架空の申出書" }),
    ).rejects.toMatchObject({ code: "protectionInvalid" });
    await database.pool.query("INSERT INTO allowance.addressee VALUES ($1, 'organization')", [number + 500_000]);
    await expect(
      registerMeasure(officer(), { ...measure, addresseeNumber: number + 500_000, basis: "架空の申出書" }),
    ).rejects.toMatchObject({ code: "protectionInvalid" });
    expect(await marked(number)).toBe(false);
    await registerMeasure(officer(), { ...measure, basis: "架空の申出書" });
    expect(await marked(number)).toBe(true);
    expect(await standing(number)).toMatchObject({
      inRegister: false,
      termOn: "2027-11-19",
      attention: null,
      measures: [{ kind: "own", startsOn: "2026-11-20", basis: "架空の申出書", enteredBy: "shien.ichiro" }],
    });
    // The register goes on sending the person as unprotected: every day, the same row and new ones.
    await deliver(number, { historyNo: 1, protected: false });
    await deliver(number, { historyNo: 2, protected: false });
    expect(await marked(number)).toBe(true);
  });

  it("[A188] a term that passes ends nothing: it is on the list a month before, and stays there after it", async () => {
    await deliver(number, { historyNo: 1, protected: true, to: "2026-12-31" });
    // 2026-11-30 + 31 days = 2026-12-31
    expect(await standing(number, civilDate("2026-11-29"))).toMatchObject({ attention: null });
    expect(await standing(number, civilDate("2026-11-30"))).toMatchObject({ attention: "ending" });
    expect(await standing(number, civilDate("2026-12-31"))).toMatchObject({ attention: "ending" });
    expect(await standing(number, civilDate("2027-01-01"))).toMatchObject({ attention: "overdue", inRegister: true });
    expect(await marked(number)).toBe(true);
    // The register lets go: still marked, and to be looked at.
    await deliver(number, { historyNo: 2, protected: false });
    expect(await standing(number)).toMatchObject({ attention: "registerEnded", inRegister: false });
    expect(await marked(number)).toBe(true);
    // Those who need a look stand before the others.
    await deliver(number - 600_000, { historyNo: 1, protected: true });
    const listed = (await listProtections(database.pool, TODAY)).map(({ attention }) => attention !== null);
    expect(listed).toEqual(listed.toSorted((left, right) => Number(right) - Number(left)));
  });
});

describe("the end", () => {
  const reason = "架空の本人が延長を望まないことを確かめた";
  it("is refused while the register still protects, by the one who asked, on another content, and after something came in", async () => {
    await seedPerson(database.pool, { number, name: "架空　保護", kana: "カクウ　ホゴ", protected: true });
    await expect(requestRelease(officer(), { addresseeNumber: number, reason: "短い" })).rejects.toMatchObject({
      code: "protectionInvalid",
    });
    await expect(requestRelease(officer(), { addresseeNumber: 9_999, reason })).rejects.toMatchObject({
      code: "protectionInvalid",
    });
    await requestRelease(officer(), { addresseeNumber: number, reason });
    const early = await waiting(number);
    await expect(approveRelease(officer(), early)).rejects.toMatchObject({ code: "samePerson" });
    await expect(approveRelease(other(), { ...early, digest: "0".repeat(64) })).rejects.toMatchObject({
      code: "contentChanged",
    });
    await expect(approveRelease(other(), early)).rejects.toMatchObject({ code: "protectionInRegister" });
    await expect(approveRelease(other(), { ...early, releaseId: 999_999 })).rejects.toMatchObject({
      code: "protectionUnknown",
    });
    await deliver(number, { historyNo: 2, protected: false });
    await expect(approveRelease(other(), early)).rejects.toMatchObject({ code: "contentChanged" });
    expect(await marked(number)).toBe(true);
  });

  it("comes by two people when nothing protects any more; what is delivered again stays ended, what is new marks again", async () => {
    await deliver(number, { historyNo: 1, protected: true });
    await deliver(number, { historyNo: 2, protected: false });
    await registerMeasure(officer(), {
      addresseeNumber: number,
      kind: "provisional",
      startsOn: "2026-10-01",
      termOn: "2026-11-01",
      basis: "架空の仮の申出",
    });
    await requestRelease(officer(), { addresseeNumber: number, reason });
    const asked = await waiting(number);
    await approveRelease(other(), asked);
    expect(await marked(number)).toBe(false);
    expect(await standing(number)).toBeUndefined();
    await expect(approveRelease(other(), asked)).rejects.toMatchObject({
      code: expect.stringMatching(/protectionUnknown|contentChanged/) as unknown,
    });
    await deliver(number, { historyNo: 3, protected: false });
    expect(await marked(number)).toBe(false);
    await deliver(number, { historyNo: 4, protected: true });
    expect(await marked(number)).toBe(true);
    // An old row that says so, seen for the first time after the end, is news too: the stricter reading stands.
    next += 1;
    const late = next;
    await deliver(late, { historyNo: 2, protected: true });
    await deliver(late, { historyNo: 3, protected: false });
    await requestRelease(officer(), { addresseeNumber: late, reason });
    await approveRelease(other(), await waiting(late));
    expect(await marked(late)).toBe(false);
    await deliver(late, { historyNo: 1, protected: true });
    expect(await marked(late)).toBe(true);
  });

  it("the added version keeps what was sent: the same row delivered again is no change", async () => {
    await deliver(number, { historyNo: 1, protected: true });
    await deliver(number, { historyNo: 2, protected: false });
    const { rows } = await database.pool.query(
      "SELECT revision, protected, sent_protected, row_digest FROM allowance.person_history WHERE addressee_number = $1 AND history_no = 2 ORDER BY revision",
      [number],
    );
    expect(rows).toMatchObject([
      { revision: 1, protected: false, sent_protected: null },
      { revision: 2, protected: true, sent_protected: false },
    ]);
    expect(rows[0]?.row_digest).toBe(rows[1]?.row_digest);
  });
});
