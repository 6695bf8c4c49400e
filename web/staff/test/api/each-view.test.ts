/** アクセスログと操作の記録: every view and every change from a terminal leaves its row, with the reason for which the person was opened. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { submitFiling } from "@hagukumi/allowance/contract.ts";
import { roleCodes } from "@hagukumi/platform/identity/permissions.ts";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { contextOf } from "../../../../systems/allowance/test/support/cases.ts";
import { birthClaim } from "../../../../systems/allowance/test/support/filings.ts";
import { create } from "../../../../systems/allowance/test/support/runs.ts";
import { deedOf } from "../../src/api/operation-deeds.ts";
import { operations } from "../../src/api/operations.ts";
import { matrix } from "../authorization/rows/all.ts";
import { makeActor } from "../support/actors.ts";
import { call, serveDesk } from "../support/served-desk.ts";
import type { ServedDesk } from "../support/served-desk.ts";

const database = useDatabase();
let desk: ServedDesk | undefined;

beforeAll(async () => {
  desk = await serveDesk(database.pool);
});
afterAll(async () => await desk?.end());

const HANAKO = 900_000_000_001_101;
const OPEN = { method: "POST", path: "/openings" } as const;

/** They end the session or close the person: behind them the walk would be past closed doors. */
const ENDS = new Set(["endSession", "extendSession", "endApplicant", "closeCase"]);

type Row = {
  readonly action: string;
  readonly deed: string;
  readonly number: number | null;
  readonly purpose: string;
  readonly terminal: string;
  readonly staff: string;
};

it("[D215][A146] every operation about a person, looked at or changed: the server writes a row for it in the same request, with the reason of the opening", async () => {
  if (desk === undefined) throw new Error("not served");
  const pool = database.pool;
  const { runNo } = await create(pool);
  const form = birthClaim(HANAKO, 900_000_000_001_201, "2026-11-01", "2026-11-20");
  const { filingId } = await submitFiling(contextOf(pool, "uketsuke.hanako"), { form });
  const target = { recipientId: desk.hanako, addresseeNumber: HANAKO, filingId, runNo };
  const actor = await makeActor(pool, "v.zenbu", "clerk", { roles: roleCodes });
  const last = async (): Promise<number> =>
    (await pool.query<{ seq: number }>("SELECT coalesce(max(seq), 0)::int AS seq FROM access.log")).rows[0]?.seq ?? 0;
  const since = async (seq: number): Promise<readonly Row[]> =>
    (
      await pool.query<Row>(
        `SELECT action, deed, addressee_number AS number, purpose_code AS purpose, terminal_code AS terminal, staff_id AS staff
         FROM access.log WHERE seq > $1 ORDER BY seq`,
        [seq],
      )
    ).rows;

  // Without a reason nobody is opened, and nothing of the person is shown.
  const target_ = { kind: "addressee", number: String(HANAKO) } as const;
  const without = await call(desk.server, actor, OPEN, { body: { target: target_, purpose: "", origin: "search" } });
  expect(without.status).toBe(400);
  const about = operations.filter(
    ({ id, access }) => ["case", "person", "filing"].includes(access.relation) && !ENDS.has(id),
  );
  for (const operation of about) {
    const row = matrix.find((each) => each.operation === operation.id);
    if (operation.command || row === undefined || operation.id === "openCase") continue;
    const answer = await call(desk.server, actor, operation, row.input?.(target) ?? {});
    expect({ id: operation.id, shown: answer.status === 200 }).toEqual({ id: operation.id, shown: false });
  }

  await call(desk.server, actor, OPEN, { body: { target: target_, purpose: "enquiry", origin: "search" } });
  const faults: string[] = [];
  const seen = { views: 0, updates: 0, refused: 0 };
  // Looks first: a change may end what the others look at.
  for (const operation of about.toSorted((a, b) => Number(a.command) - Number(b.command))) {
    const row = matrix.find((each) => each.operation === operation.id);
    if (row === undefined || operation.id === "openCase") continue;
    const before = await last();
    const answer = await call(desk.server, actor, operation, row.input?.(target) ?? {});
    const rows = await since(before);
    if (answer.status !== 200) {
      seen.refused += 1;
      continue;
    }
    if (operation.command) seen.updates += 1;
    else seen.views += 1;
    const own = rows.filter(({ staff, terminal }) => staff === "v.zenbu" && terminal === "T-t-kodomo");
    const persons = own.filter(({ number }) => number !== null);
    if (own.length === 0) faults.push(`${operation.id}: no row`);
    // For the reason that was given, whoever of the family is shown.
    for (const { purpose } of persons) if (purpose !== "enquiry") faults.push(`${operation.id}: for ${purpose}`);
    for (const { action, deed } of own) {
      const wanted = action === "update" ? deedOf(operation.id) : action === "read" ? "view" : undefined;
      if (wanted !== undefined && deed !== wanted && deedOf(operation.id) !== "print")
        faults.push(`${operation.id}: ${action} as ${deed}`);
    }
    // One look, one row for each person: a second would count as a second look.
    const looks = own.filter(({ action }) => action === "read").map(({ number }) => number);
    if (!operation.command && new Set(looks).size !== looks.length) faults.push(`${operation.id}: the same row twice`);
    if (operation.command && !own.some(({ action }) => action !== "list" && action !== "search"))
      faults.push(`${operation.id}: no row of the change`);
  }
  expect(faults).toEqual([]);
  expect(seen.views).toBeGreaterThan(10);
  expect(seen.updates).toBeGreaterThan(5);
});
