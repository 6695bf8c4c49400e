/**
 * 審査: judges claims and writes what it found as a proposal. Nothing here is visible to payments; a second person decides
 * (`decisions/decide.ts`). One claim or a whole city go through the same code, in batches of cases.
 */
import { randomUUID } from "node:crypto";

import { type CivilDate, civilDate, month, type Month, monthOf, ruleVersion } from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import { copyRows } from "@hagukumi/platform/database/copy.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { crashPoint } from "@hagukumi/platform/faults/crash-points.ts";
import type { PoolClient } from "pg";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { lastDecidedMonth, loadRecorded } from "../decisions/recorded.ts";
import type { OfficeCalendar } from "../filings/procedure.ts";
import { refuse, stopIfCancelled } from "../refusal.ts";
import { settingHistory } from "../settings.ts";
import { streamOf } from "../stream.ts";
import type { Facts } from "./assemble-case.ts";
import { loadAttachments } from "./attachments.ts";
import { type CaseKey, caseId, type CaseRows, loadCases } from "./case-rows.ts";
import { type Answer, judgeCase, type Judged, lastMonthFor } from "./judge-case.ts";

/** Cases per transaction: large enough for COPY to pay, small enough that a retry or a stop costs little. */
const BATCH = 2000;

/** What an examination found, counted in claims. */
export type ExaminationCount = {
  readonly cases: number;
  readonly grant: number;
  readonly refuse: number;
  readonly impossible: number;
  /** Examinations written; the others were already there with the same facts and answer */
  readonly written: number;
};

const NOTHING: ExaminationCount = { cases: 0, grant: 0, refuse: 0, impossible: 0, written: 0 };

/**
 * 閉庁日 beside the ordinary ones, where the city has set any: a day is closed if the list in force on that very day names it.
 * So a list for a new year takes nothing from the deadlines of the old one.
 */
export async function closedDays(connection: Queryable): Promise<readonly CivilDate[]> {
  const history = await settingHistory(connection, "closedDays");
  return history.flatMap(({ validFrom, value }, index) => {
    const next = history[index + 1]?.validFrom ?? "9999-12-31";
    return value.filter((day) => day >= validFrom && day < next).map(civilDate);
  });
}

/** 稼働開始月 as the city has set it last; null before it has. */
async function openingMonth(connection: Queryable): Promise<Month | null> {
  const value = (await settingHistory(connection, "openingMonth")).at(-1)?.value;
  return value === undefined ? null : month(value);
}

/** What deadlines are counted by. */
export const officeCalendar = async (connection: Queryable, { calendar }: Context): Promise<OfficeCalendar> => ({
  calendar,
  closedDays: await closedDays(connection),
});

/** All 宛名番号 of children that the cases name. */
export function childrenOf(cases: readonly CaseRows[]): number[] {
  const numbers = new Set<number>();
  for (const rows of cases) {
    for (const { claim_id } of rows.claims) {
      for (const { child_number } of rows.children.get(claim_id) ?? []) numbers.add(child_number);
    }
  }
  return [...numbers];
}

/**
 * Judges cases on the given connection. `untilOf` says up to which month a case is judged; `unstored`: the rows hold claims
 * that are not in the database.
 */
export async function judgeCases(
  client: PoolClient,
  context: Context,
  cases: readonly CaseRows[],
  untilOf: (rows: CaseRows) => Month,
  unstored = false,
): Promise<Judged[]> {
  const own = { calendar: context.calendar, closedDays: await closedDays(client), opening: await openingMonth(client) };
  const untils = cases.map(untilOf);
  const last = untils.reduce((left, right) => (left > right ? left : right), monthOf(context.today));
  const attachments = await loadAttachments(client, childrenOf(cases), last, context.calendar, unstored);
  return cases.map((rows, index) => judgeCase(rows, attachments, { ...own, until: untils[index] ?? last }));
}

/** The last month to be judged when nothing else is asked: the horizon, what is decided already, and the claims' own. */
export async function horizonOf(
  client: Queryable,
  context: Context,
  cases: readonly CaseRows[],
): Promise<(rows: CaseRows) => Month> {
  const recorded = await loadRecorded(
    client,
    cases.map(({ key }) => key),
  );
  return (rows) => {
    const horizon = lastMonthFor(rows.claims, context.horizon ?? monthOf(context.today));
    const decided = lastDecidedMonth(recorded.get(caseId(rows.key)) ?? []);
    return decided !== undefined && decided > horizon ? decided : horizon;
  };
}

/** Stores facts under their digest; the same facts are stored once, however many decisions rest on them (M4). */
export async function storeFacts(client: PoolClient, facts: Iterable<Facts>): Promise<void> {
  const unique = new Map([...facts].map((each) => [each.digest, each.text]));
  if (unique.size === 0) return;
  await client.query(
    `INSERT INTO allowance.facts (facts_digest, facts) SELECT * FROM unnest($1::text[], $2::jsonb[]) ON CONFLICT DO NOTHING`,
    [[...unique.keys()], [...unique.values()]],
  );
}

/** Whether the last examination of the claim already says this. */
export function sameExamination(answer: Answer): boolean {
  const { claim, outcome, facts } = answer;
  return (
    claim.seq !== null &&
    claim.outcome === outcome &&
    claim.facts_digest === (facts?.digest ?? null) &&
    claim.rule_version === ruleVersion
  );
}

/** Writes examinations; `answers` must all be new. */
export async function writeExaminations(
  client: PoolClient,
  examiner: string,
  answers: readonly Answer[],
): Promise<void> {
  await storeFacts(
    client,
    answers.flatMap(({ facts }) => (facts === null ? [] : [facts])),
  );
  await copyRows(
    client,
    "allowance.examination",
    ["claim_id", "seq", "outcome", "facts_digest", "rule_version", "proposal", "examined_by"],
    streamOf(
      answers.map(({ claim, outcome, facts, proposal }) => [
        claim.claim_id,
        (claim.seq ?? 0) + 1,
        outcome,
        facts?.digest ?? null,
        ruleVersion,
        JSON.stringify(proposal),
        examiner,
      ]),
    ),
  );
}

async function examineBatch(context: Context, keys: readonly CaseKey[]): Promise<ExaminationCount> {
  const { response } = await refusing(() =>
    runCommand(
      context.pool,
      {
        role: ROLE,
        key: `examine/${randomUUID()}`,
        name: "claim.examine",
        actor: context.operator,
        guard: context.guard,
        purpose: context.purpose,
        request: { cases: keys.map(caseId) },
        signal: context.signal,
      },
      async (client) => {
        const cases = await loadCases(client, keys);
        const judged = await judgeCases(client, context, cases, await horizonOf(client, context, cases));
        const answers = judged.flatMap((each) => each.answers);
        const fresh = answers.filter((answer) => !sameExamination(answer));
        await writeExaminations(client, context.operator, fresh);
        crashPoint("examine.written");
        const count = (outcome: Answer["outcome"]): number => answers.filter((each) => each.outcome === outcome).length;
        const result: ExaminationCount = {
          cases: cases.length,
          grant: count("grant"),
          refuse: count("refuse"),
          impossible: count("impossible"),
          written: fresh.length,
        };
        const objectId = keys.length === 1 && keys[0] !== undefined ? caseId(keys[0]) : `${keys.length}件`;
        return {
          response: result,
          audit: [{ action: "claim.examine", objectKind: "case", objectId, detail: { ...result } }],
        };
      },
    ),
  );
  crashPoint("examine.committed");
  return response;
}

const add = (left: ExaminationCount, right: ExaminationCount): ExaminationCount => ({
  cases: left.cases + right.cases,
  grant: left.grant + right.grant,
  refuse: left.refuse + right.refuse,
  impossible: left.impossible + right.impossible,
  written: left.written + right.written,
});

/** Cases with a claim that nobody has decided on, after the given one, in order of 宛名番号. */
export async function pendingCases(
  connection: Queryable,
  after: CaseKey | undefined,
  limit: number,
): Promise<readonly CaseKey[]> {
  const { rows } = await connection.query<{ claimant: number; kind: CaseKey["kind"] }>(
    `SELECT DISTINCT c.claimant_number AS claimant, c.recipient_kind AS kind FROM allowance.claim c
     WHERE NOT EXISTS (SELECT FROM allowance.approval a WHERE a.claim_id = c.claim_id)
       AND NOT EXISTS (SELECT FROM allowance.claim_withdrawal w WHERE w.claim_id = c.claim_id)
       AND (c.claimant_number, c.recipient_kind) > ($1, $2)
     ORDER BY claimant, kind LIMIT $3`,
    [after?.claimant ?? 0, after?.kind ?? "", limit],
  );
  return rows;
}

/** Number of cases with an undecided claim. */
export async function countPendingCases(connection: Queryable): Promise<number> {
  const { rows } = await connection.query<{ total: number }>(
    `SELECT count(DISTINCT (c.claimant_number, c.recipient_kind))::int AS total FROM allowance.claim c
     WHERE NOT EXISTS (SELECT FROM allowance.approval a WHERE a.claim_id = c.claim_id)
       AND NOT EXISTS (SELECT FROM allowance.claim_withdrawal w WHERE w.claim_id = c.claim_id)`,
  );
  return rows[0]?.total ?? 0;
}

/** The cases of claims by 受付番号. @throws Refusal `claimUnknown` */
export async function casesOfClaims(
  connection: Queryable,
  receptionNumbers: readonly string[],
): Promise<readonly CaseKey[]> {
  const { rows } = await connection.query<{ reception_number: string; claimant: number; kind: CaseKey["kind"] }>(
    `SELECT reception_number, claimant_number AS claimant, recipient_kind AS kind FROM allowance.claim WHERE reception_number = ANY($1)`,
    [receptionNumbers],
  );
  const unknown = receptionNumbers.find((number) => !rows.some((row) => row.reception_number === number));
  if (unknown !== undefined) {
    throw refuse("claimUnknown", `受付番号 ${unknown} の請求は受付簿にありません。番号を確認してください。`, {
      receptionNumber: unknown,
    });
  }
  const keys = new Map(rows.map(({ claimant, kind }) => [caseId({ claimant, kind }), { claimant, kind }]));
  return [...keys.values()];
}

/**
 * Examines the cases of the given claims: every undecided claim of these cases gets an answer.
 *
 * @throws Refusal `claimUnknown`
 */
export async function examineClaims(context: Context, receptionNumbers: readonly string[]): Promise<ExaminationCount> {
  const keys = await casesOfClaims(context.pool, receptionNumbers);
  let total = NOTHING;
  for (let start = 0; start < keys.length; start += BATCH) {
    total = add(total, await examineBatch(context, keys.slice(start, start + BATCH)));
  }
  return total;
}

/**
 * Examines every undecided claim. Each batch is finished by itself: after a stop or a crash the next call goes over the
 * finished ones without writing them again.
 *
 * @throws Refusal `cancelled` between two batches
 */
export async function examineAll(context: Context): Promise<ExaminationCount> {
  const cases = await countPendingCases(context.pool);
  let total = NOTHING;
  let after: CaseKey | undefined;
  for (;;) {
    stopIfCancelled(context.signal, "審査");
    context.onProgress?.("審査", total.cases, cases);
    const keys = await pendingCases(context.pool, after, BATCH);
    after = keys.at(-1);
    if (after === undefined) return total;
    total = add(total, await examineBatch(context, keys));
  }
}
