/**
 * 変更の履歴: every change of what comes, what goes and who works here, with the six fields of the assessment's own history; an
 * important one stays open as work until the assessment was done again.
 *
 * Source: 熊本市 特定個人情報保護評価書 V (評価実施手続), 別添2 (変更箇所).
 */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

/** 提出時期: before or after the change */
export type Timing = "before" | "after";

/** Words for a row of settings: name of the field → its words. */
export type Described = Readonly<Record<string, string>>;

/** Who changes something, when and why. */
export type ChangeBy = {
  readonly enteredBy: string;
  readonly approvedBy: string;
  /** The day of work */
  readonly today: string;
  readonly reason: string;
  readonly timing: Timing;
};

/** Of a change that two people decided elsewhere and one of them types in. */
export function changeBy(
  { operator, today, purpose }: { readonly operator: string; readonly today: string; readonly purpose: string },
  approvedBy: string,
): ChangeBy {
  return { enteredBy: operator, approvedBy, today, reason: purpose, timing: "before" };
}

export type NewChange = {
  readonly changedOn: string;
  /** 項目, e.g. `連携の合意 住民記録 1.0` */
  readonly item: string;
  /** Undefined: there was none */
  readonly before: Described | undefined;
  readonly after: Described;
  readonly timing: Timing;
  readonly reason: string;
  /** Fields whose change alone needs no new assessment */
  readonly minor?: readonly string[];
  readonly enteredBy: string;
  readonly approvedBy: string;
};

const MOST = 20_000;
const wordsOf = (described: Described, names: readonly string[]): string =>
  names
    .map((name) => `${name}: ${described[name] ?? "なし"}`)
    .join("\n")
    .slice(0, MOST);

/** Writes the change with its six fields; only fields that differ. Nothing where nothing differs. */
export async function recordChange(connection: Queryable, change: NewChange): Promise<void> {
  const { before, after, minor = [] } = change;
  const names = Object.keys(after).filter((name) => before?.[name] !== after[name]);
  if (names.length === 0) return;
  await connection.query(
    `INSERT INTO interchange.configuration_change (changed_on, item, before_text, after_text, timing, reason, important, entered_by, approved_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      change.changedOn,
      change.item,
      before === undefined ? "なし" : wordsOf(before, names),
      wordsOf(after, names),
      change.timing,
      change.reason,
      names.some((name) => !minor.includes(name)),
      change.enteredBy,
      change.approvedBy,
    ],
  );
}

export type ListedChange = {
  readonly changeId: number;
  readonly changedOn: string;
  readonly item: string;
  readonly before: string;
  readonly after: string;
  readonly timing: Timing;
  readonly reason: string;
  readonly important: boolean;
  readonly enteredBy: string;
  readonly approvedBy: string;
  /** Important, and after the last assessment: the assessment has to be done again */
  readonly open: boolean;
};

/** The history, newest first. */
export async function listChanges(connection: Queryable, limit = 200): Promise<readonly ListedChange[]> {
  const { rows } = await connection.query<ListedChange>(
    `SELECT change_id AS "changeId", changed_on AS "changedOn", item, before_text AS before, after_text AS after, timing, reason, important,
       entered_by AS "enteredBy", approved_by AS "approvedBy",
       important AND change_id > (SELECT coalesce(max(through_change), 0) FROM interchange.assessment) AS open
     FROM interchange.configuration_change ORDER BY change_id DESC LIMIT $1`,
    [limit],
  );
  return rows;
}

export type AssessmentState = {
  /** The last assessment; null: none was recorded yet */
  readonly last: { readonly assessedOn: string; readonly result: string; readonly throughChange: number } | null;
  /** Important changes that it does not hold: a new assessment is due */
  readonly open: number;
  /** Number of the newest change, 0 without one: what an assessment of today would hold */
  readonly newest: number;
};

/** 評価の再実施: whether a new assessment is due. */
export async function assessmentState(connection: Queryable): Promise<AssessmentState> {
  const { rows } = await connection.query<AssessmentState>(
    `SELECT (SELECT jsonb_build_object('assessedOn', a.assessed_on, 'result', a.result, 'throughChange', a.through_change)
         FROM interchange.assessment a ORDER BY a.assessment_id DESC LIMIT 1) AS last,
       (SELECT count(*)::int FROM interchange.configuration_change c WHERE c.important
         AND c.change_id > (SELECT coalesce(max(through_change), 0) FROM interchange.assessment)) AS open,
       (SELECT coalesce(max(change_id), 0)::int FROM interchange.configuration_change) AS newest`,
  );
  return rows[0] ?? { last: null, open: 0, newest: 0 };
}
