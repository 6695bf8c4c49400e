import type { Address } from "../appearance/places.ts";
import { type Name, type Sex } from "../appearance/names.ts";
import type { Day } from "../base/day.ts";

/** 世帯 at a place: a household number and the addresses it had, oldest first. */
export interface Home {
  readonly number: string;
  readonly stays: readonly { readonly from: Day; readonly address: Address }[];
}

/** What the resident register recorded of a person, in the order of the days it took effect. */
export type Mark =
  | {
      readonly kind: "enter";
      readonly day: Day;
      /** 異動事由: 11 birth, 10 move-in, 12 entry by the office. */
      readonly cause: "10" | "11" | "12";
      readonly home: Home;
      readonly relation: string;
      /** 転出予定年月日 at the former municipality, the event day of a claim after a move. */
      readonly plannedMoveOut?: Day;
      readonly from?: string;
    }
  | { readonly kind: "live"; readonly day: Day; readonly home: Home; readonly relation: string }
  | { readonly kind: "rename"; readonly day: Day; readonly name: Name }
  | { readonly kind: "relation"; readonly day: Day; readonly relation: string }
  | { readonly kind: "moveOut"; readonly day: Day; readonly to: string }
  | { readonly kind: "strikeOut"; readonly day: Day }
  | { readonly kind: "die"; readonly day: Day };

/** A person of the register. `marks` begins with an `enter`; a person who came back has a second one. */
export interface Person {
  /** 宛名番号. */
  readonly number: string;
  readonly sex: Sex;
  readonly born: Day;
  readonly foreign: boolean;
  /** The name at the first mark; later ones are marks. */
  readonly name: Name;
  readonly marks: Mark[];
  /** 支援措置 (DV): from and, if it has ended, until. */
  protection?: { readonly from: Day; readonly until?: Day };
  readonly birthUnknown?: true;
}

/** 続柄コード. */
export const HEAD = "02";
export const HUSBAND = "11";
export const WIFE = "12";
export const CHILD = "20";
export const GRANDCHILD = "2020";
export const FATHER = "51";
export const MOTHER = "52";
export const LODGER = "99";

const isEnd = (mark: Mark): boolean => mark.kind === "moveOut" || mark.kind === "strikeOut" || mark.kind === "die";

/**
 * Puts the marks into the order of their days and drops what cannot follow: nothing happens here to a person who has
 * left until the next entry, and nothing at all after death. Stories add marks freely and rely on this.
 */
export function settleMarks(person: Person): void {
  const marks = person.marks.toSorted((a, b) => a.day - b.day);
  const kept: Mark[] = [];
  let here = false;
  let dead = false;
  for (const mark of marks) {
    if (dead || here === (mark.kind === "enter")) continue;
    kept.push(mark);
    if (mark.kind === "enter") here = true;
    if (isEnd(mark)) here = false;
    dead = mark.kind === "die";
  }
  person.marks.splice(0, person.marks.length, ...kept);
}

/** Whether the person is a resident after the last of the settled marks. */
export function isResident(person: Person): boolean {
  const last = person.marks.at(-1);
  return last !== undefined && !isEnd(last);
}
