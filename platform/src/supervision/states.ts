/** 運転状況: the state of what runs beside the pages, one row a part, for everybody who asks (page, command, other programs). */
import type { Pool, PoolClient } from "pg";

import { writeJournal } from "../access/journal.ts";
import { runCommand } from "../database/command.ts";
import type { Queryable } from "../database/pool.ts";
import { Refusal, sqlState } from "../database/problem.ts";
import { serializable, withRole } from "../database/transaction.ts";

const ROLE = "hagukumi_allowance";

/** A part whose last sign is older than this is called silent: three beats were missed. */
export const SILENT_AFTER_SECONDS = 100;

/** `silent`: what should run it has not been heard of */
export type PartState = "waiting" | "running" | "failed" | "stopped" | "silent";

export const partStateLabels: Readonly<Record<PartState, string>> = {
  waiting: "次を待っている",
  running: "動いている",
  failed: "うまくいかない（またやってみる）",
  stopped: "止めた",
  silent: "合図がない",
};

export type OperatedPart = {
  readonly partCode: string;
  readonly name: string;
  /** When it runs, in words */
  readonly rhythm: string;
  readonly state: PartState;
  /** What it did last; counts alone */
  readonly said: string;
  /** Why it does not work; empty where it does */
  readonly problem: string;
  readonly turns: number;
  /** In a row */
  readonly failures: number;
  readonly begunAt: Date | null;
  readonly succeededAt: Date | null;
  readonly failedAt: Date | null;
  /** Null: it runs all the time */
  readonly nextAt: Date | null;
  readonly beatAt: Date;
  readonly wantedBy: string | null;
};

const READ = `
  SELECT part_code AS "partCode", name, rhythm, CASE WHEN state <> 'stopped' AND beat_at < clock_timestamp() - make_interval(secs => $1) THEN 'silent' ELSE state END AS state,
    said, problem, turns, failures, begun_at AS "begunAt", succeeded_at AS "succeededAt", failed_at AS "failedAt", next_at AS "nextAt", beat_at AS "beatAt", wanted_by AS "wantedBy"
  FROM access.operated_part ORDER BY display_order, part_code`;

/** Every part that ever ran here, in the order of the page. */
export async function operatedParts(connection: Queryable): Promise<readonly OperatedPart[]> {
  return (await connection.query<OperatedPart>(READ, [SILENT_AFTER_SECONDS])).rows;
}

export type WrittenState = {
  readonly code: string;
  readonly state: Exclude<PartState, "silent">;
  readonly said: string;
  readonly problem: string;
  readonly turns: number;
  readonly failures: number;
  readonly begunAt: Date | null;
  readonly succeededAt: Date | null;
  readonly failedAt: Date | null;
  readonly nextAt: Date | null;
};

type Introduced = { readonly code: string; readonly name: string; readonly rhythm: string; readonly order: number };

/** What is known of a part from before this process. */
export type PartBefore = { readonly said: string; readonly succeededAt: Date | null };

const within = async <T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> =>
  await serializable(pool, async (client) => {
    await withRole(client, ROLE);
    return await work(client);
  });

/** Puts the parts of a process on the list. @returns what each did last, before this process */
export async function introduceParts(
  pool: Pool,
  place: string,
  parts: readonly Introduced[],
): Promise<ReadonlyMap<string, PartBefore>> {
  return await within(pool, async (client) => {
    const { rows } = await client.query<PartBefore & { code: string }>(
      `INSERT INTO access.operated_part AS p (part_code, name, rhythm, place, display_order, state)
       SELECT n.code, n.name, n.rhythm, $2, n.ord, 'waiting' FROM jsonb_to_recordset($1::jsonb) AS n(code text, name text, rhythm text, ord int)
       ON CONFLICT (part_code) DO UPDATE SET name = excluded.name, rhythm = excluded.rhythm, place = excluded.place, display_order = excluded.display_order,
         state = 'waiting', problem = '', turns = 0, failures = 0, next_at = NULL, beat_at = clock_timestamp(), wanted_at = NULL, wanted_by = NULL
       RETURNING p.part_code AS code, p.said, p.succeeded_at AS "succeededAt"`,
      [JSON.stringify(parts.map(({ code, name, rhythm, order }) => ({ code, name, rhythm, ord: order }))), place],
    );
    return new Map(rows.map(({ code, ...before }) => [code, before]));
  });
}

/** Writes the state of a part; `event` goes into the journal in the same transaction. */
export async function writeState(
  pool: Pool,
  state: WrittenState,
  event?: { readonly action: string; readonly failed: boolean },
): Promise<void> {
  await within(pool, async (client) => {
    await client.query(
      `UPDATE access.operated_part SET state = $2, said = $3, problem = $4, turns = $5, failures = $6, begun_at = coalesce($7, begun_at),
         succeeded_at = coalesce($8, succeeded_at), failed_at = coalesce($9, failed_at), next_at = $10, beat_at = clock_timestamp(),
         wanted_at = CASE WHEN $2 = 'running' THEN NULL ELSE wanted_at END, wanted_by = CASE WHEN $2 = 'running' THEN NULL ELSE wanted_by END
       WHERE part_code = $1`,
      [
        state.code,
        state.state,
        state.said.slice(0, 400),
        state.problem.slice(0, 400),
        state.turns,
        state.failures,
        state.begunAt,
        state.succeededAt,
        state.failedAt,
        state.nextAt,
      ],
    );
    if (event === undefined) return;
    await writeJournal(client, {
      kind: event.failed ? "error" : "event",
      actor: "system",
      action: event.action,
      outcome: event.failed ? "failed" : "done",
      objectKind: "part",
      objectId: state.code,
      detail: { failures: state.failures },
    });
  });
}

/** Says that a process and its parts are alive. @returns the parts that somebody wants to run now */
export async function beat(pool: Pool, codes: readonly string[], sign: boolean): Promise<readonly string[]> {
  return await within(pool, async (client) => {
    if (sign)
      await client.query(
        "UPDATE access.operated_part SET beat_at = clock_timestamp() WHERE part_code = ANY ($1) AND state <> 'stopped'",
        [codes],
      );
    const { rows } = await client.query<{ code: string }>(
      "SELECT part_code AS code FROM access.operated_part WHERE wanted_at IS NOT NULL AND part_code = ANY ($1)",
      [codes],
    );
    return rows.map(({ code }) => code);
  });
}

/**
 * Asks for a part to run now; it does within seconds. Asked twice it runs once.
 *
 * @throws Refusal `referenceMissing`, `invalidValue` (a part that runs all the time, or whose process is silent)
 */
export async function wantPart(
  context: {
    readonly pool: Pool;
    readonly operator: string;
    readonly purpose: string;
    readonly guard?: Parameters<typeof runCommand>[1]["guard"];
  },
  { key, partCode }: { readonly key: string; readonly partCode: string },
): Promise<{ readonly name: string }> {
  const command = {
    role: ROLE,
    key,
    name: "operation.want",
    actor: context.operator,
    guard: context.guard,
    purpose: context.purpose,
    request: { partCode },
  };
  const { response } = await runCommand(context.pool, command, async (client) => {
    const found = (await operatedParts(client)).find((part) => part.partCode === partCode);
    if (found === undefined)
      throw new Refusal(
        "referenceMissing",
        "その名前で動いているものはありません。一覧を読み直してください。何も動かしていません。",
      );
    if (found.nextAt === null)
      throw new Refusal(
        "invalidValue",
        found.state === "running"
          ? `「${found.name}」はいま動いています。何も変えていません。`
          : `「${found.name}」は止まっているので、画面からは動かせません。hagukumi start または hagukumi serve が動いているか、確かめてください。`,
      );
    if (found.state === "silent" || found.state === "stopped")
      throw new Refusal(
        "invalidValue",
        `「${found.name}」を動かす処理から合図がありません。hagukumi start または hagukumi serve が動いているか、確かめてください。何も動かしていません。`,
      );
    await client.query(
      "UPDATE access.operated_part SET wanted_at = clock_timestamp(), wanted_by = $2 WHERE part_code = $1 AND wanted_at IS NULL",
      [partCode, context.operator],
    );
    return {
      response: { name: found.name },
      audit: [{ action: "operation.want", objectKind: "part", objectId: partCode }],
    };
  });
  return response;
}

/** What is said of an error where everybody reads it: a refusal in its own words, of a defect its name alone – its message may hold a person's data. */
export function problemWords(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  const name = error instanceof Error ? error.name : typeof error;
  return `思わぬ失敗です（${name.slice(0, 40)} ${sqlState(error) ?? ""}）。続くときは、運用の担当に知らせてください。`;
}

/** The same without a command, for work that has its own record: what was just asked for is done within seconds instead of at the next time. */
export async function nudgePart(pool: Pool, partCode: string, operator: string): Promise<void> {
  await within(pool, async (client) => {
    await client.query(
      "UPDATE access.operated_part SET wanted_at = clock_timestamp(), wanted_by = $2 WHERE part_code = $1 AND wanted_at IS NULL AND next_at IS NOT NULL",
      [partCode, operator],
    );
  });
}
