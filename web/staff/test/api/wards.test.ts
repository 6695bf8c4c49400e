/** 行政区: the code on each case, lists split by ward, and nothing of another ward for who works in one. */
import { submitFiling, writePayeeList } from "@hagukumi/allowance/contract.ts";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { contextOf } from "../../../../systems/allowance/test/support/cases.ts";
import { birthClaim } from "../../../../systems/allowance/test/support/filings.ts";
import { create } from "../../../../systems/allowance/test/support/runs.ts";
import { operations } from "../../src/api/operations.ts";
import { makeActor } from "../support/actors.ts";
import type { Actor } from "../support/actors.ts";
import { call, serveDesk } from "../support/served-desk.ts";
import type { Answer, Sent, ServedDesk } from "../support/served-desk.ts";

const database = useDatabase();
const CENTRAL = "431010";
const NORTH = "431052";
let desk: ServedDesk | undefined;
const actors = new Map<string, Actor>();

beforeAll(async () => {
  desk = await serveDesk(database.pool);
  actors.set("examiner", await makeActor(database.pool, "w.shinsa", "examiner"));
  actors.set("central", await makeActor(database.pool, "w.chuo", "wardClerk", { wards: [CENTRAL] }));
  const clerk = contextOf(database.pool, "uketsuke.hanako");
  // Two filings of the centre, one of the north.
  for (const [claimant, child, wardCode] of [
    [900_000_000_001_101, 900_000_000_001_201, CENTRAL],
    [900_000_000_001_102, 900_000_000_001_204, CENTRAL],
    [900_000_000_001_103, 900_000_000_001_205, NORTH],
  ] as const) {
    await submitFiling(clerk, { form: { ...birthClaim(claimant, child, "2026-11-01", "2026-11-20"), wardCode } });
  }
});
afterAll(async () => await desk?.end());

async function ask(who: string, id: string, sent: Sent): Promise<Answer> {
  const operation = operations.find((each) => each.id === id);
  if (desk === undefined || operation === undefined) throw new Error(`no ${id}`);
  return await call(desk.server, actors.get(who), operation, sent);
}

async function list(
  who: string,
  ward?: string,
): Promise<{ wards: unknown; filings: readonly string[]; total: unknown }> {
  const { json } = await ask(who, "readWorkList", {
    path: { kind: "toExamine" },
    ...(ward === undefined ? {} : { query: { ward } }),
  });
  const filings = (json["filings"] as { wardCode: string }[]).map(({ wardCode }) => wardCode);
  const wards = (json["byWard"] as { wardName: string; total: number }[]).map(
    ({ wardName, total }) => `${wardName} ${String(total)}`,
  );
  return { wards, filings, total: json["total"] };
}

describe("wards", () => {
  it("a ward that is none is refused, and who works in one ward is told nothing of another, asked for or not", async () => {
    const wrong = await ask("examiner", "readWorkList", { path: { kind: "toExamine" }, query: { ward: "北区" } });
    expect(wrong.status).toBe(400);
    expect(await list("central")).toEqual({ wards: ["中央区 2"], filings: [CENTRAL, CENTRAL], total: 2 });
    expect(await list("central", NORTH)).toEqual({ wards: ["中央区 2"], filings: [], total: 0 });
  });

  it("[A15] the ward is on each case; the work lists, the payee list and the totals are split by it; a ward's clerk works in the ward", async () => {
    expect(await list("examiner")).toEqual({
      wards: ["中央区 2", "北区 1"],
      filings: [CENTRAL, CENTRAL, NORTH],
      total: 3,
    });
    expect(await list("examiner", NORTH)).toEqual({ wards: ["中央区 2", "北区 1"], filings: [NORTH], total: 1 });
    expect(await list("examiner", CENTRAL)).toMatchObject({ filings: [CENTRAL, CENTRAL], total: 2 });

    const target = { kind: "addressee", number: "900000000001101" };
    await ask("central", "openCase", { body: { target, purpose: "certification", origin: "list" } });
    const found = await ask("central", "readCase", { path: { recipientId: desk?.hanako ?? 0 } });
    expect(found.json).toMatchObject({ wardCode: CENTRAL, wardName: "中央区" });

    const { runNo } = await create(database.pool);
    const outDir = join(desk?.dataDir ?? "", "wards");
    await writePayeeList(contextOf(database.pool, "ichiran.jiro"), { runNo, outDir });
    const files = readdirSync(outDir).filter((file) => file.endsWith(".csv"));
    const texts = files.map((file) => readFileSync(join(outDir, file), "utf8"));
    expect(texts.some((text) => text.includes("中央区"))).toBe(true);
    const summary = await ask("examiner", "getPaymentRun", { path: { runNo } });
    const totals = (summary.json["totals"] ?? summary.json) as { byWard?: { lines: number; amount: number }[] };
    // 15,000 + 50,000 + 10,000 + 10,000 + 10,000 = 95,000 a month × 2 months = 190,000 yen, whichever way it is split.
    expect((totals.byWard ?? []).reduce((sum, { amount }) => sum + amount, 0)).toBe(190_000);
  });
});
