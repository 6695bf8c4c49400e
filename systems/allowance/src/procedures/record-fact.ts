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

/** Who gets the notice of a decision: the recipient; after the recipient's death the eldest child, who may claim (12条). */
function addresseeOf({ key, episode }: Consequence, cause: string): number {
  if (cause !== "recipientDeath") return key.claimant;
  const [eldest] = episode.facts.json.children.toSorted((left, right) => (left.birthDate < right.birthDate ? -1 : 1));
  return eldest === undefined ? key.claimant : Number(eldest.id);
}

/**
 * 保留 after a recipient's death: also a run that was made before can't be paid to the account of the dead any more – the file is
 * refused. A hold that is there already is enough.
 */
export async function holdForDeath(client: PoolClient, recipientId: number, placedBy: string): Promise<void> {
  await client.query(
    `INSERT INTO allowance.hold (recipient_id, kind, from_month, cause, placed_by)
     SELECT $1::bigint, 'pending', w.first_month, $2::text, $3::text FROM allowance.recipient_window w
     WHERE w.recipient_id = $1 AND w.first_month IS NOT NULL AND NOT EXISTS (
       SELECT FROM allowance.hold h WHERE h.recipient_id = $1 AND h.cause = $2
         AND NOT EXISTS (SELECT FROM allowance.hold_release r WHERE r.hold_id = h.hold_id))`,
    [recipientId, "受給者の死亡（未支払の請求による支払を待つ）", placedBy],
  );
}

/** What is told of each decision: kind, month, cause, amount – nothing about anybody else. */
export function decisionNotices(consequences: readonly Consequence[]): readonly NewNotice[] {
  return consequences.flatMap((consequence) =>
    consequence.decisions
      .filter(({ kind }) => kind !== "correct")
      .map(({ kind, effective, cause, monthlyTotal }) => ({
        kind: "decidedExOfficio" as const,
        to: addresseeOf(consequence, cause),
        facts: {
          recipientId: consequence.recipient.recipientId,
          decision: kind,
          fromMonth: effective,
          cause,
          monthlyTotal,
        },
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
  for (const { recipient, decisions } of consequences) {
    if (!decisions.some(({ kind, cause }) => kind === "extinguish" && cause === "recipientDeath")) continue;
    await holdForDeath(client, recipient.recipientId, deciders.approvedBy);
  }
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
