/**
 * 7月分と8月分の違い: what the switch of the year would leave different, recipient by recipient, to be looked at one by one. The switch
 * itself changes nothing (M27): whatever is listed here comes from a fact, a decision, or a change that nobody has decided yet.
 */
import { type Calendar, type ChildMonth, type Month, month } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import type { PoolClient } from "pg";

import { refusing } from "../constraints.ts";
import type { Context } from "../context.ts";
import { undecidedChanges } from "../decisions/re-decide.ts";
import { refuse } from "../refusal.ts";
import { digestOf, getReviewYear, reviewCommand } from "./year.ts";
import { type MonthPicture, monthsOf, type Standing, standingOf } from "./year-picture.ts";

export const differenceKinds = {
  amount: "月額が違う",
  started: "8月分から始まる",
  ended: "8月分がない",
  childGone: "支給の対象の児童が減る",
  childNew: "支給の対象の児童が増える",
  countedGone: "数えていた兄姉等が8月分で数えられていない",
  countedNew: "数える兄姉等が増える",
  classChanged: "被用区分が違う",
  unexplained: "額が違うのに、8月分からの決定がない",
  undecided: "台帳が変わっているのに、決定していない",
  notComputed: "額を計算できない",
} as const satisfies Readonly<Record<string, string>>;

export type DifferenceKind = keyof typeof differenceKinds;

/** One person before and after. Amounts in yen, null: not payable. */
export type PersonDifference = {
  readonly number: number;
  readonly july: number | null;
  readonly august: number | null;
  readonly counted: readonly [boolean, boolean];
};

export type Difference = {
  readonly recipientId: number;
  readonly number: number;
  readonly wardCode: string;
  /** Empty: the two months are alike */
  readonly kinds: readonly DifferenceKind[];
  readonly july: number;
  readonly august: number;
  readonly people: readonly PersonDifference[];
  /** Decisions with effect from August: kind and cause */
  readonly decisions: readonly string[];
  readonly digest: string;
};

/** The months on both sides of the switch of a year. */
export const switchMonths = (year: number): { readonly july: Month; readonly august: Month } => ({
  july: month(`${year}-07`),
  august: month(`${year}-08`),
});

type Sides = {
  readonly july: MonthPicture;
  readonly august: MonthPicture;
  readonly classes: readonly [string | null, string | null];
  /** Whether a decision takes effect in August */
  readonly decided: boolean;
  readonly undecided: boolean;
};

const byId = (children: readonly ChildMonth[]): ReadonlyMap<string, ChildMonth> =>
  new Map(children.map((child) => [child.id, child]));

/** What differs between two months of one recipient. Pure. */
export function compareMonths({ july, august, classes, decided, undecided }: Sides): {
  readonly kinds: readonly DifferenceKind[];
  readonly people: readonly PersonDifference[];
} {
  const before = byId(july.children);
  const after = byId(august.children);
  const people = [...new Set([...before.keys(), ...after.keys()])].flatMap((id): PersonDifference[] => {
    const left = before.get(id);
    const right = after.get(id);
    const was = left?.amount ?? null;
    const is = right?.amount ?? null;
    const counted = [left?.counted ?? false, right?.counted ?? false] as const;
    return was === is && counted[0] === counted[1] ? [] : [{ number: Number(id), july: was, august: is, counted }];
  });
  const kinds = new Set<DifferenceKind>();
  if (july.total !== august.total) kinds.add("amount");
  if (july.children.length === 0 && august.children.length > 0) kinds.add("started");
  if (july.children.length > 0 && august.children.length === 0) kinds.add("ended");
  for (const { july: was, august: is, counted } of people) {
    if (was !== null && is === null) kinds.add("childGone");
    if (was === null && is !== null) kinds.add("childNew");
    if (was === null && is === null && counted[0] && !counted[1]) kinds.add("countedGone");
    if (was === null && is === null && !counted[0] && counted[1]) kinds.add("countedNew");
  }
  if (classes[0] !== null && classes[1] !== null && classes[0] !== classes[1]) kinds.add("classChanged");
  if (kinds.has("amount") && !decided) kinds.add("unexplained");
  if (undecided) kinds.add("undecided");
  return { kinds: (Object.keys(differenceKinds) as DifferenceKind[]).filter((kind) => kinds.has(kind)), people };
}

type DecisionRow = { readonly id: number; readonly kind: string; readonly cause: string };
type ClassRow = { readonly id: number; readonly before: string | null; readonly after: string | null };

const CLASSES = `
  SELECT x AS id,
         (SELECT y.employee_class FROM allowance.yearly_review_current y WHERE y.recipient_id = x AND y.fiscal_year = $2 - 1 LIMIT 1) AS before,
         (SELECT y.employee_class FROM allowance.yearly_review_current y WHERE y.recipient_id = x AND y.fiscal_year = $2 LIMIT 1) AS after
  FROM unnest($1::bigint[]) x`;

/** The 被用区分 of the year that ends: of the year's review, or of the claim where the right began since. */
const classBefore = (standing: Standing, row: ClassRow | undefined): string | null =>
  row?.before ?? standing.claimClass;

const nothing = (at: Month): MonthPicture => ({ month: at, total: 0, children: [] });

function pictures(
  standing: Standing,
  calendar: Calendar,
  year: number,
): readonly [MonthPicture, MonthPicture] | undefined {
  const { july, august } = switchMonths(year);
  const first = month(standing.firstMonth.slice(0, 7));
  if (first > august) return [nothing(july), nothing(august)];
  const months = monthsOf(standing, calendar, first > july ? first : july, august);
  if (months === undefined) return undefined;
  const at = (wanted: Month): MonthPicture => months.find((each) => each.month === wanted) ?? nothing(wanted);
  return [at(july), at(august)];
}

/** The differences of the given recipients as they stand now; those without one have empty `kinds`. Reads only. */
export async function findDifferences(
  client: PoolClient,
  context: Context,
  year: number,
  recipients: readonly number[],
): Promise<readonly Difference[]> {
  const standings = await standingOf(client, recipients);
  const { august } = switchMonths(year);
  const decisions = Map.groupBy(
    (
      await client.query<DecisionRow>(
        `SELECT recipient_id AS id, kind, cause FROM allowance.decision
         WHERE recipient_id = ANY($1::bigint[]) AND effective_month = $2 ORDER BY recipient_id, seq`,
        [recipients, `${august}-01`],
      )
    ).rows,
    ({ id }) => id,
  );
  const classes = new Map((await client.query<ClassRow>(CLASSES, [recipients, year])).rows.map((row) => [row.id, row]));
  const open = await undecidedChanges(
    client,
    context,
    standings.map(({ number, kind }) => ({ claimant: number, kind })),
  );
  return standings.map((standing): Difference => {
    const { recipientId, number, wardCode } = standing;
    const found = pictures(standing, context.calendar, year);
    const taken = (decisions.get(recipientId) ?? []).map(({ kind, cause }) => `${kind}:${cause}`);
    const row = classes.get(recipientId);
    if (found === undefined) {
      const kinds = ["notComputed"] as const;
      const digest = digestOf({ kinds, facts: standing.factsDigest });
      return { recipientId, number, wardCode, kinds, july: 0, august: 0, people: [], decisions: taken, digest };
    }
    const compared = compareMonths({
      july: found[0],
      august: found[1],
      classes: [classBefore(standing, row), row?.after ?? null],
      decided: taken.length > 0,
      undecided: open.has(recipientId),
    });
    const figures = { ...compared, july: found[0].total, august: found[1].total, decisions: taken };
    return { recipientId, number, wardCode, ...figures, digest: digestOf(figures) };
  });
}

/** 認定番号 whose right lasts in July or August of the year, in order. */
export async function recipientsAtSwitch(
  connection: Queryable,
  year: number,
  after: number,
  limit: number,
): Promise<readonly number[]> {
  const { rows } = await connection.query<{ id: number }>(
    `SELECT recipient_id AS id FROM allowance.recipient_window
     WHERE recipient_id > $1 AND first_month <= $3 AND (ended_from IS NULL OR ended_from > $2) ORDER BY 1 LIMIT $4`,
    [after, `${year}-07-01`, `${year}-08-01`, limit],
  );
  return rows.map(({ id }) => id);
}

const SLICE = 1000;

/** Notes new and changed differences of the slice; one that has gone gets an empty row. */
async function noteDifferences(
  client: PoolClient,
  context: Context,
  year: number,
  found: readonly Difference[],
): Promise<number> {
  const { rowCount } = await client.query(
    `INSERT INTO allowance.review_difference (recipient_id, fiscal_year, no, kinds, yen_july, yen_august, detail, digest, made_by)
     SELECT x.recipient, $2, coalesce(l.no, 0) + 1, ARRAY(SELECT jsonb_array_elements_text(x.kinds)), x.july, x.august, x.detail, x.digest, $3
     FROM jsonb_to_recordset($1) AS x (recipient bigint, kinds jsonb, july int, august int, detail jsonb, digest text)
     LEFT JOIN LATERAL (SELECT d.no, d.digest, cardinality(d.kinds) AS n FROM allowance.review_difference d
                        WHERE d.recipient_id = x.recipient AND d.fiscal_year = $2 ORDER BY d.no DESC LIMIT 1) l ON true
     WHERE CASE WHEN jsonb_array_length(x.kinds) = 0 THEN coalesce(l.n, 0) > 0 ELSE l.digest IS DISTINCT FROM x.digest END`,
    [
      JSON.stringify(
        found.map(({ recipientId, kinds, july, august, people, decisions, digest }) => ({
          recipient: recipientId,
          kinds,
          july,
          august,
          detail: { people, decisions },
          digest,
        })),
      ),
      year,
      context.operator,
    ],
  );
  return rowCount ?? 0;
}

/**
 * Makes the list of the whole city, by the state of the day, slice by slice. A second run adds nothing; what has changed since stands
 * as a new difference to be looked at again.
 *
 * @returns recipients looked at, and rows that are new
 * @throws Refusal `reviewUnknown`
 */
export async function listDifferences(
  context: Context,
  year: number,
): Promise<{ readonly recipients: number; readonly noted: number }> {
  await getReviewYear(context.pool, year);
  let recipients = 0;
  let noted = 0;
  let after = 0;
  while (context.signal?.aborted !== true) {
    const { response } = await refusing(() =>
      runCommand(
        context.pool,
        reviewCommand(context, "review.differences", { year, after }, undefined),
        async (client) => {
          const slice = await recipientsAtSwitch(client, year, after, SLICE);
          const found = await findDifferences(client, context, year, slice);
          const added = await noteDifferences(client, context, year, found);
          const detail = { recipients: slice.length, added };
          return {
            response: { last: slice.at(-1) ?? null, count: slice.length, added },
            audit: [{ action: "review.differences", objectKind: "reviewYear", objectId: String(year), detail }],
          };
        },
      ),
    );
    recipients += response.count;
    noted += response.added;
    context.onProgress?.("7月分と8月分の違い", recipients, recipients);
    if (response.last === null) break;
    after = response.last;
  }
  return { recipients, noted };
}

export type ListedDifference = {
  readonly differenceId: number;
  readonly recipientId: number;
  readonly wardCode: string;
  readonly kinds: readonly DifferenceKind[];
  readonly july: number;
  readonly august: number;
  readonly people: readonly PersonDifference[];
  readonly decisions: readonly string[];
  readonly cleared: boolean;
  readonly clearedBy: string | null;
  readonly reason: string | null;
};

/** The last difference of each recipient; what waits to be looked at first. */
export async function readDifferences(connection: Queryable, year: number): Promise<readonly ListedDifference[]> {
  const { rows } = await connection.query<ListedDifference>(
    `SELECT d.difference_id AS "differenceId", d.recipient_id AS "recipientId", p.ward_code AS "wardCode", d.kinds, d.yen_july AS july,
            d.yen_august AS august, d.detail -> 'people' AS people, d.detail -> 'decisions' AS decisions,
            c.difference_id IS NOT NULL AS cleared, c.cleared_by AS "clearedBy", c.reason
     FROM (SELECT DISTINCT ON (recipient_id) * FROM allowance.review_difference WHERE fiscal_year = $1 ORDER BY recipient_id, no DESC) d
     JOIN allowance.recipient p USING (recipient_id) LEFT JOIN allowance.review_clearance c USING (difference_id)
     WHERE cardinality(d.kinds) > 0 ORDER BY (c.difference_id IS NOT NULL), d.recipient_id`,
    [year],
  );
  return rows;
}

/**
 * Clears one difference, with what was found. Only the last one of a recipient can be cleared: a person says yes to what is there now.
 *
 * @throws Refusal `reviewUnknown`, `reviewChanged`, `reviewInvalid`
 */
export async function clearDifference(
  context: Context,
  clear: { readonly differenceId: number; readonly reason: string; readonly key?: string },
): Promise<void> {
  const reason = clear.reason.trim();
  if (reason === "" || reason.length > 400) {
    throw refuse("reviewInvalid", "違いを確かめた結果を、1文字から400文字で書いてください。何も変えていません。");
  }
  const { differenceId, key } = clear;
  await refusing(() =>
    runCommand(context.pool, reviewCommand(context, "review.clear", { differenceId, reason }, key), async (client) => {
      const { rows } = await client.query<{ recipient: number; year: number; latest: boolean; cleared: boolean }>(
        `SELECT d.recipient_id AS recipient, d.fiscal_year AS year,
                NOT EXISTS (SELECT FROM allowance.review_difference n WHERE n.recipient_id = d.recipient_id AND n.fiscal_year = d.fiscal_year AND n.no > d.no) AS latest,
                EXISTS (SELECT FROM allowance.review_clearance c WHERE c.difference_id = d.difference_id) AS cleared
         FROM allowance.review_difference d WHERE d.difference_id = $1`,
        [differenceId],
      );
      const found = rows[0];
      if (found === undefined) {
        throw refuse(
          "reviewUnknown",
          `違い ${differenceId} は一覧にありません。一覧を読み直してください。何も変えていません。`,
        );
      }
      if (!found.latest || found.cleared) {
        throw refuse(
          "reviewChanged",
          `違い ${differenceId} は、確かめ済みか、その後で変わっています。一覧を読み直して、いまの違いを確かめてください。何も変えていません。`,
          { differenceId },
        );
      }
      await client.query(
        "INSERT INTO allowance.review_clearance (difference_id, reason, cleared_by) VALUES ($1, $2, $3)",
        [differenceId, reason, context.operator],
      );
      const objectId = String(found.recipient);
      const detail = { differenceId, year: found.year };
      return { response: null, audit: [{ action: "review.clear", objectKind: "recipient", objectId, detail }] };
    }),
  );
}
