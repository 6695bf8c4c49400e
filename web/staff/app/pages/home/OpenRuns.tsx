/** 終わっていない支払処理. */
import type { ReactElement } from "react";

import { useRead } from "../../api/hooks.ts";
import { DateText } from "../../ui/Dates.tsx";
import { count, yen } from "../../ui/format.ts";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { GoTo, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { kindLabels, stateLabels } from "../runs/labels.ts";

const ENDED: readonly string[] = ["closed", "cancelled", "voided"];

export function OpenRuns(): ReactElement {
  const { data, error } = useRead("listPaymentRuns", {});
  return (
    <Section title="終わっていない支払処理">
      <ProblemNotice problem={error} />
      {data === undefined ? null : (
        <Table
          caption="終わっていない支払処理"
          captionHidden
          rows={data.runs.filter((run) => !ENDED.includes(run.state))}
          rowKey={(run) => run.runNo}
          empty="いまはありません。"
          columns={[
            {
              key: "no",
              head: "支払処理",
              rowHead: true,
              cell: (run) => (
                <GoTo to={`/runs/${String(run.runNo)}`}>
                  第{run.runNo}号（{kindLabels[run.kind]}）
                </GoTo>
              ),
            },
            { key: "payOn", head: "支払日", cell: (run) => <DateText date={run.payOn} /> },
            { key: "state", head: "状態", cell: (run) => stateLabels[run.state] },
            { key: "lines", head: "件数", numeric: true, cell: (run) => count(run.lineCount) },
            { key: "total", head: "金額", numeric: true, cell: (run) => yen(run.total) },
          ]}
        />
      )}
    </Section>
  );
}
