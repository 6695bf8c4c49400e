/** 通知書: what waits by form, orders, runs, and the manual tray. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useDraft } from "../../session/drafts.ts";
import { useMay } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { DateInput, DateText, MomentText } from "../../ui/Dates.tsx";
import { count, wareki } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { GoTo, Loading, PageTitle, Section } from "../../ui/Page.tsx";
import { Share } from "../../ui/Share.tsx";
import { Table } from "../../ui/Table.tsx";
import { Tray } from "./Tray.tsx";

type Letters = OperationAnswer<"readLetters">;
type Waiting = Letters["waiting"][number];

function OrderDialog({
  form,
  today,
  onDone,
  onClose,
}: {
  readonly form: Waiting;
  readonly today: string;
  readonly onDone: (message: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const draft = useDraft(`letters/order/${form.form}`, { documentOn: today, mailOn: today });
  const command = useCommand("orderLetters", {
    onDone: ({ message }) => {
      draft.drop();
      onDone(message);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void command.run({ body: { form: form.form as never, ...draft.value } });
  };
  return (
    <Dialog title={`${form.number} ${form.title}の印刷処理を作る`} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <p className="mb-3">
          待っている {count(form.waiting)}件を組みます。人が確かめるものは手作業トレイに分かれ、理由ごとの件数が出ます。
        </p>
        <ProblemNotice problem={command.problem} />
        <DateInput
          label="文書の日付"
          required
          value={draft.value.documentOn}
          onChange={(documentOn) => draft.set({ ...draft.value, documentOn })}
        />
        <DateInput
          label="発送日"
          required
          value={draft.value.mailOn}
          onChange={(mailOn) => draft.set({ ...draft.value, mailOn })}
        />
        <Actions>
          <Button
            kind="primary"
            submit
            pending={command.pending}
            disabled={draft.value.documentOn === "" || draft.value.mailOn === ""}
          >
            作成を指示する
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}

function WaitingForms({
  data,
  onOrder,
}: {
  readonly data: Letters;
  readonly onOrder: (form: Waiting) => void;
}): ReactElement {
  const mayPrint = useMay("letter.print");
  const rows = data.waiting.filter(({ waiting }) => waiting > 0);
  const most = Math.max(1, ...rows.map(({ waiting }) => waiting));
  return (
    <Section title="印刷を待つ通知書">
      <Table
        caption="様式ごとの件数"
        captionHidden
        rows={rows}
        rowKey={({ form }) => form}
        empty="待っている通知書はありません。"
        columns={[
          {
            key: "form",
            head: "様式",
            rowHead: true,
            cell: ({ number, title }) => (
              <>
                <span className="mr-2 tabular-nums">{number}</span>
                {title}
              </>
            ),
          },
          {
            key: "waiting",
            head: "件数",
            numeric: true,
            sortBy: ({ waiting }) => waiting,
            cell: ({ waiting }) => (
              <>
                {count(waiting)}
                <Share share={waiting / most} />
              </>
            ),
          },
          {
            key: "oldest",
            head: "最も古い決定",
            sortBy: ({ oldest }) => oldest ?? "",
            cell: ({ oldest }) => (oldest === null ? "―" : <DateText date={oldest} />),
          },
          {
            key: "order",
            head: "処理",
            cell: (form) =>
              mayPrint ? (
                <Button size="small" onClick={() => onOrder(form)}>
                  作成を指示<span className="sr-only">（{form.title}）</span>
                </Button>
              ) : (
                "―"
              ),
          },
        ]}
      />
    </Section>
  );
}

function Orders({ data }: { readonly data: Letters }): ReactElement | null {
  if (data.orders.length === 0) return null;
  return (
    <Section title="作成の指示">
      <Table
        caption="まだできていない指示と、作れなかった指示"
        captionHidden
        rows={data.orders}
        rowKey={({ orderId }) => orderId}
        columns={[
          { key: "title", head: "様式", rowHead: true, cell: ({ title }) => title },
          { key: "by", head: "指示した人", cell: ({ orderedBy }) => orderedBy },
          { key: "at", head: "時刻", cell: ({ at }) => <MomentText at={at} /> },
          {
            key: "state",
            head: "状態",
            cell: ({ problem }) => (problem === "" ? "作成中" : `作れませんでした: ${problem}`),
          },
        ]}
      />
    </Section>
  );
}

function Runs({ data }: { readonly data: Letters }): ReactElement {
  return (
    <Section title="印刷処理">
      <Table
        caption="印刷処理の一覧（新しい順）"
        captionHidden
        rows={data.runs}
        rowKey={({ runNo }) => runNo}
        empty="まだありません。"
        pageSize={20}
        textOf={({ runNo, formNumber, title, kindLabel, documentOn, stateLabel }) =>
          `第${String(runNo)}号 ${formNumber} ${title} ${kindLabel} ${wareki(documentOn)} ${stateLabel}`
        }
        columns={[
          {
            key: "no",
            head: "番号",
            rowHead: true,
            sortBy: ({ runNo }) => runNo,
            cell: ({ runNo }) => <GoTo to={`/letters/${String(runNo)}`}>第{runNo}号</GoTo>,
          },
          {
            key: "form",
            head: "様式",
            cell: ({ formNumber, title, kind, kindLabel }) => (
              <>
                {formNumber} {title} {kind === "first" ? null : <Badge kind="plain">{kindLabel}</Badge>}
              </>
            ),
          },
          {
            key: "day",
            head: "文書の日付",
            sortBy: ({ documentOn }) => documentOn,
            cell: ({ documentOn }) => <DateText date={documentOn} />,
          },
          { key: "letters", head: "通", numeric: true, cell: ({ letters }) => count(letters) },
          { key: "pages", head: "頁", numeric: true, cell: ({ pages }) => count(pages) },
          {
            key: "state",
            head: "状態",
            // Made of letters for people alone: nothing was printed, and nothing was thrown away.
            cell: ({ state, letters, stateLabel }) =>
              state === "discarded" && letters === 0 ? "手作業トレイへ" : stateLabel,
          },
        ]}
      />
    </Section>
  );
}

export function LettersPage(): ReactElement {
  const found = useRead("readLetters", {});
  const mayPrint = useMay("letter.print");
  const [ordering, setOrdering] = useState<Waiting>();
  const [done, setDone] = useState("");
  return (
    <>
      <PageTitle>通知書</PageTitle>
      {done === "" ? null : <Notice kind="success" title={done} live />}
      <ProblemNotice problem={found.error} />
      {found.data === undefined ? (
        found.isPending ? (
          <Loading />
        ) : null
      ) : (
        <>
          <Button size="small" pending={found.isFetching} onClick={() => void found.refetch()}>
            最新の状態にする
          </Button>
          <WaitingForms data={found.data} onOrder={setOrdering} />
          <Orders data={found.data} />
          <Runs data={found.data} />
          {mayPrint ? <Tray waiting={found.data.tray} today={found.data.today} onDone={setDone} /> : null}
          {ordering === undefined ? null : (
            <OrderDialog
              form={ordering}
              today={found.data.today}
              onDone={(message) => {
                setOrdering(undefined);
                setDone(message);
              }}
              onClose={() => setOrdering(undefined)}
            />
          )}
        </>
      )}
    </>
  );
}
