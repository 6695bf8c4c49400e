/** 支援措置の先読み: a mark in a delivery that can't be taken in yet protects at once, and nothing that comes in any order weakens it. */
import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { listProtections } from "@hagukumi/allowance/contract.ts";
import { civilDate } from "@hagukumi/law/contract.ts";
import { createSender, layouts, type Sender, type Sent } from "@hagukumi/outside-sources/contract.ts";
import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { testContext, testFolder } from "../../../allowance/test/support/context.ts";
import { runRound } from "../../contract.ts";
import { agree, AS_OF, makeTown, settle, type SmallTown } from "../support/town.ts";

const database = useDatabase();
const dir = testFolder();
const context = testContext(database, dir, "renkei.batch");
let small: SmallTown;
/** Where the office writes; what arrives is copied into the store, in the order of the test */
let office: Sender;
let people: Map<string, readonly string[]>;
let recipients: readonly string[];

const columns = layouts.residents["1.0"];
const cellOf = (row: readonly string[], name: string): string => row[columns.indexOf(name)] ?? "";

/** The next row of somebody: one history number more, a move, and the mark as given. */
function told(number: string, mark: string, address = "架空町１丁目"): readonly string[] {
  const before = people.get(number);
  if (before === undefined) throw new Error(`nobody is ${number}`);
  const cells: Readonly<Record<string, string>> = {
    履歴番号: String(Number(cellOf(before, "履歴番号")) + 1),
    異動年月日: "2026-11-21",
    異動届出年月日: "2026-11-21",
    異動事由コード: "30",
    住所: address,
    支援措置区分: mark,
    支援措置開始年月日: mark === "1" || mark === "2" ? "2026-11-21" : "",
  };
  const row = columns.map((name, index) => cells[name] ?? before[index] ?? "");
  people.set(number, row);
  return row;
}

const send = async (...rows: readonly (readonly string[])[]): Promise<Sent> =>
  await office.send("residents", rows, { asOf: "2026-11-21" });

/** A delivery arrives: its data first, then its control file. */
function arrive({ controlPath }: Sent, as = ""): void {
  const folder = join(small.storeDir, "in", "residents");
  mkdirSync(folder, { recursive: true });
  const base = basename(controlPath, ".json");
  copyFileSync(join(dirname(controlPath), `${base}.csv`), join(folder, `${base}.csv`));
  copyFileSync(controlPath, join(folder, `${base}${as}.json`));
}

async function marked(number: string): Promise<boolean> {
  const { rows } = await database.pool.query<{ yes: boolean }>("SELECT allowance.is_protected($1) AS yes", [
    Number(number),
  ]);
  return rows[0]?.yes ?? false;
}

async function addressOf(number: string): Promise<string | undefined> {
  const { rows } = await database.pool.query<{ address: string }>(
    "SELECT address FROM allowance.person_current WHERE addressee_number = $1",
    [Number(number)],
  );
  return rows[0]?.address;
}

async function tasks(number: string, kind = "protection"): Promise<number> {
  const { rows } = await database.pool.query<{ n: number }>(
    "SELECT count(*)::int AS n FROM allowance.register_change WHERE kind = $2 AND addressee_number = $1",
    [Number(number), kind],
  );
  return rows[0]?.n ?? -1;
}

const standing = async (number: string) =>
  (await listProtections(database.pool, civilDate("2026-12-01"))).find(
    ({ addresseeNumber }) => addresseeNumber === Number(number),
  );

beforeAll(async () => {
  await agree(context);
  const made = await makeTown(dir, 150);
  small = made;
  await settle(context, made.cityDir);
  office = createSender(join(dir, "office"));
  people = new Map();
  for (const row of small.town.residents()) people.set(cellOf(row, "宛名番号"), row);
  arrive(await office.send("residents", small.town.residents(), { kind: "full", asOf: AS_OF }));
  await runRound(context, small.store);
  const { rows } = await database.pool.query<{ number: string }>(
    `SELECT lpad(r.addressee_number::text, 15, '0') AS number FROM allowance.recipient r JOIN allowance.recipient_window w USING (recipient_id)
     WHERE w.ended_from IS NULL AND NOT allowance.is_protected(r.addressee_number) AND EXISTS (SELECT FROM allowance.person_current p
       WHERE p.addressee_number = r.addressee_number AND p.resident_state = 1) ORDER BY 1`,
  );
  recipients = rows.map(({ number }) => number);
  expect(recipients.length).toBeGreaterThan(8);
});

/** The next recipient whom no test has used. */
function someone(): string {
  const [first, ...rest] = recipients;
  if (first === undefined) throw new Error("the city is too small");
  recipients = rest;
  return first;
}

describe("a mark behind a gap", () => {
  it("[A185] protects from the round in which it arrives, also as 仮支援措置; nothing else of the delivery is taken in; a broken file is not believed", async () => {
    const [victim, provisional, liar] = [someone(), someone(), someone()];
    const home = await addressOf(victim);
    const missing = await send(told(liar, "0"));
    const behind = await send(told(victim, "1", "架空町９丁目"), told(provisional, "2", "架空町８丁目"));
    // Cut on its way: it does not verify, so not even its marks are read.
    const broken = await office.send("residents", [told(liar, "1")], { asOf: "2026-11-21", fault: "flipped" });
    arrive(broken);
    expect(await runRound(context, small.store)).toMatchObject({ refused: 1, applied: 0 });
    expect(await marked(liar)).toBe(false);
    arrive(behind);
    expect(await runRound(context, small.store)).toMatchObject({ applied: 0, waiting: 1, protectedAhead: 2 });
    expect([await marked(victim), await marked(provisional)]).toEqual([true, true]);
    expect(await addressOf(victim)).toBe(home);
    // Work at the desk, once, and on the list where it comes from.
    expect([await tasks(victim), await tasks(provisional)]).toEqual([1, 1]);
    expect((await standing(victim))?.measures).toMatchObject([{ kind: "ahead", startsOn: "2026-11-21" }]);
    expect((await standing(provisional))?.measures).toMatchObject([{ kind: "aheadProvisional" }]);
    // Read once: the next rounds add nothing.
    expect(await runRound(context, small.store)).toMatchObject({ protectedAhead: 0 });
    // The gap closes: the delivery is taken in as ever, and from now on the register's own word counts.
    arrive(missing);
    expect(await runRound(context, small.store)).toMatchObject({ applied: 2, waiting: 0 });
    expect(await addressOf(victim)).toBe("架空町９丁目");
    expect(await tasks(victim)).toBe(1);
    expect(await standing(victim)).toMatchObject({ inRegister: true, provisionalInRegister: false, measures: [] });
    expect(await standing(provisional)).toMatchObject({ inRegister: true, provisionalInRegister: true, measures: [] });
    // The broken one is sent anew, and the register lets go of the victim: the mark stays until two people end it.
    people.set(liar, told(liar, "0"));
    const { rows } = await database.pool.query<{ n: number }>(
      "SELECT max(sequence)::int AS n FROM interchange.applied WHERE interface_code = 'residents'",
    );
    office = createSender(join(dir, "office-2"), { residents: rows[0]?.n ?? 0 });
    arrive(await send(told(victim, "0", "架空町７丁目")), "_later");
    expect(await runRound(context, small.store)).toMatchObject({ applied: 1 });
    expect(await marked(victim)).toBe(true);
    expect(await standing(victim)).toMatchObject({ inRegister: false, attention: "registerEnded" });
    // One piece of work that the register let go; the version that the city adds to keep the mark is no correction of the register.
    expect(await tasks(victim)).toBe(2);
    expect(await tasks(victim, "correction")).toBe(0);
  });

  it("stands where its row is refused for another reason, and where the value is one that nobody knows", async () => {
    const [first, second] = [someone(), someone()];
    const impossible = told(first, "1").map((cell, index) => (columns[index] === "異動年月日" ? "2026-02-30" : cell));
    arrive(await send(impossible, told(second, "9")));
    expect(await runRound(context, small.store)).toMatchObject({ applied: 1, rejectedRows: 2, protectedAhead: 2 });
    expect([await marked(first), await marked(second)]).toEqual([true, true]);
  });

  it("waits for somebody who is not in the register yet, and is there before the first row of that person can be seen", async () => {
    const like = people.get(someone()) ?? [];
    const number = "000000777777777";
    const row = (history: string, mark: string): readonly string[] => {
      const cells: Readonly<Record<string, string>> = {
        宛名番号: number,
        履歴番号: history,
        支援措置区分: mark,
        支援措置開始年月日: "",
      };
      return columns.map((name, index) => cells[name] ?? like[index] ?? "");
    };
    const first = await send(row("1", "0"));
    arrive(await send(row("2", "1")));
    expect(await runRound(context, small.store)).toMatchObject({ applied: 0, waiting: 1 });
    expect(await marked(number)).toBe(false);
    arrive(first);
    expect(await runRound(context, small.store)).toMatchObject({ applied: 2 });
    // In the transaction of the unmarked first row, before the second one was taken in, the mark was set.
    const { rows } = await database.pool.query(
      `SELECT history_no AS history, revision, protected, sent_protected AS sent FROM allowance.person_history WHERE addressee_number = $1 ORDER BY 1, 2`,
      [Number(number)],
    );
    expect(rows).toEqual([
      { history: 1, revision: 1, protected: false, sent: null },
      { history: 1, revision: 2, protected: true, sent: false },
      { history: 2, revision: 1, protected: true, sent: null },
    ]);
  });

  it("in the full set of the night protects at once, beside the difference that it is", async () => {
    const number = someone();
    const all = small.town.residents().filter((row) => cellOf(row, "宛名番号") !== number);
    const { rows } = await database.pool.query<{ n: number }>(
      "SELECT max(sequence)::int AS n FROM interchange.applied WHERE interface_code = 'residents'",
    );
    const night = createSender(join(dir, "office-night"), { residents: rows[0]?.n ?? 0 });
    const sent = await night.send("residents", [...all, told(number, "1")], {
      kind: "reconciliation",
      asOf: "2026-11-21",
    });
    arrive(sent);
    expect(await runRound(context, small.store)).toMatchObject({ reconciled: 1 });
    expect(await marked(number)).toBe(true);
    expect(await tasks(number)).toBe(1);
  });
});

describe("any order", () => {
  it("[THR47] reordered, doubled and held back deliveries: at every moment the mark is as strong as the strictest that has arrived", async () => {
    const script = fc.record({
      marks: fc.array(fc.constantFrom("0", "1", "2"), { minLength: 3, maxLength: 3 }),
      order: fc.shuffledSubarray([0, 1, 2, 0, 1, 2], { minLength: 2 }),
    });
    const numbers = [someone(), someone()];
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(script, async ({ marks, order }) => {
        runs += 1;
        const strictest = new Map<string, boolean>();
        for (const number of numbers) strictest.set(number, await marked(number));
        const sent: { readonly sent: Sent; readonly number: string; readonly mark: string }[] = [];
        for (const [index, mark] of marks.entries()) {
          const number = numbers[index % numbers.length] ?? "";
          sent.push({ sent: await send(told(number, mark)), number, mark });
        }
        const seen = new Set<number>();
        for (const [turn, index] of [...order, 0, 1, 2].entries()) {
          const one = sent[index];
          if (one === undefined) continue;
          arrive(one.sent, seen.has(index) ? `_again${String(turn)}` : "");
          seen.add(index);
          await runRound(context, small.store);
          if (one.mark !== "0") strictest.set(one.number, true);
          for (const number of numbers) expect(await marked(number)).toBe(strictest.get(number));
        }
      }),
      { numRuns: 3 },
    );
    expect(runs).toBeGreaterThanOrEqual(3);
    expect(readdirSync(join(small.storeDir, "in", "residents")).length).toBeGreaterThan(10);
  });
});
