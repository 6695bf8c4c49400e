/** 持出しの道: every way out, of the pages and of the commands; none of them gives anything without an approval. */
import {
  approveLetterRun,
  createLetterRun,
  createMassRun,
  orderPrinting,
  printLetterRun,
  seedDemoTexts,
  workAll,
} from "@hagukumi/allowance/contract.ts";
import {
  applyForExtraction,
  changeOutlet,
  decideExtraction,
  type ExtractionForm,
  extractPayments,
  recordLeaving,
  standardOutlets,
  traceLine,
} from "@hagukumi/interchange/contract.ts";
import { globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { roleCodes } from "@hagukumi/platform/identity/permissions.ts";
import { useDatabase } from "../../platform/test/support/cluster.ts";
import { openByHand } from "../../platform/test/support/container.ts";
import { contextOf } from "../../systems/allowance/test/support/cases.ts";
import { advance, create } from "../../systems/allowance/test/support/runs.ts";
import { makeActor } from "../../web/staff/test/support/actors.ts";
import type { Actor } from "../../web/staff/test/support/actors.ts";
import { call, serveDesk, wire } from "../../web/staff/test/support/served-desk.ts";
import type { Answer, ServedDesk } from "../../web/staff/test/support/served-desk.ts";
import { endAll, hagukumi } from "./support/program.ts";

const database = useDatabase();
const TODAY = "2026-12-01";
const FILES = wire().operations.filter(({ leaving }) => leaving !== undefined && leaving.how !== "plain");
let desk: ServedDesk;
/** The data folder, of the pages and of the commands */
let folder = "";
let out = "";
let actor: Actor;
let runNo = 0;
let massRunNo = 0;
let letterRunNo = 0;

const as = (operator: string): ReturnType<typeof contextOf> => contextOf(database.pool, operator, TODAY);
const command = async (...args: readonly string[]) =>
  await hagukumi([...args, "--operator", "soto.ichiro", "--today", TODAY], {
    DATABASE_URL: database.url,
    HAGUKUMI_DATA: folder,
  });
const written = (): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile() && /\.(csv|pdf|dat|zip|json)$/.test(each.name))
    .map(({ name }) => name);
const left = async (): Promise<number> =>
  (await database.pool.query<{ n: number }>("SELECT count(*)::int AS n FROM interchange.leaving")).rows[0]?.n ?? -1;

beforeAll(async () => {
  desk = await serveDesk(database.pool);
  folder = desk.dataDir;
  out = join(folder, "out");
  actor = await makeActor(database.pool, "m.zenbu", "treasurer", { roles: roleCodes });
  ({ runNo } = await create(database.pool));
  await database.pool.query(
    "UPDATE allowance.person_history SET household_number = addressee_number, address = CASE WHEN protected THEN address ELSE '架空市東区架空台' || (addressee_number % 100) || '番地' END",
  );
  await seedDemoTexts(as("mongon.ichiro"), as("mongon.niro"));
  const days = { documentOn: TODAY, mailOn: TODAY } as const;
  letterRunNo = (await createLetterRun(as("insatsu.ichiro"), { form: "certification", ...days })).runNo;
  const listed = await createMassRun(contextOf(database.pool, "ikkatsu.ichiro", "2027-03-20"), {
    key: "mass/leaving",
    jobCode: "ageMilestones",
    parameters: { month: "2027-04" },
  });
  massRunNo = listed.response.runNo;
  await workAll(contextOf(database.pool, "kikai.ichiro", "2027-03-20"));
}, 120_000);
afterAll(async () => {
  await desk.end();
  endAll();
});

/** Asks each way of the pages for its file, about the objects that are there. */
async function takeAll(): Promise<ReadonlyMap<string, Answer>> {
  const { rows } = await database.pool.query<{ id: number }>(
    "SELECT letter_id AS id FROM allowance.letter ORDER BY letter_id LIMIT 1",
  );
  const target = { kind: "recipient", number: String(desk.hanako) };
  const opening = { target, purpose: "enquiry", origin: "search" };
  await call(desk.server, actor, { method: "POST", path: "/openings" }, { body: opening });
  const found = new Map<string, Answer>();
  for (const operation of FILES) {
    const ofMass = operation.id.startsWith("takeMass");
    const ofLetters = ["takeLetterFile", "takeInsertList"].includes(operation.id);
    const path = {
      runNo: ofLetters ? letterRunNo : runNo,
      massRunNo: ofMass ? massRunNo : 1,
      fileNo: 1,
      file: "1-処理.json",
      format: "csv",
      name: `payee-list-${String(runNo).padStart(4, "0")}.csv`,
      recipientId: desk.hanako,
      letterId: rows[0]?.id ?? 0,
    };
    found.set(operation.id, await call(desk.server, actor, operation, { path }));
  }
  return found;
}

const handedOut = ({ headers, container }: Answer): boolean =>
  container !== undefined || headers.get("hagukumi-leaving") !== null;

const WISH: ExtractionForm = {
  route: "extractPayments",
  applicant: "こども支援課 架空太郎",
  ground: "児童手当法施行規則の事務",
  purpose: "payment",
  conditions: "課の外に出さない。12月15日までに消す。",
  validFrom: "2026-12-01",
  validTo: "2026-12-15",
  data: "受給者2人の支給の状態",
  rowCap: 2,
};
const PEOPLE = [900_000_000_001_101, 900_000_000_001_102];

async function granted(changes: Partial<ExtractionForm> = {}): Promise<number> {
  const { extractionId, digest } = await applyForExtraction(as("negai.ichiro"), { ...WISH, ...changes });
  await decideExtraction(as("kettei.niro"), { extractionId, digest });
  return extractionId;
}

describe("ways out", () => {
  it("[THR85] no approval, no file by any of the ways: fourteen of the pages, eight of the commands; an approval (根拠・目的・条件・期間・データ) gives one file, once, up to its rows, each line marked", async () => {
    const { rows: routes } = await database.pool.query<{ code: string; basis: string }>(
      "SELECT route_code AS code, basis FROM interchange.leaving_route",
    );
    const ofPages = routes.filter(({ code }) => code.startsWith("take")).map(({ code }) => code);
    expect(ofPages.toSorted()).toEqual(FILES.map(({ id }) => id).toSorted());
    expect([ofPages.length, routes.length - ofPages.length]).toEqual([14, 8]);

    // Nothing is approved yet: by no way of the pages …
    for (const [id, answer] of await takeAll()) {
      expect([id, handedOut(answer), answer.status >= 400]).toEqual([id, false, true]);
    }
    // … and by none of the commands.
    const asked: Readonly<Record<string, readonly string[]>> = {
      paymentPayeeList: ["payment", "payee-list", String(runNo)],
      counterList: ["payment", "counter", "list", String(runNo), "--out", join(out, "c.csv")],
      counterReceipts: ["payment", "counter", "receipts", String(runNo), "--out", join(out, "c.pdf")],
      batchExport: ["batch", "export", String(massRunNo)],
      batchEvidence: ["batch", "evidence", String(massRunNo)],
      letterHandOut: ["letter", "hand-out", String(letterRunNo)],
      addresseeFindings: ["addressee", "check", "--csv", join(out, "f.csv")],
      extractPayments: ["extract", "run", "1", "--changed", "2026-10-01..2026-12-01", "--out", out],
    };
    expect(Object.keys(asked).toSorted()).toEqual(
      routes.flatMap(({ code }) => (code.startsWith("take") ? [] : [code])).toSorted(),
    );
    const answers = await Promise.all(
      Object.entries(asked).map(async ([code, args]) => [code, await command(...args)] as const),
    );
    for (const [code, { status, stderr }] of answers) {
      expect([code, status, /leavingRefused/.test(stderr), stderr]).toEqual([code, 1, true, stderr]);
    }
    expect(written()).toEqual([]);
    // The table itself, for each way: without an approval, with one that is not there, and by a way that is not listed.
    for (const { code } of [...routes, { code: "eMail" }]) {
      const basis = { extractionId: 999 };
      await expect(
        recordLeaving(as("soto.ichiro"), { route: code, basis, rows: 1, content: "x" }),
      ).rejects.toMatchObject({ code: "leavingRefused" });
    }
    expect(await left()).toBe(0);

    // An application with a part missing, one's own decision, another content.
    for (const part of ["ground", "conditions", "data", "applicant"] as const) {
      await expect(applyForExtraction(as("negai.ichiro"), { ...WISH, [part]: " " })).rejects.toMatchObject({
        code: "extractionInvalid",
      });
    }
    await expect(applyForExtraction(as("negai.ichiro"), { ...WISH, validTo: "2027-03-31" })).rejects.toMatchObject({
      code: "extractionInvalid",
    });
    const { extractionId, digest } = await applyForExtraction(as("negai.ichiro"), WISH);
    await expect(decideExtraction(as("negai.ichiro"), { extractionId, digest })).rejects.toMatchObject({
      code: "samePerson",
    });
    await expect(decideExtraction(as("kettei.niro"), { extractionId, digest: "0".repeat(64) })).rejects.toMatchObject({
      code: "contentChanged",
    });
    await expect(extractPayments(as("soto.ichiro"), extractionId, PEOPLE)).rejects.toMatchObject({
      code: "leavingRefused",
    });
    // Refused ones, of another way, after their period, and for more rows than granted: nothing.
    const refused = await applyForExtraction(as("negai.ichiro"), WISH);
    await decideExtraction(as("kettei.niro"), { ...refused, refusal: "架空の理由" });
    await expect(extractPayments(as("soto.ichiro"), refused.extractionId, PEOPLE)).rejects.toMatchObject({
      code: "leavingRefused",
    });
    const other = await granted({ route: "addresseeFindings", purpose: "examination" });
    await expect(extractPayments(as("soto.ichiro"), other, PEOPLE)).rejects.toMatchObject({ code: "leavingRefused" });
    const late = await granted();
    const after = contextOf(database.pool, "soto.ichiro", "2026-12-16");
    await expect(extractPayments(after, late, PEOPLE)).rejects.toMatchObject({ code: "leavingRefused" });
    const narrow = await granted({ rowCap: 1 });
    await expect(extractPayments(as("soto.ichiro"), narrow, PEOPLE)).rejects.toMatchObject({ code: "leavingRefused" });
    expect(await left()).toBe(0);

    // Granted: one sealed file, its lines marked, none alike; and never again, not even at the same moment.
    await decideExtraction(as("kettei.niro"), { extractionId, digest });
    const tries = await Promise.allSettled([
      extractPayments(as("soto.ichiro"), extractionId, PEOPLE),
      extractPayments(as("soto.niro"), extractionId, PEOPLE),
    ]);
    const made = tries.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    expect(made).toHaveLength(1);
    expect(tries.find((each) => each.status === "rejected")?.reason).toMatchObject({ code: "extractionUsed" });
    const lines = openByHand(made[0]?.container ?? Buffer.alloc(0), made[0]?.password ?? "")
      .toString("utf8")
      .trimEnd()
      .split("\r\n");
    expect(lines).toHaveLength(3);
    const marks = lines.slice(1).map((line) => /,E\d{8},([0-9a-f]{16})$/.exec(line)?.[1]);
    expect(new Set(marks).size).toBe(2);
    // A line that leaked names the copy, and who took it; the same mark beside another number names nothing.
    const taker = tries[0]?.status === "fulfilled" ? "soto.ichiro" : "soto.niro";
    for (const line of lines.slice(1))
      expect(await traceLine(database.pool, line)).toMatchObject({ kind: "extraction", extractionId, takenBy: taker });
    const [first = "", second = ""] = lines.slice(1);
    expect(await traceLine(database.pool, `${first.slice(0, 15)},${second.slice(-16)}`)).toBeUndefined();
    await expect(extractPayments(as("soto.ichiro"), extractionId, PEOPLE)).rejects.toMatchObject({
      code: "extractionUsed",
    });
    const again = await command(
      "extract",
      "run",
      String(extractionId),
      "--changed",
      "2026-10-01..2026-12-01",
      "--out",
      out,
    );
    expect([again.status, again.stderr]).toEqual([1, expect.stringContaining("extractionUsed")]);
    expect(await left()).toBe(1);
    expect(written()).toEqual([]);
  });

  it("[D103] the purpose of a file is examination, recognition or payment and that of its way: nothing else can be granted, recorded or handed out", async () => {
    const before = await left();
    await expect(
      applyForExtraction(as("negai.ichiro"), { ...WISH, purpose: "taxCollection" as "payment" }),
    ).rejects.toMatchObject({ code: "extractionInvalid" });
    // Granted for another purpose than that of the way: refused by the table.
    const wrong = await granted({ purpose: "examination" });
    await expect(extractPayments(as("soto.ichiro"), wrong, PEOPLE)).rejects.toMatchObject({ code: "leavingRefused" });
    for (const sql of [
      "INSERT INTO interchange.leaving_route VALUES ('other', '架空', 'object', 'medium', 'taxCollection', 1)",
      "INSERT INTO interchange.leaving_route VALUES ('other', '架空', 'object', 'mail', 'payment', 1)",
    ]) {
      await expect(database.pool.query(sql)).rejects.toMatchObject({ code: "23514" });
    }
    expect(await left()).toBe(before);
  });

  it("[D250] information goes out and comes in by linkage, on the screen, by medium or on paper alone: no way, receiver or agreement by another channel can be entered", async () => {
    const { rows } = await database.pool.query<{ channel: string }>(
      "SELECT DISTINCT channel FROM interchange.leaving_route ORDER BY 1",
    );
    expect(rows.map(({ channel }) => channel)).toEqual(["medium", "paper"]);
    for (const channel of ["mail", "fax", "cloud", "telephone", ""]) {
      const way = "INSERT INTO interchange.leaving_route VALUES ('other', '架空', 'object', $1, 'payment', 1)";
      await expect(database.pool.query(way, [channel]), channel).rejects.toMatchObject({
        constraint: "leaving_route_channel",
      });
      const [outlet] = standardOutlets;
      if (outlet === undefined) throw new Error("no outlet");
      const wish = { ...outlet, outletCode: "other", channels: [channel as "paper"] };
      await expect(changeOutlet(as("negai.ichiro"), wish, "kettei.niro"), channel).rejects.toMatchObject({
        code: "outletInvalid",
      });
      const receiver = `INSERT INTO interchange.outlet (outlet_code, revision, kind, name, ground, uses, channels, items, valid_from, entered_by, approved_by)
        VALUES ('other', 1, 'transfer', '架空', '架空', '{}', ARRAY[$1], ARRAY['state'], '2026-04-01', 'a', 'b')`;
      await expect(database.pool.query(receiver, [channel]), channel).rejects.toMatchObject({ code: "23514" });
    }
  });

  it("what was approved by somebody else leaves by its own way, and the record says who approved it, who took it, how much", async () => {
    await advance(database.pool, runNo, "frozen");
    const list = await command("payment", "payee-list", String(runNo));
    expect([list.status, list.stderr]).toEqual([0, list.stderr]);
    // Made in the folder of the server: there the page finds it.
    expect(written()).toContain(`payee-list-${String(runNo).padStart(4, "0")}.csv`);
    const { rows: digests } = await database.pool.query<{ digest: string }>(
      "SELECT list_digest AS digest FROM allowance.letter_run WHERE run_no = $1",
      [letterRunNo],
    );
    const letters = { runNo: letterRunNo };
    await approveLetterRun(as("shonin.hanako"), { ...letters, listDigest: digests[0]?.digest ?? "" });
    await orderPrinting(as("insatsu.ichiro"), letters);
    await printLetterRun(as("insatsu.ichiro"), letterRunNo);
    const answers = await takeAll();
    const given = [...answers].filter(([, answer]) => handedOut(answer)).map(([id]) => id);
    expect(given).toEqual(
      expect.arrayContaining([
        "takeTransferFile",
        "takePayeeList",
        "takeRemittanceList",
        "takeHomeList",
        "takeLetterFile",
        "takeInsertList",
        "takeCaseLetter",
      ]),
    );
    const { rows } = await database.pool.query<{ taken_by: string; approved_by: string; purpose: string }>(
      "SELECT DISTINCT taken_by, approved_by, purpose FROM interchange.leaving WHERE object_kind = 'paymentRun' ORDER BY 1",
    );
    expect(rows).toEqual([
      { taken_by: "m.zenbu", approved_by: "shonin.taro", purpose: "payment" },
      { taken_by: "soto.ichiro", approved_by: "shonin.taro", purpose: "payment" },
    ]);
  });

  it("every place of the commands that writes a file is known, and says why it needs no approval where it has none", () => {
    const commands = join(import.meta.dirname, "../src/commands");
    const writers =
      /\b(writeFileAtomic|writePayeeList|handOutLetters|writeMassList|writeMassEvidence|createMedium|recreateMedium|createWriteStream|writeCityFeeds)\(/g;
    const found = globSync("**/*.ts", { cwd: commands })
      .map((file) => [file, readFileSync(join(commands, file), "utf8").match(writers)?.length ?? 0] as const)
      .filter(([, count]) => count > 0);
    expect(Object.fromEntries(found)).toEqual({
      // 中間サーバーへの媒体 ×2: numbers that two people confirmed, sealed to the receiver's key; the list of findings: an approval.
      "addressee.ts": 3,
      // Run book: no person. 一覧・証拠書類: the approved run.
      "batch.ts": 3,
      // データの抽出: an approval for each.
      "extract.ts": 1,
      // 印刷の委託先へ: the approved run.
      "letter.ts": 1,
      // The newest seal: no person.
      "log.ts": 1,
      // 支払対象者一覧: the approved run.
      "payment.ts": 1,
      "payment/counter.ts": 2,
      // 支出命令: the approved order's own bytes, sums by budget line alone.
      "payment/payout.ts": 1,
      // 振込ファイル: the approved run's own stage; its slip and the receipt: no person.
      "payment/slip.ts": 3,
      // 統合収滞納への引渡し: agreed to by another person for this file alone, counted, summed and recorded with its hash.
      "recovery.ts": 1,
      // 人数と額の合計: no person.
      "statistics.ts": 1,
      // Shares of the key, and the newest seal: no person.
      "vault.ts": 2,
    });
  });
});
