/** What a command of the line works with: the database, the calendar, who acts and why, and how progress is shown. */
import type { Context } from "@hagukumi/allowance/contract.ts";
import { civilDate, createCalendar } from "@hagukumi/law/contract.ts";
import { nationalHolidays } from "@hagukumi/platform/calendar/holidays.ts";
import { todayInJapan } from "@hagukumi/platform/calendar/today.ts";
import { openDatabase } from "@hagukumi/platform/database/connection.ts";
import type { Database } from "@hagukumi/platform/database/connection.ts";
import { migrate, migrationFolders } from "@hagukumi/platform/database/migrate.ts";
import { createProgress } from "@hagukumi/platform/progress/progress.ts";
import type { Progress } from "@hagukumi/platform/progress/progress.ts";
import type { Command } from "commander";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");

/** The data folder: `HAGUKUMI_DATA`, else `data` in the checkout. */
export function dataFolder(): string {
  return resolve(process.env["HAGUKUMI_DATA"] ?? join(ROOT, "data"));
}

/** Options that every changing command takes. */
export type ActorOptions = { readonly operator?: string; readonly purpose?: string; readonly today?: string };

/** Adds `--operator`, `--purpose` and `--today` to a command. */
export function withActor(command: Command): Command {
  return command
    .option("--operator <id>", "処理する人 / who acts (HAGUKUMI_OPERATOR)", process.env["HAGUKUMI_OPERATOR"])
    .option("--purpose <text>", "処理事由 / why", "通常の業務")
    .option("--today <date>", "処理日 YYYY-MM-DD / the day of work, default today in Japan");
}

/** A progress display that starts a new bar for each step of a long command. */
export function stepProgress(silent: boolean): {
  readonly report: (step: string, done: number, total: number) => void;
  readonly finish: () => void;
} {
  let step = "";
  let progress: Progress | undefined;
  return {
    report: (name, done, total) => {
      if (name !== step) {
        progress?.finish();
        progress = createProgress({ title: name, silent });
        step = name;
      }
      progress?.update(done, total);
    },
    finish: () => progress?.finish(),
  };
}

export type OpenContext = { readonly context: Context; readonly database: Database; readonly dataDir: string };

/** Opens the database, brings it up to date and builds the context. The caller closes `database`. */
export async function openContext(
  options: ActorOptions,
  onProgress?: Context["onProgress"],
  signal?: AbortSignal,
): Promise<OpenContext> {
  const dataDir = dataFolder();
  const database = await openDatabase({ dir: dataDir });
  try {
    await migrate(database.url, await migrationFolders(ROOT));
    const context: Context = {
      pool: database.pool,
      calendar: createCalendar(nationalHolidays),
      operator: options.operator ?? "",
      purpose: options.purpose ?? "通常の業務",
      today: civilDate(options.today ?? process.env["HAGUKUMI_TODAY"] ?? todayInJapan()),
      reportsDir: join(dataDir, "reports"),
      ...(onProgress === undefined ? {} : { onProgress }),
      ...(signal === undefined ? {} : { signal }),
    };
    return { context, database, dataDir };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/**
 * Runs one command's work: opens, shows progress, prints the result (text for people, JSON with `--json`), closes.
 * Ctrl-C asks a long step to stop between two slices.
 */
export async function perform<T>(
  command: Command,
  work: (opened: OpenContext) => Promise<T>,
  print: (result: T) => string,
): Promise<void> {
  const options = command.optsWithGlobals<ActorOptions & { readonly json?: boolean }>();
  const progress = stepProgress(options.json === true);
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  const opened = await openContext(options, progress.report, abort.signal);
  try {
    const result = await work(opened);
    progress.finish();
    process.stdout.write(`${options.json === true ? JSON.stringify(result) : print(result)}\n`);
  } finally {
    progress.finish();
    process.removeListener("SIGINT", stop);
    process.removeListener("SIGTERM", stop);
    await opened.database.close();
  }
}
