/**
 * The city of the demonstration lives on while the pages are served: further days, and what the offices are asked to send again. What was lived
 * before is drawn from the seed again, so that nothing but the number of days, and what went wrong on which, has to be kept.
 */
import { folderStore } from "@hagukumi/interchange/contract.ts";
import {
  createSender,
  type Fault,
  type InterfaceName,
  openDailyLife,
  openTown,
  type Sender,
} from "@hagukumi/outside-sources/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { writeFileAtomic } from "@hagukumi/platform/files/atomic.ts";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { storeFolder, WORK_DAY } from "./daily-life.ts";

/** A day on which an office sent badly. */
type WrongDay = { readonly day: number; readonly interfaceName: InterfaceName; readonly fault: Fault };

const livedPath = (dataDir: string): string => join(dataDir, "outside-offices", "lived.json");

async function readLived(dataDir: string): Promise<{ readonly days: number; readonly wrong: readonly WrongDay[] }> {
  const text = await readFile(livedPath(dataDir), "utf8").catch(() => undefined);
  if (text !== undefined) return JSON.parse(text) as { days: number; wrong: WrongDay[] };
  // The first month is kept nowhere: nothing went wrong in it, so its differences are its days.
  const found = await folderStore(storeFolder(dataDir)).list("in/residents");
  return { days: found.filter(({ key }) => /_差分_.*\.json$/u.test(key)).length, wrong: [] };
}

type Living = {
  readonly nextDay: () => Promise<{ readonly date: string; readonly happened: number }>;
  readonly closeNight: () => Promise<void>;
  /** Number of days that were lived */
  readonly days: number;
  readonly wrong: readonly WrongDay[];
  /** Everybody who sends into the store */
  readonly senders: () => readonly Sender[];
};

/** Lives all days again up to today; the files of those days are written over with the same bytes. */
async function liveAgain(dataDir: string, seed: string, more?: Omit<WrongDay, "day">): Promise<Living> {
  const { days, wrong } = await readLived(dataDir);
  if (days === 0) {
    throw new Refusal(
      "invalidValue",
      "このデータフォルダでは、まだ一日も送っていません。先に hagukumi start で一か月を進めてください。何も送っていません。",
    );
  }
  const folder = storeFolder(dataDir);
  const files = createSender(folder);
  const past = createSender(join(dataDir, "outside-offices"));
  let rest = past;
  const life = openDailyLife({
    town: await openTown(join(dataDir, "city"), { seed, today: WORK_DAY }),
    seed,
    files,
    rest: { ...past, send: async (...sending) => await rest.send(...sending) },
    wrong: (day, name) =>
      day > days && more?.interfaceName === name
        ? more.fault
        : wrong.find((each) => each.day === day && each.interfaceName === name)?.fault,
  });
  await life.begin();
  for (let day = 1; day <= days; day += 1) await life.nextDay();
  // Nobody answers by REST any more: the tax office goes on by file, in the one row of numbers over both ways.
  rest = createSender(folder, { incomes: past.last("incomes") });
  return { ...life, days, wrong, senders: () => [files, rest] };
}

/**
 * `days` more days, and the nightly full set, as files in the store.
 *
 * @param fault what goes wrong on each of these days, and in which interface
 * @returns the day up to which it has lived then
 * @throws Refusal `invalidValue` where no month was played in this folder
 */
export async function sendMoreDays(
  dataDir: string,
  {
    seed,
    days,
    fault,
    faultIn = "residents",
  }: {
    readonly seed: string;
    readonly days: number;
    readonly fault?: Fault | undefined;
    readonly faultIn?: InterfaceName | undefined;
  },
): Promise<{ readonly until: string; readonly happened: number }> {
  const bad = fault === undefined ? undefined : { fault, interfaceName: faultIn };
  const living = await liveAgain(dataDir, seed, bad);
  let until = "";
  let happened = 0;
  for (let day = 1; day <= days; day += 1) {
    const lived = await living.nextDay();
    until = lived.date;
    happened += lived.happened;
  }
  await living.closeNight();
  const wrong = [...living.wrong];
  if (bad !== undefined) for (let day = 1; day <= days; day += 1) wrong.push({ day: living.days + day, ...bad });
  await writeFileAtomic(livedPath(dataDir), `${JSON.stringify({ days: living.days + days, wrong })}\n`);
  return { until, happened };
}

/** Names of the requests to send again that lie in the store. */
const requests = async (dataDir: string): Promise<readonly string[]> =>
  (await folderStore(storeFolder(dataDir)).list("out")).map(({ key }) => key).filter((key) => key.includes("resend-"));

/**
 * The offices of the demonstration look for requests to send again. Each look answers what is new since the one before; the first answers all, with the
 * same bytes as ever.
 */
export function resendAnswers(dataDir: string, seed: string): () => Promise<string> {
  const answered = new Set<string>();
  return async () => {
    const fresh = (await requests(dataDir)).filter((key) => !answered.has(key));
    if (fresh.length === 0) return "";
    const living = await liveAgain(dataDir, seed);
    let sent = 0;
    for (const sender of living.senders()) sent += (await sender.answerResends()).length;
    for (const key of fresh) answered.add(key);
    return `再送の依頼 ${fresh.length}件に答えて、配信 ${sent}件を送り直しました。`;
  };
}
