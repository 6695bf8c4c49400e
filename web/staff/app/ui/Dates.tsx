/** Days on screens: written in 和暦 or 西暦 as the reader chose, typed in whichever form is at hand. */
import { formatWareki } from "@hagukumi/platform/calendar/wareki.ts";
import { parseCivilDate } from "@hagukumi/law/contract.ts";
import { useState } from "react";
import type { ReactElement, Ref } from "react";

import { useDateStyle } from "./date-style.ts";
import { momentText, otherDate, otherMonth, wareki, warekiMonth, weekday } from "./format.ts";
import { TextField } from "./Field.tsx";
import { readDate, readMonth } from "./read-date.ts";

/** A day in the calendar that the reader chose, in the other one on hover; 不詳 where the day is not known, with what a paper says of it. */
export function DateText({ date, said = "" }: { readonly date: string | null; readonly said?: string }): ReactElement {
  const style = useDateStyle();
  if (date === null) return <span>{said === "" ? "不詳" : `不詳（${said}）`}</span>;
  return (
    <time dateTime={date} title={otherDate(date, style)} className="whitespace-nowrap">
      {wareki(date, style)}
    </time>
  );
}

/** A month in the calendar that the reader chose, in the other one on hover. */
export function MonthText({ month }: { readonly month: string }): ReactElement {
  const style = useDateStyle();
  return (
    <time dateTime={month.slice(0, 7)} title={otherMonth(month, style)} className="whitespace-nowrap">
      {warekiMonth(month, style)}
    </time>
  );
}

/** A moment in Japan. */
export function MomentText({ at }: { readonly at: string }): ReactElement {
  return (
    <time dateTime={at} className="whitespace-nowrap tabular-nums">
      {momentText(at)}
    </time>
  );
}

type Props = {
  readonly label: string;
  /** `YYYY-MM-DD`, or the empty text */
  readonly value: string;
  /** Given the day as `YYYY-MM-DD`, or the empty text where none can be read */
  readonly onChange: (date: string) => void;
  readonly help?: string;
  readonly error?: string | undefined;
  readonly required?: boolean;
  readonly name?: string;
  readonly ref?: Ref<HTMLInputElement>;
};

/** A field for a day. What was understood stands beside it at once. */
export function DateInput({ label, value, onChange, help, error, required, name, ref }: Props): ReactElement {
  const [typed, setTyped] = useState(value);
  // A value that was set from outside replaces what was typed.
  const shown = value !== "" && readDate(typed) !== value ? value : typed;
  const read = readDate(shown);
  const parsed = read === undefined ? undefined : parseCivilDate(read);
  const unreadable = shown.trim() !== "" && read === undefined;
  return (
    <TextField
      label={label}
      width="medium"
      inputMode="text"
      placeholder="R8.10.3"
      value={shown}
      onChange={(event) => {
        setTyped(event.target.value);
        onChange(readDate(event.target.value) ?? "");
      }}
      help={
        parsed === undefined
          ? (help ?? "令和8年10月3日・R8.10.3・2026-10-03 のどれでも")
          : `${formatWareki(parsed)}（${parsed} ${weekday(parsed)}）`
      }
      error={
        error ??
        (unreadable && shown.length >= 8
          ? "この日付は読めないか、存在しません。例: 令和8年10月3日、R8.10.3、2026-10-03"
          : undefined)
      }
      {...(required === undefined ? {} : { required })}
      {...(name === undefined ? {} : { name })}
      {...(ref === undefined ? {} : { ref })}
    />
  );
}

type MonthProps = Omit<Props, "name">;

/** A field for a month: `value` and what `onChange` is given are `YYYY-MM`. What was understood stands beside it at once. */
export function MonthInput({ label, value, onChange, help, error, required, ref }: MonthProps): ReactElement {
  const [typed, setTyped] = useState(value);
  const shown = value !== "" && readMonth(typed) !== value ? value : typed;
  const read = readMonth(shown);
  const unreadable = shown.trim() !== "" && read === undefined;
  return (
    <TextField
      label={label}
      width="medium"
      inputMode="text"
      placeholder="R8.12"
      value={shown}
      onChange={(event) => {
        setTyped(event.target.value);
        onChange(readMonth(event.target.value) ?? "");
      }}
      help={
        read === undefined
          ? (help ?? "令和8年12月・R8.12・2026-12 のどれでも")
          : `${warekiMonth(read, "wareki")}（${read}）`
      }
      error={
        error ??
        (unreadable && shown.length >= 5
          ? "この年月は読めないか、存在しません。例: 令和8年12月、R8.12、2026-12"
          : undefined)
      }
      {...(required === undefined ? {} : { required })}
      {...(ref === undefined ? {} : { ref })}
    />
  );
}
