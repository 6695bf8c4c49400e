/** What every step of the demonstration's year works with: the city, the people of the office, the day. */
import type { Context } from "@hagukumi/allowance/contract.ts";
import type { CivilDate, Month } from "@hagukumi/law/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";

/** People of the office: who types, examines, decides, makes, approves and releases are different, as the rules of two people want. */
export const people = {
  register: "demo.daicho",
  examiner: "demo.shinsa",
  decider: "demo.kessai",
  maker: "demo.shiharai",
  approver: "demo.kakaricho",
  releaser: "demo.suito",
} as const;

export type Person = keyof typeof people;

export type YearWork = {
  /** Pool, calendar, reports folder, progress and the signal that stops the work between two slices */
  readonly context: Context;
  readonly dataDir: string;
  /** Folder with one delivery for each month */
  readonly feeds: string;
  /** Chance of the made-up people: who files late, whose account has closed */
  readonly seed: string;
};

/** What a step did, as figures for the table of the year. Only what is not zero need be there. */
export type Figures = Readonly<Record<string, number>>;

/** One piece of work on one day. Doing it again changes nothing: every command in it has a key of its own or looks at what is there. */
export type YearStep = {
  /** Unique, and the same whenever the year is planned: the journal and the keys of the commands name it */
  readonly id: string;
  readonly on: CivilDate;
  readonly title: string;
  readonly run: (work: YearWork, step: YearStep) => Promise<Figures>;
  /**
   * Steps next to each other with the same word may be done in any order: neither the Act nor the calendar of mass work puts one
   * before the other. Absent: the step has its place.
   */
  readonly anyOrder?: string;
};

/** The month in which a step lies. */
export const monthOfStep = ({ on }: YearStep): Month => on.slice(0, 7) as Month;

/** A member of the office on the day of the step. */
export function as({ context }: YearWork, who: Person, { on, title }: Pick<YearStep, "on" | "title">): Context {
  return { ...context, operator: people[who], purpose: `年間の演習: ${title}`.slice(0, 100), today: on };
}

/** Runs the work, and takes a refusal of one of the given codes as "there was nothing to do". */
export async function unless<T>(codes: readonly string[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal && codes.includes(error.code)) return undefined;
    throw error;
  }
}

/** A number from 0 to 99 that follows from the words alone: chance that is the same in every playing of the year. */
export function percent(...words: readonly (string | number)[]): number {
  let state = 0x811c9dc5;
  for (const letter of words.join("/")) state = Math.imul(state ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  return ((state ^ (state >>> 13)) >>> 0) % 100;
}
