/** 保存期間の過ぎたデータ: judged by itself, erased on its day and not before, stopped by a hold, counted and listed; paper is listed for destruction. */
import { civilDate } from "@hagukumi/law/contract.ts";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { shiftClock } from "../../../../platform/test/support/identity.ts";
import { addEntry, reviseEntry } from "../../src/case-file/write-entry.ts";
import { readCaseLetters, readLetter } from "../../src/notices/runs/case-letters.ts";
import { reissueLetter } from "../../src/notices/runs/reissue.ts";
import { answerLift, requestLift } from "../../src/protection/lift.ts";
import {
  eraseByTerm,
  type ErasedGroup,
  judgeTerms,
  listTermErasures,
  readTermErasure,
} from "../../src/retention/erase-by-term.ts";
import { numbersDue } from "../../src/retention/numbers-due.ts";
import { paperDue } from "../../src/retention/paper-due.ts";
import { answerProposal, openProposals } from "../../src/two-people/proposals.ts";
import {
  placeRetentionHold,
  proposeHoldRelease,
  proposeTerm,
  type RecordGroup,
  RETENTION_KINDS,
} from "../../src/two-people/retention.ts";
import { contextOf, seedCases } from "../support/cases.ts";
import { seedSmallCity } from "../support/small-city.ts";

const database = useDatabase();
const BASE = 900_000_000_880_000;
/** Ended; its child; ended with paper that is still here; running */
const [ended, child, papered, papersChild, running, runningChild] = [
  BASE + 1,
  BASE + 2,
  BASE + 11,
  BASE + 12,
  BASE + 21,
  BASE + 22,
];
const one = () => contextOf(database.pool, "kansa.ichi");
const two = () => contextOf(database.pool, "kacho.ni");
const clerk = () => contextOf(database.pool, "nyuryoku.ichiro");

/** What a letter says of people, and what is left when its term is over */
const LETTER = {
  form: "certification",
  number: "F1",
  edition: "2026-11",
  version: "general",
  title: "児童手当認定通知書",
  documentNumber: "架空第1号",
  documentOn: "2026-10-01",
  fiscalYear: 2026,
  envelope: { postalCode: "8600001", lines: ["架空市消える町一番地"], name: "架空　文面", honorific: "様" },
  sender: [],
  issuer: { title: "架空市長", name: "架空 市長", seal: null },
  blocks: [{ kind: "text", text: "架空　文面 様のお子さま 架空　子は" }],
  reissue: null,
  mark: "",
};

let now = "";

/** Sets the clock of the records to a day. */
async function goTo(day: string): Promise<void> {
  const { rows } = await database.pool.query<{ days: number }>(
    "SELECT $1::date - (now() AT TIME ZONE 'Asia/Tokyo')::date AS days",
    [day],
  );
  await shiftClock(database.pool, `${String(rows[0]?.days ?? 0)} days`);
  now = day;
}

async function grant(): Promise<void> {
  const proposal = (await openProposals(database.pool, RETENTION_KINDS)).at(-1);
  if (proposal === undefined) throw new Error("no proposal");
  const { proposalId, digest } = proposal;
  await answerProposal(two(), { proposalId, granted: true, digest, kinds: RETENTION_KINDS });
}
async function decide(group: RecordGroup, years: number | null): Promise<void> {
  await proposeTerm(one(), { group, years, from: civilDate("2020-01-01"), reason: "架空の文書管理規程" });
  await grant();
}
const plusYears = (day: string, years: number): string => `${String(Number(day.slice(0, 4)) + years)}${day.slice(4)}`;
const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

async function lastDayOf(group: ErasedGroup): Promise<string> {
  const { rows } = await database.pool.query<{ day: string }>(
    "SELECT max(last_day)::text AS day FROM allowance.past_term($1, 'infinity')",
    [group],
  );
  return rows[0]?.day ?? "";
}
const TABLES: Readonly<Record<ErasedGroup, string>> = {
  caseNotes: `SELECT count(*)::int AS n FROM allowance.note WHERE addressee_number IN (${String(ended)}, ${String(child)})`,
  letterFiles: "SELECT count(*)::int AS n FROM allowance.letter_file",
  protectionLifts: "SELECT count(*)::int AS n FROM allowance.protection_lift",
};
const left = async (group: ErasedGroup): Promise<number> =>
  (await database.pool.query<{ n: number }>(TABLES[group])).rows[0]?.n ?? -1;

beforeAll(async () => {
  await seedSmallCity(database.pool);
  const born = "2018-05-05";
  await seedCases(database.pool, [
    { recipient: ended, children: [{ id: child, birthDate: born }], endedFrom: "2025-04" },
    { recipient: papered, children: [{ id: papersChild, birthDate: born }], endedFrom: "2025-04" },
    { recipient: running, children: [{ id: runningChild, birthDate: born }] },
  ]);
  await database.pool.query(
    `INSERT INTO allowance.claim_child (claim_id, child_number, role, relation, serial)
     SELECT c.claim_id, c.claimant_number + 1, 'child', '20', 1 FROM allowance.claim c WHERE c.claimant_number = ANY ($1) ON CONFLICT DO NOTHING`,
    [[ended, papered, running]],
  );
  for (const addresseeNumber of [ended, child, papered, running, runningChild]) {
    await addEntry(clerk(), "note", {
      addresseeNumber,
      content: { body: "架空の対応", popUp: false },
      validFrom: "2026-10-01",
    });
  }
  await addEntry(clerk(), "contact", {
    addresseeNumber: ended,
    content: { kind: "homePhone", value: "0960000000" },
    validFrom: "2026-10-01",
  });
  const liftId = await requestLift(one(), {
    addresseeNumber: 900000000001104,
    reason: "架空の通知の送付先の確認のため",
    minutes: 15,
  });
  const { rows: asked } = await database.pool.query<{ digest: string }>(
    "SELECT content_digest AS digest FROM allowance.protection_lift",
  );
  await answerLift(two(), { liftId, granted: true, digest: asked[0]?.digest ?? "" });
  // A run that was mailed, with its file; what is around it (texts, approval) is not what is tested here.
  const client = await database.pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("SET LOCAL session_replication_role = 'replica'");
    await client.query(
      `INSERT INTO allowance.letter_run_event (run_no, seq, from_state, to_state, actor, terminal, note) VALUES (77, 5, 'printed', 'mailed', 'insatsu.ichiro', '', '')`,
    );
    await client.query(
      `INSERT INTO allowance.letter_file (run_no, file_no, first_seq, last_seq, letters, pages, bytes, sha256)
       VALUES (77, 1, 1, 3, 3, 3, '\\x25504446', encode(sha256('\\x25504446'), 'hex'))`,
    );
    for (const [seq, addressee] of [
      [1, ended],
      [2, running],
    ] as const) {
      await client.query(
        `INSERT INTO allowance.letter (run_no, seq, form_code, version, source_key, attempt, addressee_number, recipient_id, named_numbers, decided_on, document_on, content, content_digest, pages)
         VALUES (77, $1::int, 'certification', 'general', 'decision:' || ($1::int)::text, 1, $2, NULL, '{}', '2026-10-01', '2026-10-01', $3, repeat('d', 64), 1)`,
        [seq, addressee, JSON.stringify(LETTER)],
      );
    }
    await client.query("COMMIT");
  } finally {
    client.release();
  }
});

describe("保存期間", () => {
  it("a term that nobody decided erases nothing, and that is written down once a day", async () => {
    const judged = await judgeTerms(database.pool);
    expect(judged.map(({ group, years, subjects }) => [group, years, subjects])).toEqual([
      ["caseNotes", null, 0],
      ["letterFiles", null, 0],
      ["protectionLifts", null, 0],
    ]);
    expect((await eraseByTerm(one())).map(({ subjects }) => subjects)).toEqual([0, 0, 0]);
    expect(await eraseByTerm(one())).toEqual([]);
    const { rows } = await database.pool.query<{ n: number }>(
      "SELECT count(*)::int AS n FROM access.journal WHERE action = 'retention.noTerm' AND detail->>'group' = ANY ('{caseNotes,letterFiles,protectionLifts}')",
    );
    expect(rows).toEqual([{ n: 3 }]);
    expect(await numbersDue(database.pool, civilDate("2080-01-01"))).toMatchObject({ years: null, people: [] });
  });

  it("[THR95] over ten years each class leaves on the day after its term and not the day before; a stop keeps it, and its end lets it go", async () => {
    const terms = { letterFiles: 3, caseNotes: 5, protectionLifts: 10 } as const satisfies Record<ErasedGroup, number>;
    for (const group of ["letterFiles", "caseNotes", "protectionLifts"] as const) {
      await decide(group, terms[group]);
      const last = await lastDayOf(group);
      expect(last).not.toBe("");
      // Ended on 2026-11-24 with 3 years: kept through 2029-11-24, gone on 2029-11-25.
      const term = plusYears(last, terms[group]);
      await goTo(dayAfter(term, -1));
      await eraseByTerm(one());
      await goTo(term);
      await eraseByTerm(one());
      expect(await left(group), `${group} on ${now}`).toBeGreaterThan(0);
      await goTo(dayAfter(term, 1));
      if (group === "protectionLifts") {
        const holdId = await placeRetentionHold(one(), { group, reason: "架空の訴訟のため" });
        await eraseByTerm(one());
        await goTo(plusYears(term, 2));
        await eraseByTerm(one());
        expect(await left(group), "a stop").toBe(1);
        await proposeHoldRelease(one(), { holdId, reason: "架空の訴訟の終わり" });
        await eraseByTerm(one());
        expect(await left(group), "asked for is not yet released").toBe(1);
        await grant();
      }
      await eraseByTerm(one());
      expect(await left(group), `${group} on ${now}`).toBe(0);
    }
  }, 60_000);

  it("[D287][D53][A199] what was past its term is gone, what belongs to a running case or to paper still here is not; list, count and log stay", async () => {
    const { rows: notes } = await database.pool.query<{ number: number }>(
      "SELECT DISTINCT addressee_number AS number FROM allowance.note WHERE addressee_number >= $1 ORDER BY 1",
      [BASE],
    );
    // The one whose paper is not entered yet had nothing to keep it: it went with the others on the same day.
    expect(notes.map(({ number }) => number)).toEqual([running, runningChild]);
    const { rows: contacts } = await database.pool.query("SELECT FROM allowance.contact WHERE addressee_number = $1", [
      ended,
    ]);
    expect(contacts).toEqual([]);
    const erasures = await listTermErasures(database.pool);
    expect(erasures.map(({ group, subjects, rows }) => [group, subjects, rows])).toEqual([
      ["protectionLifts", 1, 2],
      // Three people: two notes of one family, one of the other, and a contact
      ["caseNotes", 3, 4],
      // One run: its file, and the words of two letters
      ["letterFiles", 1, 3],
    ]);
    const noted = erasures.find(({ group }) => group === "caseNotes");
    expect(
      (await readTermErasure(database.pool, noted?.erasureId ?? 0)).map(({ subject, rows }) => [subject, rows]),
    ).toEqual([
      [ended, 2],
      [child, 1],
      [papered, 1],
    ]);
    const { rows: logged } = await database.pool.query<{ group: string; rows: string }>(
      `SELECT detail->>'group' AS "group", detail->>'rows' AS rows FROM access.journal WHERE action = 'retention.erased' AND detail->>'rows' <> '0' ORDER BY seq`,
    );
    expect(logged).toEqual([
      { group: "letterFiles", rows: "3" },
      { group: "caseNotes", rows: "4" },
      { group: "protectionLifts", rows: "2" },
    ]);
  });

  it("of a letter past its term no word of anybody is left, of a running case too; that it was sent stays, with its title, day and digest, and nobody can read, print or issue it again", async () => {
    const { rows } = await database.pool.query<{ id: number; text: string; digest: string; addressee: number }>(
      "SELECT letter_id AS id, to_jsonb(l)::text AS text, content_digest AS digest, addressee_number AS addressee FROM allowance.letter l WHERE run_no = 77 ORDER BY seq",
    );
    expect(rows.map(({ addressee, digest }) => [addressee, digest])).toEqual([
      [ended, "d".repeat(64)],
      [running, "d".repeat(64)],
    ]);
    for (const { text } of rows) {
      expect(text).toContain("児童手当認定通知書");
      expect(text).toContain("erasedOn");
      expect(text).not.toMatch(/文面|消える町|お子さま|8600001|架空第1号|架空 市長/);
    }
    const letterId = rows[1]?.id ?? 0;
    const letters = await readCaseLetters(one(), running);
    expect(letters).toMatchObject([{ letterId, number: "F1", title: "児童手当認定通知書", documentOn: "2026-10-01" }]);
    const gone = { code: "letterUnknown", message: expect.stringContaining("保存期間が過ぎたため") as unknown };
    await expect(readLetter(one(), running, letterId)).rejects.toMatchObject(gone);
    await expect(reissueLetter(one(), { letterId, reason: "架空の紛失" })).rejects.toMatchObject(gone);
  });

  it("[D231] paper is listed for destruction when its term is over, with its place, until it is recorded as destroyed; its record stays as long", async () => {
    await goTo("2027-01-10");
    const kept = {
      kind: "other",
      title: "架空の請求書",
      medium: "paper",
      state: "stored",
      receivedOn: "2026-10-02",
      storagePlace: "架空書庫3",
    } as const;
    const paper = await addEntry(clerk(), "document", {
      addresseeNumber: papered,
      content: kept,
      validFrom: "2026-10-02",
    });
    await addEntry(clerk(), "document", {
      addresseeNumber: running,
      content: { ...kept, title: "続く事案" },
      validFrom: "2026-10-02",
    });
    expect(await paperDue(database.pool, civilDate("2060-01-01"))).toMatchObject({ years: null, papers: [] });
    await decide("paperDocuments", 5);
    const { papers } = await paperDue(database.pool, civilDate("2060-01-01"));
    expect(papers).toMatchObject([{ addresseeNumber: papered, title: "架空の請求書", storagePlace: "架空書庫3" }]);
    const lastDay = papers[0]?.lastDay ?? "";
    const due = dayAfter(plusYears(lastDay, 5), 1);
    expect((await paperDue(database.pool, civilDate(dayAfter(due, -1)))).papers).toEqual([]);
    expect((await paperDue(database.pool, civilDate(due))).papers).toHaveLength(1);
    await goTo("2060-01-01");
    await eraseByTerm(one());
    const records = async (): Promise<number> =>
      (await database.pool.query("SELECT FROM allowance.document WHERE addressee_number = $1", [papered])).rows.length;
    expect(await records()).toBe(1);
    await reviseEntry(clerk(), "document", {
      entryId: paper.entryId,
      revision: paper.revision,
      content: { ...kept, state: "disposed" },
      validFrom: "2026-10-02",
      reason: "溶解による廃棄",
    });
    expect((await paperDue(database.pool, civilDate("2060-01-01"))).papers).toEqual([]);
    await eraseByTerm(one());
    expect(await records()).toBe(0);
  });

  it("個人番号 are due by themselves when every case of the person is over, and a stop takes them off the list", async () => {
    await decide("individualNumber", 7);
    const due = async (day: string): Promise<readonly number[]> =>
      (await numbersDue(database.pool, civilDate(day))).people
        .map(({ addresseeNumber }) => addresseeNumber)
        .filter((number) => number >= BASE);
    const { rows } = await database.pool.query<{ day: string }>(
      "SELECT last_day::text AS day FROM allowance.people_over() WHERE addressee_number = $1",
      [ended],
    );
    const term = plusYears(rows[0]?.day ?? "", 7);
    expect(await due(term)).toEqual([]);
    expect(await due(dayAfter(term, 1))).toEqual([ended, child, papered, papersChild]);
    await placeRetentionHold(one(), { group: "individualNumber", reason: "架空の開示の求め" });
    expect(await due(dayAfter(term, 400))).toEqual([]);
  });
});
