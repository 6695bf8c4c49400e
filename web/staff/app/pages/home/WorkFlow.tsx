/** 30日間の受付と処理: a small chart, and the same figures as a table. */
import { AxisBottom, AxisLeft } from "@visx/axis";
import { scaleBand, scaleLinear } from "@visx/scale";
import { Bar } from "@visx/shape";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useRead } from "../../api/hooks.ts";
import { DateText } from "../../ui/Dates.tsx";
import { count } from "../../ui/format.ts";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";

type Day = OperationAnswer<"readWorkFlow">["days"][number];

const WIDTH = 720;
const HEIGHT = 150;
const MARGIN = { top: 8, right: 4, bottom: 24, left: 36 } as const;

/** `10/3` */
const short = (day: string): string => `${String(Number(day.slice(5, 7)))}/${String(Number(day.slice(8, 10)))}`;

function Chart({ days }: { readonly days: readonly Day[] }): ReactElement {
  const most = Math.max(1, ...days.map((day) => Math.max(day.received, day.done)));
  const x = scaleBand({ domain: days.map(({ day }) => day), range: [MARGIN.left, WIDTH - MARGIN.right], padding: 0.2 });
  const y = scaleLinear({ domain: [0, most], range: [HEIGHT - MARGIN.bottom, MARGIN.top], nice: true });
  const half = x.bandwidth() / 2;
  const ground = HEIGHT - MARGIN.bottom;
  return (
    <svg viewBox={`0 0 ${String(WIDTH)} ${String(HEIGHT)}`} className="block w-full max-w-3xl" aria-hidden="true">
      <defs>
        <pattern id="flow-done" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="4" height="4" className="fill-white" />
          <rect width="2" height="4" className="fill-green-800" />
        </pattern>
      </defs>
      {days.map(({ day, received, done }) => (
        <g key={day}>
          <Bar className="fill-key-900" x={x(day)} y={y(received)} width={half} height={ground - y(received)} />
          <Bar
            fill="url(#flow-done)"
            className="stroke-green-800"
            x={(x(day) ?? 0) + half}
            y={y(done)}
            width={half}
            height={ground - y(done)}
          />
        </g>
      ))}
      <AxisLeft
        scale={y}
        left={MARGIN.left}
        numTicks={4}
        tickFormat={(value) => (Number.isInteger(Number(value)) ? String(Number(value)) : "")}
      />
      <AxisBottom
        scale={x}
        top={ground}
        tickFormat={(day) => short(day)}
        tickValues={days.filter((_day, index) => index % 5 === 4).map(({ day }) => day)}
      />
    </svg>
  );
}

/** 受付日から入力まで: reports are to be entered without delay. */
function Entry({ entry }: { readonly entry: OperationAnswer<"readWorkFlow">["entry"] }): ReactElement {
  const { sameDay, withinThree, withinSeven, later, longest, notEntered, oldest } = entry;
  return (
    <p className="mb-2">
      受付日から入力まで（職権を除く）:{" "}
      {longest === null ? (
        "この30日間に入力した受付はありません"
      ) : (
        <>
          当日 {count(sameDay)}件、1〜3日 {count(withinThree)}件、4〜7日 {count(withinSeven)}件、8日以上{" "}
          <strong>{count(later)}件</strong>（最長 {count(longest)}日）
        </>
      )}
      。{oldest === null ? "" : `仮受付のまま ${count(notEntered)}件（いちばん古いもの ${count(oldest)}日）。`}
    </p>
  );
}

export function WorkFlow(): ReactElement {
  const { data, error } = useRead("readWorkFlow", {});
  const days = data?.days ?? [];
  const received = days.reduce((sum, day) => sum + day.received, 0);
  const done = days.reduce((sum, day) => sum + day.done, 0);
  return (
    <Section title="30日間の受付と処理">
      <ProblemNotice problem={error} />
      {data === undefined ? null : (
        <>
          <p className="mb-2 flex flex-wrap items-center gap-x-6 gap-y-1">
            <span>
              <span aria-hidden="true" className="mr-1.5 inline-block size-3.5 bg-key-900 align-middle" />
              受付 <strong>{count(received)}件</strong>
            </span>
            <span>
              <svg aria-hidden="true" className="mr-1.5 inline-block size-3.5 align-middle" viewBox="0 0 14 14">
                <rect width="14" height="14" fill="url(#flow-done)" className="stroke-green-800" />
              </svg>
              処理（決裁・取下げ） <strong>{count(done)}件</strong>
            </span>
          </p>
          {received + done === 0 ? (
            <p className="mb-2">この30日間に、受付も処理もありません。</p>
          ) : (
            <Chart days={days} />
          )}
          <Entry entry={data.entry} />
          <details>
            <summary className="min-h-9 py-1 text-key-1000 underline underline-offset-4">日ごとの数を表で見る</summary>
            <Table
              caption="日ごとの受付と処理"
              rows={days.filter((day) => day.received + day.done > 0)}
              rowKey={(row) => row.day}
              empty="どの日もありません。"
              columns={[
                {
                  key: "day",
                  head: "日",
                  rowHead: true,
                  cell: (row) => <DateText date={row.day} />,
                  sortBy: (row) => row.day,
                },
                {
                  key: "received",
                  head: "受付",
                  numeric: true,
                  cell: (row) => count(row.received),
                  total: count(received),
                },
                { key: "done", head: "処理", numeric: true, cell: (row) => count(row.done), total: count(done) },
              ]}
            />
          </details>
        </>
      )}
    </Section>
  );
}
