/**
 * 記録の保存: how long the city keeps each group of records, what stops a removal, and which removals two people decided. The judging and
 * the removing itself are the platform's (`platform/src/access/retention`): they need the key of the seals.
 */
import type { CivilDate } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { randomUUID } from "node:crypto";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";
import { openProposals, type TwoPersonProposal, propose } from "./proposals.ts";

/** Kinds of proposals on this page. */
export const RETENTION_KINDS = ["retentionTerm", "removeRecords", "releaseHold"] as const;

/** 記録の区分 */
export const RECORD_GROUPS = [
  "accessLog",
  "journal",
  "individualNumber",
  "caseNotes",
  "letterFiles",
  "protectionLifts",
  "paperDocuments",
] as const;
export type RecordGroup = (typeof RECORD_GROUPS)[number];

/** Proposes a term in years; null takes the decision back: nothing is removed then. @throws Refusal `proposalInvalid` */
export async function proposeTerm(
  context: Context,
  asked: {
    readonly group: RecordGroup;
    /** 1–100 */
    readonly years: number | null;
    readonly from: CivilDate;
    readonly reason: string;
    readonly key?: string;
  },
): Promise<number> {
  const { group, years, from, reason, key } = asked;
  if (years !== null && !(Number.isInteger(years) && years >= 1 && years <= 100)) {
    throw refuse("proposalInvalid", "保存期間は1年から100年までの整数か、空（消さない）です。何も変えていません。");
  }
  return await propose(context, {
    kind: "retentionTerm",
    content: { group, years, from },
    reason,
    ...(key === undefined ? {} : { key }),
  });
}

/** Proposes the removal of exactly what was judged last. @throws Refusal `proposalInvalid` where there is nothing to remove */
export async function proposeRemoval(
  context: Context,
  asked: { readonly group: RecordGroup; readonly reason: string; readonly key?: string },
): Promise<number> {
  const state = (await readRetention(context.pool)).groups.find(({ group }) => group === asked.group);
  const judged = state?.judgement;
  if (judged === undefined || judged === null || judged.rows === 0 || judged.blockHash === null) {
    throw refuse(
      "proposalInvalid",
      "保存期間の過ぎた記録がないか、保存期間が決まっていないか、停止がかかっています。何も変えていません。",
    );
  }
  const { throughBlock, blockHash, rows, beforeOn } = judged;
  return await propose(context, {
    kind: "removeRecords",
    content: { group: asked.group, throughBlock, blockHash, rows, beforeOn },
    reason: asked.reason,
    ...(asked.key === undefined ? {} : { key: asked.key }),
  });
}

/** 消去の停止: one person is enough to stop. @returns its number. @throws Refusal `proposalInvalid` */
export async function placeRetentionHold(
  context: Context,
  asked: {
    readonly group: RecordGroup;
    /** Records from this day on; absent: all */
    readonly from?: CivilDate;
    readonly reason: string;
    readonly key?: string;
  },
): Promise<number> {
  const { group, from = null, key } = asked;
  const reason = asked.reason.trim();
  if (reason.length < 5 || reason.length > 300) {
    throw refuse("proposalInvalid", "理由を5文字から300文字で書いてください。何も変えていません。");
  }
  const command = {
    role: ROLE,
    key: key ?? `retention.hold/${randomUUID()}`,
    name: "retention.hold",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { group, from, reason },
  };
  const { response } = await refusing(() =>
    runCommand<number>(context.pool, command, async (client) => {
      const { rows } = await client.query<{ id: number }>(
        "INSERT INTO access.retention_hold (group_code, from_on, reason, placed_by) VALUES ($1, $2, $3, $4) RETURNING hold_id AS id",
        [group, from, reason, context.operator],
      );
      const holdId = rows[0]?.id ?? 0;
      return {
        response: holdId,
        audit: [{ action: "retention.hold", objectKind: "retentionHold", objectId: String(holdId) }],
      };
    }),
  );
  return response;
}

/** Proposes the end of a stop. @throws Refusal `proposalInvalid` where it does not stand */
export async function proposeHoldRelease(
  context: Context,
  asked: { readonly holdId: number; readonly reason: string; readonly key?: string },
): Promise<number> {
  const { holdId, reason, key } = asked;
  return await propose(context, {
    kind: "releaseHold",
    content: { holdId },
    reason,
    ...(key === undefined ? {} : { key }),
    check: async (connection) => {
      const { holds } = await readRetention(connection);
      if (holds.some((hold) => hold.holdId === holdId)) return;
      throw refuse(
        "proposalInvalid",
        `停止 ${holdId} はかかっていません。一覧を読み直してください。何も変えていません。`,
      );
    },
  });
}

/** The last judgement of a group. */
export type GroupJudgement = {
  readonly judgedOn: string;
  readonly beforeOn: string | null;
  readonly throughBlock: number;
  readonly blockHash: string | null;
  readonly rows: number;
  readonly held: boolean;
};

export type GroupState = {
  readonly group: RecordGroup;
  readonly name: string;
  readonly about: string;
  /** In force today; null: not decided, nothing is removed */
  readonly years: number | null;
  readonly judgement: GroupJudgement | null;
};

export type HoldRow = {
  readonly holdId: number;
  readonly group: RecordGroup;
  readonly fromOn: string | null;
  readonly reason: string;
  readonly placedBy: string;
  readonly placedAt: Date;
};

export type RemovalRow = {
  readonly group: RecordGroup;
  readonly removalNo: number;
  readonly rows: number;
  readonly alsoRemoved: number;
  readonly years: number;
  readonly beforeOn: string;
  readonly proposedBy: string;
  readonly approvedBy: string;
  readonly removedAt: Date;
};

export type Retention = {
  readonly groups: readonly GroupState[];
  /** Stops that stand */
  readonly holds: readonly HoldRow[];
  /** Newest first */
  readonly removals: readonly RemovalRow[];
  /** Approved removals that the server has not carried out yet */
  readonly waiting: number;
  readonly proposals: readonly TwoPersonProposal[];
};

const GROUPS = `
SELECT x."group", x.name, x.about, x.years, coalesce(x.sealed, x.erased) AS judgement FROM (
SELECT g.group_code AS "group", g.name, g.about, access.retention_years(g.group_code, identity.today()) AS years,
  (SELECT jsonb_build_object('judgedOn', j.judged_on, 'beforeOn', j.before_on, 'throughBlock', j.through_block, 'blockHash', encode(j.block_hash, 'hex'),
     'rows', CASE WHEN j.through_block <= (SELECT coalesce(max(r.through_block), 0) FROM access.removal r WHERE r.group_code = g.group_code) THEN 0
       ELSE j.row_count END, 'held', j.held)
   FROM access.retention_judgement j WHERE j.group_code = g.group_code ORDER BY j.judged_on DESC LIMIT 1) AS sealed,
  (SELECT jsonb_build_object('judgedOn', t.judged_on, 'beforeOn', t.before_on, 'throughBlock', 0, 'blockHash', NULL, 'rows', 0, 'held', t.held)
   FROM allowance.term_erasure t WHERE t.group_code = g.group_code ORDER BY t.erasure_id DESC LIMIT 1) AS erased
FROM access.record_group g) x ORDER BY x."group"`;

/** Terms, the last judgement, stops, removals, and what waits. */
export async function readRetention(connection: Queryable): Promise<Retention> {
  const groups = await connection.query<GroupState>(GROUPS);
  const holds = await connection.query<HoldRow>(
    `SELECT h.hold_id AS "holdId", h.group_code AS "group", h.from_on::text AS "fromOn", h.reason, h.placed_by AS "placedBy", h.placed_at AS "placedAt"
     FROM access.retention_hold h WHERE NOT EXISTS (SELECT FROM access.retention_hold_end e WHERE e.hold_id = h.hold_id) ORDER BY h.hold_id`,
  );
  const removals = await connection.query<RemovalRow>(
    `SELECT group_code AS "group", removal_no AS "removalNo", row_count AS rows, also_removed AS "alsoRemoved", years, before_on::text AS "beforeOn",
       proposed_by AS "proposedBy", approved_by AS "approvedBy", removed_at AS "removedAt" FROM access.removal ORDER BY removed_at DESC LIMIT 100`,
  );
  const waiting = await connection.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM access.removal_order o
     WHERE o.through_block > (SELECT coalesce(max(r.through_block), 0) FROM access.removal r WHERE r.group_code = o.group_code)`,
  );
  return {
    groups: groups.rows,
    holds: holds.rows,
    removals: removals.rows,
    waiting: waiting.rows[0]?.n ?? 0,
    proposals: await openProposals(connection, RETENTION_KINDS),
  };
}
