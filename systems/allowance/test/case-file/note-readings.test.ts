import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { caseEntries } from "../../src/case-file/case-entries.ts";
import { acknowledgeNote } from "../../src/case-file/note-readings.ts";
import { addEntry, reviseEntry, withdrawEntry } from "../../src/case-file/write-entry.ts";
import { contextOf } from "../support/cases.ts";
import { seedSmallCity, type SmallCity } from "../support/small-city.ts";

const database = useDatabase();
const HANAKO = 900000000001101;
let city: SmallCity;

const ito = () => contextOf(database.pool, "staff.ito");
const sato = () => contextOf(database.pool, "staff.sato");

beforeAll(async () => {
  city = await seedSmallCity(database.pool);
});

async function noteOf(entryId: number) {
  const reader = { pool: database.pool, operator: "staff.ito", purpose: "試験" };
  const question = { recipientId: city.hanako, validOn: "2026-11-24", knownOn: "2100-01-01" };
  return (await caseEntries(reader, question)).find((entry) => entry.entryId === entryId);
}

const remember = async (body: string) =>
  await addEntry(ito(), "note", {
    addresseeNumber: HANAKO,
    validFrom: "2026-11-01",
    content: { body, popUp: true },
  });

describe("必ず見るメモを読んだ記録", () => {
  it("a note that is not there, was taken back, or was rewritten after it was shown: nothing is recorded as read", async () => {
    const note = await remember("架空: 日中は電話に出られない");
    await expect(acknowledgeNote(sato(), { entryId: 999_999, revision: 1 })).rejects.toMatchObject({
      code: "entryUnknown",
    });
    const second = await reviseEntry(ito(), "note", {
      ...note,
      reason: "書き直し",
      content: { body: "架空: 夕方に電話する" },
    });
    await expect(acknowledgeNote(sato(), note)).rejects.toMatchObject({ code: "entryChanged" });
    const third = await withdrawEntry(ito(), "note", { ...second, reason: "誤り" });
    await expect(acknowledgeNote(sato(), third)).rejects.toMatchObject({ code: "entryWithdrawn" });
    const { rows } = await database.pool.query("SELECT FROM allowance.note_reading");
    expect(rows).toHaveLength(0);
  });

  it("who read it and when stays with the revision; a further revision wants to be read again, by each person for himself", async () => {
    const first = await remember("架空: 来庁のときは係長へ");
    await acknowledgeNote(sato(), first);
    await acknowledgeNote(sato(), first);
    const read = await noteOf(first.entryId);
    expect(read).toMatchObject({ enteredBy: "staff.ito", readings: [{ by: "staff.sato" }] });
    expect(read?.readings[0]?.at).toBeInstanceOf(Date);
    await acknowledgeNote(ito(), first);
    expect((await noteOf(first.entryId))?.readings.map(({ by }) => by)).toEqual(["staff.sato", "staff.ito"]);
    const second = await reviseEntry(ito(), "note", {
      ...first,
      reason: "係が変わった",
      content: { body: "架空: 来庁のときは課長へ" },
    });
    expect((await noteOf(first.entryId))?.readings).toEqual([]);
    await acknowledgeNote(sato(), second);
    expect((await noteOf(first.entryId))?.readings.map(({ by }) => by)).toEqual(["staff.sato"]);
  });
});
