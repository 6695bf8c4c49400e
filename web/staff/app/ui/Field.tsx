/** Form fields: label, help and error belong to the control for eyes and for screen readers alike. */
import { useId } from "react";
import type {
  InputHTMLAttributes,
  ReactElement,
  ReactNode,
  Ref,
  SelectHTMLAttributes,
  TextareaHTMLAttributes,
} from "react";

import { classes } from "./classes.ts";

export type FieldIds = {
  readonly id: string;
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": boolean;
  readonly "aria-required": boolean;
};

type FieldProps = {
  readonly label: string;
  readonly help?: ReactNode;
  /** What is wrong and how to put it right */
  readonly error?: string | undefined;
  readonly required?: boolean;
  readonly children: (ids: FieldIds) => ReactNode;
};

/** The frame of one field. */
export function Field({ label, help, error, required = false, children }: FieldProps): ReactElement {
  const id = useId();
  const described = [help === undefined ? "" : `${id}-help`, error === undefined ? "" : `${id}-error`].filter(Boolean);
  return (
    <div className="mb-4 min-w-0">
      <label htmlFor={id} className="mb-1 block font-700">
        {label}
        {required ? <span className="ml-2 text-[0.8125rem] font-400 text-error-2">※必須</span> : null}
      </label>
      {help === undefined ? null : (
        <p id={`${id}-help`} className="mb-1 text-[0.875rem] text-solid-gray-700">
          {help}
        </p>
      )}
      {children({
        id,
        "aria-describedby": described.length === 0 ? undefined : described.join(" "),
        "aria-invalid": error !== undefined,
        "aria-required": required,
      })}
      {error === undefined ? null : (
        <p id={`${id}-error`} role="alert" className="mt-1 text-[0.875rem] font-700 text-error-2">
          ＊{error}
        </p>
      )}
    </div>
  );
}

const CONTROL =
  "block w-full min-h-11 rounded-8 border border-solid-gray-600 bg-white px-3 py-2 text-[1rem] text-solid-gray-900 aria-invalid:border-error-2 aria-invalid:border-2 read-only:bg-solid-gray-50 disabled:bg-solid-gray-50";

type Common = Omit<FieldProps, "children"> & { readonly width?: "short" | "medium" | "full" };
const WIDTHS = { short: "max-w-40", medium: "max-w-80", full: "" } as const;

type TextProps = Common &
  Omit<InputHTMLAttributes<HTMLInputElement>, "className" | "width"> & { readonly ref?: Ref<HTMLInputElement> };

/** One line of text. */
export function TextField({ label, help, error, required, width = "full", ...input }: TextProps): ReactElement {
  return (
    <Field label={label} help={help} error={error} {...(required === undefined ? {} : { required })}>
      {(ids) => <input autoComplete="off" {...input} {...ids} className={classes(CONTROL, WIDTHS[width])} />}
    </Field>
  );
}

type AreaProps = Common &
  Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "className"> & { readonly ref?: Ref<HTMLTextAreaElement> };

/** Several lines of text. */
export function TextArea({ label, help, error, required, width = "full", ...input }: AreaProps): ReactElement {
  return (
    <Field label={label} help={help} error={error} {...(required === undefined ? {} : { required })}>
      {(ids) => (
        <textarea autoComplete="off" rows={3} {...input} {...ids} className={classes(CONTROL, WIDTHS[width])} />
      )}
    </Field>
  );
}

type SelectProps = Common &
  Omit<SelectHTMLAttributes<HTMLSelectElement>, "className" | "width"> & {
    readonly options: readonly { readonly value: string; readonly label: string }[];
    /** Text of the empty choice; absent: there is none */
    readonly empty?: string;
    readonly ref?: Ref<HTMLSelectElement>;
  };

/** One of a list. */
export function SelectField({
  label,
  help,
  error,
  required,
  width = "full",
  options,
  empty,
  ...input
}: SelectProps): ReactElement {
  return (
    <Field label={label} help={help} error={error} {...(required === undefined ? {} : { required })}>
      {(ids) => (
        <select {...input} {...ids} className={classes(CONTROL, WIDTHS[width])}>
          {empty === undefined ? null : <option value="">{empty}</option>}
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

type CheckProps = Omit<InputHTMLAttributes<HTMLInputElement>, "className" | "type"> & {
  readonly label: ReactNode;
  readonly ref?: Ref<HTMLInputElement>;
};

/** A tick with its words. */
export function CheckField({ label, ...input }: CheckProps): ReactElement {
  const id = useId();
  return (
    <div className="mb-3 flex items-start gap-2">
      <input {...input} id={id} type="checkbox" className="mt-0.5 size-6 shrink-0 accent-key-900" />
      <label htmlFor={id} className="min-h-6">
        {label}
      </label>
    </div>
  );
}

type ChoiceProps = {
  readonly legend: string;
  readonly name: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly options: readonly { readonly value: string; readonly label: ReactNode; readonly help?: string }[];
  readonly error?: string | undefined;
};

/** One of a few, all in sight. */
export function ChoiceField({ legend, name, value, onChange, options, error }: ChoiceProps): ReactElement {
  const id = useId();
  return (
    <fieldset className="mb-4" aria-describedby={error === undefined ? undefined : `${id}-error`}>
      <legend className="mb-1 font-700">{legend}</legend>
      {options.map((option, index) => (
        <div key={option.value} className="flex items-start gap-2 py-1">
          <input
            id={`${id}-${String(index)}`}
            type="radio"
            name={name}
            value={option.value}
            checked={value === option.value}
            onChange={() => onChange(option.value)}
            className="mt-0.5 size-6 shrink-0 accent-key-900"
          />
          <label htmlFor={`${id}-${String(index)}`} className="min-h-6">
            {option.label}
            {option.help === undefined ? null : (
              <span className="block text-[0.875rem] text-solid-gray-700">{option.help}</span>
            )}
          </label>
        </div>
      ))}
      {error === undefined ? null : (
        <p id={`${id}-error`} role="alert" className="mt-1 text-[0.875rem] font-700 text-error-2">
          ＊{error}
        </p>
      )}
    </fieldset>
  );
}
