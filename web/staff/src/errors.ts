/** What a person or a machine is told when something cannot be shown. No stack, no address of a file, no data. */
import { Refusal, refusalFromDatabase } from "@hagukumi/platform/database/problem.ts";

import { html } from "./html.ts";
import type { Html } from "./html.ts";
import { notice } from "./parts.ts";

/** RFC 9457. `code` is stable for machines, `detail` is for people. */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
};

const TITLES: Readonly<Record<number, string>> = {
  400: "入力の形が正しくありません",
  403: "この操作はできません",
  404: "見つかりません",
  409: "いまはできません",
  413: "送られた内容が大きすぎます",
  503: "いまは使えません",
  500: "表示できませんでした",
};

const STATUS: Readonly<Record<string, number>> = {
  recipientUnknown: 404,
  runMissing: 404,
  pageMissing: 404,
  wrongState: 409,
  totalsDiffer: 409,
  badInput: 400,
  crossOrigin: 403,
  wrongHost: 403,
  databaseUnavailable: 503,
  databaseBusy: 503,
};

export function problemOf(code: string, detail: string, status = STATUS[code] ?? 500): Problem {
  return { type: "about:blank", title: TITLES[status] ?? "表示できませんでした", status, detail, code };
}

/** Any thrown thing as a problem; what is no expected refusal says nothing about itself. */
export function problemFrom(error: unknown): Problem {
  const refusal = error instanceof Refusal ? error : refusalFromDatabase(error, {});
  if (refusal !== undefined) return problemOf(refusal.code, refusal.message);
  if (
    error instanceof Error &&
    /Connection terminated|timeout exceeded when trying to connect|Cannot use a pool after calling end/i.test(
      error.message,
    )
  ) {
    return problemOf(
      "databaseUnavailable",
      "データベースに接続できません。何も変えていません。しばらくしてから、もう一度開いてください。続くときは管理者に知らせてください。",
    );
  }
  const status = (error as { readonly statusCode?: unknown } | null)?.statusCode;
  if (typeof status === "number" && status >= 400 && status < 500) {
    return problemOf(
      "badInput",
      "送られた内容を読めませんでした。前の画面に戻って、もう一度入力してください。",
      status,
    );
  }
  return problemOf(
    "unexpected",
    "思いがけない不具合で表示できませんでした。何も変えていません。もう一度開いても同じときは、下のコードと時刻を管理者に知らせてください。",
  );
}

/** The body of an error page. */
export function renderProblem(problem: Problem): Html {
  return html`<h1>${problem.title}</h1>
    ${notice("error", problem.title, html`<p>${problem.detail}</p>`)}
    <p>コード <span class="code">${problem.code}</span></p>
    <p><a href="/">はじめの画面へ</a></p>`;
}
