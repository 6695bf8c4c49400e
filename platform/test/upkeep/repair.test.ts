/** データの補修 on a real database: what is refused, what is recorded, and that nothing of it outlives its transaction. */
import { beforeAll, describe, expect, it } from "vitest";

import { answerOrder, putOrder, toldOf, type UpkeepContext, type UpkeepRight } from "../../src/upkeep/orders.ts";
import { repairRecord, runRepair } from "../../src/upkeep/repair.ts";
import { useDatabase } from "../support/cluster.ts";

const database = useDatabase();
const as = (operator: string): UpkeepContext => ({ pool: database.pool, operator });
const HOUR = 3_600_000;
const soon = (from = -HOUR, to = HOUR) => ({ from: new Date(Date.now() + from), to: new Date(Date.now() + to) });

async function give(staff: string, right: UpkeepRight): Promise<void> {
  const order = await putOrder(as("kanri.a"), { kind: "right", staff, right }, soon(-HOUR, 24 * HOUR), "保守の当番");
  await answerOrder(as("kanri.b"), order.orderId, order.digest, true);
}

const TABLES = ["allowance.code"];
const FIX = "UPDATE allowance.code SET label = '直した名前' WHERE domain = (SELECT min(domain) FROM allowance.code)";
const repairOf = (statements: readonly string[], tables: readonly string[] = TABLES) =>
  ({ kind: "repair", consignmentNo: "委-2026-17", tables, statements }) as const;

async function approved(
  statements: readonly string[],
  window = soon(),
  tables: readonly string[] = TABLES,
): Promise<number> {
  const order = await putOrder(as("hoshu.a"), repairOf(statements, tables), window, "委託の指示書 17号");
  await answerOrder(as("hoshu.b"), order.orderId, order.digest, true);
  return order.orderId;
}

const leftovers = async (): Promise<unknown> =>
  (
    await database.pool.query(
      `SELECT (SELECT count(*)::int FROM pg_trigger WHERE tgname = 'zz_repair_image') AS triggers,
         (SELECT count(*)::int FROM information_schema.role_table_grants WHERE grantee = 'hagukumi_repair') AS grants`,
    )
  ).rows[0];

const byText = (left: object, right: object): number => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1);

const refused = async (statements: readonly string[], tables: readonly string[], code: string): Promise<void> => {
  const orderId = await approved(statements, soon(), tables);
  await expect(runRepair(as("hoshu.a"), orderId, statements), statements.join()).rejects.toMatchObject({ code });
  // All of it was taken back, the use of the order too.
  expect((await repairRecord(as("kansa"), orderId)).usedBy).toBeNull();
};

const day = (text: string) => new Date(`${text}T00:00:00Z`);

describe("repair of data by hand", () => {
  beforeAll(async () => {
    await give("hoshu.a", "repair.order");
    await give("hoshu.b", "repair.approve");
  });

  it("[D119] is refused without an order, without the right, by one person alone, and with other statements than those approved", async () => {
    await expect(runRepair(as("hoshu.a"), 999_999, [FIX])).rejects.toMatchObject({ code: "upkeepUnknown" });
    await expect(putOrder(as("dareka"), repairOf([FIX]), soon(), "指示書なし")).rejects.toMatchObject({
      code: "upkeepRight",
    });
    const order = await putOrder(as("hoshu.a"), repairOf([FIX]), soon(), "委託の指示書 16号");
    await expect(runRepair(as("hoshu.a"), order.orderId, [FIX])).rejects.toMatchObject({ code: "upkeepNotGranted" });
    await expect(answerOrder(as("hoshu.a"), order.orderId, order.digest, true)).rejects.toMatchObject({
      code: "upkeepTwoPeople",
    });
    await expect(answerOrder(as("dareka"), order.orderId, order.digest, true)).rejects.toMatchObject({
      code: "upkeepRight",
    });
    await expect(answerOrder(as("hoshu.b"), order.orderId, "0".repeat(64), true)).rejects.toMatchObject({
      code: "upkeepContent",
    });
    await answerOrder(as("hoshu.b"), order.orderId, order.digest, true);
    await expect(runRepair(as("hoshu.a"), order.orderId, [`${FIX} OR true`])).rejects.toMatchObject({
      code: "upkeepContent",
    });
    // Right, then: before and after of each row, who ordered, who approved, who did it, and it works once.
    const before = (
      await database.pool.query(
        "SELECT to_jsonb(c) AS row FROM allowance.code c WHERE domain = (SELECT min(domain) FROM allowance.code) ORDER BY 1",
      )
    ).rows as { row: object }[];
    const { touched } = await runRepair(as("hoshu.a"), order.orderId, [FIX]);
    expect(touched).toEqual([before.length]);
    const record = await repairRecord(as("kansa"), order.orderId);
    expect(record).toMatchObject({
      orderedBy: "hoshu.a",
      answeredBy: "hoshu.b",
      usedBy: "hoshu.a",
      whole: true,
      content: { consignmentNo: "委-2026-17" },
    });
    expect(record.images.map((image) => image.before as object).toSorted(byText)).toEqual(
      before.map(({ row }) => row).toSorted(byText),
    );
    expect(record.images.map(({ before: was }) => ({ ...(was as object), label: "直した名前" }))).toEqual(
      record.images.map(({ after }) => after),
    );
    await expect(runRepair(as("hoshu.a"), order.orderId, [FIX])).rejects.toMatchObject({ code: "upkeepUsed" });
    expect(await leftovers()).toEqual({ triggers: 0, grants: 0 });
    // A record that was changed afterwards is found.
    await database.pool.query(
      "UPDATE upkeep.repair_image SET before = jsonb_set(before, '{label}', '\"ほかの名前\"') WHERE order_id = $1 AND seq = 1",
      [order.orderId],
    );
    expect((await repairRecord(as("kansa"), order.orderId)).whole).toBe(false);
  });

  it("[THR90] outside the window of its order a command is refused, before it and after it, and the record of what was done is complete", async () => {
    const early = await approved([FIX], soon(HOUR, 2 * HOUR));
    const late = await approved([FIX], soon(-2 * HOUR, -HOUR));
    for (const orderId of [early, late])
      await expect(runRepair(as("hoshu.a"), orderId, [FIX])).rejects.toMatchObject({ code: "upkeepWindow" });
    expect((await repairRecord(as("kansa"), late)).images).toEqual([]);
    const statements = [
      'INSERT INTO allowance.code SELECT (jsonb_populate_record(c, \'{"code": "ZZ9", "identifier": "zz9"}\')).* FROM allowance.code c LIMIT 1',
      "UPDATE allowance.code SET label = '二度目' WHERE code = 'ZZ9'",
      "DELETE FROM allowance.code WHERE code = 'ZZ9'",
    ];
    const orderId = await approved(statements);
    expect((await runRepair(as("hoshu.c"), orderId, statements)).touched).toEqual([1, 1, 1]);
    const record = await repairRecord(as("kansa"), orderId);
    // Followed from row to row: what one statement left is what the next found.
    expect(record.images.map(({ statement, deed }) => [statement, deed])).toEqual([
      [1, "INSERT"],
      [2, "UPDATE"],
      [3, "DELETE"],
    ]);
    expect(record.images[1]?.before).toEqual(record.images[0]?.after);
    expect(record.images[2]?.before).toEqual(record.images[1]?.after);
    expect(record).toMatchObject({
      usedBy: "hoshu.c",
      whole: true,
      reason: "委託の指示書 17号",
      detail: { images: 3 },
    });
  });

  it("never touches what is append only, another table than those ordered, or the end of its own transaction", async () => {
    await refused(["DELETE FROM allowance.ledger_entry"], ["allowance.ledger_entry"], "repairTable");
    await refused(["DELETE FROM identity.staff"], ["identity.staff"], "repairTable");
    await refused([FIX, "DELETE FROM allowance.ledger_entry"], TABLES, "repairStatement");
    await refused([FIX, "UPDATE allowance.code_domain SET domain = domain"], TABLES, "repairStatement");
    await refused([FIX, "UPDATE allowance.code SET label = label; COMMIT"], TABLES, "repairStatement");
    await refused(["COMMIT"], TABLES, "repairStatement");
    expect(await leftovers()).toEqual({ triggers: 0, grants: 0 });
  });

  it("who is told of an alarm is decided by two people for a time: on each day those of that day", async () => {
    const route = async (told: readonly string[], from: string, to: string): Promise<void> => {
      const order = await putOrder(
        as("kanri.a"),
        { kind: "alarmRoute", alarm: "backup", told },
        { from: day(from), to: day(to) },
        "警報の当番の割り当て",
      );
      expect(await toldOf(as("x"), "backup", day(from))).toEqual([]);
      await answerOrder(as("kanri.b"), order.orderId, order.digest, true);
    };
    await route(["unyo.a", "unyo.b"], "2026-12-01", "2027-01-01");
    await route(["unyo.c"], "2027-01-01", "2027-02-01");
    expect(await toldOf(as("x"), "backup", day("2026-12-31"))).toEqual(["unyo.a", "unyo.b"]);
    expect(await toldOf(as("x"), "backup", day("2027-01-01"))).toEqual(["unyo.c"]);
    expect(await toldOf(as("x"), "backup", day("2027-02-01"))).toEqual([]);
    expect(await toldOf(as("x"), "clock", day("2026-12-31"))).toEqual([]);
  });
});
