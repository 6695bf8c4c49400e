/** Notices: the kind stands in words, not in colour alone. */
import type { ReactElement, ReactNode } from "react";

import { ApiProblem } from "../api/problem.ts";
import { classes } from "./classes.ts";

export type NoticeKind = "info" | "success" | "warning" | "error";

const KINDS: Readonly<Record<NoticeKind, { readonly word: string; readonly frame: string; readonly mark: string }>> = {
  info: { word: "お知らせ", frame: "border-key-900", mark: "bg-key-900" },
  success: { word: "完了", frame: "border-success-2", mark: "bg-success-2" },
  warning: { word: "注意", frame: "border-warning-yellow-2", mark: "bg-yellow-1200" },
  error: { word: "エラー", frame: "border-error-2", mark: "bg-error-2" },
};

type Props = {
  readonly kind: NoticeKind;
  readonly title: string;
  readonly children?: ReactNode;
  /** Read out at once by a screen reader */
  readonly live?: boolean;
};

export function Notice({ kind, title, children, live = false }: Props): ReactElement {
  const { word, frame, mark } = KINDS[kind];
  return (
    <div
      role={live ? (kind === "error" || kind === "warning" ? "alert" : "status") : undefined}
      className={classes("mb-4 rounded-8 border-2 border-l-[10px] bg-white px-4 py-3", frame)}
    >
      <p className="font-700">
        <span className={classes("mr-2 inline-block rounded-4 px-2 text-[0.8125rem] text-white", mark)}>{word}</span>
        {title}
      </p>
      {children === undefined ? null : <div className="mt-1">{children}</div>}
    </div>
  );
}

/** What went wrong with a call: what happened, what to do, and the code for the administrator. */
export function ProblemNotice({ problem }: { readonly problem: unknown }): ReactElement | null {
  if (problem === null || problem === undefined) return null;
  if (!(problem instanceof ApiProblem)) {
    return (
      <Notice kind="error" title="画面の不具合です" live>
        画面を開き直してください。続くときは管理者に知らせてください。
      </Notice>
    );
  }
  return (
    <Notice kind={problem.status === 409 || problem.status === 0 ? "warning" : "error"} title={problem.title} live>
      <p>{problem.message}</p>
      <p className="mt-1 text-[0.8125rem] text-solid-gray-700">コード {problem.code}</p>
    </Notice>
  );
}
