/**
 * 一括処理の決定の戻し: a 訂正 from the first month on, with the facts and the amount that stood before. The decisions stay; the letters of
 * both are not made, as nobody has been told. The database refuses it where anything but the run's own decisions would go with it.
 */
import type { PoolClient } from "pg";

import { letterObstacle, paymentObstacle, withholdLetters } from "../mass-work/undo/letters-back.ts";
import {
  obstaclesOf,
  type TakeBack,
  type UndoWriting,
  type WrittenLine,
  writtenNumber,
} from "../mass-work/undo/take-back.ts";
import { requireApprovedParameters } from "../parameters/approved-set.ts";

/** The decisions of one recipient that one run wrote. */
const OWN = `own AS (
  SELECT recipient_id, min(seq) AS first_seq, max(seq) AS last_seq, min(effective_month) AS effective, min(recorded_at) AS at,
         array_agg('decision:' || decision_id) AS keys
  FROM allowance.decision WHERE decision_id = ANY ($1) GROUP BY 1)`;

const LOOK = `WITH ${OWN}
  SELECT o.recipient_id AS id,
    (SELECT l.decided_on FROM allowance.decision l WHERE l.recipient_id = o.recipient_id AND l.seq > o.first_seq AND NOT l.decision_id = ANY ($1) ORDER BY l.seq LIMIT 1) AS later,
    (SELECT p.run_no FROM allowance.payment_run p LEFT JOIN allowance.run_end e USING (run_no) WHERE p.recorded_at > o.at AND p.months_to >= o.effective
       AND e.outcome IS DISTINCT FROM 'cancelled' AND e.outcome IS DISTINCT FROM 'voided' ORDER BY 1 LIMIT 1) AS run,
    (SELECT l.run_no FROM allowance.letter l WHERE l.form_code = 'exOfficio' AND l.source_key = ANY (o.keys)
       AND NOT EXISTS (SELECT FROM allowance.letter_discard d WHERE d.letter_id = l.letter_id AND d.kind <> 'returned') ORDER BY 1 LIMIT 1) AS letter
  FROM own o ORDER BY 1`;

type Looked = {
  readonly id: number;
  readonly later: string | null;
  readonly run: number | null;
  readonly letter: number | null;
};

function whyNot({ later, run, letter }: Looked): string | null {
  if (run !== null) return paymentObstacle(run);
  if (letter !== null) return letterObstacle(letter);
  if (later === null) return null;
  return `この決定のあとで、別の決定（${later}）があります。先の状態には、まとめて戻せません。1件ずつ訂正の決定をしてください。`;
}

async function writeCorrections(
  client: PoolClient,
  work: UndoWriting,
  decisions: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  await requireApprovedParameters(client);
  const { rows } = await client.query<{ recipient: number; id: number }>(
    `WITH ${OWN}
     INSERT INTO allowance.decision (recipient_id, seq, kind, effective_month, cause, ex_officio, origin, monthly_total, facts_digest, rule_version, decided_on,
       examined_by, approved_by)
     SELECT o.recipient_id, o.last_seq + 1, 'correct', o.effective, 'decisionCancelled', true, 'undo', p.monthly_total, p.facts_digest, p.rule_version, $2, $3, $4
     FROM own o JOIN allowance.decision p ON p.recipient_id = o.recipient_id AND p.seq = o.first_seq - 1 ORDER BY 1
     RETURNING recipient_id AS recipient, decision_id AS id`,
    [decisions, work.decidedOn, work.maker, work.approver],
  );
  return new Map(rows.map(({ recipient, id }) => [recipient, id]));
}

const decisionOf = (line: WrittenLine): number => writtenNumber(line, "decision");

/** Of lines whose subject is a recipient and whose `written.decision` is the decision. */
export const decisionsBack: TakeBack = {
  obstacles: async (client, _work, lines) => {
    const { rows } = await client.query<Looked>(LOOK, [lines.map(decisionOf)]);
    return obstaclesOf(rows.map((row) => [row.id, whyNot(row)]));
  },
  apply: async (client, work, lines) => {
    const corrections = await writeCorrections(client, work, lines.map(decisionOf));
    const correctionOf = ({ subject }: WrittenLine): number => {
      const id = corrections.get(subject);
      if (id === undefined) throw new Error(`no correction for recipient ${subject}`);
      return id;
    };
    const told = lines.flatMap((line) => [
      { form: "exOfficio" as const, key: `decision:${decisionOf(line)}`, addresseeNumber: line.addresseeNumber },
      { form: "cancellation" as const, key: `decision:${correctionOf(line)}`, addresseeNumber: line.addresseeNumber },
    ]);
    await withholdLetters(client, work, [...new Map(told.map((each) => [`${each.form}/${each.key}`, each])).values()]);
    return lines.map((line) => ({ correction: correctionOf(line) }));
  },
};
