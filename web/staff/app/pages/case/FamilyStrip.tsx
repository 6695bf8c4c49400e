/** 家族: the recipient and the children with what the chosen month gives each of them. */
import type { ReactElement } from "react";

import { Badge } from "../../ui/Badge.tsx";
import { DateText } from "../../ui/Dates.tsx";
import { yen } from "../../ui/format.ts";
import type { Case, CaseMonth, Person } from "./money.ts";

/** Of whom this person may know nothing but the amount: protected, or in the charge of others. */
const isHidden = ({ name, birthDate }: Person): boolean => birthDate === null && name === "（氏名なし）";

export function FamilyStrip({
  data,
  month,
}: {
  readonly data: Case;
  readonly month: CaseMonth | undefined;
}): ReactElement {
  const reasons = new Map(month?.children.map((child) => [child.childNumber, child]));
  return (
    <ul className="flex flex-wrap gap-2" aria-label="家族">
      <li className="min-w-44 rounded-8 border-2 border-key-900 px-3 py-2">
        <span className="block text-[0.8125rem]">受給者</span>
        <strong>{data.person.name}</strong>
        <span className="block text-[0.875rem]">
          {data.person.birthDate === null ? "" : <DateText date={data.person.birthDate} />}
        </span>
      </li>
      {data.children.map((child) => {
        const reason = reasons.get(child.addresseeNumber);
        return (
          <li key={child.addresseeNumber} className="min-w-44 rounded-8 border border-solid-gray-420 px-3 py-2">
            <span className="block text-[0.8125rem]">
              {reason === undefined ? "この月の対象外" : reason.bandName}
              {reason?.position === null || reason === undefined ? "" : `・第${String(reason.position)}子`}
            </span>
            <strong>{isHidden(child) ? "（表示できない児童）" : child.name}</strong>{" "}
            {child.protected ? <Badge kind="strong">⚠ 支援措置</Badge> : null}
            <span className="block text-[0.875rem]">
              {isHidden(child) ? (
                "支援措置などのため"
              ) : child.birthDate === null ? (
                "生年月日不詳"
              ) : (
                <DateText date={child.birthDate} />
              )}
            </span>
            <span className="block font-700 tabular-nums">
              {reason === undefined ? "－" : reason.amount === null ? "支給なし" : yen(reason.amount)}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
