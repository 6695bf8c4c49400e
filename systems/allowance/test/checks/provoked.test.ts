/** Every check of the published list (検査一覧) is provoked: a check of the list without a provocation fails here, and so does the reverse. */
import { beforeAll, expect, it } from "vitest";

import { useDatabase } from "../../../../platform/test/support/cluster.ts";
import * as cases from "../../src/checks/case-checks.ts";
import type { CheckGroup } from "../../src/checks/check.ts";
import * as claims from "../../src/checks/claim-checks.ts";
import { checkGroups } from "../../src/checks/list.ts";
import * as money from "../../src/checks/money-checks.ts";
import type { Difference } from "../../src/filings/procedure.ts";
import { cancelRun } from "../../src/payments/cancel-run.ts";
import { contextOf } from "../support/cases.ts";
import { testContext, testFolder } from "../support/context.ts";
import * as caseProvocations from "./provoked/cases.ts";
import * as claimProvocations from "./provoked/claims.ts";
import type { Provocation } from "./provoked/claims.ts";
import * as moneyProvocations from "./provoked/money.ts";
import { buildWorld, type World } from "./provoked/world.ts";

const database = useDatabase();
const dir = testFolder();
let world: World;

beforeAll(async () => {
  world = await buildWorld(testContext(database, dir, "staff.ito"), testContext(database, dir, "staff.sato"));
}, 120_000);

/** The list as it is published: group → checks (weight and code). */
const listed = new Map(
  Object.entries<CheckGroup>({ ...claims, ...cases, ...money }).map(([name, group]) => [
    name,
    (["stop", "look", "note"] as const).flatMap((weight) =>
      Object.keys(group[weight] ?? {}).map((code) => `${weight} ${code}`),
    ),
  ]),
);

/** Checks of every filing are found while a claim is examined. */
const EVERYWHERE = ["stop document.*", "look filing.same", "look feed.stale", "look feed.delayed"];

const tables: Readonly<Record<string, readonly Provocation[]>> = Object.fromEntries(
  Object.entries({ ...claimProvocations, ...caseProvocations, ...moneyProvocations }).flatMap(([name, table]) =>
    Array.isArray(table) ? [[name, table as readonly Provocation[]]] : [],
  ),
);
const groupOf = (name: string): string =>
  name === "replacedProvocations" ? "claim" : name.replace(/Provocations(AfterRun)?$/u, "");

const shown = ({ weight, item }: Difference): string =>
  item.startsWith("document.") ? `${weight} document.*` : `${weight} ${item}`;

it("[A160] each check of the published list is found, with its weight, where its condition holds", async () => {
  expect([...listed.values()].flat()).toHaveLength(
    checkGroups.flatMap(({ stop, look, note }) => [stop, look, note].flatMap((each) => Object.keys(each ?? {}))).length,
  );
  const found = new Map<string, Set<string>>();
  const faults: string[] = [];
  const run = async (name: string, table: readonly Provocation[]): Promise<void> => {
    const group = groupOf(name);
    for (const { finds, by } of table) {
      const seen = (await by(world)).map(shown);
      for (const check of finds) {
        const home = EVERYWHERE.includes(check) ? "everyFiling" : group;
        if (!seen.includes(check)) faults.push(`${home}: ${check} was not found, but ${seen.join(", ") || "nothing"}`);
        else if (listed.get(home)?.includes(check) === true) found.set(home, (found.get(home) ?? new Set()).add(check));
        else faults.push(`${home}: ${check} is not in the list`);
      }
    }
  };
  // What a cancellation tries is undone with it, but the filing that asks for it stays: those tables come last.
  const LAST = ["cancellationProvocations", "replacedProvocations", "feedProvocations"];
  const late = (name: string): boolean => LAST.includes(name) || name.endsWith("AfterRun");
  for (const [name, table] of Object.entries(tables)) if (!late(name)) await run(name, table);
  await run("cancellationProvocations", claimProvocations.cancellationProvocations);
  await run("replacedProvocations", claimProvocations.replacedProvocations);
  await cancelRun(contextOf(database.pool, "torikeshi.ichiro"), {
    runNo: 1,
    key: "checks/cancel",
    reason: "架空の理由",
  });
  await run("unpaidProvocationsAfterRun", moneyProvocations.unpaidProvocationsAfterRun);
  await run("feedProvocations", claimProvocations.feedProvocations);
  const silent = [...listed].flatMap(([group, checks]) =>
    checks.filter((check) => found.get(group)?.has(check) !== true).map((check) => `${group}: ${check}`),
  );
  expect({ faults, silent }).toEqual({ faults: [], silent: [] });
}, 120_000);
