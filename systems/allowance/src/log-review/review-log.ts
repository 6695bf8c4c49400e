/** アクセスログの解析: runs the rules over a month and raises what they find; and at once what concerns protected people. */
import { randomUUID } from "node:crypto";

import {
  addDays,
  type Calendar,
  type CivilDate,
  firstDayOfMonth,
  isOpenDay,
  type Month,
} from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { closedDays } from "../claims/examine.ts";
import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";
import { type LogRule, LOG_RULES_VERSION, logRules } from "./rules.ts";

/** The context's command, for all of the review. */
export function reviewCommand(
  context: Context,
  name: string,
  request: unknown,
  key: string | undefined,
): Parameters<typeof runCommand>[1] {
  return {
    role: ROLE,
    key: key ?? `${name}/${randomUUID()}`,
    name,
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request,
  };
}

const RAISE = (sql: string): string => `
WITH found AS (${sql})
INSERT INTO access.finding (rule, staff_id, addressee_number, first_at, last_at, occurrences, evidence, fingerprint)
SELECT $4, staff_id, addressee_number, first_at, last_at, occurrences, evidence,
  encode(sha256(convert_to(jsonb_build_array($4::text, staff_id, addressee_number, bucket)::text, 'UTF8')), 'hex')
FROM found ON CONFLICT ON CONSTRAINT finding_once DO NOTHING`;

async function raise(
  connection: Queryable,
  rule: LogRule,
  span: readonly [unknown, unknown],
  holidays: readonly string[],
): Promise<number> {
  const { rowCount } = await connection.query(RAISE(rule.sql), [...span, holidays, rule.code]);
  return rowCount ?? 0;
}

/** Days of the month on which the office is closed: weekends, holidays, and those of the city's own list (市の設定 `closedDays`). */
function closedIn(calendar: Calendar, ofCity: readonly CivilDate[], month: Month): readonly CivilDate[] {
  const days: CivilDate[] = [];
  for (let day = firstDayOfMonth(month); day.slice(0, 7) === month; day = addDays(day, 1)) {
    const open = isOpenDay(day, calendar, ofCity);
    if (open.ok && !open.value) days.push(day);
  }
  return days;
}

export type LogReviewRun = {
  readonly month: string;
  /** New findings, by rule */
  readonly found: Readonly<Record<string, number>>;
  readonly total: number;
  /** Whether the whole month was looked at; before its end it is looked at up to now */
  readonly whole: boolean;
};

/**
 * Runs every rule over one month. What was found before is not raised again.
 *
 * @throws Refusal `monthInvalid` for a month that has not begun
 */
export async function reviewMonth(context: Context, month: Month, key?: string): Promise<LogReviewRun> {
  const first = firstDayOfMonth(month);
  const { response } = await refusing(() =>
    runCommand<LogReviewRun>(context.pool, reviewCommand(context, "logReview.run", { month }, key), async (client) => {
      const { rows } = await client.query<{ begins: Date; ends: Date; whole: boolean }>(
        `SELECT b AS begins, least(e, identity.clock()) AS ends, e <= identity.clock() AS whole
         FROM (SELECT $1::date::timestamp AT TIME ZONE 'Asia/Tokyo' AS b, ($1::date + interval '1 month')::timestamp AT TIME ZONE 'Asia/Tokyo' AS e) x`,
        [first],
      );
      const span = rows[0];
      if (span === undefined || span.ends <= span.begins) {
        throw refuse(
          "monthInvalid",
          `${month} はまだ始まっていません。終わった月か今月を指定してください。何も変えていません。`,
        );
      }
      const holidays = closedIn(context.calendar, await closedDays(client), month);
      const found: Record<string, number> = {};
      let total = 0;
      for (const [done, rule] of logRules.entries()) {
        context.onProgress?.("点検の規則", done, logRules.length);
        const raised = await raise(client, rule, [span.begins, span.ends], holidays);
        if (raised > 0) found[rule.code] = raised;
        total += raised;
      }
      context.onProgress?.("点検の規則", logRules.length, logRules.length);
      await client.query(
        "INSERT INTO access.review_run (month, from_at, to_at, rules, found, ran_by) VALUES ($1, $2, $3, $4, $5, $6)",
        [first, span.begins, span.ends, LOG_RULES_VERSION, total, context.operator],
      );
      return {
        response: { month, found, total, whole: span.whole },
        audit: [{ action: "logReview.run", objectKind: "month", objectId: month, detail: { found: total } }],
      };
    }),
  );
  return response;
}

/** Raises the attempts at protected and forbidden people of the last two days: with each look at the list, so that it is never old. */
export async function raiseProtectionAlerts(connection: Queryable): Promise<void> {
  const { rows } = await connection.query<{ begins: Date; ends: Date }>(
    "SELECT identity.clock() - interval '2 days' AS begins, identity.clock() + interval '1 minute' AS ends",
  );
  const span = rows[0];
  if (span === undefined) return;
  for (const rule of logRules) {
    if (rule.immediate === true) await raise(connection, rule, [span.begins, span.ends], []);
  }
}
