/** 移転: applications for data, each transfer with receipt and return, what is due, and which copy a leaked line came from. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useSession } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateText, MomentText } from "../../ui/Dates.tsx";
import { TextField } from "../../ui/Field.tsx";
import { count } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Facts, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { ReasonDialog } from "../filings/ReasonDialog.tsx";
import { ToDecide, WishPage, WishTable } from "./DataUseParts.tsx";
import {
  ApplyDialog,
  ClosureDialog,
  DecideDialog,
  type Made,
  MakeDialog,
  ReceiptDialog,
  type Use,
} from "./TransferDialogs.tsx";

type Data = OperationAnswer<"readTransfers">;
type Open =
  | { readonly what: "apply" }
  | { readonly what: "decide" | "make" | "end"; readonly use: Use }
  | { readonly what: "receipt" | "closure"; readonly made: Made };

function UseState({ use }: { readonly use: Use }): ReactElement {
  if (use.granted === null) return <Badge kind="warning">決定待ち</Badge>;
  if (!use.granted) return <Badge>不承認</Badge>;
  if (use.endedOn !== null) return <Badge>終えた</Badge>;
  return use.inForce ? <Badge kind="good">✓ 使える</Badge> : <Badge>期間の外</Badge>;
}

function Uses({
  rows,
  onOpen,
}: {
  readonly rows: readonly Use[];
  readonly onOpen: (open: Open) => void;
}): ReactElement {
  const { session } = useSession();
  const mayMake = session.permissions.includes("export.create");
  const mayDecide = session.permissions.includes("export.approve");
  return (
    <WishTable
      caption="データ使用承認願"
      rows={rows}
      numberOf={({ dataUseId }) => dataUseId}
      stateOf={(use) => <UseState use={use} />}
      what={[
        {
          key: "what",
          head: "移転先・使用データ",
          cell: ({ outletName, itemNames, channels }) => (
            <div className="min-w-40 whitespace-normal">
              {outletName}
              <span className="block">{itemNames.join("、")}</span>
              <span className="block text-[0.875rem] text-solid-gray-700">
                {channels.map(({ name }) => name).join("、")}
              </span>
            </div>
          ),
        },
      ]}
      doing={{
        head: "処理",
        cell: (use) => (
          <span className="flex flex-col items-start gap-2 whitespace-nowrap">
            {use.granted === null ? (
              <ToDecide number={use.dataUseId} wish={use} onDecide={() => onOpen({ what: "decide", use })} />
            ) : null}
            {use.inForce && mayMake ? (
              <Button
                size="small"
                onClick={() => onOpen({ what: "make", use })}
                aria-label={`承認願 ${String(use.dataUseId)} で移転する`}
              >
                移転する
              </Button>
            ) : null}
            {use.inForce && mayDecide ? (
              <Button
                size="small"
                kind="danger"
                onClick={() => onOpen({ what: "end", use })}
                aria-label={`承認願 ${String(use.dataUseId)} の承認を終える`}
              >
                終える
              </Button>
            ) : null}
          </span>
        ),
      }}
    />
  );
}

function Due({ made }: { readonly made: Made }): ReactElement {
  if (made.closed !== null) return <Badge kind="good">{made.closed === "returned" ? "✓ 返却" : "✓ 消去"}</Badge>;
  return (
    <>
      {made.overdue ? <Badge kind="danger">⚠ 期限を過ぎた</Badge> : null} <DateText date={made.dueOn} />
    </>
  );
}

function Transfers({
  rows,
  onOpen,
}: {
  readonly rows: readonly Made[];
  readonly onOpen: (open: Open) => void;
}): ReactElement {
  const { session } = useSession();
  const may = session.permissions.some((each) => each === "export.create" || each === "transfer.receive");
  return (
    <Table
      caption="移転の記録（新しい順）"
      captionHidden
      rows={rows}
      rowKey={({ transferId }) => transferId}
      empty="まだありません。"
      columns={[
        { key: "no", head: "移転番号", rowHead: true, cell: ({ number }) => number },
        {
          key: "who",
          head: "移転先・照会・目的",
          cell: ({ outletName, inquiryRef, purposeName }) => (
            <div className="min-w-44 whitespace-normal">
              {outletName}
              <span className="block">{inquiryRef}</span>
              <span className="block text-[0.875rem] text-solid-gray-700">{purposeName}</span>
            </div>
          ),
          sortBy: ({ outletName }) => outletName,
        },
        {
          key: "what",
          head: "項目・方法",
          cell: ({ itemNames, channelName }) => (
            <div className="min-w-32 whitespace-normal">
              {itemNames.join("、")}
              <span className="block text-[0.875rem] text-solid-gray-700">{channelName}</span>
            </div>
          ),
        },
        { key: "people", head: "人数", numeric: true, cell: ({ people }) => count(people) },
        {
          key: "times",
          head: "送付・受領",
          cell: ({ sentAt, receivedAt, sameHash, madeBy }) => (
            <>
              <span className="block whitespace-nowrap">
                送 <MomentText at={sentAt} />
              </span>
              <span className="block text-[0.875rem] text-solid-gray-700">{madeBy}</span>
              <span className="block whitespace-nowrap">
                受 {receivedAt === null ? "記録なし" : <MomentText at={receivedAt} />}
              </span>
              {sameHash === true ? <span className="block">ハッシュ一致 ✓</span> : null}
            </>
          ),
        },
        {
          key: "due",
          head: "返却・消去",
          cell: (made) => <Due made={made} />,
          sortBy: ({ closed, dueOn }) => (closed === null ? dueOn : "9"),
        },
        {
          key: "do",
          head: "処理",
          cell: (made) => {
            if (!may || made.closed !== null) return null;
            return made.receivedAt === null ? (
              <Button
                size="small"
                onClick={() => onOpen({ what: "receipt", made })}
                aria-label={`移転 ${made.number} の受領を記録する`}
              >
                受領
              </Button>
            ) : (
              <Button
                size="small"
                onClick={() => onOpen({ what: "closure", made })}
                aria-label={`移転 ${made.number} の返却・消去を記録する`}
              >
                返却・消去
              </Button>
            );
          },
        },
      ]}
    />
  );
}

function copyOf({ number, extraction }: OperationAnswer<"traceTransferLine">): string {
  if (number === null) return "どの写しのものでもありません。";
  if (extraction === null) return `移転 ${number} の写しです。移転先に、取扱いを確かめてください。`;
  const { extractionId, takenBy, takenOn } = extraction;
  return `抽出 ${number}（承認願 ${String(extractionId)}）の写しです。${takenOn} に ${takenBy} が取り出しました。取扱いを確かめてください。`;
}

function Trace(): ReactElement {
  const [line, setLine] = useState("");
  const [problem, setProblem] = useState<string>();
  const command = useCommand("traceTransferLine", { stale: [] });
  const look = (event: FormEvent): void => {
    event.preventDefault();
    setProblem(line.trim() === "" ? "漏れた行か、写しの印（16桁）を入れてください。" : undefined);
    if (line.trim() !== "") void command.run({ body: { line: line.trim() } });
  };
  return (
    <form onSubmit={look} noValidate className="max-w-3xl">
      <TextField
        label="漏れた1行、または写しの印"
        help="ファイルの1行、または紙の行の右端にある16桁。どの写しのものかが分かります。抽出の写しは、宛名番号のある1行の全体を入れてください。"
        value={line}
        error={problem}
        onChange={(event) => setLine(event.target.value)}
      />
      <ProblemNotice problem={command.problem} />
      {command.answer === undefined ? null : (
        <Notice kind={command.answer.number === null ? "info" : "warning"} live title={copyOf(command.answer)} />
      )}
      <Button submit pending={command.pending}>
        調べる
      </Button>
    </form>
  );
}

function EndDialog({
  use,
  onDone,
  onClose,
}: {
  readonly use: Use;
  readonly onDone: (said: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const command = useCommand("endDataUse", {});
  const send = async (reason: string): Promise<void> => {
    const done = await command.run({ path: { dataUseId: use.dataUseId }, body: { reason } });
    if (done !== undefined) onDone("承認を終えました。");
  };
  return (
    <ReasonDialog
      title={`承認を終える（承認願 ${String(use.dataUseId)}）`}
      action="終える"
      kind="danger"
      intro={<p>きょうから、この承認では移転できません。出した写しの返却・消去は、このまま一覧に残ります。</p>}
      pending={command.pending}
      problem={command.problem}
      onClose={onClose}
      onSend={(reason) => {
        void send(reason);
      }}
    />
  );
}

function Whole({ data, onSaid }: { readonly data: Data; readonly onSaid: (said: string) => void }): ReactElement {
  const { session } = useSession();
  const [open, setOpen] = useState<Open>();
  const end = { onClose: () => setOpen(undefined), onDone: (said: string) => (setOpen(undefined), onSaid(said)) };
  const out = data.transfers.filter(({ closed }) => closed === null);
  const late = out.filter(({ overdue }) => overdue).length;
  const mayTrace = session.permissions.some((each) => each === "export.approve" || each === "log.view");
  return (
    <>
      <Facts
        facts={[
          { name: "決定を待つ承認願", value: `${count(data.uses.filter(({ granted }) => granted === null).length)}件` },
          { name: "使える承認", value: `${count(data.uses.filter(({ inForce }) => inForce).length)}件` },
          { name: "返却・消去を待つ写し", value: `${count(out.length)}件` },
          { name: "期限を過ぎた写し", value: late === 0 ? "0件 ✓" : `${count(late)}件（その相手には何も渡せません）` },
        ]}
      />
      <Section title="データ使用承認願">
        {session.permissions.some((each) => each === "export.create" || each === "transfer.receive") ? (
          <p className="mb-3">
            <Button kind="primary" onClick={() => setOpen({ what: "apply" })}>
              {session.permissions.includes("export.create") ? "承認願を受け付ける" : "データの使用を願い出る"}
            </Button>
          </p>
        ) : null}
        <Uses rows={data.uses} onOpen={setOpen} />
      </Section>
      <Section title="移転の記録">
        <Transfers rows={data.transfers} onOpen={setOpen} />
      </Section>
      {mayTrace ? (
        <Section title="漏れた行を調べる">
          <Trace />
        </Section>
      ) : null}
      {open?.what === "apply" ? <ApplyDialog outlets={data.outlets} {...end} /> : null}
      {open?.what === "decide" ? <DecideDialog use={open.use} {...end} /> : null}
      {open?.what === "make" ? <MakeDialog use={open.use} {...end} /> : null}
      {open?.what === "end" ? <EndDialog use={open.use} {...end} /> : null}
      {open?.what === "receipt" ? <ReceiptDialog made={open.made} {...end} /> : null}
      {open?.what === "closure" ? <ClosureDialog made={open.made} {...end} /> : null}
    </>
  );
}

export function TransfersPage(): ReactElement {
  const { data, error } = useRead("readTransfers", {});
  return (
    <WishPage
      title="提供・移転"
      data={data}
      error={error}
      content={(read, onSaid) => <Whole data={read} onSaid={onSaid} />}
    />
  );
}
