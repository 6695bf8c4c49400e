/** この支払に入っていない人, double claims, cases that could not be computed, and what the bank sent back. */
import type { ReactElement } from "react";

import { useMay } from "../../session/session-context.ts";
import { count, yen } from "../../ui/format.ts";
import { GoTo, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import type { RunView } from "./RunPage.tsx";

/** 認定番号, 10 digits; a way to the case where the person may open cases. */
function Certification({ number }: { readonly number: number }): ReactElement {
  const may = useMay("case.open");
  const text = String(number).padStart(10, "0");
  return may ? <GoTo to={`/cases/${String(number)}`}>{text}</GoTo> : <span className="tabular-nums">{text}</span>;
}

function Exclusions({ groups }: { readonly groups: RunView["exclusions"] }): ReactElement {
  if (groups.length === 0) return <p>この支払から外れた受給者はいません。</p>;
  return (
    <>
      {groups.map((group) => (
        <details key={group.reason} className="mb-2 rounded-8 border border-solid-gray-420 px-4">
          <summary className="min-h-11 py-2 font-700">
            {group.label}　{count(group.recipients)}人　{yen(group.amount)}
          </summary>
          <p className="mb-2">
            児童×月 {count(group.childMonths)}。
            {group.recipients > group.recipientIds.length
              ? `はじめの${count(group.recipientIds.length)}人を示します。`
              : null}
          </p>
          <ul className="mb-3 flex flex-wrap gap-x-5 gap-y-1">
            {group.recipientIds.map((number) => (
              <li key={number}>
                <Certification number={number} />
              </li>
            ))}
          </ul>
        </details>
      ))}
    </>
  );
}

function Returned({ view }: { readonly view: RunView }): ReactElement {
  const answered = view.run.state === "settled" || view.run.state === "closed";
  return (
    <Table
      caption="銀行から戻った振込"
      captionHidden
      rows={view.returned}
      rowKey={(row) => row.rowNo}
      empty={answered ? "振込不能はありません。" : "銀行の結果はまだ届いていません。"}
      columns={[
        { key: "line", head: "行", numeric: true, cell: (row) => row.lineNo ?? "—" },
        {
          key: "recipient",
          head: "認定番号",
          rowHead: true,
          cell: (row) =>
            row.recipientId === null ? "当たる明細がありません" : <Certification number={row.recipientId} />,
        },
        { key: "amount", head: "金額", numeric: true, cell: (row) => yen(row.amount) },
        { key: "reason", head: "理由", cell: (row) => row.reason },
        { key: "state", head: "状態", cell: (row) => (row.confirmed ? "口座を確かめ、未払に戻した" : "確認待ち") },
      ]}
    />
  );
}

export function RunExceptions({ view }: { readonly view: RunView }): ReactElement {
  const { exclusions, conflicts, uncomputed } = view;
  return (
    <>
      <Section title="この支払に入っていない人">
        <Exclusions groups={exclusions} />
      </Section>
      {conflicts.length === 0 ? null : (
        <Section title="受給者の重なり">
          <p className="mb-2">
            同じ児童の同じ月分が、別の受給者に決まっています。先の受給者のままにし、二重には払っていません。
          </p>
          <Table
            caption="重なっている受給者"
            captionHidden
            rows={conflicts}
            rowKey={(row) => `${String(row.recipientId)}/${String(row.otherRecipientId)}`}
            columns={[
              {
                key: "late",
                head: "後の受給者",
                rowHead: true,
                cell: (row) => <Certification number={row.recipientId} />,
              },
              { key: "early", head: "先の受給者", cell: (row) => <Certification number={row.otherRecipientId} /> },
              { key: "months", head: "児童×月", numeric: true, cell: (row) => count(row.months) },
            ]}
          />
        </Section>
      )}
      {uncomputed.length === 0 ? null : (
        <Section title="計算できなかった受給者">
          <Table
            caption="事実が足りない、または合わない受給者"
            rows={uncomputed}
            rowKey={(row) => row.recipientId}
            columns={[
              {
                key: "recipient",
                head: "認定番号",
                rowHead: true,
                cell: (row) => <Certification number={row.recipientId} />,
              },
              { key: "message", head: "理由", cell: (row) => row.message },
            ]}
          />
        </Section>
      )}
      <Section title="振込不能">
        <Returned view={view} />
      </Section>
    </>
  );
}
