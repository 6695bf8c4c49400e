/**
 * 運転の見張り: runs what has its time beside the pages – every so many seconds, or once a day. Each part fails for itself: what went wrong is
 * written down, tried again after a growing pause, and the others go on. The state of each is a row that a page shows (`operated_part`).
 */
import { hostname } from "node:os";
import type { Pool } from "pg";

import { beat, introduceParts, problemWords, writeState, type WrittenState } from "./states.ts";

/** `every`: seconds from the end of a turn to the next, 1…86,400. `daily`: a time in Japan, `HH:MM`; one that was missed is made up for. `always`: it runs as long as the process, and says by itself when it does not. */
export type Rhythm = { readonly every: number } | { readonly daily: string } | { readonly always: true };

export type Part = {
  /** Letters, 2–40 */
  readonly code: string;
  /** Name for people */
  readonly name: string;
  readonly rhythm: Rhythm;
  /** Seconds from the start to the first turn, at the least; default 0 */
  readonly after?: number;
  /** Place in the list */
  readonly order: number;
  /**
   * One turn, or for `always` the beginning.
   *
   * @returns what was done, in words with counts alone; an empty text where there was nothing to do
   */
  readonly run: (signal: AbortSignal) => Promise<string>;
};

export type Supervisor = {
  /** Starts what is due; the timer calls it, and a test */
  readonly tick: () => Promise<void>;
  /** When no turn is running any more */
  readonly idle: () => Promise<void>;
  /** For a part that runs always: it ended by itself, or is there again */
  readonly tell: (code: string, problem: string) => Promise<void>;
  /** Lets the turns that run end at their next slice, and says that all is stopped */
  readonly close: () => Promise<void>;
};

export type SupervisorOptions = {
  readonly pool: Pool;
  readonly parts: readonly Part[];
  readonly onLine: (line: string) => void;
  /** Default the machine's clock */
  readonly now?: () => Date;
  /** Milliseconds between two looks; default 1,000. 0: the caller ticks */
  readonly tickMs?: number;
};

const SECOND = 1000;
const DAY = 86_400_000;
const JAPAN = 9 * 3_600_000;
/** Between two signs of life, and between two looks for what somebody wants now */
const BEAT_MS = 30_000;
const WANTED_MS = 4_000;
const LONGEST_PAUSE_MS = 3_600_000;

/** The newest moment at or before `now` at which it is that time in Japan. */
export function lastAt(time: string, now: Date): Date {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  const midnight = Math.floor((now.getTime() + JAPAN) / DAY) * DAY - JAPAN;
  const at = midnight + (hour * 60 + minute) * 60_000;
  return new Date(at <= now.getTime() ? at : at - DAY);
}

/** When a part that failed `failures` times in a row is tried again: 5, 10, 20 … seconds, at the most an hour; a rhythm that is quicker than that goes on. */
export const pauseAfter = (failures: number): number =>
  Math.min(LONGEST_PAUSE_MS, 5 * SECOND * 2 ** Math.min(failures - 1, 12));

function wordsOf(rhythm: Rhythm): string {
  if ("daily" in rhythm) return `毎日 ${rhythm.daily}`;
  if ("always" in rhythm) return "動きつづける";
  return rhythm.every % 60 === 0 ? `${String(rhythm.every / 60)}分ごと` : `${String(rhythm.every)}秒ごと`;
}

type Kept = { state: WrittenState; running: Promise<void> | undefined; due: number; wanted: boolean };

/**
 * Begins. The first turn of each part comes at the first tick, not before.
 *
 * @throws what the database throws at the beginning; later its failures are lines alone
 */
export async function startSupervisor(options: SupervisorOptions): Promise<Supervisor> {
  const { pool, parts, onLine } = options;
  const now = options.now ?? (() => new Date());
  const abort = new AbortController();
  const begun = now().getTime();
  const before = await introduceParts(
    pool,
    `${hostname()}:${process.pid}`.slice(0, 120),
    parts.map(({ code, name, rhythm, order }) => ({ code, name, rhythm: wordsOf(rhythm), order })),
  );
  const firstDue = ({ code, rhythm, after = 0 }: Part): number => {
    const earliest = begun + after * SECOND;
    if (!("daily" in rhythm)) return earliest;
    const missed = lastAt(rhythm.daily, new Date(begun)).getTime();
    const succeeded = before.get(code)?.succeededAt?.getTime() ?? 0;
    return succeeded >= missed ? Math.max(earliest, missed + DAY) : earliest;
  };
  const kept = new Map<string, Kept>(
    parts.map((part): [string, Kept] => {
      const due = firstDue(part);
      const state: WrittenState = {
        code: part.code,
        state: "waiting",
        said: before.get(part.code)?.said ?? "",
        problem: "",
        turns: 0,
        failures: 0,
        begunAt: null,
        succeededAt: null,
        failedAt: null,
        nextAt: "always" in part.rhythm ? null : new Date(due),
      };
      return [part.code, { state, running: undefined, due, wanted: false }];
    }),
  );
  const nameOf = new Map(parts.map(({ code, name }) => [code, name]));
  // What can't be written down must not stop the work itself.
  const write = async (own: Kept, change: Partial<WrittenState>, event?: { action: string; failed: boolean }) => {
    own.state = { ...own.state, ...change };
    await writeState(pool, own.state, event).catch((error: unknown) => {
      onLine(`運転状況を書けません（${nameOf.get(own.state.code) ?? ""}）: ${problemWords(error)}`);
    });
  };
  const failed = async (own: Kept, problem: string, nextAt: Date | null): Promise<void> => {
    const failures = own.state.failures + 1;
    onLine(`${nameOf.get(own.state.code) ?? ""}: ${problem}`);
    await write(
      own,
      { state: "failed", problem, failures, failedAt: now(), nextAt },
      // One row when it begins to fail; that it still does stands in the state.
      failures === 1 ? { action: "part.failed", failed: true } : undefined,
    );
  };
  const succeeded = async (own: Kept, said: string, next: Partial<WrittenState>): Promise<void> => {
    const { failures, turns } = own.state;
    await write(
      own,
      {
        said: said === "" ? own.state.said : said,
        problem: "",
        failures: 0,
        turns: turns + 1,
        succeededAt: now(),
        ...next,
      },
      failures > 0 ? { action: "part.resumed", failed: false } : undefined,
    );
    if (said !== "") onLine(`${nameOf.get(own.state.code) ?? ""}: ${said}`);
  };
  const turn = async (part: Part, own: Kept): Promise<void> => {
    const { rhythm } = part;
    // A turn each few seconds that finds nothing is no news: its state is written with the next sign of life.
    const quiet =
      "every" in rhythm && rhythm.every < 60 && own.state.failures === 0 && own.state.turns > 0 && !own.wanted;
    own.wanted = false;
    if (!quiet) await write(own, { state: "running", begunAt: now() });
    try {
      const said = await part.run(abort.signal);
      const ended = now().getTime();
      if ("every" in rhythm) own.due = ended + rhythm.every * SECOND;
      else if ("daily" in rhythm) own.due = lastAt(rhythm.daily, new Date(ended)).getTime() + DAY;
      else own.due = Number.POSITIVE_INFINITY;
      if (quiet && said === "") {
        const { turns } = own.state;
        own.state = {
          ...own.state,
          turns: turns + 1,
          begunAt: new Date(ended),
          succeededAt: new Date(ended),
          nextAt: new Date(own.due),
        };
        return;
      }
      await succeeded(
        own,
        said,
        "always" in rhythm ? { state: "running", nextAt: null } : { state: "waiting", nextAt: new Date(own.due) },
      );
    } catch (error) {
      if (abort.signal.aborted) return;
      const pause = pauseAfter(own.state.failures + 1);
      own.due = now().getTime() + ("every" in rhythm ? Math.max(pause, rhythm.every * SECOND) : pause);
      await failed(own, problemWords(error), new Date(own.due));
    }
  };
  // When each comes next is to be seen before its first turn.
  for (const own of kept.values()) await write(own, {});
  let lastBeat = begun;
  let lastWanted = begun;
  const look = async (): Promise<void> => {
    const at = now().getTime();
    if (at - lastWanted < WANTED_MS) return;
    lastWanted = at;
    const sign = at - lastBeat >= BEAT_MS;
    if (sign) lastBeat = at;
    for (const code of await beat(pool, [...kept.keys()], sign)) {
      const own = kept.get(code);
      if (own === undefined) continue;
      own.due = Math.min(own.due, at);
      own.wanted = true;
    }
    if (!sign) return;
    for (const part of parts) {
      const own = kept.get(part.code);
      if (own?.running === undefined && "every" in part.rhythm && part.rhythm.every < 60 && own !== undefined)
        await write(own, {});
    }
  };
  const tick = async (): Promise<void> => {
    if (abort.signal.aborted) return;
    await look().catch((error: unknown) => onLine(`運転状況を読めません: ${problemWords(error)}`));
    const at = now().getTime();
    for (const part of parts) {
      const own = kept.get(part.code);
      if (own === undefined || own.running !== undefined || own.due > at) continue;
      own.running = turn(part, own).finally(() => {
        own.running = undefined;
      });
    }
  };
  const idle = async (): Promise<void> => {
    for (const own of kept.values()) await own.running;
  };
  let ticking: Promise<void> = Promise.resolve();
  const tickMs = options.tickMs ?? SECOND;
  const timer =
    tickMs === 0
      ? undefined
      : setInterval(() => {
          ticking = ticking.then(tick);
        }, tickMs);
  return {
    tick,
    idle,
    tell: async (code, problem) => {
      const own = kept.get(code);
      if (own === undefined || abort.signal.aborted) return;
      if (problem === "") await succeeded(own, "", { state: "running", nextAt: null });
      else await failed(own, problem, null);
    },
    close: async () => {
      abort.abort();
      clearInterval(timer);
      await ticking;
      await idle();
      for (const own of kept.values()) await write(own, { state: "stopped", problem: "", nextAt: null });
    },
  };
}
