/** What a letter is made of: one row out of decided state, found by the form's source (see ../sources). */
import type { FormCode } from "../forms/form-codes.ts";

/** Values as PostgreSQL's JSON gives them. */
export type SourceFacts = Readonly<Record<string, unknown>>;

export type SourceRow = {
  readonly form: FormCode;
  /** Where it comes from: `decision:123`, `runLine:1/23` … One first letter per form and key, ever. */
  readonly sourceKey: string;
  /** 宛名番号 of who is written to; null for an office outside */
  readonly addressee: number | null;
  readonly outsideParty: string | null;
  readonly recipientId: number | null;
  readonly recipientKind: "individual" | "corporateGuardian" | "institution";
  /** The day of the decision or event: the document can't be older */
  readonly decidedOn: string;
  /** 宛名番号 of everybody whom the letter names beside the addressee */
  readonly named: readonly number[];
  readonly facts: SourceFacts;
  /** Facts of the law behind a decision, where there is one */
  readonly lawFacts: Readonly<Record<string, unknown>> | null;
};

/** Reads facts with the type that the source's own SQL gives them. */
export const textOf = (facts: SourceFacts, key: string): string => {
  const value = facts[key];
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
};

export const numberOf = (facts: SourceFacts, key: string): number | null => {
  const value = facts[key];
  return typeof value === "number" ? value : null;
};

export const listOf = (facts: SourceFacts, key: string): readonly SourceFacts[] => {
  const value = facts[key];
  return Array.isArray(value)
    ? value.filter((each): each is SourceFacts => typeof each === "object" && each !== null)
    : [];
};

export const textsOf = (facts: SourceFacts, key: string): readonly string[] => {
  const value = facts[key];
  return Array.isArray(value) ? value.map(String) : [];
};

/** A value that is itself a row of values; null where there is none. */
export const recordOf = (facts: SourceFacts, key: string): SourceFacts | null => {
  const value = facts[key];
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as SourceFacts) : null;
};
