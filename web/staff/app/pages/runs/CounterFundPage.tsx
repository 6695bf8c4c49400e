/** 窓口払の資金: the account of the fund, the cash book with its running balance, and the counting of the cash by two people. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { useCommand, useRead } from "../../api/hooks.ts";
import type { OperationAnswer } from "../../api/call.ts";
import { useDraft } from "../../session/drafts.ts";
import { useMay } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { DateInput, DateText } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { SelectField, TextArea, TextField } from "../../ui/Field.tsx";
import { yen } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { GoTo, Loading, PageTitle, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { Certification } from "../person/Certification.tsx";
import { CounterEquation } from "./CounterEquation.tsx";

type Fund = OperationAnswer<"readCounterFund">;
type Form = { readonly onDone: (message: string) => void; readonly onClose: () => void };

const KINDS = { advance: "前渡を受けた", handedOut: "受給者に渡した", returned: "受取なしで戻した" } as const;
const TYPES = [
  { value: "1", label: "普通" },
  { value: "2", label: "当座" },
  { value: "4", label: "貯蓄" },
];
const NEW_FUND = {
  keeper: "",
  bank: "",
  branch: "",
  accountType: "1",
  accountNumber: "",
  holder: "",
  validFrom: "",
};

function FundForm({ onDone, onClose }: Form): ReactElement {
  const draft = useDraft("counter-fund/new", NEW_FUND);
  const command = useCommand("requestCounterFund", {
    onDone: ({ message }) => {
      draft.drop();
      onDone(message);
    },
  });
  const value = draft.value;
  const change = (name: keyof typeof NEW_FUND) => (event: { readonly target: { readonly value: string } }) =>
    draft.set({ ...value, [name]: event.target.value });
  const ready = Object.values(value).every((text) => text.trim() !== "");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!ready) return;
    const accountType = value.accountType === "2" ? "2" : value.accountType === "4" ? "4" : "1";
    void command.run({ body: { ...value, accountType } });
  };
  return (
    <Dialog title="資金前渡の口座を決める" onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <ProblemNotice problem={command.problem} />
        <TextField
          label="資金前渡職員の職と氏名"
          required
          width="medium"
          maxLength={60}
          value={value.keeper}
          onChange={change("keeper")}
        />
        <TextField
          label="金融機関コード"
          required
          width="medium"
          inputMode="numeric"
          help="4桁"
          value={value.bank}
          onChange={change("bank")}
        />
        <TextField
          label="支店コード"
          required
          width="medium"
          inputMode="numeric"
          help="3桁"
          value={value.branch}
          onChange={change("branch")}
        />
        <SelectField
          label="預金種目"
          options={TYPES}
          value={value.accountType}
          onChange={(event) => draft.set({ ...value, accountType: event.target.value })}
        />
        <TextField
          label="口座番号"
          required
          width="medium"
          inputMode="numeric"
          value={value.accountNumber}
          onChange={change("accountNumber")}
        />
        <TextField label="カナ名義" required width="medium" value={value.holder} onChange={change("holder")} />
        <DateInput
          label="使い始める支払日"
          required
          value={value.validFrom}
          onChange={(validFrom) => draft.set({ ...value, validFrom })}
        />
        <Actions>
          <Button kind="primary" submit pending={command.pending} disabled={!ready}>
            案を入れる
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}

function CountForm({ fund, onDone, onClose }: Form & { readonly fund: Fund }): ReactElement {
  const draft = useDraft("counter-fund/count", { counted: "", countedOn: "", explanation: "" });
  const command = useCommand("requestCounterCount", {
    onDone: ({ message }) => {
      draft.drop();
      onDone(message);
    },
  });
  const { counted, countedOn, explanation } = draft.value;
  const figure = /^\d{1,3}(?:,?\d{3})*$/.test(counted.trim()) ? Number(counted.replaceAll(",", "")) : undefined;
  const expected = fund.sums.inHand;
  const differs = figure !== undefined && figure !== expected;
  const ready = figure !== undefined && countedOn !== "" && (!differs || explanation.trim() !== "");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!ready) return;
    const body = { entryNo: fund.lastEntry, expected, counted: figure, countedOn };
    void command.run({ body: { ...body, explanation: explanation.trim() === "" ? null : explanation.trim() } });
  };
  return (
    <Dialog title="現金を数えた" onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <ProblemNotice problem={command.problem} />
        <p className="mb-3">
          出納簿の残高は <strong>{yen(expected)}</strong>{" "}
          です。数えた額をそのまま入れます。違うときは、差とその説明が残ります。
        </p>
        <TextField
          label="数えた額（円）"
          required
          width="medium"
          inputMode="numeric"
          value={counted}
          onChange={(event) => draft.set({ ...draft.value, counted: event.target.value })}
        />
        <DateInput
          label="数えた日"
          required
          value={countedOn}
          onChange={(value) => draft.set({ ...draft.value, countedOn: value })}
        />
        <TextArea
          label="差の説明"
          required={differs}
          help={differs ? `差 ${yen(figure - expected)}` : "残高と違うときに書きます。"}
          value={explanation}
          onChange={(event) => draft.set({ ...draft.value, explanation: event.target.value })}
        />
        <Actions>
          <Button kind="primary" submit pending={command.pending} disabled={!ready}>
            記録の案を入れる
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}

function Books({ fund }: { readonly fund: Fund }): ReactElement {
  return (
    <>
      <Section title="現金出納簿">
        <CounterEquation sums={fund.sums} />
        <Table
          caption="現金出納簿（新しい順、200行まで）"
          captionHidden
          rows={fund.book}
          rowKey={({ entryNo }) => entryNo}
          empty="まだ何も載っていません。"
          columns={[
            { key: "no", head: "番号", numeric: true, rowHead: true, cell: ({ entryNo }) => entryNo },
            { key: "on", head: "日", cell: ({ happenedOn }) => <DateText date={happenedOn} /> },
            { key: "kind", head: "わけ", cell: ({ kind }) => KINDS[kind] },
            {
              key: "run",
              head: "支払処理・明細",
              cell: ({ runNo, lineNo }) => (
                <GoTo to={`/runs/${String(runNo)}`}>{`第${String(runNo)}号 明細 ${String(lineNo)}`}</GoTo>
              ),
            },
            { key: "recipient", head: "認定番号", cell: ({ recipientId }) => <Certification number={recipientId} /> },
            {
              key: "amount",
              head: "額",
              numeric: true,
              cell: ({ kind, amount }) => (kind === "advance" ? yen(amount) : `−${yen(amount)}`),
            },
            { key: "balance", head: "残高", numeric: true, cell: ({ balance }) => yen(balance) },
            {
              key: "people",
              head: "記録した人・立会人",
              cell: ({ enteredBy, approvedBy }) => (approvedBy === null ? enteredBy : `${enteredBy}・${approvedBy}`),
            },
          ]}
        />
      </Section>
      <Section title="現金を数えた記録">
        <Table
          caption="現金を数えた記録（新しい順）"
          captionHidden
          rows={fund.counts}
          rowKey={(row) => `${row.countedOn}/${String(row.counted)}/${row.enteredBy}`}
          empty="まだ数えた記録がありません。"
          columns={[
            { key: "on", head: "数えた日", rowHead: true, cell: ({ countedOn }) => <DateText date={countedOn} /> },
            { key: "expected", head: "出納簿の残高", numeric: true, cell: ({ expected }) => yen(expected) },
            { key: "counted", head: "数えた額", numeric: true, cell: ({ counted }) => yen(counted) },
            { key: "difference", head: "差", numeric: true, cell: ({ difference }) => yen(difference) },
            { key: "why", head: "差の説明", cell: ({ explanation }) => explanation ?? "－" },
            {
              key: "people",
              head: "数えた人・立会人",
              cell: ({ enteredBy, approvedBy }) => `${enteredBy}・${approvedBy}`,
            },
          ]}
        />
      </Section>
    </>
  );
}

export function CounterFundPage(): ReactElement {
  const { data, error } = useRead("readCounterFund", {});
  const may = useMay("payment.create");
  const [open, setOpen] = useState<"fund" | "count">();
  const [message, setMessage] = useState<string>();
  const form: Form = {
    onClose: () => setOpen(undefined),
    onDone: (text) => {
      setOpen(undefined);
      setMessage(text);
    },
  };
  return (
    <>
      <PageTitle>窓口払の資金</PageTitle>
      <ProblemNotice problem={error} />
      {message === undefined ? null : <Notice kind="success" title={message} live />}
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : (
        <>
          <Section title="資金前渡の口座">
            <p className="mb-2">
              口座に払えない受給者の分は、支払日に効力のあるいちばん新しい口座に振り込みます。口座は二人で決めます。
            </p>
            <Table
              caption="資金前渡の口座（新しい順）"
              captionHidden
              rows={data.funds}
              rowKey={({ fundId }) => fundId}
              empty="まだ決めていません。決めるまで、窓口払の受給者は支払に入りません。"
              columns={[
                { key: "keeper", head: "資金前渡職員", rowHead: true, cell: ({ keeper }) => keeper },
                {
                  key: "account",
                  head: "口座",
                  cell: ({ bank, branch, maskedNumber, holder }) => `${bank}-${branch} ${maskedNumber} ${holder}`,
                },
                { key: "from", head: "使い始める支払日", cell: ({ validFrom }) => <DateText date={validFrom} /> },
              ]}
            />
            {may ? (
              <div className="mt-2 flex flex-wrap gap-3">
                <Button onClick={() => setOpen("fund")}>口座を決める</Button>
                {data.lastEntry > 0 ? <Button onClick={() => setOpen("count")}>現金を数えた</Button> : null}
              </div>
            ) : null}
          </Section>
          <Books fund={data} />
          {open === "fund" ? <FundForm {...form} /> : null}
          {open === "count" ? <CountForm fund={data} {...form} /> : null}
        </>
      )}
    </>
  );
}
