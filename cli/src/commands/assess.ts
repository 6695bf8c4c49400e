import type { Command } from "commander";

/**
 * `hagukumi assess`: the law engine as a pipe, one case a line (`law/README.md`).
 *
 * Exit status 0 where every line was assessed, 1 where one was not; the others are answered all the same.
 */
export function registerAssess(program: Command): void {
  program
    .command("assess")
    .summary("事例を法に当てはめる / assess cases by the law")
    .description(
      [
        "標準入力の一行一事例（JSON）を児童手当法に当てはめ、月額・決定・支払予定を一行ずつ、同じ順で標準出力に出す。",
        "判定できない行は error を返し、残りは続ける。空行は読み飛ばす。一行は10メガバイトまで。",
        "Assess one JSON case per line from standard input; one JSON answer per line, same order.",
        "A line that cannot be assessed answers with an error and the rest go on (exit status 1). Empty lines are skipped;",
        "a line may have up to 10 MB.",
      ].join("\n"),
    )
    .option("--explain", "児童ごと・月ごとに根拠（条文と事実）を付ける / add the reasons of every amount")
    .addHelpText("after", "\n例 Example:\n  hagukumi assess --explain < cases.jsonl > assessments.jsonl")
    .action(async (flags: { readonly explain?: true }) => {
      const { assessStream } = await import("../assess/stream.ts");
      const failures = await assessStream(process.stdin, process.stdout, { explain: flags.explain === true });
      if (failures > 0) process.exitCode = 1;
    });
}
