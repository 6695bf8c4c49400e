/** アクセスログの点検: month by month, what was raised, what was drawn, who has looked, and what is overdue. */
import { useState } from "react";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useRead } from "../../api/hooks.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { MonthText } from "../../ui/Dates.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { warekiMonth } from "../../ui/format.ts";
import { Loading, PageTitle } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { MonthReview } from "./MonthReview.tsx";
import { ProtectionAlerts } from "./ProtectionAlerts.tsx";

type Month = OperationAnswer<"listLogReviews">["months"][number];

function State({ month }: { readonly month: Month }): ReactElement {
  if (month.signedBy !== null) return <Badge kind="good">点検済み（{month.signedBy}）</Badge>;
  if (month.overdue) return <Badge kind="danger">■ 期限を過ぎています</Badge>;
  return <Badge kind="warning">点検中</Badge>;
}

export function LogReviewPage(): ReactElement {
  const { data, error } = useRead("listLogReviews", {});
  const [chosen, setChosen] = useState<string>();
  const late = data?.months.filter(({ overdue }) => overdue) ?? [];
  const month = data?.months.find((each) => each.month === chosen);
  return (
    <>
      <PageTitle>アクセスログの点検</PageTitle>
      <ProblemNotice problem={error} />
      {late.length === 0 ? null : (
        <Notice kind="warning" title={`点検の期限（翌月10日）を過ぎた月が${String(late.length)}つあります`}>
          {late.map((each) => warekiMonth(each.month)).join("、")}
        </Notice>
      )}
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : (
        <Table
          caption="月ごとの点検"
          rows={data.months}
          rowKey={(each) => each.month}
          empty="アクセスログの行がまだありません。"
          columns={[
            { key: "month", head: "月", rowHead: true, cell: (each) => <MonthText month={each.month} /> },
            { key: "state", head: "状態", cell: (each) => <State month={each} /> },
            { key: "run", head: "月の全部の解析", cell: (each) => (each.analysedAt === null ? "まだ" : "済み") },
            { key: "findings", head: "指摘", numeric: true, cell: (each) => each.findings },
            { key: "open", head: "うち未確認", numeric: true, cell: (each) => each.open },
            { key: "sampled", head: "標本", numeric: true, cell: (each) => (each.sampled === 0 ? "－" : each.sampled) },
            { key: "sampleOpen", head: "うち未確認", numeric: true, cell: (each) => each.sampleOpen },
            {
              key: "do",
              head: "処理",
              cell: (each) => (
                <Button size="small" onClick={() => setChosen(each.month)}>
                  {each.month} を点検する
                </Button>
              ),
            },
          ]}
        />
      )}
      {month === undefined ? null : <MonthReview key={month.month} state={month} />}
      <ProtectionAlerts />
    </>
  );
}
