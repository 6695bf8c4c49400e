/** Long tables: narrowing by words, and pages. Both work on the rows that are there; sorting and totals are of all of them. */
import { useState } from "react";
import type { ReactElement } from "react";

import { Button } from "./Button.tsx";
import { TextField } from "./Field.tsx";
import { count } from "./format.ts";

export type TablePages<Row> = {
  readonly shown: readonly Row[];
  /** Which page is shown, from 0; never beyond the last one */
  readonly page: number;
  readonly pages: number;
  readonly turn: (page: number) => void;
};

/** The rows of one page. After narrowing, the last page there is. */
export function usePages<Row>(rows: readonly Row[], size: number): TablePages<Row> {
  const [wanted, turn] = useState(0);
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const page = Math.min(wanted, pages - 1);
  return { shown: rows.slice(page * size, (page + 1) * size), page, pages, turn };
}

type NarrowProps = { readonly caption: string; readonly value: string; readonly onChange: (value: string) => void };

/** 絞り込み above a table. */
export function Narrow({ caption, value, onChange }: NarrowProps): ReactElement {
  return (
    <TextField
      label={`${caption}を絞り込む`}
      help="表にある言葉を入れます。空白で区切ると、どの言葉もある行だけになります。"
      width="medium"
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

type PagerProps = {
  readonly caption: string;
  readonly pages: TablePages<unknown>;
  readonly size: number;
  /** Rows of all pages, and before narrowing */
  readonly rows: number;
  readonly all: number;
};

/** Which rows are shown, and the way to the others. */
export function Pager({ caption, pages: { page, pages, turn }, size, rows, all }: PagerProps): ReactElement {
  const last = Math.min(rows, (page + 1) * size);
  const range = rows === 0 ? "当たる行はありません" : `${count(page * size + 1)}〜${count(last)}件目`;
  return (
    <nav className="mb-6 flex flex-wrap items-center gap-x-4 gap-y-2" aria-label={`${caption}のページ`}>
      <p role="status" className="tabular-nums">
        {range}（{rows === all ? `全${count(all)}件` : `絞り込み${count(rows)}件、全${count(all)}件`}）
      </p>
      {pages === 1 ? null : (
        <>
          <Button size="small" blocked={page === 0} onClick={() => turn(page - 1)}>
            前の{count(size)}件
          </Button>
          <Button size="small" blocked={page === pages - 1} onClick={() => turn(page + 1)}>
            次の{count(size)}件
          </Button>
        </>
      )}
    </nav>
  );
}
