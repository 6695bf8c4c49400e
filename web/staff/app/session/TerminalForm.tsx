/** A browser that is no registered terminal yet: the secret from 情報政策課 makes it one. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { callOperation } from "../api/call.ts";
import { Button } from "../ui/Button.tsx";
import { TextField } from "../ui/Field.tsx";
import { Notice, ProblemNotice } from "../ui/Notice.tsx";
import { useWork } from "./use-work.ts";

export function TerminalForm({ onDone }: { readonly onDone: () => void }): ReactElement {
  const [secret, setSecret] = useState("");
  const [refused, setRefused] = useState(false);
  const work = useWork();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setRefused(false);
    void work
      .run(async () => await callOperation("acceptTerminal", { body: { secret: secret.trim() } }))
      .then((answer) => {
        if (answer?.terminalName === null) return setRefused(true);
        return answer === undefined ? undefined : onDone();
      });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Notice kind="warning" title="この端末は登録されていません">
        <p>ログインできるのは登録された端末だけです。登録された端末を使うか、情報政策課に登録を依頼してください。</p>
      </Notice>
      <ProblemNotice problem={work.problem} />
      <TextField
        label="端末の秘密"
        help="情報政策課が端末を登録したときに渡す43文字です。この端末で一度だけ入れます。"
        name="secret"
        error={refused ? "この秘密の端末はありません。取り消されていないか、情報政策課に確かめてください。" : undefined}
        value={secret}
        onChange={(event) => setSecret(event.target.value)}
      />
      <Button kind="primary" submit pending={work.pending} disabled={secret.trim() === ""}>
        この端末を使えるようにする
      </Button>
    </form>
  );
}
