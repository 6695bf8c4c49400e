/** A form made of a procedure's own schema: every item that the procedure takes, and no other (D183). */
import type { ReactElement } from "react";

import { Button } from "../../ui/Button.tsx";
import { DateInput } from "../../ui/Dates.tsx";
import { CheckField, SelectField, TextArea, TextField } from "../../ui/Field.tsx";
import { commonWords, fieldNames, variantNames } from "./field-names.ts";
import {
  emptyOf,
  isObject,
  type Json,
  type JsonObject,
  type Schema,
  textOf,
  variantKey,
  variantOf,
  variantsOf,
  withItem,
} from "./schema.ts";

/** A person who can be chosen: the people who are open with the case. */
export type Candidate = { readonly number: number; readonly name: string };

export type FormContext = {
  readonly candidates: readonly Candidate[];
  /** Messages by path, `children.0.number` */
  readonly problems: Readonly<Record<string, string>>;
};

type Props = {
  readonly name: string;
  readonly path: string;
  readonly schema: Schema;
  readonly value: Json | undefined;
  readonly required: boolean;
  readonly onChange: (value: Json | undefined) => void;
  readonly context: FormContext;
};

const labelOf = (name: string, schema: Schema): string => schema.title ?? fieldNames[name]?.label ?? name;

function PersonField({
  label,
  error,
  required,
  value,
  onChange,
  context,
}: {
  readonly label: string;
  readonly error: string | undefined;
  readonly required: boolean;
  readonly value: Json | undefined;
  readonly onChange: (value: Json | undefined) => void;
  readonly context: FormContext;
}): ReactElement {
  const known = context.candidates.some(({ number }) => number === value);
  if (context.candidates.length === 0 || (value !== undefined && !known)) {
    return (
      <TextField
        label={`${label}（宛名番号）`}
        width="medium"
        inputMode="numeric"
        required={required}
        error={error}
        value={textOf(value)}
        onChange={(event) => {
          const digits = event.target.value.normalize("NFKC").replaceAll(/\D/g, "");
          onChange(digits === "" ? undefined : Number(digits));
        }}
      />
    );
  }
  const options = [
    ...context.candidates.map(({ number, name }) => ({ value: String(number), label: name })),
    { value: "0", label: "ほかの人（宛名番号で）" },
  ];
  return (
    <SelectField
      label={label}
      width="medium"
      required={required}
      error={error}
      empty="選んでください"
      options={options}
      value={textOf(value)}
      onChange={(event) => onChange(event.target.value === "" ? undefined : Number(event.target.value))}
    />
  );
}

function Plain({ name, schema, value, required, onChange, context, path }: Props): ReactElement {
  const { typing, help, words = {} } = fieldNames[name] ?? {};
  const label = labelOf(name, schema);
  const error = context.problems[path];
  const common = { label, required, error, ...(help === undefined ? {} : { help }) };
  if (schema.type === "boolean") {
    return <CheckField label={label} checked={value === true} onChange={(event) => onChange(event.target.checked)} />;
  }
  if (schema.enum !== undefined) {
    const options = schema.enum.map((each) => ({
      value: String(each),
      label: words[String(each)] ?? commonWords[String(each)] ?? String(each),
    }));
    const numeric = schema.enum.every((each) => typeof each === "number");
    return (
      <SelectField
        {...common}
        width="medium"
        empty="選んでください"
        options={options}
        value={textOf(value)}
        onChange={(event) =>
          onChange(event.target.value === "" ? undefined : numeric ? Number(event.target.value) : event.target.value)
        }
      />
    );
  }
  if (typing === "person")
    return (
      <PersonField
        label={label}
        error={error}
        required={required}
        value={value}
        onChange={onChange}
        context={context}
      />
    );
  if (schema.type === "integer" || schema.type === "number") {
    return (
      <TextField
        {...common}
        width="medium"
        inputMode="numeric"
        value={textOf(value)}
        onChange={(event) => {
          const digits = event.target.value.normalize("NFKC").replaceAll(/[^\d-]/g, "");
          onChange(digits === "" ? undefined : Number(digits));
        }}
      />
    );
  }
  const text = typeof value === "string" ? value : "";
  if (typing === "date" || /(?:On|Date)$/.test(name)) return <DateInput {...common} value={text} onChange={onChange} />;
  if (typing === "long")
    return (
      <TextArea
        {...common}
        maxLength={schema.maxLength ?? 400}
        value={text}
        onChange={(event) => onChange(event.target.value)}
      />
    );
  return (
    <TextField
      {...common}
      width="medium"
      maxLength={schema.maxLength ?? 200}
      value={text}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

function Group({ name, schema, value, onChange, context, path }: Props): ReactElement {
  const typed = isObject(value) ? value : {};
  const filled = isObject(value);
  return (
    <fieldset className="mb-4 rounded-8 border border-solid-gray-420 px-3 pt-1 pb-0">
      <legend className="px-1 font-700">{labelOf(name, schema)}</legend>
      {fieldNames[name]?.help === undefined ? null : (
        <p className="mb-2 text-[0.875rem] text-solid-gray-700">{fieldNames[name].help}</p>
      )}
      {filled || schema.default !== undefined || path === "" ? (
        <Items schema={schema} value={typed} onChange={onChange} context={context} path={path} />
      ) : (
        <div className="mb-3">
          <Button size="small" onClick={() => onChange(emptyOf(schema) ?? {})}>
            入力する
          </Button>
        </div>
      )}
    </fieldset>
  );
}

function Choice({ name, schema, value, onChange, context, path, required }: Props): ReactElement {
  const variants = variantsOf(schema);
  const index = variantOf(variants, value);
  const names = variantNames[name] ?? {};
  const chosen = variants[index];
  const plain = variants.filter(({ type }) => type !== "null");
  const [only] = plain;
  // A plain item that may also be empty needs no choice of its own.
  if (plain.length === 1 && only !== undefined && only.type !== "object" && only.type !== "array") {
    return (
      <Node
        name={name}
        path={path}
        schema={only}
        value={value ?? undefined}
        required={required}
        onChange={onChange}
        context={context}
      />
    );
  }
  return (
    <fieldset className="mb-4 rounded-8 border border-solid-gray-420 px-3 pt-1 pb-0">
      <legend className="px-1 font-700">
        {labelOf(name, schema)}
        {required ? <span className="ml-2 text-[0.8125rem] font-400 text-error-2">※必須</span> : null}
      </legend>
      <SelectField
        label={`${labelOf(name, schema)}の種類`}
        width="medium"
        empty="選んでください"
        error={context.problems[path]}
        options={variants.map((variant, place) => ({
          value: String(place),
          label: names[variantKey(variant)] ?? variantKey(variant),
        }))}
        value={index === -1 ? "" : String(index)}
        onChange={(event) => {
          const variant = variants[Number(event.target.value)];
          if (event.target.value === "" || variant === undefined) onChange(undefined);
          else if (variant.type === "null") onChange(null);
          else onChange(emptyOf(variant));
        }}
      />
      {chosen?.type === "object" ? (
        <Items schema={chosen} value={isObject(value) ? value : {}} onChange={onChange} context={context} path={path} />
      ) : null}
    </fieldset>
  );
}

function List({ name, schema, value, onChange, context, path }: Props): ReactElement {
  const items = Array.isArray(value) ? (value as readonly Json[]) : [];
  const each = schema.items ?? {};
  return (
    <fieldset className="mb-4 rounded-8 border border-solid-gray-420 px-3 pt-1 pb-3">
      <legend className="px-1 font-700">{labelOf(name, schema)}</legend>
      {context.problems[path] === undefined ? null : (
        <p role="alert" className="font-700 text-error-2">
          ＊{context.problems[path]}
        </p>
      )}
      {items.map((item, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- the place in the form is the identity of a row
        <div key={index} className="mb-3 border-b border-solid-gray-300">
          <div className="flex items-center justify-between">
            <span className="font-700">{index + 1}件目</span>
            <Button size="small" kind="quiet" onClick={() => onChange(items.filter((_item, place) => place !== index))}>
              取り除く
            </Button>
          </div>
          <Node
            name={name}
            path={`${path}.${String(index)}`}
            schema={{ ...each, title: `${labelOf(name, schema)} ${String(index + 1)}` }}
            value={item}
            required
            onChange={(next) => onChange(items.map((before, place) => (place === index ? (next ?? null) : before)))}
            context={context}
          />
        </div>
      ))}
      {items.length < (schema.maxItems ?? 99) ? (
        <Button size="small" onClick={() => onChange([...items, emptyOf(each) ?? ""])}>
          {labelOf(name, schema)}を加える
        </Button>
      ) : null}
    </fieldset>
  );
}

function Node(props: Props): ReactElement {
  const { schema } = props;
  if (schema.anyOf !== undefined || schema.oneOf !== undefined) return <Choice {...props} />;
  if (schema.type === "object") return <Group {...props} />;
  if (schema.type === "array") return <List {...props} />;
  return <Plain {...props} />;
}

type ItemsProps = {
  readonly schema: Schema;
  readonly value: JsonObject;
  readonly onChange: (value: JsonObject) => void;
  readonly context: FormContext;
  readonly path: string;
  /** Items that something else fills in */
  readonly hidden?: readonly string[];
};

/** Items that most filings leave empty: behind a fold, unless something is typed in them or wrong with them. */
const RARE: ReadonlySet<string> = new Set([
  "written",
  "obstacleEndedOn",
  "serial",
  "careFrom",
  "careTo",
  "supportFrom",
  "supportTo",
  "graduationMonth",
  "student",
  "studyAbroad",
  "exception",
  "recipientKind",
  "savings",
  "capacity",
]);

/** Values that a form starts with by itself and that say nothing special. */
const USUAL: ReadonlySet<Json | undefined> = new Set<Json | undefined>([undefined, false, "", "individual", "parent"]);

/** The items of an object, in the order of the procedure. */
export function Items({ schema, value, onChange, context, path, hidden = [] }: ItemsProps): ReactElement {
  const pathOf = (name: string): string => (path === "" ? name : `${path}.${name}`);
  const shown = Object.entries(schema.properties ?? {}).filter(([name]) => !hidden.includes(name));
  const counted = value["role"] === "counted";
  const needed = ([name]: readonly [string, Schema]): boolean =>
    !RARE.has(name) ||
    schema.required?.includes(name) === true ||
    !USUAL.has(value[name]) ||
    (counted && ["student", "graduationMonth", "supportFrom"].includes(name)) ||
    Object.keys(context.problems).some((each) => each === pathOf(name) || each.startsWith(`${pathOf(name)}.`));
  const common = shown.filter(needed);
  const rare = shown.filter((entry) => !needed(entry));
  const node = ([name, each]: readonly [string, Schema]): ReactElement => (
    <div key={name} className={isWhole(each) ? "col-span-full" : "min-w-0"}>
      <Node
        name={name}
        path={pathOf(name)}
        schema={each}
        value={value[name]}
        required={schema.required?.includes(name) === true}
        onChange={(item) => onChange(withItem(value, name, item))}
        context={context}
      />
    </div>
  );
  return (
    <>
      <div className="grid items-end gap-x-6 sm:grid-cols-2">{common.map(node)}</div>
      {rare.length === 0 ? null : (
        <details className="mb-3">
          <summary className="min-h-6 text-[0.9375rem] text-key-1000 underline underline-offset-4">
            ほかの項目（{rare.map(([name, each]) => labelOf(name, each)).join("・")}）
          </summary>
          <div className="mt-2 grid items-end gap-x-6 sm:grid-cols-2">{rare.map(node)}</div>
        </details>
      )}
    </>
  );
}

/** An item that needs the whole width: a group, a list, or a choice between groups. */
function isWhole(schema: Schema): boolean {
  return variantsOf(schema).some(({ type }) => type === "object" || type === "array");
}
