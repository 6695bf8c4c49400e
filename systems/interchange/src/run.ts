/** One round of the interchange: receive, take in, say how fresh the copies are, turn what changed into work. */
import {
  countOpenChanges,
  makeEndorsedReports,
  proposeChanges,
  recordFeedStates,
} from "@hagukumi/allowance/contract.ts";
import { randomUUID } from "node:crypto";

import type { Context } from "@hagukumi/allowance/contract.ts";
import { applyDeliveries, type AppliedCount, type ApplyOptions } from "./deliveries/apply.ts";
import { interfaceStates, type InterfaceState } from "./deliveries/overview.ts";
import { receiveDeliveries, type Received } from "./deliveries/receive.ts";
import type { ObjectStore } from "./transports/object-store.ts";

export type Round = Received &
  Omit<AppliedCount, "refused" | "unable"> & {
    /** Deliveries that were refused, on arrival or when they were read */
    readonly refused: number;
    /** 変更届 that the endorsements made */
    readonly reports: number;
    readonly proposed: number;
    /** Changes that nobody has dealt with, and those without an owner */
    readonly openChanges: number;
    readonly withoutOwner: number;
    /** Interfaces with missing numbers or an old copy, and what another system could not take */
    readonly alarms: readonly string[];
  };

/** What has to be said aloud about an interface; undefined where all is well. An interface that never sent is not in use. */
export function alarmOf(state: InterfaceState): string | undefined {
  const { name, missing, stale, asOf, lastSequence, waiting, refused } = state;
  const said = missing.map(({ from, to }) => (from === to ? `連番 ${from}` : `連番 ${from}〜${to}`)).join("、");
  if (missing.length > 0)
    return `${name}: ${said} が届いていません（${waiting}件が待っています）。再送を頼んでください。`;
  if (refused > 0) return `${name}: 受け付けなかった配信があります。再送を頼んでください。`;
  if (stale && lastSequence > 0)
    return `${name}: ${asOf ?? ""} の分までで、古くなっています。連携元を確かめてください。`;
  return undefined;
}

/**
 * Runs one round. Each step does what is there to do and may be run again; the next round goes on where this one stood.
 *
 * @throws Refusal `cancelled`, and those of the database
 */
export async function runRound(context: Context, store: ObjectStore, options: ApplyOptions = {}): Promise<Round> {
  const received = await receiveDeliveries(context, store);
  const { unable, ...applied } = await applyDeliveries(context, store, options);
  const states = await interfaceStates(context.pool, context.today);
  await recordFeedStates(
    context,
    states.flatMap(({ interfaceCode, name, asOf, staleDays, missing, refused, waiting }) =>
      asOf === null
        ? []
        : [{ interfaceCode, name, asOf, staleAfter: staleDays, delayed: missing.length + refused + waiting > 0 }],
    ),
    `interchange.state/${randomUUID()}`,
  );
  const { made } = await makeEndorsedReports(context);
  const { proposed } = await proposeChanges(context);
  const { open, withoutOwner } = await countOpenChanges(context.pool);
  return {
    ...applied,
    ...received,
    refused: received.refused + applied.refused,
    reports: made,
    proposed,
    openChanges: open,
    withoutOwner,
    alarms: [...unable, ...states.flatMap((state) => alarmOf(state) ?? [])],
  };
}
