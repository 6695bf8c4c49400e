/** 消去・廃棄 of what contractors had: approved, reported, certified. */
import type { ReactElement, ReactNode } from "react";

import { useDownload } from "../../api/download.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateText, MomentText } from "../../ui/Dates.tsx";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { Table } from "../../ui/Table.tsx";
import type { Erasure } from "./ConsignmentDialogs.tsx";

const wrap = (text: ReactNode): ReactElement => <div className="min-w-28 whitespace-normal">{text}</div>;

export function Erasures({
  rows,
  may,
  onReport,
}: {
  readonly rows: readonly Erasure[];
  readonly may: boolean;
  readonly onReport: (erasure: Erasure) => void;
}): ReactElement {
  const paper = useDownload("takeConsignmentErasureCertificate");
  return (
    <>
      <ProblemNotice problem={paper.problem} />
      <Table
        caption="消去・廃棄（報告を待つものが上）"
        captionHidden
        rows={rows}
        rowKey={({ erasureId }) => erasureId}
        empty="承認された消去はありません。"
        columns={[
          { key: "no", head: "番号", rowHead: true, cell: ({ erasureId }) => `第${String(erasureId)}号` },
          { key: "who", head: "委託先", cell: ({ contractor }) => wrap(contractor ?? "市の機器") },
          {
            key: "what",
            head: "項目・媒体",
            cell: ({ items, medium, quantity }) => wrap(`${items}（${medium} ${String(quantity)}個）`),
          },
          {
            key: "how",
            head: "方法",
            cell: ({ methodName, witnessWanted }) => wrap(`${methodName}${witnessWanted ? "（立会いあり）" : ""}`),
          },
          { key: "planned", head: "処理予定日", cell: ({ plannedOn }) => <DateText date={plannedOn} /> },
          { key: "who2", head: "申請・承認", cell: ({ enteredBy, approvedBy }) => `${enteredBy}・${approvedBy}` },
          {
            key: "report",
            head: "報告",
            cell: ({ report }) =>
              report === null ? (
                <Badge kind="warning">待っています</Badge>
              ) : (
                wrap(
                  <>
                    <MomentText at={report.doneAt} /> {report.doneBy}
                    {report.witness === "" ? "" : `（立会い ${report.witness}）`}
                    <span className="block">{report.content}</span>
                    <span className="block">
                      書面 <DateText date={report.reportedOn} />
                    </span>
                  </>,
                )
              ),
          },
          {
            key: "do",
            head: "処理",
            cell: (erasure) =>
              erasure.report !== null ? (
                <Button
                  size="small"
                  pending={paper.pending}
                  onClick={() =>
                    void paper.take(
                      { path: { erasureId: erasure.erasureId } },
                      `消去・廃棄証明書（消去 第${String(erasure.erasureId)}号）`,
                    )
                  }
                  aria-label={`消去 第${String(erasure.erasureId)}号の証明書を出す`}
                >
                  証明書を出す
                </Button>
              ) : may ? (
                <Button
                  size="small"
                  onClick={() => onReport(erasure)}
                  aria-label={`消去 第${String(erasure.erasureId)}号の報告を記録する`}
                >
                  報告
                </Button>
              ) : null,
          },
        ]}
      />
    </>
  );
}
