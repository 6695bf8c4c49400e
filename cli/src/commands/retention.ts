/** `hagukumi retention`: 保存期間の過ぎたデータの判定と消去, and the list of paper to be destroyed – for a scheduler and without a browser. */
import {
  eraseByTerm,
  judgeTerms,
  listTermErasures,
  numbersDue,
  paperDue,
  readTermErasure,
  erasedGroupLabels,
  type TermErasure,
} from "@hagukumi/allowance/contract.ts";
import { scrubTables, scrubWal } from "@hagukumi/platform/database/scrub.ts";
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";

import { perform, withActor } from "../context.ts";
import { openVaultRecords } from "../installation-vault.ts";

const count = (n: number): string => n.toLocaleString("ja-JP");
const NONE = "保存期間が決まっていません。消さずに残しています（画面「記録の保存」で、二人で決めます）。";

function erasureText({ group, erasureId, years, beforeOn, held, subjects, rows, judgedOn }: TermErasure): string {
  const name = erasedGroupLabels[group];
  if (years === null) return `× ${name}: ${NONE}`;
  const stop = held ? "（停止あり）" : "";
  return `○ ${name} 第${String(erasureId)}号 ${judgedOn}: 保存期間 ${String(years)}年${stop}、${beforeOn ?? ""} より前の ${count(subjects)}件 ${count(rows)}行を消しました。`;
}

function whole(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("消去の番号を指定してください。");
}

/** Adds `hagukumi retention …`. */
export function registerRetention(program: Command): void {
  const retention = program
    .command("retention")
    .description(
      "保存期間: 自動の消去・その記録・廃棄する紙 / retention: erasure by term, its record, paper to destroy",
    );
  withActor(
    retention
      .command("scrub")
      .description(
        "消去の後の始末: 表を書き直し、更新の記録（WAL）の古い区切りを除く。人のいない時間に / rewrite tables and drop old WAL after an erasure",
      ),
  ).action(async (_options: unknown, command: Command) => {
    await perform(
      command,
      async ({ context: { pool, onProgress, signal }, database, dataDir }) => {
        const scrub = async (name: string, of: typeof pool) =>
          await scrubTables(of, { signal, onProgress: (done, total) => onProgress?.(name, done, total) });
        const main = await scrub("業務のデータベース", pool);
        const records = await openVaultRecords(database.url, dataDir);
        const vault = records === undefined ? undefined : await scrub("番号の金庫", records);
        await records?.end();
        const { segments } = await scrubWal(pool);
        const left = [...main.left, ...(vault?.left ?? [])];
        if (left.length > 0) process.exitCode = 1;
        return { tables: main.tables + (vault?.tables ?? 0), left, segments };
      },
      ({ tables, left, segments }) =>
        `${tables} 個の表を書き直し、更新の記録を ${segments} 回区切って、古いものを除きました。${
          left.length === 0
            ? ""
            : `使われていて残した表: ${left.join("、")}。人のいない時間に、もう一度行ってください。`
        }`,
    );
  });
  withActor(
    retention
      .command("run")
      .description("過ぎたデータを消す（画面のサーバーは毎日行う） / erase what is past its term")
      .option("--dry-run", "数えるだけで、消さない / count, erase nothing"),
  ).action(async (options: { readonly dryRun?: boolean }, command: Command) => {
    if (options.dryRun === true) {
      await perform(
        command,
        async ({ context }) => await judgeTerms(context.pool),
        (judged) =>
          judged
            .map(({ group, years, subjects, held, beforeOn }) =>
              years === null
                ? `× ${erasedGroupLabels[group]}: ${NONE}`
                : `○ ${erasedGroupLabels[group]}: 保存期間 ${String(years)}年${held ? "（停止あり）" : ""}、${beforeOn ?? "－"} より前の ${count(subjects)}件`,
            )
            .join("\n"),
      );
      return;
    }
    await perform(
      command,
      async ({ context }) => await eraseByTerm(context),
      (made) =>
        made.length === 0 ? "きょうの判定は済んでいます。消すものはありません。" : made.map(erasureText).join("\n"),
    );
  });
  withActor(
    retention
      .command("list")
      .description("消去の記録（番号を指定すると、その一覧） / record of erasures, or what one removed")
      .argument("[erasure]", "消去の番号", whole),
  ).action(async (erasure: number | undefined, _options: unknown, command: Command) => {
    await perform(
      command,
      async ({ context }) => ({
        erasures: erasure === undefined ? await listTermErasures(context.pool) : [],
        items: erasure === undefined ? [] : await readTermErasure(context.pool, erasure),
      }),
      ({ erasures, items }) =>
        erasure === undefined
          ? erasures.map(erasureText).join("\n") || "消去の記録はありません。"
          : items.map(({ subject, lastDay, rows }) => `${String(subject)}  ${lastDay}  ${count(rows)}行`).join("\n") ||
            "この番号の消去で消えたものはありません。",
    );
  });
  withActor(
    retention.command("paper").description("廃棄する紙の書類の一覧 / paper that is due for destruction"),
  ).action(async (_options: unknown, command: Command) => {
    await perform(
      command,
      async ({ context }) => await paperDue(context.pool, context.today),
      ({ years, papers }) =>
        years === null
          ? `紙の書類: ${NONE}`
          : papers
              .map(
                ({ addresseeNumber, kindName, title, storagePlace, lastDay }) =>
                  `${storagePlace || "（場所の記録なし）"}  ${String(addresseeNumber).padStart(15, "0")}  ${kindName} ${title}  事案の終わり ${lastDay}`,
              )
              .join("\n") || "廃棄する紙の書類はありません。",
    );
  });
  withActor(
    retention.command("numbers").description("保存期間の過ぎた個人番号の人 / people whose number is past its term"),
  ).action(async (_options: unknown, command: Command) => {
    await perform(
      command,
      async ({ context }) => await numbersDue(context.pool, context.today),
      ({ years, people, held }) =>
        years === null
          ? `個人番号: ${NONE}`
          : `個人番号: 保存期間 ${String(years)}年${held ? "（停止あり）" : ""}、事案の終わった人 ${count(people.length)}人。番号のある人の消去は、画面「個人番号の消去」で二人で行います。`,
    );
  });
}
