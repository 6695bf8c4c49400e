import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { civilDate } from "@hagukumi/law/contract.ts";
import { describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { pdfText } from "../../../../platform/test/support/pdf-text.ts";
import { partOf, readCode } from "../../../../platform/test/support/read-code.ts";
import { drawPdf } from "../../../../platform/test/support/read-pdf.ts";
import type { Context } from "../../src/context.ts";
import { readPageMark } from "../../src/notices/print/page-mark.ts";
import { approveLetterRun, discardLetterRun, orderPrinting } from "../../src/notices/runs/approve-run.ts";
import { readCaseLetters, readLetter } from "../../src/notices/runs/case-letters.ts";
import { createLetterRun, type CreatedLetterRun } from "../../src/notices/runs/create-run.ts";
import { handOutLetters } from "../../src/notices/runs/hand-out.ts";
import { checkInsertionLog } from "../../src/notices/runs/insertion-log.ts";
import { lateOfRun, mailLetterRun, takeOutLetter } from "../../src/notices/runs/mail-run.ts";
import { orderLetterRun, workLetters } from "../../src/notices/runs/orders.ts";
import { printLetterRun } from "../../src/notices/runs/print-run.ts";
import { reissueLetter } from "../../src/notices/runs/reissue.ts";
import { getLetterRun } from "../../src/notices/runs/run-record.ts";
import { letterSamples, readLetterRun } from "../../src/notices/runs/samples.ts";
import { checkArchive } from "../../src/notices/runs/verify-archive.ts";
import { proofOf, trayLetters, waitingLetters, withholdLetter } from "../../src/notices/runs/waiting.ts";
import { seedDemoTexts } from "../../src/notices/texts/change-text.ts";
import { contextOf } from "../support/cases.ts";
import { testFolder } from "../support/context.ts";
import { advance, create } from "../support/runs.ts";
import { SECRET_ADDRESS, seedResident, seedSmallCity, type SmallCity } from "../support/small-city.ts";

const database = useDatabase();
const folder = testFolder();

const as = (operator: string, today = "2026-12-01"): Context => contextOf(database.pool, operator, today);
const maker = (today?: string): Context => as("insatsu.ichiro", today);
const approver = (today?: string): Context => as("shonin.hanako", today);

let city: SmallCity | undefined;
/** What was said to payment notices of the run while it was made, and while it was approved, before it was fixed */
const unfixed: unknown[] = [];

const noticesOf = async (paymentRunNo: number): Promise<unknown> =>
  await createLetterRun(maker("2026-12-14"), {
    form: "payment",
    documentOn: "2026-12-14",
    mailOn: "2026-12-14",
    paymentRunNo,
  }).catch((error: unknown) => error);

/** Six families, a payment run that is fixed, the texts of the letters. Made once. */
async function prepared(): Promise<SmallCity> {
  if (city !== undefined) return city;
  city = await seedSmallCity(database.pool);
  // Each person a household and an address of their own: in one household with the protected person all of them would be hers.
  await database.pool.query(
    "UPDATE allowance.person_history SET household_number = addressee_number, address = CASE WHEN protected THEN address ELSE '架空市東区架空台' || (addressee_number % 100) || '番地' END",
  );
  // One child's name has a form that the print font lacks, one address is longer than the window of an envelope.
  await database.pool.query(
    "UPDATE allowance.person_history SET name = '架空児　葛\u{E0102}' WHERE addressee_number = 900000000001201",
  );
  await database.pool.query(
    "UPDATE allowance.person_history SET address = repeat('架空台', 40) WHERE addressee_number = 900000000001103",
  );
  await seedDemoTexts(as("mongon.ichiro"), as("mongon.niro"));
  const { runNo } = await create(database.pool);
  unfixed.push(await noticesOf(runNo));
  await advance(database.pool, runNo, "approved");
  unfixed.push(await noticesOf(runNo));
  await advance(database.pool, runNo, "frozen");
  return city;
}

/** The day on which the run was fixed in this database: documents begin with it. */
async function frozenOn(): Promise<string> {
  const { rows } = await database.pool.query<{ day: string }>(
    "SELECT frozen_on::text AS day FROM allowance.transfer_file",
  );
  return rows[0]?.day ?? "";
}

async function made(): Promise<{ readonly run: CreatedLetterRun; readonly day: string }> {
  await prepared();
  const day = await frozenOn();
  const run = await createLetterRun(maker(day), { key: "test/payment", form: "payment", documentOn: day, mailOn: day });
  return { run, day };
}

const count = async (table: string, where = "true"): Promise<number> =>
  (await database.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM allowance.${table} WHERE ${where}`)).rows[0]
    ?.n ?? 0;

/** Changes the lines of every run past all rules. */
async function change(yen: number): Promise<void> {
  const client = await database.pool.connect();
  try {
    await client.query("BEGIN; SET LOCAL session_replication_role = replica");
    await client.query("UPDATE allowance.run_line SET amount = amount + $1", [yen]);
    await client.query("COMMIT");
  } finally {
    client.release();
  }
}

describe("印刷処理: 作成", () => {
  it("without the texts that every letter needs nothing is made", async () => {
    await expect(
      createLetterRun(maker(), { form: "certification", documentOn: "2026-12-01", mailOn: "2026-12-02" }),
    ).rejects.toMatchObject({ code: "letterTextMissing" });
    expect(await count("letter_run")).toBe(0);
  });

  it("[A127] a document before the decision, after the mailing, or of another year is refused, by the program and by the database", async () => {
    await prepared();
    const of = (documentOn: string, mailOn: string) =>
      createLetterRun(maker(), { form: "certification", documentOn, mailOn });
    await expect(of("2026-12-02", "2026-12-01")).rejects.toMatchObject({ code: "letterInvalid" });
    await expect(of("2025-12-01", "2025-12-02")).rejects.toMatchObject({ code: "letterInvalid" });
    await expect(of("2026-02-30", "2026-12-02")).rejects.toMatchObject({ code: "letterInvalid" });
    // Decided on 2026-12-01: nothing for a document of the day before
    await expect(
      createLetterRun(maker("2024-09-30"), { form: "certification", documentOn: "2024-09-30", mailOn: "2024-09-30" }),
    ).rejects.toMatchObject({ code: "letterNothing" });
    await expect(
      database.pool.query(
        `INSERT INTO allowance.letter (run_no, seq, form_code, version, source_key, attempt, outside_party, named_numbers, decided_on, document_on, content, content_digest, pages)
         VALUES (1, 1, 'cover', 'general', 'request:1', 1, '架空', '{}', '2026-12-02', '2026-12-01', '{}', repeat('a', 64), 1)`,
      ),
    ).rejects.toMatchObject({ constraint: "letter_document_day" });
    const run = (fields: string, values: string) =>
      database.pool.query(
        `INSERT INTO allowance.letter_run (run_no, kind, form_code, edition_digest, letter_count, page_count, amount, list_digest, maker, command_key, ${fields})
         VALUES (9, 'first', 'cover', repeat('a', 64), 1, 1, 0, repeat('a', 64), 'x', 'x', ${values})`,
      );
    await expect(run("document_on, mail_on, fiscal_year", "'2027-03-31', '2027-04-01', 2027")).rejects.toMatchObject({
      constraint: "letter_run_year",
    });
    await expect(run("document_on, mail_on, fiscal_year", "'2027-04-01', '2027-03-31', 2027")).rejects.toMatchObject({
      constraint: "letter_run_mail_day",
    });
  });

  it("[I-37] an amount that is not the ledger's is printed nowhere: all such letters are left to people", async () => {
    await prepared();
    const day = await frozenOn();
    // Somebody has changed the lines past every rule: 7 notices of 2,075 told wrong sums in a real city, found by nobody before the mailing.
    await change(1000);
    await expect(createLetterRun(maker(day), { form: "payment", documentOn: day, mailOn: day })).rejects.toMatchObject({
      code: "letterNothing",
      details: { amountDiffers: 3, character: 1, protected: 1 },
    });
    await change(-1000);
    expect(await count("letter")).toBe(0);
  });

  it("[A98][M34][I-37] payment notices are made of the fixed run alone, and each says what the ledger paid", async () => {
    const { run } = await made();
    // 15,000 × 2 = 30,000; 50,000 × 2 = 100,000; 10,000 × 2 = 20,000; the protected person and the name with a character that can't be
    // printed go to the tray; without an account there is no line: 3 letters, 150,000 yen
    expect([run.letters, run.amount]).toStrictEqual([3, 150_000]);
    const { rows } = await database.pool.query<{ amount: number; ledger: number; printed: string }>(
      `SELECT l.amount::int AS amount, l.content::text AS printed,
              (SELECT sum(e.amount)::int FROM allowance.ledger_entry e WHERE e.recipient_id = l.recipient_id AND e.run_no = 1 AND e.credit = 'bank') AS ledger
       FROM allowance.letter l WHERE l.form_code = 'payment' ORDER BY l.seq`,
    );
    for (const { amount, ledger, printed } of rows) {
      expect(amount).toBe(ledger);
      expect(printed).toContain(`${amount.toLocaleString("ja-JP")}円`);
      expect(printed).toContain("令和8年12月15日");
      expect(printed).not.toMatch(/0000101|0123456/);
    }
    // The same run gave none while it was made, and none while it was approved.
    expect(unfixed).toMatchObject([{ code: "letterNothing" }, { code: "letterNothing" }]);
  });

  it("[A129][I-19] what is left out stands in the run with its reason, and the counts are known before anything is printed", async () => {
    const { run } = await made();
    expect(run.leftOut.toSorted((a, b) => (a.reason < b.reason ? -1 : 1))).toStrictEqual([
      { route: "tray", reason: "character", count: 1 },
      { route: "tray", reason: "protected", count: 1 },
    ]);
    expect(await count("letter_left_out", `run_no = ${run.runNo}`)).toBe(2);
    expect(await count("letter_file")).toBe(0);
  });

  it("[A125] characters in another form and addresses without room are listed for the run, and nothing is an empty box", async () => {
    const { run } = await made();
    const { issues } = await readLetterRun(database.pool, run.runNo, false);
    expect(issues.map(({ kind, codePoints, printed }) => [kind, codePoints, printed])).toStrictEqual([
      ["character", "U+845B U+E0102", "葛"],
      ["overflow", "120文字", "宛名の枠に入りません"],
    ]);
    expect(run.issues).toBe(2);
  });

  it("the same order again gives the same run; another one finds nothing left", async () => {
    const { run, day } = await made();
    const again = await createLetterRun(maker(day), {
      key: "test/payment",
      form: "payment",
      documentOn: day,
      mailOn: day,
    });
    expect(again).toStrictEqual(run);
    await expect(createLetterRun(maker(day), { form: "payment", documentOn: day, mailOn: day })).rejects.toMatchObject({
      code: "letterNothing",
    });
    expect(await count("letter", "form_code = 'payment'")).toBe(3);
  });

  it("[A189][I-3] a letter about a protected family waits in the manual tray; who may not know of it sees nothing there", async () => {
    await made();
    const client = await database.pool.connect();
    try {
      const blind = await trayLetters(client, false);
      const seeing = await trayLetters(client, true);
      expect(blind.map(({ reason }) => reason)).toStrictEqual(["character"]);
      expect(seeing.map(({ reason }) => reason).toSorted()).toStrictEqual(["character", "protected"]);
      const key = seeing.find(({ reason }) => reason === "protected")?.sourceKey ?? "";
      const proof = await proofOf(client, maker(await frozenOn()), "payment", key);
      expect(proof.protectedPeople).toHaveLength(1);
      expect(proof.envelope.join()).toContain(SECRET_ADDRESS);
    } finally {
      client.release();
    }
  });
});

describe("見本の承認から発送まで", () => {
  it("who made the run can't approve it, and another content than the seen one is not approved", async () => {
    const { run, day } = await made();
    const { runNo, listDigest } = run;
    await expect(approveLetterRun(maker(day), { runNo, listDigest })).rejects.toMatchObject({ code: "samePerson" });
    await expect(approveLetterRun(approver(day), { runNo, listDigest: "0".repeat(64) })).rejects.toMatchObject({
      code: "contentChanged",
    });
    await expect(orderPrinting(maker(day), { runNo })).rejects.toMatchObject({ code: "letterRunState" });
    await expect(printLetterRun(maker(day), runNo)).rejects.toMatchObject({ code: "letterRunState" });
    const client = await database.pool.connect();
    try {
      const samples = await letterSamples(client, runNo, false);
      expect(samples.map(({ why }) => why).join("、")).toContain("額が最も大きい");
      expect(samples.flatMap(({ lines }) => lines).join()).not.toContain("架空守");
    } finally {
      client.release();
    }
    await approveLetterRun(approver(day), { runNo, listDigest });
    expect((await getLetterRun(database.pool, runNo)).state).toBe("approved");
  });

  it("[A128][I-28] every page carries the mark of its one envelope; the marks read back give each page of each letter once", async () => {
    const { run, day } = await made();
    await orderPrinting(maker(day), { runNo: run.runNo });
    expect(await workLetters(maker(day))).toBe(1);
    const { rows } = await database.pool.query<{ bytes: Buffer; pages: number }>(
      "SELECT bytes, pages FROM allowance.letter_file",
    );
    const drawn = await drawPdf(rows[0]?.bytes ?? Buffer.alloc(0));
    expect(drawn).toHaveLength(rows[0]?.pages ?? 0);
    const marks = drawn.map((page) => readPageMark(readCode(partOf(page, { left: 0.83, top: 0, side: 0.13 }))));
    const { rows: letters } = await database.pool.query<{ letter_id: number; pages: number; fiscal_year: number }>(
      "SELECT l.letter_id, l.pages, r.fiscal_year FROM allowance.letter l JOIN allowance.letter_run r USING (run_no) WHERE l.run_no = $1 ORDER BY l.seq",
      [run.runNo],
    );
    const expected = letters.flatMap(({ letter_id: envelope, pages, fiscal_year: fiscalYear }) =>
      Array.from({ length: pages }, (_, index) => ({
        number: "F6",
        edition: "2026-11",
        fiscalYear,
        runNo: run.runNo,
        envelope,
        page: index + 1,
        pages,
      })),
    );
    expect(marks).toStrictEqual(expected);
    // What a machine would read while it inserts: nothing to complain of; without the last envelope it is named.
    const log = letters.map(({ letter_id: envelope, pages, fiscal_year: year }) =>
      Array.from(
        { length: pages },
        (_, index) => `HG1:F6:202611:${year}:${run.runNo}:${envelope}:${index + 1}:${pages}`,
      ),
    );
    expect(await checkInsertionLog(database.pool, run.runNo, log)).toEqual([]);
    expect(await checkInsertionLog(database.pool, run.runNo, log.slice(0, -1))).toMatchObject([{ kind: "missing" }]);
    expect(
      await count(
        "letter",
        "addressee_number IS NULL AND outside_party IS NULL OR addressee_number IS NOT NULL AND outside_party IS NOT NULL",
      ),
    ).toBe(0);
  });

  it("[A130] the file that is kept is the file that was printed: drawn again from the kept words it is the same to the byte", async () => {
    const { run, day } = await made();
    expect(await checkArchive(maker(day), run.runNo)).toMatchObject([{ fileNo: 1, same: true }]);
    await expect(
      database.pool.query(
        "INSERT INTO allowance.letter_file SELECT run_no, 2, first_seq, last_seq, letters, pages, bytes || '\\x00', sha256 FROM allowance.letter_file",
      ),
    ).rejects.toMatchObject({ constraint: "letter_file_digest" });
  });

  it("[A126] for a contractor there are PDFs, the list of envelopes, and counts that agree; the list names nobody", async () => {
    const { run, day } = await made();
    const out = await handOutLetters(maker(day), { runNo: run.runNo, outDir: join(folder, "out") });
    expect([out.letters, out.pages]).toStrictEqual([3, run.pages]);
    const csv = await readFile(join(out.folder, out.files.find((name) => name.endsWith(".csv")) ?? ""), "utf8");
    expect(csv.trim().split("\r\n")).toHaveLength(4);
    expect(csv).toMatch(/HG1:F6:202611:\d{4}:\d+:\d+:1:1/);
    for (const name of ["架空", "辻", "𠮷田", SECRET_ADDRESS]) expect(csv).not.toContain(name);
    const manifest = JSON.parse(
      await readFile(join(out.folder, out.files.find((name) => name.endsWith(".json")) ?? ""), "utf8"),
    ) as { letters: number };
    expect(manifest.letters).toBe(3);
    const pdf = await readFile(join(out.folder, out.files[0] ?? ""));
    // The file whose marks were read above, with its fonts in it
    expect(await count("letter_file", `sha256 = '${createHash("sha256").update(pdf).digest("hex")}'`)).toBe(1);
    expect(pdf.toString("latin1").match(/\/FontFile2/g)).toHaveLength(2);
    const text = pdfText(pdf);
    for (const name of ["辻\u{E0100}", "葛\u{E0100}太郎", "𠮷田", "髙﨑"]) expect(text).toContain(name);
  });

  it("[I-34] a death that is known by then takes the letter out before mailing; a wrong count is refused; then it is mailed", async () => {
    const { run, day } = await made();
    const { runNo } = run;
    await expect(mailLetterRun(maker(day), { runNo, inserted: 2 })).rejects.toMatchObject({
      code: "letterCountDiffers",
    });
    await database.pool.query(
      `INSERT INTO allowance.person_history SELECT addressee_number, 2, 1, valid_from, valid_from_unknown, reported_on, event_code, household_number, resident_kind, 3, name, kana, sex, birth_date,
         birth_date_unknown, relation_code, ward_code, postal_code, address, planned_move_out_on, previous_municipality, next_municipality, protected, protected_from, protected_to, deleted, row_digest, batch_id
       FROM allowance.person_history WHERE addressee_number = 900000000001201`,
    );
    const late = await lateOfRun(maker(day), runNo);
    expect(late.map(({ reason }) => reason)).toStrictEqual(["childDead"]);
    await expect(mailLetterRun(maker(day), { runNo, inserted: 3 })).rejects.toMatchObject({ code: "letterInvalid" });
    await takeOutLetter(maker(day), { letterId: late[0]?.letterId ?? 0, kind: "takenOut", reason: "児童の死亡" });
    await expect(
      takeOutLetter(maker(day), { letterId: late[0]?.letterId ?? 0, kind: "takenOut", reason: "再度" }),
    ).rejects.toMatchObject({ code: "letterUnknown" });
    await expect(mailLetterRun(maker(day), { runNo, inserted: 3 })).rejects.toMatchObject({
      code: "letterCountDiffers",
    });
    await mailLetterRun(maker(day), { runNo, inserted: 2 });
    expect(await count("letter_insertion", "printed = 3 AND inserted = 2 AND taken_out = 1")).toBe(1);
    // What was taken out waits again, and a run over it finds the dead child and leaves it to a person.
    await expect(createLetterRun(maker(day), { form: "payment", documentOn: day, mailOn: day })).rejects.toMatchObject({
      code: "letterNothing",
      details: { childDead: 1 },
    });
  });

  it("the history says who did what, when and with how many pages; a re-issue is a run of its own with its mark", async () => {
    const { day } = await made();
    const { tsuji = 0 } = city ?? {};
    expect(tsuji).toBeGreaterThan(0);
    const before = await readCaseLetters(maker(day), 900000000001102);
    expect(before).toMatchObject([
      { title: "児童手当支払通知書", state: "mailed", reissue: false, pages: 1, amount: 100_000 },
    ]);
    expect(before[0]?.events.map(({ what, by }) => [what, by])).toStrictEqual([
      ["見本の承認待ち", "insatsu.ichiro"],
      ["印刷の指示待ち", "shonin.hanako"],
      ["印刷中", "insatsu.ichiro"],
      ["封入・発送待ち", "insatsu.ichiro"],
      ["発送済み", "insatsu.ichiro"],
    ]);
    const letterId = before[0]?.letterId ?? 0;
    await expect(reissueLetter(maker(day), { letterId, reason: "" })).rejects.toMatchObject({ code: "letterInvalid" });
    await expect(reissueLetter(maker(day), { letterId: 1, reason: "紛失" })).rejects.toMatchObject({
      code: "letterUnknown",
    });
    const again = await reissueLetter(maker(day), { letterId, reason: "紛失の申出" });
    await approveLetterRun(approver(day), { runNo: again.runNo, listDigest: again.listDigest });
    await orderPrinting(maker(day), { runNo: again.runNo });
    await printLetterRun(maker(day), again.runNo);
    const { rows } = await database.pool.query<{ bytes: Buffer }>(
      "SELECT bytes FROM allowance.letter_file WHERE run_no = $1",
      [again.runNo],
    );
    expect(pdfText(rows[0]?.bytes ?? Buffer.alloc(0))).toContain("再発行");
    const kept = await readLetter(
      maker(day),
      900000000001102,
      again.runNo === 0 ? 0 : ((await readCaseLetters(maker(day), 900000000001102))[0]?.letterId ?? 0),
    );
    expect(kept.content.reissue).toMatchObject({ times: 1 });
    expect(kept.content.blocks).toStrictEqual((await readLetter(maker(day), 900000000001102, letterId)).content.blocks);
  });

  it("a run that is discarded gives its letters back; what was mailed can't be discarded", async () => {
    const { run, day } = await made();
    await expect(discardLetterRun(maker(day), { runNo: run.runNo, reason: "誤り" })).rejects.toMatchObject({
      code: "letterRunState",
    });
    const { rows: decided } = await database.pool.query<{ n: number }>(
      "SELECT count(*)::int AS n FROM allowance.decision",
    );
    expect(decided[0]?.n).toBe(6);
    const one = await createLetterRun(maker(), {
      form: "certification",
      documentOn: "2026-12-01",
      mailOn: "2026-12-03",
    });
    await discardLetterRun(maker(), { runNo: one.runNo, reason: "文言の誤り" });
    const two = await createLetterRun(maker(), {
      form: "certification",
      documentOn: "2026-12-02",
      mailOn: "2026-12-03",
    });
    expect(two.letters).toBe(one.letters);
    await expect(approveLetterRun(approver(), { runNo: one.runNo, listDigest: one.listDigest })).rejects.toMatchObject({
      code: "letterRunState",
    });
  });

  it("an order from the screen that can't be fulfilled says why, and is not tried again", async () => {
    await made();
    await expect(
      orderLetterRun(maker(), { form: "hold", documentOn: "2026-12-05", mailOn: "2026-12-01" }),
    ).rejects.toMatchObject({ code: "letterInvalid" });
    await orderLetterRun(maker(), { form: "hold", documentOn: "2026-12-01", mailOn: "2026-12-01" });
    expect(await workLetters(maker())).toBe(1);
    expect(await count("letter_run_order_result", "problem LIKE '%支払差止%'")).toBe(1);
    expect(await workLetters(maker())).toBe(0);
  });

  it("two people decide that a letter of the tray is not sent", async () => {
    const { day } = await made();
    const client = await database.pool.connect();
    try {
      const [first] = await trayLetters(client, false);
      const held = {
        form: first?.form ?? "payment",
        sourceKey: first?.sourceKey ?? "",
        reason: "窓口で手渡した",
      } as const;
      await expect(withholdLetter(maker(day), { ...held, approvedBy: "insatsu.ichiro" })).rejects.toMatchObject({
        code: "samePerson",
      });
      await withholdLetter(maker(day), { ...held, approvedBy: "shonin.hanako" });
      expect((await trayLetters(client, false)).map(({ sourceKey }) => sourceKey)).not.toContain(held.sourceKey);
      const waiting = await waitingLetters(client, civilDate(day));
      expect(waiting.find(({ form }) => form === "payment")?.waiting).toBeGreaterThan(0);
    } finally {
      client.release();
    }
    await seedResident(database.pool, {
      number: 900000000001999,
      name: "架空",
      kana: "カクウ",
      birthDate: "2000-01-01",
    });
  });
});
