/** 届出のない変更: the register shows a new name or address and nobody has reported it. The report may be left out, on record. */
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { ReactElement } from "react";

import { callOperation, type OperationAnswer } from "../../api/call.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { useWork } from "../../session/use-work.ts";
import { Button } from "../../ui/Button.tsx";
import { DateText } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { certificationText, count } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Loading } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { LateBadge } from "./DueChecks.tsx";

type Change = OperationAnswer<"readUnreportedChanges">["changes"][number];

const ITEMS = { name: "氏名", address: "住所" } as const;

const opening = (change: Change) => ({
  target: { kind: "recipient", number: String(change.recipientId) } as const,
  purpose: "changeReport",
  explanation: "",
  origin: "list" as const,
});

function OmitDialog({
  change,
  onClose,
}: {
  readonly change: Change;
  readonly onClose: (done: boolean) => void;
}): ReactElement {
  const { run, pending, problem } = useWork();
  const omit = useCommand("omitChangeReport", { onDone: () => onClose(true) });
  const { recipientId, item, historyNo } = change;
  const record = async (): Promise<void> => {
    // Recording is work on the person: the person is opened for it, and the log says so.
    const opened = await run(async () => await callOperation("openCase", { body: opening(change) }));
    if (opened !== undefined) await omit.run({ path: { recipientId: String(recipientId) }, body: { item, historyNo } });
  };
  return (
    <Dialog title="変更届の省略を記録する" onClose={() => onClose(false)}>
      <p className="mb-3">
        認定番号 <strong>{certificationText(recipientId)}</strong> の{ITEMS[item]}が{" "}
        <DateText date={change.changedOn} />{" "}
        に変わったことを住民基本台帳で確かめたので、変更届を求めません（児童手当法施行規則11条）。
        どの行で確かめたかと、あなたの名前が残ります。取り消せません。
      </p>
      <ProblemNotice problem={problem ?? omit.problem} />
      <Actions>
        <Button kind="primary" pending={pending || omit.pending} onClick={() => void record()}>
          省略を記録する
        </Button>
        <Button onClick={() => onClose(false)}>やめる</Button>
      </Actions>
    </Dialog>
  );
}

export function UnreportedChanges(): ReactElement {
  const navigate = useNavigate();
  const may = useMay("claim.receive");
  const { data, error } = useRead("readUnreportedChanges", {});
  const { run, pending, problem } = useWork();
  const [leaving, setLeaving] = useState<Change>();
  const [done, setDone] = useState(false);
  if (data === undefined) return error === null ? <Loading /> : <ProblemNotice problem={error} />;
  const open = async (change: Change): Promise<void> => {
    const opened = await run(async () => await callOperation("openCase", { body: opening(change) }));
    if (opened !== undefined) void navigate({ to: `/cases/${String(change.recipientId)}` });
  };
  return (
    <>
      {done ? <Notice kind="success" live title="省略を記録しました。" /> : null}
      <ProblemNotice problem={problem} />
      {data.total === 0 ? null : (
        <p className="mb-1">
          {count(data.total)}件{data.late === 0 ? "" : `、うち届出の期限を過ぎたもの ${count(data.late)}件`}。
          {data.changes.length < data.total ? `期限の早い${String(data.changes.length)}件を示しています。` : ""}
        </p>
      )}
      <Table
        caption="届出のない変更"
        captionHidden
        rows={data.changes}
        rowKey={({ recipientId, item, historyNo }) => `${String(recipientId)}${item}${String(historyNo)}`}
        empty="いまはありません。"
        pageSize={20}
        textOf={({ recipientId, item, wardName }) => `${certificationText(recipientId)} ${ITEMS[item]} ${wardName}`}
        columns={[
          { key: "alarm", head: "期限", cell: ({ late }) => <LateBadge late={late} /> },
          {
            key: "due",
            head: "届出の期限",
            cell: ({ dueOn }) => <DateText date={dueOn} />,
            sortBy: ({ dueOn }) => dueOn,
          },
          {
            key: "number",
            head: "認定番号",
            rowHead: true,
            cell: ({ recipientId }) => (
              <span className="whitespace-nowrap tabular-nums">{certificationText(recipientId)}</span>
            ),
            sortBy: ({ recipientId }) => recipientId,
          },
          { key: "item", head: "変わったもの", cell: ({ item }) => ITEMS[item], sortBy: ({ item }) => item },
          { key: "on", head: "変わった日", cell: ({ changedOn }) => <DateText date={changedOn} /> },
          { key: "kana", head: "カナ", cell: ({ kanaInitial }) => kanaInitial },
          { key: "ward", head: "区", cell: ({ wardName }) => wardName, sortBy: ({ wardName }) => wardName },
          {
            key: "act",
            head: "操作",
            cell: (change) => {
              const what = `認定番号 ${certificationText(change.recipientId)} の${ITEMS[change.item]}の変更`;
              return (
                <span className="flex flex-wrap gap-2">
                  <Button size="small" pending={pending} onClick={() => void open(change)} aria-label={`${what}を開く`}>
                    開く
                  </Button>
                  {may ? (
                    <Button size="small" onClick={() => setLeaving(change)} aria-label={`${what}の届出の省略を記録`}>
                      省略を記録
                    </Button>
                  ) : null}
                </span>
              );
            },
          },
        ]}
      />
      {leaving === undefined ? null : (
        <OmitDialog
          change={leaving}
          onClose={(recorded) => {
            setLeaving(undefined);
            setDone(recorded);
          }}
        />
      )}
    </>
  );
}
