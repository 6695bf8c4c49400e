/** 個人番号 over HTTP: entered, confirmed by another, shown for a minute, and nowhere else. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { freshService } from "../../../../systems/unified-addressee/test/support/service.ts";
import type { TestService } from "../../../../systems/unified-addressee/test/support/service.ts";
import { operations } from "../../src/api/operations.ts";
import { makeActor } from "../support/actors.ts";
import type { Actor } from "../support/actors.ts";
import { call, serveDesk } from "../support/served-desk.ts";
import type { Answer, ServedDesk, Sent } from "../support/served-desk.ts";

const database = useDatabase();
const PERSON = 900000000001101;
let desk: ServedDesk | undefined;
let service: TestService | undefined;
const actors = new Map<string, Actor>();
/** Everything that came back, but for the display itself */
const texts: string[] = [];

function here(): { readonly desk: ServedDesk; readonly service: TestService } {
  if (desk === undefined || service === undefined) throw new Error("not served");
  return { desk, service };
}

async function ask(who: string, id: string, body?: unknown, more: Sent = {}): Promise<Answer> {
  const operation = operations.find((each) => each.id === id);
  const actor = actors.get(who);
  if (operation === undefined || actor === undefined) throw new Error(`${who} ${id}`);
  const answer = await call(here().desk.server, actor, operation, { path: { addresseeNumber: PERSON }, body, ...more });
  if (id !== "revealIndividualNumber") texts.push(answer.text);
  return answer;
}

const papers = { numberPaper: "individualNumberCard", identityPaper: "individualNumberCard", checkedOn: "2026-11-20" };

async function open(who: string): Promise<void> {
  const body = { target: { kind: "addressee", number: String(PERSON) }, purpose: "certification", origin: "search" };
  const actor = actors.get(who);
  const answer = await call(here().desk.server, actor, { method: "POST", path: "/openings" }, { body });
  expect(answer.status).toBe(200);
}

beforeAll(async () => {
  service = await freshService();
  desk = await serveDesk(database.pool, { addressee: { vault: service.vault, signer: service.signer } });
  for (const [staffId, role] of [
    ["n.clerk", "clerk"],
    ["n.examiner", "examiner"],
    ["n.approver", "approver"],
  ] as const) {
    actors.set(staffId, await makeActor(database.pool, staffId, role));
    await service.allow(staffId);
  }
});
afterAll(async () => {
  await desk?.end();
  await service?.drop();
});

describe("個人番号 on the pages", () => {
  it("is closed without a purpose, refused when wrong without repeating it, and taken in without an answer that holds it", async () => {
    const digits = here().service.drawDigits();
    const body = { number: digits, ...papers, changed: false };
    expect((await ask("n.clerk", "enterIndividualNumber", body)).code).toBe("purposeNeeded");
    expect((await ask("n.examiner", "readNumberStatus")).code).toBe("purposeNeeded");
    expect((await ask("n.examiner", "revealIndividualNumber", { purpose: "identityCheck" })).code).toBe(
      "purposeNeeded",
    );
    for (const who of ["n.clerk", "n.examiner", "n.approver"]) await open(who);
    const wrong = `${digits.slice(0, 11)}${(Number(digits[11]) + 1) % 10}`;
    const refused = await ask("n.clerk", "enterIndividualNumber", { ...body, number: wrong });
    expect(refused).toMatchObject({ status: 400, code: "numberInvalid" });
    expect(refused.text).not.toContain(wrong.slice(0, 6));
    expect((await ask("n.examiner", "revealIndividualNumber", { purpose: "identityCheck" })).code).toBe(
      "numberMissing",
    );

    expect((await ask("n.clerk", "enterIndividualNumber", body)).status).toBe(200);
    expect((await ask("n.clerk", "readNumberStatus")).json).toMatchObject({ state: "unconfirmed", enteredByMe: true });
    const status = (await ask("n.approver", "readNumberStatus")).json;
    expect(status).toMatchObject({ state: "unconfirmed", enteredBy: "n.clerk", enteredByMe: false });
    const entryId = status["entryId"];
    expect((await ask("n.clerk", "confirmIndividualNumber", { entryId, number: digits })).code).toBe(
      "permissionMissing",
    );
    const other = here().service.drawDigits();
    expect((await ask("n.approver", "confirmIndividualNumber", { entryId, number: other })).code).toBe("numberDiffers");
    expect((await ask("n.approver", "confirmIndividualNumber", { entryId, number: digits })).json).toEqual({
      confirmed: true,
    });
    expect((await ask("n.examiner", "readNumberStatus")).json).toMatchObject({
      state: "confirmed",
      confirmedBy: "n.approver",
    });

    // Shown to who may see it, once, with no-store, and logged here and in the vault; without a log not at all.
    expect((await ask("n.clerk", "revealIndividualNumber", { purpose: "identityCheck" })).code).toBe(
      "permissionMissing",
    );
    await here().service.breakLog(true);
    const unlogged = await ask("n.examiner", "revealIndividualNumber", { purpose: "identityCheck" });
    await here().service.breakLog(false);
    expect(unlogged.status).toBeGreaterThanOrEqual(400);
    expect(unlogged.text).not.toContain(digits);
    const shown = await ask("n.examiner", "revealIndividualNumber", { purpose: "identityCheck" });
    expect(shown.json).toEqual({ number: digits, seconds: 60 });
    expect(shown.headers.get("cache-control")).toBe("no-store");
    expect((await here().service.logged("reveal")).at(-1)).toEqual({
      actor: "n.examiner",
      purpose: "identityCheck",
      subject: `allowance:${PERSON}`,
      rows: 1,
      refusal_code: null,
    });
    const { rows } = await database.pool.query(
      "SELECT staff_id, addressee_number, columns_class, action FROM access.log WHERE operation = 'revealIndividualNumber' AND action = 'read'",
    );
    expect(rows).toEqual([
      { staff_id: "n.examiner", addressee_number: PERSON, columns_class: "individualNumber", action: "read" },
    ]);
    // 個人番号アクセスの有無 of the 操作ログ: whatever took one in or showed one, and nothing else.
    const flagged = await database.pool.query<{ operation: string; flag: boolean }>(
      "SELECT DISTINCT operation, individual_number AS flag FROM access.log WHERE action <> 'refused' ORDER BY 1",
    );
    expect(flagged.rows).toEqual([
      { operation: "confirmIndividualNumber", flag: true },
      { operation: "enterIndividualNumber", flag: true },
      { operation: "openCase", flag: false },
      { operation: "readNumberStatus", flag: false },
      { operation: "revealIndividualNumber", flag: true },
    ]);
    await database.pool.query(
      "UPDATE identity.session SET stepped_up_at = identity.clock() - interval '301 seconds' WHERE staff_id = 'n.examiner'",
    );
    expect((await ask("n.examiner", "revealIndividualNumber", { purpose: "identityCheck" })).code).toBe("stepUpNeeded");

    // Nothing of it in any other answer, nor anywhere in the database of the business.
    for (const each of [digits, other, wrong]) for (const text of texts) expect(text.includes(each)).toBe(false);
    const tables = await database.pool.query<{ name: string }>(
      `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname IN ('allowance', 'unified', 'audit', 'access', 'identity')`,
    );
    for (const { name } of tables.rows) {
      const found = await database.pool.query<{ count: number }>(
        `SELECT count(*) AS count FROM ${name} t WHERE row_to_json(t)::text LIKE ANY ($1)`,
        [[digits, other, wrong].map((each) => `%${each}%`)],
      );
      expect(found.rows[0]?.count, name).toBe(0);
    }
  });

  it("名寄せ: proposed by one, approved by another; the list shows what waits", async () => {
    const proposed = await ask("n.examiner", "proposeConsolidation", {
      otherNumber: "77001",
      reason: "同一人と確認した",
    });
    expect(proposed.status).toBe(200);
    const list = await ask("n.approver", "listConsolidations");
    expect(list.json["consolidations"]).toMatchObject([
      { keptNumber: PERSON, otherNumber: 77001, proposedBy: "n.examiner" },
    ]);
    const path = { path: { consolidationId: String(proposed.json["consolidationId"]) } };
    expect((await ask("n.examiner", "approveConsolidation", undefined, path)).code).toBe("permissionMissing");
    expect((await ask("n.approver", "approveConsolidation", undefined, path)).json).toEqual({ approved: true });
    expect((await ask("n.approver", "listConsolidations")).json).toEqual({ consolidations: [] });
    expect((await ask("n.approver", "endConsolidation", { reason: "別人だった" }, path)).json).toEqual({ ended: true });
  });

  it("the confirmation list is answered by the approver", async () => {
    await database.pool.query(
      "INSERT INTO unified.finding (kind, system_code, addressee_number) VALUES ('sourceDiffers', 'allowance', $1)",
      [PERSON],
    );
    const list = (await ask("n.examiner", "listNumberFindings")).json["findings"] as readonly {
      findingId: number;
      kindName: string;
    }[];
    expect(list).toMatchObject([{ kindName: "入力・連携された個人番号が、登録と違う", addresseeNumber: PERSON }]);
    const path = { path: { findingId: String(list[0]?.findingId) } };
    const answer = { result: "noFault", note: "書類の写し間違いだった" };
    expect((await ask("n.examiner", "answerNumberFinding", answer, path)).code).toBe("permissionMissing");
    expect((await ask("n.approver", "answerNumberFinding", answer, path)).json).toEqual({ answered: true });
    expect((await ask("n.examiner", "listNumberFindings")).json).toEqual({ findings: [] });
  });
});
