/** 振込不能と当たらない結果: one person writes down what was found, another approves it; then the money stands in due again. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { useCommand } from "../../api/hooks.ts";
import { useDraft } from "../../session/drafts.ts";
import { useMay, useSession } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { DateText } from "../../ui/Dates.tsx";
import { TextArea } from "../../ui/Field.tsx";
import { yen } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Table } from "../../ui/Table.tsx";
import { Certification } from "../person/Certification.tsx";
import { LateReturn } from "./LateReturn.tsx";
import type { RunView } from "./RunPage.tsx";

type Row = RunView["returned"][number];
type OnRow = { readonly view: RunView; readonly row: Row; readonly onDone: (message: string) => void };

function Propose({ view, row, onDone }: OnRow): ReactElement {
  const [open, setOpen] = useState(false);
  const draft = useDraft(`run/${String(view.run.runNo)}/result/${String(row.rowNo)}`, "");
  const command = useCommand("proposeRunSettlement", {
    onDone: ({ message }) => {
      draft.drop();
      setOpen(false);
      onDone(message);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const path = { runNo: String(view.run.runNo), rowNo: row.rowNo };
    void command.run({ path, body: { resolution: draft.value } });
  };
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {row.proposal === null ? "確かめたことを入れる" : "案を書き直す"}
      </Button>
      {open ? (
        <Dialog
          title={row.lineNo === null ? "当たる明細のない結果の始末" : "振込不能の確認"}
          onClose={() => setOpen(false)}
        >
          <form onSubmit={submit} noValidate>
            <ProblemNotice problem={command.problem} />
            <TextArea
              label="確かめたこと"
              required
              help={
                row.lineNo === null
                  ? "どの支払のものか、どう扱うか。"
                  : "口座を直した、名義を届け直してもらった、など。いまの口座に結びつき、そのあと口座が変われば入れ直しになります。"
              }
              value={draft.value}
              onChange={(event) => draft.set(event.target.value)}
            />
            <Actions>
              <Button kind="primary" submit pending={command.pending} disabled={draft.value.trim() === ""}>
                案として残す
              </Button>
              <Button onClick={() => setOpen(false)}>やめる</Button>
            </Actions>
          </form>
        </Dialog>
      ) : null}
    </>
  );
}

function Approve({ view, row, onDone }: OnRow): ReactElement | null {
  const { session } = useSession();
  const command = useCommand("approveRunSettlement", { onDone: ({ message }) => onDone(message) });
  if (row.proposal === null) return null;
  if (row.proposal.proposedBy === session.staffId) return <p>ほかの人が認めます。</p>;
  const { seq } = row.proposal;
  const path = { runNo: String(view.run.runNo), rowNo: row.rowNo };
  return (
    <>
      <ProblemNotice problem={command.problem} />
      <Button
        size="small"
        kind="primary"
        pending={command.pending}
        onClick={() => void command.run({ path, body: { seq } })}
      >
        認める
      </Button>
    </>
  );
}

function State({ view, row, onDone }: OnRow): ReactElement {
  const may = { propose: useMay("payment.create"), approve: useMay("payment.approve") };
  if (row.confirmed) return <>口座を確かめ、未払に戻した</>;
  if (row.resolved) return <>始末済み</>;
  return (
    <>
      {row.proposal === null ? (
        <p>確認待ち</p>
      ) : (
        <p>
          案: {row.proposal.resolution}（{row.proposal.proposedBy}）
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        {may.propose ? <Propose view={view} row={row} onDone={onDone} /> : null}
        {may.approve ? <Approve view={view} row={row} onDone={onDone} /> : null}
      </div>
    </>
  );
}

export function RunReturned({ view }: { readonly view: RunView }): ReactElement {
  const [said, setSaid] = useState<string>();
  const answered = view.run.state === "settled" || view.run.state === "closed";
  return (
    <>
      {said === undefined ? null : <Notice kind="success" title={said} live />}
      <Table
        caption="銀行から戻った振込"
        captionHidden
        rows={view.returned}
        rowKey={(row) => row.rowNo}
        empty={answered ? "振込不能はありません。" : "銀行の結果はまだ届いていません。"}
        columns={[
          { key: "line", head: "明細", numeric: true, cell: (row) => row.lineNo ?? "—" },
          {
            key: "recipient",
            head: "認定番号",
            rowHead: true,
            cell: (row) =>
              row.recipientId === null ? "当たる明細がありません" : <Certification number={row.recipientId} />,
          },
          { key: "amount", head: "金額", numeric: true, cell: (row) => yen(row.amount), sortBy: (row) => row.amount },
          {
            key: "reason",
            head: "銀行の理由",
            cell: (row) =>
              row.lateOn === null ? (
                row.reason
              ) : (
                <>
                  {row.reason}（締めたあと <DateText date={row.lateOn} /> に戻った）
                </>
              ),
          },
          { key: "state", head: "状態", cell: (row) => <State view={view} row={row} onDone={setSaid} /> },
        ]}
      />
      <LateReturn view={view} onDone={setSaid} />
    </>
  );
}
