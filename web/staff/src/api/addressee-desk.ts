/** The 団体内統合宛名システム as the desk uses it: the guarded context of an operation, with the vault. */
import type { Context } from "@hagukumi/allowance/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { AddresseeContext, AddresseeService } from "@hagukumi/unified-addressee/contract.ts";

import type { Desk } from "./desk.ts";

/** The system to which the numbers entered here belong. */
export const OWN_SYSTEM = "allowance";

/** @throws Refusal `vaultMissing` where the installation has no connection to the vault */
export function requireService(desk: Desk): AddresseeService {
  const { addressee } = desk.options;
  if (addressee !== undefined) return addressee;
  throw new Refusal(
    "vaultMissing",
    "個人番号の金庫につながっていません。何も変えていません。情報政策課に知らせてください。",
  );
}

/** The context of the 宛名 for a command of the desk: the same guard, so that right, purpose and log are in each transaction. */
export async function addresseeContext(desk: Desk, context: Context): Promise<AddresseeContext> {
  const { steppedUpAt } = await desk.staff();
  return {
    ...requireService(desk),
    pool: context.pool,
    operator: context.operator,
    purpose: context.purpose,
    today: context.today,
    steppedUpAt,
    ...(context.guard === undefined ? {} : { guard: context.guard }),
  };
}
