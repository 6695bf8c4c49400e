import type { Page } from "playwright-core";
import { submitFiling } from "@hagukumi/allowance/contract.ts";
import type { FilingForm } from "@hagukumi/allowance/contract.ts";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { shiftClock } from "../../../../platform/test/support/identity.ts";
import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import { contextOf } from "../../../../systems/allowance/test/support/cases.ts";
import { openBrowserDesk, TODAY } from "../support/browser-desk.ts";
import type { BrowserDesk, Seat } from "../support/browser-desk.ts";
import { seedBirthFamily, seedTornFamily, SHELTER, SHELTER_TRACES } from "../support/browser-families.ts";
import type { TornFamily } from "../support/browser-families.ts";
import { callFromPage, findPerson, openCaseOf } from "../support/browser-steps.ts";
import type { PageAnswer } from "../support/browser-steps.ts";

const database = useDatabase();
let desk: BrowserDesk | undefined;
let clerk: Seat | undefined;
let torn: TornFamily | undefined;

type Ready = { readonly desk: BrowserDesk; readonly page: Page; readonly seat: Seat; readonly torn: TornFamily };

function ready(): Ready {
  if (desk === undefined || clerk === undefined || torn === undefined) throw new Error("only inside tests");
  return { desk, page: clerk.page, seat: clerk, torn };
}

beforeAll(async () => {
  desk = await openBrowserDesk(database.pool);
  torn = await seedTornFamily(database.pool);
  clerk = await desk.seat("uke.tsuke");
});
afterEach(async () => await shiftClock(database.pool, "0 minutes"));
afterAll(async () => await desk?.end());

const padded = (recipientId: number): string => String(recipientId).padStart(10, "0");

/** Every object in an answer that is about one of the numbers, at any depth. */
function about(value: unknown, numbers: readonly number[]): readonly Readonly<Record<string, unknown>>[] {
  if (Array.isArray(value)) return value.flatMap((each) => about(each, numbers));
  if (typeof value !== "object" || value === null) return [];
  const object = value as Readonly<Record<string, unknown>>;
  const own = [object["addresseeNumber"], object["number"], object["childNumber"]].some((each) =>
    numbers.includes(Number(each)),
  );
  return [...(own ? [object] : []), ...Object.values(object).flatMap((each) => about(each, numbers))];
}

describe("a purpose opens one person for fifteen minutes", () => {
  it("without a purpose nobody is opened: not by the address of the page, not by the API", async () => {
    const {
      desk: { desk: city, url },
      page,
    } = ready();
    await page.goto(`${url}/cases/${padded(city.hanako)}`);
    await page.getByText("処理事由を選ぶと開きます").waitFor();
    expect(await page.getByRole("main").innerText()).not.toContain("花子");
    const answer = await callFromPage(page, "GET", `/cases/${city.hanako}`);
    expect(answer.json["code"]).toBe("purposeNeeded");
    await page.getByRole("button", { name: "処理事由を選ぶ" }).click();
    const dialog = page.getByRole("dialog", { name: "処理事由を選んで開く" });
    await dialog.getByRole("button", { name: /^開く/ }).click();
    await dialog.getByText("処理事由を1つ選んでください。").waitFor();
    expect(await page.getByRole("main").innerText()).not.toContain("花子");
  });

  it("the purpose of one person opens no other", async () => {
    const {
      desk: { desk: city, url },
      page,
      torn: family,
    } = ready();
    await openCaseOf(page, url, city.hanako);
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toContain("架空　花子");
    await page.goto(`${url}/cases/${padded(family.recipientId)}`);
    await page.getByText("処理事由を選ぶと開きます").waitFor();
    expect(await page.getByRole("main").innerText()).not.toContain("父親");
    expect((await callFromPage(page, "GET", `/cases/${family.recipientId}`)).json["code"]).toBe("purposeNeeded");
  });

  it("after fifteen minutes the person is closed, and the page says so", async () => {
    const {
      desk: { desk: city, url },
      page,
    } = ready();
    await openCaseOf(page, url, city.hanako);
    // 10 + 4 minutes: somebody works on, so that the session itself does not end for lack of use.
    await shiftClock(database.pool, "10 minutes");
    await page.reload();
    await page.getByRole("tabpanel").waitFor();
    await shiftClock(database.pool, "14 minutes");
    await page.reload();
    await page.getByRole("tabpanel").waitFor();
    await shiftClock(database.pool, "15 minutes 5 seconds");
    await page.reload();
    await page.getByText("処理事由を選ぶと開きます").waitFor();
    expect(await page.getByText("15分のあいだ見られます").isVisible()).toBe(true);
    expect(await page.getByRole("main").innerText()).not.toContain("花子");
  });
});

/** Answers that the walk got besides those of the pages. */
const direct: { readonly what: string; readonly text: string }[] = [];

async function ask(page: Page, method: "GET" | "POST", path: string, body?: unknown): Promise<PageAnswer> {
  const answer = await callFromPage(page, method, path, body);
  direct.push({ what: `${method} ${path}`, text: answer.text });
  return answer;
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A form that names somebody else's child: 認定請求, or 額改定請求 of a recipient. */
function claimNaming(child: number, claimant: number, recipientId: number | undefined): FilingForm {
  const children = [{ number: child, role: "child", relation: "子" }];
  const account = { bank: "0182", branch: "101", accountType: "1", accountNumber: "7654321", holder: "カクウ" };
  return {
    procedure: recipientId === undefined ? "certificationIndividual" : "increase",
    receivedOn: TODAY,
    channel: "counter",
    wardCode: "431010",
    identity: { kind: 1, documents: ["個人番号カード"] },
    content:
      recipientId === undefined
        ? { claimant, cause: "other", employeeClass: "employee", account, children }
        : { claimant, recipientId, cause: "other", causeOn: TODAY, children },
  };
}

describe("where the protected live", () => {
  it("stands on no page and in no answer of a clerk's whole walk", async () => {
    const {
      desk: { url },
      page,
      seat,
      torn: family,
    } = ready();
    const { pool } = database;
    const family1 = await seedBirthFamily(pool, 41, "ヨソノコ");
    const pages: string[] = [];
    const keep = async (): Promise<void> => {
      await page.waitForLoadState("networkidle");
      pages.push(await page.content());
    };
    const before = seat.answers.length;
    // Searched for by reading, name, number, and by a piece of the secret address beside the reading.
    await page.goto(`${url}/search`);
    for (const typed of [
      "カクウ　ヒナンコ",
      "架空　避難子",
      "カクウ　トクタ",
      String(family.child),
      String(family.mother),
    ]) {
      await findPerson(page, typed);
      await keep();
    }
    const byAddress = { kana: "カクウ　ヒナンコ", address: SHELTER.address.slice(2, 5) };
    expect((await ask(page, "POST", "/searches", byAddress)).json).toMatchObject({ found: [] });
    // Opened directly: the clerk has no right to the protected.
    for (const number of [family.mother, family.child]) {
      const target = { kind: "addressee", number: String(number) };
      const opened = await ask(page, "POST", "/openings", { target, purpose: "certification", origin: "search" });
      expect(opened.status).toBeGreaterThanOrEqual(400);
      expect((await ask(page, "GET", `/persons/${number}`)).status).toBeGreaterThanOrEqual(400);
    }
    // The father's case names the child.
    await openCaseOf(page, url, family.recipientId);
    await page.getByRole("heading", { name: "経過" }).waitFor();
    await keep();
    expect(pages.at(-1)).toContain("（表示できない児童）");
    for (const path of [
      "/counter",
      "/lists/toExamine",
      "/lists/returned",
      "/lists/drafts",
      "/lists/ageing",
      "/runs",
      "/",
    ]) {
      await page.goto(`${url}${path}`);
      await keep();
    }
    // A claim of the father and one of a stranger that name the child: proposal, filing, its page.
    for (const [claimant, recipientId] of [
      [family.father, family.recipientId],
      [family1.parent, undefined],
    ] as const) {
      const target = { kind: "addressee", number: String(claimant) };
      await ask(page, "POST", "/openings", { target, purpose: "certification", origin: "search" });
      const form = claimNaming(family.child, claimant, recipientId);
      // Taken in by somebody else, before this clerk begins to edit.
      const { filingId } = await submitFiling(contextOf(pool, "betsu.hito", TODAY), { form });
      await page.goto(
        `${url}/counter/${claimant}/${recipientId === undefined ? "certificationIndividual" : "increase"}`,
      );
      await page.getByLabel("確かめた書類の区分").waitFor();
      await keep();
      await ask(page, "POST", "/filings/preview", { form });
      await ask(page, "POST", "/filings/drafts", { form });
      await ask(page, "GET", `/filings/${filingId}`);
      await page.goto(`${url}/filings/${filingId}`);
      await keep();
    }
    const answers = [...seat.answers.slice(before), ...direct.splice(0)];
    const everything = [...pages, ...answers.map(({ text }) => text)].join("\n");
    // The walk does see addresses: that of the father, who is not protected, was shown.
    expect(everything).toContain("架空町二丁目");
    expect(SHELTER_TRACES.filter((trace) => everything.includes(trace))).toEqual([]);
    // The ward is the name of a choice in every form; of the protected themselves it is not told.
    expect(answers.filter(({ what }) => what === "POST /api/v1/searches").length).toBeGreaterThanOrEqual(5);
    const told = answers.flatMap(({ text }) => about(asJson(text), [family.mother, family.child]));
    expect(told.length).toBeGreaterThan(0);
    expect(
      told.filter((each) => JSON.stringify(each).includes(SHELTER.ward) || JSON.stringify(each).includes("北区")),
    ).toEqual([]);
  });
});
