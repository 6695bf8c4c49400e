/** 確かめる日が来るもの: what was accepted for a time and must be looked at again. */
import { useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { callOperation, type OperationAnswer } from "../../api/call.ts";
import { useRead } from "../../api/hooks.ts";
import { useWork } from "../../session/use-work.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateText } from "../../ui/Dates.tsx";
import { count } from "../../ui/format.ts";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { GoTo, Loading } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";

type Check = OperationAnswer<"readDueChecks">["checks"][number];

export function LateBadge({ late }: { readonly late: boolean }): ReactElement {
  return late ? <Badge kind="strong">⚠ 過ぎている</Badge> : <>－</>;
}

/** @param shown rows at most; with fewer than there are, the way to all of them */
export function DueChecks({ shown }: { readonly shown?: number }): ReactElement {
  const navigate = useNavigate();
  const { data, error } = useRead("readDueChecks", {});
  const { run, pending, problem } = useWork();
  if (data === undefined) return error === null ? <Loading /> : <ProblemNotice problem={error} />;
  const open = async (check: Check): Promise<void> => {
    const target = { kind: "reception", number: check.receptionNumber } as const;
    const opened = await run(
      async () =>
        await callOperation("openCase", { body: { target, purpose: "changeReport", explanation: "", origin: "list" } }),
    );
    const to =
      check.recipientId === null ? `/filings/${String(check.filingId)}` : `/cases/${String(check.recipientId)}`;
    if (opened !== undefined) void navigate({ to });
  };
  const rows = data.checks.slice(0, shown);
  return (
    <>
      {data.total === 0 ? null : (
        <p className="mb-1">
          <DateText date={data.until} /> までに{count(data.total)}件
          {data.late === 0 ? "" : `、うち日を過ぎたもの ${count(data.late)}件`}。
          {rows.length < data.total ? `古い${String(rows.length)}件を示しています。` : ""}{" "}
          {shown === undefined ? null : <GoTo to="/tasks">一覧へ</GoTo>}
        </p>
      )}
      <ProblemNotice problem={problem} />
      <Table
        caption="確かめる日が来るもの"
        captionHidden
        rows={rows}
        rowKey={({ filingId, kindName, dueOn }) => `${String(filingId)}${kindName}${dueOn}`}
        empty="いまはありません。"
        columns={[
          { key: "alarm", head: "期限", cell: ({ late }) => <LateBadge late={late} /> },
          {
            key: "due",
            head: "確かめる日",
            cell: ({ dueOn }) => <DateText date={dueOn} />,
            sortBy: ({ dueOn }) => dueOn,
          },
          {
            key: "what",
            head: "確かめること",
            rowHead: true,
            cell: ({ kindName }) => kindName,
            sortBy: ({ kindName }) => kindName,
          },
          {
            key: "number",
            head: "もとの受付",
            cell: ({ receptionNumber }) => <span className="tabular-nums">{receptionNumber}</span>,
          },
          { key: "kana", head: "カナ", cell: ({ kanaInitial }) => kanaInitial },
          { key: "ward", head: "区", cell: ({ wardName }) => wardName, sortBy: ({ wardName }) => wardName },
          {
            key: "open",
            head: "操作",
            cell: (check) => (
              <Button
                size="small"
                pending={pending}
                onClick={() => void open(check)}
                aria-label={`${check.kindName}（受付番号 ${check.receptionNumber}）を開く`}
              >
                開く
              </Button>
            ),
          },
        ]}
      />
    </>
  );
}
