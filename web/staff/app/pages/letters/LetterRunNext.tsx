/** 次の処理 of a print run: what its state and the person's rights allow. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { useCommand, useRead } from "../../api/hooks.ts";
import { useDraft } from "../../session/drafts.ts";
import { useMay, useSession } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { TextField } from "../../ui/Field.tsx";
import { count } from "../../ui/format.ts";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { Table } from "../../ui/Table.tsx";
import { ReasonDialog } from "../administration/ReasonDialog.tsx";
import type { LetterRunView } from "./LetterRunPage.tsx";

type Props = { readonly view: LetterRunView; readonly onDone: (message: string) => void };

function Approve({ view, onDone }: Props): ReactElement {
  const { session } = useSession();
  const may = useMay("letter.approve");
  const command = useCommand("approveLetterRun", { onDone: ({ message }) => onDone(message) });
  const { run } = view;
  if (run.maker === session.staffId) return <p>あなたが作った印刷処理です。見本の承認は、別の人が行います。</p>;
  if (!may) return <p>見本の承認を待っています。承認の権限のある職員が行います。</p>;
  return (
    <>
      <p className="mb-2">
        理由ごとの件数と見本を確かめてから、{count(run.letters)}通を承認します。中身が変わっていれば承認されません。
      </p>
      <ProblemNotice problem={command.problem} />
      <Button
        kind="primary"
        pending={command.pending}
        onClick={() => void command.run({ path: { runNo: String(run.runNo) }, body: { listDigest: run.listDigest } })}
      >
        見本を見て承認する
      </Button>
    </>
  );
}

function Print({ view, onDone }: Props): ReactElement {
  const command = useCommand("orderLetterPrinting", { onDone: ({ message }) => onDone(message) });
  return (
    <>
      <p className="mb-2">印刷の直前に、死亡などで送らないものを除きます。印刷は画面とは別に進みます。</p>
      <ProblemNotice problem={command.problem} />
      <Button
        kind="primary"
        pending={command.pending}
        onClick={() => void command.run({ path: { runNo: String(view.run.runNo) } })}
      >
        印刷を指示する
      </Button>
    </>
  );
}

function Late({ view, onDone }: Props): ReactElement {
  const runNo = String(view.run.runNo);
  const [open, setOpen] = useState(false);
  const [taking, setTaking] = useState<number>();
  const found = useRead("readLateLetters", { path: { runNo } }, { enabled: open });
  return (
    <div className="mb-4">
      {open ? null : <Button onClick={() => setOpen(true)}>発送の前の点検をする</Button>}
      <ProblemNotice problem={found.error} />
      {open && found.data !== undefined ? (
        <Table
          caption="抜き取る通知書"
          rows={found.data.late}
          rowKey={({ letterId }) => letterId}
          empty="抜き取るものはありません。"
          columns={[
            { key: "letter", head: "封筒", rowHead: true, cell: ({ letterId }) => letterId },
            { key: "seq", head: "順番", numeric: true, cell: ({ seq }) => count(seq) },
            { key: "why", head: "理由", cell: ({ label }) => label },
            {
              key: "take",
              head: "処理",
              cell: ({ letterId }) => (
                <Button size="small" onClick={() => setTaking(letterId)}>
                  抜いた<span className="sr-only">（封筒 {letterId}）</span>
                </Button>
              ),
            },
          ]}
        />
      ) : null}
      {taking === undefined ? null : (
        <ReasonDialog
          operation="takeOutLetter"
          title={`封筒 ${String(taking)} を抜き取る`}
          what="抜き取った封筒の番号が同じことを確かめてから記録してください。抜いた通知書は、また印刷を待つものに戻ります。"
          button="抜いたことを記録する"
          input={(reason) => ({ path: { runNo }, body: { letterId: taking, kind: "takenOut" as const, reason } })}
          onDone={({ message }) => {
            setTaking(undefined);
            onDone(message);
            void found.refetch();
          }}
          onClose={() => setTaking(undefined)}
        />
      )}
    </div>
  );
}

function Mail({ view, onDone }: Props): ReactElement {
  const draft = useDraft(`letters/mail/${String(view.run.runNo)}`, "");
  const command = useCommand("mailLetterRun", {
    onDone: ({ message }) => {
      draft.drop();
      onDone(message);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void command.run({ path: { runNo: String(view.run.runNo) }, body: { inserted: Number(draft.value) } });
  };
  return (
    <form onSubmit={submit} noValidate>
      <ProblemNotice problem={command.problem} />
      <TextField
        label="封入した封筒の数"
        required
        width="short"
        inputMode="numeric"
        value={draft.value}
        onChange={(event) => draft.set(event.target.value.replaceAll(/[^0-9]/g, "").slice(0, 6))}
        help={`印刷した ${count(view.run.printed)}通から、抜いた数を引いた数と合わないと発送できません。`}
      />
      <Button kind="primary" submit pending={command.pending} disabled={draft.value === ""}>
        発送を登録する
      </Button>
    </form>
  );
}

export function LetterRunNext({ view, onDone, onRefresh }: Props & { readonly onRefresh: () => void }): ReactElement {
  const mayPrint = useMay("letter.print");
  const [discarding, setDiscarding] = useState(false);
  const { run } = view;
  const ended = run.state === "mailed" || run.state === "discarded";
  return (
    <>
      {run.state === "created" ? <Approve view={view} onDone={onDone} /> : null}
      {run.state === "approved" ? (
        mayPrint ? (
          <Print view={view} onDone={onDone} />
        ) : (
          <p>印刷の指示を待っています。</p>
        )
      ) : null}
      {run.state === "printing" ? (
        <>
          <p className="mb-2">
            印刷しています。{count(run.printed)} / {count(run.letters)}通まで終わりました。
          </p>
          <Button onClick={onRefresh}>進みを見る</Button>
        </>
      ) : null}
      {run.state === "printed" && mayPrint ? (
        <>
          <Late view={view} onDone={onDone} />
          <Mail view={view} onDone={onDone} />
        </>
      ) : null}
      {ended ? <p>この印刷処理は終わっています。</p> : null}
      {mayPrint && !ended ? (
        <div className="mt-4">
          <Button kind="danger" size="small" onClick={() => setDiscarding(true)}>
            破棄する
          </Button>
        </div>
      ) : null}
      {discarding ? (
        <ReasonDialog
          operation="discardLetterRun"
          title={`印刷処理 第${String(run.runNo)}号を破棄する`}
          what="この印刷処理の紙はすべて捨ててください。通知書は、また印刷を待つものに戻ります。"
          button="破棄する"
          danger
          input={(reason) => ({ path: { runNo: String(run.runNo) }, body: { reason } })}
          onDone={({ message }) => {
            setDiscarding(false);
            onDone(message);
          }}
          onClose={() => setDiscarding(false)}
        />
      ) : null}
    </>
  );
}
