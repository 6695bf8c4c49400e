/** `hagukumi extract`: データの抽出 – an application with its five parts, the decision of another person, one file under it. */
import { changedRecipients } from "@hagukumi/allowance/contract.ts";
import {
  applyForExtraction,
  decideExtraction,
  type Extraction,
  type ExtractionForm,
  extractionPurposes,
  extractPayments,
  listExtractions,
} from "@hagukumi/interchange/contract.ts";
import { parseCivilDate } from "@hagukumi/law/contract.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { writeFileAtomic } from "@hagukumi/platform/files/atomic.ts";
import { type Command, Option } from "commander";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { perform, withActor } from "../context.ts";

const line = (each: Extraction): string => {
  const state = each.granted === null ? "決定待ち" : each.granted ? `承認 ${each.decidedBy ?? ""}` : "不承認";
  const used = each.usedAs === null ? "まだ使っていない" : `使用済（持出し ${String(each.usedAs)}）`;
  return `${String(each.extractionId)} ${each.route} ${extractionPurposes[each.purpose]} ${each.validFrom}〜${each.validTo} ${each.rowCap.toLocaleString("ja-JP")}行まで ${state} ${used}（中身 ${each.digest}）`;
};

const fileInvalid = (path: string, what: string): Refusal =>
  new Refusal("fileInvalid", `${path} ${what}。何も渡していません。`);

async function peopleOf(path: string): Promise<readonly number[]> {
  const text = await readFile(path, "utf8").catch(() => {
    throw fileInvalid(path, "を読めません。1行に一つの宛名番号を書いたファイルを指定してください");
  });
  const lines = text.split(/\r?\n/).filter((each) => each.trim() !== "");
  const wrong = lines.findIndex((each) => !/^\d{1,15}$/.test(each.trim()));
  if (wrong === -1) return lines.map(Number);
  throw fileInvalid(
    path,
    `の ${String(wrong + 1)}行目は宛名番号ではありません。1行に一つ、15桁までの数字を書いてください`,
  );
}

export function registerExtract(program: Command): void {
  const extract = program
    .command("extract")
    .description("データの抽出（データ使用承認願ごとに一度だけ）/ extraction under an approval");
  withActor(extract.command("apply").description("データ使用承認願（抽出）の受付 / take in an application"))
    .requiredOption("--route <code>", "道（extractPayments など）/ way")
    .requiredOption("--applicant <text>", "願い出た課・職員")
    .requiredOption("--ground <text>", "使用根拠")
    .addOption(new Option("--use <code>", "使用目的").choices(Object.keys(extractionPurposes)).makeOptionMandatory())
    .requiredOption("--conditions <text>", "使用条件")
    .requiredOption("--from <date>", "使用期間の初め")
    .requiredOption("--to <date>", "使用期間の終わり（31日まで）")
    .requiredOption("--data <text>", "使用データ")
    .requiredOption("--rows <n>", "行数の上限")
    .action(async (options: Readonly<Record<string, string>>, command: Command) => {
      const {
        route = "",
        applicant = "",
        ground = "",
        use = "",
        conditions = "",
        from = "",
        to = "",
        data = "",
      } = options;
      const purpose = use as ExtractionForm["purpose"];
      await perform(
        command,
        async ({ context }) =>
          await applyForExtraction(context, {
            route,
            applicant,
            ground,
            purpose,
            conditions,
            validFrom: from,
            validTo: to,
            data,
            rowCap: Number(options["rows"]),
          }),
        ({ extractionId, digest }) =>
          `承認願 ${String(extractionId)} を受け付けました。中身 ${digest}。別の人が決めます。`,
      );
    });
  withActor(extract.command("decide <id>").description("承認・不承認（別の人）/ grant or refuse"))
    .requiredOption("--digest <digest>", "見た中身のハッシュ / digest of what was seen")
    .option("--refuse <reason>", "承認しないわけ / reason of a refusal")
    .action(async (id: string, options: { readonly digest: string; readonly refuse?: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) => {
          const refusal = options.refuse === undefined ? {} : { refusal: options.refuse };
          await decideExtraction(context, { extractionId: Number(id), digest: options.digest, ...refusal });
        },
        () => (options.refuse === undefined ? "承認しました。" : "承認しないことを記録しました。"),
      );
    });
  withActor(extract.command("list").description("承認願と、使ったかどうか / applications and their use")).action(
    async (_options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) => await listExtractions(context.pool),
        (all) => all.map(line).join("\n") || "承認願はありません。",
      );
    },
  );
  withActor(
    extract.command("run <id>").description("支給の状態と支払を、暗号化した ZIP に抽出する / facts of payment, sealed"),
  )
    .option("--numbers <file>", "宛名番号（1行に一つ）/ people")
    .option("--changed <from..to>", "決定のあった期間 YYYY-MM-DD..YYYY-MM-DD / decided between")
    .requiredOption("--out <folder>", "書き出すフォルダ / folder")
    .action(
      async (
        id: string,
        options: { readonly numbers?: string; readonly changed?: string; readonly out: string },
        command: Command,
      ) => {
        await perform(
          command,
          async ({ context }) => {
            const [from, to] = (options.changed ?? "").split("..").map((text) => parseCivilDate(text));
            const people =
              options.numbers !== undefined
                ? await peopleOf(options.numbers)
                : from !== undefined && to !== undefined
                  ? await changedRecipients(context.pool, from, to)
                  : undefined;
            if (people === undefined) {
              throw new Refusal(
                "invalidValue",
                "だれについてか（--numbers か --changed 2026-04-01..2026-04-30）を指定してください。何も渡していません。",
              );
            }
            const made = await extractPayments(context, Number(id), people);
            const file = join(options.out, made.name);
            await mkdir(options.out, { recursive: true, mode: 0o700 });
            await writeFileAtomic(file, made.container, { exclusive: true });
            // Beside the result and not in it: results are kept in files and logs, this password nowhere.
            process.stderr.write(`パスワード（この一度だけ）: ${made.password}\n`);
            return { file, number: made.number, rows: made.rows };
          },
          ({ file, number, rows }) =>
            `持出し ${number}（${rows.toLocaleString("ja-JP")}行）を ${file} に書きました。パスワードは別の方法で知らせてください。`,
        );
      },
    );
}
