/**
 * 法のパラメータの登録と承認: one person registers the values of the program with their source, sees what differs from the approved set
 * and how the published examples come out; another approves exactly that. An example with another answer bars the approval.
 */
import {
  type assess,
  parameters,
  runPublishedExamples,
  type Calendar,
  type ExampleAnswer,
} from "@hagukumi/law/contract.ts";
import { runCommand } from "@hagukumi/platform/database/command.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";
import { canonicalJson } from "@hagukumi/platform/text/canonical-json.ts";
import { createHash, randomUUID } from "node:crypto";

import { refusing } from "../constraints.ts";
import { type Context, ROLE } from "../context.ts";
import { refuse } from "../refusal.ts";
import { calculateParallel, type ParallelResult, storeParallel } from "./parallel.ts";
import { findApprovedSet } from "./approved-set.ts";
import { differencesBetween } from "./differences.ts";
import { type ParameterSet, programSet } from "./program-set.ts";

/** Values to register and the answers that the program gives with them to the published examples. */
export type Candidate = {
  readonly set: ParameterSet;
  readonly examples: readonly ExampleAnswer[];
  /** The law that goes with the values, for the 並行計算 of all cases; this program's where it is left out */
  readonly judge?: typeof assess;
};

/** The values of this program, with all published examples answered anew. */
export const programCandidate = (calendar: Calendar): Candidate => ({
  set: programSet(),
  examples: runPublishedExamples(calendar),
});

export type RegisteredSet = {
  readonly setId: number;
  /** What an approval has to name: it holds for this content and no other */
  readonly contentDigest: string;
  readonly differences: number;
  readonly examples: number;
  readonly failed: number;
};

type Entering = { readonly source: string; readonly enteredBy: string; readonly enteredOn: string };

/** Writes a registration in the open transaction. @throws Refusal `parameterInvalid` */
async function addSet(
  connection: Queryable,
  candidate: Candidate,
  entering: Entering,
  parallel: ParallelResult | null,
): Promise<RegisteredSet> {
  const source = entering.source.trim();
  if (source === "" || source.length > 500) {
    throw refuse(
      "parameterInvalid",
      "登録の根拠（法令・通知・プログラムの版の文書）を、500文字までで書いてください。何も登録していません。",
    );
  }
  const approved = await findApprovedSet(connection);
  if (approved?.set.digest === candidate.set.digest) {
    throw refuse(
      "parameterInvalid",
      "プログラムの値は、承認された値と同じです。登録するものはありません。何も登録していません。",
    );
  }
  const { set, examples } = candidate;
  const differences = differencesBetween(approved?.set ?? null, set);
  const failed = examples.filter(({ ok }) => !ok).length;
  const comparedWith = approved?.setId ?? null;
  const content = { set: set.digest, comparedWith, differences, examples, source, parallel };
  const contentDigest = createHash("sha256").update(canonicalJson(content)).digest("hex");
  const { rows } = await connection.query<{ setId: number }>(
    `INSERT INTO allowance.parameter_set (set_digest, rule_version, entries, compared_with, differences, examples, example_count,
       failed_count, content_digest, source, entered_by, entered_on)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING set_id AS "setId"`,
    [
      set.digest,
      set.ruleVersion,
      JSON.stringify(set.entries),
      comparedWith,
      JSON.stringify(differences),
      JSON.stringify(examples),
      examples.length,
      failed,
      contentDigest,
      source,
      entering.enteredBy,
      entering.enteredOn,
    ],
  );
  const setId = rows[0]?.setId;
  if (setId === undefined) throw new Error("the registration gave no number");
  return { setId, contentDigest, differences: differences.length, examples: examples.length, failed };
}

export type ApproveParameters = { readonly setId: number; readonly contentDigest: string };

/** Writes an approval in the open transaction. @throws Refusal `parameterInvalid`, or what a constraint means */
async function addApproval(
  connection: Queryable,
  { setId, contentDigest }: ApproveParameters,
  by: { readonly approvedBy: string; readonly approvedOn: string },
): Promise<void> {
  const { rows } = await connection.query<{ entered_by: string; failed_count: number }>(
    "SELECT entered_by, failed_count FROM allowance.parameter_set WHERE set_id = $1",
    [setId],
  );
  const [registered] = rows;
  if (registered === undefined) {
    throw refuse("parameterInvalid", `パラメータの登録 ${setId} はありません。一覧を読み直してください。`, { setId });
  }
  await connection.query(
    `INSERT INTO allowance.parameter_approval (set_id, content_digest, entered_by, failed_count, approved_by, approved_on)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [setId, contentDigest, registered.entered_by, registered.failed_count, by.approvedBy, by.approvedOn],
  );
}

const commandOf = (context: Context, name: string, request: unknown, key: string) => ({
  role: ROLE,
  key,
  name,
  actor: context.operator,
  guard: context.guard,
  purpose: context.purpose,
  request,
});

/**
 * Registers the values of the program as a set to be approved.
 *
 * @param candidate what is registered; the values and answers of this program where it is left out
 * @throws Refusal `parameterInvalid` without a source, or where the values are approved already
 */
export async function registerParameters(
  context: Context,
  request: { readonly source: string },
  key: string = `parameter/${randomUUID()}`,
  candidate: Candidate = programCandidate(context.calendar),
): Promise<RegisteredSet> {
  const { response } = await refusing(() =>
    runCommand(
      context.pool,
      commandOf(context, "parameter.register", { ...request, set: candidate.set.digest }, key),
      async (client) => {
        const entering = { source: request.source, enteredBy: context.operator, enteredOn: context.today };
        const parallel = await calculateParallel(client, context.calendar, candidate.judge);
        const registered = await addSet(client, candidate, entering, parallel);
        await storeParallel(client, registered.setId, parallel);
        const { setId, differences, examples, failed } = registered;
        const detail = { digest: candidate.set.digest, differences, examples, failed, parallel: parallel.differing };
        return {
          response: registered,
          audit: [{ action: "parameter.register", objectKind: "parameterSet", objectId: String(setId), detail }],
        };
      },
    ),
  );
  return response;
}

/**
 * Approves a registered set as it was seen.
 *
 * @throws Refusal `samePerson`; `contentChanged` where the digest is not that of the registration, or another set was approved in the
 *   meantime; `parameterInvalid` where an example has another answer, the set is unknown or approved already
 */
export async function approveParameters(
  context: Context,
  request: ApproveParameters,
  key: string = `parameter/${randomUUID()}`,
): Promise<void> {
  await refusing(() =>
    runCommand(context.pool, commandOf(context, "parameter.approve", request, key), async (client) => {
      await addApproval(client, request, { approvedBy: context.operator, approvedOn: context.today });
      const detail = { contentDigest: request.contentDigest };
      return {
        response: null,
        audit: [{ action: "parameter.approve", objectKind: "parameterSet", objectId: String(request.setId), detail }],
      };
    }),
  );
}

/**
 * The set of this program, registered and approved by two people, where it is not in force yet: for the demonstration and for tests, by
 * the same steps that people take. Nothing is written once the ledger has a month: then it is for people. @returns whether anything was
 * written
 */
export async function seedApprovedParameters(
  connection: Queryable,
  calendar: Calendar,
  people: { readonly enteredBy: string; readonly approvedBy: string },
): Promise<boolean> {
  const approved = await findApprovedSet(connection);
  if (approved?.set.digest === programSet().digest) return false;
  const on = parameters[0]?.checkedOn ?? "2026-11-22";
  const entering = { source: `児童手当法・施行令・施行規則（${on} 確認）`, enteredBy: people.enteredBy, enteredOn: on };
  // Once something is owed, other values are for people to register and approve, with the 並行計算 of all cases beside them (I-50).
  const { rowCount } = await connection.query("SELECT FROM allowance.due_item LIMIT 1");
  if (rowCount !== 0) return false;
  const { setId, contentDigest } = await addSet(connection, programCandidate(calendar), entering, null);
  await addApproval(connection, { setId, contentDigest }, { approvedBy: people.approvedBy, approvedOn: on });
  return true;
}
