/** What a command of the line works with: the database, the calendar, who acts and why, and how progress is shown. */
import type { Context } from "@hagukumi/allowance/contract.ts";
import { createCalendar, parseCivilDate } from "@hagukumi/law/contract.ts";
import type { CivilDate } from "@hagukumi/law/contract.ts";
import { nationalHolidays } from "@hagukumi/platform/calendar/holidays.ts";
import { todayInJapan } from "@hagukumi/platform/calendar/today.ts";
import { openDatabase } from "@hagukumi/platform/database/connection.ts";
import type { Database } from "@hagukumi/platform/database/connection.ts";
import { migrate, migrationFolders } from "@hagukumi/platform/database/migrate.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { createProgress } from "@hagukumi/platform/progress/progress.ts";
import type { Progress } from "@hagukumi/platform/progress/progress.ts";
import type { Command } from "commander";
import { join, resolve } from "node:path";

import { statementLogOf } from "./statement-log/place.ts";

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

/**
 * A progress display that starts a new bar for each step of a long command. What a step's first report says is done was done before
 * (by the start that was interrupted, or before there was anything to tell): the time that remains is reckoned from there.
 */
export function stepProgress(silent: boolean): {
  readonly report: (step: string, done: number, total: number, at?: string) => void;
  readonly finish: () => void;
} {
  let step = "";
  let progress: Progress | undefined;
  return {
    report: (name, done, total, at) => {
      if (name !== step) {
        progress?.finish();
        progress = createProgress({ title: name, silent, from: done });
        step = name;
      }
      progress?.update(done, total, at);
    },
    finish: () => progress?.finish(),
  };
}

/** @throws Refusal `invalidValue` */
function workDay(text: string): CivilDate {
  const day = parseCivilDate(text);
  if (day !== undefined) return day;
  throw new Refusal(
    "invalidValue",
    `処理日「${text.slice(0, 40)}」は存在しない日付です。YYYY-MM-DD で指定してください。`,
  );
}

/** @throws Refusal `operatorInvalid`; an absent one is refused where something is to be changed */
function operatorOf(text: string): string {
  if (text === "" || /^[A-Za-z0-9._@-]{1,64}$/.test(text)) return text;
  throw new Refusal(
    "operatorInvalid",
    "処理する人（--operator または HAGUKUMI_OPERATOR）は、半角の英数字と . _ @ - の64文字までで指定してください。何も変えていません。",
  );
}

export type OpenContext = { readonly context: Context; readonly database: Database; readonly dataDir: string };

/** Opens the database (by default of the data folder), brings it up to date and builds the context. The caller closes `database`. */
export async function openContext(
  options: ActorOptions,
  onProgress?: Context["onProgress"],
  signal?: AbortSignal,
  dataDir: string = dataFolder(),
): Promise<OpenContext> {
  const today = workDay(options.today ?? process.env["HAGUKUMI_TODAY"] ?? todayInJapan());
  const operator = operatorOf(options.operator ?? "");
  const database = await openDatabase({ dir: dataDir, statementLog: statementLogOf(dataDir) });
  try {
    await migrate(database.url, await migrationFolders(ROOT));
    const context: Context = {
      pool: database.pool,
      calendar: createCalendar(nationalHolidays),
      operator,
      purpose: options.purpose ?? "通常の業務",
      today,
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
