/** バーコードによる受付: a scanner types the barcode and Enter; the field is empty and ready for the next at once. */
import { useRef, useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { useCommand, useRead } from "../../api/hooks.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateInput, DateText } from "../../ui/Dates.tsx";
import { CheckField, ChoiceField, TextField } from "../../ui/Field.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { GoTo, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";

function Received({ year }: { readonly year: number }): ReactElement | null {
  const { data, error } = useRead("listReviewReceptions", { path: { year: String(year) } });
  if (data === undefined) return <ProblemNotice problem={error} />;
  return (
    <Table
      caption={`受け付けた現況届（不備を先に。担当の外 ${String(data.others)}件）`}
      rows={data.rows}
      rowKey={({ filingId }) => filingId}
      empty="まだありません。"
      pageSize={20}
      textOf={({ receptionNumber, recipientId, receptionName, outside }) =>
        `${receptionNumber} ${String(recipientId)} ${receptionName} ${outside ?? ""}`
      }
      columns={[
        {
          key: "number",
          head: "受付番号",
          rowHead: true,
          cell: ({ filingId, receptionNumber }) => <GoTo to={`/filings/${String(filingId)}`}>{receptionNumber}</GoTo>,
        },
        { key: "recipient", head: "認定番号", cell: ({ recipientId }) => recipientId },
        {
          key: "on",
          head: "受付日",
          cell: ({ receivedOn }) => <DateText date={receivedOn} />,
          sortBy: (row) => row.receivedOn,
        },
        {
          key: "reception",
          head: "受付区分",
          cell: ({ reception, receptionName, overdue }) => (
            <Badge kind={reception === "defect" ? "warning" : reception === "accepted" ? "good" : "plain"}>
              {overdue ? "期限過ぎ: " : ""}
              {receptionName}
            </Badge>
          ),
        },
        { key: "due", head: "期限", cell: ({ dueOn }) => (dueOn === null ? "" : <DateText date={dueOn} />) },
        { key: "outside", head: "外部の点検（案）", cell: ({ outside }) => outside },
      ]}
    />
  );
}

export function Receipt({ year, today }: { readonly year: number; readonly today: string }): ReactElement {
  const field = useRef<HTMLInputElement>(null);
  const [barcode, setBarcode] = useState("");
  const [receivedOn, setReceivedOn] = useState(today);
  const [channel, setChannel] = useState<"post" | "counter">("post");
  const [unchanged, setUnchanged] = useState(true);
  const receive = useCommand("receiveReviewReport", {
    onDone: () => {
      setBarcode("");
      field.current?.focus();
    },
  });
  const scan = (event: FormEvent): void => {
    event.preventDefault();
    if (barcode.trim() === "" || receive.pending) return;
    void receive.run({ body: { barcode, receivedOn, channel, unchanged } });
  };
  return (
    <Section title="バーコードで受け付ける">
      <form onSubmit={scan} className="mb-4 flex flex-wrap items-end gap-x-6 gap-y-2">
        <TextField
          label="バーコード"
          help="読み取るか、R から始まる16文字を入力して Enter"
          width="medium"
          autoComplete="off"
          ref={field}
          value={barcode}
          onChange={(event) => setBarcode(event.target.value)}
        />
        <DateInput label="受付日" value={receivedOn} onChange={setReceivedOn} />
        <ChoiceField
          legend="受付の経路"
          name="channel"
          value={channel}
          onChange={(value) => setChannel(value === "counter" ? "counter" : "post")}
          options={[
            { value: "post", label: "郵送" },
            { value: "counter", label: "窓口" },
          ]}
        />
        <CheckField
          label="記録と違うことはないと書かれている"
          checked={unchanged}
          onChange={(event) => setUnchanged(event.target.checked)}
        />
        <Button kind="primary" submit pending={receive.pending}>
          受け付ける
        </Button>
      </form>
      <ProblemNotice problem={receive.problem} />
      {receive.answer === undefined || receive.problem !== undefined ? null : (
        <Notice kind="success" title={`受付番号 ${receive.answer.receptionNumber} で受け付けました`} live>
          認定番号 {receive.answer.recipientId}、{receive.answer.year} 年度。次の現況届を読み取ってください。
        </Notice>
      )}
      <Received year={year} />
    </Section>
  );
}
