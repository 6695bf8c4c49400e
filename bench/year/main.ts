/**
 * Simulation of whole years: `npm run sim:year -- [--population n] [--orders n]`, default 100,000 residents and a sample of 1,500.
 *
 * 1. The twelve months from September 2024, over the reform of October 2024, and the fiscal year 2026 (April to March), with every job in
 *    its season. The payment of October 2024 pays four months of the old law, with its income test.
 *    After every step the money invariants (M1–M34) are asked; at the end of every month what is decided and what stands in the ledger is
 *    compared with the second calculator on facts read a second time from the files. The first fault stops the year.
 * 2. On the sample: for every day on which the calendar leaves the order of jobs open, every order, each on a copy of the database; the
 *    end states must be the same.
 */
import { type JournalEntry, type PlayedYear, planYear, playYear, yearTable, checksLine } from "hagukumi/contract.ts";
import { firstDayOfMonth, month, type Month } from "@hagukumi/law/contract.ts";
import { japaneseCalendar } from "@hagukumi/platform/calendar/holidays.ts";
import { openDatabase } from "@hagukumi/platform/database/connection.ts";
import { migrate, migrationFolders } from "@hagukumi/platform/database/migrate.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { permuteOrders } from "./orders.ts";

const ROOT = resolve(import.meta.dirname, "../..");
/** The first month of each: four payments of the old law, then the reform; and 令和8年度. */
const STARTS = ["2024-09", "2026-04"] as const;

const { values } = parseArgs({
  options: {
    population: { type: "string", default: "100000" },
    orders: { type: "string", default: "1500" },
    starts: { type: "string", default: STARTS.join(",") },
  },
});

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Compared cases and months of all months together. */
function compared(entries: readonly JournalEntry[]): string {
  const sum = (figure: string): number => entries.reduce((all, { figures }) => all + (figures[figure] ?? 0), 0);
  return `${sum("comparedMonths").toLocaleString("en")} case-months compared with the second calculator, 0 differences`;
}

async function simulate(start: Month, population: number): Promise<PlayedYear> {
  const dir = mkdtempSync(join(tmpdir(), "hagukumi-sim-"));
  const database = await openDatabase({ dir, url: "" });
  try {
    await migrate(database.url, await migrationFolders(ROOT));
    const begun = performance.now();
    const played = await playYear({
      context: {
        pool: database.pool,
        calendar: japaneseCalendar,
        operator: "demo.start",
        purpose: "年間の演習",
        today: firstDayOfMonth(start),
        reportsDir: join(dir, "reports"),
      },
      dataDir: dir,
      start,
      population,
      seed: "hagukumi",
      onStep: ({ on, title, seconds }) => say(`  ${on} ${title} ${seconds.toFixed(1)} s`),
    });
    const seconds = (performance.now() - begun) / 1000;
    const steps = played.journal.steps.length;
    say(
      `\n${start} and eleven months on, ${population.toLocaleString("en")} residents: ${steps} steps in ${seconds.toFixed(0)} s`,
    );
    say(yearTable(played.journal));
    say(checksLine(played.checks));
    say(compared(played.journal.steps));
    return played;
  } finally {
    await database.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

const [processor] = cpus();
say(`${cpus().length} × ${processor?.model ?? "?"}, Node ${process.version}, load ${(loadavg()[0] ?? 0).toFixed(2)}`);
for (const start of values.starts.split(",")) await simulate(month(start), Number(values.population));
const sample = Number(values.orders);
if (sample > 0) {
  const { groups, orders } = await permuteOrders(ROOT, planYear(month("2026-04"), japaneseCalendar), sample, say);
  say(
    `Open orders on ${sample.toLocaleString("en")} residents: ${groups} days, ${orders} orders, the same end state in each`,
  );
}
