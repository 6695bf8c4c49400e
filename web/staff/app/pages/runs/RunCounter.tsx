/** 窓口払: who fetches the money at the counter, what the cash book of the fund says, handing out and returning by two people. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useDownload } from "../../api/download.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useDraft } from "../../session/drafts.ts";
import { useMay } from "../../session/session-context.ts";
import { Badge, type BadgeKind } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateInput, DateText } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { CheckField, ChoiceField, TextArea, TextField } from "../../ui/Field.tsx";
import { yen } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Facts, GoTo, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { Certification } from "../person/Certification.tsx";
import { CounterEquation } from "./CounterEquation.tsx";
import type { RunView } from "./RunPage.tsx";

type Line = OperationAnswer<"readRunCounter">["lines"][number];
type OnLine = {
  readonly runNo: number;
  readonly line: Line;
  readonly onDone: (message: string) => void;
  readonly onClose: () => void;
};

const LOOKS: Readonly<Record<Line["stage"], BadgeKind>> = {
  notYet: "plain",
  inHand: "key",
  handedOut: "good",
  returned: "warning",
  bankReturned: "danger",
  cancelled: "plain",
};

const NEW_PAYOUT = { receiver: "self", agentName: "", identityPaper: "", handedOutOn: "", signed: false };

function HandOut({ runNo, line, onDone, onClose }: OnLine): ReactElement {
  const draft = useDraft(`run/${String(runNo)}/counter/${String(line.lineNo)}`, NEW_PAYOUT);
  const command = useCommand("requestCounterPayout", {
    onDone: ({ message }) => {
      draft.drop();
      onDone(message);
    },
  });
  const { receiver, agentName, identityPaper, handedOutOn, signed } = draft.value;
  const byAgent = receiver === "agent";
  const ready = signed && handedOutOn !== "" && identityPaper.trim() !== "" && (!byAgent || agentName.trim() !== "");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!ready) return;
    void command.run({
      path: { runNo: String(runNo), lineNo: line.lineNo },
      body: {
        amount: line.amount,
        receiver: byAgent ? "agent" : "self",
        agentName: byAgent ? agentName.trim() : null,
        identityPaper: identityPaper.trim(),
        receiptNumber: line.receiptNumber,
        handedOutOn,
      },
    });
  };
  return (
    <Dialog title={`明細 ${String(line.lineNo)} を窓口で渡す`} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <ProblemNotice problem={command.problem} />
        <p className="mb-3">
          認定番号 <Certification number={line.recipientId} /> に <strong>{yen(line.amount)}</strong>
          （明細の全額）を渡した記録です。立ち会った人が認めると、現金出納簿に載ります。
        </p>
        <ChoiceField
          legend="受け取った人"
          name="receiver"
          value={receiver}
          onChange={(value) => draft.set({ ...draft.value, receiver: value })}
          options={[
            { value: "self", label: "本人" },
            { value: "agent", label: "代理人（委任状を確かめた）" },
          ]}
        />
        {byAgent ? (
          <TextField
            label="代理人の氏名"
            required
            width="medium"
            maxLength={60}
            value={agentName}
            onChange={(event) => draft.set({ ...draft.value, agentName: event.target.value })}
          />
        ) : null}
        <TextField
          label="本人を確かめた書類"
          required
          width="medium"
          maxLength={100}
          help="種類だけを書きます（番号は書き写しません）。"
          value={identityPaper}
          onChange={(event) => draft.set({ ...draft.value, identityPaper: event.target.value })}
        />
        <DateInput
          label="渡した日"
          required
          value={handedOutOn}
          onChange={(value) => draft.set({ ...draft.value, handedOutOn: value })}
        />
        <CheckField
          label={`領収書 ${line.receiptNumber} に署名を受けた`}
          checked={signed}
          onChange={(event) => draft.set({ ...draft.value, signed: event.target.checked })}
        />
        <Actions>
          <Button kind="primary" submit pending={command.pending} disabled={!ready}>
            渡した記録を入れる
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}

function GiveBack({ runNo, line, onDone, onClose }: OnLine): ReactElement {
  const draft = useDraft(`run/${String(runNo)}/counter-return/${String(line.lineNo)}`, {
    returnedOn: "",
    evidence: "",
  });
  const command = useCommand("requestCounterReturn", {
    onDone: ({ message }) => {
      draft.drop();
      onDone(message);
    },
  });
  const { returnedOn, evidence } = draft.value;
  const ready = returnedOn !== "" && evidence.trim() !== "";
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!ready) return;
    void command.run({
      path: { runNo: String(runNo), lineNo: line.lineNo },
      body: { amount: line.amount, returnedOn, evidence: evidence.trim() },
    });
  };
  return (
    <Dialog title={`明細 ${String(line.lineNo)} を戻し入れる`} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <ProblemNotice problem={command.problem} />
        <p className="mb-3">
          期間のうちに受け取られなかった <strong>{yen(line.amount)}</strong>
          を市の口座に戻します。別の人が認めると、その月分は未払に戻り、次の支払で改めて払います。
        </p>
        <DateInput
          label="戻した日"
          required
          value={returnedOn}
          onChange={(value) => draft.set({ ...draft.value, returnedOn: value })}
        />
        <TextArea
          label="戻入の書類"
          required
          help="戻入通知書の日付や番号など。"
          value={evidence}
          onChange={(event) => draft.set({ ...draft.value, evidence: event.target.value })}
        />
        <Actions>
          <Button kind="primary" submit pending={command.pending} disabled={!ready}>
            戻入の案を入れる
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}

export function RunCounter({ view }: { readonly view: RunView }): ReactElement | null {
  const { runNo } = view.run;
  const may = useMay("payment.create");
  const { data, error } = useRead("readRunCounter", { path: { runNo: String(runNo) } });
  const list = useDownload("takeCounterList");
  const receipts = useDownload("takeCounterReceipts");
  const [open, setOpen] = useState<{ readonly what: "out" | "back"; readonly line: Line }>();
  const [message, setMessage] = useState<string>();
  if (data === undefined || data.window === null) return error === null ? null : <ProblemNotice problem={error} />;
  const { window, lines, sums } = data;
  const path = { path: { runNo: String(runNo) } };
  const name = String(runNo).padStart(4, "0");
  const common = {
    runNo,
    onClose: () => setOpen(undefined),
    onDone: (text: string) => {
      setOpen(undefined);
      setMessage(text);
    },
  };
  const waits = lines.some(({ stage }) => stage === "notYet" || stage === "inHand");
  return (
    <Section title="窓口払">
      <p className="mb-2">
        口座に払えない受給者の分です。資金前渡職員の口座に振り込み、窓口で本人を確かめ、領収書に署名を受けて、渡す人と立ち会う人の二人で渡します。
      </p>
      {message === undefined ? null : <Notice kind="success" title={message} live />}
      <Facts
        facts={[
          { name: "受け取る場所", value: window.place },
          { name: "時間", value: window.hours },
          {
            name: "期間",
            value: (
              <>
                <DateText date={window.opensOn} /> から <DateText date={window.closesOn} /> まで
              </>
            ),
          },
        ]}
      />
      <CounterEquation sums={sums} />
      <Table
        caption="窓口で払う明細"
        captionHidden
        rows={lines}
        rowKey={({ lineNo }) => lineNo}
        columns={[
          { key: "line", head: "明細", numeric: true, rowHead: true, cell: ({ lineNo }) => lineNo },
          { key: "recipient", head: "認定番号", cell: ({ recipientId }) => <Certification number={recipientId} /> },
          {
            key: "amount",
            head: "金額",
            numeric: true,
            cell: ({ amount }) => yen(amount),
            total: yen(lines.reduce((sum, { amount }) => sum + amount, 0)),
          },
          { key: "receipt", head: "領収書の番号", cell: ({ receiptNumber }) => receiptNumber },
          {
            key: "stage",
            head: "状態",
            cell: ({ stage, stageName, happenedOn, enteredBy, approvedBy }) => (
              <>
                <Badge kind={LOOKS[stage]}>{stageName}</Badge>
                {happenedOn === null ? null : (
                  <span className="block text-[0.8125rem]">
                    <DateText date={happenedOn} />
                    {approvedBy === null ? "" : `　${enteredBy ?? ""}、立会い ${approvedBy}`}
                  </span>
                )}
              </>
            ),
          },
          ...(may
            ? [
                {
                  key: "act",
                  head: "操作",
                  cell: (line: Line) =>
                    line.stage === "inHand" ? (
                      <span className="flex flex-wrap gap-2">
                        <Button
                          size="small"
                          aria-label={`明細 ${String(line.lineNo)} を渡す`}
                          onClick={() => setOpen({ what: "out", line })}
                        >
                          渡す
                        </Button>
                        <Button
                          size="small"
                          aria-label={`明細 ${String(line.lineNo)} を戻し入れる`}
                          onClick={() => setOpen({ what: "back", line })}
                        >
                          戻し入れる
                        </Button>
                      </span>
                    ) : (
                      "－"
                    ),
                },
              ]
            : []),
        ]}
      />
      <ProblemNotice problem={list.problem} />
      <ProblemNotice problem={receipts.problem} />
      <div className="mt-2 flex flex-wrap items-center gap-3">
        {may ? (
          <Button pending={list.pending} onClick={() => void list.take(path, `counter-${name}.csv`)}>
            一覧を取り出す
          </Button>
        ) : null}
        {may && waits ? (
          <Button
            pending={receipts.pending}
            onClick={() => void receipts.take(path, `窓口払の領収書 支払処理${String(runNo)}`)}
          >
            領収書を印刷する
          </Button>
        ) : null}
        <GoTo to="/counter-fund">現金出納簿を見る</GoTo>
      </div>
      {open?.what === "out" ? <HandOut line={open.line} {...common} /> : null}
      {open?.what === "back" ? <GiveBack line={open.line} {...common} /> : null}
    </Section>
  );
}
