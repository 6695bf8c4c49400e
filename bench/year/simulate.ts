/** One year of one city, played and told; the folder of a year that failed is kept, so that it can be looked at and gone on with. */
import { checksLine, type JournalEntry, playYear, yearTable, type YearStep } from "hagukumi/contract.ts";
import { addMonths, firstDayOfMonth, type Month } from "@hagukumi/law/contract.ts";
import { japaneseCalendar } from "@hagukumi/platform/calendar/holidays.ts";
import { openDatabase } from "@hagukumi/platform/database/connection.ts";
import { migrate, migrationFolders } from "@hagukumi/platform/database/migrate.ts";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { replayCommand } from "./replay.ts";

export type Simulation = {
  readonly root: string;
  readonly start: Month;
  readonly population: number;
  readonly seed: string;
  /** Folder that is kept and gone on with; undefined: a temporary one */
  readonly data: string | undefined;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
};

/** Kinds of steps that the account of time names. */
const SLOWEST = 10;

const figuresOf = (entries: readonly JournalEntry[], figure: string): number =>
  entries.reduce((all, { figures }) => all + (figures[figure] ?? 0), 0);

/** Seconds by kind of step over all months, the slowest first. */
function slowest(entries: readonly JournalEntry[]): string {
  const kinds = [...Map.groupBy(entries, ({ title }) => title.replace(/^\d{4}-\d{2}-\d{2} /, ""))]
    .map(([title, own]) => ({ title, n: own.length, seconds: own.reduce((sum, { seconds }) => sum + seconds, 0) }))
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, SLOWEST);
  return kinds.map(({ title, n, seconds }) => `  ${seconds.toFixed(0).padStart(6)} s  ${title} (${n})`).join("\n");
}

/**
 * Plays the year, or goes on with it, and tells each step.
 *
 * @throws what stopped the year, after the command that plays it again has been said
 */
export async function simulateYear(simulation: Simulation): Promise<void> {
  const { root, start, population, seed, data, say, signal } = simulation;
  if (data !== undefined) mkdirSync(data, { recursive: true, mode: 0o700 });
  const dir = data === undefined ? mkdtempSync(join(tmpdir(), "hagukumi-sim-")) : join(data, `from-${start}`);
  const database = await openDatabase({ dir, url: "" });
  let at: YearStep | undefined;
  let ended = false;
  try {
    await migrate(database.url, await migrationFolders(root));
    const { journal, checks } = await playYear({
      context: {
        pool: database.pool,
        calendar: japaneseCalendar,
        operator: "demo.start",
        purpose: "年間の演習",
        today: firstDayOfMonth(start),
        reportsDir: join(dir, "reports"),
        signal,
      },
      dataDir: dir,
      start,
      population,
      seed,
      report: (step) => {
        at = step;
      },
      onStep: ({ on, title, seconds }) => say(`  ${on} ${title} ${seconds.toFixed(1)} s`),
    });
    const { steps } = journal;
    const seconds = steps.reduce((sum, each) => sum + each.seconds, 0);
    const people = population.toLocaleString("en");
    say(
      `\n${start} to ${addMonths(start, 11)}, ${people} residents, seed ${seed}: ${steps.length} steps in ${seconds.toFixed(0)} s`,
    );
    say(yearTable(journal));
    say(checksLine(checks));
    const compared = figuresOf(steps, "comparedMonths").toLocaleString("en");
    say(`${compared} case-months compared with the second calculator, 0 differences`);
    say(`slowest:\n${slowest(steps)}`);
    ended = true;
  } catch (error) {
    const where = at === undefined ? "before the first step" : `in ${at.id} (${at.on} ${at.title})`;
    say(`\nThe year that begins with ${start} stopped ${where}. The databases are kept in ${dir}.`);
    say(`The same year again: ${replayCommand({ population, seed, start })}`);
    if (data !== undefined) say("With the same --data it goes on where it stood.");
    throw error;
  } finally {
    await database.close();
    if (ended && data === undefined) rmSync(dir, { recursive: true, force: true });
  }
}
