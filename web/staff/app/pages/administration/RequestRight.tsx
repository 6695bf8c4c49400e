/** 権限の発行申請 (業務担当課). */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { useCommand, useRead } from "../../api/hooks.ts";
import type { OperationInput } from "../../api/call.ts";
import { useDraft } from "../../session/drafts.ts";
import { Button } from "../../ui/Button.tsx";
import { DateInput } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { SelectField, TextArea } from "../../ui/Field.tsx";
import { wareki } from "../../ui/format.ts";
import { ProblemNotice } from "../../ui/Notice.tsx";

type Body = OperationInput<"requestRight">["body"];

const EMPTY = { staffId: "", sectionCode: "", role: "", ward: "", endsOn: "", reason: "" };

function Form({
  onDone,
  onClose,
}: {
  readonly onDone: (said: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const { data, error } = useRead("listStaff", {});
  const draft = useDraft("right/request", EMPTY);
  const command = useCommand("requestRight", {
    onDone: ({ endsOn }) => {
      draft.drop();
      onDone(`申請しました（${wareki(endsOn)}まで）。別の人が承認し、情報政策課が発行すると使えます。`);
    },
  });
  const { staffId, sectionCode, role, ward, endsOn, reason } = draft.value;
  const set = (part: Partial<typeof EMPTY>): void => draft.set({ ...draft.value, ...part });
  const wards = (data?.sections ?? []).filter((section) => section.wardCode !== null);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void command.run({
      body: {
        staffId,
        sectionCode,
        // The choices below are the server's own list.
        role: role as Body["role"],
        reason,
        ...(ward === "" ? {} : { wards: [ward] }),
        ...(endsOn === "" ? {} : { endsOn }),
      },
    });
  };
  return (
    <form onSubmit={submit} noValidate>
      <ProblemNotice problem={error ?? command.problem} />
      <SelectField
        label="職員"
        required
        empty="選んでください"
        value={staffId}
        onChange={(event) => set({ staffId: event.target.value })}
        options={(data?.staff ?? [])
          .filter((line) => line.active)
          .map((line) => ({
            value: line.staffId,
            label: `${line.name}（${line.staffId}、${line.sections.join("・")}）`,
          }))}
      />
      <SelectField
        label="部署"
        required
        empty="選んでください"
        value={sectionCode}
        onChange={(event) => set({ sectionCode: event.target.value })}
        options={(data?.sections ?? []).map((section) => ({ value: section.code, label: section.name }))}
      />
      <SelectField
        label="役割"
        required
        empty="選んでください"
        value={role}
        onChange={(event) => set({ role: event.target.value })}
        options={(data?.roles ?? []).map(({ code, name }) => ({ value: code, label: name }))}
      />
      <SelectField
        label="区の範囲"
        empty="部署のとおり（区の部署はその区、ほかは全区）"
        value={ward}
        onChange={(event) => set({ ward: event.target.value })}
        options={wards.map((section) => ({ value: section.wardCode ?? "", label: section.name }))}
      />
      <DateInput
        label="終わりの日"
        help="入れなければ、次の3月31日"
        value={endsOn}
        onChange={(value) => set({ endsOn: value })}
      />
      <TextArea label="理由" required value={reason} onChange={(event) => set({ reason: event.target.value })} />
      <Actions>
        <Button
          kind="primary"
          submit
          pending={command.pending}
          disabled={staffId === "" || sectionCode === "" || role === "" || reason.trim() === ""}
        >
          申請する
        </Button>
        <Button onClick={onClose}>やめる</Button>
      </Actions>
    </form>
  );
}

export function RequestRight({ onDone }: { readonly onDone: (said: string) => void }): ReactElement {
  const [open, setOpen] = useState(false);
  return (
    <>
      <p className="mb-4">
        <Button kind="primary" onClick={() => setOpen(true)}>
          権限を申請する
        </Button>
      </p>
      {open ? (
        <Dialog title="権限の発行申請" onClose={() => setOpen(false)}>
          <Form
            onClose={() => setOpen(false)}
            onDone={(said) => {
              setOpen(false);
              onDone(said);
            }}
          />
        </Dialog>
      ) : null}
    </>
  );
}
