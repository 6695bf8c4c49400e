/** 債権の一覧: totals by state and age, what waits for a decision, the claims with balance and limitation, receipts by file. */
import { useState } from "react";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useRead } from "../../api/hooks.ts";
import { Badge } from "../../ui/Badge.tsx";
import { DateText } from "../../ui/Dates.tsx";
import { SelectField } from "../../ui/Field.tsx";
import { count, daysInWareki, yen } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { GoTo, Loading, PageTitle, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { Certification } from "../person/Certification.tsx";
import { ClaimLink } from "./ClaimLink.tsx";
import { ReceiptFile } from "./ReceiptFile.tsx";

type List = OperationAnswer<"listRecoveries">;
type Row = List["rows"][number];

/** When the limitation is complete, and why, one press away. */
export function Limitation({
  row,
}: {
  readonly row: Pick<Row, "open" | "completeOn" | "clockReasons" | "warned">;
}): ReactElement {
  return (
    <details>
      <summary className="min-h-6 whitespace-nowrap">
        {row.completeOn === null ? "停止中" : <DateText date={row.completeOn} />}{" "}
        {row.warned ? <Badge kind="danger">時効が近い</Badge> : null}
      </summary>
      <ul className="text-[0.875rem]">
        {row.clockReasons.map((reason) => (
          <li key={reason}>{daysInWareki(reason)}</li>
        ))}
      </ul>
    </details>
  );
}

function Totals({ list }: { readonly list: List }): ReactElement {
  const open = list.byState.filter(({ code }) => code !== "cleared" && code !== "writtenOff");
  const sum = open.reduce((all, { outstanding }) => all + outstanding, 0);
  const columns = (head: string, total: boolean) => [
    { key: "name", head, rowHead: true, cell: ({ name }: List["byState"][number]) => name },
    {
      key: "count",
      head: "件数",
      numeric: true,
      cell: ({ count: n }: List["byState"][number]) => count(n),
      ...(total ? { total: count(open.reduce((all, { count: n }) => all + n, 0)) } : {}),
    },
    {
      key: "left",
      head: "残り",
      numeric: true,
      cell: ({ outstanding }: List["byState"][number]) => yen(outstanding),
      ...(total ? { total: yen(sum) } : {}),
    },
  ];
  return (
    <div className="grid gap-x-8 lg:grid-cols-2">
      <Table
        caption="状態ごと（市の全体）"
        rows={list.byState}
        rowKey={({ code }) => code}
        columns={columns("状態", false)}
      />
      <Table
        caption="立ってからの長さ（残っているもの）"
        rows={list.byAge}
        rowKey={({ code }) => code}
        columns={columns("長さ", true)}
      />
    </div>
  );
}

export function RecoveriesPage(): ReactElement {
  const [state, setState] = useState("open");
  const { data, error } = useRead("listRecoveries", { query: { state: state as "open" } });
  if (data === undefined) {
    return (
      <>
        <PageTitle>債権（返納）</PageTitle>
        <ProblemNotice problem={error} />
        {error === null ? <Loading /> : null}
      </>
    );
  }
  return (
    <>
      <PageTitle>債権（返納）</PageTitle>
      {data.unknownReceipts === 0 ? null : (
        <Notice kind="warning" title={`債権に当たらない収納が ${count(data.unknownReceipts)}件 あります`}>
          <GoTo to="/unknown-receipts">不明の収納へ</GoTo>
        </Notice>
      )}
      {data.waiting.length === 0 ? null : (
        <Section title="決裁を待つ案">
          <Table
            caption="決裁を待つ案"
            captionHidden
            rows={data.waiting}
            rowKey={({ proposalId }) => proposalId}
            columns={[
              { key: "claim", head: "債権番号", rowHead: true, cell: (row) => <ClaimLink claim={row} /> },
              {
                key: "recipient",
                head: "認定番号",
                cell: ({ recipientId }) => <Certification number={recipientId} />,
              },
              { key: "kind", head: "種類", cell: ({ kindName }) => kindName },
              { key: "on", head: "起案の日", cell: ({ proposedOn }) => <DateText date={proposedOn} /> },
              { key: "by", head: "起案した人", cell: ({ proposedBy }) => proposedBy },
            ]}
          />
        </Section>
      )}
      <Section title="合計">
        <Totals list={data} />
      </Section>
      <Section title="債権">
        <SelectField
          label="状態"
          width="medium"
          value={state}
          onChange={(event) => setState(event.target.value)}
          options={[
            { value: "open", label: "残っているもの" },
            ...data.byState.map(({ code, name }) => ({ value: code, label: name })),
            { value: "all", label: "すべて" },
          ]}
        />
        {data.others > 0 ? <p className="mb-2">見られない人のものが {count(data.others)}件 あります。</p> : null}
        {data.more ? <p className="mb-2">はじめの200件です。状態を選ぶと絞れます。</p> : null}
        <Table
          caption="債権（古い順）"
          captionHidden
          rows={data.rows}
          rowKey={({ recoveryId }) => recoveryId}
          pageSize={20}
          textOf={({ recoveryId, recipientId, causeName, stateName }) =>
            `${String(recoveryId)} ${String(recipientId)} ${causeName ?? ""} ${stateName}`
          }
          columns={[
            {
              key: "id",
              head: "債権番号",
              rowHead: true,
              cell: (row) => <ClaimLink claim={row} />,
            },
            { key: "recipient", head: "認定番号", cell: ({ recipientId }) => <Certification number={recipientId} /> },
            { key: "cause", head: "原因", cell: ({ causeName }) => causeName ?? "－" },
            { key: "state", head: "状態", cell: ({ stateName }) => stateName },
            {
              key: "amount",
              head: "過払の額",
              numeric: true,
              cell: ({ amount }) => yen(amount),
              sortBy: ({ amount }) => amount,
            },
            {
              key: "left",
              head: "残り",
              numeric: true,
              cell: ({ outstanding }) => yen(outstanding),
              sortBy: ({ outstanding }) => outstanding,
              total: yen(data.rows.reduce((all, { outstanding }) => all + outstanding, 0)),
            },
            {
              key: "late",
              head: "遅れ",
              numeric: true,
              cell: ({ late }) => (late > 0 ? <Badge kind="warning">{yen(late)}</Badge> : "－"),
              sortBy: ({ late }) => late,
            },
            {
              key: "due",
              head: "次の納期限",
              cell: ({ nextDueOn }) => (nextDueOn === null ? "－" : <DateText date={nextDueOn} />),
              sortBy: ({ nextDueOn }) => nextDueOn ?? "9999",
            },
            {
              key: "limit",
              head: "時効の日",
              cell: (row) => (row.open ? <Limitation row={row} /> : "－"),
              sortBy: ({ completeOn }) => completeOn ?? "9999",
            },
          ]}
        />
      </Section>
      <ReceiptFile />
    </>
  );
}
