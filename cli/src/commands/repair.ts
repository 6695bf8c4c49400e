/** `hagukumi repair …`: データの補修, only on an order that another person approved, within its window, once, with each row before and after. */
import { readFile } from "node:fs/promises";

import { asUpkeep, putOrder } from "@hagukumi/platform/upkeep/orders.ts";
import { checkRepair, repairRecord, type RepairRecord, runRepair } from "@hagukumi/platform/upkeep/repair.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { Command } from "commander";

import { orderText, upkeepOf, wholeNumber, windowOf, type WindowOptions, withWindow } from "../backup/upkeep.ts";
import { perform, withActor } from "../context.ts";

/** Statements of a file: separated by lines that hold a semicolon alone. */
async function statementsOf(path: string): Promise<readonly string[]> {
  const text = await readFile(path, "utf8").catch(() => {
    throw new Refusal("invalidValue", `文のファイル ${path} を読めません。何もしていません。`);
  });
  return text
    .split(/^\s*;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
}

function recordText(record: RepairRecord): string {
  const images = record.images.map(
    ({ seq, statement, table, deed, before, after }) =>
      `  ${seq}（文 ${statement}） ${deed} ${table}\n    前 ${JSON.stringify(before)}\n    後 ${JSON.stringify(after)}`,
  );
  return `${orderText(record)}\n${images.join("\n")}\n${record.whole ? "○ 記録は、行ったときのままつながっています。" : "× 記録が変わっています。監査の責任者に知らせてください。"}`;
}

/** Adds `hagukumi repair …`. */
export function registerRepair(program: Command): void {
  const repair = program
    .command("repair")
    .description("データの補修（指示・別の人の承認・期間・前後の行の記録） / repair of data on an order");
  withActor(
    withWindow(
      repair
        .command("order")
        .description("補修を指示する。別の人が hagukumi upkeep approve で承認する / order a repair")
        .requiredOption("--number <text>", "委託の指示書の番号 / number of the consignment order")
        .requiredOption("--table <name...>", "扱う表（allowance.名前） / tables")
        .requiredOption("--file <path>", "文のファイル（文と文の間は、; だけの行） / statements"),
    ),
  ).action(
    async (
      options: WindowOptions & { readonly number: string; readonly table: readonly string[]; readonly file: string },
      command: Command,
    ) => {
      await perform(
        command,
        async (opened) => {
          const statements = await statementsOf(options.file);
          await asUpkeep(opened.context.pool, async (client) => await checkRepair(client, options.table, statements));
          return await putOrder(
            upkeepOf(opened),
            { kind: "repair", consignmentNo: options.number.slice(0, 60), tables: options.table, statements },
            windowOf(options),
            options.reason,
          );
        },
        orderText,
      );
    },
  );
  withActor(
    repair
      .command("run")
      .description("承認された補修を、期間の中で一度だけ行う（すべてか、何もしないか） / carry out")
      .argument("<order>", "指示の番号", wholeNumber)
      .requiredOption("--file <path>", "承認された文と同じファイル / the statements"),
  ).action(async (orderId: number, options: { readonly file: string }, command: Command) => {
    await perform(
      command,
      async (opened) => await runRepair(upkeepOf(opened), orderId, await statementsOf(options.file)),
      ({ touched, last }) =>
        `○ ${touched.map((n, place) => `文 ${place + 1}: ${n} 行`).join("、")}。記録のハッシュ ${last}`,
    );
  });
  withActor(
    repair
      .command("show")
      .description("補修の記録（前後の行）を見て、つながりを確かめる / the record")
      .argument("<order>", "指示の番号", wholeNumber),
  ).action(async (orderId: number, _options: unknown, command: Command) => {
    await perform(
      command,
      async ({ context }) => {
        const record = await repairRecord(context, orderId);
        if (!record.whole) process.exitCode = 1;
        return record;
      },
      recordText,
    );
  });
}
