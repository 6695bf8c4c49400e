/** 支払処理の作成: which payment month, which kind. */
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { useCommand } from "../../api/hooks.ts";
import { useDraft } from "../../session/drafts.ts";
import { useMay } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { DateInput, MonthInput } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { SelectField } from "../../ui/Field.tsx";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { useShortcut } from "../../ui/Shortcut.tsx";
import { kindLabels } from "./labels.ts";

type Kind = keyof typeof kindLabels;

export function CreateRun(): ReactElement | null {
  const may = useMay("payment.create");
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const draft = useDraft<{ paymentMonth: string; kind: Kind; payOn: string }>("run/create", {
    paymentMonth: "",
    kind: "regular",
    payOn: "",
  });
  const { paymentMonth, kind, payOn } = draft.value;
  const command = useCommand("createPaymentRun", {
    onDone: ({ runNo }) => {
      draft.drop();
      void navigate({ to: `/runs/${String(runNo)}` });
    },
  });
  useShortcut("n", "新しい支払処理を作る", () => setOpen(true), { enabled: may });
  if (!may) return null;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void command.run({ body: { paymentMonth, kind, ...(payOn === "" ? {} : { payOn }) } });
  };
  return (
    <>
      <p className="mb-4">
        <Button kind="primary" shortcut="n" onClick={() => setOpen(true)}>
          支払処理を作る
        </Button>
      </p>
      {open ? (
        <Dialog title="支払処理を作る" onClose={() => setOpen(false)}>
          <form onSubmit={submit} noValidate>
            <ProblemNotice problem={command.problem} />
            <SelectField
              label="種別"
              required
              width="medium"
              value={kind}
              onChange={(event) => draft.set({ ...draft.value, kind: event.target.value as Kind })}
              options={Object.entries(kindLabels).map(([value, label]) => ({ value, label }))}
            />
            <MonthInput
              label="支払期月"
              required
              help="令和8年12月・R8.12・2026-12 のどれでも。定時は偶数月です。"
              value={paymentMonth}
              onChange={(month) => draft.set({ ...draft.value, paymentMonth: month })}
            />
            <DateInput
              label={kind === "regular" ? "お知らせした支払日（任意）" : "支払日"}
              help={
                kind === "regular"
                  ? "入れると、市の決まりと休日の暦から求めた支払日と照らし合わせ、違えば作りません。"
                  : "金融機関の休業日と閉庁日は選べません。"
              }
              required={kind !== "regular"}
              value={payOn}
              onChange={(value) => draft.set({ ...draft.value, payOn: value })}
            />
            <Actions>
              <Button kind="primary" submit pending={command.pending} disabled={!/^\d{4}-\d{2}$/.test(paymentMonth)}>
                作る
              </Button>
              <Button onClick={() => setOpen(false)}>やめる</Button>
            </Actions>
          </form>
        </Dialog>
      ) : null}
    </>
  );
}
