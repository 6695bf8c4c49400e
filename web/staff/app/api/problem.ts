/** What went wrong with a call, as the server says it (RFC 9457) or as the browser finds it. */

/** `code` is stable; `detail` is Japanese and complete. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  /** Of `badInput`: what is wrong where */
  readonly faults: readonly { readonly at: string; readonly message: string }[];

  constructor(problem: {
    readonly status: number;
    readonly code: string;
    readonly title: string;
    readonly detail: string;
    readonly faults?: readonly { readonly at: string; readonly message: string }[];
  }) {
    super(problem.detail);
    this.name = "ApiProblem";
    this.status = problem.status;
    this.code = problem.code;
    this.title = problem.title;
    this.faults = problem.faults ?? [];
  }
}

/** No answer came: the connection or the server is gone. Nobody knows whether a command was done. */
export function offlineProblem(): ApiProblem {
  return new ApiProblem({
    status: 0,
    code: "offline",
    title: "つながりません",
    detail: "サーバーとつながりません。入力した内容は画面に残っています。つながると、続けられます。",
  });
}

/** The problem in an answer that is not 2xx. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const body = (await response.json().catch(() => undefined)) as
    | { title?: string; detail?: string; code?: string; errors?: { at: string; message: string }[] }
    | undefined;
  return new ApiProblem({
    status: response.status,
    code: body?.code ?? "unexpected",
    title: body?.title ?? "処理できませんでした",
    detail: body?.detail ?? "サーバーの答えを読めませんでした。もう一度試してください。",
    faults: body?.errors ?? [],
  });
}
