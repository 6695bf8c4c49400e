/** The head of a case: who it is, what must be known at once, why it is open and for how long. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { ReactElement } from "react";

import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { certificationText, warekiMonth, yen } from "../../ui/format.ts";
import { PageTitle } from "../../ui/Page.tsx";
import { PersonHead } from "../person/PersonHead.tsx";
import { useMinutesLeft } from "../person/use-minutes-left.ts";
import type { Case } from "./money.ts";

const KINDS = { individual: "", corporateGuardian: "法人（未成年後見人）", institution: "施設等" } as const;

type Props = {
  readonly data: Case;
  /** Opens again before the time is over */
  readonly onReopen: () => void;
  readonly onLeave: () => void;
};

export function CaseHeader({ data, onReopen, onLeave }: Props): ReactElement {
  const left = useMinutesLeft(data.opening?.expiresAt);
  const client = useQueryClient();
  useEffect(() => {
    // When the time is over nothing of the case stays on the screen: the server is asked and says that it is closed.
    if (left === 0) void client.invalidateQueries({ queryKey: ["readCase"] });
  }, [left, client]);
  return (
    <div className="sticky top-0 z-10 -mx-4 border-b-2 border-key-900 bg-white px-4 pt-2 pb-1">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-1">
        <PageTitle
          beside={
            <span className="flex flex-wrap gap-1.5">
              {data.receivable > 0 ? <Badge kind="danger">返納の残り {yen(data.receivable)}</Badge> : null}
              {data.endedFrom === null ? null : <Badge>消滅（{warekiMonth(data.endedFrom)}から支給なし）</Badge>}
              {KINDS[data.kind] === "" ? null : <Badge kind="key">{KINDS[data.kind]}</Badge>}
            </span>
          }
        >
          <span className="mr-3 text-[1rem] font-400 tabular-nums">認定番号 {certificationText(data.recipientId)}</span>
          {data.person.name}
          <span className="ml-3 text-[0.9375rem] font-400">{data.person.kana}</span>
          <span className="ml-3 text-[0.9375rem] font-400">{data.wardName}</span>
        </PageTitle>
        <div className="flex flex-wrap items-center gap-2 text-[0.875rem]">
          {data.opening === null ? null : (
            <span>
              処理事由: <strong>{data.opening.purposeName}</strong>
              <span role="timer" className={left !== undefined && left <= 2 ? "ml-2 font-700 text-error-2" : "ml-2"}>
                残り {left}分
              </span>
            </span>
          )}
          <Button size="small" onClick={onReopen}>
            開き直す
          </Button>
          <Button size="small" onClick={onLeave} shortcut="Alt+W">
            閉じる
          </Button>
        </div>
      </div>
      <PersonHead addresseeNumber={data.person.addresseeNumber} />
    </div>
  );
}
