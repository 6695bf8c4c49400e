/** なぜ: the chosen month explained – the sum, each child's amount with article and facts, and where the money is. */
import type { ReactElement, ReactNode } from "react";

import { Badge } from "../../ui/Badge.tsx";
import { DateText, MonthText } from "../../ui/Dates.tsx";
import { yen } from "../../ui/format.ts";
import { Notice } from "../../ui/Notice.tsx";
import { GoTo } from "../../ui/Page.tsx";
import { amountOf, type CaseMonth, moneyLooks, type Person, sumLine } from "./money.ts";

type Names = ReadonlyMap<number, Person>;

function MoneyLine({
  parts,
  mayOpenRuns,
}: {
  readonly parts: CaseMonth["parts"];
  readonly mayOpenRuns: boolean;
}): ReactElement | null {
  if (parts.length === 0) return null;
  return (
    <ul className="mt-1 text-[0.9375rem]">
      {parts.map((part, index) => (
        <li key={`${part.childNumber}-${String(index)}`}>
          お金: {yen(part.amount)} <span aria-hidden="true">{moneyLooks[part.state].sign}</span> {part.stateName}
          {part.runNo === null ? null : (
            <>
              （
              {mayOpenRuns ? (
                <GoTo to={`/runs/${String(part.runNo)}`}>支払処理 第{part.runNo}号</GoTo>
              ) : (
                `支払処理 第${String(part.runNo)}号`
              )}
              {part.payOn === null ? null : (
                <>
                  、支払日 <DateText date={part.payOn} />
                </>
              )}
              ）
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Where the ledger does not stand where the last decision wants it, and when that will change. */
function Difference({ month }: { readonly month: CaseMonth }): ReactElement | null {
  const standing = month.due - month.receivable;
  if (month.currentTotal === null || standing === month.currentTotal) return null;
  if (month.beforeOpening)
    return <p className="mt-2">このシステムの稼働より前の月分です。支払は前のシステムの記録を見てください。</p>;
  if (month.due === 0) {
    return (
      <p className="mt-2">
        この月分は、まだ台帳に計上していません。支払期月の <MonthText month={month.paymentMonth} />{" "}
        の支払処理で計上します。
      </p>
    );
  }
  return (
    <Notice kind="warning" title="台帳と最後の決定が違います">
      台帳に立っている額は {yen(standing)}、最後の決定による額は {yen(month.currentTotal)}{" "}
      です。次の支払処理で差額を計上します。
    </Notice>
  );
}

function ChildReason({
  child,
  month,
  names,
  mayOpenRuns,
}: {
  readonly child: CaseMonth["children"][number];
  readonly month: CaseMonth;
  readonly names: Names;
  readonly mayOpenRuns: boolean;
}): ReactElement {
  return (
    <li className="border-t border-solid-gray-200 py-2">
      <p className="flex flex-wrap items-baseline gap-x-3">
        <strong>{names.get(child.childNumber)?.name ?? "（表示できない児童）"}</strong>
        <span>
          {child.bandName}
          {child.position === null ? "" : `・第${String(child.position)}子`}
        </span>
        <strong className="tabular-nums">{child.amount === null ? "支給なし" : yen(child.amount)}</strong>
      </p>
      <ul className="mt-1 list-disc pl-6">
        {child.because.map((reason, index) => (
          <li key={String(index)}>
            {reason.text} <span className="text-[0.875rem] text-solid-gray-700">（{reason.article}）</span>
          </li>
        ))}
      </ul>
      <MoneyLine
        parts={month.parts.filter((part) => part.childNumber === child.childNumber)}
        mayOpenRuns={mayOpenRuns}
      />
    </li>
  );
}

function Rest({ month, mayOpenRuns }: { readonly month: CaseMonth; readonly mayOpenRuns: boolean }): ReactNode {
  const explained = new Set(month.children.map((child) => child.childNumber));
  // Money that went out for a child whom the facts of today no longer know.
  const rest = month.parts.filter((part) => !explained.has(part.childNumber));
  if (rest.length === 0) return null;
  return (
    <li className="border-t border-solid-gray-200 py-2">
      <strong>最後の決定では対象でない児童の分</strong>
      <MoneyLine parts={rest} mayOpenRuns={mayOpenRuns} />
    </li>
  );
}

type Props = {
  readonly month: CaseMonth;
  readonly names: Names;
  readonly panelId: string;
  readonly mayOpenRuns: boolean;
};

export function MonthReasons({ month, names, panelId, mayOpenRuns }: Props): ReactElement {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a tab panel is reached by key from its tab
    <div
      role="tabpanel"
      id={panelId}
      aria-labelledby={`month-${month.month}`}
      tabIndex={0}
      className="rounded-8 border border-solid-gray-420 bg-solid-gray-50 px-4 py-3"
    >
      <p className="flex flex-wrap items-baseline gap-x-3 text-[1.0625rem]">
        <strong>
          <MonthText month={month.month} />分
        </strong>
        <strong className="tabular-nums">{yen(amountOf(month))}</strong>
        {month.receivable > 0 ? (
          <Badge kind={month.recovered < month.receivable ? "danger" : "good"}>
            過払 {yen(month.receivable)}（回収済 {yen(month.recovered)}）
          </Badge>
        ) : null}
      </p>
      {month.problem === "" ? (
        <>
          <p className="tabular-nums">{sumLine(month)}</p>
          <Difference month={month} />
          <ol className="mt-2">
            {month.children.map((child) => (
              <ChildReason
                key={child.childNumber}
                child={child}
                month={month}
                names={names}
                mayOpenRuns={mayOpenRuns}
              />
            ))}
            <Rest month={month} mayOpenRuns={mayOpenRuns} />
          </ol>
        </>
      ) : (
        <Notice kind="warning" title="この月の理由を計算できません">
          {month.problem}
        </Notice>
      )}
      <p className="mt-2 text-[0.8125rem] text-solid-gray-700">
        規則の版 {month.ruleVersion}
        {month.decisionSeq === null ? "" : `・決定 ${String(month.decisionSeq)}`}・支払期月{" "}
        <MonthText month={month.paymentMonth} />
      </p>
    </div>
  );
}
