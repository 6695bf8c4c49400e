/**
 * 戻し: what a kind of mass work knows about taking back what it wrote. Nothing is edited: a decision is followed by a 訂正, a hold by
 * its release, a schedule by its withdrawal, and a letter that is not printed yet is not sent.
 */
import type { Month } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";

import type { Context } from "../../context.ts";

/** What was written for one item, by name: numbers of rows. */
export type Written = Readonly<Record<string, unknown>>;

/** A line that a run has written and nobody has taken back. */
export type WrittenLine = {
  readonly subject: number;
  readonly part: number;
  readonly addresseeNumber: number;
  readonly recipientId: number | null;
  readonly kind: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly yenBefore: number | null;
  readonly yenAfter: number | null;
  readonly effectiveMonth: Month | null;
  /** As the job put it into the list */
  readonly content: unknown;
  readonly written: Written;
};

/** Which run is taken back, and the day. */
export type UndoWork = {
  /** The run whose lines are taken back */
  readonly undoes: number;
  readonly period: string;
  readonly context: Context;
};

export type UndoWriting = UndoWork & {
  /** The run that takes back */
  readonly runNo: number;
  readonly maker: string;
  readonly approver: string;
  readonly decidedOn: string;
};

export type TakeBack = {
  /**
   * Why the lines of a subject cannot be taken back (paid, sent, something later rests on them), by subject: a whole Japanese
   * sentence with what to do instead. Who is not named can be taken back. Reads only.
   */
  readonly obstacles: (
    client: PoolClient,
    work: UndoWork,
    lines: readonly WrittenLine[],
  ) => Promise<ReadonlyMap<number, string>>;
  /** Writes the opposite of each line; what was written, in the order of the lines. */
  readonly apply: (
    client: PoolClient,
    work: UndoWriting,
    lines: readonly WrittenLine[],
  ) => Promise<readonly Readonly<Record<string, number>>[]>;
};

/** A number out of what was written. @throws Error where the line holds none: the program is broken, not the data */
export function writtenNumber({ subject, written }: WrittenLine, name: string): number {
  const value = written[name];
  if (typeof value === "number") return value;
  throw new Error(`line of ${subject} has no number "${name}"`);
}

/** Obstacles out of rows; of several about one subject the first. */
export function obstaclesOf(found: Iterable<readonly [subject: number, why: string | null]>): Map<number, string> {
  const obstacles = new Map<number, string>();
  for (const [subject, why] of found) {
    if (why !== null && !obstacles.has(subject)) obstacles.set(subject, why);
  }
  return obstacles;
}
