/**
 * 項目と支援措置の関門. A letter gets its values here and nowhere else. What belongs to a person is asked for by a declared field and
 * passes one gate, which blanks by default: an address, a post code or a ward is shown of the addressee alone, and of a protected
 * person (支援措置) somebody else learns nothing that could have changed since the protection began.
 */
import { formatWareki } from "@hagukumi/platform/calendar/wareki.ts";
import type { CivilDate } from "@hagukumi/law/contract.ts";

import type { FormFields } from "../forms/form.ts";
import type { PersonRecord } from "./people.ts";

/** What of a person. Everything but name and birth date says, or lets guess, where somebody is. */
export type PersonalItem = "name" | "birthDate" | "address" | "postalCode";

export type FieldSpec =
  | { readonly kind: "plain"; readonly label: string }
  /** Yen, never without the sentence that explains it */
  | { readonly kind: "amount"; readonly label: string }
  /** `of`: whose – addressee, recipient, child, sibling … – for people who read the list of fields */
  | { readonly kind: "personal"; readonly label: string; readonly item: PersonalItem; readonly of: string };

type KeysOf<F extends FormFields, K extends FieldSpec["kind"]> = {
  [N in keyof F]: F[N] extends { readonly kind: K } ? N : never;
}[keyof F] &
  string;

/** An amount as it is printed, with why. */
export type ExplainedAmount = { readonly text: string; readonly because: string };

export type Fields<F extends FormFields> = {
  readonly plain: (name: KeysOf<F, "plain">, value: string) => string;
  /** @throws TypeError without an explanation */
  readonly amount: (name: KeysOf<F, "amount">, yen: number, because: string) => ExplainedAmount;
  /** @param number 宛名番号 */
  readonly person: (name: KeysOf<F, "personal">, number: number) => string;
};

/** What is printed in place of something that the gate keeps back. */
export const WITHHELD = "（表示しません）";

/** One address that a letter shows: what a person compares before a letter of the manual tray goes out (proof list). */
export type ShownAddress = {
  readonly number: number;
  readonly of: string;
  readonly text: string;
  /** Whether it is another than the addressee's own */
  readonly differs: boolean;
};

/** The gate of one letter. */
export type Gate = {
  readonly show: (item: PersonalItem, of: string, number: number) => string;
  /** Addresses that were let through, in order */
  readonly shown: readonly ShownAddress[];
  /** Protected people of whom something was asked */
  readonly touched: ReadonlySet<number>;
};

/**
 * @param separated children living elsewhere whose address the city's own gate of 現況届 let through, in a family without any protected
 *   member; of a protected person nothing is shown even then
 */
export function createGate(
  addressee: number | null,
  people: ReadonlyMap<number, PersonRecord>,
  separated: ReadonlySet<number> = new Set(),
): Gate {
  const shown: ShownAddress[] = [];
  const touched = new Set<number>();
  const own = addressee === null ? undefined : people.get(addressee);
  return {
    shown,
    touched,
    show: (item, of, number) => {
      const person = people.get(number);
      if (person === undefined) return WITHHELD;
      if (person.protected) touched.add(number);
      const isOwn = number === addressee;
      if (item === "birthDate") {
        return person.birthDate === null ? "不詳" : formatWareki(person.birthDate as CivilDate);
      }
      if (item === "name") {
        if (isOwn || !person.protected) return person.name;
        return person.formerName ?? WITHHELD;
      }
      // Where somebody is: of nobody but the addressee, and of separated children where the city prints that on its 現況届.
      const printed = item === "address" && separated.has(number) && !person.protected && person.source === "resident";
      if (!isOwn && !printed) return WITHHELD;
      const text = item === "address" ? person.address : person.postalCode;
      shown.push({ number, of, text, differs: text !== (item === "address" ? own?.address : own?.postalCode) });
      return text;
    },
  };
}

/** The fields of one letter. Each use is checked against what the form declares. */
export function fieldsOf<F extends FormFields>(declared: F, gate: Gate): Fields<F> {
  const spec = (name: string, kind: FieldSpec["kind"]): FieldSpec => {
    const found = declared[name];
    if (found?.kind === kind) return found;
    throw new TypeError(`the field ${name} is not declared as ${kind}`);
  };
  return {
    plain: (name, value) => {
      spec(name, "plain");
      return value;
    },
    amount: (name, yen, because) => {
      spec(name, "amount");
      if (because === "") throw new TypeError(`the amount ${name} has no explanation`);
      return { text: `${yen.toLocaleString("ja-JP")}円`, because };
    },
    person: (name, number) => {
      const field = spec(name, "personal");
      return field.kind === "personal" ? gate.show(field.item, field.of, number) : "";
    },
  };
}
