/** One letter as PDF: for the screen, drawn again from what is kept. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { KeptLetter } from "../runs/case-letters.ts";
import { withLetterPrinters } from "./letter-printer.ts";

/** @throws Refusal `letterInvalid` */
export async function drawLetter({ runNo, seq, letterId, content, seals }: KeptLetter): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), "hagukumi-letter-"));
  try {
    const path = join(folder, "letter.pdf");
    await withLetterPrinters(1, async ([printer]) => {
      const letters = [{ id: { runNo, seq, envelope: letterId }, content: JSON.stringify(content) }];
      await printer?.draw({ path, title: `封筒${letterId}`, letters, seals });
    });
    return await readFile(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
