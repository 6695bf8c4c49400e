/** What stands over every page of one person: the marks, and who is editing (A17, A157). */
import type { ReactElement } from "react";

import { useRead } from "../../api/hooks.ts";
import { MomentText } from "../../ui/Dates.tsx";
import { MarkBadges } from "./Marks.tsx";

export function PersonHead({ addresseeNumber }: { readonly addresseeNumber: number }): ReactElement {
  const found = useRead("readPersonHead", { path: { addresseeNumber: String(addresseeNumber) } });
  const lock = found.data?.lock ?? null;
  return (
    <div className="flex min-h-7 flex-wrap items-center gap-x-4 gap-y-1">
      {found.data === undefined ? null : <MarkBadges marks={found.data.marks} />}
      {lock === null ? null : (
        <span
          role="status"
          className={
            lock.mine
              ? "text-[0.875rem] text-solid-gray-700"
              : "rounded-4 border-2 border-warning-yellow-2 bg-yellow-50 px-2 text-[0.875rem] font-700"
          }
        >
          編集中: {lock.mine ? "あなた" : lock.heldBy}（<MomentText at={lock.begunAt} /> から）
        </span>
      )}
    </div>
  );
}
