import { describe, expect, it } from "vitest";

import { approveItemRight, itemLabels, type ItemCode, requestItemRight, viewAddressee } from "../../src/items/items.ts";
import type { NonResidentPerson } from "../../src/non-residents/person.ts";
import { takeOverResident } from "../../src/non-residents/register.ts";
import { addRelated } from "../../src/non-residents/related.ts";
import { useAddressee } from "../support/addressee.ts";

const made = useAddressee();
const refusedWith = (code: string): unknown => expect.objectContaining({ code });
const key = (): string => crypto.randomUUID();
const items = Object.keys(itemLabels) as readonly ItemCode[];

describe("rights per user and item", () => {
  it("[D40] the matrix user × item: every user sees exactly the items given, approved by another person and in force, and no other", async () => {
    const { as, enter } = made.it;
    const { addresseeNumber } = await enter();
    const person: NonResidentPerson = {
      name: "架空　一郎",
      kana: "カクウ　イチロウ",
      birthDate: "1980-01-01",
      sex: 1,
      postalCode: "",
      address: "架空市",
      source: "resident",
      barred: false,
      protected: false,
    };
    await takeOverResident(as(), { key: key(), addresseeNumber, person });
    await addRelated(as(), {
      key: key(),
      subjectNumber: addresseeNumber,
      kind: "mailing",
      otherNumber: 5,
      startsOn: "2026-01-01",
      endsOn: null,
      basis: "届出",
    });
    const period = { startsOn: "2026-11-01", endsOn: "2027-03-31" };
    const give = async (staffId: string, itemCode: ItemCode, more: Partial<typeof period> = {}): Promise<void> => {
      const { rightId } = await requestItemRight(as("boss.one"), { key: key(), staffId, itemCode, ...period, ...more });
      await expect(approveItemRight(as("boss.one"), { key: key(), rightId })).rejects.toThrowError(
        refusedWith("samePerson"),
      );
      await expect(approveItemRight(as(staffId), { key: key(), rightId })).rejects.toThrowError(
        refusedWith("samePerson"),
      );
      await approveItemRight(as("boss.two"), { key: key(), rightId });
    };
    // One user for each item, one with all, one with none, one whose rights are only asked for, over or to come.
    for (const item of items) {
      await give(`user.${item}`, item);
      await give("user.all", item);
      await requestItemRight(as("boss.one"), { key: key(), staffId: "user.asked", itemCode: item, ...period });
      await give("user.over", item, { startsOn: "2026-01-01", endsOn: "2026-11-22" });
      await give("user.later", item, { startsOn: "2026-11-24" });
    }
    await expect(give("user.long", "name", { endsOn: "2028-01-01" })).rejects.toThrowError(refusedWith("invalidValue"));
    for (const staffId of [
      ...items.map((item) => `user.${item}`),
      "user.all",
      "user.none",
      "user.asked",
      "user.over",
      "user.later",
    ]) {
      const seen = await viewAddressee(as(), staffId, "allowance", addresseeNumber);
      const shown = items.filter((item) => seen[item] !== null);
      const wanted = staffId === "user.all" ? items : items.filter((item) => staffId === `user.${item}`);
      expect(shown, staffId).toEqual(wanted);
    }
    expect(await viewAddressee(as(), "user.all", "allowance", addresseeNumber)).toEqual({
      name: person.name,
      kana: person.kana,
      birthDate: person.birthDate,
      sex: 1,
      address: person.address,
      numberState: "unconfirmed",
      links: [{ systemCode: "allowance", addresseeNumber }],
      history: 1,
      related: 1,
    });
  });
});
