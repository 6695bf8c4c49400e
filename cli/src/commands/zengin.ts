import { branchCodes, installedSnapshot } from "@hagukumi/platform/bank/bank-master.ts";
import { decodeTransferFile } from "@hagukumi/platform/bank/decode.ts";
import { encodeTransferFile } from "@hagukumi/platform/bank/encode.ts";
import { type KanaOptions, toZenginKana } from "@hagukumi/platform/bank/kana.ts";
import type { BankProblem } from "@hagukumi/platform/bank/problem.ts";
import { formatTransferJson, parseTransferJson } from "@hagukumi/platform/bank/transfer-json.ts";
import { convertYucho, splitYuchoLine, YUCHO_BANK } from "@hagukumi/platform/bank/yucho.ts";
import { type Command, Option } from "commander";

/**
 * `hagukumi zengin`: bank files and payee names by hand, out of the same code that writes the files of a payment run.
 *
 * `encode` and `decode` answer whole or not at all: on a violation nothing goes to standard output, one JSON problem
 * `{code, message, record, field}` goes to standard error and the exit status is 1. `kana` and `yucho` answer every line
 * with one JSON line; a line that cannot be converted carries its own `error`.
 */

async function readInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)));
  return Buffer.concat(chunks);
}

/** Lines of UTF-8 text without their line ends; the empty rest after the last line end is no line. */
async function readLines(): Promise<readonly string[]> {
  const text = new TextDecoder("utf-8").decode(await readInput());
  const lines = text.split(/\r\n|\n|\r/u);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function refuse(problem: BankProblem): void {
  const { code, message, record, field } = problem;
  process.stderr.write(`${JSON.stringify({ code, message, record, field })}\n`);
  process.exitCode = 1;
}

interface EncodeFlags {
  readonly newline: "none" | "crlf";
  readonly allowTestBanks?: true;
}

async function encode(flags: EncodeFlags): Promise<void> {
  const json = new TextDecoder("utf-8").decode(await readInput());
  const file = parseTransferJson(json);
  if (!file.ok) return refuse(file.problem);
  const encoded = encodeTransferFile(file.value, {
    lineEnd: flags.newline,
    allowTestBanks: flags.allowTestBanks === true,
  });
  if (!encoded.ok) return refuse(encoded.problem);
  for (const warning of encoded.value.warnings) process.stderr.write(`${JSON.stringify({ warning })}\n`);
  process.stdout.write(encoded.value.bytes);
}

async function decode(flags: { readonly allowTestBanks?: true }): Promise<void> {
  const file = decodeTransferFile(await readInput(), { allowTestBanks: flags.allowTestBanks === true });
  if (!file.ok) return refuse(file.problem);
  process.stdout.write(formatTransferJson(file.value));
}

interface KanaFlags {
  readonly kind: "21" | "11";
  readonly wo?: "reject" | "o" | "keep";
  readonly field: "name" | "edi";
}

async function kana(flags: KanaFlags): Promise<void> {
  const options: KanaOptions = {
    kind: flags.kind,
    field: flags.field,
    ...(flags.wo === undefined ? {} : { wo: flags.wo }),
  };
  const lines = (await readLines()).map((input) => {
    const result = toZenginKana(input, options);
    if (!result.ok) {
      const { code, message, character, position } = result.problem;
      return JSON.stringify({ input, error: { code, message, character, position } });
    }
    const { bytes, shown, warnings } = result.value;
    return JSON.stringify({ input, hex: Buffer.from(bytes).toString("hex"), shown, warnings });
  });
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
}

/** One line of `yucho`. A 記号 that looks unusual is accepted; the remark goes to standard error with its line. */
function yuchoLine(line: string, index: number, branches: ReadonlySet<string>): string {
  const split = splitYuchoLine(line);
  const result = split.ok ? convertYucho(split.value.symbol, split.value.number, branches) : split;
  if (!result.ok) {
    const { code, message, field } = result.problem;
    return JSON.stringify({ error: { code, message, field } });
  }
  const { branch, accountType, account, warnings } = result.value;
  for (const message of warnings) {
    process.stderr.write(`${JSON.stringify({ warning: { code: "yucho-symbol", message, line: index + 1 } })}\n`);
  }
  return JSON.stringify({ branch, accountType, account });
}

async function yucho(): Promise<void> {
  const branches = branchCodes(installedSnapshot().snapshot, YUCHO_BANK);
  const lines = (await readLines()).map((line, index) => yuchoLine(line, index, branches));
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
}

/** Adds `zengin` and its four operations to the program. */
export function registerZengin(program: Command): void {
  const zengin = program
    .command("zengin")
    .description("全銀協フォーマットの振込ファイルを作る・読む・名義カナを変換する");
  const testBanks = "試験用の金融機関9999・支店999を許す";

  zengin
    .command("encode")
    .description("transfer.json(標準入力)から振込ファイル(標準出力)を作る")
    .addOption(new Option("--newline <kind>", "レコードの後の改行").choices(["none", "crlf"]).default("none"))
    .option("--allow-test-banks", testBanks)
    .action(async (flags: EncodeFlags) => await encode(flags));

  zengin
    .command("decode")
    .description("振込ファイル(標準入力)を検査し、transfer.json(標準出力)にする")
    .option("--allow-test-banks", testBanks)
    .action(async (flags: { readonly allowTestBanks?: true }) => await decode(flags));

  zengin
    .command("kana")
    .description("1行1件の名義(標準入力)を半角カナに変換し、1行1件のJSONで答える")
    .addOption(new Option("--kind <code>", "種別: 21 総合振込、11 給与振込").choices(["21", "11"]).default("21"))
    .addOption(new Option("--wo <how>", "「ヲ」の扱い: 拒否、オに置換、そのまま").choices(["reject", "o", "keep"]))
    .addOption(new Option("--field <name>", "項目: 名義、EDI情報").choices(["name", "edi"]).default("name"))
    .action(async (flags: KanaFlags) => await kana(flags));

  zengin
    .command("yucho")
    .description("ゆうちょ銀行の「記号 番号」(標準入力、1行1件)を店番・預金種目・口座番号に変換する")
    .action(async () => await yucho());
}
