/** 残り時間, and the question whether to go on before the session ends by itself (WCAG 2.2.1). */
import { useCallback } from "react";
import type { ReactElement } from "react";

import { callOperation } from "../api/call.ts";
import { useSession } from "../session/session-context.ts";
import { useTimeLeft, WARN_SECONDS } from "../session/session-time.ts";
import { Button } from "../ui/Button.tsx";
import { Actions, Dialog } from "../ui/Dialog.tsx";

function words(seconds: number): string {
  return seconds > WARN_SECONDS ? `${String(Math.ceil(seconds / 60))}分` : `${String(seconds)}秒`;
}

function extend(): void {
  // What goes wrong here shows at the next call that matters.
  void callOperation("extendSession", {}).catch(() => {});
}

export function TimeLeft(): ReactElement {
  const { session, lock } = useSession();
  const onEnd = useCallback(() => lock("操作がないまま時間が過ぎました。"), [lock]);
  const left = useTimeLeft(session, onEnd);
  const nearest = Math.min(left.idle, left.absolute);
  const final = left.absolute <= left.idle;
  return (
    <>
      <p className="text-[0.875rem] leading-140 text-solid-gray-700">
        残り時間
        <span className="block font-700 tabular-nums">{words(nearest)}</span>
      </p>
      {nearest <= WARN_SECONDS && nearest > 0 ? (
        <Dialog title="まもなくログインが終わります" {...(final ? {} : { onClose: extend })}>
          <p role="alert">
            あと{nearest}
            秒で、この画面を隠してログインを終えます。入力した内容は残り、もう一度ログインすると続けられます。
          </p>
          {final ? (
            <p className="mt-2">ログインしてから9時間になるため、延長はできません。</p>
          ) : (
            <Actions>
              <Button kind="primary" onClick={extend}>
                延長して続ける
              </Button>
            </Actions>
          )}
        </Dialog>
      ) : null}
    </>
  );
}
