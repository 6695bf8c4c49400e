/**
 * 発送の前の点検 (I-34): what became known after the letters were composed. A death, a move, a protection or a decision taken back takes
 * the letter out – at the moment of printing by itself, before mailing by hand.
 */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { readPeople } from "../content/people.ts";
import { protectedCases } from "../sources/protected.ts";

export type LateReason = "addresseeDead" | "childDead" | "protected" | "addressChanged" | "sourceGone";

export const lateLabels: Readonly<Record<LateReason, string>> = {
  addresseeDead: "宛名の人が死亡した",
  childDead: "通知に載る児童が死亡した",
  protected: "支援措置の対象になった",
  addressChanged: "送付先・住所が変わった",
  sourceGone: "もとの決定・支払が取り消された",
};

export type LateLetter = {
  readonly letterId: number;
  readonly seq: number;
  readonly sourceKey: string;
  readonly addressee: number | null;
  readonly reason: LateReason;
};

type Row = {
  readonly letterId: number;
  readonly seq: number;
  readonly sourceKey: string;
  readonly addressee: number | null;
  readonly named: readonly number[];
  readonly postalCode: string;
  readonly lines: readonly string[];
  readonly gone: boolean;
};

const SLICE = 5000;

const LETTERS = `
SELECT l.letter_id AS "letterId", l.seq, l.source_key AS "sourceKey", l.addressee_number AS addressee, l.named_numbers AS named,
       l.content->'envelope'->>'postalCode' AS "postalCode", l.content->'envelope'->'lines' AS lines,
       CASE split_part(l.source_key, ':', 1)
         WHEN 'runLine' THEN EXISTS (SELECT FROM allowance.run_state s WHERE s.run_no = split_part(split_part(l.source_key, ':', 2), '/', 1)::integer AND s.state IN ('cancelled', 'voided'))
         WHEN 'decision' THEN EXISTS (SELECT FROM allowance.decision d JOIN allowance.claim_cancellation c USING (claim_id) WHERE d.decision_id = split_part(l.source_key, ':', 2)::bigint AND d.kind <> 'correct')
         ELSE false END AS gone
FROM allowance.letter l WHERE l.run_no = $1 AND l.seq > $2 AND NOT EXISTS (SELECT FROM allowance.letter_discard d WHERE d.letter_id = l.letter_id)
ORDER BY l.seq LIMIT ${SLICE}`;

/**
 * Letters of the run that may not go out any more, in their order.
 *
 * @param checked whether a person has looked at protected people already (手作業トレイ, 再発行)
 */
export async function lateLetters(
  connection: Queryable,
  runNo: number,
  day: string,
  checked: boolean,
): Promise<readonly LateLetter[]> {
  const touched = checked ? new Set<number>() : await protectedCases(connection);
  const late: LateLetter[] = [];
  for (let after = 0; ;) {
    const { rows } = await connection.query<Row>(LETTERS, [runNo, after]);
    const people = await readPeople(
      connection,
      rows.flatMap(({ addressee, named }) => [...(addressee === null ? [] : [addressee]), ...named]),
      day,
      null,
    );
    for (const { letterId, seq, sourceKey, addressee, named, postalCode, lines, gone } of rows) {
      const own = addressee === null ? undefined : people.get(addressee);
      const ours = [...(addressee === null ? [] : [addressee]), ...named];
      const now = own === undefined ? [] : [own.address, own.building].filter((line) => line !== "");
      const moved = own !== undefined && (own.postalCode !== postalCode || now.join("\n") !== lines.join("\n"));
      const reason: LateReason | null = gone
        ? "sourceGone"
        : ours.some((number) => touched.has(number) || (!checked && people.get(number)?.protected === true))
          ? "protected"
          : !checked && own?.dead === true
            ? "addresseeDead"
            : !checked && named.some((number) => people.get(number)?.dead === true)
              ? "childDead"
              : moved
                ? "addressChanged"
                : null;
      if (reason !== null) late.push({ letterId, seq, sourceKey, addressee, reason });
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < SLICE) return late;
    after = last.seq;
  }
}
