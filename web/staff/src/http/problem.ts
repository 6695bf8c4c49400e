/** RFC 9457: what a machine and a person are told when something cannot be done. No stack, no data of a person. */
import { Refusal, refusalFromDatabase, sqlState } from "@hagukumi/platform/database/problem.ts";

import type { InputFault } from "../api/operation.ts";

export type Problem = {
  readonly type: "about:blank";
  readonly title: string;
  readonly status: number;
  /** Japanese: what was tried, what is wrong, what to do */
  readonly detail: string;
  /** Stable, for machines */
  readonly code: string;
  /** Of `badInput`: what is wrong where */
  readonly errors?: readonly InputFault[];
};

const TITLES: Readonly<Record<number, string>> = {
  400: "入力の形が正しくありません",
  401: "ログインが必要です",
  403: "この操作はできません",
  404: "見つかりません",
  409: "いまはできません",
  413: "送られた内容が大きすぎます",
  415: "この形では受け付けられません",
  422: "この内容では受け付けられません",
  429: "要求が多すぎます",
  500: "処理できませんでした",
  503: "いまは使えません",
};

/** Status of each code; a code that is not here is a refusal of the business: 409. */
const STATUS: Readonly<Record<string, number>> = {
  sessionNeeded: 401,
  logInRefused: 401,
  enrolmentRefused: 401,
  terminalUnknown: 401,
  trainingExpired: 401,
  passwordExpired: 401,
  signOnRefused: 401,
  logInThrottled: 429,
  passwordRefused: 400,
  signOnSettingInvalid: 422,
  permissionMissing: 403,
  stepUpNeeded: 403,
  purposeNeeded: 403,
  notPermitted: 403,
  crossOrigin: 403,
  wrongHost: 403,
  notFound: 404,
  recipientUnknown: 404,
  runMissing: 404,
  pageMissing: 404,
  badInput: 400,
  purposeIncomplete: 400,
  invalidValue: 400,
  numberInvalid: 400,
  idempotencyKeyNeeded: 400,
  tooManyRequests: 429,
  databaseUnavailable: 503,
  databaseBusy: 503,
  databaseStorage: 503,
  dataDamaged: 503,
  webNotBuilt: 503,
  signOnUnavailable: 503,
};

/** One code for one thing, whichever room says it: what the browser does about it hangs on the code. */
const SAME: Readonly<Record<string, string>> = {
  sessionRequired: "sessionNeeded",
  stepUpRequired: "stepUpNeeded",
  notPermittedHere: "permissionMissing",
};

export function problemOf(code: string, detail: string, status = STATUS[code] ?? 409): Problem {
  // 401 has two sides: nobody is logged in, or somebody tried and could not.
  const title = status === 401 && code !== "sessionNeeded" ? "ログインできませんでした" : TITLES[status];
  return { type: "about:blank", title: title ?? "処理できませんでした", status, detail, code };
}

export function inputProblem(errors: readonly InputFault[]): Problem {
  const named = errors.map(({ at, message }) => `${at}: ${message}`).slice(0, 5);
  const detail = `送られた内容が正しくありません（${named.join(" ")}）。何も変えていません。直してから、もう一度送ってください。`;
  return { ...problemOf("badInput", detail), errors };
}

/** Any thrown thing as a problem; what is no expected refusal says nothing about itself. */
export function problemFrom(error: unknown): Problem {
  const refusal = error instanceof Refusal ? error : refusalFromDatabase(error, {});
  if (refusal !== undefined) return problemOf(SAME[refusal.code] ?? refusal.code, refusal.message);
  if (error instanceof Error && /timeout exceeded when trying to connect|after calling end/i.test(error.message)) {
    return problemOf(
      "databaseUnavailable",
      "データベースに接続できません。何も変えていません。しばらくしてから、もう一度開いてください。続くときは管理者に知らせてください。",
    );
  }
  const status = (error as { readonly statusCode?: unknown } | null)?.statusCode;
  if (status === 429) {
    return problemOf("tooManyRequests", "短い時間に要求が多すぎます。1分ほど待ってから、もう一度開いてください。");
  }
  if (typeof status === "number" && status >= 400 && status < 500) {
    return problemOf(
      "badInput",
      "送られた内容を読めませんでした。何も変えていません。直してから、もう一度送ってください。",
      status,
    );
  }
  return problemOf(
    "unexpected",
    "思いがけない不具合で処理できませんでした。もう一度開いても同じときは、コードと時刻を管理者に知らせてください。",
    500,
  );
}

/** One line about a defect: names and states only, for the message of a database error may hold a person's data. */
export function defectLine(error: unknown, operationId: string): string {
  const name = error instanceof Error ? error.name : typeof error;
  // Frames alone: a message of several lines goes on into the lines of the stack.
  const frames = error instanceof Error ? (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line)) : [];
  const at = frames.slice(0, 3).join(" ");
  return `staff server: unexpected ${name} ${sqlState(error) ?? ""} in ${operationId} ${at}\n`;
}
