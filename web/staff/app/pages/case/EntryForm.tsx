/** Typing one entry of the case file. What was typed stays until it is recorded. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { useCommand } from "../../api/hooks.ts";
import type { OperationInput } from "../../api/call.ts";
import { Button } from "../../ui/Button.tsx";
import { DateInput } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { CheckField, SelectField, TextArea, TextField } from "../../ui/Field.tsx";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { Editing } from "../person/Editing.tsx";
import { type EntryField, entryForms } from "./entry-fields.ts";

export type EntryKind = OperationInput<"addCaseEntry">["path"]["kind"];
type Values = Readonly<Record<string, string | boolean>>;

function Control({
  field,
  value,
  onChange,
  error,
}: {
  readonly field: EntryField;
  readonly value: string | boolean | undefined;
  readonly onChange: (value: string | boolean) => void;
  readonly error: string | undefined;
}): ReactElement {
  const { label, kind, required = false, help, options = {} } = field;
  const text = typeof value === "string" ? value : "";
  const common = { label, required, error, ...(help === undefined ? {} : { help }) };
  if (kind === "yes")
    return <CheckField label={label} checked={value === true} onChange={(event) => onChange(event.target.checked)} />;
  if (kind === "long")
    return <TextArea {...common} maxLength={2000} value={text} onChange={(event) => onChange(event.target.value)} />;
  if (kind === "date") return <DateInput {...common} value={text} onChange={onChange} />;
  if (kind === "choice") {
    const list = Object.entries(options).map(([code, name]) => ({ value: code, label: name }));
    return (
      <SelectField
        {...common}
        empty="選んでください"
        options={list}
        value={text}
        onChange={(event) => onChange(event.target.value)}
      />
    );
  }
  return (
    <TextField
      {...common}
      inputMode={kind === "number" ? "numeric" : "text"}
      value={text}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

function contentOf(fields: readonly EntryField[], values: Values): Record<string, unknown> {
  return Object.fromEntries(
    fields.flatMap(({ name, kind }): [string, unknown][] => {
      const value = values[name];
      if (kind === "yes") return [[name, value === true]];
      if (typeof value !== "string" || value.trim() === "") return [];
      return [[name, kind === "number" ? Number(value.normalize("NFKC")) : value.trim()]];
    }),
  );
}

type Props = {
  readonly recipientId: number;
  readonly kind: EntryKind;
  readonly label: string;
  readonly today: string;
  readonly onClose: () => void;
};

export function EntryForm({ recipientId, kind, label, today, onClose }: Props): ReactElement {
  const fields = entryForms[kind] ?? [];
  const [values, setValues] = useState<Values>({});
  const [validFrom, setValidFrom] = useState(today);
  const [tried, setTried] = useState(false);
  const add = useCommand("addCaseEntry", { onDone: onClose, stale: ["readCaseEntries", "readCaseHistory"] });
  const missing = (field: EntryField): boolean => field.required === true && (values[field.name] ?? "") === "";
  const send = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (validFrom === "" || fields.some(missing)) return;
    void add.run({
      path: { recipientId: String(recipientId), kind },
      body: { content: contentOf(fields, values), validFrom, validTo: null },
    });
  };
  return (
    <Dialog title={`${label}を加える`} onClose={onClose}>
      <Editing />
      <form onSubmit={send}>
        <ProblemNotice problem={add.problem} />
        {fields.map((field) => (
          <Control
            key={field.name}
            field={field}
            value={values[field.name]}
            onChange={(value) => setValues((before) => ({ ...before, [field.name]: value }))}
            error={tried && missing(field) ? "入力してください。" : undefined}
          />
        ))}
        <DateInput
          label="この日から"
          required
          value={validFrom}
          onChange={setValidFrom}
          error={tried && validFrom === "" ? "日付を入力してください。" : undefined}
        />
        <Actions>
          <Button kind="primary" submit pending={add.pending}>
            記録する
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}
