import { describe, expect, it } from "vitest";

import {
  approveConsolidation,
  endConsolidation,
  listConsolidations,
  proposeConsolidation,
} from "../../src/consolidation/consolidate.ts";
import { toUnified } from "../../src/conversion/convert.ts";
import { type NonResidentPerson, searchKey } from "../../src/non-residents/person.ts";
import {
  changeNonResident,
  endNonResident,
  numberNonResident,
  readNonResident,
  searchCandidates,
  takeOverResident,
} from "../../src/non-residents/register.ts";
import { addRelated, endRelated, relatedOn } from "../../src/non-residents/related.ts";
import { linksOf, useAddressee } from "../support/addressee.ts";

const made = useAddressee();
const refusedWith = (code: string): unknown => expect.objectContaining({ code });
const key = (): string => crypto.randomUUID();

const person: NonResidentPerson = {
  name: "架空　花子",
  kana: "カクウ　ハナコ",
  birthDate: "1990-02-03",
  sex: 2,
  postalCode: "8600000",
  address: "架空県架空市一丁目1番",
  source: "application",
  barred: false,
  protected: false,
};

async function search(
  given: Partial<NonResidentPerson> = {},
  systemCode = "allowance",
  seesProtected = false,
): ReturnType<typeof searchCandidates> {
  const { kana, birthDate } = { ...person, ...given };
  return await searchCandidates(made.it.as(), { key: key(), systemCode, kana, birthDate, seesProtected });
}

async function number(given: Partial<NonResidentPerson> = {}, systemCode = "allowance"): Promise<number> {
  const { searchId } = await search(given, systemCode);
  const whole = { ...person, ...given };
  const made1 = await numberNonResident(made.it.as(), {
    key: key(),
    systemCode,
    searchId,
    numbering: { kind: "new" },
    person: whole,
    reason: "新規の請求",
  });
  return made1.addresseeNumber;
}

describe("住登外者宛名番号", () => {
  it("[A170] is given only after a search of that person by the same member of staff; candidates come with their history, and one may be chosen", async () => {
    const { as } = made.it;
    const request = { systemCode: "allowance", person, reason: "新規の請求" } as const;
    const none = numberNonResident(as(), { ...request, key: key(), searchId: 9_999, numbering: { kind: "new" } });
    await expect(none).rejects.toThrowError(refusedWith("candidateNeeded"));
    await expect(search({ kana: "カク" })).rejects.toThrowError(refusedWith("searchTooWide"));
    const other = await search({ kana: "ベツジン　タロウ" });
    await expect(
      numberNonResident(as(), { ...request, key: key(), searchId: other.searchId, numbering: { kind: "new" } }),
    ).rejects.toThrowError(refusedWith("candidateNeeded"));
    const found = await search();
    expect(found.candidates).toEqual([]);
    await expect(
      numberNonResident(as("clerk.two"), {
        ...request,
        key: key(),
        searchId: found.searchId,
        numbering: { kind: "new" },
      }),
    ).rejects.toThrowError(refusedWith("candidateNeeded"));
    const { addresseeNumber } = await numberNonResident(as(), {
      ...request,
      key: key(),
      searchId: found.searchId,
      numbering: { kind: "new" },
    });
    expect(addresseeNumber).toBeGreaterThanOrEqual(900_000_000_000_001);
    // She marries: found by the name of before too, also typed in hiragana and without marks.
    await changeNonResident(as(), {
      key: key(),
      systemCode: "allowance",
      addresseeNumber,
      person: { ...person, name: "仮名　花子", kana: "カメイ　ハナコ" },
      reason: "婚姻",
    });
    const byOld = await search({ kana: "かくう はなこ" });
    expect(byOld.candidates).toEqual([
      { addresseeNumber, kana: "カクウ　ハナコ", birthYear: 1990, byHistory: true, ended: false },
    ]);
    expect((await search({ kana: "カメイハナコ" })).candidates).toMatchObject([{ addresseeNumber, byHistory: false }]);
    const chosen = await numberNonResident(as(), {
      ...request,
      key: key(),
      searchId: byOld.searchId,
      numbering: { kind: "candidate", addresseeNumber },
    });
    expect(chosen).toEqual({ addresseeNumber });
    const wrong = numberNonResident(as(), {
      ...request,
      key: key(),
      searchId: byOld.searchId,
      numbering: { kind: "candidate", addresseeNumber: addresseeNumber + 5 },
    });
    await expect(wrong).rejects.toThrowError(refusedWith("candidateNeeded"));
  });

  it("[A173] what came from 住基ネット is barred: other systems find, read and change nothing of it, alike for who is not there", async () => {
    const { as } = made.it;
    const kana = "サンショウ　フカ";
    await expect(number({ kana, source: "jukiNet" })).rejects.toThrowError(refusedWith("nonResidentInvalid"));
    const addresseeNumber = await number({ kana, source: "jukiNet", barred: true });
    expect((await search({ kana })).candidates).toHaveLength(1);
    expect((await search({ kana }, "residentTax")).candidates).toEqual([]);
    const read = async (systemCode: string, of: number): Promise<unknown> =>
      await readNonResident(as(), { key: key(), systemCode, addresseeNumber: of });
    await expect(read("residentTax", addresseeNumber)).rejects.toThrowError(refusedWith("nonResidentUnknown"));
    await expect(read("residentTax", addresseeNumber + 100)).rejects.toThrowError(refusedWith("nonResidentUnknown"));
    await expect(
      changeNonResident(as(), { key: key(), systemCode: "residentTax", addresseeNumber, person, reason: "変更" }),
    ).rejects.toThrowError(refusedWith("nonResidentUnknown"));
    await expect(read("allowance", addresseeNumber)).resolves.toMatchObject([{ barred: true, source: "jukiNet" }]);
    await expect(
      made.it.database.pool.query(
        "UPDATE unified.non_resident_history SET barred = false WHERE addressee_number = $1",
        [addresseeNumber],
      ),
    ).rejects.toMatchObject({ constraint: "juki_net_is_barred" });
  });

  it("people under 支援措置 are not among the candidates of others", async () => {
    const kana = "シエン　ソチコ";
    await number({ kana, protected: true });
    expect((await search({ kana })).candidates).toEqual([]);
    expect((await search({ kana }, "allowance", true)).candidates).toHaveLength(1);
  });

  it("[A172] a resident who leaves keeps the number; one who comes back is joined, and no number is changed", async () => {
    const { as, enter, database } = made.it;
    const { addresseeNumber, number: card } = await enter();
    const leaver = { ...person, kana: "テンシュツ　シャ", source: "resident" } as const;
    expect(await takeOverResident(as(), { key: key(), addresseeNumber, person: leaver })).toEqual({
      addresseeNumber,
      historyNo: 1,
    });
    await expect(
      takeOverResident(as(), { key: key(), addresseeNumber: 950_000_000_000_000, person: leaver }),
    ).rejects.toThrowError(refusedWith("nonResidentInvalid"));
    const before = await linksOf(made.it);
    // Back with the same number: the same record ends, nothing to join; leaving again goes on in it.
    expect(
      await endNonResident(as(), {
        key: key(),
        addresseeNumber,
        endedOn: "2026-11-20",
        cause: "becameResident",
        residentNumber: addresseeNumber,
      }),
    ).toEqual({ consolidationId: null });
    expect((await search(leaver)).candidates).toMatchObject([{ ended: true }]);
    expect(await takeOverResident(as(), { key: key(), addresseeNumber, person: leaver })).toEqual({
      addresseeNumber,
      historyNo: 2,
    });
    expect((await search(leaver)).candidates).toMatchObject([{ ended: false }]);
    // Somebody who was never a resident moves in and gets another number: joined by two people.
    const outside = await number({ kana: "テンニュウ　シャ" });
    await enter({ addresseeNumber: outside });
    const moved = await endNonResident(as(), {
      key: key(),
      addresseeNumber: outside,
      endedOn: "2026-11-20",
      cause: "becameResident",
      residentNumber: 77_001,
    });
    await approveConsolidation(as("clerk.two"), { key: key(), consolidationId: moved.consolidationId ?? 0 });
    const numbers = await Promise.all(
      [outside, 77_001].map(async (each) => await toUnified(await clientOf(database.pool), "allowance", each)),
    );
    expect(numbers[0]).toBe(numbers[1]);
    expect(numbers[0]).toBeGreaterThan(0);
    expect((await linksOf(made.it)).get(addresseeNumber)).toBe(before.get(addresseeNumber));
    expect(card.toString()).toBe("個人番号（非表示）");
  });
});

/** The pool serves as client: each statement on its own. */
async function clientOf(pool: unknown): Promise<Parameters<typeof toUnified>[0]> {
  return await Promise.resolve(pool as Parameters<typeof toUnified>[0]);
}

describe("名寄せ", () => {
  it("[A171] changes, 名寄せ, 解除 and deletion are recorded, by two people where persons are joined, and nothing is ever renumbered", async () => {
    const { as, enter, database, nextAddressee } = made.it;
    const [kept, other] = [nextAddressee(), nextAddressee()];
    const client = await clientOf(database.pool);
    await enter({ addresseeNumber: kept });
    const propose = async (keptNumber: number, otherNumber: number): Promise<number> =>
      (await proposeConsolidation(as(), { key: key(), keptNumber, otherNumber, reason: "同一人と確認" }))
        .consolidationId;
    await expect(propose(kept, kept)).rejects.toThrowError(refusedWith("invalidValue"));
    const id = await propose(kept, other);
    await expect(propose(nextAddressee(), other)).rejects.toThrowError(refusedWith("duplicate"));
    await expect(propose(other, nextAddressee())).rejects.toThrowError(refusedWith("invalidValue"));
    await expect(approveConsolidation(as(), { key: key(), consolidationId: id })).rejects.toThrowError(
      refusedWith("samePerson"),
    );
    expect(await toUnified(client, "allowance", other)).toBeNull();
    await approveConsolidation(as("clerk.two"), { key: key(), consolidationId: id });
    await expect(approveConsolidation(as("clerk.two"), { key: key(), consolidationId: id })).rejects.toThrowError(
      refusedWith("consolidationUnknown"),
    );
    const unified = await toUnified(client, "allowance", kept);
    expect(await toUnified(client, "allowance", other)).toBe(unified);
    await endConsolidation(as(), { key: key(), consolidationId: id, reason: "別人だった" });
    expect([await toUnified(client, "allowance", kept), await toUnified(client, "allowance", other)]).toEqual([
      unified,
      null,
    ]);
    expect(await listConsolidations(as(), other)).toMatchObject([
      { keptNumber: kept, otherNumber: other, state: "ended" },
    ]);
    const gone = await number({ kana: "ゴトウロク　シャ" });
    await endNonResident(as(), { key: key(), addresseeNumber: gone, endedOn: "2026-11-23", cause: "deleted" });
    await expect(
      endNonResident(as(), { key: key(), addresseeNumber: 5, endedOn: "2026-11-23", cause: "deleted" }),
    ).rejects.toThrowError(refusedWith("nonResidentUnknown"));
    for (const sql of [
      "UPDATE unified.non_resident SET addressee_number = 1",
      "DELETE FROM unified.non_resident_history",
      "UPDATE unified.link SET addressee_number = 1",
    ]) {
      const role = await database.pool.connect();
      await role.query("BEGIN; SET LOCAL ROLE hagukumi_addressee");
      await expect(role.query(sql), sql).rejects.toMatchObject({ code: "42501" });
      await role.query("ROLLBACK");
      role.release();
    }
  });

  it("two addressees with different 個人番号 are two people", async () => {
    const { as, enter } = made.it;
    const [one, two] = [await enter(), await enter()];
    const { consolidationId } = await proposeConsolidation(as(), {
      key: key(),
      keptNumber: one.addresseeNumber,
      otherNumber: two.addresseeNumber,
      reason: "似ている人",
    });
    await expect(approveConsolidation(as("clerk.two"), { key: key(), consolidationId })).rejects.toThrowError(
      refusedWith("consolidationTwoNumbers"),
    );
  });
});

describe("addresses of others", () => {
  it("[A174] 代理人, 送付先 and 成年後見 each have their period; one of a kind at a time, never oneself", async () => {
    const { as, nextAddressee } = made.it;
    const [subject, agent, next] = [nextAddressee(), nextAddressee(), nextAddressee()];
    const base = { subjectNumber: subject, startsOn: "2026-04-01", endsOn: null, basis: "委任状" } as const;
    await expect(addRelated(as(), { ...base, key: key(), kind: "agent", otherNumber: subject })).rejects.toThrowError(
      refusedWith("relatedInvalid"),
    );
    const { relatedId } = await addRelated(as(), { ...base, key: key(), kind: "agent", otherNumber: agent });
    for (const kind of ["mailing", "guardian"] as const)
      await addRelated(as(), { ...base, key: key(), kind, otherNumber: agent });
    await expect(
      addRelated(as(), { ...base, key: key(), kind: "agent", otherNumber: next, startsOn: "2026-10-01" }),
    ).rejects.toThrowError(refusedWith("relatedInvalid"));
    await endRelated(as(), { key: key(), relatedId, endsOn: "2026-09-30" });
    await expect(endRelated(as(), { key: key(), relatedId, endsOn: "2026-12-31" })).rejects.toThrowError(
      refusedWith("relatedInvalid"),
    );
    await addRelated(as(), { ...base, key: key(), kind: "agent", otherNumber: next, startsOn: "2026-10-01" });
    const agents = await Promise.all(
      ["2026-03-31", "2026-09-30", "2026-10-01"].map(async (day) =>
        (await relatedOn(as(), subject, day))
          .filter(({ kind }) => kind === "agent")
          .map(({ otherNumber }) => otherNumber),
      ),
    );
    expect(agents).toEqual([[], [agent], [next]]);
    expect((await relatedOn(as(), subject, "2026-10-01")).map(({ kind }) => kind)).toEqual([
      "agent",
      "guardian",
      "mailing",
    ]);
  });
});

describe("the key of a reading", () => {
  it.each([
    ["ガクウ　ハナコ", "カクウハナコ"],
    ["がくう はなこ", "カクウハナコ"],
    ["ｶﾞｸｳ ﾊﾅｺ", "カクウハナコ"],
    ["キョウコ・ヴァーナー", "キヨウコウアナ"],
  ])("%s is %s", (kana, wanted) => expect(searchKey(kana)).toBe(wanted));
});
