/** 再認証: both factors again, in front of the page, which stays as it is. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { callOperation } from "../api/call.ts";
import { Button } from "../ui/Button.tsx";
import { Actions, Dialog } from "../ui/Dialog.tsx";
import { TextField } from "../ui/Field.tsx";
import { ProblemNotice } from "../ui/Notice.tsx";
import { askDemoKey, askKey } from "./keys.ts";
import { useSession } from "./session-context.ts";
import { useWork } from "./use-work.ts";

export function StepUpDialog({ onEnd }: { readonly onEnd: (done: boolean) => void }): ReactElement {
  const { session, entrance } = useSession();
  const demo = entrance.demoPeople.find(({ staffId }) => staffId === session.staffId);
  const [password, setPassword] = useState(demo?.password ?? "");
  const work = useWork();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void work
      .run(async () => {
        const request = await callOperation("startStepUp", {});
        const assertion = demo === undefined ? await askKey(request) : await askDemoKey(session.staffId, request);
        return await callOperation("finishStepUp", { body: { assertion, password } });
      })
      .then((done) => (done === undefined ? undefined : onEnd(true)));
  };
  return (
    <Dialog title="本人であることをもう一度確かめます" onClose={() => onEnd(false)}>
      <form onSubmit={submit} noValidate>
        <p className="mb-3">
          この操作の前に、職員証とパスワードを確かめます。確かめてから5分間は、もう一度聞きません。
        </p>
        <ProblemNotice problem={work.problem} />
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
        <Actions>
          <Button kind="primary" submit pending={work.pending} disabled={password === ""}>
            職員証をかざして確かめる
          </Button>
          <Button onClick={() => onEnd(false)}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}
