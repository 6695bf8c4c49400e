/** 締めたあとの返戻: a transfer that the bank sends back weeks later, with the bank's paper. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { useCommand } from "../../api/hooks.ts";
import { useDraft } from "../../session/drafts.ts";
import { useMay } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { TextArea, TextField } from "../../ui/Field.tsx";
import { ProblemNotice } from "../../ui/Notice.tsx";
import type { RunView } from "./RunPage.tsx";

const EMPTY = { line: "", amount: "", reason: "", returnedOn: "", evidence: "" };

/** Digits of a figure typed by hand, with or without commas; undefined where it is none. */
const digits = (text: string): number | undefined =>
  /^\d{1,3}(?:,?\d{3})*$/.test(text.trim()) ? Number(text.replaceAll(",", "")) : undefined;

type Props = { readonly view: RunView; readonly onDone: (message: string) => void };

export function LateReturn({ view, onDone }: Props): ReactElement | null {
  const may = useMay("payment.create");
  const [open, setOpen] = useState(false);
  const draft = useDraft(`run/${String(view.run.runNo)}/late-return`, EMPTY);
  const command = useCommand("recordRunLateReturn", {
    onDone: ({ message }) => {
      draft.drop();
      setOpen(false);
      onDone(message);
    },
  });
  if (!may || view.run.state !== "closed") return null;
  const { line, amount, reason, returnedOn, evidence } = draft.value;
  const [lineNo, yen] = [digits(line), digits(amount)];
  const change = (name: keyof typeof EMPTY) => (event: { readonly target: { readonly value: string } }) =>
    draft.set({ ...draft.value, [name]: event.target.value });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (lineNo === undefined || yen === undefined) return;
    void command.run({
      path: { runNo: String(view.run.runNo), lineNo },
      body: { amount: yen, reason, returnedOn, evidence },
    });
  };
  const ready =
    lineNo !== undefined && yen !== undefined && reason.trim() !== "" && returnedOn !== "" && evidence.trim() !== "";
  return (
    <div className="mt-3">
      <Button onClick={() => setOpen(true)}>締めたあとの返戻を登録する</Button>
      {open ? (
        <Dialog title="締めたあとの返戻" onClose={() => setOpen(false)}>
          <form onSubmit={submit} noValidate>
            <ProblemNotice problem={command.problem} />
            <p className="mb-3">
              銀行が後日戻してきた振込です。額は「支払済」から「振込不能」に移り、二人で口座を確かめると未払に戻ります。ほかの明細は変わりません。
            </p>
            <TextField
              label="明細の番号"
              required
              width="medium"
              inputMode="numeric"
              value={line}
              onChange={change("line")}
            />
            <TextField
              label="戻った額（円）"
              required
              width="medium"
              inputMode="numeric"
              help="明細の全額です。"
              value={amount}
              onChange={change("amount")}
            />
            <TextField label="銀行の理由" required width="medium" value={reason} onChange={change("reason")} />
            <TextField
              label="戻った日"
              type="date"
              required
              width="medium"
              value={returnedOn}
              onChange={change("returnedOn")}
            />
            <TextArea
              label="確かめたもの"
              required
              help="銀行の通知の日付や番号など。"
              value={evidence}
              onChange={change("evidence")}
            />
            <Actions>
              <Button kind="primary" submit pending={command.pending} disabled={!ready}>
                登録する
              </Button>
              <Button onClick={() => setOpen(false)}>やめる</Button>
            </Actions>
          </form>
        </Dialog>
      ) : null}
    </div>
  );
}
