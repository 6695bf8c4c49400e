/** 支払処理の一覧. */
import type { ReactElement } from "react";

import { useRead } from "../../api/hooks.ts";
import { DateText, MonthText } from "../../ui/Dates.tsx";
import { count, yen } from "../../ui/format.ts";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { GoTo, Loading, PageTitle } from "../../ui/Page.tsx";
import { Share } from "../../ui/Share.tsx";
import { Table } from "../../ui/Table.tsx";
import { CreateRun } from "./CreateRun.tsx";
import { kindLabels, stateLabels } from "./labels.ts";

export function RunsPage(): ReactElement {
  const { data, error } = useRead("listPaymentRuns", {});
  const most = Math.max(1, ...(data?.runs ?? []).map(({ total }) => total));
  const returns = new Map((data?.returns ?? []).map((each) => [each.runNo, each]));
  return (
    <>
      <PageTitle>支払処理</PageTitle>
      <CreateRun />
      <ProblemNotice problem={error} />
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : (
        <Table
          caption="支払処理の一覧（新しい順）"
          rows={data.runs}
          rowKey={(run) => run.runNo}
          empty="まだありません。"
          pageSize={24}
          columns={[
            {
              key: "no",
              head: "番号",
              rowHead: true,
              cell: (run) => (
                <GoTo to={`/runs/${String(run.runNo)}`}>
                  第{run.runNo}号（{kindLabels[run.kind]}）
                </GoTo>
              ),
            },
            {
              key: "month",
              head: "支払期月",
              cell: (run) => <MonthText month={run.paymentMonth} />,
              sortBy: (run) => run.paymentMonth,
            },
            { key: "payOn", head: "支払日", cell: (run) => <DateText date={run.payOn} />, sortBy: (run) => run.payOn },
            { key: "state", head: "状態", cell: (run) => stateLabels[run.state] },
            {
              key: "lines",
              head: "件数",
              numeric: true,
              cell: (run) => count(run.lineCount),
              sortBy: (run) => run.lineCount,
            },
            {
              key: "total",
              head: "金額",
              numeric: true,
              cell: (run) => (
                <>
                  {yen(run.total)}
                  <Share share={run.total / most} />
                </>
              ),
              sortBy: (run) => run.total,
            },
            {
              key: "returned",
              head: "振込不能",
              numeric: true,
              cell: (run) => {
                const back = returns.get(run.runNo);
                if (back === undefined) return "—";
                return (
                  <>
                    {count(back.lines)}件 {yen(back.amount)}
                    <Share share={back.lines / Math.max(1, run.lineCount)} />
                  </>
                );
              },
              sortBy: (run) => returns.get(run.runNo)?.lines ?? 0,
            },
          ]}
        />
      )}
    </>
  );
}
