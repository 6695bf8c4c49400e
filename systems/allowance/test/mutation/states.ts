/** Walks a run from its making to its closing and tries in each state what must not, or must, be possible there. */
import type { Pool } from "pg";

import { approveRun, inspectRun } from "../../src/payments/approve-run.ts";
import { cancelRun } from "../../src/payments/cancel-run.ts";
import { freezeRun } from "../../src/payments/freeze-run.ts";
import { handOverRun } from "../../src/payments/hand-over.ts";
import { importResults } from "../../src/payments/import-results.ts";
import { attack } from "../payments/attack-state.ts";
import { APPROVER, contextOf, MAKER, RELEASER, seedCases, threeFamilies } from "../support/cases.ts";
import { clearAll, create, memoryBank, resultCsv } from "../support/runs.ts";
import { forgedRuns, type StateAttack, stateAttacks } from "./state-attacks.ts";

/** The attacks that were answered otherwise than they should be. */
export async function wrongAnswers(pool: Pool, attacks: readonly StateAttack[]): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const [what, sql, constraint] of attacks) {
    const got = await attack(pool, sql, false);
    if (got.constraint !== constraint || (constraint === "") !== (got.state === "committed"))
      wrong.push(`${what}: ${got.state} ${got.constraint}`);
  }
  return wrong;
}

/** Run 1 through its states, on a fresh database. @returns what was answered otherwise */
export async function walkStates(pool: Pool): Promise<readonly string[]> {
  await seedCases(pool, threeFamilies);
  const { lines } = await create(pool);
  const as = (operator: string, key: string) => [contextOf(pool, operator), { key, runNo: 1 }] as const;
  const wrong: string[] = [];
  const ask = async (state: keyof typeof stateAttacks): Promise<void> => {
    wrong.push(...(await wrongAnswers(pool, stateAttacks[state])));
  };
  await ask("created");
  await inspectRun(...as(MAKER, "i"));
  await clearAll(pool, 1);
  await ask("inspected");
  await approveRun(contextOf(pool, APPROVER), { key: "a", runNo: 1, lineDigest: lines.lineDigest });
  await ask("approved");
  await freezeRun(...as(APPROVER, "f"));
  await ask("frozen");
  await handOverRun(...as(RELEASER, "h"), memoryBank());
  await ask("handedOver");
  const bytes = resultCsv({ count: lines.lineCount, amount: lines.total }, []);
  await importResults(contextOf(pool, MAKER), { key: "s", runNo: 1, bytes });
  await ask("settled");
  return wrong;
}

/** Run 1 is cancelled, and its months are forged into another. @returns what was answered otherwise */
export async function forgeRuns(pool: Pool): Promise<readonly string[]> {
  await seedCases(pool, threeFamilies);
  await create(pool);
  await cancelRun(contextOf(pool, MAKER), { key: "x", runNo: 1, reason: "作り直し" });
  return await wrongAnswers(pool, forgedRuns);
}
