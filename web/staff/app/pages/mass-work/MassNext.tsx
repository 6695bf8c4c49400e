/** 次にできること: what the state allows and the person's rights permit. The server and the database check the same again. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { useCommand } from "../../api/hooks.ts";
import { useDraft } from "../../session/drafts.ts";
import { useMay, useSession } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { TextArea } from "../../ui/Field.tsx";
import { count, yen } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Section } from "../../ui/Page.tsx";
import { useShortcut } from "../../ui/Shortcut.tsx";
import type { MassRun } from "./labels.ts";

type Props = { readonly run: MassRun; readonly onDone: (message: string) => void };

const pathOf = (run: MassRun) => ({ path: { massRunNo: String(run.runNo) } });

function Approve({ run, onDone }: Props): ReactElement | null {
  const { session } = useSession();
  const command = useCommand("approveMassRun", { onDone: ({ message }) => onDone(message) });
  const { list } = run;
  if (list === null) return null;
  if (run.maker === session.staffId) return <p>あなたが作った一括処理です。承認は、別の人が行います。</p>;
  return (
    <div>
      <p className="mb-2">
        いま見えている一覧（変える {count(list.change)}件、月額 {yen(list.yenBefore)}→{yen(list.yenAfter)}
        ）を承認します。一覧が違っていれば承認されません。
      </p>
      <ProblemNotice problem={command.problem} />
      <Button
        kind="primary"
        pending={command.pending}
        onClick={() => void command.run({ ...pathOf(run), body: { digest: list.digest } })}
      >
        一覧を承認する
      </Button>
    </div>
  );
}

function Start({ run, onDone }: Props): ReactElement {
  const command = useCommand("startMassRun", { onDone: ({ message }) => onDone(message) });
  return (
    <div>
      <ProblemNotice problem={command.problem} />
      <Button kind="primary" pending={command.pending} onClick={() => void command.run(pathOf(run))}>
        実行する（{count(run.list?.change ?? 0)}件）
      </Button>
    </div>
  );
}

function Resume({ run, onDone }: Props): ReactElement {
  const command = useCommand("resumeMassRun", { onDone: ({ message }) => onDone(message) });
  return (
    <div>
      <ProblemNotice problem={command.problem} />
      <Button kind="primary" pending={command.pending} onClick={() => void command.run(pathOf(run))}>
        続きから再開する
      </Button>
    </div>
  );
}

/** 中断 and 取消 ask for the reason; both are kept with the run. */
function WithReason({
  run,
  onDone,
  operation,
  label,
  explanation,
}: Props & {
  readonly operation: "stopMassRun" | "cancelMassRun";
  readonly label: string;
  readonly explanation: string;
}): ReactElement {
  const [open, setOpen] = useState(false);
  const draft = useDraft(`mass-work/${String(run.runNo)}/${operation}`, "");
  const command = useCommand(operation, {
    onDone: ({ message }) => {
      draft.drop();
      setOpen(false);
      onDone(message);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void command.run({ ...pathOf(run), body: { reason: draft.value } });
  };
  return (
    <div>
      <Button kind="danger" onClick={() => setOpen(true)}>
        {label}
      </Button>
      {open ? (
        <Dialog title={label} onClose={() => setOpen(false)}>
          <form onSubmit={submit} noValidate>
            <ProblemNotice problem={command.problem} />
            <p className="mb-3">{explanation}</p>
            <TextArea label="理由" required value={draft.value} onChange={(event) => draft.set(event.target.value)} />
            <Actions>
              <Button kind="danger" submit pending={command.pending} disabled={draft.value.trim() === ""}>
                {label}
              </Button>
              <Button onClick={() => setOpen(false)}>やめる</Button>
            </Actions>
          </form>
        </Dialog>
      ) : null}
    </div>
  );
}

function Stop(props: Props): ReactElement {
  return (
    <WithReason
      {...props}
      operation="stopMassRun"
      label="中断する"
      explanation="いまの小分けが終わったところで止まります。書いた分は残り、続きから再開できます。"
    />
  );
}

function Cancel(props: Props): ReactElement {
  const { written } = props.run;
  return (
    <WithReason
      {...props}
      operation="cancelMassRun"
      label={written === 0 ? "この一括処理を取り消す" : "打ち切る"}
      explanation={
        written === 0
          ? "取り消すと、この番号では何も書けなくなります。同じ引数で作り直せます。"
          : `書いた ${count(written)}件はそのまま残ります。残りは書きません。`
      }
    />
  );
}

type Part = {
  readonly key: string;
  readonly needs: "make" | "approve" | "run";
  readonly part: (props: Props) => ReactElement | null;
};

const CANCEL: Part = { key: "cancel", needs: "make", part: Cancel };
const NEXT: Readonly<Record<MassRun["state"], readonly Part[]>> = {
  collecting: [CANCEL],
  collectFailed: [{ key: "resume", needs: "run", part: Resume }, CANCEL],
  listed: [{ key: "approve", needs: "approve", part: Approve }, CANCEL],
  approved: [{ key: "start", needs: "run", part: Start }, CANCEL],
  running: [{ key: "stop", needs: "run", part: Stop }],
  stopped: [{ key: "resume", needs: "run", part: Resume }, CANCEL],
  runFailed: [{ key: "resume", needs: "run", part: Resume }, CANCEL],
  done: [],
  cancelled: [],
};

export function MassNext({ run }: { readonly run: MassRun }): ReactElement {
  const client = useQueryClient();
  const [said, setSaid] = useState<string>();
  const make = useMay("decision.exOfficio");
  const approve = useMay("decision.exOfficioApprove");
  const contractor = useMay("batch.run");
  const may = { make: make || approve, approve, run: make || approve || contractor };
  const reload = (): void => void client.invalidateQueries();
  useShortcut("r", "読み直す", reload);
  const possible = NEXT[run.state];
  const mine = possible.filter(({ needs }) => may[needs]);
  const working = run.state === "collecting" || run.state === "running";
  return (
    <Section title="次にできること">
      {said === undefined ? null : <Notice kind="success" title={said} live />}
      {working ? (
        <p className="mb-3">
          作業者が進めています（{count(run.done)}/{count(run.total)}）。この画面を閉じても続きます。
        </p>
      ) : null}
      {possible.length === 0 ? <p className="mb-3">この一括処理は終わっています。</p> : null}
      {possible.length > 0 && mine.length === 0 ? <p className="mb-3">次の処理は、ほかの担当者が行います。</p> : null}
      <div className="flex flex-wrap items-start gap-x-6 gap-y-3">
        {mine.map(({ key, part: PartView }) => (
          <PartView key={key} run={run} onDone={setSaid} />
        ))}
        {possible.length === 0 ? null : (
          <Button shortcut="r" onClick={reload}>
            読み直す
          </Button>
        )}
      </div>
    </Section>
  );
}
