/** 仮受付の引継ぎ: what was taken from, or given to, this person by somebody else within the last 14 days. */
import type { ReactElement } from "react";

import { useRead } from "../../api/hooks.ts";
import { DateText } from "../../ui/Dates.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { GoTo } from "../../ui/Page.tsx";

export function HandOvers(): ReactElement | null {
  const { data } = useRead("readDraftHandOvers", {});
  const all = data?.handOvers ?? [];
  const came = all.filter(({ mine }) => mine);
  const went = all.filter(({ mine }) => !mine);
  return (
    <>
      {came.length === 0 ? null : (
        <Notice kind="info" title={`仮受付を ${String(came.length)}件、引き継ぎました`}>
          <ul className="list-disc pl-6">
            {came.map(({ receptionNumber, from, by, on, reason }) => (
              <li key={receptionNumber}>
                受付番号 {receptionNumber}: {from} から（
                <DateText date={on} />
                、決めた人 {by}、理由: {reason}）
              </li>
            ))}
          </ul>
          <GoTo to="/lists/drafts">仮受付の一覧へ</GoTo>
        </Notice>
      )}
      {went.length === 0 ? null : (
        <Notice kind="info" title={`あなたの仮受付 ${String(went.length)}件は、ほかの人が引き継ぎました`}>
          <ul className="list-disc pl-6">
            {went.map(({ receptionNumber, to, by, on, reason }) => (
              <li key={receptionNumber}>
                受付番号 {receptionNumber}: {to} へ（
                <DateText date={on} />
                、決めた人 {by}、理由: {reason}）
              </li>
            ))}
          </ul>
        </Notice>
      )}
    </>
  );
}
