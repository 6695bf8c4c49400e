/** 会計課への手渡しと受領書: where the server itself has no way to the bank. */
import type { FormEvent, ReactElement } from "react";

import { useCommand } from "../../api/hooks.ts";
import { useDraft } from "../../session/drafts.ts";
import { Button } from "../../ui/Button.tsx";
import { TextField } from "../../ui/Field.tsx";
import { count, yen } from "../../ui/format.ts";
import { ProblemNotice } from "../../ui/Notice.tsx";
import type { RunView } from "./RunPage.tsx";

type Done = { readonly onDone: (message: string) => void; readonly view: RunView };

export function GiveByHand({ view, onDone }: Done): ReactElement {
  const draft = useDraft(`run/${String(view.run.runNo)}/by-hand`, { receiver: "", medium: "" });
  const { receiver, medium } = draft.value;
  const command = useCommand("giveRunByHand", {
    onDone: ({ message }) => {
      draft.drop();
      onDone(message);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void command.run({ path: { runNo: String(view.run.runNo) }, body: { receiver, medium } });
  };
  return (
    <form onSubmit={submit} noValidate>
      <ProblemNotice problem={command.problem} />
      <p className="mb-2">
        「ファイル」から取り出した振込ファイル（{count(view.run.lineCount)}件 {yen(view.run.total)}
        ）を会計課へ渡したら記録します。記録は一度だけで、二度目の引渡しはできません。
      </p>
      <TextField
        label="受け取った課と人"
        required
        width="medium"
        value={receiver}
        onChange={(event) => draft.set({ ...draft.value, receiver: event.target.value })}
      />
      <TextField
        label="媒体"
        required
        width="medium"
        help="媒体番号、共有フォルダなど。"
        value={medium}
        onChange={(event) => draft.set({ ...draft.value, medium: event.target.value })}
      />
      <Button kind="primary" submit pending={command.pending} disabled={receiver.trim() === "" || medium.trim() === ""}>
        渡したことを記録する
      </Button>
    </form>
  );
}

/** Digits of a figure typed by hand, with or without commas; undefined where it is none. */
const digits = (text: string): number | undefined =>
  /^\d{1,3}(?:,?\d{3})*$/.test(text.trim()) ? Number(text.replaceAll(",", "")) : undefined;

export function RecordReceipt({ view, onDone }: Done): ReactElement | null {
  const draft = useDraft(`run/${String(view.run.runNo)}/receipt`, { receipt: "", lines: "", amount: "" });
  const { receipt, lines, amount } = draft.value;
  const command = useCommand("recordRunReceipt", {
    onDone: ({ message }) => {
      draft.drop();
      onDone(message);
    },
  });
  const { byHand } = view;
  if (byHand === null || byHand.receipt !== null) return null;
  const [typedLines, typedAmount] = [digits(lines), digits(amount)];
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (typedLines === undefined || typedAmount === undefined) return;
    void command.run({
      path: { runNo: String(view.run.runNo) },
      body: { receipt, count: typedLines, amount: typedAmount },
    });
  };
  return (
    <form onSubmit={submit} noValidate>
      <ProblemNotice problem={command.problem} />
      <p className="mb-2">
        {byHand.givenBy} が {byHand.receiver} に渡しました（{byHand.medium}
        ）。受領書の件数と金額を、書かれているとおりに入れます。
      </p>
      <TextField
        label="受領書の番号または受領した人"
        required
        width="medium"
        value={receipt}
        onChange={(event) => draft.set({ ...draft.value, receipt: event.target.value })}
      />
      <TextField
        label="受領書の件数"
        required
        inputMode="numeric"
        width="medium"
        value={lines}
        onChange={(event) => draft.set({ ...draft.value, lines: event.target.value })}
      />
      <TextField
        label="受領書の金額（円）"
        required
        inputMode="numeric"
        width="medium"
        value={amount}
        onChange={(event) => draft.set({ ...draft.value, amount: event.target.value })}
      />
      <Button
        kind="primary"
        submit
        pending={command.pending}
        disabled={receipt.trim() === "" || typedLines === undefined || typedAmount === undefined}
      >
        受領書を登録する
      </Button>
    </form>
  );
}
