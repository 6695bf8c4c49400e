import { inflateSync } from "node:zlib";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { barRuns, customerBarcode } from "@hagukumi/platform/postal/customer-barcode.ts";
import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { pdfText } from "../../../../platform/test/support/pdf-text.ts";
import { letterText } from "../../src/notices/content/letter.ts";
import type { PersonRecord } from "../../src/notices/content/people.ts";
import { FORM_CODES } from "../../src/notices/forms/form-codes.ts";
import { formOf } from "../../src/notices/forms/list.ts";
import { writeLetters } from "../../src/notices/print/draw-letters.ts";
import { approveLetterRun, orderPrinting } from "../../src/notices/runs/approve-run.ts";
import { createLetterRun } from "../../src/notices/runs/create-run.ts";
import { handOutLetters } from "../../src/notices/runs/hand-out.ts";
import { printLetterRun } from "../../src/notices/runs/print-run.ts";
import { requestCertificate } from "../../src/notices/runs/requests.ts";
import { trayLetters } from "../../src/notices/runs/waiting.ts";
import { protectedCases } from "../../src/notices/sources/protected.ts";
import { seedDemoTexts } from "../../src/notices/texts/change-text.ts";
import { contextOf, seedCases } from "../support/cases.ts";
import { testFolder } from "../support/context.ts";
import { CHILDREN, composeSample, PARENT, people, sampleSource, texts } from "./samples.ts";

const database = useDatabase();
const folder = testFolder();

/** What nobody of the other side may learn: where the protected mother and child live, and what tells it. */
const SECRET = {
  address: "架空秘市北区秘匿台七丁目八番九号",
  building: "ひなんハイツ　３０２",
  postalCode: "8619876",
  name: "秘匿　一郎",
} as const;
/** Pieces of it, as they could come back in a barcode, a list or a name of a file. */
const TRACES = ["秘市", "秘匿", "ひなん", "8619876", "861-9876", "7-8-9"] as const;

const traceIn = (text: string): readonly string[] => TRACES.filter((trace) => text.includes(trace));

/** The family of the samples, in which the first child is protected from the addressee and has got another name since. */
const family: ReadonlyMap<number, PersonRecord> = new Map(
  [...people].map(([number, person]) => [
    number,
    number === CHILDREN[0] ? { ...person, ...SECRET, protected: true, formerName: "辻\u{E0100}　一郎" } : person,
  ]),
);

/** All text and all streams of a PDF. */
function everythingIn(pdf: Buffer): string {
  const raw = pdf.toString("latin1");
  const streams = [...raw.matchAll(/\/Length (\d+) >>\nstream\n/g)].map((found) => {
    const start = found.index + found[0].length;
    return inflateSync(pdf.subarray(start, start + Number(found[1]))).toString("latin1");
  });
  return [raw, ...streams, pdfText(pdf)].join("\n");
}

describe("支援措置: every form, for the parent from whom the child is protected", () => {
  it.each(FORM_CODES)(
    "[I-3] %s shows nothing of where the child is, in words, barcode or mark, and waits in the manual tray",
    async (form) => {
      for (const version of ["general", "institution"] as const) {
        const source = sampleSource(form, version);
        const { content, route, shownAddresses } = composeSample(source, family);
        expect(traceIn(letterText(content).join("\n"))).toStrictEqual([]);
        expect(traceIn(JSON.stringify(content))).toStrictEqual([]);
        expect(shownAddresses.filter(({ number }) => number !== source.addressee)).toStrictEqual([]);
        expect(route).toMatchObject({ to: "tray", reason: "protected" });
        const path = join(folder, `${form}-${version}.pdf`);
        await writeLetters(path, "試験", [{ id: { runNo: 1, seq: 1, envelope: 100_000_001 }, content }], texts.seals);
        expect(traceIn(everythingIn(await readFile(path)))).toStrictEqual([]);
        const codes = customerBarcode(content.envelope.postalCode, content.envelope.lines.join("　"));
        expect(JSON.stringify(codes)).not.toBe(
          JSON.stringify(customerBarcode(SECRET.postalCode, `${SECRET.address}　${SECRET.building}`)),
        );
        if (codes !== undefined) expect(barRuns(codes)).toHaveLength(67);
      }
    },
  );

  it("[A189] a letter that names nobody protected goes to the tray all the same when the family has a protected member", () => {
    for (const form of FORM_CODES) {
      const source = { ...sampleSource(form, "general"), named: [] };
      const stop = composeSample(source, people, [PARENT]).route;
      if (source.addressee !== null) expect(stop).toStrictEqual({ to: "tray", reason: "protected" });
    }
  });

  it("a field that could tell where a child is exists in some forms, and is blank there for every child, protected or not", () => {
    const withAddress = FORM_CODES.filter((form) =>
      Object.values(formOf(form).fields).some(
        (field) => field.kind === "personal" && field.item === "address" && field.of !== "宛名の人",
      ),
    );
    expect(withAddress.toSorted()).toStrictEqual(["annualReport", "milestoneGuide"]);
    const apart = new Map(
      [...people].map(([number, person]) =>
        number === CHILDREN[1] ? [number, { ...person, address: "架空市別居町７番地" }] : [number, person],
      ),
    );
    for (const form of ["annualReport", "milestoneGuide"] as const) {
      const { content, shownAddresses } = composeSample(sampleSource(form, "general"), apart);
      expect(letterText(content).join("\n")).not.toMatch(/別居町|表示しません/);
      expect(shownAddresses.filter(({ number }) => number !== PARENT)).toEqual([]);
    }
  });

  it("where the city prints the address of a child living apart on its 現況届 it is there and in the proof list; with a protected person in the family, in the tray, or of the child itself it never is", () => {
    const HIDDEN_TOWN = "架空市別居町７番地";
    const with_ = (more: Partial<PersonRecord>): Map<number, PersonRecord> =>
      new Map(
        [...people].map(([number, person]) =>
          number === CHILDREN[1] ? [number, { ...person, address: HIDDEN_TOWN, ...more }] : [number, person],
        ),
      );
    const source = sampleSource("annualReport", "general");
    const facts = (more: Record<string, unknown>) => ({
      ...source,
      facts: { ...source.facts, tray: "print", separated: [String(CHILDREN[1])], ...more },
    });
    const sent = composeSample(facts({}), with_({}));
    expect(letterText(sent.content).join("\n").split(HIDDEN_TOWN)).toHaveLength(2);
    expect(sent.shownAddresses).toContainEqual({ number: CHILDREN[1], of: "児童", text: HIDDEN_TOWN, differs: true });
    const never = [
      composeSample(facts({ separated: [] }), with_({})),
      composeSample(facts({ tray: "manual" }), with_({})),
      composeSample(facts({}), with_({ protected: true })),
      composeSample(facts({}), with_({}), [CHILDREN[0]]),
      composeSample(facts({}), new Map([...with_({}), ...[...family].filter(([number]) => number === CHILDREN[0])])),
      // A place to send letters to is no address of the register.
      composeSample(facts({}), with_({ source: "mailing" })),
    ];
    for (const { content, shownAddresses } of never) {
      expect(JSON.stringify([content, shownAddresses])).not.toContain(HIDDEN_TOWN);
    }
  });
});

const FATHER = 900000000004001;
const MOTHER = 900000000004002;
const CHILD = 900000000004011;

async function resident(
  number: number,
  of: { name: string; birth: string; household: number; address: string; post: string; protected: boolean },
): Promise<void> {
  await database.pool.query("INSERT INTO allowance.addressee VALUES ($1, 'person') ON CONFLICT DO NOTHING", [number]);
  await database.pool.query(
    `INSERT INTO allowance.person_history (addressee_number, history_no, revision, valid_from, valid_from_unknown, event_code, household_number,
       resident_kind, resident_state, name, kana, sex, birth_date, birth_date_unknown, relation_code, ward_code, postal_code, address, protected, deleted, row_digest, batch_id, recorded_at)
     VALUES ($1, 1, 1, '2020-01-01', false, '01', $2, 1, 1, $3, 'カクウ', 2, $4, false, '02', '431010', $5, $6, $7, false, repeat('c', 64), 1, '2026-01-01')`,
    [number, of.household, of.name, of.birth, of.post, of.address, of.protected],
  );
}

describe("支援措置: through the runs, their lists, files and archive", () => {
  it("[A191] when the right has gone from the offender to the victim, no paper for him tells where they are, and none goes out by itself", async () => {
    const context = contextOf(database.pool, "insatsu.ichiro", "2026-12-01");
    const [father = 0] = await seedCases(database.pool, [
      { recipient: FATHER, children: [{ id: CHILD, birthDate: "2018-03-03" }], endedFrom: "2026-11" },
      { recipient: MOTHER, children: [{ id: CHILD, birthDate: "2018-03-03" }], firstMonth: "2026-11" },
      { recipient: 900000000004003, children: [{ id: 900000000004013, birthDate: "2019-01-01" }] },
    ]);
    const hidden = {
      household: 7_200_002,
      address: `${SECRET.address}　${SECRET.building}`,
      post: SECRET.postalCode,
      protected: true,
    };
    await resident(FATHER, {
      name: "架空　太郎",
      birth: "1985-01-01",
      household: 7_200_001,
      address: "架空市中央区架空町１番１号",
      post: "8600001",
      protected: false,
    });
    await resident(MOTHER, { name: SECRET.name, birth: "1986-01-01", ...hidden });
    await resident(CHILD, { name: SECRET.name, birth: "2018-03-03", ...hidden });
    const neighbour = { household: 7_200_003, address: "架空市南区架空野２番２号", post: "8600002", protected: false };
    await resident(900000000004003, { name: "架空　隣人", birth: "1987-01-01", ...neighbour });
    await resident(900000000004013, { name: "架空　隣子", birth: "2019-01-01", ...neighbour });
    for (const number of [FATHER, MOTHER, 900000000004003]) {
      await database.pool.query(
        `INSERT INTO allowance.claim_child (claim_id, child_number, role, relation, serial)
         SELECT claim_id, $2, 'child', '20', 1 FROM allowance.claim WHERE claimant_number = $1`,
        [number, number === 900000000004003 ? 900000000004013 : CHILD],
      );
    }
    await seedDemoTexts(contextOf(database.pool, "mongon.ichiro"), contextOf(database.pool, "mongon.niro"));
    const touched = await protectedCases(database.pool);
    expect([FATHER, MOTHER, CHILD].every((number) => touched.has(number))).toBe(true);
    expect(touched.has(900000000004003)).toBe(false);
    await requestCertificate(context, { recipientId: father, fromMonth: "2026-10", toMonth: "2026-10" });

    const files: string[] = [];
    for (const form of FORM_CODES) {
      const made = await createLetterRun(context, { form, documentOn: "2026-12-01", mailOn: "2026-12-02" }).catch(
        (error: unknown) => {
          expect(error).toMatchObject({ code: "letterNothing" });
          return undefined;
        },
      );
      if (made === undefined) continue;
      await approveLetterRun(contextOf(database.pool, "shonin.hanako", "2026-12-01"), {
        runNo: made.runNo,
        listDigest: made.listDigest,
      });
      await orderPrinting(context, { runNo: made.runNo });
      await printLetterRun(context, made.runNo);
      const out = await handOutLetters(context, { runNo: made.runNo, outDir: join(folder, "out", form) });
      for (const name of out.files) {
        const bytes = await readFile(join(out.folder, name));
        files.push(name, name.endsWith(".pdf") ? everythingIn(bytes) : bytes.toString("utf8"));
      }
    }
    // Of the three certifications the neighbour's alone was printed.
    expect(files.filter((text) => text.startsWith("letters-") && text.endsWith(".pdf"))).toHaveLength(1);
    expect(traceIn(files.join("\n"))).toStrictEqual([]);
    const { rows } = await database.pool.query<{ text: string }>(
      "SELECT l::text AS text FROM allowance.letter l UNION ALL SELECT e::text FROM audit.event e",
    );
    expect(traceIn(rows.map(({ text }) => text).join("\n"))).toStrictEqual([]);
    const client = await database.pool.connect();
    try {
      const tray = (await trayLetters(client, true)).filter(({ reason }) => reason === "protected");
      const waiting = tray.map(({ form, addressee }) => `${form} ${String(addressee)}`).toSorted();
      expect(waiting).toContain(`certification ${String(FATHER)}`);
      expect(waiting).toContain(`certification ${String(MOTHER)}`);
      // The certificate was the only one of its form: no run could be printed, and it waits in the tray all the same.
      expect(waiting).toContain(`certificate ${String(FATHER)}`);
      expect(waiting.every((each) => each.endsWith(String(FATHER)) || each.endsWith(String(MOTHER)))).toBe(true);
      const { rows: alone } = await database.pool.query<{ state: string; letter_count: number }>(
        "SELECT s.state, r.letter_count FROM allowance.letter_run r JOIN allowance.letter_run_state s USING (run_no) WHERE r.form_code = 'certificate'",
      );
      expect(alone).toStrictEqual([{ state: "discarded", letter_count: 0 }]);
      // Asked again there is nothing new for the tray, and no second run.
      await expect(
        createLetterRun(context, { form: "certificate", documentOn: "2026-12-01", mailOn: "2026-12-02" }),
      ).rejects.toMatchObject({ code: "letterNothing" });
      expect(
        (await database.pool.query("SELECT FROM allowance.letter_run WHERE form_code = 'certificate'")).rowCount,
      ).toBe(1);
      expect(await trayLetters(client, false)).toStrictEqual([]);
    } finally {
      client.release();
    }
  });
});
