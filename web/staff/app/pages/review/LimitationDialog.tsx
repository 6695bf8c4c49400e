/** 時効に関わる出来事の案: what stops or renews the clock of some months, for another person's approval. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { useCommand } from "../../api/hooks.ts";
import { Button } from "../../ui/Button.tsx";
import { DateInput, MonthInput } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { ChoiceField, TextField } from "../../ui/Field.tsx";
import { certificationText } from "../../ui/format.ts";
import { ProblemNotice } from "../../ui/Notice.tsx";

type Event = "requestFiled" | "requestDecided" | "requestWithdrawn" | "acknowledged";
const MONTH = /^\d{4}-(?:0[1-9]|1[0-2])$/;

export function LimitationDialog({
  recipientId,
  fromMonth,
  onDone,
  onClose,
}: {
  readonly recipientId: number;
  readonly fromMonth: string;
  readonly onDone: (message: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const [event, setEvent] = useState<Event>("requestFiled");
  const [typed, setTyped] = useState({ fromMonth, toMonth: fromMonth, happenedOn: "", evidence: "" });
  const command = useCommand("requestLimitationEvent", { onDone: ({ message }) => onDone(message) });
  const right = MONTH.test(typed.fromMonth) && MONTH.test(typed.toMonth) && typed.fromMonth <= typed.toMonth;
  const ready = right && typed.happenedOn !== "" && typed.evidence.trim() !== "";
  const submit = (sent: FormEvent): void => {
    sent.preventDefault();
    if (ready) void command.run({ body: { recipientId, event, ...typed, evidence: typed.evidence.trim() } });
  };
  return (
    <Dialog title={`時効に関わる出来事（認定番号 ${certificationText(recipientId)}）`} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <ProblemNotice problem={command.problem} />
        <ChoiceField
          legend="あったこと"
          name="event"
          value={event}
          onChange={(value) => setEvent(value as Event)}
          options={[
            { value: "requestFiled", label: "審査請求があった（時効は停止）" },
            { value: "requestDecided", label: "裁決・判決で終わった（時効は更新）" },
            { value: "requestWithdrawn", label: "取下げなど、裁決なく終わった（6か月は完成しない）" },
            { value: "acknowledged", label: "市が支払の義務を認めた（時効は更新）" },
          ]}
        />
        <div className="grid grid-cols-2 gap-x-3">
          <MonthInput
            label="この月分から"
            required
            value={typed.fromMonth}
            onChange={(month) => setTyped({ ...typed, fromMonth: month })}
          />
          <MonthInput
            label="この月分まで"
            required
            value={typed.toMonth}
            onChange={(month) => setTyped({ ...typed, toMonth: month })}
            error={
              typed.fromMonth !== "" && typed.toMonth !== "" && typed.fromMonth > typed.toMonth
                ? "初めの月分より後にしてください。"
                : undefined
            }
          />
        </div>
        <DateInput
          label="あった日"
          required
          value={typed.happenedOn}
          onChange={(happenedOn) => setTyped({ ...typed, happenedOn })}
        />
        <TextField
          label="根拠の文書"
          required
          maxLength={200}
          help="文書の名前と番号。氏名や住所は書かないでください。"
          value={typed.evidence}
          onChange={({ target }) => setTyped({ ...typed, evidence: target.value })}
        />
        <p className="mb-3">別の人が「二人で決めること」で承認したときに、時効に反映されます。</p>
        <Actions>
          <Button kind="primary" submit pending={command.pending} disabled={!ready}>
            案を入れる
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}
