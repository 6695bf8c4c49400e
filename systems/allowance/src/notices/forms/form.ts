/**
 * 帳票の登録. A form is its list of fields and how they are put together. Nothing of a person gets onto paper but through a declared
 * field: `compose` is handed the fields alone, never the records behind them.
 */
import type { Calendar, CivilDate } from "@hagukumi/law/contract.ts";

import type { Block } from "../content/letter.ts";
import type { FormCode, FormVersion } from "./form-codes.ts";
import type { FieldSpec, Fields } from "../content/fields.ts";
import type { SourceRow } from "../content/source-row.ts";

/** Which office answers an appeal: 法定受託事務 → the governor; the city's own matters (20条–22条の2) → the mayor; no disposition: none. */
export type Matter = "delegated" | "own" | "none";

export type FormFields = Readonly<Record<string, FieldSpec>>;

/** What a form is told beside its source. */
export type ComposeAbout = {
  readonly calendar: Calendar;
  readonly documentOn: CivilDate;
  readonly version: FormVersion;
  /** Ends a sentence in the words of the version: 受給者 or 施設等受給者 */
  readonly cityName: string;
};

export type Composed = {
  /** Title where it differs from the form's own */
  readonly title?: string;
  readonly blocks: readonly Block[];
  /** Yen that the letter announces, where it does: compared with the ledger (M34) */
  readonly amount?: number;
  /** Another matter than the form's own, where it depends on the content */
  readonly matter?: Matter;
};

export type FormSpec<F extends FormFields> = {
  readonly code: FormCode;
  readonly number: string;
  readonly edition: string;
  /** Titles of the two versions */
  readonly title: string;
  readonly institutionTitle: string;
  readonly matter: Matter;
  /** `decision`: must reach somebody (a death brings it to the manual tray); `guide`: an invitation that a death makes pointless */
  readonly purpose: "decision" | "guide";
  /** For guides: not about a child past the 31 March after 18 */
  readonly childrenOnly?: boolean;
  readonly fields: F;
  readonly compose: (fields: Fields<F>, source: SourceRow, about: ComposeAbout) => Composed;
};

/** A form whatever its fields are. */
export type Form = Omit<FormSpec<FormFields>, "compose"> & {
  readonly compose: (fields: Fields<FormFields>, source: SourceRow, about: ComposeAbout) => Composed;
};

/**
 * Registers a form. @throws TypeError where it declares no field, or a label or person is missing: such a form does not exist
 */
export function defineForm<const F extends FormFields>(spec: FormSpec<F>): Form {
  const specs = Object.entries(spec.fields);
  if (specs.length === 0) throw new TypeError(`the form ${spec.code} declares no field`);
  for (const [name, field] of specs) {
    if (field.label === "") throw new TypeError(`the field ${name} of ${spec.code} has no label`);
    if (field.kind === "personal" && field.of === "")
      throw new TypeError(`the field ${name} of ${spec.code} does not say whose it is`);
  }
  // Inside, the fields know their names only at run time: each use is checked against the declaration there.
  return spec as unknown as Form;
}
