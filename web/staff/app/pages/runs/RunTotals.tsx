/** 照合と合計表: the equation 対象 ＝ 台帳 ＝ 承認 ＝ ファイル, and the same sum by four groupings. */
import type { ReactElement } from "react";

import { count, yen } from "../../ui/format.ts";
import { Notice } from "../../ui/Notice.tsx";
import { Section } from "../../ui/Page.tsx";
import { Share } from "../../ui/Share.tsx";
import { Table } from "../../ui/Table.tsx";
import type { Column } from "../../ui/Table.tsx";
import type { RunView } from "./RunPage.tsx";

type Side = RunView["totals"]["equation"]["selected"];
type TotalRow = RunView["totals"]["byBand"][number];

function EquationSide({ name, side }: { readonly name: string; readonly side: Side }): ReactElement {
  return (
    <li className="flex min-w-40 flex-1 flex-col items-center rounded-8 border border-solid-gray-420 px-4 py-2 text-center">
      <span className="text-[0.875rem] text-solid-gray-700">{name}</span>
      {side === null ? (
        <span className="py-2.5 text-solid-gray-700">まだありません</span>
      ) : (
        <>
          <strong className="text-[1.1875rem] tabular-nums">{yen(side.amount)}</strong>
          <span>{count(side.lines)}件</span>
        </>
      )}
    </li>
  );
}

function Equation({ view }: { readonly view: RunView }): ReactElement {
  const { selected, ledger, approved, file, agrees } = view.totals.equation;
  const sides = [
    ["対象", selected],
    ["台帳", ledger],
    ["承認", approved],
    ["ファイル", file],
  ] as const;
  const complete = approved !== null && file !== null;
  return (
    <>
      <ul className="mb-3 flex flex-wrap items-center gap-2">
        {sides.map(([name, side], index) => (
          <li key={name} className="contents">
            {index === 0 ? null : (
              <span aria-hidden="true" className="text-[1.375rem] font-700">
                ＝
              </span>
            )}
            <ul className="contents">
              <EquationSide name={name} side={side} />
            </ul>
          </li>
        ))}
      </ul>
      {agrees ? (
        <p className="mb-4 rounded-6 bg-key-50 px-3.5 py-1.5 font-700">
          {complete
            ? "✓ 対象 ＝ 台帳 ＝ 承認 ＝ ファイル。件数も金額も一致しています。"
            : "✓ ここまでの件数と金額は一致しています。"}
        </p>
      ) : (
        <Notice kind="error" title="件数か金額が一致していません">
          先へ進めません。支払処理を取り消して作り直すか、管理者に知らせてください。
        </Notice>
      )}
    </>
  );
}

function columns(rows: readonly TotalRow[], withCode: boolean): readonly Column<TotalRow>[] {
  const amount = rows.reduce((sum, row) => sum + row.amount, 0);
  const months = rows.reduce((sum, row) => sum + row.childMonths, 0);
  const lines = rows.reduce((sum, row) => sum + (row.lines ?? 0), 0);
  const perLine: readonly Column<TotalRow>[] =
    rows[0]?.lines === null
      ? []
      : [
          {
            key: "lines",
            head: "件数",
            numeric: true,
            cell: (row) => count(row.lines ?? 0),
            sortBy: (row) => row.lines ?? 0,
            total: count(lines),
          },
        ];
  return [
    {
      key: "label",
      head: "区分",
      rowHead: true,
      cell: (row) => (withCode ? `${row.code} ${row.label}` : row.label),
      sortBy: (row) => row.code,
    },
    ...perLine,
    {
      key: "months",
      head: "児童×月",
      numeric: true,
      cell: (row) => count(row.childMonths),
      sortBy: (row) => row.childMonths,
      total: count(months),
    },
    {
      key: "amount",
      head: "金額",
      numeric: true,
      cell: (row) => yen(row.amount),
      sortBy: (row) => row.amount,
      total: yen(amount),
    },
    {
      key: "share",
      head: "割合",
      numeric: true,
      cell: (row) => (
        <>
          {((100 * row.amount) / Math.max(1, amount)).toFixed(1)}%
          <Share share={row.amount / Math.max(1, amount)} />
        </>
      ),
      total: "100.0%",
    },
  ];
}

export function RunTotals({ view }: { readonly view: RunView }): ReactElement {
  const { totals } = view;
  const tables = [
    ["年齢区分別（順位ごと）", totals.byBand, false],
    ["出生順位別", totals.byOrder, false],
    ["区別", totals.byWard, false],
    ["被用区分別", totals.byClass, false],
    ["金融機関別", totals.byBank, true],
  ] as const;
  return (
    <>
      <Section title="照合">
        <Equation view={view} />
      </Section>
      <Section title="合計表">
        <p className="mb-2">どの表も、合計は同じ {yen(totals.amount)} です。</p>
        <div className="grid items-start gap-x-8 gap-y-4 xl:grid-cols-2">
          {tables.map(([caption, rows, withCode]) => (
            <Table
              key={caption}
              caption={caption}
              rows={rows}
              rowKey={(row) => row.code}
              columns={columns(rows, withCode)}
            />
          ))}
        </div>
      </Section>
    </>
  );
}
