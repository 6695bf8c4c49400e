/**
 * Pictures of the pages for the documentation: `node web/staff/test/browser/screenshots.ts <url> <folder>` while
 * `hagukumi start` serves. A third argument is the kana of the person to show; the default is a family
 * with three children in the city that the default seed makes.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { openBrowser } from "../support/browser.ts";

/** Writes run.png, search.png, recipient.png (desktop) and recipient-phone.png into `folder`. */
export async function takeScreenshots(url: string, folder: string, kana: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const browser = await openBrowser();
  try {
    const context = await browser.newContext({ locale: "ja-JP", viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    const picture = async (name: string): Promise<void> => {
      await page.evaluate("document.fonts.ready");
      await page.screenshot({ path: join(folder, name) });
    };
    await page.goto(url);
    await picture("run.png");
    await page.goto(`${url}/search`);
    await page.getByLabel("認定番号・宛名番号・カナ・氏名").fill(kana);
    await page.getByRole("button", { name: "検索" }).click();
    await picture("search.png");
    await page.locator("main table a").first().click();
    await page.setViewportSize({ width: 1280, height: 1280 });
    await page.locator(".months summary").first().click();
    await picture("recipient.png");
    await page.setViewportSize({ width: 390, height: 844 });
    await page.evaluate("document.querySelector('#months').scrollIntoView()");
    await picture("recipient-phone.png");
  } finally {
    await browser.close();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await takeScreenshots(
    process.argv[2] ?? "http://localhost:8080",
    process.argv[3] ?? "docs/images",
    process.argv[4] ?? "しけんだはると",
  );
}
