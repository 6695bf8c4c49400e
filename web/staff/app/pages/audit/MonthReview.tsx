/** The review of one month: analysis, findings, sample, log-ins, end. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useDraft } from "../../session/drafts.ts";
import { useSession } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { MomentText } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { SelectField, TextArea } from "../../ui/Field.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Facts, Loading, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { EvidenceTable, FindingDialog, numberText, type Draft, type Outcome, OUTCOMES } from "./FindingDialog.tsx";
import { FindingTable } from "./FindingTable.tsx";

type State = OperationAnswer<"listLogReviews">["months"][number];
type SampleRow = OperationAnswer<"readLogReview">["sample"][number];

function SampleDialog({
  month,
  row,
  onDone,
  onClose,
}: {
  readonly month: string;
  readonly row: SampleRow;
  readonly onDone: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const draft = useDraft<Draft>(`sample/${month}/${String(row.seq)}`, { outcome: "", note: "" });
  const { outcome, note } = draft.value;
  const command = useCommand("recordSampleResult", {
    onDone: () => {
      draft.drop();
      onDone();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (outcome === "") return;
    void command.run({ path: { month, seq: String(row.seq) }, body: { outcome, note } });
  };
  return (
    <Dialog title={`標本の行 ${String(row.seq)}`} wide onClose={onClose}>
      <EvidenceTable rows={[row]} caption="アクセスログの行" />
      <form onSubmit={submit} noValidate className="mt-4">
        <ProblemNotice problem={command.problem} />
        <SelectField
          label="結果"
          required
          empty="選んでください"
          width="medium"
          value={outcome}
          onChange={(event) => draft.set({ ...draft.value, outcome: event.target.value as Outcome | "" })}
          options={OUTCOMES}
        />
        <TextArea
          label="確かめたこと"
          value={note}
          onChange={(event) => draft.set({ ...draft.value, note: event.target.value })}
        />
        <Actions>
          <Button kind="primary" submit pending={command.pending} disabled={outcome === ""}>
            結果を記録する
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}

function Sample({ month, rows }: { readonly month: string; readonly rows: readonly SampleRow[] }): ReactElement {
  const { session } = useSession();
  const [open, setOpen] = useState<SampleRow>();
  return (
    <>
      <Table
        caption="無作為に選んだ行"
        rows={rows}
        rowKey={({ seq }) => seq}
        empty="まだ引いていません。"
        columns={[
          { key: "at", head: "処理日時", rowHead: true, cell: (row) => <MomentText at={row.processedAt} /> },
          { key: "who", head: "職員", cell: (row) => `${row.staffName}（${row.staffId}）` },
          { key: "why", head: "処理事由", cell: (row) => row.purposeName },
          { key: "whom", head: "宛名番号", cell: (row) => numberText(row.addresseeNumber) },
          { key: "operation", head: "操作", cell: (row) => row.operationName },
          {
            key: "result",
            head: "結果",
            cell: (row) => <Badge kind={row.decidedBy === null ? "warning" : "good"}>{row.outcomeName}</Badge>,
          },
          {
            key: "do",
            head: "処理",
            cell: (row) =>
              row.decidedBy !== null ? (
                row.decidedBy
              ) : row.staffId === session.staffId ? (
                "自分の行（別の人が見ます）"
              ) : (
                <Button size="small" onClick={() => setOpen(row)}>
                  結果を書く<span className="sr-only">（行 {row.seq}）</span>
                </Button>
              ),
          },
        ]}
      />
      {open === undefined ? null : (
        <SampleDialog month={month} row={open} onClose={() => setOpen(undefined)} onDone={() => setOpen(undefined)} />
      )}
    </>
  );
}

export function MonthReview({ state }: { readonly state: State }): ReactElement {
  const { month } = state;
  const path = { month };
  const { data, error } = useRead("readLogReview", { path });
  const [said, setSaid] = useState<string>();
  const [open, setOpen] = useState<number>();
  const run = useCommand("runLogReview", {
    onDone: ({ total, whole }) =>
      setSaid(
        `解析しました。新しい指摘は${String(total)}件です。${whole ? "" : "月が終わったら、もう一度解析してください。"}`,
      ),
  });
  const draw = useCommand("drawLogSample", { onDone: ({ rows }) => setSaid(`標本を${String(rows)}行引きました。`) });
  const sign = useCommand("signLogReview", { onDone: () => setSaid(`${month} の点検を終えました。`) });
  const problem = error ?? run.problem ?? draw.problem ?? sign.problem;
  return (
    <Section title={`${month} の点検`}>
      {said === undefined ? null : <Notice kind="success" title={said} live />}
      <ProblemNotice problem={problem} />
      <Facts
        facts={[
          { name: "解析", value: state.analysedAt === null ? "月の全部はまだ" : <MomentText at={state.analysedAt} /> },
          { name: "指摘（未確認）", value: `${String(state.findings)}（${String(state.open)}）` },
          {
            name: "標本（未確認）",
            value: state.sampled === 0 ? "まだ" : `${String(state.sampled)}（${String(state.sampleOpen)}）`,
          },
          { name: "点検を終えた人", value: state.signedBy ?? "まだ" },
        ]}
      />
      {state.signedBy === null ? (
        <Actions>
          <Button pending={run.pending} onClick={() => void run.run({ path })}>
            解析する
          </Button>
          <Button pending={draw.pending} disabled={state.sampled > 0} onClick={() => void draw.run({ path })}>
            標本を引く
          </Button>
          <Button
            kind="primary"
            pending={sign.pending}
            disabled={state.analysedAt === null || state.open > 0 || state.sampled === 0 || state.sampleOpen > 0}
            onClick={() => void sign.run({ path, body: { note: "" } })}
          >
            点検を終える
          </Button>
        </Actions>
      ) : null}
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : (
        <>
          <div className="mt-4">
            <FindingTable
              caption="指摘（未確認が先）"
              findings={data.findings}
              empty="指摘はありません。"
              onOpen={setOpen}
            />
          </div>
          <div className="mt-4">
            <Sample month={month} rows={data.sample} />
          </div>
          <div className="mt-4">
            <Table
              caption="職員番号ごとのログインの回数"
              rows={data.logIns}
              rowKey={({ staffId }) => staffId}
              empty="この月のログインはありません。"
              columns={[
                {
                  key: "staff",
                  head: "職員番号",
                  rowHead: true,
                  cell: (each) => each.staffId,
                  sortBy: (each) => each.staffId,
                },
                {
                  key: "count",
                  head: "ログイン",
                  numeric: true,
                  cell: (each) => each.logIns,
                  sortBy: (each) => each.logIns,
                },
                {
                  key: "failed",
                  head: "失敗",
                  numeric: true,
                  cell: (each) => each.failures,
                  sortBy: (each) => each.failures,
                },
              ]}
            />
          </div>
        </>
      )}
      {open === undefined ? null : (
        <FindingDialog
          findingId={open}
          onClose={() => setOpen(undefined)}
          onDone={(words) => {
            setOpen(undefined);
            setSaid(words);
          }}
        />
      )}
    </Section>
  );
}
