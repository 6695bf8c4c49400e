/** `hagukumi parameters`: 法のパラメータ, registered with their source by one person and approved, as they were seen, by another. */
import {
  approveParameters,
  type ParametersView,
  readParameters,
  registerParameters as registerValues,
} from "@hagukumi/allowance/contract.ts";
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";

import { perform, withActor } from "../context.ts";

type Registration = ParametersView["registrations"][number];

function number(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("登録の番号（1〜999999999）を指定してください。");
  return Number(text);
}

function digest(text: string): string {
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new InvalidArgumentError("内容の符号（64文字）は、parameters list が示すものをそのまま指定してください。");
  }
  return text;
}

const change = ({ name, before, after }: ParametersView["differences"][number]): string =>
  `    ${name}: ${before ?? "（なし）"} → ${after ?? "（なし）"}`;

function stateOf({ approvedBy, approvedOn, open }: Registration): string {
  if (approvedBy !== null) return `承認済み（${approvedBy}、${approvedOn ?? ""}）`;
  return open ? "承認待ち" : "承認できません（この後に別の承認があったか、プログラムの値と違います）";
}

const parallelText = ({
  recipients,
  childMonths,
  differing,
  uncomputed,
  amountBefore,
  amountAfter,
}: NonNullable<Registration["parallel"]>): string =>
  `  全件の並行計算: 受給者 ${recipients}人、児童×月 ${childMonths}件のうち額の変わるもの ${differing}件（元帳 ${amountBefore.toLocaleString("ja-JP")}円 → ${amountAfter.toLocaleString("ja-JP")}円）、計算できない受給者 ${uncomputed}人`;

function describe(registration: Registration): string {
  const { setId, ruleVersion, source, enteredBy, enteredOn, contentDigest, exampleCount, failed, differences } =
    registration;
  return [
    `登録 ${setId}: ${stateOf(registration)}`,
    `  法の規則の版 ${ruleVersion}、登録 ${enteredBy}（${enteredOn}）、根拠: ${source}`,
    `  計算例 ${exampleCount}件のうち、答えが違うもの ${failed.length}件。承認済みの値との違い ${differences.length}件`,
    ...differences.slice(0, 20).map(change),
    ...(differences.length > 20 ? [`    ほか${differences.length - 20}件`] : []),
    ...(registration.parallel === null ? [] : [parallelText(registration.parallel)]),
    ...(registration.open ? [`  承認するときに示す符号: ${contentDigest}`] : []),
  ].join("\n");
}

function shownView({ inForce, differences, registrations }: ParametersView): string {
  return [
    inForce
      ? "プログラムの値は、承認された値と同じです。決定と支払ができます。"
      : `プログラムの値が、承認された値と違います（${differences.length}件）。決定も支払もできません。`,
    ...(registrations.length === 0 ? ["登録はまだありません。"] : registrations.map(describe)),
  ].join("\n");
}

/** Adds `hagukumi parameters …`. */
export function registerParameters(program: Command): void {
  const group = program
    .command("parameters")
    .description("法のパラメータの登録と承認（二人で）/ parameters of the law, by two people");
  withActor(group.command("list").description("登録と承認の一覧、いまの状態 / registrations and their state")).action(
    async (_options: unknown, command: Command) => {
      await perform(command, async ({ context }) => await readParameters(context.pool), shownView);
    },
  );
  withActor(group.command("register").description("このプログラムの値を登録する / register the values of this program"))
    .requiredOption("--source <text>", "根拠（法令・通知・文書）/ the source")
    .option("--key <key>", "処理の鍵 / idempotency key")
    .action(async ({ source, key }: { source: string; key?: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) =>
          await (key === undefined ? registerValues(context, { source }) : registerValues(context, { source }, key)),
        ({ setId, contentDigest, differences, examples, failed }) =>
          `登録 ${setId} として登録しました。違い ${differences}件、計算例 ${examples}件（答えが違うもの ${failed}件）。\n` +
          `別の人が確かめて承認します: hagukumi parameters approve ${setId} --digest ${contentDigest}`,
      );
    });
  withActor(
    group.command("approve").description("登録を、見たとおりに承認する / approve a registration as it was seen"),
  )
    .argument("<set>", "登録の番号 / registration", number)
    .requiredOption("--digest <digest>", "内容の符号（parameters list が示す）/ digest of what was seen", digest)
    .option("--key <key>", "処理の鍵 / idempotency key")
    .action(
      async (setId: number, { digest: contentDigest, key }: { digest: string; key?: string }, command: Command) => {
        const request = { setId, contentDigest };
        await perform(
          command,
          async ({ context }) => {
            await (key === undefined ? approveParameters(context, request) : approveParameters(context, request, key));
            return { setId, approvedBy: context.operator };
          },
          () => `登録 ${setId} を承認しました。この値で決定と支払ができます。`,
        );
      },
    );
}
