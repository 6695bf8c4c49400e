/** `hagukumi letter`: letters from what waits to what was mailed (通知書). */
import {
  approveLetterRun,
  checkArchive,
  checkInsertionLog,
  createLetterRun,
  discardLetterRun,
  FORM_CODES,
  type FormCode,
  getLetterRun,
  handOutLetters,
  lateLabels,
  lateOfRun,
  type LetterRun,
  letterRunKindLabels,
  letterRunLabels,
  listLetterRuns,
  mailLetterRun,
  orderPrinting,
  printLetterRun,
  snapshotRead,
  stopLabels,
  takeOutLetter,
  waitingLetters,
} from "@hagukumi/allowance/contract.ts";
import { type Command, InvalidArgumentError, Option } from "commander";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { perform, withActor } from "../context.ts";
import { leaveByCommand } from "../leaving.ts";

const count = (n: number): string => n.toLocaleString("ja-JP");

function runNumber(text: string): number {
  if (/^[1-9][0-9]{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("印刷処理の番号は、1から999999までの整数です。");
}

function wholeNumber(text: string): number {
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("0以上の整数で指定してください。");
}

const describeRun = (run: LetterRun): string =>
  `印刷処理 第${run.runNo}号 ${run.formNumber} ${run.title}（${letterRunKindLabels[run.kind]}）${letterRunLabels[run.state]} ${count(run.letters)}通 ${count(run.pages)}頁 文書 ${run.documentOn} 発送 ${run.mailOn}${run.takenOut > 0 ? ` 抜取り ${run.takenOut}通` : ""}`;

function registerMaking(letter: Command): void {
  withActor(letter.command("waiting").description("印刷を待つもの（様式ごとの件数）/ what waits")).action(
    async (_options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) =>
          await snapshotRead(context.pool, async (client) => await waitingLetters(client, context.today)),
        (forms) =>
          forms
            .filter(({ waiting }) => waiting > 0)
            .map(
              ({ number, form, title, waiting, oldest }) =>
                `${number} ${form} ${title} ${count(waiting)}通（最も古いもの ${oldest ?? "―"}）`,
            )
            .join("\n") || "待つものはありません。",
      );
    },
  );
  withActor(letter.command("create").description("印刷処理を作る（案。承認は別の人）/ make a run"))
    .addOption(new Option("--form <code>", "帳票の符号").choices([...FORM_CODES]).makeOptionMandatory())
    .option("--document-on <date>", "文書の日付。既定は処理日")
    .option("--mail-on <date>", "発送日。既定は文書の日付")
    .option("--payment-run <no>", "支払通知書のとき、この支払処理だけ", runNumber)
    .option("--key <key>", "処理の鍵")
    .action(
      async (
        options: { form: FormCode; documentOn?: string; mailOn?: string; paymentRun?: number; key?: string },
        command: Command,
      ) => {
        await perform(
          command,
          async ({ context }) => {
            const documentOn = options.documentOn ?? context.today;
            return await createLetterRun(context, {
              form: options.form,
              documentOn,
              mailOn: options.mailOn ?? documentOn,
              ...(options.paymentRun === undefined ? {} : { paymentRunNo: options.paymentRun }),
              ...(options.key === undefined ? {} : { key: options.key }),
            });
          },
          ({ runNo, letters, pages, listDigest, leftOut, issues }) =>
            [
              `印刷処理 第${runNo}号 ${count(letters)}通 ${count(pages)}頁 文字の一覧 ${count(issues)}件`,
              ...leftOut.map(
                ({ route, reason, count: n }) =>
                  `${route === "tray" ? "手作業トレイ" : "送らない"}: ${stopLabels[reason]} ${count(n)}件`,
              ),
              `中身のハッシュ ${listDigest}`,
            ].join("\n"),
        );
      },
    );
}

const keyOf = (options: { key?: string }): { key?: string } => (options.key === undefined ? {} : { key: options.key });

function registerSteps(letter: Command): void {
  const stage = (name: string, description: string): Command =>
    withActor(letter.command(name).description(description))
      .argument("<run>", "番号", runNumber)
      .option("--key <key>", "処理の鍵");
  stage("approve", "見本を見て承認する（作った人と別の人）/ approve")
    .requiredOption("--digest <sha256>", "見た中身のハッシュ")
    .action(async (runNo: number, options: { digest: string; key?: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          await approveLetterRun(context, { runNo, listDigest: options.digest, ...keyOf(options) });
          return await getLetterRun(context.pool, runNo);
        },
        describeRun,
      );
    });
  stage("print", "印刷する（止めても続きから）/ print").action(
    async (runNo: number, options: { key?: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          const run = await getLetterRun(context.pool, runNo);
          if (run.state !== "printing") await orderPrinting(context, { runNo, ...keyOf(options) });
          return await printLetterRun(context, runNo);
        },
        ({ letters, pages, files, takenOut }) =>
          `${count(letters)}通 ${count(pages)}頁 ${files}ファイル${takenOut > 0 ? `、発送前の点検で抜いたもの ${takenOut}通` : ""}`,
      );
    },
  );
  stage("hand-out", "印刷した PDF と封入表を取り出す / files for the contractor")
    .option("--out <folder>", "取り出す先。既定はデータフォルダの files/letters")
    .action(async (runNo: number, options: { out?: string }, command: Command) => {
      await perform(
        command,
        async ({ context, dataDir }) =>
          await leaveByCommand(
            context,
            { route: "letterHandOut", object: { kind: "letterRun", no: runNo }, approval: undefined },
            async () => {
              const { letters, listDigest } = await getLetterRun(context.pool, runNo);
              return { rows: letters, content: listDigest };
            },
            async () =>
              await handOutLetters(context, { runNo, outDir: options.out ?? join(dataDir, "files", "letters") }),
          ),
        ({ folder, files, letters, pages }) =>
          [`${count(letters)}通 ${count(pages)}頁`, ...files.map((name) => join(folder, name))].join("\n"),
      );
    });
  stage("last-check", "発送の前の点検: 抜き取る通知書 / last look").action(
    async (runNo: number, _options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => await lateOfRun(context, runNo),
        (late) =>
          late.map(({ letterId, seq, reason }) => `封筒 ${letterId}（順番 ${seq}）${lateLabels[reason]}`).join("\n") ||
          "抜き取るものはありません。",
      );
    },
  );
  stage("take-out", "通知書を1通抜く（汚れたとき・戻ったときも）/ take one out")
    .requiredOption("--envelope <no>", "封筒の番号", wholeNumber)
    .addOption(new Option("--kind <kind>", "種類").choices(["takenOut", "damaged", "returned"]).default("takenOut"))
    .requiredOption("--reason <text>", "理由")
    .action(
      async (
        runNo: number,
        options: { envelope: number; kind: "takenOut" | "damaged" | "returned"; reason: string; key?: string },
        command: Command,
      ) => {
        await perform(
          command,
          async ({ context }) => {
            await takeOutLetter(context, {
              letterId: options.envelope,
              kind: options.kind,
              reason: options.reason,
              ...keyOf(options),
            });
            return await getLetterRun(context.pool, runNo);
          },
          describeRun,
        );
      },
    );
  stage("mail", "発送を登録する（封入した数が印刷した数と合うこと）/ mail")
    .requiredOption("--inserted <n>", "封入した数", wholeNumber)
    .action(async (runNo: number, options: { inserted: number; key?: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          await mailLetterRun(context, { runNo, inserted: options.inserted, ...keyOf(options) });
          return await getLetterRun(context.pool, runNo);
        },
        describeRun,
      );
    });
  stage(
    "check-insertion",
    "封入機の記録（1行に1通、頁の印をコンマで）を突き合わせる / compare the log of the inserting machine",
  )
    .argument("<file>", "封入機の記録 / log of the inserting machine")
    .action(async (runNo: number, file: string, _options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          const lines = (await readFile(file, "utf8")).split(/\r?\n/).filter((line) => line.trim() !== "");
          const log = lines.map((line) => line.split(",").map((each) => each.trim()));
          return { envelopes: log.length, faults: await checkInsertionLog(context.pool, runNo, log) };
        },
        ({ envelopes, faults }) =>
          faults.length === 0
            ? `${count(envelopes)}通の封入の記録は、印刷した通知書と合っています。`
            : `合わないものが ${count(faults.length)}件あります。発送しないでください。\n${faults.map(({ text }) => text).join("\n")}`,
      );
    });
  stage("discard", "破棄する（通知書はまた印刷を待つ）/ discard")
    .requiredOption("--reason <text>", "理由")
    .action(async (runNo: number, options: { reason: string; key?: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          await discardLetterRun(context, { runNo, reason: options.reason, ...keyOf(options) });
          return await getLetterRun(context.pool, runNo);
        },
        describeRun,
      );
    });
  stage("check-archive", "保存した写しを描き直して比べる / check the archive").action(
    async (runNo: number, _options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => await checkArchive(context, runNo),
        (files) => files.map(({ fileNo, kept, same }) => `${fileNo} ${kept} ${same ? "一致" : "不一致"}`).join("\n"),
      );
    },
  );
}

/** Adds `hagukumi letter …`. */
export function registerLetter(program: Command): void {
  const letter = program.command("letter").description("通知書（作成から発送まで）/ letters");
  registerMaking(letter);
  registerSteps(letter);
  withActor(letter.command("list").description("印刷処理の一覧")).action(
    async (_options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => await listLetterRuns(context.pool),
        (runs) => runs.map(describeRun).join("\n") || "印刷処理はまだありません。",
      );
    },
  );
}
