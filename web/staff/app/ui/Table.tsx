/**
 * Tables: a caption, headings that sort, a foot with totals; a wide one scrolls inside itself and can be reached by key, a long one has
 * pages, and where `textOf` says what a row is about, it can be narrowed.
 */
import { useState } from "react";
import type { ReactElement, ReactNode } from "react";

import { classes } from "./classes.ts";
import { narrowed } from "./narrow-rows.ts";
import { Narrow, Pager, usePages } from "./table-pages.tsx";

/** Rows of a page where a table does not say otherwise: about three screens. */
const PAGE_SIZE = 50;

export type Column<Row> = {
  readonly key: string;
  readonly head: string;
  readonly cell: (row: Row) => ReactNode;
  readonly numeric?: boolean;
  /** The heading of its row */
  readonly rowHead?: boolean;
  /** Present: the column can be sorted by this */
  readonly sortBy?: (row: Row) => string | number;
  /** Below the column, in the foot */
  readonly total?: ReactNode;
};

type Props<Row> = {
  readonly caption: string;
  /** The caption is read out but not shown (a heading stands above) */
  readonly captionHidden?: boolean;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string | number;
  /** Said where there are no rows */
  readonly empty?: string;
  /** Rows of a page; more than that many have pages */
  readonly pageSize?: number;
  /** What a row is about, in the words that stand in it: a table of more than one page can be narrowed by it */
  readonly textOf?: (row: Row) => string;
};

type Order = { readonly key: string; readonly descending: boolean };

function sorted<Row>(rows: readonly Row[], columns: readonly Column<Row>[], order: Order | undefined): readonly Row[] {
  const by = columns.find((column) => column.key === order?.key)?.sortBy;
  if (by === undefined || order === undefined) return rows;
  const sign = order.descending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [x, y] = [by(a), by(b)];
    return sign * (typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), "ja"));
  });
}

/** From so many columns on a heading may break, or the last of them would be cut off. */
const WIDE = 9;

/** Whether the sentence of an empty table names what it is about: 「承認を待つ申請はありません。」 needs no 「承認を待つ申請: 」 before it. */
const saysItself = (caption: string, empty: string): boolean => empty.includes(caption.replace(/（.*$/, ""));

function Heading<Row>({
  column,
  wide,
  order,
  onSort,
}: {
  readonly column: Column<Row>;
  readonly wide: boolean;
  readonly order: Order | undefined;
  readonly onSort: (order: Order) => void;
}): ReactElement {
  const active = order?.key === column.key ? order : undefined;
  const common = classes(
    "border-b-2 border-solid-gray-900 py-1.5 pr-4 pl-1 align-bottom text-[0.875rem] font-700",
    // A heading of a few letters never breaks: it would stand one letter above the other.
    wide && column.head.length > 4 ? "" : "whitespace-nowrap",
    column.numeric === true ? "text-right" : "text-left",
  );
  if (column.sortBy === undefined)
    return (
      <th scope="col" className={common}>
        {column.head}
      </th>
    );
  return (
    <th
      scope="col"
      className={common}
      aria-sort={active === undefined ? "none" : active.descending ? "descending" : "ascending"}
    >
      <button
        type="button"
        className={classes(
          "min-h-6 font-700 underline decoration-dotted underline-offset-4",
          column.numeric === true ? "text-right" : "text-left",
        )}
        onClick={() => onSort({ key: column.key, descending: active === undefined ? false : !active.descending })}
      >
        {column.head}
        <span aria-hidden="true" className="ml-1 inline-block w-3">
          {active === undefined ? "↕" : active.descending ? "▼" : "▲"}
        </span>
      </button>
    </th>
  );
}

export function Table<Row>({
  caption,
  captionHidden = false,
  columns,
  rows,
  rowKey,
  empty = "ありません。",
  pageSize = PAGE_SIZE,
  textOf,
}: Props<Row>): ReactElement {
  const [order, setOrder] = useState<Order>();
  const [wanted, setWanted] = useState("");
  const found = textOf === undefined ? rows : narrowed(rows, textOf, wanted);
  const pages = usePages(sorted(found, columns, order), pageSize);
  const long = rows.length > pageSize;
  const totals = columns.some((column) => column.total !== undefined);
  const cellClass = (column: Column<Row>): string =>
    classes("py-1.5 pr-4 pl-1 align-top", column.numeric === true ? "num" : "min-w-20");
  if (rows.length === 0)
    return (
      <p className="mb-4 text-solid-gray-700">
        {captionHidden || saysItself(caption, empty) ? "" : `${caption}: `}
        {empty}
      </p>
    );
  return (
    <>
      {long && textOf !== undefined ? <Narrow caption={caption} value={wanted} onChange={setWanted} /> : null}
      {/* `relative`: what only screen readers see is placed absolutely, and would widen the page from outside what scrolls. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key */}
      <div className="relative mb-4 overflow-x-auto" role="region" aria-label={`${caption}の表`} tabIndex={0}>
        <table className="w-full border-collapse text-[0.9375rem] max-lg:[&_tbody_td]:min-w-24 [&_tbody_th]:min-w-28">
          <caption className={captionHidden ? "sr-only" : "py-1 text-left font-700"}>{caption}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <Heading
                  wide={columns.length > WIDE}
                  key={column.key}
                  column={column}
                  order={order}
                  onSort={setOrder}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            {pages.shown.map((row) => (
              <tr key={rowKey(row)} className="border-b border-solid-gray-200 hover:bg-key-50">
                {columns.map((column) =>
                  column.rowHead === true ? (
                    <th
                      key={column.key}
                      scope="row"
                      className={classes(cellClass(column), column.numeric !== true && "text-left", "font-400")}
                    >
                      {column.cell(row)}
                    </th>
                  ) : (
                    <td key={column.key} className={cellClass(column)}>
                      {column.cell(row)}
                    </td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
          {totals ? (
            <tfoot>
              <tr className="border-t-2 border-solid-gray-900 font-700">
                {columns.map((column, index) =>
                  index === 0 ? (
                    <th key={column.key} scope="row" className={classes(cellClass(column), "text-left")}>
                      {column.total ?? "合計"}
                    </th>
                  ) : (
                    <td key={column.key} className={cellClass(column)}>
                      {column.total}
                    </td>
                  ),
                )}
              </tr>
            </tfoot>
          ) : null}
        </table>
      </div>
      {long ? <Pager caption={caption} pages={pages} size={pageSize} rows={found.length} all={rows.length} /> : null}
    </>
  );
}
