/** 名寄せの申出 from the page of a person: another 宛名番号 of the same person. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { useCommand } from "../../api/hooks.ts";
import { useDraft } from "../../session/drafts.ts";
import { useMay } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { TextArea, TextField } from "../../ui/Field.tsx";
import { ProblemNotice } from "../../ui/Notice.tsx";

type Props = { readonly addresseeNumber: number; readonly onDone: (said: string) => void };

function ProposeDialog({ addresseeNumber, onDone, onClose }: Props & { readonly onClose: () => void }): ReactElement {
  const draft = useDraft(`numbers/consolidation/${String(addresseeNumber)}`, { otherNumber: "", reason: "" });
  const { otherNumber, reason } = draft.value;
  const command = useCommand("proposeConsolidation", {
    onDone: () => {
      draft.drop();
      onDone("名寄せを申し出ました。別の職員が「番号の確認と名寄せ」で承認すると、1人として扱います。");
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const path = { addresseeNumber: String(addresseeNumber) };
    void command.run({ path, body: { otherNumber: otherNumber.trim().replace(/^0+/, ""), reason } });
  };
  return (
    <Dialog title="名寄せを申し出る" onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <ProblemNotice problem={command.problem} />
        <p className="mb-3">
          この人を主とし、同じ人のもう一つの宛名番号を結びます。番号は付け替えません。解除できます。
        </p>
        <TextField
          label="同じ人のもう一つの宛名番号"
          required
          width="medium"
          inputMode="numeric"
          value={otherNumber}
          onChange={(event) => draft.set({ ...draft.value, otherNumber: event.target.value })}
        />
        <TextArea
          label="同じ人と判断したわけ"
          help="5文字以上。氏名や住所は書かないでください。"
          required
          value={reason}
          onChange={(event) => draft.set({ ...draft.value, reason: event.target.value })}
        />
        <Actions>
          <Button
            kind="primary"
            submit
            pending={command.pending}
            disabled={!/^\s*\d{1,15}\s*$/.test(otherNumber) || reason.trim().length < 5}
          >
            申し出る
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}

/** Nothing for those who may not. */
export function ProposeConsolidation({ addresseeNumber, onDone }: Props): ReactElement | null {
  const may = useMay("addressee.consolidate");
  const [asking, setAsking] = useState(false);
  if (!may) return null;
  return (
    <>
      <Button size="small" onClick={() => setAsking(true)}>
        名寄せを申し出る
      </Button>
      {asking ? (
        <ProposeDialog
          addresseeNumber={addresseeNumber}
          onClose={() => setAsking(false)}
          onDone={(said) => {
            setAsking(false);
            onDone(said);
          }}
        />
      ) : null}
    </>
  );
}
