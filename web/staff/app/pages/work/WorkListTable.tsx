/** One work list, oldest first, with age and deadline. Nobody is named beyond the first kana: opening needs a purpose. */
import type { ReactElement } from "react";

import { useRead } from "../../api/hooks.ts";
import { Badge } from "../../ui/Badge.tsx";
import { DateText } from "../../ui/Dates.tsx";
import { count } from "../../ui/format.ts";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { GoTo, Loading } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import type { WorkKind } from "./kinds.ts";

const CHANNELS = { counter: "窓口", post: "郵送", online: "オンライン", exOfficio: "職権" } as const;

export function WorkListTable({
  kind,
  shown,
}: {
  readonly kind: WorkKind;
  readonly shown?: number;
}): ReactElement | null {
  const { data, error } = useRead("readWorkList", { path: { kind } });
  if (data === undefined) return error === null ? <Loading /> : <ProblemNotice problem={error} />;
  const rows = data.filings.slice(0, shown ?? data.filings.length);
  return (
    <>
      {data.total === 0 ? null : (
        <p className="mb-1">
          {count(data.total)}件{data.late === 0 ? "" : `、うち期限を過ぎたもの ${count(data.late)}件`}。
          {rows.length < data.total ? (
            <>
              古い{rows.length}件を示しています。<GoTo to={`/work/${kind}`}>すべて見る</GoTo>
            </>
          ) : null}
        </p>
      )}
      <Table
        caption={data.name}
        captionHidden
        rows={rows}
        rowKey={(row) => row.filingId}
        empty="いまはありません。"
        columns={[
          {
            key: "number",
            head: "受付番号",
            rowHead: true,
            cell: (row) => <GoTo to={`/filings/${String(row.filingId)}`}>{row.receptionNumber}</GoTo>,
            sortBy: (row) => row.receptionNumber,
          },
          { key: "what", head: "手続", cell: (row) => row.procedureName, sortBy: (row) => row.procedureName },
          { key: "kana", head: "頭字", cell: (row) => row.kanaInitial, sortBy: (row) => row.kanaInitial },
          { key: "ward", head: "区", cell: (row) => row.wardName, sortBy: (row) => row.wardCode },
          { key: "channel", head: "経路", cell: (row) => CHANNELS[row.channel] },
          {
            key: "received",
            head: "受付日",
            cell: (row) => <DateText date={row.receivedOn} />,
            sortBy: (row) => row.receivedOn,
          },
          {
            key: "age",
            head: "日数",
            numeric: true,
            cell: (row) => `${count(row.daysWaiting)}日`,
            sortBy: (row) => row.daysWaiting,
          },
          {
            key: "due",
            head: "期限",
            cell: (row) => (
              <>
                <DateText date={row.dueOn ?? row.decideBy} />{" "}
                {row.alarm === "late" ? <Badge kind="danger">期限切れ</Badge> : null}
                {row.alarm === "soon" ? <Badge kind="warning">まもなく</Badge> : null}
              </>
            ),
            sortBy: (row) => row.dueOn ?? row.decideBy,
          },
        ]}
      />
    </>
  );
}
