/** 委託先ごとの報告: whose accounts, what they may, when they were here, what they did under which order. */
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand } from "../../api/hooks.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateInput, MomentText } from "../../ui/Dates.tsx";
import { count } from "../../ui/format.ts";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { GoTo, PageTitle, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { People } from "./ConsignmentsPage.tsx";

type Report = OperationAnswer<"readContractorReport">;

const ACTIONS: Readonly<Record<string, string>> = {
  read: "照会",
  update: "更新",
  export: "出力",
  print: "印刷",
  search: "検索",
  list: "一覧",
  refused: "拒否",
};

function Found({ report }: { readonly report: Report }): ReactElement {
  return (
    <>
      <Section title="利用者">
        <People rows={report.people} />
      </Section>
      <Section title="処理と作業指示">
        <Table
          caption="処理ごとの回数"
          captionHidden
          rows={report.work}
          rowKey={(row) => `${row.staffId}/${row.operationName}/${row.action}/${row.orderNumber ?? ""}`}
          empty="この期間の処理はありません。"
          columns={[
            { key: "who", head: "利用者", rowHead: true, cell: ({ staffId }) => staffId },
            { key: "what", head: "処理", cell: ({ operationName }) => operationName },
            { key: "action", head: "区分", cell: ({ action }) => ACTIONS[action] ?? action },
            {
              key: "order",
              head: "作業指示",
              cell: ({ orderNumber }) => orderNumber ?? <Badge kind="warning">作業の外</Badge>,
            },
            { key: "times", head: "回数", numeric: true, cell: ({ times }) => count(times) },
            { key: "first", head: "初め", cell: ({ firstAt }) => <MomentText at={firstAt} /> },
            { key: "last", head: "終わり", cell: ({ lastAt }) => <MomentText at={lastAt} /> },
          ]}
        />
      </Section>
      <Section title="作業の記録">
        <Table
          caption="作業の記録"
          captionHidden
          rows={report.orders}
          rowKey={({ staffId, startedAt }) => `${staffId}/${startedAt}`}
          empty="この期間の作業はありません。"
          columns={[
            { key: "who", head: "利用者", rowHead: true, cell: ({ staffId }) => staffId },
            { key: "order", head: "作業指示", cell: ({ orderNumber }) => orderNumber },
            { key: "from", head: "始め", cell: ({ startedAt }) => <MomentText at={startedAt} /> },
            {
              key: "to",
              head: "終わり",
              cell: ({ endedAt }) => (endedAt === null ? "作業中" : <MomentText at={endedAt} />),
            },
            { key: "result", head: "結果", cell: ({ result }) => <div className="whitespace-normal">{result}</div> },
          ]}
        />
      </Section>
      <Section title="ログインの記録">
        <Table
          caption="ログインの記録"
          captionHidden
          rows={report.sessions}
          rowKey={({ staffId, startedAt }) => `${staffId}/${startedAt}`}
          empty="この期間のログインはありません。"
          columns={[
            { key: "who", head: "利用者", rowHead: true, cell: ({ staffId }) => staffId },
            { key: "terminal", head: "端末", cell: ({ terminalCode }) => terminalCode },
            { key: "from", head: "始め", cell: ({ startedAt }) => <MomentText at={startedAt} /> },
            { key: "to", head: "終わり", cell: ({ endedAt }) => <MomentText at={endedAt} /> },
          ]}
        />
      </Section>
    </>
  );
}

export function ContractorReportPage(): ReactElement {
  const { consignmentCode = "" } = useParams({ strict: false });
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const command = useCommand("readContractorReport", { stale: [] });
  const look = (event: FormEvent): void => {
    event.preventDefault();
    void command.run({ path: { consignmentCode }, body: { from, to } });
  };
  return (
    <>
      <PageTitle beside={<GoTo to="/consignments">委託の一覧へ</GoTo>}>委託先の報告</PageTitle>
      <p className="mb-3">委託 {consignmentCode}</p>
      <form onSubmit={look} noValidate className="mb-4 flex flex-wrap items-end gap-4">
        <DateInput label="いつから" required value={from} onChange={setFrom} />
        <DateInput label="いつまで" required value={to} onChange={setTo} />
        <div className="mb-4">
          <Button kind="primary" submit pending={command.pending} disabled={from === "" || to === ""}>
            報告を出す
          </Button>
        </div>
      </form>
      <ProblemNotice problem={command.problem} />
      {command.answer === undefined ? null : <Found report={command.answer} />}
    </>
  );
}
