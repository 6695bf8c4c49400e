/** 現況: the year in counts, receipt by barcode, what is left, the differences of July and August. */
import { useState } from "react";
import type { ReactElement } from "react";

import { useCommand, useRead } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { DateText, MonthText } from "../../ui/Dates.tsx";
import { SelectField } from "../../ui/Field.tsx";
import { count } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Facts, Loading, PageTitle, Section } from "../../ui/Page.tsx";
import { Share } from "../../ui/Share.tsx";
import { Table } from "../../ui/Table.tsx";
import { Differences } from "./Differences.tsx";
import { Leftovers } from "./Leftovers.tsx";
import { Receipt } from "./Receipt.tsx";
import { fiscalYears, reviewYearOf, type Review } from "./years.ts";

/** States that need nobody any more */
const DONE = new Set(["held", "scheduled"]);

function States({
  data,
  chosen,
  onChoose,
}: {
  readonly data: Review;
  readonly chosen: string | undefined;
  readonly onChoose: (state: string) => void;
}): ReactElement {
  return (
    <Table
      caption="状態ごとの受給者の数"
      captionHidden
      rows={data.states}
      rowKey={({ code }) => code}
      columns={[
        {
          key: "state",
          head: "状態",
          rowHead: true,
          cell: ({ code, name }) => (
            <>
              {DONE.has(code) ? "✓ " : ""}
              {name}
            </>
          ),
        },
        { key: "count", head: "人数", numeric: true, cell: (row) => count(row.count), total: count(data.population) },
        {
          key: "share",
          head: "割合",
          cell: (row) => <Share share={data.population === 0 ? 0 : row.count / data.population} />,
        },
        {
          key: "list",
          head: "一覧",
          cell: (row) =>
            row.count === 0 ? null : (
              <Button size="small" onClick={() => onChoose(row.code)}>
                {chosen === row.code ? "表示中" : "一覧を見る"}
                <span className="sr-only">（{row.name}）</span>
              </Button>
            ),
        },
      ]}
    />
  );
}

function Reasons({ data }: { readonly data: Review }): ReactElement {
  const most = Math.max(1, ...data.reasons.map((row) => row.count));
  return (
    <Table
      caption="判定と理由ごとの人数（一人にいくつもあることがある）"
      rows={data.reasons}
      rowKey={({ outcome, code }) => `${outcome}/${code}`}
      empty="まだ判定していません。"
      columns={[
        { key: "outcome", head: "判定", cell: ({ outcome }) => outcome },
        { key: "reason", head: "理由", rowHead: true, cell: ({ name }) => name },
        { key: "count", head: "人数", numeric: true, cell: (row) => count(row.count), sortBy: (row) => row.count },
        { key: "share", head: "多さ", cell: (row) => <Share share={row.count / most} /> },
      ]}
    />
  );
}

function NotOpened({ year }: { readonly year: number }): ReactElement {
  const may = useMay("parameter.change");
  const open = useCommand("openReview");
  return (
    <>
      <Notice kind="info" title={`${year} 年度の現況は、まだ始めていません`}>
        6月1日の状況について、6月中に届け出てもらう仕事です（児童手当法26条、施行規則4条）。始めると、その日に効力のある市の設定で判定します。
      </Notice>
      <ProblemNotice problem={open.problem} />
      {may ? (
        <Button kind="primary" pending={open.pending} onClick={() => void open.run({ body: { year } })}>
          {year} 年度を始める
        </Button>
      ) : null}
    </>
  );
}

function Year({ today, years }: { readonly today: string; readonly years: readonly number[] }): ReactElement {
  const [year, setYear] = useState(reviewYearOf(today));
  const [state, setState] = useState<string>();
  const mayReceive = useMay("procedure.receive");
  const { data, error } = useRead("readReview", { path: { year: String(year) } });
  return (
    <>
      <SelectField
        label="現況年度"
        width="short"
        value={String(year)}
        onChange={(event) => {
          setYear(Number(event.target.value));
          setState(undefined);
        }}
        options={fiscalYears(today, years).map((each) => ({ value: String(each), label: `${each} 年度` }))}
      />
      <ProblemNotice problem={error} />
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : data.opened === null ? (
        <NotOpened year={year} />
      ) : (
        <>
          <Facts
            facts={[
              { name: "8月分の資格がある受給者", value: `${count(data.population)}人` },
              {
                name: "残り（10月の支払の前にすることがある人）",
                value: data.leftovers === 0 ? "0人 ✓" : `${count(data.leftovers)}人`,
              },
              { name: "基準日", value: <DateText date={data.opened.baseOn} /> },
              { name: "提出期限", value: <DateText date={data.opened.dueOn} /> },
              {
                name: "未提出のとき差し止める月分",
                value: (
                  <>
                    <MonthText month={data.opened.holdFrom} />
                    分から
                  </>
                ),
              },
            ]}
          />
          {mayReceive ? <Receipt year={year} today={today} /> : null}
          <Section title="いまの状態">
            <States data={data} chosen={state} onChoose={setState} />
          </Section>
          {state === undefined ? null : (
            <Leftovers key={`${year}/${state}`} year={year} state={state} states={data.states} />
          )}
          <Section title="判定の理由">
            <Reasons data={data} />
          </Section>
          <Differences year={year} />
        </>
      )}
    </>
  );
}

export function ReviewPage(): ReactElement {
  const { data, error } = useRead("readReviewYears", {});
  return (
    <>
      <PageTitle>現況</PageTitle>
      <ProblemNotice problem={error} />
      {data === undefined ? error === null ? <Loading /> : null : <Year today={data.today} years={data.years} />}
    </>
  );
}
