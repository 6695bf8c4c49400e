/** The set of parameters that is in force, and the gate that decisions and payments pass: approved by two people, or nothing. */
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { refuse } from "../refusal.ts";
import { differencesBetween } from "./differences.ts";
import { kindName, missingFrom, type ParameterSet, programSet, sealSet } from "./program-set.ts";

/** The approved set in force: the last approval. */
export type ApprovedSet = {
  readonly setId: number;
  readonly set: ParameterSet;
  readonly approvedBy: string;
  readonly approvedOn: string;
};

type Row = {
  readonly setId: number;
  readonly digest: string;
  readonly ruleVersion: string;
  readonly entries: ParameterSet["entries"];
  readonly approvedBy: string;
  readonly approvedOn: string;
};

const IN_FORCE = `
  SELECT s.set_id AS "setId", s.set_digest AS digest, s.rule_version AS "ruleVersion", s.entries, a.approved_by AS "approvedBy",
         a.approved_on AS "approvedOn"
  FROM allowance.parameter_approval a JOIN allowance.parameter_set s USING (set_id) ORDER BY a.approval_no DESC LIMIT 1`;

/** The set in force; undefined before the first approval. */
export async function findApprovedSet(connection: Queryable): Promise<ApprovedSet | undefined> {
  const { rows } = await connection.query<Row>(IN_FORCE);
  const [row] = rows;
  if (row === undefined) return undefined;
  const { setId, approvedBy, approvedOn, digest, ruleVersion, entries } = row;
  return { setId, approvedBy, approvedOn, set: { digest, ruleVersion, entries } };
}

/** Whether the stored values are those whose digest was approved. */
export const isIntact = (set: ParameterSet): boolean => sealSet(set.entries, set.ruleVersion).digest === set.digest;

/**
 * The number of the approved set, where it is the very set this program computes with.
 *
 * @throws Refusal `parametersNotApproved`, naming the values that differ
 */
export async function requireApprovedParameters(connection: Queryable): Promise<number> {
  const { rows } = await connection.query<{ setId: number; digest: string }>(
    `SELECT s.set_id AS "setId", s.set_digest AS digest FROM allowance.parameter_approval a JOIN allowance.parameter_set s USING (set_id)
     ORDER BY a.approval_no DESC LIMIT 1`,
  );
  const [standing] = rows;
  const program = programSet();
  const approved = await findApprovedSet(connection);
  if (approved !== undefined && !isIntact(approved.set)) {
    throw refuse(
      "parametersNotApproved",
      "承認して保存した値が、承認のあとで書きかえられています（ハッシュが合いません）。決定も支払もできません。何も変えていません。情報政策課に知らせ、控えと記録の封を確かめてください。",
    );
  }
  if (standing?.digest === program.digest) return standing.setId;
  const todo = "「パラメータ」の画面で、値と計算例を確かめて登録し、別の人が承認してから、もう一度実行してください。";
  if (approved === undefined) {
    throw refuse(
      "parametersNotApproved",
      `法のパラメータ（額・年齢・支払期月など）の承認がまだありません。何も変えていません。${todo}`,
    );
  }
  const differing = differencesBetween(approved.set, program).map(({ set, title }) => `${kindName(set)}「${title}」`);
  const named = `${differing.slice(0, 3).join("、")}${differing.length > 3 ? `ほか${differing.length - 3}件` : ""}`;
  throw refuse(
    "parametersNotApproved",
    `プログラムの値が、承認された値と違います: ${named}。決定も支払もできません。何も変えていません。${todo}`,
    { differences: differing.length },
  );
}

/**
 * Benefit months `from … to` (`YYYY-MM`) must all have values.
 *
 * @throws Refusal `parameterMissing` with the kind and the first month without a value
 */
export function requireValuesFor(set: ParameterSet, from: string, to: string): void {
  const [missing] = missingFrom(set, from, to);
  if (missing === undefined) return;
  throw refuse(
    "parameterMissing",
    `${missing.month} 分の「${kindName(missing.kind)}」の値が登録されていません。推測では計算しません。何も変えていません。法令を確かめ、値を加えたプログラムに更新してから実行してください。`,
    missing,
  );
}
