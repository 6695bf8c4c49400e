/** 児童の状況 (続柄・同居別居・監護・生計・留学) as a history: what was true before is closed, what is true from now on is added (D18). */
import { addDays, type CivilDate, type Month } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";

import type { Deciders } from "../filings/procedure.ts";
import { addEntry, openEntries, reviseEntry } from "./entries.ts";

/** Identifiers of the code table apartReason (別居理由) */
export type ApartReason = "work" | "schooling" | "divorceTalks" | "violence" | "medical" | "studyAbroad" | "other";

export type Circumstance = {
  readonly relation?: string | undefined;
  readonly living?: "together" | "apart" | undefined;
  readonly apartReason?: ApartReason | null | undefined;
  readonly livelihood?: "common" | "maintained" | undefined;
  readonly studyAbroadFrom?: Month | null | undefined;
};

type Entry = Readonly<Record<string, unknown>>;

const text = (entry: Entry | undefined, column: string): string | null => {
  const value = entry?.[column];
  return typeof value === "string" ? value : null;
};

/** The entry in force about one child, if there is one. */
export async function circumstanceOf(
  client: PoolClient,
  recipientNumber: number,
  child: number,
  day: CivilDate,
): Promise<(Entry & { readonly entry_id: number }) | undefined> {
  return (await openEntries(client, "child_circumstance", recipientNumber, day)).find(
    (each) => each["child_number"] === child,
  );
}

/** Writes the child's circumstances from `day` on; what is not named stays as it was. `relation` is that of the claim at first. */
export async function changeCircumstance(
  client: PoolClient,
  recipientNumber: number,
  child: { readonly child: number; readonly relation: string },
  day: CivilDate,
  change: Circumstance,
  deciders: Deciders,
): Promise<void> {
  const before = await circumstanceOf(client, recipientNumber, child.child, day);
  const living = change.living ?? text(before, "living") ?? "together";
  const claimed = /^[0-9A-Z]{1,8}$/.test(child.relation) ? child.relation : "20";
  const study = text(before, "study_abroad_from");
  const columns = {
    child_number: child.child,
    relation: change.relation ?? text(before, "relation") ?? claimed,
    living,
    apart_reason: living === "apart" ? (change.apartReason ?? text(before, "apart_reason") ?? "other") : null,
    care: text(before, "care") ?? "custody",
    livelihood: change.livelihood ?? text(before, "livelihood") ?? "common",
    study_abroad_from:
      change.studyAbroadFrom === undefined
        ? study
        : change.studyAbroadFrom === null
          ? null
          : `${change.studyAbroadFrom}-01`,
    valid_from: day,
  };
  if (before !== undefined) {
    const from = text(before, "valid_from") ?? day;
    if (from < day) {
      const closed = { valid_to: addDays(day, -1), reason: "届出による変更" };
      await reviseEntry(client, "child_circumstance", before.entry_id, closed, deciders);
    } else {
      // Reported for the same day again: the entry itself is corrected, its earlier revision stays.
      const { valid_from: _, ...changed } = columns;
      await reviseEntry(
        client,
        "child_circumstance",
        before.entry_id,
        { ...changed, reason: "届出による訂正" },
        deciders,
      );
      return;
    }
  }
  await addEntry(client, "child_circumstance", recipientNumber, columns, deciders);
}
