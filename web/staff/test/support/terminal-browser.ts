/** A browser at a counter: one window, one security key (Chromium's virtual authenticator), notes of what should not happen. */
import { AxeBuilder } from "@axe-core/playwright";
import { expect } from "vitest";
import type { Browser, BrowserContext, CDPSession, Page } from "playwright-core";

export type Counter = {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Whether the person enters the PIN when asked */
  readonly setVerified: (verified: boolean) => Promise<void>;
  /** The credentials on the key: one card goes from terminal to terminal, and its counter with it */
  readonly credentials: () => Promise<readonly object[]>;
  readonly putCard: (credentials: readonly object[]) => Promise<void>;
  /** Requests to elsewhere, complaints of the policy, script errors */
  readonly complaints: string[];
};

const OPTIONS = {
  protocol: "ctap2",
  transport: "usb",
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
} as const;

async function addKey(session: CDPSession): Promise<string> {
  await session.send("WebAuthn.enable");
  return (await session.send("WebAuthn.addVirtualAuthenticator", { options: OPTIONS })).authenticatorId;
}

export async function openCounter(browser: Browser, url: string): Promise<Counter> {
  const context = await browser.newContext({ locale: "ja-JP", viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith("blob:")) complaints.push(request.url());
  });
  page.on("console", (message) => {
    // The browser itself notes each answer of 4xx and each lost connection; those are looked at by the tests.
    if (message.type() === "error" && !/Failed to load resource/.test(message.text())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  const session = await context.newCDPSession(page);
  const authenticatorId = await addKey(session);
  return {
    context,
    page,
    complaints,
    setVerified: async (isUserVerified) =>
      void (await session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified })),
    credentials: async () => (await session.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
    putCard: async (credentials) => {
      await session.send("WebAuthn.clearCredentials", { authenticatorId });
      for (const credential of credentials) {
        await session.send("WebAuthn.addCredential", { authenticatorId, credential: credential as never });
      }
    },
  };
}

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** 0 violations by axe, and nothing wider than the window. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
  expect(found, where).toEqual([]);
  const overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
  expect(overflow, `${where}: wider than the window`).toBeLessThanOrEqual(0);
}
