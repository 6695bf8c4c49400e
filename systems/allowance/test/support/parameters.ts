/** The law's parameters approved by two people, for tests that decide without the settings of a city. */
import { parameterEntries } from "@hagukumi/law/contract.ts";
import type { Pool } from "pg";

import { sealSet } from "../../src/parameters/program-set.ts";
import {
  approveParameters,
  programCandidate,
  registerParameters,
  seedApprovedParameters,
} from "../../src/parameters/register-set.ts";
import { calendar, contextOf } from "./cases.ts";

export async function approveLaw(pool: Pool): Promise<void> {
  await seedApprovedParameters(pool, calendar, { enteredBy: "settei.ichiro", approvedBy: "settei.niro" });
}

/** What was approved last is the set of an earlier program, with 15,000 yen for the third child: as after an update. */
export async function approveEarlierLaw(pool: Pool): Promise<void> {
  const entries = parameterEntries().map((entry) =>
    entry.id === "r6Third" ? { ...entry, value: { ...entry.value, amount: 15_000 } } : entry,
  );
  const old = { set: sealSet(entries, "2026-01-01.1"), examples: programCandidate(calendar).examples };
  const context = contextOf(pool, "kyu.toroku", "2026-11-20");
  const { setId, contentDigest } = await registerParameters(context, { source: "旧プログラム" }, undefined, old);
  await approveParameters({ ...context, operator: "kyu.shonin" }, { setId, contentDigest });
}
