/** 閲覧の禁止と職員との関係の申請. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { useCommand } from "../../api/hooks.ts";
import { useDraft } from "../../session/drafts.ts";
import { Button } from "../../ui/Button.tsx";
import { DateInput } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { SelectField, TextArea, TextField } from "../../ui/Field.tsx";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { RELATION_NAMES } from "./words.ts";

type What = "denial" | "relation";
type Relation = keyof typeof RELATION_NAMES;

const EMPTY = { staffId: "", addresseeNumber: "", relation: "family", from: "", to: "", reason: "" };
const RELATIONS = Object.entries(RELATION_NAMES).map(([value, label]) => ({ value, label }));
const isRelation = (text: string): text is Relation => text in RELATION_NAMES;

function Form({
  what,
  onDone,
  onClose,
}: {
  readonly what: What;
  readonly onDone: (said: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const draft = useDraft(`restriction/${what}`, EMPTY);
  const { staffId, addresseeNumber, relation, from, to, reason } = draft.value;
  const set = (part: Partial<typeof EMPTY>): void => draft.set({ ...draft.value, ...part });
  const options = {
    onDone: () => {
      draft.drop();
      onDone("申請しました。別の人が承認すると、決めた日から効きます。");
    },
  };
  const deny = useCommand("proposeDenial", options);
  const relate = useCommand("proposeRelation", options);
  const command = what === "denial" ? deny : relate;
  const everybody = what === "relation" && relation === "watched";
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const term = { addresseeNumber: addresseeNumber.trim(), from, reason, ...(to === "" ? {} : { to }) };
    if (what === "denial") void deny.run({ body: { staffId: staffId.trim(), ...term } });
    else if (isRelation(relation)) {
      void relate.run({ body: { relation, ...term, ...(everybody ? {} : { staffId: staffId.trim() }) } });
    }
  };
  return (
    <form onSubmit={submit} noValidate>
      <ProblemNotice problem={command.problem} />
      {what === "denial" ? null : (
        <SelectField
          label="関係"
          required
          options={RELATIONS}
          value={relation}
          onChange={(event) => set({ relation: event.target.value })}
        />
      )}
      {everybody ? null : (
        <TextField
          label="職員番号"
          required
          value={staffId}
          onChange={(event) => set({ staffId: event.target.value })}
        />
      )}
      <TextField
        label="宛名番号"
        help="その人がいるかどうかは、ここでは答えません"
        required
        inputMode="numeric"
        value={addresseeNumber}
        onChange={(event) => set({ addresseeNumber: event.target.value })}
      />
      <DateInput label="いつから" required value={from} onChange={(value) => set({ from: value })} />
      <DateInput
        label="いつまで"
        help="入れなければ、終わりを決めません"
        value={to}
        onChange={(value) => set({ to: value })}
      />
      <TextArea
        label="理由"
        help="5文字以上。氏名や住所は書かないでください"
        required
        value={reason}
        onChange={(event) => set({ reason: event.target.value })}
      />
      <Actions>
        <Button
          kind="primary"
          submit
          pending={command.pending}
          disabled={
            addresseeNumber.trim() === "" ||
            from === "" ||
            reason.trim() === "" ||
            (!everybody && staffId.trim() === "")
          }
        >
          申請する
        </Button>
        <Button onClick={onClose}>やめる</Button>
      </Actions>
    </form>
  );
}

export function NewRestriction({ onDone }: { readonly onDone: (said: string) => void }): ReactElement {
  const [open, setOpen] = useState<What>();
  return (
    <>
      <p className="mb-4 flex flex-wrap gap-3">
        <Button kind="primary" onClick={() => setOpen("denial")}>
          閲覧の禁止を申請する
        </Button>
        <Button onClick={() => setOpen("relation")}>職員との関係を申請する</Button>
      </p>
      {open === undefined ? null : (
        <Dialog
          title={open === "denial" ? "閲覧の禁止の申請" : "職員との関係の申請"}
          onClose={() => setOpen(undefined)}
        >
          <Form
            what={open}
            onClose={() => setOpen(undefined)}
            onDone={(said) => {
              setOpen(undefined);
              onDone(said);
            }}
          />
        </Dialog>
      )}
    </>
  );
}
