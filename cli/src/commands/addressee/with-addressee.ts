/** The 団体内統合宛名システム of this installation with its vault, for one command. */
import type { AddresseeContext } from "@hagukumi/unified-addressee/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";

import type { OpenContext } from "../../context.ts";
import { openInstallationVault } from "../../installation-vault.ts";

/** @throws Refusal `operatorInvalid`, and those of the vault */
export async function withAddressee<T>(
  opened: OpenContext,
  work: (context: AddresseeContext) => Promise<T>,
): Promise<T> {
  const { context, database, dataDir } = opened;
  if (context.operator === "") {
    throw new Refusal(
      "operatorInvalid",
      "処理する人（--operator または HAGUKUMI_OPERATOR）を指定してください。何も変えていません。",
    );
  }
  const { vault, signer, close } = await openInstallationVault(database.url, dataDir, context.operator);
  try {
    return await work({
      vault,
      signer,
      pool: context.pool,
      operator: context.operator,
      purpose: context.purpose,
      today: context.today,
      ...(context.onProgress === undefined ? {} : { onProgress: context.onProgress }),
      ...(context.signal === undefined ? {} : { signal: context.signal }),
    });
  } finally {
    await close();
  }
}
