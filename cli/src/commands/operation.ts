/** `hagukumi operation`: what runs beside the pages, as the page 運転状況 shows it. */
import { operatedParts, partStateLabels } from "@hagukumi/platform/supervision/states.ts";
import type { Command } from "commander";

import { perform, withActor } from "../context.ts";

const clock = new Intl.DateTimeFormat("ja-JP", { timeZone: "Asia/Tokyo", dateStyle: "short", timeStyle: "short" });
const at = (moment: Date | null): string => (moment === null ? "－" : clock.format(moment));

/** Adds `hagukumi operation`. Exit status 1 where something does not work or is silent. */
export function registerOperation(program: Command): void {
  withActor(
    program
      .command("operation")
      .description(
        "運転状況: 画面のそばで動いているもの。うまくいかないものがあれば終了状態 1 / what runs beside the pages",
      ),
  ).action(async (_options: unknown, command: Command) => {
    await perform(
      command,
      async ({ context }) => {
        const parts = await operatedParts(context.pool);
        if (parts.some(({ state }) => state === "failed" || state === "silent")) process.exitCode = 1;
        return parts;
      },
      (parts) =>
        parts.length === 0
          ? "まだ何も動かしたことがありません。"
          : parts
              .map(
                ({ name, rhythm, state, succeededAt, nextAt, problem, said }) =>
                  `${state === "failed" || state === "silent" ? "×" : "○"} ${name}（${rhythm}）: ${partStateLabels[state]}。最後にうまくいった ${at(succeededAt)}、次 ${at(nextAt)}${problem === "" ? "" : `\n    ${problem}`}${said === "" ? "" : `\n    ${said}`}`,
              )
              .join("\n"),
    );
  });
}
