/** A protected family through the forms of the year: no trace of where they live, before and after the protection begins. */
import { beforeAll, describe, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { readForms } from "../../src/annual-review/forms.ts";
import { openReviewYear } from "../../src/annual-review/year.ts";
import { addEntry, confirmEntry } from "../../src/case-file/write-entry.ts";
import { changeSetting, demoSettings } from "../../src/settings.ts";
import { testContext, testFolder } from "../support/context.ts";
import { certifiedFamily, onDay } from "../support/families.ts";
import { number15, resident } from "../support/feeds.ts";
import { bring, prepare } from "../support/filings.ts";
import { linesOf, runJob } from "../support/reviews.ts";

const database = useDatabase();
const dir = testFolder();
const clerk = testContext(database, dir, "staff.ito");
const approver = testContext(database, dir, "staff.sato");
const clerks = { clerk, approver };
const SHELTER = "隠里区避難町７丁目７番７号";
const id: Record<string, number> = {};

/** A father who receives, with one child at home and one apart at `place`; the mother is recorded there too. */
async function apart(base: number, place: string, guarded: boolean): Promise<number> {
  const recipient = await certifiedFamily(clerks, base, ["2018-05-10", "2015-06-10"]);
  const away = (number: number, birth: string, historyNo: string) =>
    resident(number, birth, {
      履歴番号: historyNo,
      世帯番号: number15(base + 50),
      異動年月日: "2026-05-01",
      異動事由コード: "10",
      住所: place,
      支援措置区分: guarded ? "1" : "0",
    });
  await bring(clerk, { residents: [away(base + 2, "2015-06-10", "2"), away(base + 9, "1991-03-03", "1")] });
  const child = await addEntry(onDay(clerk, "2026-05-27"), "childCircumstance", {
    addresseeNumber: base,
    validFrom: "2026-05-20",
    content: {
      childNumber: base + 2,
      relation: "20",
      living: "apart",
      apartReason: "divorceTalks",
      care: "custody",
      livelihood: "maintained",
    },
  });
  await confirmEntry(onDay(approver, "2026-05-28"), "childCircumstance", child);
  const mother = await addEntry(onDay(clerk, "2026-05-27"), "relatedPerson", {
    addresseeNumber: base,
    validFrom: "2020-01-01",
    content: { relatedNumber: base + 9, role: "spouse" },
  });
  await confirmEntry(onDay(approver, "2026-05-28"), "relatedPerson", mother);
  return recipient;
}

beforeAll(async () => {
  await prepare(database.pool);
  // The city that prints addresses of children apart: what the gate holds back, it holds back also there.
  const value = { ...demoSettings.annualReview, printSeparatedAddress: true };
  await changeSetting(clerk, { name: "annualReview", validFrom: "2026-04-01", value, approvedBy: "staff.sato" });
  id["open"] = await apart(63_100, "別区公開町３丁目", false);
  id["hidden"] = await apart(63_200, SHELTER, true);
  id["later"] = await apart(63_300, `${SHELTER}２号室`, false);
  await openReviewYear(onDay(clerk, "2026-06-01"), 2026);
  await runJob(clerks, "reviewCheck", 2026, "2026-06-03");
});

const everyByte = async (recipient: number): Promise<string> => {
  const { rows } = await database.pool.query<{ text: string }>(
    `SELECT (SELECT string_agg(to_jsonb(f)::text, '') FROM allowance.review_form f WHERE f.recipient_id = $1)
         || (SELECT string_agg(to_jsonb(i)::text, '') FROM allowance.mass_item i WHERE i.recipient_id = $1)
         || coalesce((SELECT string_agg(to_jsonb(n)::text, '') FROM allowance.review_notice n WHERE n.recipient_id = $1), '') AS text`,
    [recipient],
  );
  return rows[0]?.text ?? "";
};
const formOf = async (name: string) =>
  (await readForms(database.pool, 2026)).find(({ recipientId }) => recipientId === id[name]);

describe("日野市 2023 (I-3)", () => {
  it("[A78] the form of a family with a protected member shows no address and waits in the manual tray; nothing that was stored, listed or told holds a byte of it", async () => {
    const run = await runJob(clerks, "reviewForms", 2026, "2026-06-05");
    await runJob(clerks, "reviewReminder", 2026, "2026-07-25");
    expect((await linesOf(database.pool, run)).get(id["hidden"] ?? 0)).toMatchObject({ kind: "manual" });
    const form = await formOf("hidden");
    expect(form?.tray).toBe("manual");
    expect(form?.material.people.map(({ address, sameAddress }) => [address, sameAddress])).toEqual([
      [null, false],
      [null, false],
      [null, false],
    ]);
    expect(form?.proof).toEqual([]);
    const bytes = await everyByte(id["hidden"] ?? 0);
    expect(bytes.length).toBeGreaterThan(500);
    for (const part of [SHELTER, "避難町", "隠里区"]) expect(bytes).not.toContain(part);
    // The mother herself is no part of the father's form.
    expect(form?.material.people.map(({ number }) => number)).not.toContain(63_209);
  });

  it("[A78] every printed address that is not the recipient's stands in the proof list, and no other", async () => {
    const form = await formOf("open");
    expect(form?.tray).toBe("print");
    expect(form?.proof).toEqual([{ number: 63_102, address: "別区公開町３丁目" }]);
    const printed = form?.material.people.filter(({ role, address }) => role !== "recipient" && address !== null);
    expect(printed?.map(({ number }) => number)).toEqual([63_102]);
  });

  it("who comes under protection after the form was made goes to the manual tray, blank, when it is read for printing", async () => {
    expect((await formOf("later"))?.tray).toBe("print");
    await bring(clerk, {
      residents: [
        resident(63_302, "2015-06-10", {
          履歴番号: "3",
          世帯番号: number15(63_350),
          異動年月日: "2026-06-08",
          異動事由コード: "10",
          住所: `${SHELTER}２号室`,
          支援措置区分: "1",
        }),
      ],
    });
    const form = await formOf("later");
    expect(form?.tray).toBe("manual");
    expect(JSON.stringify(form)).not.toContain("避難町");
  });
});
