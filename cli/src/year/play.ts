/**
 * Plays a year of the synthetic city (年間の演習): the same operations that people use, day by day, by different people, with the
 * money invariants asked after every step. A second call goes on where the first one stood.
 */
import { type CheckResult, type Context, verifyMoney } from "@hagukumi/allowance/contract.ts";
import { splitCity, writeCity } from "@hagukumi/outside-city/contract.ts";
import { addMonths, lastDayOfMonth, type Month } from "@hagukumi/law/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { type Journal, type JournalEntry, readJournal, type YearIdentity, writeJournal } from "./journal.ts";
import { cutsOf } from "./months.ts";
import { planYear } from "./plan.ts";
import type { YearStep, YearWork } from "./work.ts";

export type PlayOptions = YearIdentity & {
  /** Without progress of its own: the year has hundreds of short steps, and `report` tells of each */
  readonly context: Omit<Context, "onProgress">;
  readonly report?: (step: YearStep, index: number, steps: number) => void;
  /** Making of the city: residents done and wanted */
  readonly reportCity?: (done: number, total: number) => void;
  readonly dataDir: string;
  /** The steps to play; default the whole year. Tests give another order of what the calendar leaves open. */
  readonly steps?: readonly YearStep[];
  /** Called after each step and its checks */
  readonly onStep?: (entry: JournalEntry, work: YearWork) => Promise<void> | void;
};

export type PlayedYear = {
  /** Whether anything had to be done */
  readonly changed: boolean;
  readonly journal: Journal;
  readonly checks: readonly CheckResult[];
};

/** Residents may still be born and move for so long after the year: what nobody has heard of yet must exist in the city. */
const cityComplete = (start: Month): string => lastDayOfMonth(addMonths(start, 13));

/** Another city in the database is not touched. @throws Refusal `yearOther` */
async function refuseOtherCity({ context, dataDir }: PlayOptions): Promise<void> {
  const { rows } = await context.pool.query<{ n: number }>("SELECT count(*)::int AS n FROM allowance.import_batch");
  if (rows[0]?.n === 0) return;
  throw new Refusal(
    "yearOther",
    `${dataDir} のデータベースには、ほかの市のデータがあります。年間の演習は空のフォルダで始めます。環境変数 HAGUKUMI_DATA に新しいフォルダを指定してください。何も変えていません。`,
  );
}

/** The city and its deliveries, made where they are missing. @returns the folder of the deliveries */
async function makeCity(options: PlayOptions): Promise<string> {
  const { dataDir, start, population, seed, reportCity } = options;
  const feeds = join(dataDir, "deliveries");
  if (existsSync(feeds)) return feeds;
  const city = join(dataDir, "city");
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await writeCity({
    population,
    seed,
    asOf: cityComplete(start),
    directory: city,
    force: existsSync(city),
    ...(reportCity === undefined ? {} : { onProgress: reportCity }),
  });
  await splitCity({ city, cuts: cutsOf(start), directory: feeds });
  return feeds;
}

const brokenOf = (checks: readonly CheckResult[]): readonly CheckResult[] =>
  checks.filter(({ violations }) => violations > 0);

/** @throws Refusal `invariantBroken`: the year stops where the first one broke */
async function requireInvariants(context: Context, step: YearStep): Promise<readonly CheckResult[]> {
  const checks = await verifyMoney(context);
  const broken = brokenOf(checks);
  if (broken.length === 0) return checks;
  const words = broken
    .map(({ id, title, examples }) => `${id} ${title}（${examples.slice(0, 3).join("、")}）`)
    .join("、");
  throw new Refusal(
    "invariantBroken",
    `${step.on}「${step.title}」のあとで、不変条件が破れました: ${words}。演習を止めました。「hagukumi verify」で詳しく確かめてください。`,
    { step: step.id },
  );
}

/**
 * Plays what has not been played yet.
 *
 * @throws Refusal `cancelled` between two steps or slices, `yearOther`, `invariantBroken`, or one of a step; what was done stays
 */
export async function playYear(options: PlayOptions): Promise<PlayedYear> {
  const { context, dataDir, start, population, seed } = options;
  const known = await readJournal(dataDir, options);
  if (known === undefined) await refuseOtherCity(options);
  const work: YearWork = { context, dataDir, feeds: await makeCity(options), seed };
  let journal: Journal = known ?? { format: "hagukumi-year/1", start, population, seed, steps: [] };
  if (known === undefined) await writeJournal(dataDir, journal);
  const steps = options.steps ?? planYear(start, context.calendar);
  const done = new Set(journal.steps.map(({ id }) => id));
  let checks: readonly CheckResult[] | undefined;
  for (const [index, step] of steps.entries()) {
    if (done.has(step.id)) continue;
    if (context.signal?.aborted === true) {
      const message = `年間の演習を ${step.on} の前で止めました。済んだことは残っています。同じコマンドで続きから始まります。`;
      throw new Refusal("cancelled", message);
    }
    options.report?.(step, index, steps.length);
    const begun = performance.now();
    const figures = await step.run(work, step);
    checks = await requireInvariants(context, step);
    const seconds = Math.round(performance.now() - begun) / 1000;
    const entry: JournalEntry = { id: step.id, on: step.on, title: step.title, figures, seconds };
    journal = { ...journal, steps: [...journal.steps, entry] };
    await writeJournal(dataDir, journal);
    await options.onStep?.(entry, work);
  }
  const changed = checks !== undefined;
  return { changed, journal, checks: checks ?? (await verifyMoney(context)) };
}
