/** Building a proposal (案): differences, effects and the answer that follows from them. Pure. */
import type { Month } from "@hagukumi/law/contract.ts";

import type { CheckCode } from "../checks/list.ts";
import type { Difference, Effect, Json, Outcome, Proposal, Weight } from "../filings/procedure.ts";

type Sides = { readonly child?: number; readonly filed?: string | null; readonly registered?: string | null };

function difference(weight: Weight, item: string, text: string, sides: Sides): Difference {
  const { child = null, filed = null, registered = null } = sides;
  return { item, child, filed, registered, weight, text };
}

/** 決裁できない理由 */
export const stop = (item: CheckCode<"stop">, text: string, sides: Sides = {}): Difference =>
  difference("stop", item, text, sides);
/** 人が見て判断すること */
export const look = (item: CheckCode<"look">, text: string, sides: Sides = {}): Difference =>
  difference("look", item, text, sides);
/** 知っておくとよいこと */
export const note = (item: CheckCode<"note">, text: string, sides: Sides = {}): Difference =>
  difference("note", item, text, sides);

/** An effect on the record alone: no amount of money changes. */
export function recordEffect(
  kind: string,
  what: string,
  sides: {
    readonly recipientId?: number | null;
    readonly fromMonth?: Month | null;
    readonly before?: string | null;
    readonly after?: string | null;
  } = {},
): Effect {
  const { recipientId = null, fromMonth = null, before = null, after = null } = sides;
  return { kind, what, recipientId, fromMonth, before, after, yenBefore: null, yenAfter: null, children: [] };
}

export type Draft = {
  readonly outcome: Outcome;
  readonly reasons: readonly string[];
  readonly differences?: readonly Difference[];
  readonly effects?: readonly Effect[];
  readonly basis?: Json;
};

/**
 * The proposal. A `stop` makes a report (届出) impossible to approve, whatever was drafted; a claim says by itself that it is
 * refused (`stopped: "refuse"`).
 */
export function proposalOf(draft: Draft, stopped: "impossible" | "refuse" = "impossible"): Proposal {
  const { outcome, reasons, differences = [], effects = [], basis = null } = draft;
  const stops = differences.filter(({ weight }) => weight === "stop");
  if (stops.length === 0) return { outcome, reasons, differences, effects, basis };
  return { outcome: stopped, reasons: stops.map(({ text }) => text), differences, effects: [], basis };
}

/** 宛名番号 as it is shown. */
export const shownNumber = (number: number): string => String(number).padStart(15, "0");

/** An amount as people read it. */
export const yen = (amount: number): string => `${amount.toLocaleString("ja-JP")}円`;
