/** A real browser for the pages. */
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import type { Browser, BrowserContext } from "playwright-core";

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
function executable(): string {
  const executablePath = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
  if (existsSync(executablePath)) return executablePath;
  throw new Error(
    `画面の試験にはChromiumが要ります。${executablePath} にありません。「apt-get install chromium」で入れるか、CHROMIUM_PATH に場所を設定してください。`,
  );
}

export async function openBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: executable(), args: ARGS });
}

/** A browser as it stands at a terminal: with a profile on the disk, for what it leaves there, and a folder of downloads. */
export async function openProfile(folder: string, downloads: string): Promise<BrowserContext> {
  return await chromium.launchPersistentContext(folder, {
    executablePath: executable(),
    args: ARGS,
    acceptDownloads: true,
    downloadsPath: downloads,
    locale: "ja-JP",
    viewport: { width: 1280, height: 900 },
  });
}
