/** A dialog with fields: labels, help and what is missing; what is typed is there again after the session has ended. */
import { useState } from "react";
import type { FormEvent, ReactElement, ReactNode } from "react";

import type { ApiProblem } from "../../api/problem.ts";
import { useDraft } from "../../session/drafts.ts";
import { Button } from "../../ui/Button.tsx";
import { DateInput } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { CheckField, SelectField, TextArea, TextField } from "../../ui/Field.tsx";
import { ProblemNotice } from "../../ui/Notice.tsx";

export type FieldSpec = {
  readonly name: string;
  readonly label: string;
  readonly kind?: "text" | "area" | "date" | "time" | "number" | "select" | "checks" | "yes";
  readonly help?: string;
  /** May stay empty */
  readonly optional?: boolean;
  readonly options?: readonly { readonly value: string; readonly label: string }[];
};

export type Values = Readonly<Record<string, string>>;

/** The chosen codes of a field of ticks. */
export const chosen = (values: Values, name: string): string[] => (values[name] ?? "").split(" ").filter(Boolean);

/** Day and time of two fields as a moment in Japan. */
export const momentOf = (values: Values, day: string, time: string): string =>
  `${values[day] ?? ""}T${(values[time] ?? "").padStart(5, "0")}:00+09:00`;

const NOW: FieldSpec = {
  name: "reason",
  label: "理由",
  kind: "area",
  help: "5文字以上。個人の情報は書かないでください。",
};
/** 理由 and 提出時期, as every change of a setting has them. */
export const WISH_FIELDS: readonly FieldSpec[] = [
  NOW,
  {
    name: "timing",
    label: "評価書の提出時期",
    kind: "select",
    options: [
      { value: "before", label: "事前（変更の前に出す）" },
      { value: "after", label: "事後（変更の後に出す）" },
    ],
  },
];

function faultOf({ kind, optional = false }: FieldSpec, value: string): string | undefined {
  if (value.trim() === "") return optional ? undefined : "入れてください。";
  if (kind === "number" && !/^\d{1,9}$/.test(value)) return "数字で入れてください。";
  if (kind === "time" && !/^([01]?\d|2[0-3]):[0-5]\d$/.test(value)) return "10:30 のように入れてください。";
  return undefined;
}

function Control({
  spec,
  value,
  error,
  onChange,
}: {
  readonly spec: FieldSpec;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}): ReactElement {
  const { label, kind = "text", help, optional = false, options = [] } = spec;
  const common = { label, required: !optional, error, ...(help === undefined ? {} : { help }) };
  if (kind === "date") return <DateInput {...common} value={value} onChange={onChange} />;
  if (kind === "area") return <TextArea {...common} value={value} onChange={(event) => onChange(event.target.value)} />;
  if (kind === "yes") {
    return (
      <CheckField
        label={label}
        checked={value === "yes"}
        onChange={(event) => onChange(event.target.checked ? "yes" : "no")}
      />
    );
  }
  if (kind === "select") {
    return (
      <SelectField
        {...common}
        options={options}
        empty="選んでください"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    );
  }
  if (kind === "checks") {
    const codes = value.split(" ").filter(Boolean);
    return (
      <fieldset className="mb-4">
        <legend className="mb-1 font-700">{label}</legend>
        {help === undefined ? null : <p className="mb-1 text-[0.875rem] text-solid-gray-700">{help}</p>}
        <div className="grid grid-cols-[repeat(auto-fill,minmax(12rem,1fr))] gap-x-4">
          {options.map((option) => (
            <CheckField
              key={option.value}
              label={option.label}
              checked={codes.includes(option.value)}
              onChange={(event) => {
                const wanted = event.target.checked;
                const kept = options.filter((each) =>
                  each.value === option.value ? wanted : codes.includes(each.value),
                );
                onChange(kept.map((each) => each.value).join(" "));
              }}
            />
          ))}
        </div>
        {error === undefined ? null : (
          <p role="alert" className="text-[0.875rem] font-700 text-error-2">
            ＊{error}
          </p>
        )}
      </fieldset>
    );
  }
  return (
    <TextField
      {...common}
      {...(kind === "text" ? {} : { width: "short", inputMode: "numeric" })}
      {...(kind === "time" ? { placeholder: "10:30" } : {})}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

type Props = {
  /** Name of the draft */
  readonly name: string;
  readonly title: string;
  readonly action: string;
  readonly intro?: ReactNode;
  readonly fields: readonly FieldSpec[];
  readonly initial?: Values;
  readonly pending: boolean;
  readonly problem: ApiProblem | undefined;
  /** @returns whether it was done; then the draft is dropped */
  readonly onSend: (values: Values) => Promise<boolean>;
  readonly onClose: () => void;
};

export function FormDialog({
  name,
  title,
  action,
  intro,
  fields,
  initial = {},
  pending,
  problem,
  onSend,
  onClose,
}: Props): ReactElement {
  const draft = useDraft<Values>(`office/${name}`, initial);
  const [tried, setTried] = useState(false);
  const faults = fields.map((spec) => (spec.kind === "yes" ? undefined : faultOf(spec, draft.value[spec.name] ?? "")));
  const sendOn = async (): Promise<void> => {
    if (await onSend(draft.value)) draft.drop();
  };
  const send = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (faults.every((fault) => fault === undefined)) void sendOn();
  };
  return (
    <Dialog title={title} onClose={onClose} wide>
      <form onSubmit={send} noValidate>
        {intro === undefined ? null : <div className="mb-3">{intro}</div>}
        <ProblemNotice problem={problem} />
        {fields.map((spec, index) => (
          <Control
            key={spec.name}
            spec={spec}
            value={draft.value[spec.name] ?? ""}
            error={tried ? faults[index] : undefined}
            onChange={(value) => draft.set({ ...draft.value, [spec.name]: value })}
          />
        ))}
        <Actions>
          <Button kind="primary" submit pending={pending}>
            {action}
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}
