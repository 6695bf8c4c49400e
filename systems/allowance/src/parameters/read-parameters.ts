/** パラメータの画面: values in force, what the program computes with, registrations waiting, and the history of approvals. */
import type { ExampleAnswer } from "@hagukumi/law/contract.ts";
import type { Queryable } from "@hagukumi/platform/database/pool.ts";

import { monthText } from "../inquiry/dates.ts";
import { findApprovedSet } from "./approved-set.ts";
import { differencesBetween, type ParameterDifference } from "./differences.ts";
import { type ParallelDifference, parallelDifferences, type ParallelResult } from "./parallel.ts";
import { kindName, programSet, type DatedValue } from "./program-set.ts";

/** A value as people read it: `kindName` and the value in words. */
export type ShownValue = {
  readonly kind: string;
  readonly kindName: string;
  readonly id: string;
  readonly title: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly source: string;
};

export type ShownDifference = {
  readonly kind: ParameterDifference["kind"];
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
};

export type RegisteredLine = {
  readonly setId: number;
  readonly ruleVersion: string;
  readonly source: string;
  readonly enteredBy: string;
  readonly enteredOn: string;
  readonly approvedBy: string | null;
  readonly approvedOn: string | null;
  readonly contentDigest: string;
  readonly exampleCount: number;
  readonly failed: readonly ExampleAnswer[];
  readonly differences: readonly ShownDifference[];
  /** 並行計算 of all cases; null for the first set of a city */
  readonly parallel: ParallelResult | null;
  /** The 50 largest of its differences */
  readonly parallelDifferences: readonly ParallelDifference[];
  /** The registration can still be approved: nothing was approved since, and its values are those of this program */
  readonly open: boolean;
};

export type ParametersView = {
  /** Whether decisions and payments are possible: the approved set is that of the program */
  readonly inForce: boolean;
  readonly values: readonly ShownValue[];
  /** What the program would change against the approved set; empty while it is in force */
  readonly differences: readonly ShownDifference[];
  /** Newest first */
  readonly registrations: readonly RegisteredLine[];
};

const yen = (value: unknown): string => `${Number(value).toLocaleString("ja-JP")}円`;

/** A value in the words of the screen. */
export function valueText({ set, value }: Pick<DatedValue, "set" | "value">): string {
  switch (set) {
    case "rules":
      return String(value["ruleVersion"]);
    case "regimes":
      return String(value["law"]);
    case "amounts":
      return value["amount"] === null ? "支給しない" : `月額${yen(value["amount"])}`;
    case "paymentMonths":
      return `${(value["paymentMonths"] as readonly number[]).join("・")}月`;
    case "incomeLimits": {
      const upper = value["upperLimit"] === null ? "なし" : yen(value["upperLimit"]);
      return `制限 ${yen(value["limit"])}、上限 ${upper}、扶養1人 ${yen(value["perDependant"])}、老人 ${yen(value["perElderly"])}`;
    }
    case "costShares":
      return Object.entries(value["shares"] as Readonly<Record<string, { numerator: number; denominator: number }>>)
        .map(([bearer, { numerator, denominator }]) => `${BEARERS[bearer] ?? bearer} ${numerator}/${denominator}`)
        .join("、");
    default:
      return value["unit"] === "円" ? yen(value["value"]) : `${String(value["value"])}${String(value["unit"])}`;
  }
}

const BEARERS: Readonly<Record<string, string>> = {
  employerLevy: "拠出金",
  treasury: "国庫",
  supportContribution: "支援納付金",
  specialBond: "特例公債",
  prefecture: "都道府県",
  municipality: "市町村",
  grant: "交付金",
  ownShare: "市町村",
};

const shown = (value: DatedValue): ShownValue => ({
  kind: value.set,
  kindName: kindName(value.set),
  id: value.id,
  title: value.title,
  from: value.months[0],
  to: value.months[1],
  text: valueText(value),
  source: value.source,
});

/** 令和6年10月, without the year in brackets. */
const shortMonth = (month: string): string => monthText(month).replace(/（.*$/u, "");

const withMonths = (value: DatedValue | null): string | null =>
  value === null
    ? null
    : `${valueText(value)}（${shortMonth(value.months[0])}分から${shortMonth(value.months[1])}分まで）`;

const shownDifference = ({ kind, set, title, before, after }: ParameterDifference): ShownDifference => ({
  kind,
  name: `${kindName(set)}「${title}」`,
  before: withMonths(before),
  after: withMonths(after),
});

type Line = {
  readonly setId: number;
  readonly setDigest: string;
  readonly ruleVersion: string;
  readonly source: string;
  readonly enteredBy: string;
  readonly enteredOn: string;
  readonly approvedBy: string | null;
  readonly approvedOn: string | null;
  readonly contentDigest: string;
  readonly exampleCount: number;
  readonly failed: readonly ExampleAnswer[] | null;
  readonly differences: readonly ParameterDifference[];
  readonly comparedWith: number | null;
  readonly parallel: ParallelResult | null;
};

const LINES = `
  SELECT s.set_id AS "setId", s.set_digest AS "setDigest", s.rule_version AS "ruleVersion", s.source, s.entered_by AS "enteredBy",
         s.entered_on AS "enteredOn", a.approved_by AS "approvedBy", a.approved_on AS "approvedOn", s.content_digest AS "contentDigest",
         s.example_count AS "exampleCount", jsonb_path_query_array(s.examples, '$[*] ? (@.ok == false)') AS failed, s.differences,
         s.compared_with AS "comparedWith",
         CASE WHEN p.set_id IS NOT NULL THEN jsonb_build_object('fromMonth', p.from_month, 'toMonth', p.to_month, 'recipients', p.recipients, 'childMonths', p.child_months,
           'differing', p.differing, 'uncomputed', p.uncomputed, 'amountBefore', p.amount_before, 'amountAfter', p.amount_after, 'digest', p.digest) END AS parallel
  FROM allowance.parameter_set s LEFT JOIN allowance.parallel_calculation p USING (set_id) LEFT JOIN allowance.parameter_approval a USING (set_id) ORDER BY s.set_id DESC LIMIT 50`;

/** One after the other: a connection answers one question at a time. */
async function inTurn<T, R>(rows: readonly T[], work: (row: T) => Promise<R>): Promise<R[]> {
  const made: R[] = [];
  for (const row of rows) made.push(await work(row));
  return made;
}

/** Everything that the page shows. The values are those in force, or those of the program before the first approval. */
export async function readParameters(connection: Queryable): Promise<ParametersView> {
  const approved = await findApprovedSet(connection);
  const program = programSet();
  const inForce = approved?.set.digest === program.digest;
  const { rows } = await connection.query<Line>(LINES);
  return {
    inForce,
    values: (approved?.set ?? program).entries.map(shown),
    differences: inForce ? [] : differencesBetween(approved?.set ?? null, program).map(shownDifference),
    registrations: await inTurn(rows, async ({ setDigest, comparedWith, failed, differences, ...line }) => ({
      ...line,
      failed: failed ?? [],
      differences: differences.map(shownDifference),
      parallelDifferences:
        (line.parallel?.differing ?? 0) === 0 ? [] : await parallelDifferences(connection, line.setId, 50),
      open: line.approvedBy === null && setDigest === program.digest && comparedWith === (approved?.setId ?? null),
    })),
  };
}
