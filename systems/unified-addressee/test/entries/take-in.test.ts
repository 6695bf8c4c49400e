import { describe, expect, it } from "vitest";

import { drawDigits } from "../../../../vault/test/support/vault.ts";
import { numberStatus } from "../../src/entries/enter-number.ts";
import { type NumberRow, takeInNumbers } from "../../src/entries/take-in.ts";
import { linksOf, useAddressee } from "../support/addressee.ts";

const made = useAddressee();

async function* feed(rows: readonly NumberRow[]): AsyncGenerator<NumberRow> {
  for (const row of rows) yield await Promise.resolve(row);
}

const zero = { read: 0, issued: 0, linked: 0, same: 0, changed: 0, differs: 0, duplicate: 0, invalid: 0 };

describe("numbers by feed", () => {
  it("each row ends in one count: wrong, double and differing ones are listed, the rest is issued; again changes nothing", async () => {
    const { as, nextAddressee, database } = made.it;
    const people = Array.from({ length: 600 }, () => ({ addresseeNumber: nextAddressee(), number: drawDigits() }));
    const [first, second] = people;
    if (first === undefined || second === undefined) throw new Error("nobody");
    const thief = nextAddressee();
    const rows: readonly NumberRow[] = [
      ...people,
      { addresseeNumber: nextAddressee(), number: `${first.number.slice(0, 11)}x` },
      { addresseeNumber: 0, number: drawDigits() },
      { addresseeNumber: thief, number: first.number },
      { addresseeNumber: second.addresseeNumber, number: drawDigits() },
      { addresseeNumber: first.addresseeNumber, number: first.number },
    ];
    const context = as("clerk.one");
    const result = await takeInNumbers(context, {
      key: "delivery-1",
      systemCode: "residentRegister",
      rows: feed(rows),
    });
    const { refused, ...counts } = result;
    // 605 = 600 issued + 1 same + 1 differs + 1 duplicate + 2 invalid
    expect(counts).toEqual({ ...zero, read: 605, issued: 600, same: 1, differs: 1, duplicate: 1, invalid: 2 });
    expect(refused.map(({ code }) => code).toSorted()).toEqual(["differs", "duplicate", "invalid", "invalid"]);
    const again = await takeInNumbers(context, { key: "delivery-2", systemCode: "residentRegister", rows: feed(rows) });
    expect({ ...again, refused: [] }).toEqual({
      ...zero,
      read: 605,
      same: 601,
      differs: 1,
      duplicate: 1,
      invalid: 2,
      refused: [],
    });
    const { rows: findings } = await database.pool.query(
      "SELECT kind, addressee_number AS a FROM unified.finding ORDER BY 1",
    );
    expect(findings).toEqual([
      { kind: "duplicateAddressee", a: thief },
      { kind: "sourceDiffers", a: second.addresseeNumber },
    ]);
    const { rows: issued } = await database.pool.query(
      "SELECT count(DISTINCT unified_number) AS numbers, count(*) AS links FROM unified.link WHERE ended_at IS NULL",
    );
    expect(issued).toEqual([{ numbers: 600, links: 600 }]);
    // What comes from the register needs no second person.
    expect((await numberStatus(context, "residentRegister", first.addresseeNumber)).state).toBe("confirmed");
  });

  it("a row that says that the number was changed changes it; the person keeps the 団体内統合宛名番号", async () => {
    const { as, enter, database } = made.it;
    const { addresseeNumber } = await enter({ systemCode: "residentRegister" });
    const number = drawDigits();
    const numberNow = async (): Promise<unknown> =>
      (
        await database.pool.query("SELECT unified_number FROM unified.link WHERE addressee_number = $1", [
          addresseeNumber,
        ])
      ).rows;
    const before = await numberNow();
    const result = await takeInNumbers(as(), {
      key: "delivery-3",
      systemCode: "residentRegister",
      rows: feed([{ addresseeNumber, number, changedOn: "2026-11-19" }]),
    });
    expect(result).toEqual({ ...zero, read: 1, changed: 1, refused: [] });
    expect(await numberNow()).toEqual(before);
    expect(
      (
        await takeInNumbers(as(), {
          key: "delivery-4",
          systemCode: "residentRegister",
          rows: feed([{ addresseeNumber, number }]),
        })
      ).same,
    ).toBe(1);
  });

  it("stops between two slices when asked, and goes on from there", async () => {
    const { as, nextAddressee } = made.it;
    const people = Array.from({ length: 700 }, () => ({ addresseeNumber: nextAddressee(), number: drawDigits() }));
    const abort = new AbortController();
    const context = as("clerk.one", { signal: abort.signal, onProgress: () => abort.abort() });
    await expect(
      takeInNumbers(context, { key: "delivery-5", systemCode: "allowance", rows: feed(people) }),
    ).rejects.toThrowError(expect.objectContaining({ code: "cancelled" }));
    const links = await linksOf(made.it);
    expect(people.filter(({ addresseeNumber }) => links.has(addresseeNumber))).toHaveLength(500);
    const rest = await takeInNumbers(as(), { key: "delivery-5b", systemCode: "allowance", rows: feed(people) });
    expect(rest).toMatchObject({ same: 500, issued: 200 });
  });
});
