/** 窓口払にする・やめる: for who cannot have an account; decided by two people, for pay days from a day on. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { useCommand, useRead } from "../../api/hooks.ts";
import { useDraft } from "../../session/drafts.ts";
import { useMay } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateInput, DateText } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { TextArea } from "../../ui/Field.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Editing } from "../person/Editing.tsx";

export function CounterPayment({ recipientId }: { readonly recipientId: number }): ReactElement | null {
  const may = useMay("account.change");
  const path = { recipientId: String(recipientId) };
  const { data, error } = useRead("readCounterChoice", { path });
  const [open, setOpen] = useState(false);
  const [message, setMessage] = useState<string>();
  const draft = useDraft(`case/${String(recipientId)}/counter-payment`, { fromPayOn: "", reason: "" });
  const command = useCommand("requestCounterPayment", {
    onDone: (answer) => {
      draft.drop();
      setOpen(false);
      setMessage(answer.message);
    },
  });
  if (data === undefined) return error === null ? null : <ProblemNotice problem={error} />;
  const now = data.choice?.atCounter === true;
  const { fromPayOn, reason } = draft.value;
  const ready = fromPayOn !== "" && reason.trim() !== "";
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (ready) void command.run({ path, body: { atCounter: !now, fromPayOn, reason: reason.trim() } });
  };
  const action = now ? "窓口払をやめる" : "窓口払にする";
  return (
    <div className="mt-3">
      {message === undefined ? null : <Notice kind="success" title={message} live />}
      {data.choice === null ? null : (
        <p className="mb-2">
          <Badge kind={now ? "key" : "plain"}>{now ? "窓口払" : "窓口払をやめた"}</Badge>{" "}
          <DateText date={data.choice.fromPayOn} /> 以後の支払日から。{data.choice.reason}（{data.choice.enteredBy}・
          {data.choice.approvedBy}）
        </p>
      )}
      {may ? <Button onClick={() => setOpen(true)}>{action}</Button> : null}
      {open ? (
        <Dialog title={action} onClose={() => setOpen(false)}>
          <Editing />
          <form onSubmit={submit} noValidate>
            <ProblemNotice problem={command.problem} />
            <p className="mb-3">
              {now
                ? "口座への振込に戻します。"
                : "口座を持てない受給者の分を、資金前渡職員の口座に振り込み、窓口で現金で渡します。支払通知書には、口座のかわりに受け取る場所と期間が載ります。"}
              別の人が認めると効きます。
            </p>
            <DateInput
              label="どの支払日から"
              required
              value={fromPayOn}
              onChange={(value) => draft.set({ ...draft.value, fromPayOn: value })}
            />
            <TextArea
              label="理由"
              required
              maxLength={200}
              value={reason}
              onChange={(event) => draft.set({ ...draft.value, reason: event.target.value })}
            />
            <Actions>
              <Button kind="primary" submit pending={command.pending} disabled={!ready}>
                案を入れる
              </Button>
              <Button onClick={() => setOpen(false)}>やめる</Button>
            </Actions>
          </form>
        </Dialog>
      ) : null}
    </div>
  );
}
