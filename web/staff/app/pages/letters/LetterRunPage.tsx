/** 印刷処理の内容: state, next step, what was left out, samples, characters, files, who did what. */
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useDownload } from "../../api/download.ts";
import { useRead } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateText, MomentText } from "../../ui/Dates.tsx";
import { count, yen } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Facts, Loading, PageTitle, Section } from "../../ui/Page.tsx";
import { Steps } from "../../ui/Steps.tsx";
import { Table } from "../../ui/Table.tsx";
import { LetterRunNext } from "./LetterRunNext.tsx";
import { LetterWords } from "./LetterWords.tsx";

export type LetterRunView = OperationAnswer<"readLetterRun">;

const TRACK = [
  ["created", "作成"],
  ["approved", "見本の承認"],
  ["printing", "印刷"],
  ["printed", "封入"],
  ["mailed", "発送"],
] as const;

function Track({ view }: { readonly view: LetterRunView }): ReactElement {
  const { run } = view;
  if (run.state === "discarded") return <Notice kind="warning" title="この印刷処理は破棄されました" />;
  const at = TRACK.findIndex(([state]) => state === run.state);
  return (
    <Steps
      label="印刷処理の進み"
      steps={TRACK.map(([key, title], index) => ({
        key,
        title:
          key === "printing" && run.state === "printing"
            ? `${title}（${count(run.printed)} / ${count(run.letters)}通）`
            : title,
        state: index < at || run.state === "mailed" ? "done" : index === at ? "now" : "todo",
      }))}
    />
  );
}

function LeftOut({ view }: { readonly view: LetterRunView }): ReactElement {
  return (
    <Section title="この印刷処理に入っていないもの">
      <Table
        caption="理由ごとの件数"
        captionHidden
        rows={view.leftOut}
        rowKey={({ route, label }) => `${route} ${label}`}
        empty="ありません。待っていたものは、すべて入っています。"
        columns={[
          { key: "why", head: "理由", rowHead: true, cell: ({ label }) => label },
          { key: "route", head: "行き先", cell: ({ route }) => (route === "tray" ? "手作業トレイ" : "送らない") },
          { key: "count", head: "件数", numeric: true, cell: ({ count: n }) => count(n) },
        ]}
      />
    </Section>
  );
}

function Samples({ runNo }: { readonly runNo: number }): ReactElement {
  const [open, setOpen] = useState(false);
  const found = useRead("readLetterSamples", { path: { runNo: String(runNo) } }, { enabled: open });
  return (
    <Section title="見本">
      {open ? null : <Button onClick={() => setOpen(true)}>見本を見る</Button>}
      <ProblemNotice problem={found.error} />
      {open && found.isPending ? <Loading what="見本を" /> : null}
      {(found.data?.samples ?? []).map((sample) => (
        <div key={sample.letterId}>
          <h3 className="mt-3 mb-1 font-700">
            順番 {sample.seq}　封筒 {sample.letterId}　<Badge kind="plain">{sample.why}</Badge>
            {sample.amount === null ? null : <span className="ml-2">{yen(sample.amount)}</span>}
          </h3>
          <LetterWords lines={sample.lines} label={`見本 順番${String(sample.seq)}の文面`} />
        </div>
      ))}
      {open && found.data?.samples.length === 0 ? <p>この画面で見られる見本はありません。</p> : null}
    </Section>
  );
}

function Issues({ view }: { readonly view: LetterRunView }): ReactElement {
  return (
    <Section title="文字の一覧">
      <Table
        caption="字形を変えて印字した文字と、枠に入らない宛名"
        captionHidden
        rows={view.issues.map((issue, index) => ({ key: index, ...issue }))}
        rowKey={({ key }) => key}
        empty="ありません。すべての文字が、台帳のとおりに印字されます。"
        columns={[
          { key: "seq", head: "順番", rowHead: true, numeric: true, cell: ({ seq }) => seq },
          { key: "letter", head: "封筒", cell: ({ letterId }) => letterId },
          {
            key: "kind",
            head: "種類",
            cell: ({ kind }) => (kind === "character" ? "字形を変えた文字" : "枠に入らない"),
          },
          { key: "code", head: "文字コード・長さ", cell: ({ codePoints }) => codePoints },
          { key: "printed", head: "印字", cell: ({ printed }) => printed },
        ]}
      />
    </Section>
  );
}

function Files({ view }: { readonly view: LetterRunView }): ReactElement | null {
  const mayPrint = useMay("letter.print");
  const file = useDownload("takeLetterFile");
  const list = useDownload("takeInsertList");
  const runNo = String(view.run.runNo);
  const name = `letters-${runNo.padStart(6, "0")}`;
  if (view.files.length === 0) return null;
  return (
    <Section title="ファイル">
      <ProblemNotice problem={file.problem ?? list.problem} />
      <ul className="mb-3">
        {view.files.map(({ fileNo, letters, pages, sha256 }) => (
          <li key={fileNo} className="mb-1 flex flex-wrap items-center gap-x-4 gap-y-1">
            <span>
              PDF {fileNo}　{count(letters)}通 {count(pages)}頁
              <span className="ml-2 font-mono text-[0.8125rem] text-solid-gray-700">
                SHA-256 {sha256.slice(0, 16)}…
              </span>
            </span>
            {mayPrint ? (
              <Button
                size="small"
                pending={file.pending}
                onClick={() =>
                  void file.take(
                    { path: { runNo, fileNo: String(fileNo) } },
                    `印刷処理 第${runNo}号 PDF ${String(fileNo)}`,
                  )
                }
              >
                見て印刷する<span className="sr-only">（PDF {fileNo}）</span>
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {mayPrint ? (
        <Button size="small" pending={list.pending} onClick={() => void list.take({ path: { runNo } }, `${name}.csv`)}>
          封入表（CSV、暗号化）を取り出す
        </Button>
      ) : null}
    </Section>
  );
}

function Events({ view }: { readonly view: LetterRunView }): ReactElement {
  return (
    <Section title="経過">
      <Table
        caption="だれが・いつ・どの端末で"
        captionHidden
        rows={view.events.map((event, index) => ({ key: index, ...event }))}
        rowKey={({ key }) => key}
        columns={[
          { key: "what", head: "状態", rowHead: true, cell: ({ label }) => label },
          { key: "by", head: "職員", cell: ({ by }) => by },
          { key: "at", head: "時刻", cell: ({ at }) => <MomentText at={at} /> },
          { key: "terminal", head: "端末", cell: ({ terminal }) => terminal ?? "画面の外" },
          { key: "note", head: "理由", cell: ({ note }) => (note === "" ? "―" : note) },
        ]}
      />
    </Section>
  );
}

export function LetterRunPage(): ReactElement {
  const { runNo = "" } = useParams({ strict: false });
  const found = useRead("readLetterRun", { path: { runNo } });
  const [done, setDone] = useState("");
  const view = found.data;
  return (
    <>
      <PageTitle>印刷処理 第{runNo}号</PageTitle>
      {done === "" ? null : <Notice kind="success" title={done} live />}
      <ProblemNotice problem={found.error} />
      {view === undefined ? (
        found.isPending ? (
          <Loading />
        ) : null
      ) : (
        <>
          <Facts
            facts={[
              { name: "様式", value: `${view.run.formNumber} ${view.run.title}` },
              { name: "種類", value: view.run.kindLabel },
              { name: "文書の日付", value: <DateText date={view.run.documentOn} /> },
              { name: "発送日", value: <DateText date={view.run.mailOn} /> },
              { name: "通・頁", value: `${count(view.run.letters)}通 ${count(view.run.pages)}頁` },
              { name: "文面の額の合計", value: yen(view.run.amount) },
              { name: "作成", value: view.run.maker },
              { name: "承認", value: view.approver ?? "まだ" },
            ]}
          />
          <Track view={view} />
          {view.run.reason === "" ? null : <p className="mb-2">理由: {view.run.reason}</p>}
          {view.protectedLetters > 0 ? (
            <Notice kind="warning" title={`支援措置に関わる通知書が${String(view.protectedLetters)}通あります`} />
          ) : null}
          <Section title="次の処理">
            <LetterRunNext view={view} onDone={setDone} onRefresh={() => void found.refetch()} />
          </Section>
          <LeftOut view={view} />
          <Samples runNo={view.run.runNo} />
          <Issues view={view} />
          <Files view={view} />
          <Events view={view} />
        </>
      )}
    </>
  );
}
