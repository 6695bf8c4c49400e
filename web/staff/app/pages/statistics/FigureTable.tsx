/** One table of figures: numbers that can be sorted, a bar beside the column that is drawn, the way to the cases, and its file. */
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { Button } from "../../ui/Button.tsx";
import { count, yen } from "../../ui/format.ts";
import { Share } from "../../ui/Share.tsx";
import { Table } from "../../ui/Table.tsx";
import type { Column } from "../../ui/Table.tsx";

export type Statistic = OperationAnswer<"readMonthlyStatistics">;
export type Figures = Statistic["tables"][number];
export type FigureRow = Figures["rows"][number];
export type FigureRef = NonNullable<FigureRow["ref"]>;

type Unit = Figures["columns"][number]["unit"];

/** A value with its unit; what is not there is a dash that says so. */
export function valueText(value: string | number | null, unit: Unit): string {
  if (value === null) return "—";
  if (typeof value === "string") return value;
  return unit === "円" ? yen(value) : count(value);
}

const named = (row: FigureRow): string =>
  row.cells
    .filter((cell) => typeof cell === "string")
    .slice(0, 7)
    .join(" ");

const sortable = (value: string | number | null | undefined): string | number => value ?? "";

type Props = {
  readonly table: Figures;
  /** Absent: whoever looks may not see cases */
  readonly onCases: ((ref: FigureRef, name: string) => void) | undefined;
  readonly onFile: (key: string) => void;
  readonly pending: boolean;
};

export function FigureTable({ table, onCases, onFile, pending }: Props): ReactElement {
  const most = Math.max(1, ...table.rows.map(({ cells }) => Number(cells[table.chart ?? -1] ?? 0)));
  const columns = table.columns.flatMap(({ head, unit }, index): Column<FigureRow>[] => {
    const title = unit === "text" || unit === "円" || head.includes(unit) ? head : `${head}（${unit}）`;
    const total = table.total?.[index];
    const column: Column<FigureRow> = {
      key: `${String(index)} ${head}`,
      head: title,
      rowHead: index === 0,
      numeric: unit !== "text",
      cell: ({ cells }) => valueText(cells[index] ?? null, unit),
      sortBy: ({ cells }) => sortable(cells[index]),
      ...(total === undefined ? {} : { total: valueText(total, unit) }),
    };
    if (index !== table.chart) return [column];
    const bar: Column<FigureRow> = {
      key: "bar",
      head: `${head}の多さ`,
      cell: ({ cells }) => <Share share={Number(cells[index] ?? 0) / most} />,
    };
    return [column, bar];
  });
  const leads = onCases !== undefined && table.rows.some(({ ref }) => ref !== undefined);
  const cases: Column<FigureRow> = {
    key: "cases",
    head: "内訳",
    cell: (row) =>
      row.ref === undefined ? null : (
        <Button
          size="small"
          onClick={() => {
            if (row.ref !== undefined) onCases?.(row.ref, `${table.title}: ${named(row)}`);
          }}
        >
          内訳<span className="sr-only">（{named(row)}）</span>
        </Button>
      ),
  };
  return (
    <div className="mb-6">
      {table.note === "" ? null : <p className="mb-1 text-[0.9375rem] text-solid-gray-700">{table.note}</p>}
      <Table
        caption={table.title}
        rows={table.rows}
        rowKey={(row) => row.cells.join("/")}
        columns={leads ? [...columns, cases] : columns}
      />
      {table.rows.length === 0 ? null : (
        <Button size="small" pending={pending} onClick={() => onFile(table.key)}>
          CSV で取り出す<span className="sr-only">（{table.title}）</span>
        </Button>
      )}
    </div>
  );
}
