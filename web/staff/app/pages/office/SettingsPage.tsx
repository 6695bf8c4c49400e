/** 連携の合意と提供先: what comes about whom, what may leave to whom, the history of both, and whether an assessment is due. */
import { useState } from "react";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useRead } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateText, MomentText } from "../../ui/Dates.tsx";
import { count, daysInWareki } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Facts, Loading, PageTitle, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import {
  type Agreement,
  AgreementDialog,
  AssessmentDialog,
  type Outlet,
  OutletDialog,
  RetentionDialog,
  TermDialog,
} from "./SettingDialogs.tsx";
import { TIMINGS, Wishes } from "./Wishes.tsx";

type Settings = OperationAnswer<"readInterchangeSettings">;
type Open =
  | { readonly what: "agreement"; readonly agreement: Agreement }
  | { readonly what: "outlet"; readonly outlet?: Outlet }
  | { readonly what: "assessment" | "removal" | "term" };

function Period({
  row,
}: {
  readonly row: { readonly validFrom: string; readonly validTo: string | null };
}): ReactElement {
  return (
    <>
      <DateText date={row.validFrom} />〜{row.validTo === null ? "" : <DateText date={row.validTo} />}
    </>
  );
}

const wrap = (text: string): ReactElement => <div className="min-w-48 whitespace-normal">{text}</div>;

function Agreements({
  rows,
  onChange,
}: {
  readonly rows: readonly Agreement[];
  readonly onChange: ((agreement: Agreement) => void) | undefined;
}): ReactElement {
  return (
    <Table
      caption="連携の合意（受け取るもの）"
      captionHidden
      rows={rows}
      rowKey={({ interfaceCode, version }) => `${interfaceCode}/${version}`}
      empty="合意がありません。何も受け取りません。"
      columns={[
        {
          key: "name",
          head: "連携",
          rowHead: true,
          cell: ({ name, version, source, systemId }) => (
            <div className="min-w-40 whitespace-normal">
              {name} 版{version}
              <span className="block text-[0.875rem] font-400 text-solid-gray-700">
                {source}（{systemId}）
              </span>
            </div>
          ),
        },
        { key: "people", head: "だれの", cell: ({ people }) => (people === "listed" ? "対象者だけ" : "全員") },
        {
          key: "items",
          head: "どの項目を",
          cell: ({ columns }) => (
            <details>
              <summary className="min-h-6 cursor-pointer text-key-1000 underline underline-offset-4">
                {count(columns.length)}項目
              </summary>
              <p className="mt-1 min-w-56 text-[0.875rem] whitespace-normal">
                {columns.map(({ name, kept }) => (kept ? name : `${name}（残さない）`)).join("、")}
              </p>
            </details>
          ),
        },
        { key: "ground", head: "根拠", cell: ({ ground }) => wrap(ground) },
        { key: "period", head: "期間", cell: (row) => <Period row={row} /> },
        { key: "who", head: "入力・承認", cell: ({ enteredBy, approvedBy }) => wrap(`${enteredBy}・${approvedBy}`) },
        {
          key: "do",
          head: "処理",
          cell: (row) =>
            onChange === undefined ? null : (
              <Button
                size="small"
                onClick={() => onChange(row)}
                aria-label={`${row.name} 版${row.version}を変える申請`}
              >
                変える
              </Button>
            ),
        },
      ]}
    />
  );
}

function Outlets({
  rows,
  onChange,
}: {
  readonly rows: readonly Outlet[];
  readonly onChange: ((outlet: Outlet) => void) | undefined;
}): ReactElement {
  return (
    <Table
      caption="提供先・移転先（出てよいもの）"
      captionHidden
      rows={rows}
      rowKey={({ outletCode }) => outletCode}
      empty="相手がありません。何も出ません。"
      columns={[
        {
          key: "name",
          head: "相手",
          rowHead: true,
          cell: ({ name, kind }) => (
            <div className="min-w-40 whitespace-normal">
              <Badge kind={kind === "transfer" ? "key" : "plain"}>{kind === "transfer" ? "移転" : "提供"}</Badge> {name}
            </div>
          ),
        },
        {
          key: "uses",
          head: "用途",
          cell: ({ uses }) => (
            <div className="min-w-56 whitespace-normal">
              {uses.map(({ code, name }) => (
                <p key={code}>{name}</p>
              ))}
            </div>
          ),
        },
        { key: "channels", head: "方法", cell: ({ channelNames }) => wrap(channelNames.join("、")) },
        { key: "items", head: "項目", cell: ({ itemNames }) => wrap(itemNames.join("、")) },
        { key: "ground", head: "根拠", cell: ({ ground }) => wrap(ground) },
        { key: "period", head: "期間", cell: (row) => <Period row={row} /> },
        {
          key: "do",
          head: "処理",
          cell: (row) =>
            onChange === undefined ? null : (
              <Button size="small" onClick={() => onChange(row)} aria-label={`${row.name}を変える申請`}>
                変える
              </Button>
            ),
        },
      ]}
    />
  );
}

/** Long texts fold: an agreement may have a hundred items. */
function Text({ text }: { readonly text: string }): ReactElement {
  const words = daysInWareki(text);
  const whole = <p className="min-w-48 text-[0.875rem] whitespace-pre-wrap">{words}</p>;
  if (words.length <= 120) return whole;
  return (
    <details>
      <summary className="min-h-6 min-w-48 cursor-pointer text-key-1000 underline underline-offset-4">
        {words.slice(0, 24).replaceAll("\n", " ")}…
      </summary>
      {whole}
    </details>
  );
}

function History({ rows, assessed }: { readonly rows: Settings["changes"]; readonly assessed: boolean }): ReactElement {
  return (
    <Table
      caption="変更の履歴（新しい順）"
      captionHidden
      rows={rows}
      rowKey={({ changeId }) => changeId}
      empty="変更はありません。"
      columns={[
        { key: "no", head: "番号", numeric: true, cell: ({ changeId }) => String(changeId) },
        { key: "on", head: "変更日", cell: ({ changedOn }) => <DateText date={changedOn} /> },
        {
          key: "item",
          head: "項目",
          rowHead: true,
          cell: ({ item, open }) => (
            <div className="min-w-40 whitespace-normal">
              {item} {open && assessed ? <Badge kind="warning">評価に含まれていない</Badge> : null}
            </div>
          ),
        },
        { key: "before", head: "変更前", cell: ({ before }) => <Text text={before} /> },
        { key: "after", head: "変更後", cell: ({ after }) => <Text text={after} /> },
        { key: "timing", head: "提出時期", cell: ({ timing }) => TIMINGS[timing] },
        { key: "why", head: "変更の理由", cell: ({ reason }) => wrap(reason) },
        { key: "who", head: "入力・承認", cell: ({ enteredBy, approvedBy }) => wrap(`${enteredBy}・${approvedBy}`) },
      ]}
    />
  );
}

function Whole({ data, onSaid }: { readonly data: Settings; readonly onSaid: (said: string) => void }): ReactElement {
  const may = useMay("parameter.change");
  const [open, setOpen] = useState<Open>();
  const close = (): void => setOpen(undefined);
  const done = (said: string): void => {
    close();
    onSaid(said);
  };
  const { last, newest, open: due } = data.assessment;
  const { retention } = data;
  return (
    <>
      <Facts
        facts={[
          {
            name: "特定個人情報保護評価",
            value:
              last === null ? (
                "記録がありません"
              ) : (
                <>
                  <DateText date={last.assessedOn} /> 実施
                </>
              ),
          },
          {
            name: "評価の後の重要な変更",
            value:
              last === null
                ? "最初の評価を記録してください"
                : due === 0
                  ? "0件 ✓"
                  : `${count(due)}件（再実施が要ります）`,
          },
          {
            name: "承認を待つ申請",
            value: data.proposals.length === 0 ? "0件 ✓" : `${count(data.proposals.length)}件`,
          },
        ]}
      />
      <Wishes wishes={data.proposals} operation="answerInterchangeSetting" onSaid={onSaid} />
      <Section title="連携の合意（受け取るもの）">
        <Agreements
          rows={data.agreements}
          onChange={may ? (agreement) => setOpen({ what: "agreement", agreement }) : undefined}
        />
      </Section>
      <Section title="提供先・移転先（出てよいもの）">
        <Outlets rows={data.outlets} onChange={may ? (outlet) => setOpen({ what: "outlet", outlet }) : undefined} />
        {may ? (
          <p className="mt-3">
            <Button onClick={() => setOpen({ what: "outlet" })}>移転先を加える</Button>
          </p>
        ) : null}
      </Section>
      <Section title="データ使用承認願の保存">
        <Facts
          facts={[
            { name: "保存期間", value: `終わってから${String(retention.years)}年` },
            {
              name: "過ぎた承認願（きょうの判定）",
              value: retention.past.length === 0 ? "0件 ✓" : `${count(retention.past.length)}件`,
            },
          ]}
        />
        {may ? (
          <p className="mb-3 flex flex-wrap gap-3">
            {retention.past.length === 0 ? null : (
              <Button kind="danger" onClick={() => setOpen({ what: "removal" })}>
                消去を申請する
              </Button>
            )}
            <Button onClick={() => setOpen({ what: "term" })}>保存期間を変える</Button>
          </p>
        ) : null}
        <Table
          caption="消去の記録"
          rows={retention.removals}
          rowKey={({ removalId }) => removalId}
          empty="消去した承認願はありません。"
          columns={[
            { key: "at", head: "時刻", rowHead: true, cell: ({ removedAt }) => <MomentText at={removedAt} /> },
            { key: "before", head: "この日より前", cell: ({ beforeOn }) => <DateText date={beforeOn} /> },
            { key: "years", head: "保存期間", cell: ({ years }) => `${String(years)}年` },
            { key: "uses", head: "承認願", numeric: true, cell: ({ uses }) => count(uses) },
            { key: "transfers", head: "移転の記録", numeric: true, cell: ({ transfers }) => count(transfers) },
            { key: "by", head: "申請・承認", cell: ({ enteredBy, approvedBy }) => `${enteredBy}・${approvedBy}` },
          ]}
        />
      </Section>
      <Section title="変更の履歴と評価">
        {last === null ? null : (
          <p className="mb-2 whitespace-pre-wrap">
            最後の評価（{String(last.throughChange)}番までの変更を含む）：{last.result}
          </p>
        )}
        {may ? (
          <p className="mb-3">
            <Button onClick={() => setOpen({ what: "assessment" })}>評価を記録する</Button>
          </p>
        ) : null}
        <History rows={data.changes} assessed={last !== null} />
      </Section>
      {open?.what === "agreement" ? <AgreementDialog agreement={open.agreement} onDone={done} onClose={close} /> : null}
      {open?.what === "outlet" ? (
        <OutletDialog
          {...(open.outlet === undefined ? {} : { outlet: open.outlet })}
          items={data.items}
          onDone={done}
          onClose={close}
        />
      ) : null}
      {open?.what === "removal" ? <RetentionDialog past={retention.past} onDone={done} onClose={close} /> : null}
      {open?.what === "term" ? <TermDialog years={retention.years} onDone={done} onClose={close} /> : null}
      {open?.what === "assessment" ? <AssessmentDialog newest={newest} onDone={done} onClose={close} /> : null}
    </>
  );
}

export function SettingsPage(): ReactElement {
  const { data, error } = useRead("readInterchangeSettings", {});
  const [said, setSaid] = useState<string>();
  return (
    <>
      <PageTitle>連携の合意と提供先</PageTitle>
      {said === undefined ? null : <Notice kind="success" title={said} live />}
      <ProblemNotice problem={error} />
      {data === undefined ? error === null ? <Loading /> : null : <Whole data={data} onSaid={setSaid} />}
    </>
  );
}
