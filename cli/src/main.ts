/**
 * `hagukumi`: the command line. A command is a file of `commands/`: `commands/payment.ts` exports `registerPayment`.
 *
 * Exit status: 0 done, 1 refused or failed, 2 wrong usage. What is asked for goes to standard output, everything said to
 * people goes to standard error in Japanese; with `--json` a problem is one JSON object with its stable code.
 */
import { CommanderError, Command } from "commander";

import { commandNames, registerCommand } from "./commands.ts";
import { problemText } from "./problem-text.ts";

const FAILED = 1;
const WRONG_USAGE = 2;
const VERSION = "0.1.0";

const titles: Readonly<Record<string, string>> = {
  "Usage:": "使い方 Usage:",
  "Arguments:": "引数 Arguments:",
  "Options:": "オプション Options:",
  "Commands:": "コマンド Commands:",
  "Global Options:": "共通のオプション Global options:",
};

function makeProgram(json: boolean): Command {
  return new Command("hagukumi")
    .description("はぐくみ: 市区町村の児童手当システム\nHagukumi: child allowance for Japanese municipalities")
    .version(VERSION, "-V, --version", "版を表示する / show the version")
    .helpOption("-h, --help", "使い方を表示する / show help")
    .helpCommand("help [command]", "コマンドの使い方を表示する / show help for a command")
    .option("--json", "結果と問題を機械用の JSON で出す / machine-readable output")
    .configureHelp({ styleTitle: (title) => titles[title] ?? title, showGlobalOptions: true })
    .configureOutput({
      outputError: (text, write) =>
        write(
          json
            ? `${JSON.stringify({ code: "usage", message: `使い方の誤り / wrong usage: ${text.trim()}` })}\n`
            : `使い方の誤り / wrong usage: ${text}  hagukumi --help で使い方を確かめてください。\n`,
        ),
    })
    .exitOverride();
}

async function main(argv: readonly string[]): Promise<number> {
  const program = makeProgram(argv.includes("--json"));
  try {
    const names = await commandNames();
    const asked = argv.find((argument) => !argument.startsWith("-"));
    // Only the command that was asked for is loaded, so that a pipe of `assess` starts at once.
    const asksVersion = argv[0] === "--version" || argv[0] === "-V";
    const wanted = asksVersion ? [] : asked !== undefined && names.includes(asked) ? [asked] : names;
    for (const name of wanted) await registerCommand(name, program);
    if (argv.length === 0) {
      program.outputHelp({ error: true });
      return WRONG_USAGE;
    }
    await program.parseAsync(argv, { from: "user" });
    return 0;
  } catch (error) {
    // commander has printed its own complaint already; --help and --version arrive here with status 0
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
    process.stderr.write(`${problemText(error, argv.includes("--json"))}\n`);
    return FAILED;
  }
}

// A reader that has seen enough (`| head`) closes the pipe: an end, not a failure to report.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(process.exitCode ?? 0);
    throw error;
  });
}

const status = await main(process.argv.slice(2));
// A command may have set a status of its own (assess: some lines failed); it is not overwritten with success.
if (status !== 0 || process.exitCode === undefined) process.exitCode = status;
