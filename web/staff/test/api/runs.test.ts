import { describe, expect, it, beforeAll, afterAll } from "vitest";

import { freshDatabase, useDatabase } from "../../../../platform/test/support/cluster.ts";
import { memoryBank, resultCsv } from "../../../../systems/allowance/test/support/runs.ts";
import { smallCityTotal } from "../../../../systems/allowance/test/support/small-city.ts";
import { operations } from "../../src/api/operations.ts";
import type { Operation } from "../../src/api/operation.ts";
import { makeActor } from "../support/actors.ts";
import type { Actor } from "../support/actors.ts";
import { call, serveDesk } from "../support/served-desk.ts";
import type { Answer, Sent, ServedDesk } from "../support/served-desk.ts";

const database = useDatabase();
const bank = memoryBank();
let desk: ServedDesk;
let maker: Actor;
let approver: Actor;
let releaser: Actor;

beforeAll(async () => {
  desk = await serveDesk(database.pool, { bank });
  maker = await makeActor(database.pool, "r.maker", "treasurer");
  approver = await makeActor(database.pool, "r.approver", "treasurer");
  releaser = await makeActor(database.pool, "r.releaser", "paymentReleaser");
});
afterAll(async () => await desk.end());

function operationOf(id: string): Operation {
  const found = operations.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no operation ${id}`);
  return found;
}

const as = async (actor: Actor, id: string, sent: Sent = {}): Promise<Answer> =>
  await call(desk.server, actor, operationOf(id), { path: { runNo: 1 }, ...sent });

type Run = { readonly state: string; readonly lineDigest: string; readonly total: number; readonly lineCount: number };

async function run(): Promise<Run> {
  const { json } = await as(maker, "getPaymentRun");
  return json["run"] as Run;
}

describe("a payment run over the API, from its making to the bank's answer", () => {
  it("a step out of order, and by the wrong person, changes nothing", async () => {
    const made = await as(maker, "createPaymentRun", { body: { paymentMonth: "2026-12", kind: "regular" } });
    expect(made.status, made.text).toBe(200);
    expect((await as(approver, "freezePaymentRun")).code).toBe("wrongState");
    expect((await as(maker, "inspectPaymentRun")).status).toBe(200);
    const { lineDigest } = await run();
    expect((await as(maker, "approvePaymentRun", { body: { lineDigest } })).code).toBe("samePerson");
    expect((await as(approver, "approvePaymentRun", { body: { lineDigest: "0".repeat(64) } })).code).toBe(
      "approvalNotBound",
    );
    expect((await run()).state).toBe("inspected");
  });

  it("the same press twice is done once; another content under the same key is refused", async () => {
    const { lineDigest } = await run();
    const headers = { "idempotency-key": "approve-press-1" };
    expect((await as(approver, "approvePaymentRun", { body: { lineDigest }, headers })).status).toBe(200);
    expect((await as(approver, "approvePaymentRun", { body: { lineDigest }, headers })).status).toBe(200);
    expect((await as(approver, "approvePaymentRun", { body: { lineDigest: "0".repeat(64) }, headers })).code).toBe(
      "commandKeyReused",
    );
    const { rows } = await database.pool.query("SELECT 1 FROM allowance.run_event WHERE to_state = 'approved'");
    expect(rows.length).toBe(1);
  });

  it("goes to the bank once, by a third person, and the file can be taken byte for byte", async () => {
    expect((await as(approver, "freezePaymentRun")).status).toBe(200);
    expect((await as(approver, "handOverPaymentRun")).code).toBe("samePerson");
    const sent = await as(releaser, "handOverPaymentRun");
    expect(sent.json).toMatchObject({ state: "handedOver" });
    expect((await as(releaser, "handOverPaymentRun")).code).toBe("wrongState");
    expect(bank.received.length).toBe(1);
    const file = await as(releaser, "takeTransferFile");
    expect(file.container?.name).toMatch(/^hagukumi-0001-\d{8}-M\d{8}\.zip$/);
    expect(file.text).toBe(Buffer.from(bank.received[0] ?? []).toString("utf8"));
  });

  it("the bank's results come in, and the page shows the same sum on every side", async () => {
    const { total, lineCount } = await run();
    expect([total, lineCount]).toEqual([smallCityTotal.amount, smallCityTotal.lines]);
    const content = resultCsv({ count: lineCount, amount: total }, []).toString("base64");
    expect((await as(maker, "importPaymentResults", { body: { content } })).status).toBe(200);
    expect((await as(maker, "closePaymentRun")).status).toBe(200);
    const { json } = await as(maker, "getPaymentRun");
    // 15,000 + 50,000 + 10,000 + 10,000 + 10,000 = 95,000 a month × 2 months
    const side = { lines: 5, amount: 190_000 };
    expect((json["totals"] as { equation: object }).equation).toMatchObject({
      selected: side,
      ledger: side,
      approved: side,
      file: side,
      agrees: true,
    });
  });

  it("each step is in the access log with who, where and the number of the run, and nobody's name", async () => {
    const { rows } = await database.pool.query<{ operation: string; staff_id: string; case_ref: string }>(
      `SELECT DISTINCT operation, staff_id, case_ref FROM access.log WHERE action IN ('update', 'export') ORDER BY 1, 2`,
    );
    expect(rows).toEqual([
      { operation: "approvePaymentRun", staff_id: "r.approver", case_ref: "1" },
      { operation: "closePaymentRun", staff_id: "r.maker", case_ref: "1" },
      { operation: "createPaymentRun", staff_id: "r.maker", case_ref: "" },
      { operation: "freezePaymentRun", staff_id: "r.approver", case_ref: "1" },
      { operation: "handOverPaymentRun", staff_id: "r.releaser", case_ref: "1" },
      { operation: "importPaymentResults", staff_id: "r.maker", case_ref: "1" },
      { operation: "inspectPaymentRun", staff_id: "r.maker", case_ref: "1" },
      { operation: "takeTransferFile", staff_id: "r.releaser", case_ref: "1" },
    ]);
  });

  it("a run that is not there, a number that is none: Japanese, a code, no stack", async () => {
    expect([(await as(maker, "getPaymentRun", { path: { runNo: 99 } })).status]).toEqual([404]);
    for (const runNo of ["0", "-1", "1e3", "10000", "１", "1;DROP"]) {
      const answer = await as(maker, "getPaymentRun", { path: { runNo } });
      expect([answer.status, answer.code]).toEqual([400, "badInput"]);
    }
  });
});

it("without the database: 503 in Japanese with a code, and /healthz says so", async () => {
  const gone = await freshDatabase();
  const served = await serveDesk(gone.pool);
  try {
    expect((await fetch(`${served.server.url}/healthz`)).status).toBe(200);
    await gone.drop();
    const answer = await call(served.server, undefined, operationOf("getEntrance"));
    expect([answer.status, answer.code]).toEqual([503, "databaseUnavailable"]);
    expect((await fetch(`${served.server.url}/healthz`)).status).toBe(503);
  } finally {
    await served.end();
  }
});
