/** 文字: what stands in place of each unusual character, and the two steps of 同定. */
import { useState } from "react";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useDraft } from "../../session/drafts.ts";
import { useMay } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { TextArea, TextField } from "../../ui/Field.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Loading, PageTitle, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { parseLines } from "./lines.ts";

type View = OperationAnswer<"readCharacters">;
type Listed = View["characters"][number];
type CharacterSet = View["sets"][number];

function Glyph({ text }: { readonly text: string }): ReactElement {
  return <span className="text-2xl">{text}</span>;
}

function State({ line }: { readonly line: Listed }): ReactElement {
  if (line.unresolved) return <Badge kind="warning">同定が必要</Badge>;
  return line.identifiedAs === null ? <Badge kind="good">表で決まる</Badge> : <Badge kind="good">同定済み</Badge>;
}

function Characters({ rows }: { readonly rows: readonly Listed[] }): ReactElement {
  return (
    <Table
      caption={`JIS X 0213 にない文字（${rows.length}字）`}
      rows={rows}
      rowKey={({ character }) => character}
      empty="氏名の文字は、すべて JIS X 0213 にあります。"
      columns={[
        { key: "character", head: "文字", rowHead: true, cell: ({ character }) => <Glyph text={character} /> },
        { key: "state", head: "状態", cell: (line) => <State line={line} /> },
        {
          key: "code",
          head: "コード",
          cell: ({ codePoints, mjName }) => (
            <>
              {codePoints}
              {mjName === null ? null : (
                <>
                  <br />
                  {mjName}
                </>
              )}
            </>
          ),
        },
        { key: "names", head: "氏名の数", cell: ({ names }) => String(names), sortBy: ({ names }) => names },
        { key: "printed", head: "印刷", cell: ({ printed }) => <Glyph text={printed} /> },
        { key: "jis", head: "JIS X 0213", cell: ({ jisX0213 }) => <Glyph text={jisX0213} /> },
        { key: "cp932", head: "シフトJIS", cell: ({ cp932 }) => <Glyph text={cp932} /> },
        {
          key: "source",
          head: "根拠",
          cell: ({ source, candidates }) => (
            <>
              {source}
              {candidates.length === 0 ? null : `: ${candidates.join("、")}`}
            </>
          ),
        },
      ]}
    />
  );
}

function Propose({
  onDone,
  onClose,
}: {
  readonly onDone: (said: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const source = useDraft("characters/source", "");
  const lines = useDraft("characters/lines", "");
  const command = useCommand("proposeCharacters", {
    onDone: ({ message }) => {
      source.drop();
      lines.drop();
      onDone(message);
    },
  });
  const parsed = parseLines(lines.value);
  return (
    <Dialog title="文字の同定を登録する" onClose={onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void command.run({ body: { source: source.value, lines: [...parsed] } });
        }}
      >
        <p className="mb-3">
          1行に1字を「文字,同定先,根拠」の順に書きます。同定の道具の結果（CSV）は、そのまま貼り付けられます。文字はU+E000のような符号でも、同定先はMJ文字図形名（MJ026190など）でも書けます。
        </p>
        <ProblemNotice problem={command.problem} />
        <TextField
          label="出どころ"
          help="同定の道具と版、または判断の資料"
          required
          value={source.value}
          onChange={(event) => source.set(event.target.value)}
        />
        <TextArea
          label="文字・同定先・根拠"
          required
          rows={8}
          value={lines.value}
          onChange={(event) => lines.set(event.target.value)}
        />
        <p className="my-2" role="status">
          {parsed.length}字
        </p>
        <Actions>
          <Button
            kind="primary"
            submit
            pending={command.pending}
            disabled={source.value.trim() === "" || parsed.length === 0}
          >
            登録する
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}

function Look({
  set,
  mayApprove,
  onDone,
  onClose,
}: {
  readonly set: CharacterSet;
  readonly mayApprove: boolean;
  readonly onDone: (said: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const command = useCommand("approveCharacters", { onDone: ({ message }) => onDone(message) });
  return (
    <Dialog title={`文字の同定の組 ${set.setId}`} onClose={onClose}>
      <ProblemNotice problem={command.problem} />
      <p className="mb-3">出どころ: {set.source}</p>
      <Table
        caption={`同定（${set.lines.length}字）`}
        rows={set.lines}
        rowKey={({ from }) => from}
        columns={[
          { key: "from", head: "文字", rowHead: true, cell: ({ from }) => <Glyph text={from} /> },
          { key: "code", head: "コード", cell: ({ codePoints }) => codePoints },
          { key: "to", head: "同定先", cell: ({ to }) => <Glyph text={to} /> },
          { key: "basis", head: "根拠", cell: ({ basis }) => basis },
        ]}
      />
      <Actions>
        {mayApprove && set.approvedBy === null ? (
          <Button
            kind="primary"
            pending={command.pending}
            onClick={() => void command.run({ path: { setId: String(set.setId) }, body: { digest: set.digest } })}
          >
            この内容で承認する
          </Button>
        ) : null}
        <Button onClick={onClose}>閉じる</Button>
      </Actions>
    </Dialog>
  );
}

function Sets({
  sets,
  onLook,
}: {
  readonly sets: readonly CharacterSet[];
  readonly onLook: (setId: number) => void;
}): ReactElement {
  return (
    <Table
      caption="同定の組"
      captionHidden
      rows={sets}
      rowKey={({ setId }) => setId}
      empty="まだ登録がありません。"
      columns={[
        { key: "no", head: "組", rowHead: true, cell: ({ setId }) => String(setId) },
        {
          key: "state",
          head: "状態",
          cell: ({ approvedBy }) =>
            approvedBy === null ? <Badge kind="warning">承認待ち</Badge> : <Badge kind="good">承認済み</Badge>,
        },
        { key: "count", head: "字数", cell: ({ lines }) => String(lines.length) },
        { key: "source", head: "出どころ", cell: ({ source }) => source },
        { key: "by", head: "入力した人", cell: ({ enteredBy }) => enteredBy },
        { key: "approver", head: "承認した人", cell: ({ approvedBy }) => approvedBy ?? "" },
        {
          key: "look",
          head: "中身",
          cell: ({ setId }) => <Button onClick={() => onLook(setId)}>{`組 ${setId} を見る`}</Button>,
        },
      ]}
    />
  );
}

export function CharactersPage(): ReactElement {
  const { data, error } = useRead("readCharacters", {});
  const mayPropose = useMay("parameter.change");
  const mayApprove = useMay("parameter.approve");
  const [proposing, setProposing] = useState(false);
  const [looking, setLooking] = useState<number>();
  const [said, setSaid] = useState<string>();
  const set = data?.sets.find(({ setId }) => setId === looking);
  const open = data?.characters.filter(({ unresolved }) => unresolved).length ?? 0;
  return (
    <>
      <PageTitle>文字</PageTitle>
      {said === undefined ? null : <Notice kind="success" title={said} live />}
      <ProblemNotice problem={error} />
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : (
        <>
          {open === 0 ? (
            <Notice kind="info" title="どの文字か分からない文字はありません。" />
          ) : (
            <Notice kind="warning" title={`どの文字か分からない文字が ${open}字あります。同定してください。`} />
          )}
          <Section title="文字の一覧">
            <Characters rows={data.characters} />
          </Section>
          <Section title="同定">
            {mayPropose ? (
              <p className="my-4">
                <Button kind="primary" onClick={() => setProposing(true)}>
                  同定を登録する
                </Button>
              </p>
            ) : null}
            <Sets sets={data.sets} onLook={setLooking} />
          </Section>
        </>
      )}
      {proposing ? (
        <Propose
          onDone={(message) => {
            setSaid(message);
            setProposing(false);
          }}
          onClose={() => setProposing(false)}
        />
      ) : null}
      {set === undefined ? null : (
        <Look
          set={set}
          mayApprove={mayApprove}
          onDone={(message) => {
            setSaid(message);
            setLooking(undefined);
          }}
          onClose={() => setLooking(undefined)}
        />
      )}
    </>
  );
}
