/** What stands over every page of a person: marks by right, and one editor at a time on the database's word. */
import { addEntry, placeHold, releaseHold } from "@hagukumi/allowance/contract.ts";
import { month } from "@hagukumi/law/contract.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { contextOf } from "../../../../systems/allowance/test/support/cases.ts";
import { operations } from "../../src/api/operations.ts";
import { makeActor } from "../support/actors.ts";
import type { Actor } from "../support/actors.ts";
import { seedTornFamily } from "../support/browser-families.ts";
import type { TornFamily } from "../support/browser-families.ts";
import { call, serveDesk } from "../support/served-desk.ts";
import type { Answer, Sent, ServedDesk } from "../support/served-desk.ts";

const database = useDatabase();
const HANAKO = 900_000_000_001_101;
let desk: ServedDesk | undefined;
let torn: TornFamily | undefined;
const actors = new Map<string, Actor>();

beforeAll(async () => {
  desk = await serveDesk(database.pool);
  torn = await seedTornFamily(database.pool);
  actors.set("clerk", await makeActor(database.pool, "h.clerk", "clerk"));
  actors.set("second", await makeActor(database.pool, "h.second", "clerk"));
  actors.set("otherWard", await makeActor(database.pool, "h.kita", "wardClerk", { wards: ["431052"] }));
  actors.set("officer", await makeActor(database.pool, "h.hogo", "protectionOfficer"));
});
afterAll(async () => await desk?.end());

async function ask(who: string, id: string, sent: Sent): Promise<Answer> {
  const operation = operations.find((each) => each.id === id);
  if (desk === undefined || operation === undefined) throw new Error(`no ${id}`);
  return await call(desk.server, actors.get(who), operation, sent);
}

async function open(who: string, number: number): Promise<Answer> {
  const target = { kind: "addressee", number: String(number) };
  return await ask(who, "openCase", { body: { target, purpose: "certification", origin: "search" } });
}

async function marks(who: string, number: number): Promise<Record<string, boolean>> {
  await open(who, number);
  const answer = await ask(who, "readPersonHead", { path: { addresseeNumber: number } });
  return answer.json["marks"] as Record<string, boolean>;
}

const NONE = {
  protected: false,
  attention: false,
  suspended: false,
  suppressed: false,
  debt: false,
  ended: false,
};

describe("印: one source for the search and for every page", () => {
  it("a person who is not open has no marks to read, and whoever may not see a person finds none in the search", async () => {
    const closed = await ask("clerk", "readPersonHead", { path: { addresseeNumber: torn?.mother ?? 0 } });
    expect(closed.json["marks"] ?? NONE).toEqual(NONE);
    const found = await ask("clerk", "searchPeople", { body: { addresseeNumber: String(torn?.mother) } });
    expect(found.json["found"]).toEqual([]);
  });

  it("差止 and 抑止（保留） each by its own hold, until it is released", async () => {
    const context = contextOf(database.pool, "sashitome.a");
    const recipientId = desk?.hanako ?? 0;
    expect(await marks("clerk", HANAKO)).toEqual(NONE);
    const place = async (kind: "hold" | "pending"): Promise<number> =>
      await placeHold(context, { recipientId, kind, fromMonth: month("2027-02"), cause: "架空の理由" });
    const suspended = await place("hold");
    expect(await marks("clerk", HANAKO)).toEqual({ ...NONE, suspended: true });
    const suppressed = await place("pending");
    await releaseHold(context, suspended, "架空の解除");
    expect(await marks("clerk", HANAKO)).toEqual({ ...NONE, suppressed: true });
    const found = await ask("clerk", "searchPeople", { body: { addresseeNumber: String(HANAKO) } });
    expect((found.json["found"] as { marks: unknown }[])[0]?.marks).toEqual({ ...NONE, suppressed: true });
    await releaseHold(context, suppressed, "架空の解除");
    expect(await marks("clerk", HANAKO)).toEqual(NONE);
  });

  it("支援措置 is told to those who may see it; others get 要確認, which a memo or an unconfirmed address gives as well", async () => {
    const { father = 0, mother = 0 } = torn ?? {};
    expect(await marks("officer", mother)).toEqual({ ...NONE, protected: true });
    // The father is not protected. For the officer nothing of his case is hidden; for the clerk somebody is.
    expect(await marks("officer", father)).toEqual(NONE);
    expect(await marks("clerk", father)).toEqual({ ...NONE, attention: true });
    await addEntry(contextOf(database.pool, "memo.a"), "note", {
      addresseeNumber: HANAKO,
      validFrom: "2026-11-01",
      content: { body: "架空のメモ", popUp: true },
    });
    expect(await marks("clerk", HANAKO)).toEqual({ ...NONE, attention: true });
  });
});

const take = async (who: string, reason = ""): Promise<Answer> =>
  await ask(who, "takeEditLock", { path: { addresseeNumber: HANAKO }, body: { reason } });
const release = async (who: string): Promise<Answer> =>
  await ask(who, "releaseEditLock", { path: { addresseeNumber: HANAKO } });
const memo = async (who: string): Promise<Answer> =>
  await ask(who, "addCaseEntry", {
    path: { recipientId: desk?.hanako ?? 0, kind: "note" },
    body: { content: { body: "架空の覚え", popUp: false }, validFrom: "2026-11-01" },
  });
const lock = async (who: string): Promise<Record<string, unknown> | null> =>
  (await ask(who, "readPersonHead", { path: { addresseeNumber: HANAKO } })).json["lock"] as Record<
    string,
    unknown
  > | null;

async function history(): Promise<readonly unknown[]> {
  const { rows } = await database.pool.query<{ line: string }>(
    "SELECT held_by || ' ' || coalesce(ended_how || ' by ' || ended_by || ' ' || reason, 'open') AS line FROM allowance.edit_lock ORDER BY lock_id",
  );
  return rows.map(({ line }) => line.trim());
}

describe("編集中: one person is edited by one member of staff at a time", () => {
  it("of all who begin at the same moment one is editing, and nobody can edit whom he may not open", async () => {
    for (const who of ["clerk", "second"]) await open(who, HANAKO);
    const closed = await take("otherWard");
    expect(closed.code).toBe("purposeNeeded");
    const both = await Promise.all([take("clerk"), take("second")]);
    expect(both.map(({ code }) => code).toSorted()).toEqual(["", "personLocked"]);
    const winner = both[0].code === "" ? "clerk" : "second";
    expect((await release(winner)).status).toBe(200);
    expect(await lock("clerk")).toBeNull();
  });

  it("[A157] while one edits, the other is refused by the database with who and since when, sees it on the page, and takes over with a reason or after ten idle minutes", async () => {
    expect((await take("clerk")).status).toBe(200);
    const refused = await take("second");
    expect(refused).toMatchObject({ status: 409, code: "personLocked" });
    expect(String(refused.json["detail"])).toMatch(/h\.clerk が \d+:\d+ からこの人を編集しています/);
    expect(await lock("second")).toMatchObject({ heldBy: "h.clerk", mine: false });
    expect(await lock("clerk")).toMatchObject({ heldBy: "h.clerk", mine: true });
    // What is written in spite of it is refused by the table itself: a memo, a hold, a filing's next step, a plain INSERT.
    expect((await memo("second")).code).toBe("personLocked");
    expect((await memo("clerk")).status).toBe(200);
    const recipientId = desk?.hanako ?? 0;
    const held = await ask("second", "placeHold", {
      path: { recipientId },
      body: { kind: "hold", fromMonth: "2027-02", cause: "架空の理由" },
    });
    expect(held.code).toBe("personLocked");
    await expect(
      database.pool.query(
        "INSERT INTO allowance.hold (recipient_id, kind, from_month, cause, placed_by) VALUES ($1, 'hold', '2027-02-01', '架空', 'h.second')",
        [recipientId],
      ),
    ).rejects.toMatchObject({ constraint: "edit_lock_held" });

    // Taken over at once: not without saying why in words.
    expect((await take("second", "短い")).code).toBe("lockReasonNeeded");
    expect((await take("second", "架空: 本人が早退したため引き継ぐ")).status).toBe(200);
    expect((await memo("clerk")).code).toBe("personLocked");
    expect((await memo("second")).status).toBe(200);
    expect((await release("clerk")).status).toBe(200);
    expect(await lock("clerk")).toMatchObject({ heldBy: "h.second" });

    // Nine minutes: still held. Activity lengthens it. Ten minutes without any: the next one begins.
    const shift = async (minutes: number): Promise<void> => {
      await database.pool.query("DELETE FROM identity.clock_shift");
      await database.pool.query("INSERT INTO identity.clock_shift (shift) VALUES ($1::interval)", [
        `${String(minutes)} minutes`,
      ]);
    };
    await shift(9);
    expect((await take("clerk")).code).toBe("personLocked");
    expect((await take("second")).status).toBe(200);
    await open("clerk", HANAKO);
    await shift(18);
    await open("clerk", HANAKO);
    expect((await take("clerk")).code).toBe("personLocked");
    await shift(20);
    expect(await lock("clerk")).toBeNull();
    expect((await take("clerk")).status).toBe(200);
    expect((await history()).slice(-3)).toEqual([
      "h.clerk takenOver by h.second 架空: 本人が早退したため引き継ぐ",
      "h.second expired by h.clerk",
      "h.clerk open",
    ]);
    await database.pool.query("DELETE FROM identity.clock_shift");
  });

  it("what has ended stays as it is: no further end, no other name", async () => {
    for (const change of ["ended_at = NULL, ended_how = NULL, ended_by = NULL", "held_by = 'h.second'"]) {
      await expect(
        database.pool.query(`UPDATE allowance.edit_lock SET ${change} WHERE ended_how = 'takenOver'`),
      ).rejects.toMatchObject({ constraint: "edit_lock_kept" });
    }
  });
});
