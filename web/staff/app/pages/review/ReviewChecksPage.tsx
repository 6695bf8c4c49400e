/** 書類の確認: the contractor compares the papers of a report with what must be there, and notes what is missing. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { Button } from "../../ui/Button.tsx";
import { DateInput, DateText } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { TextArea } from "../../ui/Field.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Loading, PageTitle } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";

type Report = OperationAnswer<"listReportsToCheck">["reports"][number];

function CheckDialog({
  report,
  onDone,
  onClose,
}: {
  readonly report: Report;
  readonly onDone: (message: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const [missing, setMissing] = useState("");
  const [checkedOn, setCheckedOn] = useState("");
  const command = useCommand("recordReviewCheck", { onDone: ({ message }) => onDone(message) });
  const defects = missing
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (checkedOn === "") return;
    const verdict = defects.length === 0 ? "complete" : "defect";
    void command.run({ body: { barcode: report.barcode, verdict, defects, checkedOn } });
  };
  return (
    <Dialog title={`書類の確認 ${report.barcode}`} onClose={onClose}>
      <form onSubmit={send} noValidate>
        <ProblemNotice problem={command.problem} />
        <p className="mb-3">
          要る書類: {report.papers.length === 0 ? "現況届のみ" : report.papers.join("、")}
          。結果は案で、決めるのは市の職員です。
        </p>
        <TextArea
          label="足りないもの（1行に1つ。そろっていれば空）"
          maxLength={400}
          help="氏名や住所は書かないでください。"
          value={missing}
          onChange={(event) => setMissing(event.target.value)}
        />
        <DateInput label="確かめた日" required value={checkedOn} onChange={setCheckedOn} />
        <Actions>
          <Button kind="primary" submit pending={command.pending} disabled={checkedOn === ""}>
            {defects.length === 0 ? "「そろっている」と記録する" : `「不備 ${String(defects.length)}件」と記録する`}
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}

export function ReviewChecksPage(): ReactElement {
  const { data, error } = useRead("listReportsToCheck", {});
  const [checking, setChecking] = useState<Report>();
  const [message, setMessage] = useState<string>();
  return (
    <>
      <PageTitle>書類の確認</PageTitle>
      <ProblemNotice problem={error} />
      {message === undefined ? null : <Notice kind="success" title={message} live />}
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : data.reports.length === 0 ? (
        <Notice kind="success" title="書類の確認を待つ現況届はありません" />
      ) : (
        <Table
          caption="書類の確認を待つ現況届（古い順）"
          captionHidden
          rows={data.reports}
          rowKey={({ barcode }) => barcode}
          textOf={({ barcode, receptionNumber }) => `${barcode} ${receptionNumber}`}
          columns={[
            { key: "barcode", head: "バーコード", rowHead: true, cell: ({ barcode }) => barcode },
            { key: "number", head: "受付番号", cell: ({ receptionNumber }) => receptionNumber },
            { key: "on", head: "受付日", cell: ({ receivedOn }) => <DateText date={receivedOn} /> },
            {
              key: "papers",
              head: "要る書類",
              cell: ({ papers }) => (papers.length === 0 ? "現況届のみ" : papers.join("、")),
            },
            {
              key: "last",
              head: "前の結果",
              cell: ({ last }) =>
                last === null ? (
                  "まだ"
                ) : (
                  <>
                    {last.verdict === "complete" ? "そろっている" : `不備: ${last.defects.join("、")}`}（
                    <DateText date={last.checkedOn} />）
                  </>
                ),
            },
            {
              key: "act",
              head: "操作",
              cell: (report) => (
                <Button size="small" aria-label={`確かめる: ${report.barcode}`} onClick={() => setChecking(report)}>
                  確かめる
                </Button>
              ),
            },
          ]}
        />
      )}
      {checking === undefined ? null : (
        <CheckDialog
          report={checking}
          onDone={(words) => {
            setMessage(words);
            setChecking(undefined);
          }}
          onClose={() => setChecking(undefined)}
        />
      )}
    </>
  );
}
