/** The desk in a real browser: made-up staff with software keys, each at a place of their own, in front of made-up families. */
import type { DemoPerson } from "../../contract.ts";
import { civilDate } from "@hagukumi/law/contract.ts";
import type { Role } from "@hagukumi/platform/identity/permissions.ts";
import { markInstallation } from "@hagukumi/platform/identity/sections.ts";
import { asIdentity } from "@hagukumi/platform/identity/transaction.ts";
import type { Browser, BrowserContext, Page } from "playwright-core";
import type { Pool } from "pg";

import { makePerson, makeSections, makeTerminal, testIdentity } from "../../../../platform/test/support/identity.ts";
import { openBrowser } from "./browser.ts";
import { buildApp } from "./built-app.ts";
import { serveDesk } from "./served-desk.ts";
import type { ServedDesk } from "./served-desk.ts";

/** The day on which the office works in these tests; a Tuesday. */
export const TODAY = "2026-11-24";

type Placed = { readonly roles: readonly Role[]; readonly sectionCode?: string; readonly wards?: readonly string[] };

/** Who works here. `futari` may examine and approve, and therefore never both for one filing. */
export const people = {
  "uke.tsuke": { roles: ["clerk"] },
  "uke.tonari": { roles: ["clerk"] },
  "shin.sa": { roles: ["examiner"] },
  "futa.ri": { roles: ["examiner", "approver"] },
  "kes.sai": { roles: ["approver"] },
} as const satisfies Readonly<Record<string, Placed>>;

export type StaffId = keyof typeof people;

/** One person in front of one screen. */
export type Seat = {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the browser complained of: scripts, blocked resources. Answers of 4xx are no complaints */
  readonly complaints: readonly string[];
  /** Requests to anywhere but the desk */
  readonly outside: readonly string[];
  /** Each answer of the API as text, by method and address */
  readonly answers: readonly { readonly what: string; readonly text: string }[];
};

export type BrowserDesk = {
  readonly desk: ServedDesk;
  readonly url: string;
  readonly browser: Browser;
  /** Logs in through the pages, with the software key and the password */
  readonly seat: (staffId: StaffId) => Promise<Seat>;
  readonly end: () => Promise<void>;
};

const REFUSED = /status of 4\d\d/;

async function listen(context: BrowserContext, url: string): Promise<Seat> {
  const page = await context.newPage();
  const complaints: string[] = [];
  const outside: string[] = [];
  const answers: { what: string; text: string }[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" && !REFUSED.test(message.text())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(url)) outside.push(request.url());
  });
  // In between, so that no answer is missed, not even one that the page no longer waits for.
  await context.route(`${url}/api/**`, async (route) => {
    const request = route.request();
    const response = await route.fetch().catch(() => undefined);
    // A seat that closes meanwhile takes the answer's body away with it: nobody was shown it.
    const text = await response?.text().catch(() => undefined);
    if (response === undefined || text === undefined) return await route.abort().catch(() => {});
    answers.push({ what: `${request.method()} ${request.url().slice(url.length)}`, text });
    return await route.fulfill({ response }).catch(() => {});
  });
  return { page, context, complaints, outside, answers };
}

/** Serves the small city with these people; every one of them logs in by a click. */
export async function openBrowserDesk(pool: Pool): Promise<BrowserDesk> {
  buildApp();
  const identity = testIdentity(pool);
  await asIdentity(pool, async (client) => await markInstallation(client, "demo", "架空市"));
  await makeSections(pool);
  const terminal = await makeTerminal(identity, "DEMO-1");
  const made = new Map<string, Awaited<ReturnType<typeof makePerson>>>();
  for (const [staffId, placed] of Object.entries(people)) {
    made.set(staffId, await makePerson(identity, staffId, terminal, placed));
  }
  const demoPeople: DemoPerson[] = [...made.values()].map(({ staffId, password }) => ({
    staffId,
    password,
    name: `架空 ${staffId}`,
    what: "試験の職員",
  }));
  const desk = await serveDesk(pool, {
    identity,
    installation: "demo",
    today: () => civilDate(TODAY),
    demo: {
      people: demoPeople,
      terminalSecret: terminal.secret ?? "",
      sign: async (staffId, options, origin) => await Promise.resolve(made.get(staffId)?.key.get(options, origin)),
    },
  });
  const browser = await openBrowser();
  const { url } = desk.server;
  const contexts: BrowserContext[] = [];
  const seat = async (staffId: StaffId): Promise<Seat> => {
    const context = await browser.newContext({ locale: "ja-JP", viewport: { width: 1280, height: 900 } });
    contexts.push(context);
    const taken = await listen(context, url);
    await logInAs(taken.page, url, staffId);
    return taken;
  };
  const end = async (): Promise<void> => {
    for (const context of contexts) await context.close();
    await browser.close();
    await desk.end();
  };
  return { desk, url, browser, seat, end };
}

/** From the entrance to the first page. */
export async function logInAs(page: Page, url: string, staffId: string): Promise<void> {
  await page.goto(url);
  await page.getByRole("button", { name: staffId }).click();
  await page.getByRole("button", { name: "ログイン", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "わたしの仕事" }).waitFor();
}
