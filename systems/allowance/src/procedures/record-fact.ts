/** Recording facts and deciding what follows from them, in the approval's transaction: the common end of most procedures here. */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";

import type { Context } from "../context.ts";
import type { Applied, Deciders, FilingOf, Json } from "../filings/procedure.ts";
import { settleEnded, type Settlement } from "../unpaid/settle.ts";
import { type Consequence, decide, type Decided, foresee } from "./consequences.ts";
import { type NewNotice, writeNotices } from "./notices.ts";
import { storedId } from "./results.ts";
import { type NewStatus, statusKeysOf, type StatusKey, voidStatuses, writeStatuses } from "./status-rows.ts";

/** Whose cases the facts touch, and the days on which they happen. */
export type Touched = {
  readonly persons?: readonly number[];
  readonly children?: readonly number[];
  readonly days: readonly CivilDate[];
};

export type Recorded = {
  readonly decided: Decided;
  readonly settled: readonly Settlement[];
  readonly statuses: readonly StatusKey[];
  readonly consequences: readonly Consequence[];
};

/** What the recipient is told of each decision: kind, month, cause, amount – nothing about anybody else. */
export function decisionNotices(consequences: readonly Consequence[]): readonly NewNotice[] {
  return consequences.flatMap(({ key, recipient, decisions }) =>
    decisions
      .filter(({ kind }) => kind !== "correct")
      .map(({ kind, effective, cause, monthlyTotal }) => ({
        kind: "decidedExOfficio" as const,
        to: key.claimant,
        facts: { recipientId: recipient.recipientId, decision: kind, fromMonth: effective, cause, monthlyTotal },
      })),
  );
}

/** Writes the facts, decides, settles rights that ended, and notes the notices of the decisions. */
export async function recordFacts(
  client: PoolClient,
  context: Context,
  filing: FilingOf<unknown>,
  deciders: Deciders,
  facts: readonly NewStatus[],
  touched: Touched,
  more: (consequences: readonly Consequence[]) => readonly NewNotice[] = () => [],
): Promise<Recorded> {
  const filingId = storedId(filing);
  const statuses = await writeStatuses(client, filingId, facts);
  const { consequences } = await foresee(client, context, { ...touched, judgedOn: filing.judgedOn });
  const decided = await decide(client, consequences, deciders);
  const settled = await settleEnded(client, context, filingId, decided.recipients, deciders);
  await writeNotices(client, filingId, deciders, [...decisionNotices(consequences), ...more(consequences)]);
  return { decided, settled, statuses, consequences };
}

/** What an `apply` answers; `detail.statuses` is what `undoFacts` takes back. */
export function appliedFacts(
  { decided, settled, statuses }: Recorded,
  detail: Readonly<Record<string, Json>> = {},
): Applied {
  return {
    ...decided,
    detail: { ...detail, statuses: statuses.map((key) => ({ ...key })), settled: settled.map((each) => ({ ...each })) },
  };
}

/** 取消: takes the facts back, and decides what stands without them. */
export async function undoFacts(
  client: PoolClient,
  context: Context,
  filing: FilingOf<unknown>,
  result: Applied,
  deciders: Deciders,
  touched: Touched,
): Promise<void> {
  const filingId = storedId(filing);
  await voidStatuses(client, filingId, statusKeysOf(result.detail));
  const { consequences } = await foresee(client, context, { ...touched, judgedOn: deciders.decidedOn });
  await decide(client, consequences, deciders);
  await writeNotices(client, filingId, deciders, decisionNotices(consequences));
}
