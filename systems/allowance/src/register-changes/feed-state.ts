/**
 * How fresh the copied registers are (D282). The 庁内連携システム says up to which day each feed was taken in; a decision on an old
 * copy carries an alert that somebody has to acknowledge with a reason.
 */
import { addDays, type CivilDate } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import type { Difference } from "../filings/procedure.ts";
import { look } from "../procedures/answers.ts";

export type FeedState = {
  /** Code of the interface, e.g. `residents` */
  readonly interfaceCode: string;
  readonly name: string;
  /** The day up to which it was taken in */
  readonly asOf: CivilDate;
  /** Days after which it is old */
  readonly staleAfter: number;
  /** Something has come that can't be taken in (a gap, a refused delivery) */
  readonly delayed: boolean;
};

const LAST = `
  SELECT DISTINCT ON (interface_code) interface_code AS "interfaceCode", name, as_of AS "asOf", stale_after AS "staleAfter", delayed
  FROM allowance.feed_state ORDER BY interface_code, feed_state_id DESC`;

/** The newest state of each feed; none where the city takes in by hand. */
export async function feedStates(connection: Queryable): Promise<readonly FeedState[]> {
  return (await connection.query<FeedState>(LAST)).rows;
}

/** Notes states that differ from the last ones. */
export async function recordFeedStates(
  context: Context,
  states: readonly FeedState[],
  key: string,
): Promise<{ readonly recorded: number }> {
  const command = {
    role: ROLE,
    key,
    name: "feed.state",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: states,
  };
  const { response } = await refusing(() =>
    runCommand(context.pool, command, async (client) => {
      const { rowCount } = await client.query(
        `INSERT INTO allowance.feed_state (interface_code, name, as_of, stale_after, delayed)
         SELECT n.* FROM jsonb_to_recordset($1::jsonb) AS n("interfaceCode" text, name text, "asOf" date, "staleAfter" smallint, delayed boolean)
         WHERE NOT EXISTS (SELECT FROM (${LAST}) l WHERE (l."interfaceCode", l.name, l."asOf", l."staleAfter", l.delayed)
                             = (n."interfaceCode", n.name, n."asOf", n."staleAfter", n.delayed))`,
        [JSON.stringify(states)],
      );
      const recorded = rowCount ?? 0;
      const audit = [{ action: "feed.state", objectKind: "feed", objectId: "all", detail: { recorded } }];
      return { response: { recorded }, audit };
    }),
  );
  return response;
}

/** Alerts for a decision that is judged on `day`: feeds that are old, or held up, on that day. */
export async function staleFeeds(connection: Queryable, day: CivilDate): Promise<readonly Difference[]> {
  return (await feedStates(connection)).flatMap((state) => {
    const { name, asOf, staleAfter, delayed } = state;
    if (addDays(asOf, staleAfter) < day) {
      const text = `「${name}」の連携は ${asOf} の分までで、${staleAfter}日を過ぎています。その後の異動は見えていません。連携を確かめてから進めてください。`;
      return [look("feed.stale", text)];
    }
    if (!delayed) return [];
    const text = `「${name}」の連携に、届いているのに取り込めない分があります（欠番・不受理）。この人の異動が含まれていないかを確かめてください。`;
    return [look("feed.delayed", text)];
  });
}
