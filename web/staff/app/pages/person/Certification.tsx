/** 認定番号, 10 digits; a way to the case where the person may open cases. */
import type { ReactElement } from "react";

import { useMay } from "../../session/session-context.ts";
import { GoTo } from "../../ui/Page.tsx";
import { certificationText } from "../../ui/format.ts";

export function Certification({ number }: { readonly number: number }): ReactElement {
  const may = useMay("case.open");
  const text = certificationText(number);
  return may ? (
    <span className="whitespace-nowrap tabular-nums">
      <GoTo to={`/cases/${String(number)}`}>{text}</GoTo>
    </span>
  ) : (
    <span className="whitespace-nowrap tabular-nums">{text}</span>
  );
}
