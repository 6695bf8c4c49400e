/** 個人番号の消去: nobody erases alone, nothing that another office still uses goes, and what broke off between two stores is ended. */
import { describe, expect, it } from "vitest";

import { checkConsistency } from "../../src/consistency/check.ts";
import { listFindings } from "../../src/consistency/list.ts";
import { numberStatus } from "../../src/entries/enter-number.ts";
import { rejectEntry } from "../../src/entries/confirm.ts";
import { eraseNumbers, getErasure, listErasures, numbersHeld, requestErasures } from "../../src/erasure/erasure.ts";
import { useAddressee } from "../support/addressee.ts";

const made = useAddressee();
const refusedWith = (code: string): unknown => expect.objectContaining({ code });
const key = (): string => crypto.randomUUID();
const reason = "架空の規程による保存期間の経過";

const ask = async (addresseeNumbers: readonly number[], operator = "clerk.one") =>
  await requestErasures(made.it.as(operator), {
    key: key(),
    systemCode: "allowance",
    addresseeNumbers,
    rule: "retentionOver",
    reason,
  });

describe("消去", () => {
  it("of a number that another office uses, of nobody's number and of one that is asked for already is refused, for all of the request", async () => {
    const { enter, as } = made.it;
    const shared = await enter();
    await enter({ number: shared.number, systemCode: "residentTax" });
    const own = await enter();
    await expect(ask([own.addresseeNumber, shared.addresseeNumber])).rejects.toThrowError(
      refusedWith("numberElsewhere"),
    );
    await expect(ask([own.addresseeNumber, 88_888])).rejects.toThrowError(refusedWith("numberMissing"));
    expect((await listErasures(as())).map((each) => each.addresseeNumber)).not.toContain(own.addresseeNumber);
    await ask([own.addresseeNumber]);
    await expect(ask([own.addresseeNumber])).rejects.toThrowError(refusedWith("duplicate"));
  });

  it("is done by another person; number, link and index are gone, the record has no number, and the check finds nothing missing", async () => {
    const { enter, as, database } = made.it;
    const [one, two, stays] = [await enter(), await enter(), await enter()];
    const numbers = [one.addresseeNumber, two.addresseeNumber];
    const { requestIds } = await ask(numbers);
    await expect(eraseNumbers(as("clerk.one"), { key: key(), requestIds })).rejects.toThrowError(
      refusedWith("samePerson"),
    );
    // The database refuses it too, whatever the program does.
    await expect(
      database.pool.query("INSERT INTO unified.erasure VALUES ($1, 1, '2027-01-01', 'clerk.one')", [requestIds[0]]),
    ).rejects.toMatchObject({ constraint: "erasure_two_people" });
    await expect(getErasure(as(), requestIds[0] ?? 0)).rejects.toThrowError(refusedWith("erasureUnknown"));
    expect(await eraseNumbers(as("clerk.two"), { key: key(), requestIds })).toEqual({ erased: 2, records: 2 });
    await expect(eraseNumbers(as("clerk.two"), { key: key(), requestIds })).rejects.toThrowError(
      refusedWith("erasureUnknown"),
    );
    expect(await numbersHeld(as(), "allowance", [...numbers, stays.addresseeNumber])).toEqual([stays.addresseeNumber]);
    for (const number of numbers) expect((await numberStatus(as(), "allowance", number)).state).toBe("none");
    const erased = await getErasure(as(), requestIds[0] ?? 0);
    expect(erased).toMatchObject({ addresseeNumber: one.addresseeNumber, reason, requestedBy: "clerk.one" });
    expect(erased.erased).toMatchObject({ records: 1, by: "clerk.two" });
    expect(JSON.stringify(await listErasures(as()))).not.toContain(one.number.exposeDigits());
    await checkConsistency(as());
    const found = (await listFindings(as())).map(({ addresseeNumber }) => addresseeNumber);
    for (const number of numbers) expect(found).not.toContain(number);
    // Typed again, it is a new entry of a new person.
    expect((await enter({ addresseeNumber: one.addresseeNumber, number: one.number })).outcome).toBe("new");
  });

  it("broken off after the vault has erased, it is ended by the same person", async () => {
    const { enter, as, vault } = made.it;
    const { addresseeNumber } = await enter();
    const { requestIds } = await ask([addresseeNumber]);
    const [requestId = 0] = requestIds;
    const first = await vault.ask("erase", { requestId }, { actor: "clerk.two" });
    expect(await eraseNumbers(as("clerk.two"), { key: key(), requestIds })).toEqual({
      erased: 1,
      records: first.records,
    });
  });

  it("of a number that was sent back as wrong is on the same list", async () => {
    const { enter, as } = made.it;
    const { entryId, addresseeNumber } = await enter();
    const { erasureRequest } = await rejectEntry(as("clerk.two"), { key: key(), entryId, reason: "書類と番号が違う" });
    expect(await listErasures(as())).toContainEqual(
      expect.objectContaining({ requestId: erasureRequest, addresseeNumber, rule: "wrongEntry", erased: null }),
    );
  });
});
