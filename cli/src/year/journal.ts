/** 進み: which steps of the year are done and what they did. Written whole after each step; the steps themselves bear being repeated. */
import type { Month } from "@hagukumi/law/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { writeFileAtomic } from "@hagukumi/platform/files/atomic.ts";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import type { Figures } from "./work.ts";

export type JournalEntry = {
  readonly id: string;
  readonly on: string;
  readonly title: string;
  readonly figures: Figures;
  readonly seconds: number;
};

/** What makes the year the same year again: its first month, the city. */
export type YearIdentity = { readonly start: Month; readonly population: number; readonly seed: string };

export type Journal = YearIdentity & {
  readonly format: "hagukumi-year/1";
  readonly steps: readonly JournalEntry[];
};

const FILE = "year.json";

function isJournal(value: unknown): value is Journal {
  return typeof value === "object" && value !== null && "format" in value && value.format === "hagukumi-year/1";
}

/** The journal of the folder; undefined where no year was begun. @throws Refusal `yearOther` */
export async function readJournal(dataDir: string, wanted: YearIdentity): Promise<Journal | undefined> {
  let text: string;
  try {
    text = await readFile(join(dataDir, FILE), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  const found: unknown = JSON.parse(text);
  const same =
    isJournal(found) &&
    found.start === wanted.start &&
    found.population === wanted.population &&
    found.seed === wanted.seed;
  if (same) return found;
  throw new Refusal(
    "yearOther",
    `${dataDir} では、別の年（人口・種・年の違う演習）が始まっています。同じ指定で続けるか、環境変数 HAGUKUMI_DATA に新しいフォルダを指定してください。何も変えていません。`,
  );
}

/** Writes the journal in one piece. */
export async function writeJournal(dataDir: string, journal: Journal): Promise<void> {
  await writeFileAtomic(join(dataDir, FILE), new TextEncoder().encode(`${JSON.stringify(journal, null, 1)}\n`));
}
