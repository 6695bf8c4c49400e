/** A real browser for the pages. */
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";

const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** @throws Error that says what to install where there is no browser: these tests do not pass by being skipped */
export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
  if (!existsSync(executablePath)) {
    throw new Error(
      `画面の試験にはChromiumが要ります。${executablePath} にありません。「apt-get install chromium」で入れるか、CHROMIUM_PATH に場所を設定してください。`,
    );
  }
  return await chromium.launch({ executablePath, args: ARGS });
}
