/** Seeds the agreements of a city that has none, so that a demonstration or a new installation can receive. */
import type { Context } from "@hagukumi/allowance/contract.ts";
import { agreementsOn, changeAgreement } from "./agreements.ts";
import { standardAgreements } from "./standard.ts";

/** Adds the standard agreements that the city lacks, entered by `context.operator`. @returns how many were added */
export async function seedAgreements(context: Context, approvedBy: string, validFrom = "2026-04-01"): Promise<number> {
  const known = new Set(
    (await agreementsOn(context.pool, context.today)).map((each) => `${each.interfaceCode}/${each.version}`),
  );
  let added = 0;
  for (const form of standardAgreements(validFrom)) {
    if (known.has(`${form.interfaceCode}/${form.version}`)) continue;
    await changeAgreement(context, form, approvedBy);
    added += 1;
  }
  return added;
}
