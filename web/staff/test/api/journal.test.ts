/** システムの記録 over HTTP: each kind of record of the standard, made by the real thing and found again by the auditor. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  approveLetterRun,
  approveMassRun,
  barcodeOf,
  createLetterRun,
  getMassRun,
  orderPrinting,
  printLetterRun,
  readPageMark,
  seedDemoTexts,
  workAll,
  writePayeeList,
} from "@hagukumi/allowance/contract.ts";
import { roleCodes } from "@hagukumi/platform/identity/permissions.ts";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { contextOf } from "../../../../systems/allowance/test/support/cases.ts";
import { advance, create, settleAndClose } from "../../../../systems/allowance/test/support/runs.ts";
import { namedOperations } from "../../src/api/operation-deeds.ts";
import { operations } from "../../src/api/operations.ts";
import { SESSION_COOKIE, TERMINAL_COOKIE } from "../../src/http/cookies.ts";
import { makeActor } from "../support/actors.ts";
import type { Actor } from "../support/actors.ts";
import { call, serveDesk } from "../support/served-desk.ts";
import type { Answer, Sent, ServedDesk } from "../support/served-desk.ts";

const HANAKO = 900_000_000_001_101;
const database = useDatabase();
let desk: ServedDesk | undefined;
let auditor: Actor | undefined;

type Row = {
  readonly kind: string;
  readonly actor: string;
  readonly terminalCode: string;
  readonly action: string;
  readonly outcome: string;
  readonly objectId: string;
  readonly detail: Readonly<Record<string, unknown>>;
};

function here(): { readonly desk: ServedDesk; readonly auditor: Actor } {
  if (desk === undefined || auditor === undefined) throw new Error("not served");
  return { desk, auditor };
}

async function search(body: Readonly<Record<string, unknown>>): Promise<readonly Row[]> {
  const { desk: served, auditor: who } = here();
  const answer = await call(served.server, who, { method: "POST", path: "/journal/searches" } as const, { body });
  expect(answer.status).toBe(200);
  return answer.json["rows"] as readonly Row[];
}

const operationOf = (id: string): (typeof operations)[number] => {
  const found = operations.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no operation ${id}`);
  return found;
};

beforeAll(async () => {
  desk = await serveDesk(database.pool);
  auditor = await makeActor(database.pool, "j.kansa", "auditor");
});
afterAll(async () => {
  vi.restoreAllMocks();
  await desk?.end();
});

describe("システムの記録", () => {
  it("is for the auditor alone, and a question that is none is refused", async () => {
    const { desk: served, auditor: who } = here();
    const clerk = await makeActor(database.pool, "j.tanto", "clerk");
    const question = { method: "POST", path: "/journal/searches" } as const;
    expect((await call(served.server, clerk, question, { body: {} })).status).toBe(403);
    for (const body of [{ kind: "secret" }, { from: "2026-02-30" }, { actor: "架空" }, { before: -1 }]) {
      expect((await call(served.server, who, question, { body })).status).toBe(400);
    }
  });

  it("[A145] authentication, events, communication, print (pages, seal, 個人番号 flag, form), changes of settings and errors: each is kept and found again", async () => {
    const { desk: served } = here();
    const pool = database.pool;
    const one = await makeActor(pool, "j.settei", "itOfficer", { steppedUp: true });

    // Settings: a terminal is registered on a screen.
    const added = await call(served.server, one, operationOf("registerTerminal"), {
      body: { terminalCode: "J-900", name: "架空の窓口", sectionCode: "t-joho" },
    });
    expect({ status: added.status, text: added.status === 200 ? "" : added.text }).toEqual({ status: 200, text: "" });
    expect(await search({ kind: "setting" })).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ actor: "j.settei", action: "terminal.register", outcome: "done", objectId: "J-900" }),
      ]),
    );

    // Print: the list of payees, and a run of letters with the seal on them.
    const { runNo } = await create(pool);
    const list = await writePayeeList(contextOf(pool, "ichiran.jiro"), { runNo, outDir: join(served.dataDir, "j") });
    await pool.query(
      "UPDATE allowance.person_history SET household_number = addressee_number, address = CASE WHEN protected THEN address ELSE '架空市東区架空台' || (addressee_number % 100) || '番地' END",
    );
    const printer = contextOf(pool, "insatsu.ichiro", "2026-12-01");
    await seedDemoTexts(contextOf(pool, "mongon.ichiro"), contextOf(pool, "mongon.niro"));
    const days = { documentOn: "2026-12-01", mailOn: "2026-12-02" } as const;
    const letters = await createLetterRun(printer, { form: "certification", ...days });
    await approveLetterRun(contextOf(pool, "shonin.hanako", "2026-12-01"), {
      runNo: letters.runNo,
      listDigest: letters.listDigest,
    });
    await orderPrinting(printer, { runNo: letters.runNo });
    const printed = await printLetterRun(printer, letters.runNo);
    const prints = await search({ kind: "print" });
    expect(prints.map(({ actor, detail }) => ({ actor, ...detail }))).toEqual([
      {
        actor: "insatsu.ichiro",
        form: "F1",
        pages: printed.pages,
        seal: true,
        individualNumber: false,
        output: "pdf",
      },
      {
        actor: "ichiran.jiro",
        form: "支払明細一覧",
        pages: list.pages,
        seal: false,
        individualNumber: false,
        output: "pdf, csv",
      },
    ]);
    expect(printed.pages).toBeGreaterThan(0);
    // The pages of the list as the file itself counts them.
    expect(
      readFileSync(list.pdf[0] ?? "")
        .toString("latin1")
        .match(/\/Type\s*\/Page\b/g),
    ).toHaveLength(list.pages);

    // Communication: the file goes to the bank, and its results come back.
    await advance(pool, runNo, "handedOver");
    await settleAndClose(pool, runNo);
    const { rows: sent } = await pool.query<{ action: string; id: string }>(
      "SELECT action, object_id AS id FROM audit.event WHERE access.journal_kind_of(action) = 'communication' ORDER BY event_id DESC",
    );
    const heard = await search({ kind: "communication" });
    expect(heard.map(({ action, objectId }) => ({ action, id: objectId }))).toEqual(sent);
    expect(sent.map(({ action }) => action)).toEqual(expect.arrayContaining(["payment.handOver", "payment.settle"]));
    expect(new Set(heard.map(({ objectId }) => objectId))).toEqual(new Set([String(runNo)]));

    // An error: a defect of the server, named by its kind alone.
    const complaint = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    await pool.query("ALTER FUNCTION access.read_log RENAME TO read_log_gone");
    const broken = await call(served.server, here().auditor, operationOf("searchAccessLog"), { body: {} });
    await pool.query("ALTER FUNCTION access.read_log_gone RENAME TO read_log");
    complaint.mockRestore();
    expect(broken.status).toBe(500);
    expect(
      (await search({ kind: "error" })).map(({ actor, outcome, objectId, detail }) => [
        actor,
        outcome,
        objectId,
        detail,
      ]),
    ).toEqual([["system", "failed", "/api/v1/access-log/searches", { error: "error", state: "42883" }]]);

    // Events, and authentication with its failures, by themselves: here a session that is carried to another terminal.
    const thief = await makeActor(pool, "j.betsu", "paymentReleaser");
    const victim = await makeActor(pool, "j.higai", "clerk");
    const stolen = `${SESSION_COOKIE}=${victim.token}; ${TERMINAL_COOKIE}=${thief.terminalSecret}`;
    await call(served.server, { cookie: stolen }, operationOf("getSession"));
    expect(await search({ kind: "event", actor: "j.higai" })).toMatchObject([
      { action: "alert", objectId: "otherTerminal" },
    ]);
    expect(await search({ kind: "authentication", actor: "j.higai" })).toMatchObject([
      { action: "session.end", detail: { reason: "otherTerminal" } },
      { action: "session.start" },
    ]);
    // By time: all of it is of today, nothing of before.
    const today = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Tokyo" }).format(new Date());
    expect(await search({ kind: "print", from: today, to: today })).toHaveLength(2);
    expect(await search({ kind: "print", to: "2020-01-01" })).toEqual([]);
  });

  it("[A144] 操作ログ: view, print, add, change, delete, batch, hard copy and EUC, each with who, when, terminal, target, function, screen, file and the 個人番号 flag", async () => {
    const { desk: served, auditor: who } = here();
    const pool = database.pool;
    expect(new Set(namedOperations).size).toBe(namedOperations.length);
    for (const id of namedOperations) expect(operationOf(id).id).toBe(id);

    const clerk = await makeActor(pool, "a.zenbu", "clerk", { roles: roleCodes });
    const ask = async (id: string, screen: string, sent: Sent = {}): Promise<Answer> => {
      const answer = await call(served.server, clerk, operationOf(id), {
        ...sent,
        headers: { "hagukumi-screen": screen },
      });
      expect({ id, status: answer.status, said: answer.status === 200 ? "" : answer.text }).toEqual({
        id,
        status: 200,
        said: "",
      });
      return answer;
    };
    const path = { recipientId: served.hanako };
    const onCase = "/cases/:";
    const target = { kind: "recipient", number: String(served.hanako) } as const;
    await ask("openCase", onCase, { body: { target, purpose: "enquiry", origin: "search" } });
    await ask("readCase", onCase, { path });
    const letters = (await ask("readCaseLetters", onCase, { path })).json["letters"] as readonly { letterId: number }[];
    await ask("takeCaseLetter", onCase, { path: { ...path, letterId: letters[0]?.letterId ?? 0 } });
    const note = { ...path, kind: "note" };
    await ask("addCaseEntry", onCase, {
      path: note,
      body: { content: { body: "架空の覚え", popUp: false }, validFrom: "2026-11-01" },
    });
    const { rows: notes } = await pool.query<{ entryId: number }>(
      `SELECT max(entry_id)::int AS "entryId" FROM allowance.note`,
    );
    const entryId = notes[0]?.entryId;
    const revised = {
      entryId,
      revision: 1,
      reason: "架空の誤りを直す",
      content: { body: "架空の覚え2", popUp: false },
    };
    await ask("reviseCaseEntry", onCase, { path: note, body: revised });
    await ask("withdrawCaseEntry", onCase, {
      path: note,
      body: { entryId, revision: 2, reason: "架空の誤りの取消し" },
    });
    const made = await ask("createMassRun", "/mass-work", {
      body: { jobCode: "ageMilestones", parameters: { month: "2027-04" } },
    });
    const massRunNo = Number(made.json["runNo"]);
    await workAll(contextOf(pool, "kikai.ichiro", "2027-03-25"));
    const { list: approvable } = await getMassRun(pool, massRunNo);
    await approveMassRun(contextOf(pool, "kacho.hanako", "2027-03-25"), {
      key: "mass/approved",
      runNo: massRunNo,
      digest: approvable?.digest ?? "",
    });
    const list = await ask("takeMassList", "/mass-work/:", { path: { massRunNo, format: "csv" } });
    const listName = `mass-${String(massRunNo).padStart(4, "0")}-list.csv`;
    expect(list.container?.name).toMatch(/^mass-\d{4}-list-M\d{8}\.zip$/);
    await ask("recordHardCopy", onCase);
    await ask("takeStatistics", "/statistics", { path: { kind: "month", at: "2026-10", format: "xlsx" } });
    // What a browser says of its screen is kept only where it can hold neither number nor name.
    await ask("readCase", "/cases/1234567", { path });

    const answer = await call(served.server, who, operationOf("searchAccessLog"), { body: { staffId: "a.zenbu" } });
    const rows = (answer.json["rows"] as readonly Record<string, unknown>[]).toReversed();
    const number = HANAKO;
    const kase = { screen: onCase, file: "cases", individualNumber: false, addresseeNumber: number };
    const expected = [
      { ...kase, operation: "openCase", deed: "view", file: "openings" },
      { ...kase, operation: "readCase", deed: "view" },
      { ...kase, operation: "readCaseLetters", deed: "view" },
      { ...kase, operation: "takeCaseLetter", deed: "print" },
      { ...kase, operation: "addCaseEntry", deed: "add" },
      { ...kase, operation: "reviseCaseEntry", deed: "change" },
      { ...kase, operation: "withdrawCaseEntry", deed: "delete" },
      {
        ...kase,
        operation: "createMassRun",
        deed: "batch",
        screen: "/mass-work",
        file: "mass-work",
        addresseeNumber: null,
      },
      {
        ...kase,
        operation: "takeMassList",
        deed: "euc",
        screen: "/mass-work/:",
        file: listName,
        addresseeNumber: null,
      },
      { ...kase, operation: "recordHardCopy", deed: "hardCopy", file: "hard-copies" },
      {
        ...kase,
        operation: "takeStatistics",
        deed: "euc",
        screen: "/statistics",
        file: "statistics-month-2026-10.xlsx",
        addresseeNumber: null,
      },
      { ...kase, operation: "readCase", deed: "view", screen: "" },
    ];
    const own = rows.filter((row) => row["addresseeNumber"] === null || row["addresseeNumber"] === number);
    expect(own).toEqual(
      expected.map((row) =>
        expect.objectContaining({
          ...row,
          staffId: "a.zenbu",
          staffName: "架空 職員 a.zenbu",
          terminalCode: "T-t-kodomo",
        }),
      ),
    );
    const today = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Tokyo" });
    for (const row of rows) {
      expect(row["operationName"]).toMatch(/[ぁ-ん一-龠]/);
      expect(today.format(new Date(String(row["processedAt"])))).toBe(today.format(new Date()));
    }
  });

  it("[A35] the code on our own papers opens the case when they come back, and nobody else's: 現況届 by its barcode, any letter by the mark on its page", async () => {
    const { desk: served } = here();
    const pool = database.pool;
    const { rows } = await pool.query<{ mark: string; recipient: number }>(
      `SELECT concat_ws(':', 'HG1', content->>'number', replace(content->>'edition', '-', ''), content->>'fiscalYear', run_no, letter_id, 1, pages) AS mark,
         recipient_id::int AS recipient FROM allowance.letter WHERE recipient_id = $1 LIMIT 1`,
      [served.hanako],
    );
    const mark = rows[0]?.mark ?? "";
    expect(readPageMark(mark)).toMatchObject({ number: "F1", page: 1 });
    const report = barcodeOf({ year: 2027, recipientId: served.hanako });
    const ask = async (actor: Actor, code: string): Promise<Answer> =>
      await call(served.server, actor, operationOf("openCase"), {
        body: { target: { kind: "scanned", code }, purpose: "annualReview", origin: "search" },
      });
    const clerk = await makeActor(pool, "s.uketsuke", "wardClerk");
    const elsewhere = await makeActor(pool, "s.higashi", "wardClerk", { wards: ["431028"] });
    const last = (report.at(-1) ?? "") === "0" ? "1" : "0";
    for (const wrong of ["", "R2027", `${report.slice(0, -1)}${last}`, "HG1:F1:202611", "https://example.com/1"]) {
      const answer = await ask(clerk, wrong);
      expect({ wrong, status: answer.status, code: answer.code }).toEqual({
        wrong,
        status: wrong === "" ? 400 : answer.status,
        code: wrong === "" ? "badInput" : "barcodeInvalid",
      });
    }
    // Nobody's code, a letter that was never printed, and somebody of another ward or protected: one and the same answer.
    const shut: readonly (readonly [Actor, string])[] = [
      [clerk, barcodeOf({ year: 2027, recipientId: 9_999_999 })],
      [clerk, barcodeOf({ year: 2027, recipientId: served.protectedPerson })],
      [clerk, "HG1:F1:202611:2026:999:999999999:1:1"],
      [elsewhere, report],
      [elsewhere, mark],
    ];
    for (const [actor, code] of shut)
      expect({ code, said: (await ask(actor, code)).code }).toEqual({ code, said: "notFound" });

    // As scanners type: full width by a Japanese keyboard, other signs for the colon by another layout.
    for (const code of [
      report,
      mark,
      report.replaceAll(/[0-9A-Z]/g, (each) => String.fromCodePoint((each.codePointAt(0) ?? 0) + 0xfee0)),
      mark.replaceAll(":", "+"),
    ]) {
      const opened = await ask(clerk, code);
      expect({ code, recipients: opened.json["recipientIds"] }).toEqual({ code, recipients: [served.hanako] });
      await call(served.server, clerk, operationOf("endApplicant"));
    }
  });
});
