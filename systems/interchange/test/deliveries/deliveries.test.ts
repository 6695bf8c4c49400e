/** Deliveries by file, good and bad, through the real register. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { testContext, testFolder } from "../../../allowance/test/support/context.ts";
import {
  applyDeliveries,
  clearRejects,
  interfaceStates,
  listDeliveries,
  openRejects,
  receiveDeliveries,
  rejectedLines,
  requestResend,
} from "../../contract.ts";
import { agree, makeTown, settle, type SmallTown } from "../support/town.ts";

const database = useDatabase();
const dir = testFolder();
const context = testContext(database, dir, "renkei.batch");
let small: SmallTown;

beforeAll(async () => {
  await agree(context);
  const made = await makeTown(dir, 120);
  small = made;
  await settle(context, made.cityDir);
  // The office's stream begins with everything it has: nothing of it is new.
  await made.sender.send("residents", made.town.residents(), { kind: "full", asOf: "2026-11-20" });
  await round();
});

async function round(): Promise<Awaited<ReturnType<typeof applyDeliveries>> & { received: number; broken: number }> {
  const { received, refused } = await receiveDeliveries(context, small.store);
  return { ...(await applyDeliveries(context, small.store)), received, broken: refused };
}

const stateOf = async (interfaceCode: string) =>
  (await interfaceStates(database.pool, context.today)).find((each) => each.interfaceCode === interfaceCode);

async function historyOf(number: string): Promise<readonly number[]> {
  const { rows } = await database.pool.query<{ history_no: number }>(
    "SELECT history_no FROM allowance.person_history WHERE addressee_number = $1 ORDER BY history_no, revision",
    [Number(number)],
  );
  return rows.map(({ history_no }) => history_no);
}

describe("deliveries of the residents' register", () => {
  it("[A169] a delivery that was cut, changed, or counts wrongly is not taken in; the gap raises an alarm, and the resend closes it", async () => {
    const faults = ["cut", "flipped", "counted"] as const;
    const numbers: string[] = [];
    for (const fault of faults) {
      const day = small.town.live({ movesWithin: 1 });
      numbers.push(day.residents[0]?.[0] ?? "");
      await small.sender.send("residents", day.residents, { asOf: day.date, fault });
    }
    const before = await Promise.all(numbers.map(historyOf));
    const lost = small.town.live({ movesWithin: 1 });
    await small.sender.send("residents", lost.residents, { asOf: lost.date, fault: "lost" });
    const good = small.town.live({ movesWithin: 1 });
    await small.sender.send("residents", good.residents, { asOf: good.date });
    const after = good.residents[0]?.[0] ?? "";

    // Four announcements came (the lost one did not); two fail on arrival, the miscounted one waits behind them.
    expect(await round()).toMatchObject({ received: 4, broken: 2, applied: 0, waiting: 2 });
    // Not one row of any of them, and nothing of what came after the gap.
    expect(await Promise.all(numbers.map(historyOf))).toEqual(before);
    const state = await stateOf("residents");
    // Sent so far: 1 full, 2 cut, 3 flipped, 4 counted, 5 lost, 6 good.
    expect(state).toMatchObject({
      lastSequence: 1,
      missing: [
        { from: 2, to: 3 },
        { from: 5, to: 5 },
      ],
      waiting: 2,
    });

    await requestResend(context, small.store, {
      interfaceCode: "residents",
      from: 2,
      to: 3,
      reason: "ファイルが壊れていた",
    });
    expect((await small.sender.answerResends()).map(({ sequence, attempt }) => [sequence, attempt])).toEqual([
      [2, 2],
      [3, 2],
    ]);
    // 2 and 3 are whole now. 4 is next: its count does not fit, so it is refused whole and 6 goes on waiting.
    expect(await round()).toMatchObject({ received: 2, broken: 0, applied: 2, refused: 1, waiting: 1 });
    expect(await historyOf(numbers[2] ?? "")).toEqual(before[2]);
    expect((await openRejects(database.pool)).map(({ sequence }) => sequence)).toContain(4);

    await requestResend(context, small.store, { interfaceCode: "residents", from: 4, to: 5, reason: "件数違いと欠番" });
    await small.sender.answerResends();
    expect(await round()).toMatchObject({ received: 2, applied: 3, waiting: 0 });
    expect(await stateOf("residents")).toMatchObject({ lastSequence: 6, missing: [], stale: false });
    for (const number of [...numbers, after]) expect((await historyOf(number)).length).toBeGreaterThan(1);
    // The broken sendings stay in the book, with why.
    const listed = await listDeliveries(database.pool, { interfaceCode: "residents" });
    expect(listed.filter(({ state: is }) => is === "refused")).toHaveLength(3);
    expect(listed.find(({ sequence, attempt }) => sequence === 3 && attempt === 1)?.reason).toContain("ハッシュ");
  });

  it("[A169] a refused row is listed with its line and reason, the others live, and it stays open until somebody has dealt with it", async () => {
    const day = small.town.live({ births: 2 });
    const [first = [], second = []] = day.residents;
    const bad = second.map((cell, index) => (index === 14 ? "2026-02-30" : cell));
    await small.sender.send("residents", [first, bad], { asOf: day.date });
    expect(await round()).toMatchObject({ applied: 1, rejectedRows: 1 });
    expect(await historyOf(first[0] ?? "")).toEqual([1]);
    expect(await historyOf(second[0] ?? "")).toEqual([]);
    const [open] = (await openRejects(database.pool)).filter(({ rejected }) => rejected > 0);
    expect(open).toMatchObject({ state: "applied", added: 1, rejected: 1 });
    // The header is line 1, so the second row stands on line 3.
    const lines = await rejectedLines(database.pool, open?.deliveryId ?? 0);
    expect(lines).toEqual([{ column: "生年月日", code: "dateImpossible", lines: 1, first: [3] }]);
    expect(readFileSync(open?.listPath ?? "", "utf8")).toContain("dateImpossible");

    // The office sends the row again, right, in its next difference.
    await small.sender.send("residents", [second], { asOf: day.date });
    expect(await round()).toMatchObject({ applied: 1, rejectedRows: 0 });
    expect(await historyOf(second[0] ?? "")).toEqual([1]);
    const clear = { deliveryId: open?.deliveryId ?? 0, reason: "直した行が次の差分で届いた" };
    await clearRejects(context, clear);
    await expect(clearRejects(context, clear)).rejects.toMatchObject({ code: "rejectsCleared" });
    expect(await openRejects(database.pool)).toEqual([]);
  });

  it("the same delivery twice, under any name and in any order, changes nothing the second time", async () => {
    const one = small.town.live({ movesWithin: 1 });
    const two = small.town.live({ movesWithin: 1 });
    const early = await small.sender.send("residents", one.residents, { asOf: one.date, fault: "twice" });
    const hidden = early.controlPath.replace(".json", ".held");
    const copy = early.controlPath.replace(".json", "_copy.json");
    renameSync(early.controlPath, hidden);
    renameSync(copy, `${hidden}2`);
    await small.sender.send("residents", two.residents, { asOf: two.date, fault: "twice" });
    // The later one is there first: it waits, its copy is put aside.
    expect(await round()).toMatchObject({ received: 2, applied: 0, duplicate: 1, waiting: 1 });
    renameSync(hidden, early.controlPath);
    renameSync(`${hidden}2`, copy);
    expect(await round()).toMatchObject({ received: 2, applied: 2, duplicate: 1, waiting: 0 });
    const { rows } = await database.pool.query<{ n: number }>(
      "SELECT count(*)::int AS n FROM allowance.person_history",
    );
    expect(await round()).toMatchObject({ received: 0, applied: 0 });
    // Other content under a number that was taken in: nobody may choose silently.
    await small.sender.send("residents", one.residents, { asOf: two.date, fault: "renumbered" });
    expect(await round()).toMatchObject({ refused: 1, applied: 0 });
    const again = await database.pool.query<{ n: number }>("SELECT count(*)::int AS n FROM allowance.person_history");
    expect(again.rows).toEqual(rows);
  });

  it("[A168] two versions of an interface run side by side, and give the same register", async () => {
    const one = small.town.live({ movesWithin: 1 });
    const two = small.town.live({ movesWithin: 1 });
    await small.sender.send("residents", one.residents, { asOf: one.date, version: "1.0" });
    const asNew = small.town.residentsAs(two.residents, "2.0");
    expect(asNew[0]?.length).not.toBe(two.residents[0]?.length);
    await small.sender.send("residents", asNew, { asOf: two.date, version: "2.0" });
    const three = small.town.live({ movesWithin: 1 });
    await small.sender.send("residents", three.residents, { asOf: three.date, version: "1.0" });
    expect(await round()).toMatchObject({ received: 3, broken: 0, applied: 3, rejectedRows: 0 });
    // Every cell that came in the newer form stands in the register as if it had come in the older one.
    const { rows } = await database.pool.query<Record<string, string>>(
      `SELECT lpad(addressee_number::text, 15, '0') AS "宛名番号", history_no::text AS "履歴番号", event_code AS "異動事由コード", relation_code AS "続柄コード",
              postal_code AS "郵便番号", address AS "住所", valid_from::text AS "異動年月日" FROM allowance.person_history WHERE addressee_number = $1 ORDER BY history_no DESC LIMIT 1`,
      [Number(two.residents[0]?.[0])],
    );
    const sent = two.residents[0] ?? [];
    expect(Object.values(rows[0] ?? {})).toEqual([sent[0], sent[1], sent[10], sent[16], sent[18], sent[19], sent[7]]);
    // A version that nobody agreed on is turned back.
    await small.sender.send("residents", asNew, { asOf: two.date, version: "2.0" });
    const control = join(
      small.storeDir,
      "in",
      "residents",
      `431001_residents_差分_${String(small.sender.last("residents")).padStart(8, "0")}_01.json`,
    );
    writeFileSync(control, readFileSync(control, "utf8").replace('"2.0"', '"3.0"'));
    expect(await round()).toMatchObject({ broken: 1, applied: 0 });
    expect((await listDeliveries(database.pool, { limit: 1 }))[0]).toMatchObject({ reasonCode: "agreementMissing" });
    await requestResend(context, small.store, {
      interfaceCode: "residents",
      from: small.sender.last("residents"),
      to: small.sender.last("residents"),
      reason: "合意のない版",
    });
    await small.sender.answerResends();
    expect(await round()).toMatchObject({ applied: 1 });
  });
});

describe("only agreed people and items come through", () => {
  it("[D185] one item more than agreed on, and not a row of the delivery is taken in", async () => {
    const day = small.town.live({ births: 1 });
    await small.sender.send("residents", day.residents, { asOf: day.date, fault: "extraItem" });
    expect(await round()).toMatchObject({ broken: 1, applied: 0 });
    expect((await listDeliveries(database.pool, { limit: 1 }))[0]).toMatchObject({
      state: "refused",
      reasonCode: "itemNotAgreed",
    });
    expect((await listDeliveries(database.pool, { limit: 1 }))[0]?.reason).toContain("電話番号");
    expect(await historyOf(day.residents[0]?.[0] ?? "")).toEqual([]);
    // The same rows as agreed on are taken in.
    await requestResend(context, small.store, {
      interfaceCode: "residents",
      from: small.sender.last("residents"),
      to: small.sender.last("residents"),
      reason: "合意にない項目",
    });
    await small.sender.answerResends();
    expect(await round()).toMatchObject({ applied: 1 });
    expect(await historyOf(day.residents[0]?.[0] ?? "")).toEqual([1]);
  });

  it("[D181] of a tax delivery about everybody, only the rows of people whom the allowance needs are kept", async () => {
    const { rows: recipients } = await database.pool.query<{ n: string }>(
      "SELECT lpad(addressee_number::text, 15, '0') AS n FROM allowance.recipient WHERE kind = 'individual' ORDER BY 1 LIMIT 3",
    );
    // People who live alone, without a child anywhere, and have claimed nothing.
    const { rows: strangers } = await database.pool.query<{ n: string }>(
      `SELECT lpad(p.addressee_number::text, 15, '0') AS n FROM allowance.person_current p WHERE p.resident_state = 1 AND p.birth_date < '1960-01-01'
         AND NOT EXISTS (SELECT FROM allowance.person_current o WHERE o.household_number = p.household_number AND o.addressee_number <> p.addressee_number)
         AND NOT EXISTS (SELECT FROM allowance.claim c WHERE c.claimant_number = p.addressee_number) ORDER BY 1 LIMIT 4`,
    );
    expect([recipients.length, strangers.length]).toEqual([3, 4]);
    const figures = ["2025", "9", "4000000", "0", "0", "1000000", "1", "0", "2026-11-01"];
    const rows = [...recipients, ...strangers].map(({ n }) => [n, ...figures]);
    await small.sender.send("incomes", rows, { kind: "full", asOf: "2026-11-20" });
    expect(await round()).toMatchObject({ applied: 1, rejectedRows: 4 });
    const kept = await database.pool.query<{ n: string }>(
      "SELECT lpad(addressee_number::text, 15, '0') AS n FROM allowance.income_history WHERE history_no = 9 ORDER BY 1",
    );
    expect(kept.rows).toEqual(recipients);
    const [delivery] = await listDeliveries(database.pool, { interfaceCode: "incomes" });
    expect(await rejectedLines(database.pool, delivery?.deliveryId ?? 0)).toEqual([
      { column: "宛名番号", code: "personNotAgreed", lines: 4, first: [5, 6, 7, 8] },
    ]);
    // Not even the list of refused rows says who they were, or what they earn.
    const list = readFileSync(delivery?.listPath ?? "", "utf8");
    for (const { n } of strangers) expect(list).not.toContain(n);
    expect(list).not.toContain("4000000");
  });

  it("番号紐付情報 waits until the system that it is for takes it, and is handed on whole", async () => {
    await small.sender.send("certificateLinks", [["AB12CD34", "000000000012345", "2026-01-01", "", "1"]], {
      asOf: "2026-11-20",
    });
    expect(await round()).toMatchObject({ received: 1, applied: 0, waiting: 1 });
    const taken: string[][] = [];
    const onward = {
      unifiedAddressee: async (
        _context: unknown,
        { open }: { open: () => AsyncIterable<readonly { fields?: readonly string[] }[]> },
      ) => {
        for await (const batch of open()) taken.push(...batch.map(({ fields }) => [...(fields ?? [])]));
        return { added: taken.length, unchanged: 0, refused: 0, refusedList: null, lines: [] };
      },
    };
    expect(await applyDeliveries(context, small.store, { onward })).toMatchObject({ applied: 1, waiting: 0 });
    expect(taken).toEqual([["AB12CD34", "000000000012345", "2026-01-01", "", "1"]]);
  });
});
