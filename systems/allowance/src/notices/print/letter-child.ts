/** The process that draws letters: it lays out and writes PDFs, and knows no database. One file at a time. */
import { parse } from "node:path";

import type { LetterContent } from "../content/letter.ts";
import type { DrawAnswer, DrawJob } from "./letter-printer.ts";
import { writeLetters } from "./draw-letters.ts";

async function draw(job: DrawJob): Promise<DrawAnswer> {
  const seals = new Map(job.seals);
  const letters = function* () {
    for (const { id, content } of job.letters) yield { id, content: JSON.parse(content) as LetterContent };
  };
  try {
    return { id: job.id, ok: true, file: await writeLetters(job.path, job.title, letters(), seals) };
  } catch (error) {
    const problem = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { id: job.id, ok: false, problem: `${parse(job.path).base}: ${problem}` };
  }
}

process.on("message", (job) => {
  void draw(job as DrawJob).then((answer) => process.send?.(answer));
});
process.on("disconnect", () => process.exit(0));
