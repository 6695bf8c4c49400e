/** 紐付けの確認: another person types the number again from the paper; what was typed first is not shown. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { Button } from "../../ui/Button.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { TextField } from "../../ui/Field.tsx";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { useNumberCall } from "./use-number-call.ts";

type Props = {
  readonly addresseeNumber: string;
  readonly entryId: number;
  readonly onDone: (said: string) => void;
  readonly onClose: () => void;
};

export function ConfirmNumberDialog({ addresseeNumber, entryId, onDone, onClose }: Props): ReactElement {
  const [number, setNumber] = useState("");
  const [reason, setReason] = useState("");
  const call = useNumberCall();
  const path = { addresseeNumber };
  const confirm = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const answer = await call.run("confirmIndividualNumber", { path, body: { entryId, number } });
    setNumber("");
    if (answer !== undefined) onDone("紐付けを確認しました。");
  };
  const reject = async (): Promise<void> => {
    const answer = await call.run("rejectIndividualNumber", { path, body: { entryId, reason } });
    if (answer !== undefined) onDone("誤りとして戻しました。正しい番号を入力し直してください。");
  };
  return (
    <Dialog title="個人番号の紐付けを確認する" onClose={onClose}>
      <ProblemNotice problem={call.problem} />
      <form onSubmit={(event) => void confirm(event)} noValidate>
        <p className="mb-3">
          本人の書類（または写し）を見て、番号を打ち直してください。入力された番号と同じなら確認できます。はじめの番号は表示しません。
        </p>
        <TextField
          label="個人番号（打ち直し）"
          required
          width="medium"
          inputMode="numeric"
          spellCheck={false}
          value={number}
          onChange={(event) => setNumber(event.target.value)}
        />
        <Actions>
          <Button kind="primary" submit pending={call.pending} disabled={number.trim() === ""}>
            確認する
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
      <div className="mt-6 border-t border-solid-gray-420 pt-4">
        <TextField
          label="誤りだったときのわけ"
          help="5文字以上。番号や氏名は書かないでください。戻すと、この番号は金庫から消す手続に入ります。"
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        <Button kind="danger" pending={call.pending} disabled={reason.trim().length < 5} onClick={() => void reject()}>
          誤りとして戻す
        </Button>
      </div>
    </Dialog>
  );
}
