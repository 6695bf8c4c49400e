/** 一括処理の1枚: where it stands, what is next, counts and yen, checks, the list, the log, the evidence. */
import { useNavigate, useParams } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { useDownload } from "../../api/download.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateText, MomentText } from "../../ui/Dates.tsx";
import { count, yen } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Facts, GoTo, Loading, PageTitle, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { type MassRunView, outcomeLabels, periodText, resultLabels, stateKinds, stateLabels } from "./labels.ts";
import { MassItems } from "./MassItems.tsx";
import { MassNext } from "./MassNext.tsx";

const FILES = ["1-処理.json", "2-承認.json", "3-記録.json", "4-件数.json", "5-検査.json", "6-一覧.csv", "SHA256SUMS"];

function Heading({ view: { run } }: { readonly view: MassRunView }): ReactElement {
  return (
    <>
      <PageTitle beside={<Badge kind={stateKinds[run.state]}>{stateLabels[run.state]}</Badge>}>
        一括処理 {run.runNo}　{run.jobName}
      </PageTitle>
      <Facts
        facts={[
          { name: "期間", value: periodText(run.period) },
          { name: "基準日", value: <DateText date={run.asOf} /> },
          ...run.parameters.map(({ label, value }) => ({ name: label, value })),
          { name: "作成", value: run.maker },
          { name: "承認", value: run.approver ?? "まだ" },
        ]}
      />
      {run.errorCode === null ? null : (
        <Notice kind="warning" title={`異常終了しました（符号 ${run.errorCode}）`}>
          {run.note}
        </Notice>
      )}
    </>
  );
}

const PAGE_NAMES: Readonly<Record<string, string>> = {
  "/mass-work": "一括処理の画面へ",
  "/taxes": "所得の更正の画面へ",
  "/letters": "通知書の画面へ",
  "/reviews": "現況の画面へ",
  "/recoveries": "債権の画面へ",
};

/** A sentence that says where something is corrected one by one: pages in brackets become links. */
function WithPages({ text }: { readonly text: string }): ReactElement {
  const pages = [...new Set([...text.matchAll(/（(\/[a-z-]+)）/g)].map(([, path]) => path ?? ""))];
  return (
    <>
      {text.replaceAll(/（\/[a-z-]+）/g, "")}
      {pages.map((path) => (
        <span key={path} className="ml-2">
          <GoTo to={path}>{PAGE_NAMES[path] ?? path}</GoTo>
        </span>
      ))}
    </>
  );
}

/** 戻し: from the page of the run that wrote; the list of what can be taken back is a run of its own. */
function Undo({ view }: { readonly view: MassRunView }): ReactElement | null {
  const navigate = useNavigate();
  const may = useMay("decision.exOfficio");
  const { run, undo } = view;
  const command = useCommand("undoMassRun", {
    onDone: ({ runNo }) => void navigate({ to: `/mass-work/${String(runNo)}` }),
  });
  const ended = run.state === "done" || run.state === "cancelled";
  if (undo.undoes !== null) {
    return (
      <Section title="戻す一括処理">
        <p>
          <GoTo to={`/mass-work/${String(undo.undoes)}`}>一括処理 {undo.undoes}</GoTo>{" "}
          で書いたものを戻します。もとの行は消えず、反対の行が足されます。
        </p>
      </Section>
    );
  }
  if (!ended || run.written === 0) return null;
  return (
    <Section title="戻し">
      <ProblemNotice problem={command.problem} />
      {undo.undoneBy.length === 0 ? null : (
        <ul className="mb-3">
          {undo.undoneBy.map((no) => (
            <li key={no}>
              <GoTo to={`/mass-work/${String(no)}`}>一括処理 {no}</GoTo> で戻しています。
            </li>
          ))}
        </ul>
      )}
      {undo.possible ? (
        <>
          <p className="mb-3">
            書いた {count(run.written)}
            件を、まとめて戻せます。まず、戻せる件と戻せない件（支払や通知書に使われたもの）の一覧ができます。別の人が承認して実行するまで、何も戻しません。
          </p>
          {may ? (
            <Button
              pending={command.pending}
              onClick={() => void command.run({ path: { massRunNo: String(run.runNo) } })}
            >
              戻しの一覧を作る
            </Button>
          ) : null}
        </>
      ) : (
        <p>
          {undo.undoneBy.length === 0 ? "まとめて戻すことはできません。" : ""}
          <WithPages text={undo.reason} />
        </p>
      )}
    </Section>
  );
}

function Counts({ view }: { readonly view: MassRunView }): ReactElement | null {
  const { list } = view.run;
  if (list === null) return null;
  const kindOf = (code: string): string => view.kinds.find((kind) => kind.code === code)?.name ?? code;
  return (
    <Section title="件数と金額（月額）">
      <Facts
        facts={[
          { name: "調べた対象", value: `${count(list.subjects)}件` },
          { name: "変える", value: `${count(list.change)}件` },
          { name: "前の月額の合計", value: yen(list.yenBefore) },
          { name: "後の月額の合計", value: yen(list.yenAfter) },
          { name: "増減", value: yen(list.yenAfter - list.yenBefore) },
        ]}
      />
      <Table
        caption="区分・種類・結果ごと"
        rows={view.counts}
        rowKey={(row) => `${row.outcome}/${row.kind}/${row.result ?? ""}`}
        columns={[
          { key: "outcome", head: "区分", rowHead: true, cell: (row) => outcomeLabels[row.outcome] },
          { key: "kind", head: "種類", cell: (row) => kindOf(row.kind) },
          {
            key: "result",
            head: "結果",
            cell: (row) => (row.outcome === "change" ? resultLabels[row.result ?? "pending"] : "—"),
          },
          { key: "items", head: "件数", numeric: true, cell: (row) => count(row.items), sortBy: (row) => row.items },
          { key: "before", head: "前の月額", numeric: true, cell: (row) => yen(row.yenBefore) },
          { key: "after", head: "後の月額", numeric: true, cell: (row) => yen(row.yenAfter) },
        ]}
      />
    </Section>
  );
}

function Checks({ view }: { readonly view: MassRunView }): ReactElement | null {
  if (view.checks.length === 0) return null;
  return (
    <Section title="終わったあとの検査">
      <ul>
        {view.checks.map(({ name, faults, detail }) => (
          <li key={name} className="mb-1">
            <Badge kind={faults === 0 ? "good" : "danger"}>{faults === 0 ? "合格" : `${count(faults)}件`}</Badge> {name}
            {detail === "" ? "" : `（${detail}）`}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Log({ view }: { readonly view: MassRunView }): ReactElement {
  return (
    <Section title="実行の記録">
      <Table
        caption="古い順"
        captionHidden
        rows={view.events}
        rowKey={(event) => event.seq}
        columns={[
          { key: "at", head: "いつ", cell: (event) => <MomentText at={event.at} /> },
          { key: "state", head: "状態", rowHead: true, cell: (event) => stateLabels[event.state] },
          { key: "actor", head: "だれ", cell: (event) => event.actor },
          { key: "terminal", head: "端末", cell: (event) => (event.terminal === "" ? "—" : event.terminal) },
          {
            key: "note",
            head: "内容",
            cell: (event) => `${event.note}${event.errorCode === null ? "" : `（符号 ${event.errorCode}）`}` || "—",
          },
        ]}
      />
    </Section>
  );
}

/** 対象者一覧 with names, for the work on paper. */
function NamedList({ view }: { readonly view: MassRunView }): ReactElement {
  const massRunNo = String(view.run.runNo);
  const download = useDownload("takeMassList");
  const take = (format: "csv" | "pdf"): void =>
    void download.take({ path: { massRunNo, format } }, `一括処理${massRunNo}-対象者一覧.${format}`);
  return (
    <Section title="対象者一覧（氏名つき）">
      <ProblemNotice problem={download.problem} />
      <p className="mb-2">
        一覧の承認の後に取り出せます。暗号化した ZIP
        になります。住所は入っていません。支援措置の対象者がいるときは、その照会の権限がある人だけが取り出せます。
      </p>
      <div className="flex flex-wrap gap-3">
        <Button pending={download.pending} onClick={() => take("csv")}>
          CSV を取り出す
        </Button>
        <Button pending={download.pending} onClick={() => take("pdf")}>
          PDF を取り出す
        </Button>
      </div>
    </Section>
  );
}

function Evidence({ view }: { readonly view: MassRunView }): ReactElement {
  const massRunNo = String(view.run.runNo);
  const download = useDownload("takeMassEvidence");
  return (
    <Section title="証拠書類">
      <ProblemNotice problem={download.problem} />
      <p className="mb-2">
        一覧の承認の後に取り出せます。取り出すと、だれが・いつ取り出したかを記録します。取り出す前に、職員証とパスワードを確かめます。氏名と住所は入っていません。
      </p>
      <ul className="flex flex-wrap gap-2">
        {FILES.map((name) => (
          <li key={name}>
            <Button
              size="small"
              pending={download.pending}
              onClick={() => void download.take({ path: { massRunNo, file: name } }, name)}
            >
              {`${name} を取り出す`}
            </Button>
          </li>
        ))}
      </ul>
    </Section>
  );
}

export function MassRunPage(): ReactElement {
  const { massRunNo } = useParams({ strict: false });
  const { data, error } = useRead("readMassRun", { path: { massRunNo: String(massRunNo) } });
  const seesCases = [useMay("decision.exOfficio"), useMay("decision.exOfficioApprove")].includes(true);
  if (data === undefined) {
    return error === null ? (
      <Loading />
    ) : (
      <>
        <PageTitle>一括処理 {massRunNo}</PageTitle>
        <ProblemNotice problem={error} />
        <GoTo to="/mass-work">一括処理の一覧へ</GoTo>
      </>
    );
  }
  return (
    <>
      <Heading view={data} />
      <MassNext run={data.run} />
      <Undo view={data} />
      <Counts view={data} />
      <Checks view={data} />
      {seesCases && data.run.list !== null ? <MassItems view={data} /> : null}
      {seesCases && data.run.list !== null ? <NamedList view={data} /> : null}
      <Log view={data} />
      {seesCases ? <Evidence view={data} /> : null}
    </>
  );
}
