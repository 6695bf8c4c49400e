/** 支援措置: everything that tells where the protected are is marked, everything that can go out is made, and no mark is in it. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  approveLetterRun,
  createLetterRun,
  FORM_CODES,
  handOutLetters,
  openReviewYear,
  orderPrinting,
  printLetterRun,
  requestCertificate,
  seedDemoTexts,
  submitFiling,
  trayLetters,
  writeMassEvidence,
  writeMassList,
  writePayeeList,
} from "@hagukumi/allowance/contract.ts";
import { type Role, roleCodes, roles } from "@hagukumi/platform/identity/permissions.ts";
import { isIndividualNumber } from "@hagukumi/platform/text/check-digits.ts";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { pdfText } from "../../../../platform/test/support/pdf-text.ts";
import { contextOf } from "../../../../systems/allowance/test/support/cases.ts";
import { birthClaim } from "../../../../systems/allowance/test/support/filings.ts";
import { listOf, write } from "../../../../systems/allowance/test/support/mass-runs.ts";
import { create } from "../../../../systems/allowance/test/support/runs.ts";
import { operations } from "../../src/api/operations.ts";
import { makeActors } from "../authorization/drive.ts";
import { matrix } from "../authorization/rows/all.ts";
import { makeActor } from "../support/actors.ts";
import type { Actor } from "../support/actors.ts";
import { probeHidden } from "../support/hidden-probes.ts";
import { call, serveDesk } from "../support/served-desk.ts";
import type { ServedDesk } from "../support/served-desk.ts";
import { COUNTER_NOTE, DERIVED_MARKS, marksIn, NAMES, seedTaintedFamily } from "../support/tainted-family.ts";
import type { TaintedFamily } from "../support/tainted-family.ts";

const database = useDatabase();
const written: string[] = [];
let desk: ServedDesk | undefined;
let family: TaintedFamily | undefined;
/** Families under 支援措置; `npm run sweep:taint` sets 200. */
const FAMILIES = Number(process.env["HAGUKUMI_TAINT_FAMILIES"] ?? "1");
const further: TaintedFamily[] = [];
/** Marks found by each part; undefined where the part did not come to its end. */
const told: { walk?: number; files?: number; logs?: number; read: number } = { read: 0 };
let runNo = 0;
let actors: readonly (readonly [Role | "all roles", Actor])[] = [];

const OPEN = { method: "POST", path: "/openings" } as const;

function here(): { readonly desk: ServedDesk; readonly family: TaintedFamily } {
  if (desk === undefined || family === undefined) throw new Error("not served");
  return { desk, family };
}

function operationOf(id: string): (typeof operations)[number] {
  const found = operations.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no operation ${id}`);
  return found;
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Twelve digits with the check digit of a 個人番号. */
const individualNumbersIn = (text: string): readonly string[] =>
  // The last part of a UUID may be twelve digits too.
  [
    ...text
      .replaceAll(UUID, "")
      .normalize("NFKC")
      .matchAll(/(?<!\d)\d{12}(?!\d)/g),
  ]
    .map(([digits]) => digits)
    .filter(isIndividualNumber);

/**
 * Every row of a table as JSON. Bare numbers of up to four digits (numbers of rows, counts) are left out: of all marks only the code of the branch is as
 * short, which is text everywhere, and the 737th row would be taken for it. So is the number of what a row of the audit trail is about.
 */
async function rowsOf(table: string): Promise<readonly string[]> {
  const { rows } = await database.pool.query<{ text: string }>(`SELECT row_to_json(t)::text AS text FROM ${table} t`);
  return rows.map(({ text }) =>
    text
      .replaceAll(/(?<=[:[,]\s*)\d{1,4}(?=\s*[,}\]])/g, "null")
      .replaceAll(/"object_id":"\d{1,4}"/g, '"object_id":null'),
  );
}

/** What ends the caller's session or closes the person: behind it the walk would be past closed doors. */
const ENDS = new Set(["endSession", "extendSession", "endApplicant", "closeCase"]);

beforeAll(async () => {
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, "write").mockImplementation((chunk) => {
      written.push(String(chunk));
      return true;
    });
  }
  desk = await serveDesk(database.pool);
  family = await seedTaintedFamily(database.pool);
  for (let index = 1; index < FAMILIES; index += 1) further.push(await seedTaintedFamily(database.pool, index));
  ({ runNo } = await create(database.pool));
  const { of } = await makeActors(database.pool);
  // Somebody with every role at once is the worst case: what no single role may see, the sum of them may not either.
  const everything = await makeActor(database.pool, "m.zenbu", "clerk", { roles: roleCodes });
  actors = [...roleCodes.map((role) => [role, of(role, "ownWard")] as const), ["all roles", everything]];
});
afterAll(async () => {
  vi.restoreAllMocks();
  await desk?.end();
});

/**
 * The further families of a sweep: the three from whom they hide (the father, his mother, the woman he lives with), and mother and child
 * themselves, read by somebody with every role and by each role in its turn. What is asked for without naming anybody (lists, totals, runs) is the
 * same for each of them and was read by every role before, when all the families were there.
 */
async function walkFurther(served: ServedDesk, fault: (name: string, role: string) => void): Promise<void> {
  const [one, two] = [1, 2].map((n) => ({ recipientId: n, addresseeNumber: n, filingId: 9_999_999, runNo }));
  if (one === undefined || two === undefined) throw new Error("two targets");
  const reads = operations.flatMap((operation) => {
    const row = matrix.find((each) => each.operation === operation.id);
    if (operation.command || ENDS.has(operation.id) || row?.input === undefined) return [];
    const { input } = row;
    return JSON.stringify(input(one)) === JSON.stringify(input(two)) ? [] : [{ operation, input }];
  });
  // Everything that is asked about a person, a case or a filing is among them.
  const about = operations.filter(({ command, access }) => !command && ["person", "case"].includes(access.relation));
  expect(about.filter(({ id }) => !ENDS.has(id) && !reads.some(({ operation }) => operation.id === id))).toEqual([]);
  for (const [index, them] of further.entries()) {
    const pair = [actors.at(-1), actors[index % (actors.length - 1)]].filter((each) => each !== undefined);
    const people = [
      [them.fatherRecipient, them.father],
      [them.fatherRecipient, them.others[0]],
      [them.fatherRecipient, them.others[1]],
      [them.motherRecipient, them.mother],
      [them.motherRecipient, them.child],
    ] as const;
    const walkAs = async (role: string, actor: Actor): Promise<void> => {
      for (const [recipientId, addresseeNumber] of people) {
        const target = { kind: "addressee", number: String(addresseeNumber) };
        await call(served.server, actor, OPEN, { body: { target, purpose: "certification", origin: "search" } });
        for (const { operation, input } of reads) {
          const sent = input({ recipientId, addresseeNumber, filingId: 9_999_999, runNo });
          const { status, text } = await call(served.server, actor, operation, sent);
          if (status === 200) told.read += 1;
          const found = marksIn(text);
          if (found.length > 0) fault(`${operation.id}: ${found.join(" ")}`, role);
        }
      }
    };
    // Two sessions of two people: side by side, as they sit.
    await Promise.all(pair.map(async ([role, actor]) => await walkAs(role, actor)));
  }
}

/** Kinds of mass work whose lists name recipients of the whole town. */
const MASS_JOBS = ["reviewCheck", "reviewForms"] as const;

describe("支援措置: 0 marked bytes", () => {
  it("[THR45][THR46] no answer of any operation to any role, free notes included", async () => {
    const { desk: served, family: them } = here();
    const target = async (recipientId: number, addresseeNumber: number) => {
      const form = birthClaim(addresseeNumber, 900000000001201, "2026-11-01", "2026-11-20");
      const { filingId } = await submitFiling(contextOf(database.pool, "uketsuke.hanako"), { form });
      return { recipientId, addresseeNumber, filingId, runNo };
    };
    const targets = [
      await target(them.motherRecipient, them.mother),
      await target(them.fatherRecipient, them.father),
      { recipientId: them.motherRecipient, addresseeNumber: them.child, filingId: 9_999_999, runNo },
    ];
    const faults = new Map<string, Set<string>>();
    let seen = 0;
    let ofMother = 0;
    let warned = 0;
    const walk = async (commands: boolean): Promise<void> => {
      for (const [role, actor] of actors) {
        // Who opens nobody sees the same of everybody.
        const mayOpen = role === "all roles" || (roles[role].permissions as readonly string[]).includes("case.open");
        for (const to of mayOpen ? targets : targets.slice(0, 1)) {
          const number = String(to.addresseeNumber);
          await call(served.server, actor, OPEN, {
            body: { target: { kind: "addressee", number }, purpose: "certification", origin: "search" },
          });
          for (const operation of operations) {
            const row = matrix.find((each) => each.operation === operation.id);
            if (operation.command !== commands || row === undefined || ENDS.has(operation.id)) continue;
            const answer = await call(served.server, actor, operation, row.input?.(to) ?? {});
            if (answer.status === 200) seen += 1;
            if (answer.text.includes("新妻")) ofMother += 1;
            if (answer.text.includes(COUNTER_NOTE)) warned += 1;
            const found = marksIn(answer.text);
            if (found.length === 0) continue;
            const name = `${operation.id}: ${found.join(" ")}`;
            faults.set(name, (faults.get(name) ?? new Set()).add(role));
          }
        }
      }
    };
    await walk(false);
    await walk(true);
    await walkFurther(served, (name, role) => faults.set(name, (faults.get(name) ?? new Set()).add(role)));
    told.walk = faults.size;
    expect([...faults].map(([name, who]) => `${name} (${[...who].join(", ")})`)).toEqual([]);
    // The walk was no walk past closed doors: it saw the mother, again and again.
    expect(seen).toBeGreaterThan(500);
    expect(ofMother).toBeGreaterThan(10);
    // What those at the counter must know is shown all the same.
    expect(warned).toBeGreaterThan(0);
  });

  it(
    "[THR45][THR46] no letter of any form, list of payees, list or evidence of mass work, review form, file or archive name",
    async () => {
      const { desk: served, family: them } = here();
      const context = contextOf(database.pool, "insatsu.ichiro", "2026-12-01");
      await seedDemoTexts(contextOf(database.pool, "mongon.ichiro"), contextOf(database.pool, "mongon.niro"));
      const cases = [them, ...further].flatMap((each) => [each.fatherRecipient, each.motherRecipient]);
      for (const recipientId of cases) {
        await requestCertificate(context, { recipientId, fromMonth: "2026-10", toMonth: "2026-11" });
      }
      const folder = join(served.dataDir, "taint");
      await writePayeeList(contextOf(database.pool, "ichiran.jiro"), { runNo, outDir: join(folder, "payees") });
      let printed = 0;
      for (const form of FORM_CODES) {
        const made = await createLetterRun(context, { form, documentOn: "2026-12-01", mailOn: "2026-12-02" }).catch(
          (error: unknown) => {
            expect(error).toMatchObject({ code: "letterNothing" });
            return undefined;
          },
        );
        if (made === undefined) continue;
        const letters = { runNo: made.runNo };
        await approveLetterRun(contextOf(database.pool, "shonin.hanako", "2026-12-01"), {
          ...letters,
          listDigest: made.listDigest,
        });
        await orderPrinting(context, letters);
        await printLetterRun(context, made.runNo);
        await handOutLetters(context, { ...letters, outDir: join(folder, "letters", form) });
        printed += 1;
      }
      // Mass work on the whole town: the list as CSV and print, the evidence, the material of the review forms.
      const maker = contextOf(database.pool, "ikkatsu.ichiro", "2027-06-10");
      await openReviewYear(maker, 2027);
      const listed: number[] = [];
      for (const jobCode of MASS_JOBS) {
        const crew = { maker, approver: contextOf(database.pool, "kacho.hanako", "2027-06-10") };
        const { run, items } = await listOf(crew, jobCode, { year: 2027 });
        await write(crew, run);
        await writeMassList(maker, run.runNo, join(folder, "mass", jobCode));
        await writeMassEvidence(maker, run.runNo, join(folder, "evidence", jobCode));
        listed.push(...items.map(({ addresseeNumber }) => addresseeNumber));
      }
      expect(listed).toEqual(expect.arrayContaining([them.mother]));

      // The neighbour's letters went out; the letters of the father and of the mother wait in the tray.
      expect(printed).toBeGreaterThan(0);
      const tray = await database.pool.connect();
      const waiting = await trayLetters(tray, true).finally(() => tray.release());
      const addressees = waiting.filter(({ reason }) => reason === "protected").map(({ addressee }) => addressee);
      expect(addressees).toEqual(expect.arrayContaining([them.father, them.mother]));

      const files = readdirSync(served.dataDir, { recursive: true, withFileTypes: true }).filter((each) =>
        each.isFile(),
      );
      const faults: string[] = [];
      for (const file of files) {
        const path = join(file.parentPath, file.name);
        const bytes = readFileSync(path);
        const text = file.name.endsWith(".pdf") ? pdfText(bytes) : bytes.toString("utf8");
        const found = [...marksIn(path), ...marksIn(text)];
        if (found.length > 0) faults.push(`${path.slice(served.dataDir.length)}: ${found.join(" ")}`);
      }
      told.files = faults.length;
      expect(faults).toEqual([]);
      // The key that signs the slip of a transfer file is there once a slip was taken.
      const ends = new Set(files.map(({ name }) => name.split(".").at(-1)).filter((end) => end !== "pem"));
      expect(ends).toEqual(new Set(["csv", "pdf", "json", "SHA256SUMS"]));

      const RECORDS = [
        "audit.event",
        "access.log",
        "access.journal",
        "access.opening",
        "access.closed_attempt",
        "allowance.letter",
        "allowance.letter_run",
      ];
      for (const table of [
        ...RECORDS,
        "allowance.review_form",
        "allowance.mass_item",
        "allowance.case_notice",
        "allowance.run_event",
      ]) {
        expect({ table, found: (await rowsOf(table)).flatMap(marksIn) }).toEqual({ table, found: [] });
      }
      expect(written.flatMap(marksIn)).toEqual([]);
    },
    120_000 * FAMILIES,
  );

  it("[THR36] no name, address, telephone, account or 個人番号 of anybody in the access log, the journal, the audit trail or what the server printed; there is no trace and no metric", async () => {
    const { family: them } = here();
    const LOGS = ["access.log", "access.journal", "access.closed_attempt", "access.finding", "audit.event"];
    const canaries = [...NAMES, "7370001", "ｶｸｳ ﾊﾊ"];
    for (const table of LOGS) {
      const text = (await rowsOf(table)).join("\n");
      // Twelve digits in a row inside of a hash or a made-up key are chance.
      const spoken = text.replaceAll(
        /(?<![0-9a-f])(?:[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9a-f])/g,
        "#",
      );
      const found = [
        ...marksIn(text),
        ...canaries.filter((name) => text.includes(name)),
        ...individualNumbersIn(spoken),
      ];
      expect({ table, found }).toEqual({ table, found: [] });
    }
    const printed = written.join("");
    expect([...marksIn(printed), ...canaries.filter((name) => printed.includes(name))]).toEqual([]);
    told.logs = 0;
    // The logs are not empty: the mother was looked at, and her 宛名番号 is how it is said.
    const { rows } = await database.pool.query<{ n: number }>(
      "SELECT count(*)::int AS n FROM access.log WHERE addressee_number = $1",
      [them.mother],
    );
    expect(rows[0]?.n ?? 0).toBeGreaterThan(10);
  });
});

/** At the full number alone (`npm run sweep:taint -- walk`): what the tests above found, and the probes on the same server. */
describe.runIf(FAMILIES >= 200)("支援措置: the whole goal", () => {
  it(`[G38] ${FAMILIES} families, three counterparties each, ${Object.keys(DERIVED_MARKS).length} derived fields: every answer, letter, list, file, log and print without a mark; 10,000 probes tell a hidden person from nobody neither by words nor by time`, async () => {
    const all = [...(family === undefined ? [] : [family]), ...further];
    expect(all.length).toBeGreaterThanOrEqual(200);
    for (const { father, others } of all) expect(new Set([father, ...others]).size).toBe(3);
    expect(Object.keys(DERIVED_MARKS).length).toBeGreaterThanOrEqual(20);
    expect(told).toMatchObject({ walk: 0, files: 0, logs: 0 });
    // For each family at least a handful of answers were read by two people, five times over.
    expect(told.read).toBeGreaterThan(further.length * 50);
    const { answers, p } = await probeHidden(here().desk, await makeActor(database.pool, "k.mado", "clerk"), 10_000);
    expect(answers).toEqual([expect.stringMatching(/^404 notFound/)]);
    expect(p.at(-1)).toBeGreaterThan(0.01);
  });
});

describe("支援措置: what a lift opens", () => {
  it("only the one who asked sees the address and the entries, only while the second person's grant lasts", async () => {
    const { desk: served, family: them } = here();
    const makers = { steppedUp: true } as const;
    const one = await makeActor(database.pool, "hogo.ichi", "protectionOfficer", makers);
    const two = await makeActor(database.pool, "hogo.ni", "protectionOfficer", makers);
    const path = { addresseeNumber: them.mother, recipientId: them.motherRecipient };
    const number = String(them.mother);
    for (const actor of [one, two]) {
      await call(served.server, actor, OPEN, {
        body: { target: { kind: "addressee", number }, purpose: "enquiry", origin: "search" },
      });
    }
    const seenBy = async (actor: Actor): Promise<readonly string[]> => {
      const address = await call(served.server, actor, operationOf("showProtectedAddress"), { path });
      const entries = await call(served.server, actor, operationOf("readCaseEntries"), { path });
      expect(entries.status).toBe(200);
      return marksIn(`${address.text}\n${entries.text}`);
    };
    expect(await seenBy(one)).toEqual([]);
    await call(served.server, one, operationOf("requestProtectionLift"), {
      path,
      body: { reason: "架空の通知の送り先を確かめるため", minutes: 5 },
    });
    expect(await seenBy(one)).toEqual([]);
    const lifts = await call(served.server, two, operationOf("listProtectionLifts"));
    const asked = (lifts.json["lifts"] as { liftId: number; digest: string; requestedBy: string }[]).find(
      ({ requestedBy }) => requestedBy === "hogo.ichi",
    );
    const granted = await call(served.server, two, operationOf("answerProtectionLift"), {
      path: { liftId: asked?.liftId ?? 0 },
      body: { granted: true, digest: asked?.digest ?? "" },
    });
    expect(granted.status).toBe(200);
    expect(await seenBy(one)).toEqual(
      expect.arrayContaining(["現住所", "送付先の住所", "自宅の電話", "電子メール", "学校"]),
    );
    expect(await seenBy(two)).toEqual([]);
    await call(served.server, one, operationOf("endProtectionLift"), { path: { liftId: asked?.liftId ?? 0 } });
    expect(await seenBy(one)).toEqual([]);
  });
});
