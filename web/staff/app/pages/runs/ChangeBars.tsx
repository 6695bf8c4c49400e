/** 増減の図: how much each cause added or took away. The figures stand beside the bars, so the bars are hidden from screen readers. */
import type { ReactElement } from "react";

import { count, yen } from "../../ui/format.ts";
import { Table } from "../../ui/Table.tsx";
import type { RunView } from "./RunPage.tsx";

type Cause = NonNullable<RunView["review"]["comparison"]>["byCause"][number];

/** A bar to the right of the middle adds, to the left it takes away. */
function Bar({ amount, most }: { readonly amount: number; readonly most: number }): ReactElement {
  const width = Math.max(0.5, (50 * Math.abs(amount)) / most);
  return (
    <svg className="block h-4 w-full min-w-40" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect className="fill-solid-gray-100" width="100" height="8" />
      <rect
        className={amount > 0 ? "fill-key-900" : "fill-solid-gray-600"}
        x={amount > 0 ? 50 : 50 - width}
        width={width}
        height="8"
      />
      <rect className="fill-solid-gray-900" x="49.8" width="0.4" height="8" />
    </svg>
  );
}

const text = (amount: number): string => `${amount > 0 ? "＋" : amount < 0 ? "−" : ""}${yen(Math.abs(amount))}`;

export function ChangeBars({ causes }: { readonly causes: readonly Cause[] }): ReactElement {
  const most = Math.max(1, ...causes.map(({ amount }) => Math.abs(amount)));
  const sum = causes.reduce((total, { amount }) => total + amount, 0);
  return (
    <div className="mb-4 max-w-200">
      <Table
        caption="増減の原因"
        rows={causes}
        rowKey={(row) => row.cause}
        empty="前回と同じです。"
        columns={[
          { key: "label", head: "原因", rowHead: true, cell: (row) => row.label },
          { key: "parts", head: "児童×月", numeric: true, cell: (row) => count(row.parts), sortBy: (row) => row.parts },
          {
            key: "amount",
            head: "増減",
            numeric: true,
            cell: (row) => text(row.amount),
            sortBy: (row) => row.amount,
            total: text(sum),
          },
          { key: "bar", head: "減る ← → 増える", cell: (row) => <Bar amount={row.amount} most={most} /> },
        ]}
      />
    </div>
  );
}
