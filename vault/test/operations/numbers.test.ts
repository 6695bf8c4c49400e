import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { IndividualNumber } from "../../src/number/individual-number.ts";
import { drawDigits, drawNumber, freshVault, useVault } from "../support/vault.ts";

const made = useVault();
const refusedWith = (code: string): unknown => expect.objectContaining({ code });
const key = (): string => `entry:${crypto.randomUUID()}`;

async function enter(number = drawNumber()): Promise<string> {
  const [one] = await made.it.ask("register", { entries: [{ entryKey: key(), number }] });
  return one?.personRef ?? "";
}

describe("entry", () => {
  it("an entry key with another number is refused, the same again gets its first answer", async () => {
    const { ask } = made.it;
    const number = drawNumber();
    const entryKey = key();
    const first = await ask("register", { entries: [{ entryKey, number }] });
    await expect(ask("register", { entries: [{ entryKey, number: drawNumber() }] })).rejects.toThrowError(
      refusedWith("entryReused"),
    );
    expect(await ask("register", { entries: [{ entryKey, number }] })).toEqual(first);
    expect(await ask("entries", { entryKeys: [entryKey, key()] })).toEqual(first);
    expect(first[0]?.outcome).toBe("new");
  });

  it("one number is one person, also in one call, and when forty enter it at the same moment", async () => {
    const { ask, database } = made.it;
    const number = drawNumber();
    const answers = await ask("register", {
      entries: [
        { entryKey: key(), number },
        { entryKey: key(), number },
      ],
    });
    expect(answers.map(({ outcome }) => outcome)).toEqual(["new", "known"]);
    const many = drawNumber();
    const all = await Promise.all(
      Array.from({ length: 40 }, async () => await ask("register", { entries: [{ entryKey: key(), number: many }] })),
    );
    expect(new Set(all.flat().map(({ personRef }) => personRef)).size).toBe(1);
    expect(all.flat().filter(({ outcome }) => outcome === "new")).toHaveLength(1);
    const { rows } = await database.pool.query<{ count: number }>(
      "SELECT count(*) AS count FROM vault.person WHERE person_ref = $1",
      [all[0]?.[0]?.personRef],
    );
    expect(rows[0]?.count).toBe(1);
  });

  it("a call with one bad entry changes nothing", async () => {
    const { ask } = made.it;
    const used = key();
    await ask("register", { entries: [{ entryKey: used, number: drawNumber() }] });
    const number = drawNumber();
    await expect(
      ask("register", {
        entries: [
          { entryKey: key(), number },
          { entryKey: used, number: drawNumber() },
        ],
      }),
    ).rejects.toThrowError(refusedWith("entryReused"));
    expect(await ask("find", { number })).toEqual({ personRef: null, former: false });
  });
});

describe("display, comparison, search", () => {
  it("give back what was entered, for 200 numbers in any order", async () => {
    const { ask, allow } = made.it;
    await made.it.database.pool.query("UPDATE vault.policy SET reveals_an_hour = 1000");
    await allow("clerk.show");
    const digits = Array.from({ length: 200 }, drawDigits);
    const entries = digits.map((text) => ({ entryKey: key(), number: IndividualNumber.read(text) }));
    const answers = await ask("register", { entries });
    const places =
      fc.sample(
        fc.shuffledSubarray(
          digits.map((_, place) => place),
          { minLength: 200 },
        ),
        1,
      )[0] ?? [];
    for (const place of places) {
      const personRef = answers[place]?.personRef ?? "";
      const { number } = await ask("reveal", { personRef }, { actor: "clerk.show" });
      expect(number.exposeDigits() === digits[place]).toBe(true);
    }
    const checks = answers.map(({ personRef }, place) => ({
      personRef,
      number: IndividualNumber.read(digits[(place + 1) % 200] ?? ""),
    }));
    expect(new Set((await ask("match", { checks })).map(({ result }) => result))).toEqual(new Set(["different"]));
    expect(await ask("match", { checks: [{ personRef: crypto.randomUUID(), number: drawNumber() }] })).toMatchObject([
      { result: "unknown" },
    ]);
  });

  it("a number that is not there is found nowhere, and a person who is not there cannot be shown", async () => {
    expect(await made.it.ask("find", { number: drawNumber() })).toEqual({ personRef: null, former: false });
    await expect(made.it.ask("reveal", { personRef: crypto.randomUUID() })).rejects.toThrowError(
      refusedWith("personUnknown"),
    );
  });
});

describe("change of a number", () => {
  it("to one of another person, or back to the one of before, is refused", async () => {
    const { ask } = made.it;
    const [mine, other, next] = [drawNumber(), drawNumber(), drawNumber()];
    const personRef = await enter(mine);
    await enter(other);
    await expect(ask("change", { entryKey: key(), personRef, number: other })).rejects.toThrowError(
      refusedWith("numberOfOther"),
    );
    const entryKey = key();
    expect(await ask("change", { entryKey, personRef, number: next })).toEqual({ personRef, outcome: "changed" });
    expect(await ask("change", { entryKey, personRef, number: next })).toEqual({ personRef, outcome: "changed" });
    expect(await ask("change", { entryKey: key(), personRef, number: next })).toEqual({ personRef, outcome: "known" });
    await expect(ask("change", { entryKey: key(), personRef, number: mine })).rejects.toThrowError(
      refusedWith("numberOfOther"),
    );
    await expect(
      ask("change", { entryKey: key(), personRef: crypto.randomUUID(), number: drawNumber() }),
    ).rejects.toThrowError(refusedWith("personUnknown"));
    expect(await ask("find", { number: mine })).toEqual({ personRef, former: true });
    expect(
      await ask("match", {
        checks: [
          { personRef, number: mine },
          { personRef, number: next },
        ],
      }),
    ).toEqual([
      { personRef, result: "former" },
      { personRef, result: "same" },
    ]);
    expect((await ask("reveal", { personRef })).number.equals(next)).toBe(true);
  });
});

describe("a change that was wrong", () => {
  it("is undone once, by its entry alone; then the number of before is in force and the wrong one is free", async () => {
    const { ask } = made.it;
    const [mine, wrong] = [drawNumber(), drawNumber()];
    const personRef = await enter(mine);
    const entryKey = key();
    await expect(ask("undoChange", { entryKey })).rejects.toThrowError(refusedWith("personUnknown"));
    await ask("change", { entryKey, personRef, number: wrong });
    expect(await ask("undoChange", { entryKey })).toEqual({ personRef });
    await expect(ask("undoChange", { entryKey })).rejects.toThrowError(refusedWith("personUnknown"));
    expect(await ask("find", { number: wrong })).toEqual({ personRef: null, former: false });
    expect((await ask("reveal", { personRef })).number.equals(mine)).toBe(true);
  });
});

describe("erasure", () => {
  it("needs two people, leaves neither key nor number nor index, and a record that holds none of them", async () => {
    const { ask, database, vault } = made.it;
    const [before, now] = [drawNumber(), drawNumber()];
    const personRef = await enter(before);
    await ask("change", { entryKey: key(), personRef, number: now });
    const indexes = [before, now].map((number) => vault.ring.indexOf(number, vault.ring.indexVersion));
    const { requestId } = await ask("requestErasure", { personRef, rule: "retentionOver", reason: "保存期間の経過" });
    await expect(ask("erase", { requestId })).rejects.toThrowError(refusedWith("samePerson"));
    await expect(ask("erase", { requestId: requestId + 1000 }, { actor: "clerk.two" })).rejects.toThrowError(
      refusedWith("erasureUnknown"),
    );
    // 2026-11-23 and 90 days that backups are kept: 7 left in November, 31 + 31 = 69 by the end of January, 21 more
    expect(await ask("erase", { requestId }, { actor: "clerk.two" })).toEqual({
      records: 2,
      backupsExpireOn: "2027-02-21",
    });
    // Broken off, the same person hears the same again; for everybody else there is nothing to erase any more.
    expect(await ask("erase", { requestId }, { actor: "clerk.two" })).toEqual({
      records: 2,
      backupsExpireOn: "2027-02-21",
    });
    await expect(ask("erase", { requestId })).rejects.toThrowError(refusedWith("erasureUnknown"));
    await expect(ask("reveal", { personRef })).rejects.toThrowError(refusedWith("personUnknown"));
    expect(await ask("find", { number: now })).toEqual({ personRef: null, former: false });
    const { rows } = await database.pool.query(
      "SELECT count(*) AS count FROM vault.number_index WHERE digest = ANY ($1)",
      [indexes],
    );
    expect(rows).toEqual([{ count: 0 }]);
    const kept = await database.pool.query<{ text: string }>(
      "SELECT row_to_json(x)::text AS text FROM (SELECT * FROM vault.erasure JOIN vault.erasure_request USING (request_id)) x",
    );
    for (const number of [before, now])
      expect(kept.rows.map(({ text }) => text).join()).not.toContain(number.exposeDigits());
    for (const index of indexes) expect(kept.rows.map(({ text }) => text).join()).not.toContain(index.toString("hex"));
    // The number may be entered again, as a new person.
    expect(await enter(now)).not.toBe(personRef);
  });
});

describe("what is stored", () => {
  it("cannot be moved to another person, row or key: every exchange is found", async () => {
    const test = await freshVault();
    try {
      const refs: string[] = [];
      for (let count = 0; count < 6; count += 1) {
        const [one] = await test.ask("register", { entries: [{ entryKey: key(), number: drawNumber() }] });
        refs.push(one?.personRef ?? "");
      }
      const [a, b, c, d, e, sound] = refs;
      const run = async (sql: string, ...values: (string | undefined)[]): Promise<unknown> =>
        await test.database.pool.query(sql, values);
      await run(
        "UPDATE vault.record SET sealed = (SELECT sealed FROM vault.record WHERE person_ref = $2) WHERE person_ref = $1",
        a,
        b,
      );
      await run(
        "UPDATE vault.person SET wrapped_dek = (SELECT wrapped_dek FROM vault.person WHERE person_ref = $2) WHERE person_ref = $1",
        b,
        c,
      );
      await run(
        "UPDATE vault.record SET sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1) WHERE person_ref = $1",
        c,
      );
      await run(
        "UPDATE vault.number_index SET digest = sha256(digest) WHERE record_id = (SELECT record_id FROM vault.record WHERE person_ref = $1)",
        d,
      );
      await run(
        "DELETE FROM vault.number_index WHERE record_id = (SELECT record_id FROM vault.record WHERE person_ref = $1)",
        e,
      );
      const found = await test.ask("inspect", { after: null, limit: 100 });
      expect(found.persons).toHaveLength(6);
      expect(new Map(found.faults.map(({ personRef, fault }) => [personRef, fault]))).toEqual(
        new Map([
          [a, "unreadable"],
          [b, "unreadable"],
          [c, "unreadable"],
          [d, "indexMismatch"],
          [e, "indexMissing"],
        ]),
      );
      for (const personRef of [a, b, c]) {
        await expect(test.ask("reveal", { personRef: personRef ?? "" })).rejects.toThrowError(
          refusedWith("recordDamaged"),
        );
      }
      await expect(test.ask("reveal", { personRef: sound ?? "" })).resolves.toBeDefined();
      // Slices go through all persons once.
      const seen: string[] = [];
      let after: string | null = null;
      do {
        const slice: { persons: string[]; next: string | null } = await test.ask("inspect", { after, limit: 2 });
        seen.push(...slice.persons);
        after = slice.next;
      } while (after !== null);
      expect(seen).toEqual(refs.toSorted());
    } finally {
      await test.drop();
    }
  });
});
