/** 庁内連携: each office's stream, what is missing or refused, the comparisons. */
import { useState } from "react";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateText, MomentText } from "../../ui/Dates.tsx";
import { count } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Facts, GoTo, Loading, PageTitle, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { ReasonDialog } from "../filings/ReasonDialog.tsx";

type Answer = OperationAnswer<"readInterchange">;
type Interface = Answer["interfaces"][number];
type Reject = Answer["rejects"][number];
type Range = { readonly interfaceCode: string; readonly name: string; readonly from: number; readonly to: number };

const rangeText = ({ from, to }: { readonly from: number; readonly to: number }): string =>
  from === to ? `連番 ${String(from)}` : `連番 ${String(from)}〜${String(to)}`;

function StateBadge({ state }: { readonly state: Interface }): ReactElement {
  if (state.missing.length > 0) return <Badge kind="danger">⚠ 欠番</Badge>;
  if (state.alarm !== null) return <Badge kind="warning">⚠ 注意</Badge>;
  return state.lastSequence === 0 ? <Badge>使っていない</Badge> : <Badge kind="good">✓ 正常</Badge>;
}

function Interfaces({
  rows,
  may,
  onAsk,
}: {
  readonly rows: readonly Interface[];
  readonly may: boolean;
  readonly onAsk: (range: Range) => void;
}): ReactElement {
  return (
    <Table
      caption="連携ごとの状態"
      captionHidden
      rows={rows}
      rowKey={({ interfaceCode }) => interfaceCode}
      empty="連携の合意がありません。"
      columns={[
        { key: "state", head: "状態", cell: (row) => <StateBadge state={row} /> },
        {
          key: "name",
          head: "連携",
          rowHead: true,
          cell: ({ name, source }) => (
            <div className="min-w-48 whitespace-normal">
              {name}
              <span className="block text-[0.875rem] font-400 text-solid-gray-700">{source}</span>
            </div>
          ),
        },
        { key: "version", head: "版", cell: ({ versions }) => versions.join("・") },
        {
          key: "people",
          head: "受け取る人",
          cell: ({ people }) => (
            <span className="whitespace-nowrap">{people === "listed" ? "対象者だけ" : "全員"}</span>
          ),
        },
        { key: "last", head: "連番", numeric: true, cell: ({ lastSequence }) => count(lastSequence) },
        { key: "asOf", head: "いつの分まで", cell: ({ asOf }) => (asOf === null ? "－" : <DateText date={asOf} />) },
        {
          key: "alarm",
          head: "知らせ",
          cell: ({ alarm }) => <div className="whitespace-normal text-[0.875rem]">{alarm ?? ""}</div>,
        },
        {
          key: "act",
          head: "操作",
          cell: ({ missing, interfaceCode, name }) =>
            may
              ? missing.map((range) => (
                  <span key={range.from} className="block whitespace-nowrap">
                    <Button
                      size="small"
                      onClick={() => onAsk({ interfaceCode, name, ...range })}
                      aria-label={`${name}の${rangeText(range)}の再送を頼む`}
                    >
                      再送を頼む
                    </Button>
                  </span>
                ))
              : null,
        },
      ]}
    />
  );
}

const whatOf = ({ reason, lines }: Reject): string =>
  [
    reason ?? "",
    ...lines.map(({ column, lines: many, first }) => `${column}: ${count(many)}行（${first.join("・")}行目）`),
  ]
    .filter((text) => text !== "")
    .join(" ");

export function InterchangePage(): ReactElement {
  const mayExamine = useMay("claim.examine");
  const mayRun = useMay("batch.run");
  const mayOpen = useMay("case.open");
  const may = mayExamine || mayRun;
  const { data, error } = useRead("readInterchange", {});
  const [asking, setAsking] = useState<Range>();
  const [clearing, setClearing] = useState<Reject>();
  const [said, setSaid] = useState("");
  const ask = useCommand("requestResend", {
    onDone: () => {
      setAsking(undefined);
      setSaid("再送を頼みました。届くと自動で取り込みます。");
    },
  });
  const clear = useCommand("clearRejects", {
    onDone: () => {
      setClearing(undefined);
      setSaid("不受理の始末を記録しました。");
    },
  });
  if (data === undefined) {
    return (
      <>
        <PageTitle>庁内連携</PageTitle>
        {error === null ? <Loading /> : <ProblemNotice problem={error} />}
      </>
    );
  }
  const alarms = data.interfaces.filter(({ alarm }) => alarm !== null).length;
  const openDifferences = data.reconciliations.reduce((sum, { open }) => sum + open, 0);
  return (
    <>
      <PageTitle>庁内連携</PageTitle>
      <Facts
        facts={[
          { name: "知らせのある連携", value: alarms === 0 ? "0件 ✓" : `${count(alarms)}件` },
          { name: "不受理", value: data.rejects.length === 0 ? "0件 ✓" : `${count(data.rejects.length)}件` },
          { name: "説明のない突合の違い", value: openDifferences === 0 ? "0件 ✓" : `${count(openDifferences)}件` },
          {
            name: "未処理の変更",
            value: (
              <>
                {count(data.changes.open)}件（担当なし {count(data.changes.withoutOwner)}件）{" "}
                {mayOpen ? <GoTo to="/register-changes">一覧へ</GoTo> : null}
              </>
            ),
          },
        ]}
      />
      {said === "" ? null : <Notice kind="success" live title={said} />}
      <Section title="連携ごとの状態">
        <Interfaces rows={data.interfaces} may={may} onAsk={setAsking} />
      </Section>
      <Section title="不受理">
        <Table
          caption="始末していない不受理"
          captionHidden
          rows={data.rejects}
          rowKey={({ deliveryId }) => deliveryId}
          empty="いまはありません。"
          columns={[
            {
              key: "what",
              head: "配信",
              rowHead: true,
              cell: ({ interfaceName, kindName, sequence }) => `${interfaceName} ${kindName} 連番${String(sequence)}`,
            },
            { key: "state", head: "状態", cell: ({ stateName }) => stateName },
            { key: "rows", head: "不受理の行", numeric: true, cell: ({ rejected }) => count(rejected) },
            {
              key: "why",
              head: "受け取れないわけ",
              cell: (row) => <div className="min-w-64 whitespace-normal text-[0.875rem]">{whatOf(row)}</div>,
            },
            {
              key: "act",
              head: "操作",
              cell: (row) =>
                may ? (
                  <Button
                    size="small"
                    onClick={() => setClearing(row)}
                    aria-label={`${row.interfaceName} 連番${String(row.sequence)}の不受理の始末を書く`}
                  >
                    始末を書く
                  </Button>
                ) : null,
            },
          ]}
        />
      </Section>
      <Section title="突合">
        <Table
          caption="突合の結果"
          captionHidden
          rows={data.reconciliations}
          rowKey={({ reconciliationId }) => reconciliationId}
          empty="まだ突き合わせていません。"
          columns={[
            {
              key: "name",
              head: "連携",
              rowHead: true,
              cell: ({ interfaceName }) => interfaceName,
            },
            { key: "asOf", head: "全件の日付", cell: ({ asOf }) => <DateText date={asOf} /> },
            { key: "rows", head: "行", numeric: true, cell: ({ rows }) => count(rows) },
            { key: "missing", head: "こちらにない", numeric: true, cell: ({ missing }) => count(missing) },
            { key: "extra", head: "連携元にない", numeric: true, cell: ({ extra }) => count(extra) },
            { key: "different", head: "違う", numeric: true, cell: ({ different }) => count(different) },
            {
              key: "open",
              head: "説明のない違い",
              cell: ({ open, reconciliationId, missing, extra, different }) =>
                missing + extra + different === 0 ? (
                  <Badge kind="good">✓ 一致</Badge>
                ) : mayOpen ? (
                  <GoTo to={`/reconciliations/${String(reconciliationId)}`}>
                    {open === 0 ? "0件（すべて説明ずみ）" : `${count(open)}件`}
                  </GoTo>
                ) : (
                  `${count(open)}件`
                ),
            },
          ]}
        />
      </Section>
      <Section title="届いた配信">
        <Table
          caption="届いた配信（新しい順）"
          captionHidden
          rows={data.deliveries}
          rowKey={({ deliveryId }) => deliveryId}
          empty="まだ届いていません。"
          columns={[
            { key: "at", head: "届いた時刻", cell: ({ receivedAt }) => <MomentText at={receivedAt} /> },
            { key: "name", head: "連携", rowHead: true, cell: ({ interfaceName }) => interfaceName },
            { key: "kind", head: "種類", cell: ({ kindName }) => kindName },
            {
              key: "sequence",
              head: "連番",
              numeric: true,
              cell: ({ sequence, attempt }) => `${count(sequence)}${attempt > 1 ? `（${String(attempt)}回目）` : ""}`,
              sortBy: ({ sequence }) => sequence,
            },
            { key: "by", head: "方法", cell: ({ transport }) => (transport === "rest" ? "REST" : "ファイル") },
            { key: "rows", head: "行", numeric: true, cell: ({ rows }) => count(rows) },
            { key: "added", head: "追加・違い", numeric: true, cell: ({ added }) => count(added) },
            { key: "rejected", head: "不受理", numeric: true, cell: ({ rejected }) => count(rejected) },
            { key: "state", head: "状態", cell: ({ stateName }) => stateName, sortBy: ({ stateName }) => stateName },
          ]}
        />
      </Section>
      {asking === undefined ? null : (
        <ReasonDialog
          title="再送を頼む"

          action="再送を頼む"
          pending={ask.pending}
          problem={ask.problem}
          onSend={(reason) => {
            const { interfaceCode, from, to } = asking;
            void ask.run({ body: { interfaceCode, from, to, reason } });
          }}
          onClose={() => setAsking(undefined)}
          intro={
            <p>
              {asking.name}の{rangeText(asking)}を、もう一度送ってもらいます。
            </p>
          }
        />
      )}
      {clearing === undefined ? null : (
        <ReasonDialog
          title="不受理の始末を書く"

          action="始末を記録する"
          pending={clear.pending}
          problem={clear.problem}
          onSend={(reason) => void clear.run({ path: { deliveryId: clearing.deliveryId }, body: { reason } })}
          onClose={() => setClearing(undefined)}
          intro={
            <p>
              {clearing.interfaceName} 連番{String(clearing.sequence)}: {whatOf(clearing)}
            </p>
          }
        />
      )}
    </>
  );
}
