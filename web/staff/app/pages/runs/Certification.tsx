/** 認定番号, 10 digits; a way to the case where the person may open cases. */
import type { ReactElement } from "react";

import { useMay } from "../../session/session-context.ts";
import { GoTo } from "../../ui/Page.tsx";

export function Certification({ number }: { readonly number: number }): ReactElement {
  const may = useMay("case.open");
  const text = String(number).padStart(10, "0");
  return may ? (
    <GoTo to={`/cases/${String(number)}`}>{text}</GoTo>
  ) : (
    <span className="whitespace-nowrap tabular-nums">{text}</span>
  );
}
