/**
 * 文の記録の番: reads the server's pipe, masks, seals, and brings each segment to a place away from this machine. What can't be brought
 * waits beside the server, masked and sealed, and is brought in order when the place is there again; since when it waits is in the state.
 */
import { open, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

import { writeFileAtomic } from "../../files/atomic.ts";
import type { SealKey } from "../../access/seal/block.ts";
import { EntryCutter, readEntry, type StatementEntry } from "./entry.ts";
import { type ChainEnd, FIRST_HASH, parseSegment, type Segment, sealSegment } from "./segment.ts";

/** Where segments are brought: an object is written once and whole. */
export type StatementPlace = {
  readonly put: (key: string, content: Uint8Array) => Promise<void>;
  readonly size: (key: string) => Promise<number | undefined>;
  readonly read: (key: string) => AsyncIterable<Uint8Array>;
};

export const segmentKey = (number: number): string => `segment-${String(number).padStart(9, "0")}.json`;

export type StatementLogState = ChainEnd & {
  /** Segments up to this number are at the place */
  readonly shipped: number;
  /** Since when the place can't be reached, ISO 8601; null while it can */
  readonly awaySince: string | null;
  /** What the place said last */
  readonly awayWhy: string;
  /** Entries with an alarm, since the beginning */
  readonly alarms: number;
  /** Last line that was sealed of each open session */
  readonly lines: Readonly<Record<string, number>>;
  /** Process that keeps them */
  readonly keeper: number;
};

const EMPTY: StatementLogState = {
  number: 0,
  hash: FIRST_HASH,
  entries: 0,
  shipped: 0,
  awaySince: null,
  awayWhy: "",
  alarms: 0,
  lines: {},
  keeper: 0,
};

export const statementFolder = (dir: string): string => join(dir, "statement-log");
const statePath = (dir: string): string => join(statementFolder(dir), "state.json");
export const spoolFolder = (dir: string): string => join(statementFolder(dir), "spool");

/** @param dir folder of the server (`data/postgres`) */
export async function readStatementState(dir: string): Promise<StatementLogState> {
  const text = await readFile(statePath(dir), "utf8").catch(() => undefined);
  return text === undefined ? EMPTY : { ...EMPTY, ...(JSON.parse(text) as StatementLogState) };
}

/** A segment that waits. */
export async function readSpooled(dir: string, number: number): Promise<Buffer | undefined> {
  return await readFile(join(spoolFolder(dir), segmentKey(number))).catch(() => undefined);
}

export type KeeperOptions = {
  readonly dir: string;
  readonly pipe: string;
  readonly key: SealKey;
  /** Key of the digests, 32 bytes */
  readonly digestKey: Buffer;
  readonly place: () => Promise<StatementPlace>;
  /** Masked lines of the server's own processes, for whoever runs it */
  readonly onServerLine: (line: string) => Promise<void>;
  readonly now?: () => Date;
};

/** The last line of each session that is still open after these entries. */
function linesAfter(
  before: Readonly<Record<string, number>>,
  entries: readonly StatementEntry[],
): Readonly<Record<string, number>> {
  const lines = new Map(Object.entries(before));
  for (const { session, line, kind } of entries) {
    if (kind === "disconnection") lines.delete(session);
    else if (session !== "") lines.set(session, line);
  }
  return Object.fromEntries(lines);
}

/** How long is waited for more before an entry or a segment counts as complete. */
const REST_MS = 150;
/** A session that said it was let in says within this time whether it is recorded. */
const MARK_WITHIN_MS = 5_000;
const TRY_AGAIN_MS = 3_000;
const MOST_ENTRIES = 500;

const countAlarms = ({ entries }: Segment): number => entries.filter(({ alarms }) => alarms.length > 0).length;

/** Runs until the server and all its processes have closed the pipe, and everything they said is sealed. */
export async function keepStatements(options: KeeperOptions): Promise<void> {
  const { dir, key, digestKey, now = () => new Date() } = options;
  await mkdir(spoolFolder(dir), { recursive: true, mode: 0o700 });
  let state = await readStatementState(dir);
  let writing: Promise<void> = Promise.resolve();
  const keep = async (changed: Partial<StatementLogState>): Promise<void> => {
    state = { ...state, ...changed };
    // One after another, and each what is true when its turn comes: an older state never comes last.
    const write = async (): Promise<void> => {
      await writing.catch(() => {});
      await writeFileAtomic(statePath(dir), `${JSON.stringify(state)}\n`, { mode: 0o644 });
    };
    writing = write();
    await writing;
  };
  const follow = async (segment: Segment): Promise<void> =>
    await keep({
      number: segment.number,
      hash: segment.hash,
      entries: segment.first + segment.entries.length - 1,
      alarms: state.alarms + countAlarms(segment),
      lines: linesAfter(state.lines, segment.entries),
    });
  await keep({ keeper: process.pid });
  // Sealed, and then the machine went down before the state said so.
  for (;;) {
    const bytes = await readSpooled(dir, state.number + 1);
    const next = bytes === undefined ? undefined : parseSegment(bytes);
    if (next === undefined || next.previous !== state.hash) break;
    await follow(next);
  }

  let place: StatementPlace | undefined;
  let tried = 0;
  let shipping: Promise<void> = Promise.resolve();
  const shipAll = async (): Promise<void> => {
    try {
      place ??= await options.place();
      while (state.shipped < state.number) {
        const number = state.shipped + 1;
        const bytes = await readSpooled(dir, number);
        // Taken away beside the server: the check finds the hole at the place. What comes after it is brought nevertheless.
        if (bytes !== undefined) {
          await place.put(segmentKey(number), bytes);
          if ((await place.size(segmentKey(number))) !== bytes.length) throw new Error("another size arrived");
        }
        await keep({ shipped: number, awaySince: null, awayWhy: "" });
        await rm(join(spoolFolder(dir), segmentKey(number)), { force: true });
      }
      if (state.awaySince !== null) await keep({ awaySince: null, awayWhy: "" });
    } catch (error) {
      place = undefined;
      const why = error instanceof Error ? error.message.slice(0, 300) : "";
      await keep({ awaySince: state.awaySince ?? now().toISOString(), awayWhy: why }).catch(() => {});
    }
  };
  let wanted = false;
  const ship = (force = false): void => {
    if (wanted || (!force && state.awaySince !== null && Date.now() - tried < TRY_AGAIN_MS)) return;
    tried = Date.now();
    wanted = true;
    const after = shipping;
    shipping = (async () => {
      await after;
      wanted = false;
      await shipAll();
    })();
  };

  let waiting: StatementEntry[] = [];
  const seal = async (): Promise<void> => {
    while (waiting.length > 0) {
      const entries = waiting.slice(0, MOST_ENTRIES);
      const content = {
        number: state.number + 1,
        previous: state.hash,
        sealedAt: now().toISOString(),
        first: state.entries + 1,
        entries,
      };
      const segment = sealSegment(content, key);
      await writeFileAtomic(join(spoolFolder(dir), segmentKey(segment.number)), JSON.stringify(segment), {
        mode: 0o600,
      });
      await follow(segment);
      waiting = waiting.slice(entries.length);
    }
    if (state.shipped < state.number) ship();
  };

  const lines = new Map(Object.entries(state.lines));
  /** Whether lines of the session are missing before this one: the keeper was ended between reading and sealing. */
  const gapBefore = ({ session, line, kind }: StatementEntry): boolean => {
    if (session === "") return false;
    const gap = line !== (lines.get(session) ?? 0) + 1;
    if (kind === "disconnection") lines.delete(session);
    else lines.set(session, line);
    return gap;
  };
  const unmarked = new Map<string, { readonly entry: StatementEntry; readonly since: number }>();
  const accept = async (raw: string): Promise<void> => {
    const read = readEntry(raw, digestKey);
    const entry: StatementEntry = gapBefore(read) ? { ...read, alarms: [...read.alarms, "gap"] } : read;
    waiting.push(entry);
    if (entry.kind === "connection" && entry.text.startsWith("connection authorized") && entry.database !== "")
      unmarked.set(entry.session, { entry, since: Date.now() });
    else if (entry.kind === "mark") unmarked.delete(entry.session);
    if (entry.kind === "server" && entry.text !== "")
      await options.onServerLine(`${entry.at} ${entry.severity}: ${entry.text}\n`);
  };
  const missMarks = (): void => {
    for (const [session, { entry, since }] of unmarked) {
      if (Date.now() - since < MARK_WITHIN_MS) continue;
      unmarked.delete(session);
      waiting.push({
        ...entry,
        kind: "mark",
        text: "no word at log-in whether the session is recorded",
        alarms: ["unmarked"],
      });
    }
  };

  const cutter = new EntryCutter();
  const pipe = await open(options.pipe, "r");
  const chunks: Buffer[] = [];
  let ended = false;
  const decoder = new TextDecoder();
  const reading = (async () => {
    const buffer = Buffer.alloc(1 << 16);
    for (;;) {
      const { bytesRead } = await pipe.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) break;
      chunks.push(Buffer.from(buffer.subarray(0, bytesRead)));
      // More than is sealed at a time: the server waits in the pipe, not in memory.
      while (chunks.length > 64) await pauseFor(5);
    }
    ended = true;
  })();
  let quietSince = Date.now();
  for (;;) {
    const over = ended;
    const taken = chunks.splice(0);
    if (taken.length > 0) {
      quietSince = Date.now();
      for (const raw of cutter.take(decoder.decode(Buffer.concat(taken), { stream: true }))) await accept(raw);
    } else if (over || Date.now() - quietSince > REST_MS) for (const raw of cutter.rest()) await accept(raw);
    missMarks();
    await seal();
    if (over && taken.length === 0) break;
    if (state.awaySince !== null) ship();
    if (chunks.length === 0) await pauseFor(taken.length > 0 ? 20 : 60);
  }
  await reading;
  await pipe.close();
  await shipping;
  if (state.shipped < state.number) {
    ship(true);
    await shipping;
  }
}

async function pauseFor(ms: number): Promise<void> {
  await new Promise((done) => {
    setTimeout(done, ms);
  });
}

/** Segments in the spool, for a look. */
export async function spooled(dir: string): Promise<number> {
  return (await readdir(spoolFolder(dir)).catch(() => [])).filter((file) => file.startsWith("segment-")).length;
}
