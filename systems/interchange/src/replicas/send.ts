/**
 * 副本 on its way out: from the allowance system through here to the 団体内統合宛名システム, and the results back. The allowance system knows only this system;
 * it names people by 宛名番号, and no 団体内統合宛名番号 comes back.
 */
import { randomUUID } from "node:crypto";

import {
  makeReplicas,
  recordReplicaResults,
  type Replica,
  type ReplicaResult,
  waitingReplicas,
} from "@hagukumi/allowance/contract.ts";
import type { Context } from "@hagukumi/allowance/contract.ts";

/** What the 団体内統合宛名システム says of a request. */
export type RelayedState = {
  readonly requestId: string;
  readonly state: "waiting" | "registered" | "answered" | "refused" | "superseded";
  readonly code: string | null;
  readonly message: string;
  readonly receipt: string | null;
  readonly settledAt: Date | null;
};

/** The door of the 団体内統合宛名システム for replicas; the same request may be handed in again. */
export type ReplicaDoor = {
  readonly submit: (
    key: string,
    requests: readonly {
      readonly requestId: string;
      readonly addresseeNumber: number;
      readonly noAutomaticAnswer: boolean;
      readonly kind: "replica";
      readonly information: string;
      readonly items: Readonly<Record<string, string>>;
    }[],
  ) => Promise<unknown>;
  readonly states: (requestIds: readonly string[]) => Promise<readonly RelayedState[]>;
};

const SLICE = 1_000;

const requestIdOf = ({ replicaId }: Pick<Replica, "replicaId">): string => `allowance/replica/${replicaId}`;

export type SentReplicas = {
  /** Versions made because something had changed */
  readonly made: number;
  /** Versions that are in the hands of the 団体内統合宛名システム */
  readonly submitted: number;
  readonly registered: number;
  readonly refused: number;
  readonly superseded: number;
  /** Not confirmed yet */
  readonly waiting: number;
};

/**
 * Makes what has changed, hands in what waits, and takes the results. Every step may be repeated: a version is handed in under its own number.
 *
 * @throws Refusal `cancelled`, and those of the door
 */
export async function sendReplicas(context: Context, door: ReplicaDoor): Promise<SentReplicas> {
  const { made } = await makeReplicas(context);
  const count = { submitted: 0, registered: 0, refused: 0, superseded: 0, waiting: 0 };
  for (let after = 0; ;) {
    const slice = await waitingReplicas(context, after, SLICE);
    const last = slice.at(-1);
    if (last === undefined) return { made, ...count };
    after = last.replicaId;
    const requests = slice.map((replica) => ({
      requestId: requestIdOf(replica),
      addresseeNumber: replica.addresseeNumber,
      noAutomaticAnswer: replica.noAutomaticAnswer,
      kind: "replica" as const,
      information: replica.layout,
      items: replica.items,
    }));
    await door.submit(`replicas/${randomUUID()}`, requests);
    count.submitted += slice.length;
    const states = new Map(
      (await door.states(requests.map(({ requestId }) => requestId))).map((each) => [each.requestId, each]),
    );
    const results = slice.flatMap((replica): ReplicaResult[] => {
      const found = states.get(requestIdOf(replica));
      if (found === undefined || found.settledAt === null) return [];
      const { state, code, message, receipt, settledAt } = found;
      if (state === "waiting" || state === "answered") return [];
      return [{ replicaId: replica.replicaId, state, code, message, receipt, settledAt }];
    });
    await recordReplicaResults(context, results);
    for (const { state } of results) count[state] += 1;
    count.waiting += slice.length - results.length;
  }
}
