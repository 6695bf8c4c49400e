/** パラメータ: what is in force, what the program would change, and the two steps until it may. */
import { useState } from "react";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useDraft } from "../../session/drafts.ts";
import { useMay } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateText, MonthText } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { SelectField, TextArea } from "../../ui/Field.tsx";
import { count, yen } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Loading, PageTitle, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { Certification } from "../person/Certification.tsx";

type View = OperationAnswer<"readParameters">;
type Registration = View["registrations"][number];

const CHANGES = { added: "追加", changed: "変更", removed: "なくなる" } as const;

function Differences({
  rows,
  caption,
}: {
  readonly rows: View["differences"];
  readonly caption: string;
}): ReactElement {
  return (
    <Table
      caption={caption}
      rows={rows}
      rowKey={(row) => `${row.kind} ${row.name} ${row.before ?? ""} ${row.after ?? ""}`}
      empty="違いはありません。"
      columns={[
        { key: "kind", head: "違い", cell: (row) => <Badge>{CHANGES[row.kind]}</Badge> },
        { key: "name", head: "値", rowHead: true, cell: (row) => row.name },
        { key: "before", head: "承認済み", cell: (row) => row.before ?? "なし" },
        { key: "after", head: "プログラム", cell: (row) => row.after ?? "なし" },
      ]}
    />
  );
}

function Register({
  onDone,
  onClose,
}: {
  readonly onDone: (said: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const draft = useDraft("parameters/register", "");
  const command = useCommand("registerParameters", {
    onDone: ({ setId, differences, examples, failed }) => {
      draft.drop();
      onDone(
        failed === 0
          ? `登録 ${setId}: 違い ${differences}件、計算例 ${examples}件はすべて公表の答えと一致しました。別の人が承認してください。`
          : `登録 ${setId}: 計算例 ${examples}件のうち ${failed}件の答えが公表と違います。このままでは承認できません。`,
      );
    },
  });
  return (
    <Dialog title="プログラムの値を登録する" onClose={onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void command.run({ body: { source: draft.value } });
        }}
      >
        <p className="mb-3">
          承認済みの一式との違いを一覧にし、公表された計算例をすべて計算し直して、結果と一緒に残します。効力は、別の人の承認で生じます。
        </p>
        <ProblemNotice problem={command.problem} />
        <TextArea
          label="根拠"
          help="法令・通知・プログラムの版の文書"
          required
          value={draft.value}
          onChange={(event) => draft.set(event.target.value)}
        />
        <Actions>
          <Button kind="primary" submit pending={command.pending} disabled={draft.value.trim() === ""}>
            登録する
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}

/** 並行計算: what every case that is in the ledger would get with the values of this registration. */
function Parallel({ line }: { readonly line: Registration }): ReactElement | null {
  const { parallel, parallelDifferences } = line;
  if (parallel === null) return null;
  if (parallel.differing === 0 && parallel.uncomputed === 0) {
    return (
      <Notice
        kind="success"
        title={`全件の並行計算: 受給者 ${count(parallel.recipients)}人、児童×月 ${count(parallel.childMonths)}件の額は、すべて元帳と同じです（${yen(parallel.amountAfter)}）。`}
      />
    );
  }
  return (
    <>
      <Notice
        kind="warning"
        title={`全件の並行計算: 児童×月 ${count(parallel.childMonths)}件のうち ${count(parallel.differing)}件の額が変わります。`}
      >
        元帳 {yen(parallel.amountBefore)} → この値では {yen(parallel.amountAfter)}。
        {parallel.uncomputed === 0 ? "" : `計算できない受給者が ${count(parallel.uncomputed)}人います。`}
        意図した変更でないときは、承認せずにプログラムを直してもらってください。
      </Notice>
      {parallelDifferences.length === 0 ? null : (
        <Table
          caption={`額が変わる月分（違いの大きい順に ${count(parallelDifferences.length)}件まで）`}
          rows={parallelDifferences}
          rowKey={(row) =>
            `${String(row.recipientId)}/${row.benefitMonth}/${String(row.amountBefore)}/${String(row.amountAfter)}`
          }
          columns={[
            {
              key: "recipient",
              head: "認定番号",
              rowHead: true,
              cell: ({ recipientId }) => <Certification number={recipientId} />,
            },
            { key: "month", head: "月分", cell: ({ benefitMonth }) => <MonthText month={benefitMonth} /> },
            { key: "before", head: "元帳の額", numeric: true, cell: ({ amountBefore }) => yen(amountBefore) },
            { key: "after", head: "この値での額", numeric: true, cell: ({ amountAfter }) => yen(amountAfter) },
          ]}
        />
      )}
    </>
  );
}

function Look({
  line,
  mayApprove,
  onDone,
  onClose,
}: {
  readonly line: Registration;
  readonly mayApprove: boolean;
  readonly onDone: (said: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const command = useCommand("approveParameters", { onDone: ({ message }) => onDone(message) });
  return (
    <Dialog title={`パラメータの登録 ${line.setId}`} onClose={onClose}>
      <ProblemNotice problem={command.problem} />
      <p className="mb-3">根拠: {line.source}</p>
      {line.failed.length === 0 ? (
        <Notice kind="success" title={`計算例 ${line.exampleCount}件は、すべて公表の答えと一致しました。`} />
      ) : (
        <Table
          caption={`公表の答えと違う計算例（${line.exampleCount}件のうち ${line.failed.length}件）`}
          rows={line.failed}
          rowKey={(row) => row.id}
          columns={[
            { key: "id", head: "例", rowHead: true, cell: (row) => row.id },
            { key: "why", head: "計算", cell: (row) => row.why },
            { key: "expected", head: "公表の答え", cell: (row) => row.expected },
            { key: "got", head: "プログラムの答え", cell: (row) => row.got },
          ]}
        />
      )}
      <Differences rows={line.differences} caption={`承認済みの一式との違い（${line.differences.length}件）`} />
      <Parallel line={line} />
      <Actions>
        {mayApprove && line.open && line.failed.length === 0 ? (
          <Button
            kind="primary"
            pending={command.pending}
            onClick={() =>
              void command.run({ path: { setId: String(line.setId) }, body: { contentDigest: line.contentDigest } })
            }
          >
            この内容で承認する
          </Button>
        ) : null}
        <Button onClick={onClose}>閉じる</Button>
      </Actions>
    </Dialog>
  );
}

function State({ line }: { readonly line: Registration }): ReactElement {
  if (line.approvedBy !== null) return <Badge kind="good">承認済み</Badge>;
  if (line.failed.length > 0) return <Badge kind="danger">計算例が合わない</Badge>;
  return line.open ? <Badge kind="warning">承認待ち</Badge> : <Badge>古い登録</Badge>;
}

function Values({ values }: { readonly values: View["values"] }): ReactElement {
  const kinds = [...new Map(values.map(({ kind, kindName }) => [kind, kindName]))];
  const [kind, setKind] = useState("amounts");
  return (
    <>
      <SelectField
        label="種類"
        value={kind}
        onChange={(event) => setKind(event.target.value)}
        options={kinds.map(([value, label]) => ({ value, label }))}
      />
      <Table
        caption={`値の一覧: ${kinds.find(([code]) => code === kind)?.[1] ?? ""}`}
        rows={values.filter((value) => value.kind === kind)}
        rowKey={(value) => value.id}
        columns={[
          { key: "title", head: "名前", rowHead: true, cell: (value) => value.title },
          {
            key: "text",
            head: "値",
            cell: (value) =>
              kind === "amounts" ? <span className="whitespace-nowrap">{value.text}</span> : value.text,
          },
          {
            key: "from",
            head: "月分から",
            cell: (value) => <MonthText month={value.from} />,
            sortBy: (value) => value.from,
          },
          { key: "to", head: "月分まで", cell: (value) => <MonthText month={value.to} />, sortBy: (value) => value.to },
          { key: "source", head: "根拠", cell: (value) => value.source },
        ]}
      />
    </>
  );
}

export function ParametersPage(): ReactElement {
  const { data, error } = useRead("readParameters", {});
  const mayRegister = useMay("parameter.change");
  const mayApprove = useMay("parameter.approve");
  const [registering, setRegistering] = useState(false);
  const [looking, setLooking] = useState<number>();
  const [said, setSaid] = useState<string>();
  const line = data?.registrations.find(({ setId }) => setId === looking);
  return (
    <>
      <PageTitle>パラメータ</PageTitle>
      {said === undefined ? null : <Notice kind="success" title={said} live />}
      <ProblemNotice problem={error} />
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : (
        <>
          {data.inForce ? (
            <Notice kind="info" title="プログラムの値は、二人で承認された値です。決定と支払に使えます。" />
          ) : (
            <Notice kind="warning" title="プログラムの値が承認されていません。承認するまで、決定も支払もできません。" />
          )}
          {data.inForce ? null : (
            <Section title="承認済みの一式との違い">
              <Differences rows={data.differences} caption={`プログラムが変える値（${data.differences.length}件）`} />
              {mayRegister ? (
                <p className="my-4">
                  <Button kind="primary" onClick={() => setRegistering(true)}>
                    プログラムの値を登録する
                  </Button>
                </p>
              ) : null}
            </Section>
          )}
          <Section title="登録と承認の履歴">
            <Table
              caption="登録と承認の履歴"
              captionHidden
              rows={data.registrations}
              rowKey={({ setId }) => setId}
              empty="まだ登録がありません。"
              columns={[
                { key: "no", head: "登録", rowHead: true, cell: ({ setId }) => String(setId) },
                { key: "state", head: "状態", cell: (each) => <State line={each} /> },
                { key: "version", head: "規則の版", cell: ({ ruleVersion }) => ruleVersion },
                { key: "by", head: "登録した人", cell: ({ enteredBy }) => enteredBy },
                { key: "on", head: "登録日", cell: ({ enteredOn }) => <DateText date={enteredOn} /> },
                { key: "approver", head: "承認した人", cell: ({ approvedBy }) => approvedBy ?? "" },
                {
                  key: "approved",
                  head: "承認日",
                  cell: ({ approvedOn }) => (approvedOn === null ? "" : <DateText date={approvedOn} />),
                },
                {
                  key: "look",
                  head: "中身",
                  cell: ({ setId }) => (
                    <Button size="small" onClick={() => setLooking(setId)}>
                      登録 {setId} を見る
                    </Button>
                  ),
                },
              ]}
            />
          </Section>
          <Section title="効力のある値">
            <Values values={data.values} />
          </Section>
        </>
      )}
      {registering ? (
        <Register
          onClose={() => setRegistering(false)}
          onDone={(words) => {
            setRegistering(false);
            setSaid(words);
          }}
        />
      ) : null}
      {line === undefined ? null : (
        <Look
          line={line}
          mayApprove={mayApprove}
          onClose={() => setLooking(undefined)}
          onDone={(words) => {
            setLooking(undefined);
            setSaid(words);
          }}
        />
      )}
    </>
  );
}
