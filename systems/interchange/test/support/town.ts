/** A small city in the register, with its offices as simulators: what the tests of the interchange stand on. */
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import {
  approveAll,
  countPendingCases,
  examineAll,
  importBankMaster,
  importFeeds,
  seedDemoSettings,
} from "@hagukumi/allowance/contract.ts";
import { writeCity } from "@hagukumi/outside-city/contract.ts";
import { createSender, openTown, parsePlain, type Sender, type Town } from "@hagukumi/outside-sources/contract.ts";

import { approveLaw } from "../../../allowance/test/support/parameters.ts";
import { installedSnapshot } from "@hagukumi/platform/bank/bank-master.ts";
import { folderStore, type ObjectStore, seedAgreements } from "../../contract.ts";
import type { Context } from "@hagukumi/allowance/contract.ts";

export const AS_OF = "2026-11-20";

export type SmallTown = {
  readonly town: Town;
  readonly sender: Sender;
  readonly store: ObjectStore;
  readonly storeDir: string;
  /** incomes.csv of the city, without its header */
  readonly incomes: readonly (readonly string[])[];
};

/** Makes a city of `population`, and its offices' simulators, in `dir`. Nothing is taken in yet. */
export async function makeTown(
  dir: string,
  population: number,
  seed = "interchange",
): Promise<SmallTown & { readonly cityDir: string }> {
  const cityDir = join(dir, `city-${randomUUID()}`);
  await writeCity({ population, seed, asOf: AS_OF, directory: cityDir });
  const storeDir = join(dir, `store-${randomUUID()}`);
  const [, ...incomes] = parsePlain(await readFile(join(cityDir, "incomes.csv"), "utf8"));
  return {
    town: await openTown(cityDir, { seed, today: AS_OF }),
    sender: createSender(storeDir),
    store: folderStore(storeDir),
    storeDir,
    incomes,
    cityDir,
  };
}

/** Agreements, settings and the law, by made-up people. */
export async function agree(context: Context): Promise<void> {
  await seedDemoSettings(context.pool, "settei.ichiro", "settei.niro");
  await approveLaw(context.pool);
  await seedAgreements(context, "kakunin.hanako");
}

/** Takes the city in as it was, and decides every claim: families have their right. */
export async function settle(context: Context, cityDir: string): Promise<void> {
  await importBankMaster(context, installedSnapshot().snapshot, "zengin-code");
  await importFeeds(context, cityDir);
  for (let round = 0; round < 5 && (await countPendingCases(context.pool)) > 0; round += 1) {
    await examineAll(context);
    await approveAll({ ...context, operator: "kessai.saburo" });
  }
}
