/** 返納の残り (A115): what the person owes under any 認定番号, before anything new is decided or paid. */
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useRead } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { DateText } from "../../ui/Dates.tsx";
import { certificationText, yen } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { GoTo } from "../../ui/Page.tsx";

type Debt = OperationAnswer<"readCaseDebts">["debts"][number];

/** Nothing where nothing is owed. `recipientId`: the case at hand, absent before there is one. */
export function DebtList({
  debts,
  recipientId,
}: {
  readonly debts: readonly Debt[];
  readonly recipientId?: number | null;
}): ReactElement | null {
  const mayReceive = useMay("procedure.receive");
  const mayApprove = useMay("procedure.approve");
  if (debts.length === 0) return null;
  const sum = debts.reduce((all, { outstanding }) => all + outstanding, 0);
  return (
    <Notice kind="warning" title={`返納の残りが ${yen(sum)} あります`}>
      <ul>
        {debts.map((debt) => (
          <li key={debt.recoveryId}>
            {mayReceive || mayApprove ? (
              <GoTo to={`/cases/${String(debt.recipientId)}/recoveries/${String(debt.recoveryId)}`}>
                債権 {debt.recoveryId}
              </GoTo>
            ) : (
              `債権 ${String(debt.recoveryId)}`
            )}
            {debt.recipientId === recipientId ? "" : `（認定番号 ${certificationText(debt.recipientId)} のとき）`}:{" "}
            {yen(debt.outstanding)}　{debt.stateName}（<DateText date={debt.foundOn} /> に分かった）
            {debt.offset ? <Badge kind="key">支払から差し引いている</Badge> : null}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

export function Debts({ recipientId }: { readonly recipientId: number }): ReactElement | null {
  const { data, error } = useRead("readCaseDebts", { path: { recipientId: String(recipientId) } });
  if (data === undefined) return <ProblemNotice problem={error} />;
  return <DebtList debts={data.debts} recipientId={recipientId} />;
}
