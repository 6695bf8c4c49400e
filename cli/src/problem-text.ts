/** How the command line says that something went wrong: Japanese for people, one JSON object for machines. */
import { Refusal, refusalFromDatabase } from "@hagukumi/platform/database/problem.ts";

type Spoken = { readonly code: string; readonly message: string; readonly details: Readonly<Record<string, unknown>> };

const operatingSystem: Readonly<Record<string, string>> = {
  ENOENT: "ファイルまたはフォルダが見つかりません。場所を確認してください。",
  EACCES: "ファイルまたはフォルダを扱う権限がありません。権限を確認してください。",
  EPERM: "ファイルまたはフォルダを扱う権限がありません。権限を確認してください。",
  ENOSPC: "空き容量が足りません。空きを作ってから、もう一度実行してください。",
  EEXIST: "同じ名前のファイルまたはフォルダがすでにあります。別の場所を指定してください。",
  EISDIR: "ファイルが必要な場所に、フォルダが指定されました。場所を確認してください。",
  ENOTDIR: "フォルダが必要な場所に、ファイルが指定されました。場所を確認してください。",
  EADDRINUSE: "その番号のポートは、別のプログラムが使っています。別の番号を指定してください。",
};

function spoken(error: unknown): Spoken {
  if (error instanceof Refusal) return { code: error.code, message: error.message, details: error.details };
  const { code, path, message } = (typeof error === "object" && error !== null ? error : {}) as NodeJS.ErrnoException;
  const known = code === undefined ? undefined : operatingSystem[code];
  if (code !== undefined && known !== undefined) {
    return {
      code,
      message: path === undefined ? known : `${path}: ${known}`,
      details: path === undefined ? {} : { path },
    };
  }
  // A database lost under a plain reading, which no system has translated
  const refusal = refusalFromDatabase(error, {});
  if (refusal !== undefined) return { code: refusal.code, message: refusal.message, details: {} };
  return {
    code: "internal",
    message: `予期しない誤りで処理を終えました。記録を添えて開発者に知らせてください。（${message ?? String(error)}）`,
    details: {},
  };
}

/**
 * The text for standard error: a refusal or a failure of the operating system in plain words; a defect also with its
 * place in the program. With `json` one line `{ "code", "message", … }` with the refusal's details.
 */
export function problemText(error: unknown, json: boolean): string {
  const { code, message, details } = spoken(error);
  if (json) return JSON.stringify({ code, message, ...details });
  const place = code === "internal" && error instanceof Error ? `\n${error.stack ?? ""}` : "";
  return `${message}（${code}）${place}`;
}
