/** 再認証: both factors again, in front of the page, which stays as it is. */
import { useRef, useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { callOperation } from "../api/call.ts";
import { Button } from "../ui/Button.tsx";
import { Actions, Dialog } from "../ui/Dialog.tsx";
import { TextField } from "../ui/Field.tsx";
import { ProblemNotice } from "../ui/Notice.tsx";
import { askDemoKey, askKey } from "./keys.ts";
import { useSession } from "./session-context.ts";
import { signOnInWindow } from "./sign-on.ts";
import { useWork } from "./use-work.ts";

export function StepUpDialog({ onEnd }: { readonly onEnd: (done: boolean) => void }): ReactElement {
  const { session, entrance } = useSession();
  const demo = entrance.demoPeople.find(({ staffId }) => staffId === session.staffId);
  const [password, setPassword] = useState(demo?.password ?? "");
  const work = useWork();
  const [signedOn, setSignedOn] = useState(false);
  const waiting = useRef<AbortController>(undefined);
  const ask = (): void => {
    waiting.current = new AbortController();
    const { signal } = waiting.current;
    void work
      .run(async () => await signOnInWindow("startStepUpSignOn", signal))
      .then((answer) => setSignedOn(answer?.kind === "stepUp"));
  };
  const confirm = async (): Promise<void> => {
    const done = await work.run(async () => {
      const request = await callOperation("startStepUp", {});
      const assertion = demo === undefined ? await askKey(request) : await askDemoKey(session.staffId, request);
      const second = signedOn ? { signOn: true } : { password };
      return await callOperation("finishStepUp", { body: { assertion, ...second } });
    });
    setSignedOn(false);
    if (done !== undefined) onEnd(true);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void confirm();
  };
  return (
    <Dialog title="本人であることをもう一度確かめます" onClose={() => onEnd(false)}>
      <form onSubmit={submit} noValidate>
        <p className="mb-3">
          この操作の前に、職員証とパスワードを確かめます。確かめてから5分間は、もう一度聞きません。
        </p>
        <ProblemNotice problem={work.problem} />
        {signedOn ? (
          <p className="mb-3 font-700 text-success-2" role="status">
            ✓ {entrance.signOn?.providerName ?? "認証基盤"}で確かめました。続けて職員証を確かめます。
          </p>
        ) : (
          <TextField
            label="パスワード"
            required
            type={demo === undefined ? "password" : "text"}
            autoComplete="current-password"
            name="stepUpPassword"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            {...(demo === undefined
              ? {}
              : { help: "デモのため、パスワードを入れて表示しています。職員証はソフトウェアの鍵が答えます。" })}
          />
        )}
        {entrance.signOn === null || signedOn ? null : (
          <p className="mb-3">
            <Button size="small" pending={work.pending} onClick={ask}>
              パスワードの代わりに{entrance.signOn.providerName}で確かめる
            </Button>
          </p>
        )}
        <Actions>
          <Button kind="primary" submit pending={work.pending} disabled={password === "" && !signedOn}>
            職員証をかざして確かめる
          </Button>
          <Button
            onClick={() => {
              waiting.current?.abort();
              onEnd(false);
            }}
          >
            やめる
          </Button>
        </Actions>
      </form>
    </Dialog>
  );
}
