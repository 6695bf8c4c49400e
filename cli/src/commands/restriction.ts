/** `hagukumi restriction`: 支給制限（10条）. Not granted, and therefore never paid as arrears; decided, ended and taken back by two people. */
import {
  answerRequest,
  listRestrictions,
  putRequest,
  RESTRICTION_CAUSES,
  restrictionCauseLabels,
  restrictionsOf,
  restrictionStateLabels,
  waitingRequests,
} from "@hagukumi/allowance/contract.ts";
import type { Context, RequestContent, Restriction, RestrictionCause } from "@hagukumi/allowance/contract.ts";
import { parseCivilDate, parseMonth } from "@hagukumi/law/contract.ts";
import { InvalidArgumentError, Option } from "commander";
import type { Command } from "commander";

import { perform, withActor } from "../context.ts";

function id(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError("番号（1以上の整数）を指定してください。");
  return Number(text);
}

function ofMonth(text: string): string {
  if (parseMonth(text) === undefined) throw new InvalidArgumentError("YYYY-MM の正しい年月を指定してください。");
  return text;
}

function ofDay(text: string): string {
  if (parseCivilDate(text) === undefined) throw new InvalidArgumentError("YYYY-MM-DD の正しい日を指定してください。");
  return text;
}

/** Puts the request and lets the other person approve exactly it. */
async function byTwo(context: Context, approvedBy: string, content: RequestContent): Promise<null> {
  const requestId = await putRequest(context, { content });
  const waiting = (await waitingRequests(context.pool)).find((each) => each.requestId === requestId);
  const answer = { outcome: "approved", contentDigest: waiting?.contentDigest ?? "" } as const;
  await answerRequest({ ...context, operator: approvedBy }, { requestId, answer });
  return null;
}

function words(each: Restriction): string {
  const until = each.payableFrom === null ? "" : `（${each.payableFrom}月分からふたたび支給）`;
  const scope = each.childNumber === null ? "全部" : `児童 ${each.childNumber}`;
  return `第${each.restrictionId}号 認定番号 ${each.recipientId} ${scope} ${each.fromMonth}月分から${until}: ${restrictionStateLabels[each.state]}、${restrictionCauseLabels[each.causeCode]}（${each.decidedOn}、${each.enteredBy}・${each.approvedBy}）`;
}

const APPROVED_BY = ["--approved-by <operator>", "決裁する人（別の人）/ the other person"] as const;
const REASON = ["--reason <text>", "理由（通知書に載る。400文字まで）/ reason"] as const;

type PlaceOptions = {
  readonly child?: number;
  readonly from: string;
  readonly cause: RestrictionCause;
  readonly demandedOn: string;
  readonly dueOn: string;
  readonly document: string;
  readonly reason: string;
  readonly approvedBy: string;
};

function registerPlace(restriction: Command): void {
  withActor(restriction.command("place").description("支給制限を決める / decide a restriction"))
    .argument("<recipient>", "認定番号 / recipient", id)
    .option("--child <number>", "一部の制限: この児童（宛名番号）の分だけ / one child's part", id)
    .requiredOption("--from <YYYY-MM>", "この月分から / from this benefit month", ofMonth)
    .addOption(
      new Option("--cause <cause>", "orderDisobeyed 命令に従わない、questionUnanswered 質問に応じない")
        .choices([...RESTRICTION_CAUSES])
        .makeOptionMandatory(),
    )
    .requiredOption("--demanded-on <day>", "命令・質問をした日 / day of the order", ofDay)
    .requiredOption("--due-on <day>", "その期限 / by when", ofDay)
    .requiredOption("--document <text>", "命令・質問の文書 / document")
    .requiredOption(...REASON)
    .requiredOption(...APPROVED_BY)
    .action(async (recipientId: number, options: PlaceOptions, command: Command) => {
      await perform(
        command,
        async ({ context }) =>
          await byTwo(context, options.approvedBy, {
            kind: "restriction",
            recipientId,
            childNumber: options.child ?? null,
            fromMonth: options.from,
            causeCode: options.cause,
            demandedOn: options.demandedOn,
            answerDueOn: options.dueOn,
            demandDocument: options.document,
            reason: options.reason,
          }),
        () =>
          `認定番号 ${recipientId} の ${options.from}月分からを支給しないと決めました。通知書を待つ一覧に載ります。`,
      );
    });
}

function registerLater(restriction: Command): void {
  withActor(restriction.command("end").description("支給制限を終える / end a restriction"))
    .argument("<restriction>", "支給制限の番号 / restriction", id)
    .requiredOption("--complied-on <day>", "命令に従った日・質問に応じた日 / day on which it was obeyed", ofDay)
    .requiredOption("--from <YYYY-MM>", "この月分からふたたび支給する / granted again from", ofMonth)
    .requiredOption(...REASON)
    .requiredOption(...APPROVED_BY)
    .action(
      async (
        restrictionId: number,
        options: { compliedOn: string; from: string; reason: string; approvedBy: string },
        command: Command,
      ) => {
        await perform(
          command,
          async ({ context }) =>
            await byTwo(context, options.approvedBy, {
              kind: "restrictionEnd",
              restrictionId,
              compliedOn: options.compliedOn,
              payableFrom: options.from,
              reason: options.reason,
            }),
          () => `支給制限 第${restrictionId}号を終えました。それまでの月分は、支給されないままです。`,
        );
      },
    );
  withActor(restriction.command("cancel").description("支給制限の決定を取り消す / take the decision back"))
    .argument("<restriction>", "支給制限の番号 / restriction", id)
    .requiredOption(...REASON)
    .requiredOption(...APPROVED_BY)
    .action(async (restrictionId: number, options: { reason: string; approvedBy: string }, command: Command) => {
      await perform(
        command,
        async ({ context }) =>
          await byTwo(context, options.approvedBy, {
            kind: "restrictionCancellation",
            restrictionId,
            reason: options.reason,
          }),
        () => `支給制限 第${restrictionId}号を取り消しました。制限した月分は、支払うべき額に戻りました。`,
      );
    });
}

export function registerRestriction(program: Command): void {
  const restriction = program
    .command("restriction")
    .description("支給制限（10条）。差止とは違い、終わってもさかのぼって支払わない / restrictions");
  registerPlace(restriction);
  registerLater(restriction);
  withActor(restriction.command("list").description("効いている支給制限、または一人のすべて / restrictions"))
    .argument("[recipient]", "認定番号 / recipient", id)
    .action(async (recipientId: number | undefined, _options: unknown, command: Command) => {
      await perform(
        command,
        async ({ context }) =>
          recipientId === undefined
            ? await listRestrictions(context.pool)
            : await restrictionsOf(context.pool, recipientId),
        (found) => (found.length === 0 ? "支給制限はありません。" : found.map(words).join("\n")),
      );
    });
}
