/** Work of every month: what the registers send, the claims, what the office learns itself. */
import {
  approveAll,
  approveReexamined,
  countPendingCases,
  examineAll,
  importBankMaster,
  importFeeds,
  recordDecisionParts,
  reexamine,
  seedDemoSettings,
  seedDemoTexts,
  changeSetting,
  structureAddresses,
} from "@hagukumi/allowance/contract.ts";
import { addDays, type Month } from "@hagukumi/law/contract.ts";
import { deliveryOf } from "@hagukumi/outside-city/contract.ts";
import { installedSnapshot } from "@hagukumi/platform/bank/bank-master.ts";

import { as, type Figures, people, unless, type YearStep, type YearWork } from "../work.ts";

/** The opening takes the first days of its month. */
const OPENING_DAYS = 4;
const lettersFrom = ({ on }: YearStep): string => addDays(on, OPENING_DAYS);

/** Settings, law, banks and texts of the city that goes into operation. */
export async function openOffice(work: YearWork, step: YearStep, openingMonth: Month): Promise<Figures> {
  const settings = await seedDemoSettings(work.context.pool, people.register, people.decider);
  const enters = as(work, "register", step);
  const from = "2010-04-01";
  const own = { validFrom: from, approvedBy: people.decider };
  await changeSetting(enters, { name: "openingMonth", value: openingMonth, ...own });
  // The rights with which the office opens were decided, and told, by the system before it: letters begin after the opening.
  await changeSetting(enters, { name: "letters", value: { from: lettersFrom(step) }, ...own });
  await importBankMaster(enters, installedSnapshot().snapshot, "zengin-code");
  const texts = await seedDemoTexts(enters, as(work, "decider", step));
  return { settings: settings + texts };
}

/** A delivery of the city's other systems. */
export async function takeIn(work: YearWork, step: YearStep, cut: string): Promise<Figures> {
  const { files } = await importFeeds(as(work, "register", step), deliveryOf(work.feeds, cut));
  const sum = (some: typeof files, what: "added" | "refused"): number =>
    some.reduce((all, file) => all + file[what], 0);
  const claims = files.filter(({ file }) => file === "claims.csv");
  return { rows: sum(files, "added"), refusedRows: sum(files, "refused"), claims: sum(claims, "added") };
}

/**
 * Examines and approves until nothing more can be decided: a case whose child belongs to another case of the same round is left for
 * the next one. What stays undecided waits for a fact, or for a person.
 */
export async function decideClaims(work: YearWork, step: YearStep): Promise<Figures> {
  let [granted, refused] = [0, 0];
  while ((await countPendingCases(work.context.pool)) > 0) {
    await examineAll(as(work, "examiner", step));
    const done = await approveAll(as(work, "decider", step));
    granted += done.granted;
    refused += done.refused;
    if (done.decisions + done.granted + done.refused === 0) break;
  }
  return { granted, refused, undecided: await countPendingCases(work.context.pool) };
}

/** 職権: what the registers now say and nobody has decided yet. Ended rights are never changed by a mass run; people look at each. */
export async function decideExOfficio(work: YearWork, step: YearStep): Promise<Figures> {
  await reexamine(as(work, "examiner", step), "all");
  const { written, ended } = await approveReexamined(as(work, "decider", step), "all");
  let reopened = 0;
  for (const recipientId of ended) {
    const one = { recipients: [recipientId] };
    await reexamine(as(work, "examiner", step), one);
    const done = await unless(["caseTerminal"], async () => await approveReexamined(as(work, "decider", step), one));
    reopened += done?.written ?? 0;
  }
  return { exOfficio: written + reopened };
}

/** The record items of 別添1 that follow from decisions and addresses. */
export async function recordItems(work: YearWork, step: YearStep): Promise<Figures> {
  await recordDecisionParts(as(work, "examiner", step));
  await structureAddresses(as(work, "register", step));
  return {};
}
