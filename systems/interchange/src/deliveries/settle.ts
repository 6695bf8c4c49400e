/** Which of the waiting deliveries of one interface comes next, and which never will. Pure: the state machine of a stream. */

/** A delivery that has no outcome yet. */
export type Waiting = {
  readonly deliveryId: number;
  readonly kind: "full" | "difference" | "reconciliation";
  readonly sequence: number;
  readonly attempt: number;
  readonly sha256: string;
  readonly transport: "file" | "rest";
};

/** What was taken in already, by number. */
export type AppliedSequences = ReadonlyMap<number, Pick<Waiting, "sha256" | "transport">>;

/** Bytes can be compared only within one transport: the same rows look different as a file and as JSON. */
const sameContent = (
  left: Pick<Waiting, "sha256" | "transport">,
  right: Pick<Waiting, "sha256" | "transport">,
): boolean => left.transport !== right.transport || left.sha256 === right.sha256;

export type Verdict =
  | { readonly what: "apply" | "reconcile"; readonly delivery: Waiting }
  | {
      readonly what: "duplicate" | "superseded" | "refused";
      readonly delivery: Waiting;
      readonly code: "alreadyApplied" | "withinFull" | "resent" | "sequenceConflict";
      readonly reason: string;
    };

const byNumber = (left: Waiting, right: Waiting): number =>
  left.sequence - right.sequence || right.attempt - left.attempt || left.deliveryId - right.deliveryId;

function passed(delivery: Waiting, applied: AppliedSequences): Verdict {
  const taken = applied.get(delivery.sequence);
  if (taken === undefined) {
    const reason = "あとの連番の全件を取り込んだので、この配信は要りません。";
    return { what: "superseded", delivery, code: "withinFull", reason };
  }
  if (sameContent(taken, delivery)) {
    return {
      what: "duplicate",
      delivery,
      code: "alreadyApplied",
      reason: "同じ連番の同じ内容を、もう取り込んであります。",
    };
  }
  const reason =
    "同じ連番で、取り込んだものと内容の違う配信です。どちらが正しいか連携元に確かめ、正しければ新しい連番で送ってもらってください。";
  return { what: "refused", delivery, code: "sequenceConflict", reason };
}

/**
 * The next thing to do for a stream, or undefined where it has to wait (a gap) or is done. Differences come one after another; a full
 * set may jump over what is missing; of several sendings of one number the last attempt counts.
 */
export function nextOf(waiting: readonly Waiting[], applied: AppliedSequences): Verdict | undefined {
  const last = Math.max(0, ...applied.keys());
  const stream = waiting.filter(({ kind }) => kind !== "reconciliation").toSorted(byNumber);
  const old = stream.find(({ sequence }) => sequence <= last);
  if (old !== undefined) return passed(old, applied);
  for (const [index, delivery] of stream.entries()) {
    const before = stream[index - 1];
    if (before?.sequence !== delivery.sequence) continue;
    if (sameContent(before, delivery)) {
      return {
        what: "duplicate",
        delivery,
        code: "alreadyApplied",
        reason: "同じ連番の同じ内容が、もう届いています。",
      };
    }
    if (before.attempt > delivery.attempt) {
      return { what: "superseded", delivery, code: "resent", reason: "再送が届いたので、前の送付は使いません。" };
    }
    const reason =
      "同じ連番・同じ回の、内容の違う配信が先に届いています。どちらが正しいか連携元に確かめ、こちらも正しければ新しい連番で送ってもらってください。";
    return { what: "refused", delivery, code: "sequenceConflict", reason };
  }
  const next = stream.find(({ sequence }) => sequence === last + 1) ?? stream.find(({ kind }) => kind === "full");
  if (next !== undefined) return { what: "apply", delivery: next };
  const compare = waiting.filter(({ kind }) => kind === "reconciliation").toSorted(byNumber);
  const late = compare.find(({ sequence }) => sequence < last);
  if (late !== undefined) {
    const reason = `連番 ${late.sequence} までの全件ですが、${last} まで取り込んであり、比べられません。新しい全件で突き合わせてください。`;
    return { what: "superseded", delivery: late, code: "withinFull", reason };
  }
  const equal = compare.find(({ sequence }) => sequence === last);
  return equal === undefined ? undefined : { what: "reconcile", delivery: equal };
}
