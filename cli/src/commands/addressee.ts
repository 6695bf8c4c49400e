/** `hagukumi addressee …`: the queue of numbers, the consistency check and its list, the relay and the medium to the 中間サーバー. */
import {
  checkConsistency,
  createMedium,
  findingLabels,
  findingsCsv,
  listFindings,
  type MadeMedium,
  recreateMedium,
  numberPeriods,
  setNumberPeriod,
  settleEntries,
} from "@hagukumi/unified-addressee/contract.ts";
import { parseCivilDate } from "@hagukumi/law/contract.ts";
import { writeFileAtomic } from "@hagukumi/platform/files/atomic.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { createPublicKey, type KeyObject, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";

import { recordLeaving } from "@hagukumi/interchange/contract.ts";
import { perform, withActor } from "../context.ts";
import { type ApprovalOption, groundOf } from "../leaving.ts";
import { addBasis, addRelay } from "./addressee/relay.ts";
import { withAddressee } from "./addressee/with-addressee.ts";

/** @throws Refusal `invalidValue` where the file holds no X25519 public key */
async function receiverOf(file: string): Promise<KeyObject> {
  const pem = await readFile(file, "utf8").catch(() => "");
  try {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType === "x25519") return key;
  } catch {
    // falls through: whatever it is, it is no such key
  }
  throw new Refusal(
    "invalidValue",
    `${file} は X25519 の公開鍵（PEM）ではありません。中間サーバー側から受け取った公開鍵を指定してください。何も作っていません。`,
  );
}

function mediumText({ mediumId, copyNo, rows, path, sha256 }: MadeMedium): string {
  return `媒体 ${mediumId}（${copyNo}回目、${rows.toLocaleString("ja-JP")}件）を作りました。\n${path}\nSHA-256 ${sha256}`;
}

type PeriodOptions = {
  readonly system: string;
  readonly usedFrom?: string;
  readonly heldFrom?: string;
  readonly reason?: string;
  readonly approvedBy?: string;
};

function day(text: string): string {
  if (parseCivilDate(text) === undefined)
    throw new InvalidArgumentError("日付は YYYY-MM-DD で、ある日を指定してください。");
  return text;
}

function whole(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("1以上の整数を指定してください。");
}

/** Adds `hagukumi addressee …`. */
export function registerAddressee(program: Command): void {
  const addressee = program
    .command("addressee")
    .description("団体内統合宛名: 付番の待ち行列・整合の確認・中間サーバーとの中継・媒体 / unified addressee");
  withActor(
    addressee.command("settle").description("付番を待つ入力を終わらせる / end entries that wait for a number"),
  ).action(async (_options: unknown, command: Command) => {
    await perform(
      command,
      async (opened) => await withAddressee(opened, async (context) => await settleEntries(context)),
      ({ settled, lost }) => `付番 ${settled}件。番号が金庫に届いていないもの ${lost}件（もう一度入力してください）。`,
    );
  });
  withActor(
    addressee
      .command("check")
      .description("団体内統合宛名番号と個人番号の整合を確かめる。不整合があれば終了状態 1 / consistency check"),
  )
    .option("--csv <file>", "確認リストの書き出し先（データ使用承認願の番号 --approval が要る）/ write the list as CSV")
    .option("--approval <id>", "データ使用承認願（抽出）の番号 / approval of an extraction")
    .action(async (options: { readonly csv?: string } & ApprovalOption, command: Command) => {
      await perform(
        command,
        async (opened) => {
          const { csv, approval } = options;
          const about = { route: "addresseeFindings", approval };
          const basis = csv === undefined ? undefined : await groundOf(opened.context, about);
          return await withAddressee(opened, async (context) => {
            const result = await checkConsistency(context);
            const list = await listFindings(context, { runId: result.runId });
            if (csv !== undefined && basis !== undefined) {
              const content = findingsCsv(list);
              await recordLeaving(opened.context, { route: "addresseeFindings", basis, rows: list.length, content });
              await writeFileAtomic(csv, content);
            }
            if (result.findings > 0) process.exitCode = 1;
            return { ...result, list };
          });
        },
        ({ numbers, persons, findings, list }) =>
          [
            `番号 ${numbers.toLocaleString("ja-JP")}件、個人番号 ${persons.toLocaleString("ja-JP")}件を確かめました。不整合 ${findings}件。`,
            ...list
              .slice(0, 50)
              .map(({ findingId, kind }) => `  ${String(findingId).padStart(6)}  ${findingLabels[kind]}`),
          ].join("\n"),
      );
    });
  withActor(
    addressee
      .command("period")
      .description(
        "個人番号の利用と保有の開始日。指定しなければいまの設定を示す / since when numbers are used and held",
      ),
  )
    .option("--system <code>", "業務システム / business system", "allowance")
    .option("--used-from <day>", "利用の開始日 YYYY-MM-DD", day)
    .option("--held-from <day>", "保有の開始日 YYYY-MM-DD", day)
    .option("--reason <text>", "わけ（もとにした文書）")
    .option("--approved-by <id>", "もう一人の確認者 / the second person")
    .action(async (options: PeriodOptions, command: Command) => {
      await perform(
        command,
        async (opened) =>
          await withAddressee(opened, async (context) => {
            const { system, usedFrom, heldFrom, reason, approvedBy } = options;
            if (usedFrom !== undefined || heldFrom !== undefined) {
              if (
                usedFrom === undefined ||
                heldFrom === undefined ||
                reason === undefined ||
                approvedBy === undefined
              ) {
                throw new Refusal(
                  "invalidValue",
                  "開始日を変えるときは、--used-from・--held-from・--reason・--approved-by をすべて指定してください。何も変えていません。",
                );
              }
              const asked = {
                key: `period/${randomUUID()}`,
                systemCode: system,
                usedFrom,
                heldFrom,
                reason,
                approvedBy,
              };
              await setNumberPeriod(context, asked);
            }
            return await numberPeriods(context);
          }),
        (periods) =>
          periods.length === 0
            ? "開始日は設定されていません（法の日、平成28年1月1日より前の確認日は断ります）。"
            : periods
                .map(({ systemCode, usedFrom, heldFrom }) => `${systemCode}  利用 ${usedFrom}  保有 ${heldFrom}`)
                .join("\n"),
      );
    });
  addRelay(addressee);
  addBasis(addressee);
  const medium = addressee
    .command("medium")
    .description("中間サーバーとのオフライン連携の媒体 / media for the intermediary server");
  withActor(medium.command("create").description("まだ渡していない、確認済みの番号の媒体を作る / make a medium"))
    .requiredOption("--receiver <pem>", "受け取り側の公開鍵（X25519、PEM）")
    .requiredOption("--out <folder>", "書き出すフォルダ")
    .action(async (options: { readonly receiver: string; readonly out: string }, command: Command) => {
      await perform(
        command,
        async (opened) =>
          await withAddressee(
            opened,
            async (context) =>
              await createMedium(context, {
                key: `medium/${randomUUID()}`,
                receiver: await receiverOf(options.receiver),
                dir: options.out,
              }),
          ),
        mediumText,
      );
    });
  withActor(
    medium.command("recreate").description("同じ媒体を、わけを書いて作り直す / make a medium again, with a reason"),
  )
    .argument("<id>", "媒体の番号", whole)
    .requiredOption("--receiver <pem>", "受け取り側の公開鍵（X25519、PEM）")
    .requiredOption("--out <folder>", "書き出すフォルダ")
    .requiredOption("--reason <text>", "わけ（10文字以上）")
    .action(
      async (
        mediumId: number,
        options: { readonly receiver: string; readonly out: string; readonly reason: string },
        command: Command,
      ) => {
        await perform(
          command,
          async (opened) =>
            await withAddressee(
              opened,
              async (context) =>
                await recreateMedium(context, {
                  key: `medium/${randomUUID()}`,
                  mediumId,
                  reason: options.reason,
                  receiver: await receiverOf(options.receiver),
                  dir: options.out,
                }),
            ),
          mediumText,
        );
      },
    );
}
