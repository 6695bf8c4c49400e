/** システムの記録: authentication, events, communication, print, changes of settings, errors. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { callOperation } from "../../api/call.ts";
import type { OperationAnswer, OperationInput } from "../../api/call.ts";
import { useWork } from "../../session/use-work.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateInput, MomentText } from "../../ui/Dates.tsx";
import { SelectField, TextField } from "../../ui/Field.tsx";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { PageTitle } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { detailText, JOURNAL_KIND_NAMES, objectText, actionText } from "./journal-words.ts";

type Row = OperationAnswer<"searchJournal">["rows"][number];
type Kind = Row["kind"];
type Asked = NonNullable<OperationInput<"searchJournal">["body"]>;

const KINDS = Object.entries(JOURNAL_KIND_NAMES).map(([value, label]) => ({ value, label }));
const isKind = (text: string): text is Kind => text in JOURNAL_KIND_NAMES;

function Outcome({ outcome }: { readonly outcome: Row["outcome"] }): ReactElement {
  if (outcome === "done") return <>行った</>;
  return <Badge kind="danger">{outcome === "refused" ? "断った" : "失敗した"}</Badge>;
}

function Rows({ rows }: { readonly rows: readonly Row[] }): ReactElement {
  return (
    <Table
      caption="システムの記録（新しい順）"
      rows={rows}
      rowKey={(row) => row.seq}
      empty="当たる記録はありません。"
      columns={[
        { key: "at", head: "時刻", rowHead: true, cell: (row) => <MomentText at={row.recordedAt} /> },
        { key: "kind", head: "種類", cell: (row) => JOURNAL_KIND_NAMES[row.kind], sortBy: (row) => row.kind },
        {
          key: "who",
          head: "職員",
          cell: (row) => (
            <span className="whitespace-nowrap">{row.actor === "system" ? "（プログラム）" : row.actor}</span>
          ),
        },
        { key: "terminal", head: "端末", cell: (row) => (row.terminalCode === "" ? "—" : row.terminalCode) },
        { key: "what", head: "処理", cell: (row) => actionText(row.action), sortBy: (row) => row.action },
        { key: "outcome", head: "結果", cell: (row) => <Outcome outcome={row.outcome} /> },
        { key: "object", head: "対象", cell: (row) => objectText(row.objectKind, row.objectId) },
        { key: "detail", head: "詳しいこと", cell: (row) => detailText(row.detail) },
      ]}
    />
  );
}

export function JournalPage(): ReactElement {
  const [kind, setKind] = useState("");
  const [actor, setActor] = useState("");
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [found, setFound] = useState<{ readonly rows: readonly Row[]; readonly more: boolean }>();
  const work = useWork();
  const ask = async (before?: number): Promise<void> => {
    const body: Asked = {
      ...(isKind(kind) ? { kind } : {}),
      ...(actor.trim() === "" ? {} : { actor: actor.trim() }),
      ...(from === "" ? {} : { from }),
      ...(to === "" ? {} : { to }),
      ...(before === undefined ? {} : { before }),
    };
    const answer = await work.run(async () => await callOperation("searchJournal", { body }));
    if (answer === undefined) return;
    setFound((earlier) => ({
      rows: before === undefined ? answer.rows : [...(earlier?.rows ?? []), ...answer.rows],
      more: answer.more,
    }));
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void ask();
  };
  return (
    <>
      <PageTitle>システムの記録</PageTitle>
      <form onSubmit={submit} noValidate className="mb-4 rounded-8 bg-solid-gray-50 px-4 pt-3 pb-1">
        <ProblemNotice problem={work.problem} />
        <div className="flex flex-wrap items-start gap-x-6">
          <SelectField
            label="種類"
            empty="すべて"
            options={KINDS}
            value={kind}
            onChange={(event) => setKind(event.target.value)}
          />
          <TextField label="職員番号" value={actor} onChange={(event) => setActor(event.target.value)} />
          <DateInput label="いつから" value={from} onChange={setFrom} />
          <DateInput label="いつまで" value={to} onChange={setTo} />
        </div>
        <p className="mb-3">
          <Button kind="primary" submit pending={work.pending}>
            照会する
          </Button>
        </p>
      </form>
      {found === undefined ? (
        <p>何も選ばずに照会すると、新しいものから示します。</p>
      ) : (
        <>
          <Rows rows={found.rows} />
          {found.more ? (
            <Button pending={work.pending} onClick={() => void ask(found.rows.at(-1)?.seq)}>
              前のものも見る
            </Button>
          ) : null}
        </>
      )}
    </>
  );
}
