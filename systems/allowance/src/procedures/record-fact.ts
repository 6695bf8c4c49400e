/** Recording facts and deciding what follows from them, in the approval's transaction: the common end of most procedures here. */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import type { PoolClient } from "pg";

import type { Context } from "../context.ts";
import type { EndedAs } from "../decisions/plan-decisions.ts";
import type { Applied, Deciders, FilingOf, Json, TakenBack } from "../filings/procedure.ts";
import { holdForDeath } from "../holds/hold-for-death.ts";
import { settleEnded, type Settlement } from "../unpaid/settle.ts";
import { note } from "./answers.ts";
import { type Consequence, decide, type Decided, foresee } from "./consequences.ts";
import { type NewNotice, writeNotices } from "./notices.ts";
import { storedId } from "./results.ts";
import { cannotTakeBack, refuseUnpaidGranted, releaseHolds, takeEntriesBack } from "./take-back.ts";
import { type NewStatus, statusKeysOf, type StatusKey, voidStatuses, writeStatuses } from "./status-rows.ts";

/** Whose cases the facts touch, and the days on which they happen. */
export type Touched = {
  readonly persons?: readonly number[];
  readonly children?: readonly number[];
  readonly days: readonly CivilDate[];
  /** Why the care ends, where another recipient takes over or the recipient declines */
  readonly endedAs?: EndedAs;
};

export type Recorded = {
  readonly decided: Decided;
  readonly settled: readonly Settlement[];
  readonly statuses: readonly StatusKey[];
  readonly consequences: readonly Consequence[];
  /** Holds (保留) that were placed */
  readonly holds: readonly number[];
};

/** Who gets the notice of a decision: the recipient; after the recipient's death the eldest child, who may claim (12条). */
function addresseeOf({ key, episode }: Consequence, cause: string): number {
  if (cause !== "recipientDeath") return key.claimant;
  const [eldest] = episode.facts.json.children.toSorted((left, right) => (left.birthDate < right.birthDate ? -1 : 1));
  return eldest === undefined ? key.claimant : Number(eldest.id);
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
  const holds: number[] = [];
  for (const { recipient, decisions } of consequences) {
    if (!decisions.some(({ kind, cause }) => kind === "extinguish" && cause === "recipientDeath")) continue;
    holds.push(...(await holdForDeath(client, recipient.recipientId, deciders.approvedBy, deciders.decidedOn)));
  }
  const settled = await settleEnded(client, context, filingId, decided.recipients, deciders);
  await writeNotices(client, filingId, deciders, [...decisionNotices(consequences), ...more(consequences)]);
  return { decided, settled, statuses, consequences, holds };
}

/** What an `apply` answers; `detail.statuses` is what `undoFacts` takes back. */
export function appliedFacts(
  { decided, settled, statuses, holds }: Recorded,
  detail: Readonly<Record<string, Json>> & { readonly holds?: readonly number[] } = {},
): Applied {
  return {
    ...decided,
    detail: {
      ...detail,
      statuses: statuses.map((key) => ({ ...key })),
      holds: [...(detail.holds ?? []), ...holds],
      settled: settled.map((each) => ({ ...each })),
    },
  };
}

/**
 * 取消: takes back the facts, the entries of the register and the holds of a filing, and decides what stands without them.
 *
 * @throws Refusal `filingStopped` where something later rests on them
 */
export async function undoFacts(
  client: PoolClient,
  context: Context,
  filing: FilingOf<unknown>,
  result: Applied,
  deciders: Deciders,
  touched: Touched,
): Promise<TakenBack> {
  const filingId = storedId(filing);
  const later = await voidStatuses(client, filingId, statusKeysOf(result.detail));
  if (later.length > 0) {
    throw cannotTakeBack(
      filing,
      "記録した事実が、この決定のあとでまた変えられています（連携または後の届出）。",
      "後の届出を先に取り消すか、いまの事実からの訂正の届出によってください。",
    );
  }
  await takeEntriesBack(client, filing, deciders);
  const { endedAs: _why, ...whom } = touched;
  const { consequences, effects, differences, basis } = await foresee(client, context, {
    ...whom,
    judgedOn: context.today,
  });
  const restored = consequences.map(({ recipient }) => recipient.recipientId);
  await refuseUnpaidGranted(client, filing, restored);
  const stay = await releaseHolds(client, result.detail, restored, deciders);
  const { recipients } = await decide(client, consequences, deciders);
  await writeNotices(client, filingId, deciders, decisionNotices(consequences));
  const dead = note(
    "cancellation.dead",
    "住民票では死亡のままのため、支払の保留はそのままです。死亡が誤りのときは、住民票の訂正が届いてから取り消してください。",
  );
  return { effects, differences: [...differences, ...(stay > 0 ? [dead] : [])], recipients, basis };
}
