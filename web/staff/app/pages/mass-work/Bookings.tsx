/** 予約: a list is made by itself at a date and time, daily, weekly, monthly or at the end of the month; people approve and start it. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateInput } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { SelectField, TextField } from "../../ui/Field.tsx";
import { daysInWareki } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { GoTo, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";

type Job = OperationAnswer<"readMassWork">["jobs"][number];
type Kind = "once" | "daily" | "weekly" | "monthly" | "monthEnd";

const KINDS: readonly { readonly value: Kind; readonly label: string }[] = [
  { value: "once", label: "日時を決めて1回" },
  { value: "daily", label: "毎日" },
  { value: "weekly", label: "毎週" },
  { value: "monthly", label: "毎月" },
  { value: "monthEnd", label: "毎月末" },
];
const WEEKDAYS = ["日", "月", "火", "水", "木", "金", "土"].map((name, index) => ({
  value: String(index),
  label: `${name}曜`,
}));
const MONTHS = [
  { value: "{{thisMonth}}", label: "その月" },
  { value: "{{lastMonth}}", label: "前の月" },
  { value: "{{nextMonth}}", label: "次の月" },
];

type When = {
  readonly kind: Kind;
  readonly at: string;
  readonly onDay: string;
  readonly weekday: string;
  readonly day: string;
};

function timingOf({ kind, at, onDay, weekday, day }: When) {
  if (kind === "once") return { kind, at, onDay };
  if (kind === "weekly") return { kind, at, weekday: Number(weekday) };
  if (kind === "monthly") return { kind, at, day: Number(day) };
  return { kind, at };
}

const complete = ({ kind, at, onDay, day }: When): boolean =>
  /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(at) &&
  (kind !== "once" || onDay !== "") &&
  (kind !== "monthly" || /^(?:[1-9]|[12]\d|3[01])$/.test(day));

function WhenFields({
  when,
  onChange,
}: {
  readonly when: When;
  readonly onChange: (when: When) => void;
}): ReactElement {
  return (
    <>
      <SelectField
        label="いつ"
        value={when.kind}
        onChange={({ target }) => onChange({ ...when, kind: target.value as Kind })}
        options={KINDS}
      />
      {when.kind === "once" ? (
        <DateInput label="日" required value={when.onDay} onChange={(onDay) => onChange({ ...when, onDay })} />
      ) : null}
      {when.kind === "weekly" ? (
        <SelectField
          label="曜日"
          value={when.weekday}
          onChange={({ target }) => onChange({ ...when, weekday: target.value })}
          options={WEEKDAYS}
        />
      ) : null}
      {when.kind === "monthly" ? (
        <TextField
          label="日（1〜31。月の日数を超えるときは末日）"
          required
          inputMode="numeric"
          width="short"
          value={when.day}
          onChange={({ target }) => onChange({ ...when, day: target.value.trim() })}
        />
      ) : null}
      <TextField
        label="時刻（HH:MM）"
        required
        width="short"
        value={when.at}
        onChange={({ target }) => onChange({ ...when, at: target.value.trim() })}
      />
    </>
  );
}

function BookDialog({ jobs, onClose }: { readonly jobs: readonly Job[]; readonly onClose: () => void }): ReactElement {
  const [jobCode, setJobCode] = useState(jobs[0]?.code ?? "");
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [when, setWhen] = useState<When>({ kind: "monthly", at: "09:00", onDay: "", weekday: "1", day: "1" });
  const command = useCommand("bookMassRun", { onDone: onClose });
  const job = jobs.find(({ code }) => code === jobCode) ?? jobs[0];
  if (job === undefined)
    return (
      <Dialog title="一括処理の予約" onClose={onClose}>
        処理がありません。
      </Dialog>
    );
  // A month moves with the day on which the list is made; a year does, too.
  const valueOf = (field: Job["fields"][number]): string =>
    values[field.name] ?? (field.name === "month" ? "{{lastMonth}}" : field.name === "year" ? "{{thisYear}}" : "");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const parameters = Object.fromEntries(
      job.fields
        .filter((field) => valueOf(field) !== "")
        .map((field) => [
          field.name,
          field.kind === "number" && /^\d+$/.test(valueOf(field)) ? Number(valueOf(field)) : valueOf(field),
        ]),
    );
    void command.run({ body: { jobCode: job.code, parameters, timing: timingOf(when) } });
  };
  return (
    <Dialog title="一括処理の予約" onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <ProblemNotice problem={command.problem} />
        <SelectField
          label="種類"
          value={job.code}
          onChange={({ target }) => {
            setJobCode(target.value);
            setValues({});
          }}
          options={jobs.map(({ code, name }) => ({ value: code, label: name }))}
        />
        {job.fields.map((field) =>
          field.name === "month" ? (
            <SelectField
              key={field.name}
              label={field.label}
              value={valueOf(field)}
              onChange={({ target }) => setValues({ ...values, [field.name]: target.value })}
              options={MONTHS}
            />
          ) : (
            <TextField
              key={field.name}
              label={field.label}
              required={field.required}
              width="medium"
              help={field.name === "year" ? "{{thisYear}} は、作る日の年です。" : ""}
              value={valueOf(field)}
              onChange={({ target }) => setValues({ ...values, [field.name]: target.value.trim() })}
            />
          ),
        )}
        <WhenFields when={when} onChange={setWhen} />
        <p className="mb-3">その日時に、あなたの名前で案の一覧ができます。承認と実行は、これまでどおり人が行います。</p>
        <Actions>
          <Button
            kind="primary"
            submit
            pending={command.pending}
            disabled={!complete(when) || job.fields.some((field) => field.required && valueOf(field) === "")}
          >
            予約する
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}

export function Bookings({ jobs }: { readonly jobs: readonly Job[] }): ReactElement {
  const { data, error } = useRead("listMassBookings", {});
  const may = useMay("decision.exOfficio");
  const [open, setOpen] = useState(false);
  const end = useCommand("endMassBooking");
  return (
    <Section title="予約">
      <ProblemNotice problem={error ?? end.problem} />
      {end.answer === undefined ? null : <Notice kind="success" title={end.answer.message} live />}
      <Table
        caption="予約"
        captionHidden
        rows={data?.bookings ?? []}
        rowKey={({ bookingId }) => bookingId}
        empty="予約はありません。"
        columns={[
          { key: "name", head: "種類", rowHead: true, cell: ({ jobName }) => jobName },
          { key: "when", head: "いつ", cell: ({ timing }) => daysInWareki(timing) },
          {
            key: "parameters",
            head: "指定",
            cell: ({ parameters }) => parameters.map(({ label, value }) => `${label}: ${value}`).join("、"),
          },
          { key: "by", head: "予約した人", cell: ({ bookedBy }) => bookedBy },
          {
            key: "last",
            head: "前回",
            cell: ({ last }) =>
              last === null ? (
                "まだ"
              ) : last.runNo === null ? (
                <>
                  <Badge kind="danger">作れなかった</Badge> {last.problem}
                </>
              ) : (
                <GoTo to={`/mass-work/${String(last.runNo)}`}>
                  {daysInWareki(last.dueAt)}　一括処理 {last.runNo}
                </GoTo>
              ),
          },
          {
            key: "act",
            head: "操作",
            cell: ({ bookingId, jobName }) =>
              may ? (
                <Button
                  size="small"
                  pending={end.pending}
                  aria-label={`予約を取り消す: ${jobName}`}
                  onClick={() => void end.run({ path: { bookingId: String(bookingId) } })}
                >
                  取り消す
                </Button>
              ) : null,
          },
        ]}
      />
      {may ? (
        <Button size="small" onClick={() => setOpen(true)}>
          予約を入れる
        </Button>
      ) : null}
      {open ? <BookDialog jobs={jobs} onClose={() => setOpen(false)} /> : null}
    </Section>
  );
}
