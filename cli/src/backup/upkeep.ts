/** What the commands of upkeep share: the window of an order, and how an order reads. */
import type { UpkeepContext, WorkOrder } from "@hagukumi/platform/upkeep/orders.ts";
import { Refusal } from "@hagukumi/platform/database/problem.ts";
import { type Command, InvalidArgumentError } from "commander";

import type { OpenContext } from "../context.ts";

export type WindowOptions = { readonly from: string; readonly to: string; readonly reason: string };

export function withWindow(command: Command): Command {
  return command
    .requiredOption("--from <time>", "いつから（YYYY-MM-DDTHH:MM、日本時間） / from, Japan time")
    .requiredOption("--to <time>", "いつまで / until")
    .requiredOption("--reason <text>", "理由（5〜300文字） / why");
}

function timeOf(text: string): Date {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text) ? new Date(`${text}:00+09:00`) : new Date(Number.NaN);
  if (!Number.isNaN(time.getTime())) return time;
  throw new Refusal(
    "invalidValue",
    `時刻「${text.slice(0, 30)}」は YYYY-MM-DDTHH:MM の形で指定してください。何も変えていません。`,
  );
}

export const windowOf = ({ from, to }: WindowOptions): { readonly from: Date; readonly to: Date } => {
  const window = { from: timeOf(from), to: timeOf(to) };
  if (window.from < window.to) return window;
  throw new Refusal("invalidValue", "期間の終わりは、始まりより後にしてください。何も変えていません。");
};

export function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("1以上の整数を指定してください。");
}

/** @throws Refusal `operatorInvalid` */
export function upkeepOf({ context }: OpenContext): UpkeepContext {
  if (context.operator !== "") return { pool: context.pool, operator: context.operator };
  throw new Refusal(
    "operatorInvalid",
    "処理する人を --operator または HAGUKUMI_OPERATOR で指定してください。何も変えていません。",
  );
}

function contentText({ content }: WorkOrder): string {
  if (content.kind === "right") return `${content.staff} に権限 ${content.right}`;
  if (content.kind === "alarmRoute") return `警報 ${content.alarm} を ${content.told.join("、")} に知らせる`;
  if (content.kind === "expire") return `保存期限を過ぎた控えの消去: ${content.copyIds.join("、")}`;
  if (content.kind === "restore") return `控え ${content.copyId} の復元`;
  return `データの補修（委託の指示書 ${content.consignmentNo}、表 ${content.tables.join("、")}）\n${content.statements.map((statement, place) => `    ${place + 1}: ${statement}`).join("\n")}`;
}

/** An order as it is read before it is approved. */
export function orderText(order: WorkOrder): string {
  const state =
    order.usedBy !== null
      ? `${order.usedBy} が ${order.usedAt ?? ""} に使った`
      : order.granted === null
        ? "承認を待っている"
        : order.granted
          ? `${order.answeredBy ?? ""} が承認した`
          : `${order.answeredBy ?? ""} が承認しなかった`;
  return `指示 ${order.orderId}: ${contentText(order)}\n  期間 ${order.from}〜${order.to}  理由 ${order.reason}\n  指示した人 ${order.orderedBy}、${state}\n  ハッシュ ${order.digest}`;
}
