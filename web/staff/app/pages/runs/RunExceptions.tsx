/** この支払に入っていない人, double claims, cases that could not be computed, and what the bank sent back. */
import type { ReactElement } from "react";

import { count, yen } from "../../ui/format.ts";
import { Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { Certification } from "../person/Certification.tsx";
import { RunReturned } from "./RunReturned.tsx";
import type { RunView } from "./RunPage.tsx";

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
        <RunReturned view={view} />
      </Section>
    </>
  );
}
