/** `hagukumi verify money`: the nightly check of the money invariants. */
import { verifyMoney } from "@hagukumi/allowance/contract.ts";
import type { Command } from "commander";

import { perform, withActor } from "../context.ts";

/** Adds `hagukumi verify …`. Exit status 1 when an invariant is broken. */
export function registerVerify(program: Command): void {
  const verify = program.command("verify").description("保存された記録の検査 / checks of what is stored");
  withActor(verify.command("money").description("お金の不変条件（M1〜M31）を調べる / money invariants")).action(
    async (_options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          const results = await verifyMoney(context);
          if (results.some((one) => one.violations > 0)) process.exitCode = 1;
          return results;
        },
        (results) =>
          results
            .map(
              (one) =>
                `${one.violations === 0 ? "○" : "×"} ${one.id} ${one.title}${one.examples.map((text) => `\n    ${text}`).join("")}`,
            )
            .join("\n"),
      );
    },
  );
}
