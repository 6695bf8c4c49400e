/** 一括処理: what is late, what was done, what is coming. */
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useRead } from "../../api/hooks.ts";
import { Badge } from "../../ui/Badge.tsx";
import type { BadgeKind } from "../../ui/Badge.tsx";
import { DateText, MomentText, MonthText } from "../../ui/Dates.tsx";
import { count, daysInWareki, yen } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { GoTo, Loading, PageTitle, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { Bookings } from "./Bookings.tsx";
import { CreateMassRun } from "./CreateMassRun.tsx";
import { periodText, stateKinds, stateLabels } from "./labels.ts";

type Work = OperationAnswer<"readMassWork">;
type Due = Work["calendar"][number];

const dueLabels: Readonly<Record<Due["state"], readonly [string, BadgeKind]>> = {
  done: ["完了", "good"],
  open: ["処理中", "key"],
  overdue: ["遅れ", "strong"],
  waiting: ["これから", "plain"],
};

function DueState({ due }: { readonly due: Due }): ReactElement {
  const [label, kind] = dueLabels[due.state];
  return <Badge kind={kind}>{label}</Badge>;
}

function DueRun({ due: { work, runNo } }: { readonly due: Due }): ReactElement {
  if (runNo === null) return <>—</>;
  return work === "paymentRun" ? (
    <GoTo to={`/runs/${String(runNo)}`}>支払処理 {runNo}</GoTo>
  ) : (
    <GoTo to={`/mass-work/${String(runNo)}`}>一括処理 {runNo}</GoTo>
  );
}

/** `同じ期間`, or how many months before. */
function orderText({ monthsBefore, inMonths }: Work["orders"][number]): string {
  const before = monthsBefore === 0 ? "同じ期間" : `${String(monthsBefore)}か月前の分`;
  return inMonths.length === 0
    ? before
    : `${before}（${inMonths.map((month) => `${String(month)}月`).join("・")}だけ）`;
}

/** 順番と排他: what comes first, and what does not begin while something else is half written. */
function Orders({ orders, exclusions }: Pick<Work, "orders" | "exclusions">): ReactElement {
  return (
    <Section title="順番と排他">
      <Table
        caption="順番"
        rows={orders}
        rowKey={(row) => `${row.name}/${row.after}/${String(row.monthsBefore)}`}
        columns={[
          { key: "after", head: "先に行うもの", rowHead: true, cell: (row) => row.after },
          { key: "period", head: "その期間", cell: orderText },
          { key: "name", head: "後に行うもの", cell: (row) => row.name },
          {
            key: "required",
            head: "守り方",
            cell: (row) =>
              row.required ? <Badge kind="key">終わるまで断る</Badge> : <Badge kind="plain">暦で知らせる</Badge>,
          },
          { key: "note", head: "理由", cell: (row) => (row.note === "" ? "—" : row.note) },
        ]}
      />
      <Table
        caption="排他（書きかけの間は始めない）"
        rows={exclusions}
        rowKey={(row) => `${row.name}/${row.jobs.join()}`}
        columns={[
          { key: "name", head: "始めないもの", rowHead: true, cell: (row) => row.name },
          { key: "jobs", head: "書きかけの一括処理", cell: (row) => row.jobs.join("、") },
          { key: "note", head: "理由", cell: (row) => row.note },
        ]}
      />
    </Section>
  );
}

function Overdue({ overdue }: { readonly overdue: readonly Due[] }): ReactElement | null {
  if (overdue.length === 0) return null;
  return (
    <Notice kind="warning" title={`遅れている処理が ${count(overdue.length)}件あります`}>
      <ul>
        {overdue.map((due) => (
          <li key={`${due.jobCode}/${due.period}`}>
            {due.name}（{periodText(due.period)}） <DateText date={due.dueOn} /> まで
          </li>
        ))}
      </ul>
    </Notice>
  );
}

/** 進み: of the list the people looked at, of the writing the lines with a result. */
function progress(run: Work["runs"][number]): string {
  if (run.list === null) return run.total === 0 ? "—" : `一覧 ${count(run.done)}/${count(run.total)}`;
  if (run.approver === null) return `変える ${count(run.list.change)}件`;
  return `${count(run.done)}/${count(run.total)}件`;
}

function Runs({ runs }: { readonly runs: Work["runs"] }): ReactElement {
  return (
    <Section title="これまでの一括処理">
      <Table
        caption="これまでの一括処理（新しい順）"
        captionHidden
        rows={runs}
        rowKey={(run) => run.runNo}
        empty="まだありません。"
        pageSize={12}
        textOf={(run) =>
          `${String(run.runNo)} ${run.jobName} ${periodText(run.period)} ${stateLabels[run.state]} ${run.maker}`
        }
        columns={[
          {
            key: "no",
            head: "番号・種類",
            rowHead: true,
            cell: (run) => (
              <GoTo to={`/mass-work/${String(run.runNo)}`}>
                {run.runNo}　{run.jobName}
              </GoTo>
            ),
          },
          {
            key: "period",
            head: "期間",
            cell: (run) => <span className="whitespace-nowrap">{periodText(run.period)}</span>,
            sortBy: (run) => run.period,
          },
          {
            key: "state",
            head: "状態",
            cell: (run) => <Badge kind={stateKinds[run.state]}>{stateLabels[run.state]}</Badge>,
          },
          { key: "progress", head: "進み", numeric: true, cell: progress },
          {
            key: "yen",
            head: "月額の増減",
            numeric: true,
            cell: (run) => (run.list === null ? "—" : yen(run.list.yenAfter - run.list.yenBefore)),
          },
          { key: "maker", head: "作成", cell: (run) => <span className="whitespace-nowrap">{run.maker}</span> },
          {
            key: "at",
            head: "最後の動き",
            cell: (run) => <MomentText at={run.changedAt} />,
            sortBy: (run) => run.changedAt,
          },
        ]}
      />
    </Section>
  );
}

/** Places of the calendar that are shown before somebody asks for the whole year: about two months. */
const NEAR = 12;

function Calendar({ calendar }: { readonly calendar: readonly Due[] }): ReactElement {
  return (
    <Section title="暦（これから1年）">
      <Table
        caption="暦（行う日の順）"
        captionHidden
        rows={calendar}
        rowKey={(due) => `${due.jobCode}/${due.period}/${due.dueOn}`}
        empty="暦に処理がありません。"
        pageSize={NEAR}
        textOf={(due) => `${due.name} ${periodText(due.period)} ${dueLabels[due.state][0]}`}
        columns={[
          { key: "day", head: "いつまでに", cell: (due) => <DateText date={due.dueOn} />, sortBy: (due) => due.dueOn },
          { key: "name", head: "処理", rowHead: true, cell: (due) => due.name, sortBy: (due) => due.name },
          {
            key: "period",
            head: "期間",
            cell: (due) => <span className="whitespace-nowrap">{periodText(due.period)}</span>,
          },
          { key: "state", head: "状態", cell: (due) => <DueState due={due} /> },
          {
            key: "after",
            head: "先に行うもの",
            cell: (due) => (due.waitsFor.length === 0 ? "なし" : daysInWareki(due.waitsFor.join("、"))),
          },
          {
            key: "run",
            head: "処理の番号",
            cell: (due) => <DueRun due={due} />,
          },
        ]}
      />
    </Section>
  );
}

function Forecast(): ReactElement {
  const { data, error } = useRead("readMilestoneForecast", {});
  return (
    <Section title="年齢到達の見通し（これから1年）">
      <p className="mb-2">
        その月が、前の額の最後の月です。減額・消滅は翌月分からです（児童手当法9条3項）。だれのことかは、その月の一括処理の一覧で見ます。
      </p>
      <ProblemNotice problem={error} />
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : (
        <Table
          caption="月・種類ごとの人数"
          captionHidden
          rows={data.counts}
          rowKey={(row) => `${row.month}/${row.kind}`}
          empty="この間に年齢に到達する人はいません。"
          columns={[
            {
              key: "month",
              head: "月",
              rowHead: true,
              cell: (row) => <MonthText month={row.month} />,
              sortBy: (row) => row.month,
            },
            { key: "kind", head: "出来事", cell: (row) => row.label, sortBy: (row) => row.label },
            {
              key: "recipients",
              head: "受給者",
              numeric: true,
              cell: (row) => `${count(row.recipients)}人`,
              sortBy: (row) => row.recipients,
            },
            {
              key: "people",
              head: "児童・算定対象者",
              numeric: true,
              cell: (row) => `${count(row.people)}人`,
              sortBy: (row) => row.people,
            },
          ]}
        />
      )}
    </Section>
  );
}

export function MassWorkPage(): ReactElement {
  const { data, error } = useRead("readMassWork", {});
  return (
    <>
      <PageTitle>一括処理</PageTitle>
      <ProblemNotice problem={error} />
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : (
        <>
          <Overdue overdue={data.overdue} />
          <CreateMassRun jobs={data.jobs} runs={data.runs} />
          <Runs runs={data.runs} />
          <Bookings jobs={data.jobs} />
          <Calendar calendar={data.calendar} />
          <Orders orders={data.orders} exclusions={data.exclusions} />
        </>
      )}
      <Forecast />
    </>
  );
}
