/** 印 (A17): the same words and looks wherever a person stands, in the search and over every page of a case. */
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { Badge } from "../../ui/Badge.tsx";

export type Marks = OperationAnswer<"readPersonHead">["marks"];

export function MarkBadges({ marks }: { readonly marks: Marks }): ReactElement {
  return (
    <span className="flex flex-wrap gap-1.5">
      {marks.protected ? <Badge kind="strong">⚠ 支援措置</Badge> : null}
      {marks.attention ? <Badge kind="strong">！ 要確認</Badge> : null}
      {marks.suspended ? <Badge kind="warning">■ 差止</Badge> : null}
      {marks.suppressed ? <Badge kind="warning">▲ 抑止（保留）</Badge> : null}
      {marks.debt ? <Badge kind="danger">債権</Badge> : null}
      {marks.ended ? <Badge>消滅</Badge> : null}
    </span>
  );
}
