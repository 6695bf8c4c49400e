/** Every page of the application with an address that shows something, and somebody who may see all of them. */
import type { Role } from "@hagukumi/platform/identity/permissions.ts";
import { createLetterRun, seedDemoTexts, submitFiling } from "@hagukumi/allowance/contract.ts";
import type { BrowserContext } from "playwright-core";
import type { Pool } from "pg";

import { contextOf } from "../../../../systems/allowance/test/support/cases.ts";
import { birthClaim } from "../../../../systems/allowance/test/support/filings.ts";
import { create } from "../../../../systems/allowance/test/support/runs.ts";
import type { PageDescriptor } from "../../app/pages/page.ts";
import { makeActor } from "./actors.ts";
import type { Actor } from "./actors.ts";
import { call } from "./served-desk.ts";
import type { ServedDesk } from "./served-desk.ts";

/** The list names components (JSX), which the types of the tests do not read: it is loaded by a name that they do not follow. */
const LIST: string = "../../app/pages/all-pages.ts";

/** Every page that there is. */
export async function loadPages(): Promise<readonly PageDescriptor[]> {
  return ((await import(LIST)) as { readonly allPages: readonly PageDescriptor[] }).allPages;
}

/** Together they hold every right that a page asks for. */
const EVERY_PAGE: readonly Role[] = [
  "clerk",
  "examiner",
  "approver",
  "treasurer",
  "protectionOfficer",
  "itOfficer",
  "rightsApprover",
  "auditor",
  "contractor",
  "reviewChecker",
];

const HANAKO = 900_000_000_001_101;

export type Walk = {
  readonly actor: Actor;
  /** The address of a page with its parameters filled in */
  readonly addressOf: (path: string) => string;
};

/** A print run of letters with something in each of its tables; numbered as the payment run is. */
async function prepareLetters(pool: Pool): Promise<void> {
  await pool.query(
    "UPDATE allowance.person_history SET household_number = addressee_number, address = CASE WHEN protected THEN address ELSE '架空市東区架空台' || (addressee_number % 100) || '番地' END",
  );
  const as = (operator: string) => contextOf(pool, operator, "2026-12-01");
  await seedDemoTexts(as("mongon.ichiro"), as("mongon.niro"));
  await createLetterRun(as("insatsu.ichiro"), {
    form: "certification",
    documentOn: "2026-12-01",
    mailOn: "2026-12-01",
  });
}

/** A run, a filing, a print run of letters and an open case for the pages that are about one. */
export async function prepareWalk(pool: Pool, desk: ServedDesk): Promise<Walk> {
  const { runNo } = await create(pool);
  await prepareLetters(pool);
  const form = birthClaim(HANAKO, 900_000_000_001_201, "2026-11-01", "2026-11-20");
  const { filingId } = await submitFiling(contextOf(pool, "uketsuke.hanako"), { form });
  const actor = await makeActor(pool, "w.zenbu", "clerk", { roles: EVERY_PAGE });
  const opened = await call(desk.server, actor, { method: "POST", path: "/openings" } as const, {
    body: { target: { kind: "addressee", number: String(HANAKO) }, purpose: "certification", origin: "search" },
  });
  if (opened.status !== 200) throw new Error(`the person could not be opened: ${opened.text}`);
  const parameters: Readonly<Record<string, string>> = {
    $recipientId: String(desk.hanako),
    $addresseeNumber: String(HANAKO),
    $procedure: "increase",
    $filingId: String(filingId),
    $runNo: String(runNo),
    $kind: "ageing",
  };
  const addressOf = (path: string): string =>
    path
      .split("/")
      .map((part) => (part.startsWith("$") ? (parameters[part] ?? "1") : part))
      .join("/");
  return { actor, addressOf };
}

/** Puts the person's session into a browser; the log-in itself is tested elsewhere. */
export async function sitDown(context: BrowserContext, url: string, actor: Actor): Promise<void> {
  const cookies = actor.cookie.split("; ").map((pair) => {
    const [name = "", value = ""] = pair.split("=");
    return { name, value, url: url.replace("http:", "https:"), secure: true, sameSite: "Strict" } as const;
  });
  await context.addCookies(cookies);
}
