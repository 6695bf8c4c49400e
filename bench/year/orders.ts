/** Every order that the calendar leaves open, each played on a copy of the database as it stood before. */
import { endState, openGroups, ordersOf, playYear, type YearStep } from "hagukumi/contract.ts";
import { firstDayOfMonth, type Month } from "@hagukumi/law/contract.ts";
import { japaneseCalendar } from "@hagukumi/platform/calendar/holidays.ts";
import { openDatabase } from "@hagukumi/platform/database/connection.ts";
import { migrate, migrationFolders } from "@hagukumi/platform/database/migrate.ts";
import { connectClient, createPool } from "@hagukumi/platform/database/pool.ts";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Letters decide nothing; without them the sample is played in a third of the time. */
const LETTERS = /letters|tray/i;

/** Plan of the year, size and seed of the city that plays it. */
export type Sample = {
  readonly root: string;
  /** First month of the year */
  readonly start: Month;
  readonly all: readonly YearStep[];
  readonly population: number;
  readonly seed: string;
  readonly say: (line: string) => void;
};

type Place = { readonly url: string; readonly dir: string };

function databaseOf(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
}

/** Plays the given steps and ends its connections: only a database without any can be copied. */
async function play(
  { url, dir }: Place,
  steps: readonly YearStep[],
  { start, population, seed }: Sample,
): Promise<string> {
  const pool = createPool(url, { applicationName: "open orders" });
  try {
    const today = firstDayOfMonth(start);
    const own = { operator: "demo.start", purpose: "年間の演習", today, reportsDir: join(dir, "reports") };
    const context = { pool, calendar: japaneseCalendar, ...own };
    await playYear({ context, dataDir: dir, start, population, seed, steps });
    return JSON.stringify(await endState(pool));
  } finally {
    await pool.end();
  }
}

/**
 * Plays the year up to each such day, then the day in every order.
 *
 * @throws Error naming the day and the order whose end state is another
 */
export async function permuteOrders(sample: Sample): Promise<{ readonly groups: number; readonly orders: number }> {
  const { root, all, say } = sample;
  const steps = all.filter(({ id }) => !LETTERS.test(id));
  const dir = mkdtempSync(join(tmpdir(), "hagukumi-orders-"));
  const server = await openDatabase({ dir: join(dir, "server"), url: "" });
  const admin = await connectClient(server.url, "open orders");
  let orders = 0;
  const groups = openGroups(steps);
  try {
    await admin.query("CREATE DATABASE base");
    const base = { url: databaseOf(server.url, "base"), dir: join(dir, "base") };
    await migrate(base.url, await migrationFolders(root));
    for (const group of groups) {
      const before = steps.slice(
        0,
        steps.findIndex(({ id }) => id === group[0]?.id),
      );
      await play(base, before, sample);
      let first: string | undefined;
      for (const order of ordersOf(group)) {
        const name = order.map(({ id }) => id.slice(8)).join(" → ");
        const copy = { url: databaseOf(server.url, "one_order"), dir: join(dir, "one-order") };
        await admin.query("CREATE DATABASE one_order TEMPLATE base");
        cpSync(base.dir, copy.dir, { recursive: true });
        const state = await play(copy, [...before, ...order], sample);
        await admin.query("DROP DATABASE one_order");
        rmSync(copy.dir, { recursive: true });
        first ??= state;
        orders += 1;
        if (state !== first) throw new Error(`${group[0]?.on ?? ""} ${name}: another end state\n${first}\n${state}`);
      }
      say(`  ${group[0]?.on ?? ""}: ${group.length} jobs, ${ordersOf(group).length} orders, one end state`);
    }
    return { groups: groups.length, orders };
  } finally {
    await admin.end();
    await server.close();
    rmSync(dir, { recursive: true, force: true });
  }
}
