/** 一括処理の作成: which kind, with which parameters. The last run's parameters stand in the form; what differs from them is marked. */
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand } from "../../api/hooks.ts";
import { useDraft } from "../../session/drafts.ts";
import { useMay } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { MonthInput } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { SelectField, TextField } from "../../ui/Field.tsx";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { useShortcut } from "../../ui/Shortcut.tsx";

type Work = OperationAnswer<"readMassWork">;
type Job = Work["jobs"][number];

/** Values of the last run of the kind, by label. */
function lastValues(job: Job | undefined, runs: Work["runs"]): ReadonlyMap<string, string> {
  const run = runs.find(({ jobCode }) => jobCode === job?.code);
  return new Map((run?.parameters ?? []).map(({ label, value }) => [label, value]));
}

type Draft = { readonly jobCode: string; readonly values: Readonly<Record<string, string>> };

export function CreateMassRun({ jobs, runs }: Pick<Work, "jobs" | "runs">): ReactElement | null {
  const may = useMay("decision.exOfficio");
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const draft = useDraft<Draft>("mass-work/create", { jobCode: jobs[0]?.code ?? "", values: {} });
  const job = jobs.find(({ code }) => code === draft.value.jobCode) ?? jobs[0];
  const last = lastValues(job, runs);
  const valueOf = (field: Job["fields"][number]): string =>
    draft.value.values[field.name] ?? last.get(field.label) ?? "";
  const command = useCommand("createMassRun", {
    onDone: ({ runNo }) => {
      draft.drop();
      void navigate({ to: `/mass-work/${String(runNo)}` });
    },
  });
  useShortcut("n", "新しい一括処理を作る", () => setOpen(true), { enabled: may });
  if (!may || job === undefined) return null;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const parameters = Object.fromEntries(
      job.fields
        .filter((field) => valueOf(field) !== "")
        .map((field) => [field.name, field.kind === "number" ? Number(valueOf(field)) : valueOf(field)]),
    );
    void command.run({ body: { jobCode: job.code, parameters } });
  };
  return (
    <>
      <p className="mb-4">
        <Button kind="primary" shortcut="n" onClick={() => setOpen(true)}>
          一括処理を作る
        </Button>
      </p>
      {open ? (
        <Dialog title="一括処理を作る" onClose={() => setOpen(false)}>
          <form onSubmit={submit} noValidate>
            <ProblemNotice problem={command.problem} />
            <SelectField
              label="種類"
              required
              value={job.code}
              onChange={(event) => draft.set({ jobCode: event.target.value, values: {} })}
              options={jobs.map(({ code, name }) => ({ value: code, label: name }))}
            />
            <p className="mb-3">{job.description}</p>
            {job.fields.map((field) => {
              const before = last.get(field.label);
              const changed = before !== undefined && before !== valueOf(field);
              const help =
                before === undefined ? undefined : changed ? (
                  <>
                    <Badge kind="key">変更</Badge> 前回は {before} でした
                  </>
                ) : (
                  `前回と同じです（${before}）`
                );
              const set = (value: string): void =>
                draft.set({ jobCode: job.code, values: { ...draft.value.values, [field.name]: value } });
              return field.name === "month" ? (
                <div key={field.name}>
                  <MonthInput label={field.label} required={field.required} value={valueOf(field)} onChange={set} />
                  {help === undefined ? null : <p className="-mt-3 mb-4 text-[0.875rem]">{help}</p>}
                </div>
              ) : (
                <TextField
                  key={field.name}
                  label={field.label}
                  required={field.required}
                  width="medium"
                  help={help ?? ""}
                  value={valueOf(field)}
                  onChange={(event) => set(event.target.value)}
                />
              );
            })}
            <p className="mb-3">まず案の一覧ができます。承認して実行するまで、何も書きません。</p>
            <Actions>
              <Button
                kind="primary"
                submit
                pending={command.pending}
                disabled={job.fields.some((field) => field.required && valueOf(field).trim() === "")}
              >
                一覧を作る
              </Button>
              <Button onClick={() => setOpen(false)}>やめる</Button>
            </Actions>
          </form>
        </Dialog>
      ) : null}
    </>
  );
}
