import type { Vault } from "@hagukumi/vault/contract.ts";
import { describe, expect, it } from "vitest";

import { drawNumber } from "../../../../vault/test/support/vault.ts";
import { changeNumber, enterNumber, numberStatus } from "../../src/entries/enter-number.ts";
import { numberPeriods, setNumberPeriod } from "../../src/entries/number-period.ts";
import { confirmEntry, rejectEntry } from "../../src/entries/confirm.ts";
import { settleEntries } from "../../src/entries/settle.ts";
import { evidence, linksOf, useAddressee } from "../support/addressee.ts";

const made = useAddressee();
const refusedWith = (code: string): unknown => expect.objectContaining({ code });
const key = (): string => crypto.randomUUID();

/** An entry of a made-up number, with a key of its own. */
function entryOf(addresseeNumber: number, number = drawNumber()): Parameters<typeof enterNumber>[1] {
  return { key: key(), systemCode: "allowance", addresseeNumber, number, evidence };
}

/** A vault that breaks before or after its work, at the named operation. */
function breaking(operation: string, when: "before" | "after"): Vault {
  const { vault } = made.it.vault;
  return {
    call: async (asked, statement, input) => {
      if (asked === operation && when === "before") throw new Error("the line is cut");
      const answer = await vault.call(asked, statement, input);
      if (asked === operation) throw new Error("the answer is lost");
      return answer;
    },
    close: async () => await Promise.resolve(),
  };
}

async function findings(kind: string, addresseeNumber: number): Promise<number> {
  const { rows } = await made.it.database.pool.query<{ count: number }>(
    "SELECT count(*) AS count FROM unified.finding WHERE kind = $1 AND addressee_number = $2",
    [kind, addresseeNumber],
  );
  return rows[0]?.count ?? 0;
}

describe("the first entry of a 個人番号", () => {
  it("[D113] is refused with a day of checking before 1 January 2016, when the use of 個人番号 began, or after the day of work", async () => {
    const request = { systemCode: "allowance", addresseeNumber: made.it.nextAddressee() };
    for (const [checkedOn, code] of [
      ["2015-12-31", "invalidValue"],
      ["2026-11-24", "numberMissing"],
    ] as const) {
      const refused = enterNumber(made.it.as(), {
        ...request,
        key: key(),
        number: drawNumber(),
        evidence: { ...evidence, checkedOn },
      });
      await expect(refused, checkedOn).rejects.toThrowError(refusedWith(code));
    }
    const first = await enterNumber(made.it.as(), {
      ...request,
      key: key(),
      number: drawNumber(),
      evidence: { ...evidence, checkedOn: "2016-01-01" },
    });
    expect(first.outcome).toBe("new");
  });

  it("[D90] since when numbers are used and since when they are held are two settings of two people; a number checked before the earlier is refused", async () => {
    const set = async (usedFrom: string, heldFrom: string, more: Readonly<Record<string, string>> = {}) =>
      await setNumberPeriod(made.it.as("kanri.ichiro"), {
        key: key(),
        systemCode: "pension",
        usedFrom,
        heldFrom,
        reason: "評価書の日付を市に確かめた",
        approvedBy: "kanri.niro",
        ...more,
      });
    await expect(set("2016-01-01", "2016-12-01", { approvedBy: "kanri.ichiro" })).rejects.toThrowError(
      refusedWith("samePerson"),
    );
    await expect(set("2015-12-31", "2016-12-01")).rejects.toThrowError(refusedWith("invalidValue"));
    await expect(set("2016-01-01", "2016-12-01", { systemCode: "nobody" })).rejects.toThrowError(
      refusedWith("systemUnknown"),
    );
    await expect(set("2016-01-01", "2016-12-01", { reason: " " })).rejects.toThrowError(refusedWith("invalidValue"));
    const checked = async (checkedOn: string) =>
      await enterNumber(made.it.as(), {
        key: key(),
        systemCode: "pension",
        addresseeNumber: made.it.nextAddressee(),
        number: drawNumber(),
        evidence: { ...evidence, checkedOn },
      });
    // The two days of the assessment: use from 1 January, the file from December 2016. Here the file's is the earlier one.
    await set("2017-07-18", "2016-12-01");
    await expect(checked("2016-11-30")).rejects.toThrowError(refusedWith("invalidValue"));
    expect((await checked("2016-12-01")).outcome).toBe("new");
    // Put right: use began earlier. The last setting counts, and none that would put an entry before the beginning.
    await set("2016-01-01", "2016-12-01");
    await expect(checked("2015-12-31")).rejects.toThrowError(refusedWith("invalidValue"));
    expect((await checked("2016-01-01")).outcome).toBe("new");
    await expect(set("2016-06-01", "2016-12-01")).rejects.toThrowError(refusedWith("invalidValue"));
    expect(await numberPeriods(made.it.as())).toContainEqual({
      systemCode: "pension",
      usedFrom: "2016-01-01",
      heldFrom: "2016-12-01",
    });
  });

  it("[D32] gives one person in three systems one number, which nobody can choose, change or give twice", async () => {
    const { enter, as, database } = made.it;
    const { number, addresseeNumber } = await enter();
    for (const systemCode of ["residentRegister", "residentTax"]) {
      expect((await enter({ number, addresseeNumber, systemCode })).outcome).toBe("known");
    }
    const { rows } = await database.pool.query<{ count: number; numbers: number; least: number }>(
      "SELECT count(*) AS count, count(DISTINCT unified_number) AS numbers, min(unified_number) AS least FROM unified.link WHERE addressee_number = $1 AND ended_at IS NULL",
      [addresseeNumber],
    );
    expect(rows[0]).toMatchObject({ count: 3, numbers: 1 });
    expect(String(rows[0]?.least)).toMatch(/^[1-9]\d{14}$/);
    await expect(
      database.pool.query("UPDATE unified.person SET unified_number = 100000000000001 WHERE unified_number = $1", [
        rows[0]?.least,
      ]),
    ).rejects.toThrow();
    expect(
      await enterNumber(as(), { key: key(), systemCode: "allowance", addresseeNumber, number, evidence }),
    ).toMatchObject({ outcome: "same" });
  });

  it("another number for an addressee who has one changes nothing and goes to the confirmation list", async () => {
    const { enter, as } = made.it;
    const { addresseeNumber } = await enter();
    const before = await linksOf(made.it);
    const request = { key: key(), systemCode: "allowance", addresseeNumber, number: drawNumber(), evidence };
    await expect(enterNumber(as(), request)).rejects.toThrowError(refusedWith("numberDiffers"));
    expect(await findings("sourceDiffers", addresseeNumber)).toBe(1);
    expect(await linksOf(made.it)).toEqual(before);
  });

  it("the number of another addressee of the same system is refused and goes to the confirmation list", async () => {
    const { enter, nextAddressee } = made.it;
    const { number } = await enter();
    const second = nextAddressee();
    await expect(enter({ number, addresseeNumber: second })).rejects.toThrowError(refusedWith("numberElsewhere"));
    expect(await findings("duplicateAddressee", second)).toBe(1);
    expect((await linksOf(made.it)).has(second)).toBe(false);
  });

  it("an unknown system, and a vault that says no, change nothing", async () => {
    const { enter, as, nextAddressee } = made.it;
    await expect(enter({ systemCode: "unknownSystem" })).rejects.toThrowError(refusedWith("systemUnknown"));
    const addresseeNumber = nextAddressee();
    const request = { key: key(), systemCode: "allowance", addresseeNumber, number: drawNumber(), evidence };
    await expect(enterNumber(as("nobody"), request)).rejects.toThrowError(refusedWith("rightMissing"));
    expect((await linksOf(made.it)).has(addresseeNumber)).toBe(false);
  });

  it("eight at the same moment for one person in one system link one addressee and no more", async () => {
    const { as, nextAddressee } = made.it;
    const number = drawNumber();
    const addressees = Array.from({ length: 8 }, nextAddressee);
    const results = await Promise.allSettled(
      addressees.map(
        async (addresseeNumber) =>
          await enterNumber(as(), { key: key(), systemCode: "allowance", addresseeNumber, number, evidence }),
      ),
    );
    expect(results.filter(({ status }) => status === "fulfilled").length).toBeLessThanOrEqual(1);
    await settleEntries(as(), 0); // those that gave up because the database was busy wait in the queue
    const links = await linksOf(made.it);
    expect(addressees.filter((each) => links.has(each))).toHaveLength(1);
  });
});

describe("an entry that stops on its way", () => {
  it("[D35] [A175] is numbered by the queue when the vault has the number, and said to be lost when it has not", async () => {
    const { as, nextAddressee, database } = made.it;
    await settleEntries(as(), 0); // what met another entry too often, in a test before this one
    const [reached, cut, twice] = [nextAddressee(), nextAddressee(), nextAddressee()];
    await expect(
      enterNumber(as("clerk.one", { vault: breaking("register", "after") }), entryOf(reached)),
    ).rejects.toThrow("the answer is lost");
    await expect(enterNumber(as("clerk.one", { vault: breaking("register", "before") }), entryOf(cut))).rejects.toThrow(
      "the line is cut",
    );
    expect((await numberStatus(as(), "allowance", reached)).state).toBe("waiting");
    expect(await settleEntries(as())).toEqual({ settled: 0, lost: 0 }); // younger than two minutes: still on its way
    expect(await settleEntries(as(), 0)).toEqual({ settled: 1, lost: 1 });
    expect(await settleEntries(as(), 0)).toEqual({ settled: 0, lost: 0 });
    const links = await linksOf(made.it);
    expect([links.has(reached), links.has(cut)]).toEqual([true, false]);
    expect((await numberStatus(as(), "allowance", cut)).state).toBe("none");
    // The clerk presses again after a lost answer: the same key, the same number, one person
    const again = entryOf(twice);
    await expect(enterNumber(as("clerk.one", { vault: breaking("register", "after") }), again)).rejects.toThrow(
      "the answer is lost",
    );
    expect(await enterNumber(as(), again)).toMatchObject({ outcome: "new" });
    const { rows } = await database.pool.query(
      "SELECT count(*) AS count FROM unified.link WHERE addressee_number = $1",
      [twice],
    );
    expect(rows).toEqual([{ count: 1 }]);
  });

  it("[A175] the business system holds no 団体内統合宛名番号: no column of its schema has one, and it may not read them", async () => {
    const { database, enter } = made.it;
    const { addresseeNumber } = await enter();
    const unified = (await linksOf(made.it)).get(addresseeNumber) ?? 0;
    const { rows } = await database.pool.query<{ name: string }>(
      `SELECT format('%I.%I.%I', table_schema, table_name, column_name) AS name FROM information_schema.columns
       WHERE table_schema IN ('allowance', 'annex1', 'lookup') AND (column_name ~ 'unified|integrated|individual_number|my_number' OR domain_schema = 'unified')`,
    );
    expect(rows).toEqual([]);
    const role = await database.pool.query<{ role: string }>(
      `SELECT role FROM unnest(ARRAY['hagukumi_allowance', 'hagukumi_desk', 'hagukumi_identity']) role, pg_class c
       WHERE c.relnamespace = 'unified'::regnamespace AND c.relkind = 'r' AND has_table_privilege(role, c.oid, 'SELECT, INSERT, UPDATE, DELETE')`,
    );
    expect(role.rows).toEqual([]);
    const usage = await database.pool.query(
      "SELECT has_schema_privilege('hagukumi_allowance', 'unified', 'USAGE') AS may",
    );
    expect(usage.rows).toEqual([{ may: false }]);
    const kept = await database.pool.query<{ text: string }>(
      "SELECT (response::text || request_digest) AS text FROM audit.command UNION ALL SELECT detail::text FROM audit.event",
    );
    expect(kept.rows.map(({ text }) => text).join()).not.toContain(String(unified));
  });
});

describe("confirmation by another person", () => {
  it("is refused to who entered it, and with another number; then it holds once", async () => {
    const { as, enter } = made.it;
    const { entryId, number, addresseeNumber } = await enter();
    expect(await numberStatus(as(), "allowance", addresseeNumber)).toMatchObject({
      state: "unconfirmed",
      entryId,
      enteredBy: "clerk.one",
    });
    await expect(confirmEntry(as(), { key: key(), entryId, number })).rejects.toThrowError(refusedWith("samePerson"));
    await expect(confirmEntry(as("clerk.two"), { key: key(), entryId, number: drawNumber() })).rejects.toThrowError(
      refusedWith("numberDiffers"),
    );
    expect((await numberStatus(as(), "allowance", addresseeNumber)).state).toBe("unconfirmed");
    await confirmEntry(as("clerk.two"), { key: key(), entryId, number });
    expect(await numberStatus(as(), "allowance", addresseeNumber)).toMatchObject({
      state: "confirmed",
      confirmedBy: "clerk.two",
    });
    await expect(confirmEntry(as("clerk.two"), { key: key(), entryId, number })).rejects.toThrowError(
      refusedWith("entrySettled"),
    );
    await expect(confirmEntry(as("clerk.two"), { key: key(), entryId: entryId + 999, number })).rejects.toThrowError(
      refusedWith("entryUnknown"),
    );
  });

  it("the database refuses the same person too", async () => {
    const { database, enter } = made.it;
    const { entryId } = await enter();
    await expect(
      database.pool.query(
        "INSERT INTO unified.confirmation (entry_id, confirmed, confirmed_by) VALUES ($1, true, 'clerk.one')",
        [entryId],
      ),
    ).rejects.toMatchObject({ constraint: "confirmation_two_people" });
  });

  it("a wrong entry is sent back with a reason: the link ends, the wrong number is to be erased, the right one may be entered", async () => {
    const { as, enter, vault } = made.it;
    const { entryId, addresseeNumber, number } = await enter();
    await expect(rejectEntry(as("clerk.two"), { key: key(), entryId, reason: "誤" })).rejects.toThrowError(
      refusedWith("invalidValue"),
    );
    const { erasureRequest } = await rejectEntry(as("clerk.two"), { key: key(), entryId, reason: "書類と番号が違う" });
    expect((await numberStatus(as(), "allowance", addresseeNumber)).state).toBe("none");
    await vault.ask("erase", { requestId: erasureRequest ?? 0 });
    expect(await vault.ask("find", { number })).toEqual({ personRef: null, former: false });
    expect((await enter({ addresseeNumber })).outcome).toBe("new");
  });
});

describe("a change of the number", () => {
  it("[A183] without a number is refused; the 団体内統合宛名番号 stays, another person confirms, a wrong change is undone, and a mismatch is listed", async () => {
    const { as, enter, nextAddressee, vault } = made.it;
    await expect(changeNumber(as(), entryOf(nextAddressee()))).rejects.toThrowError(refusedWith("numberMissing"));
    const { addresseeNumber, number, entryId } = await enter();
    await confirmEntry(as("clerk.two"), { key: key(), entryId, number });
    const before = (await linksOf(made.it)).get(addresseeNumber);
    const taken = await enter();
    await expect(changeNumber(as(), entryOf(addresseeNumber, taken.number))).rejects.toThrowError(
      refusedWith("numberOfOther"),
    );
    const wrong = drawNumber();
    const mistaken = await changeNumber(as(), entryOf(addresseeNumber, wrong));
    expect((await numberStatus(as(), "allowance", addresseeNumber)).state).toBe("unconfirmed");
    await rejectEntry(as("clerk.two"), { key: key(), entryId: mistaken.entryId, reason: "別の人の通知書だった" });
    expect(await vault.ask("find", { number: wrong })).toEqual({ personRef: null, former: false });
    expect((await numberStatus(as(), "allowance", addresseeNumber)).state).toBe("confirmed");
    const next = drawNumber();
    const changed = await changeNumber(as(), entryOf(addresseeNumber, next));
    await confirmEntry(as("clerk.two"), { key: key(), entryId: changed.entryId, number: next });
    expect((await linksOf(made.it)).get(addresseeNumber)).toBe(before);
    // Who still writes the old number is told that it differs, and the case is listed.
    await expect(enterNumber(as(), entryOf(addresseeNumber, number))).rejects.toThrowError(
      refusedWith("numberDiffers"),
    );
    expect(await findings("sourceDiffers", addresseeNumber)).toBe(1);
  });
});
