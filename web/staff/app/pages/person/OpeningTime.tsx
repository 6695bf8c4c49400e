/** 残り時間 of an open person: counted down, told at five, two and one minutes, and lengthened by stating the purpose anew. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement, ReactNode } from "react";

import { useRead } from "../../api/hooks.ts";
import { Button } from "../../ui/Button.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { OpenDialog } from "../case/OpenDialog.tsx";
import { useMinutesLeft } from "./use-minutes-left.ts";

/** When a screen reader is told; in between only the sighted see the count. */
const TOLD: readonly number[] = [5, 2, 1];

type Props = {
  readonly addresseeNumber: number;
  /** Who it is, as far as the page may say it */
  readonly who: string;
  /** What is shown as long as the person is open */
  readonly children: ReactNode;
};

export function OpeningTime({ addresseeNumber, who, children }: Props): ReactElement {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const head = useRead("readPersonHead", { path: { addresseeNumber: String(addresseeNumber) } });
  const opening = head.data?.opening ?? undefined;
  const left = useMinutesLeft(opening?.expiresAt);
  const over = left === 0;
  return (
    <>
      {opening === undefined || over ? null : (
        <p className="mb-2 flex flex-wrap items-center gap-x-3 gap-y-1 text-[0.875rem]">
          <span>
            処理事由: <strong>{opening.purposeName}</strong>
          </span>
          <span role="timer" className={left !== undefined && left <= 2 ? "font-700 text-error-2" : ""}>
            残り {left}分
          </span>
          <Button size="small" onClick={() => setAsking(true)}>
            開き直す
          </Button>
        </p>
      )}
      <p role="status" aria-live="polite" className="sr-only">
        {left !== undefined && TOLD.includes(left)
          ? `あと${String(left)}分で閉じます。続けるときは開き直してください。`
          : ""}
      </p>
      {over ? (
        <Notice kind="info" title="15分が過ぎたため、閉じました" live>
          <p className="mb-3">続けるときは、処理事由を選んで開き直してください。</p>
          <Button kind="primary" onClick={() => setAsking(true)}>
            処理事由を選ぶ
          </Button>
        </Notice>
      ) : (
        children
      )}
      {asking ? (
        <OpenDialog
          target={{ kind: "addressee", number: String(addresseeNumber) }}
          origin="case"
          who={who}
          onOpened={() => {
            setAsking(false);
            void client.invalidateQueries();
          }}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </>
  );
}
