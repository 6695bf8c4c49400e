/** アクセスログの照会. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { callOperation } from "../../api/call.ts";
import type { OperationAnswer } from "../../api/call.ts";
import { useWork } from "../../session/use-work.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { MomentText } from "../../ui/Dates.tsx";
import { TextField } from "../../ui/Field.tsx";
import { count } from "../../ui/format.ts";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { PageTitle } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { actionText, columnsText, deedText, fileText, screenText } from "./log-words.ts";

type Row = OperationAnswer<"searchAccessLog">["rows"][number];

/** 処理事由; of a row that names no person it is what was done. */
function purposeText(row: Row): string {
  return [actionText(row.purposeName), row.purposeText].filter((part) => part !== "").join("：");
}

/** A second line under the first, smaller. */
function Under({ children }: { readonly children: string }): ReactElement {
  return <span className="block text-[0.8125rem] text-solid-gray-700">{children}</span>;
}

const whoOf = (row: Row): ReactElement => (
  <>
    {row.staffName}（{row.staffId}）<Under>{`${row.sectionName}・${row.terminalCode}`}</Under>
  </>
);

const operationOf = (row: Row): ReactElement => (
  <>
    {row.operationName}
    <Under>{`画面 ${screenText(row.screen)}`}</Under>
  </>
);

const deedOf = (row: Row): ReactElement => (
  <>
    {deedText(row)}
    {row.refusalCode === null ? null : <Badge kind="danger">{row.refusalCode}</Badge>}
  </>
);

const fileOf = (row: Row): ReactElement => (
  <span className="break-all">
    {fileText(row.file)}
    {row.caseRef === "" ? null : <Under>{row.caseRef}</Under>}
  </span>
);

/** What was shown, and whether a 個人番号 was read or written; rows from before that was kept say nothing of it. */
const columnsOf = (row: Row): ReactElement => (
  <>
    {columnsText(row.columnsClass)}
    {row.individualNumber === null ? null : <Under>{`個人番号 ${row.individualNumber ? "あり" : "なし"}`}</Under>}
  </>
);

function Rows({ rows }: { readonly rows: readonly Row[] }): ReactElement {
  return (
    <Table
      caption="アクセスログ（新しい順）"
      rows={rows}
      rowKey={(row) => row.seq}
      empty="当たる記録はありません。"
      columns={[
        { key: "at", head: "処理日時", rowHead: true, cell: (row) => <MomentText at={row.processedAt} /> },
        { key: "who", head: "職員・部署・端末", cell: whoOf, sortBy: (row) => row.staffId },
        { key: "why", head: "処理事由", cell: purposeText },
        {
          key: "whom",
          head: "宛名番号",
          cell: (row) => (row.addresseeNumber === null ? "—" : String(row.addresseeNumber).padStart(15, "0")),
        },
        { key: "operation", head: "操作・画面", cell: operationOf, sortBy: (row) => row.operationName },
        { key: "action", head: "種類", cell: deedOf, sortBy: deedText },
        { key: "file", head: "ファイル・対象", cell: fileOf },
        { key: "columns", head: "見せた項目", cell: columnsOf },
        { key: "rows", head: "件数", numeric: true, cell: (row) => count(row.rowCount) },
      ]}
    />
  );
}

export function AccessLogPage(): ReactElement {
  const [addresseeNumber, setAddresseeNumber] = useState("");
  const [staffId, setStaffId] = useState("");
  const [found, setFound] = useState<{ readonly rows: readonly Row[]; readonly more: boolean }>();
  const work = useWork();
  const ask = async (before?: number): Promise<void> => {
    const answer = await work.run(
      async () =>
        await callOperation("searchAccessLog", {
          body: {
            ...(addresseeNumber.trim() === "" ? {} : { addresseeNumber: addresseeNumber.trim() }),
            ...(staffId.trim() === "" ? {} : { staffId: staffId.trim() }),
            ...(before === undefined ? {} : { before }),
          },
        }),
    );
    if (answer === undefined) return;
    setFound((earlier) => ({
      rows: before === undefined ? answer.rows : [...(earlier?.rows ?? []), ...answer.rows],
      more: answer.more,
    }));
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void ask();
  };
  return (
    <>
      <PageTitle>アクセスログ</PageTitle>
      <form onSubmit={submit} noValidate className="mb-4 rounded-8 bg-solid-gray-50 px-4 pt-3 pb-1">
        <ProblemNotice problem={work.problem} />
        <div className="flex flex-wrap items-start gap-x-6">
          <TextField
            label="宛名番号（この人を見た職員）"
            inputMode="numeric"
            value={addresseeNumber}
            onChange={(event) => setAddresseeNumber(event.target.value)}
          />
          <TextField
            label="職員番号（この職員が見た人）"
            value={staffId}
            onChange={(event) => setStaffId(event.target.value)}
          />
        </div>
        <p className="mb-3">
          <Button kind="primary" submit pending={work.pending}>
            照会する
          </Button>
        </p>
      </form>
      {found === undefined ? (
        <p>どちらも入れずに照会すると、新しいものから示します。</p>
      ) : (
        <>
          <Rows rows={found.rows} />
          {found.more ? (
            <Button pending={work.pending} onClick={() => void ask(found.rows.at(-1)?.seq)}>
              前のものも見る
            </Button>
          ) : null}
        </>
      )}
    </>
  );
}
