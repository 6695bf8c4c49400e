/**
 * 年齢到達 in the queue of changes: what time alone changes stands beside what other offices told, until it is decided (評価書 II-3⑤:
 * 異動・消滅の把握).
 */
import type { CivilDate } from "@hagukumi/law/contract.ts";

import { auditedRead, type Reader } from "../inquiry/audited-read.ts";
import type { Milestone, MilestoneKind } from "./events.ts";

/** One event that nothing has decided yet, without personal data beyond the first kana. */
export type AgeChange = {
  readonly kind: MilestoneKind;
  /** 到達する日, 年度末, 卒業予定の月の末日, 限度の日; may lie ahead */
  readonly on: CivilDate;
  readonly recipientId: number;
  readonly wardCode: string;
  readonly kanaInitial: string;
  /** 一括処理 (年齢到達の減額・消滅) of the month, the newest that was not cancelled; null before one was made */
  readonly runNo: number | null;
  readonly runState: string | null;
};

type Row = {
  readonly place: number;
  readonly ward_code: string;
  readonly kana_initial: string;
  readonly run_no: number | null;
  readonly run_state: string | null;
};

/**
 * Those of the events that are not decided, in their order: of the reader's wards and of people whom the reader may see.
 *
 * @throws Refusal `sessionNeeded`, `permissionMissing`
 */
export async function listAgeChanges(reader: Reader, events: readonly Milestone[]): Promise<readonly AgeChange[]> {
  const entry = { action: "registerChange.list", objectKind: "registerChange", objectId: "age" };
  return await auditedRead(reader, entry, async (client) => {
    const { rows } = await client.query<Row>("SELECT * FROM allowance.age_changes_for_staff($1, $2, $3)", [
      events.map(({ recipientId }) => recipientId),
      events.map(({ child }) => child),
      events.map(({ on }) => on),
    ]);
    return rows.flatMap((row) => {
      const event = events[row.place - 1];
      if (event === undefined) return [];
      const { kind, on, recipientId } = event;
      return [
        {
          kind,
          on,
          recipientId,
          wardCode: row.ward_code,
          kanaInitial: row.kana_initial,
          runNo: row.run_no,
          runState: row.run_state,
        },
      ];
    });
  });
}
