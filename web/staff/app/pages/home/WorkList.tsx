/** One work list on the home page: the oldest, and the way to all. */
import type { ReactElement } from "react";

import { useRead } from "../../api/hooks.ts";
import { count } from "../../ui/format.ts";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { GoTo, Loading } from "../../ui/Page.tsx";
import { WorkListTable } from "../filings/WorkListPage.tsx";
import type { WorkKind } from "./work-kinds.ts";

const SHOWN = 8;

export function WorkList({ kind }: { readonly kind: WorkKind }): ReactElement {
  const { data, error } = useRead("readWorkList", { path: { kind } });
  if (data === undefined) return error === null ? <Loading /> : <ProblemNotice problem={error} />;
  const filings = data.filings.slice(0, SHOWN);
  return (
    <>
      {data.total === 0 ? null : (
        <p className="mb-1">
          {count(data.total)}件{data.late === 0 ? "" : `、うち期限を過ぎたもの ${count(data.late)}件`}。
          {filings.length < data.total ? `古い${String(filings.length)}件を示しています。` : ""}{" "}
          <GoTo to={`/lists/${kind}`}>一覧へ</GoTo>
        </p>
      )}
      <WorkListTable filings={filings} caption={data.name} />
    </>
  );
}
