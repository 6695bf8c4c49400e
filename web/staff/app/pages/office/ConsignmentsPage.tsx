/** 委託: contracts, accounts, orders, data with contractors, erasures, and the report of each contractor. */
import { useState } from "react";
import type { ReactElement, ReactNode } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useSession } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateText, MomentText } from "../../ui/Dates.tsx";
import { count } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Facts, GoTo, Loading, PageTitle, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { ReasonDialog } from "../filings/ReasonDialog.tsx";
import {
  AccountDialog,
  type Consignment,
  ConsignmentDialog,
  type Erasure,
  ErasureDialog,
  ErasureReportDialog,
  type HandOver,
  HandOverDialog,
  OrderDialog,
  SubConsignmentDialog,
  ReturnDialog,
} from "./ConsignmentDialogs.tsx";
import { Erasures } from "./ErasureTable.tsx";
import { Wishes } from "./Wishes.tsx";

type Data = OperationAnswer<"readConsignments">;
export type ContractorAccount = Data["people"][number];
type Open =
  | { readonly what: "subConsignment" | "account" | "order" | "handOver" }
  | { readonly what: "contract"; readonly consignment?: Consignment }
  | { readonly what: "return"; readonly handOver: HandOver }
  | { readonly what: "erasure"; readonly handOver?: HandOver }
  | { readonly what: "report"; readonly erasure: Erasure }
  | { readonly what: "endAccount"; readonly person: ContractorAccount };

const wrap = (text: ReactNode): ReactElement => <div className="min-w-28 whitespace-normal">{text}</div>;

function Period({ from, to }: { readonly from: string | null; readonly to: string | null }): ReactElement | null {
  if (from === null) return null;
  return (
    <>
      <DateText date={from} />〜{to === null ? "" : <DateText date={to} />}
    </>
  );
}

/** Accounts with what they may and what does not fit. */
export function People({
  rows,
  onEnd,
}: {
  readonly rows: readonly ContractorAccount[];
  readonly onEnd?: ((person: ContractorAccount) => void) | undefined;
}): ReactElement {
  return (
    <Table
      caption="受託者の利用者"
      captionHidden
      rows={rows}
      rowKey={({ staffId }) => staffId}
      empty="受託者の利用者はいません。"
      columns={[
        {
          key: "who",
          head: "利用者",
          rowHead: true,
          cell: ({ staffId, name }) => (
            <>
              {staffId}
              <span className="block text-[0.875rem] font-400">{name}</span>
            </>
          ),
        },
        {
          key: "contract",
          head: "委託",
          cell: ({ consignmentCode, subConsignmentNumber }) =>
            consignmentCode === null ? (
              "結び付いていない"
            ) : (
              <>
                <span className="whitespace-nowrap">{consignmentCode}</span>
                {subConsignmentNumber === null ? null : <span className="block">再委託 {subConsignmentNumber}</span>}
              </>
            ),
          sortBy: ({ consignmentCode }) => consignmentCode ?? "",
        },
        { key: "period", head: "期間", cell: ({ validFrom, validTo }) => <Period from={validFrom} to={validTo} /> },
        { key: "roles", head: "役割", cell: ({ roles }) => wrap(roles.join("、") || "なし") },
        { key: "rights", head: "権限", cell: ({ permissions }) => wrap(permissions.join("、") || "なし") },
        {
          key: "seen",
          head: "最後に使った時刻",
          cell: ({ lastSeenAt }) => (lastSeenAt === null ? "なし" : <MomentText at={lastSeenAt} />),
        },
        {
          key: "faults",
          head: "合わないこと",
          cell: ({ faults }) =>
            faults.length === 0 ? "なし ✓" : wrap(<Badge kind="danger">⚠ {faults.join("、")}</Badge>),
        },
        ...(onEnd === undefined
          ? []
          : [
              {
                key: "do",
                head: "処理",
                cell: (person: ContractorAccount) =>
                  person.accountId === null ? null : (
                    <span className="whitespace-nowrap">
                      <Button
                        size="small"
                        onClick={() => onEnd(person)}
                        aria-label={`${person.staffId}の結び付けを終える`}
                      >
                        終える
                      </Button>
                    </span>
                  ),
              },
            ]),
      ]}
    />
  );
}

function Contracts({
  rows,
  onChange,
}: {
  readonly rows: readonly Consignment[];
  readonly onChange: ((consignment: Consignment) => void) | undefined;
}): ReactElement {
  return (
    <Table
      caption="委託の一覧"
      captionHidden
      rows={rows}
      rowKey={({ consignmentCode }) => consignmentCode}
      empty="委託の登録がありません。"
      columns={[
        {
          key: "name",
          head: "委託",
          rowHead: true,
          cell: ({ name, consignmentCode }) =>
            wrap(
              <>
                {name}
                <span className="block text-[0.875rem] font-400 text-solid-gray-700">{consignmentCode}</span>
              </>,
            ),
        },
        { key: "scope", head: "範囲", cell: ({ scope }) => <div className="min-w-44 whitespace-normal">{scope}</div> },
        { key: "contractor", head: "委託先", cell: ({ contractor }) => wrap(contractor) },
        {
          key: "handlers",
          head: "人数",
          cell: ({ handlersFrom, handlersTo }) => `${String(handlersFrom)}〜${String(handlersTo)}人`,
        },
        { key: "re", head: "再委託", cell: ({ subConsignment }) => (subConsignment ? "承認して認める" : "認めない") },
        { key: "core", head: "システムの権限", cell: ({ coreAccess }) => (coreAccess ? "持ちうる" : "持たない") },
        { key: "period", head: "契約", cell: ({ validFrom, validTo }) => <Period from={validFrom} to={validTo} /> },
        {
          key: "do",
          head: "処理",
          cell: (row) => (
            <span className="flex flex-wrap items-center gap-2 whitespace-nowrap">
              <GoTo to={`/consignments/${row.consignmentCode}`}>報告</GoTo>
              {onChange === undefined ? null : (
                <Button size="small" onClick={() => onChange(row)} aria-label={`${row.name}を変える申請`}>
                  変える
                </Button>
              )}
            </span>
          ),
        },
      ]}
    />
  );
}

function HandOvers({
  rows,
  may,
  onOpen,
}: {
  readonly rows: readonly HandOver[];
  readonly may: boolean;
  readonly onOpen: (open: Open) => void;
}): ReactElement {
  return (
    <Table
      caption="データの引渡し（渡したままのものが上）"
      captionHidden
      rows={rows}
      rowKey={({ handOverId }) => handOverId}
      empty="引渡しの記録はありません。"
      columns={[
        {
          key: "no",
          head: "預り証",
          rowHead: true,
          cell: ({ receiptNumber, orderNumber }) => (
            <>
              {receiptNumber}
              <span className="block text-[0.875rem] font-400">{orderNumber}</span>
            </>
          ),
        },
        {
          key: "what",
          head: "渡したもの",
          cell: ({ what, medium, quantity }) => wrap(`${what}（${medium} ${String(quantity)}個）`),
        },
        { key: "how", head: "手段・場所", cell: ({ means, place }) => wrap(`${means}・${place}`) },
        {
          key: "when",
          head: "日時・受け取った人",
          cell: ({ handedAt, receivedBy }) => (
            <>
              <MomentText at={handedAt} />
              <span className="block">{receivedBy}</span>
            </>
          ),
        },
        {
          key: "due",
          head: "返却・消去",
          cell: ({ ended, dueOn, overdue }) => {
            if (ended !== null) return <Badge kind="good">{ended === "returned" ? "✓ 返却" : "✓ 消去"}</Badge>;
            return (
              <>
                {overdue ? <Badge kind="danger">⚠ 期限を過ぎた</Badge> : null} <DateText date={dueOn} />
              </>
            );
          },
        },
        {
          key: "do",
          head: "処理",
          cell: (handOver) =>
            may && handOver.ended === null ? (
              <span className="flex flex-wrap gap-2 whitespace-nowrap">
                <Button
                  size="small"
                  onClick={() => onOpen({ what: "return", handOver })}
                  aria-label={`預り証 ${handOver.receiptNumber} の返却を記録する`}
                >
                  返却
                </Button>
                <Button
                  size="small"
                  onClick={() => onOpen({ what: "erasure", handOver })}
                  aria-label={`預り証 ${handOver.receiptNumber} の消去を申請する`}
                >
                  消去を申請
                </Button>
              </span>
            ) : null,
        },
      ]}
    />
  );
}

function EndAccount({
  person,
  onDone,
  onClose,
}: {
  readonly person: ContractorAccount;
  readonly onDone: (said: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const command = useCommand("endContractorAccount", {});
  const send = async (reason: string): Promise<void> => {
    const done = await command.run({ path: { tieId: person.accountId ?? 0 }, body: { reason } });
    if (done !== undefined) onDone("結び付けを終えました。");
  };
  return (
    <ReasonDialog
      title={`結び付けを終える（${person.staffId}）`}
      action="終える"
      kind="danger"
      intro={<p>きょうから、この人は作業指示で働けません。残っている権限は、権限の画面で失効を申請してください。</p>}
      pending={command.pending}
      problem={command.problem}
      onClose={onClose}
      onSend={(reason) => {
        void send(reason);
      }}
    />
  );
}

function Whole({ data, onSaid }: { readonly data: Data; readonly onSaid: (said: string) => void }): ReactElement {
  const { session } = useSession();
  const [open, setOpen] = useState<Open>();
  const may = session.permissions.some((each) => each === "parameter.change" || each === "rights.issue");
  const end = { onClose: () => setOpen(undefined), onDone: (said: string) => (setOpen(undefined), onSaid(said)) };
  const add = (label: string, what: Open): ReactElement | null =>
    may ? (
      <p className="mb-3">
        <Button onClick={() => setOpen(what)}>{label}</Button>
      </p>
    ) : null;
  const faults = data.people.filter((each) => each.faults.length > 0).length;
  const out = data.handOvers.filter(({ ended }) => ended === null);
  const late = out.filter(({ overdue }) => overdue).length;
  return (
    <>
      <Facts
        facts={[
          { name: "委託", value: `${count(data.consignments.length)}件` },
          { name: "受託者の利用者", value: `${count(data.people.length)}人` },
          { name: "合わない利用者", value: faults === 0 ? "0人 ✓" : `${count(faults)}人` },
          { name: "渡したままのデータ", value: `${count(out.length)}件（期限を過ぎた ${count(late)}件）` },
        ]}
      />
      <Wishes wishes={data.proposals} operation="answerConsignmentChange" onSaid={onSaid} />
      <Section title="委託">
        {add("委託を加える", { what: "contract" })}
        <Contracts
          rows={data.consignments}
          onChange={may ? (consignment) => setOpen({ what: "contract", consignment }) : undefined}
        />
      </Section>
      <Section title="再委託の承認">
        {add("再委託の承認を申請する", { what: "subConsignment" })}
        <Table
          caption="再委託の承認"
          captionHidden
          rows={data.subConsignments}
          rowKey={({ approvalNumber }) => approvalNumber}
          empty="再委託の承認はありません。"
          columns={[
            { key: "no", head: "承認番号", rowHead: true, cell: ({ approvalNumber }) => approvalNumber },
            { key: "contract", head: "委託", cell: ({ consignmentCode }) => consignmentCode },
            { key: "company", head: "再委託先", cell: ({ company }) => wrap(company) },
            { key: "scope", head: "範囲・措置", cell: ({ scope, measures }) => wrap(`${scope}／${measures}`) },
            { key: "applied", head: "書面の申請", cell: ({ appliedOn }) => <DateText date={appliedOn} /> },
            { key: "period", head: "期間", cell: ({ validFrom, validTo }) => <Period from={validFrom} to={validTo} /> },
            { key: "by", head: "承認", cell: ({ approvedBy }) => approvedBy },
          ]}
        />
      </Section>
      <Section title="受託者の利用者">
        {add("利用者を委託に結び付ける", { what: "account" })}
        <People rows={data.people} onEnd={may ? (person) => setOpen({ what: "endAccount", person }) : undefined} />
      </Section>
      <Section title="作業指示">
        {add("作業指示を申請する", { what: "order" })}
        <Table
          caption="作業指示（新しい順）"
          captionHidden
          rows={data.orders}
          rowKey={({ orderNumber }) => orderNumber}
          empty="作業指示はありません。"
          columns={[
            { key: "no", head: "番号", rowHead: true, cell: ({ orderNumber }) => orderNumber },
            { key: "contract", head: "委託", cell: ({ consignmentCode }) => consignmentCode },
            { key: "work", head: "作業", cell: ({ kindName, work }) => wrap(`${kindName}：${work}`) },
            { key: "period", head: "期間", cell: ({ validFrom, validTo }) => <Period from={validFrom} to={validTo} /> },
            { key: "by", head: "申請・承認", cell: ({ enteredBy, approvedBy }) => `${enteredBy}・${approvedBy}` },
            {
              key: "uses",
              head: "作業の記録",
              cell: ({ uses, lastResult }) => wrap(uses === 0 ? "まだ" : `${count(uses)}回。${lastResult}`),
            },
          ]}
        />
      </Section>
      <Section title="データの引渡し">
        {add("引渡しを記録する", { what: "handOver" })}
        <HandOvers rows={data.handOvers} may={may} onOpen={setOpen} />
      </Section>
      <Section title="消去・廃棄">
        {add("消去・廃棄を申請する", { what: "erasure" })}
        <Erasures rows={data.erasures} may={may} onReport={(erasure) => setOpen({ what: "report", erasure })} />
      </Section>
      {open?.what === "contract" ? (
        <ConsignmentDialog {...(open.consignment === undefined ? {} : { consignment: open.consignment })} {...end} />
      ) : null}
      {open?.what === "subConsignment" ? <SubConsignmentDialog data={data} {...end} /> : null}
      {open?.what === "account" ? <AccountDialog data={data} {...end} /> : null}
      {open?.what === "order" ? <OrderDialog data={data} {...end} /> : null}
      {open?.what === "handOver" ? <HandOverDialog data={data} {...end} /> : null}
      {open?.what === "return" ? <ReturnDialog handOver={open.handOver} {...end} /> : null}
      {open?.what === "erasure" ? (
        <ErasureDialog data={data} {...(open.handOver === undefined ? {} : { handOver: open.handOver })} {...end} />
      ) : null}
      {open?.what === "report" ? <ErasureReportDialog erasure={open.erasure} {...end} /> : null}
      {open?.what === "endAccount" ? <EndAccount person={open.person} {...end} /> : null}
    </>
  );
}

export function ConsignmentsPage(): ReactElement {
  const { data, error } = useRead("readConsignments", {});
  const [said, setSaid] = useState<string>();
  return (
    <>
      <PageTitle>委託</PageTitle>
      {said === undefined ? null : <Notice kind="success" title={said} live />}
      <ProblemNotice problem={error} />
      {data === undefined ? error === null ? <Loading /> : null : <Whole data={data} onSaid={setSaid} />}
    </>
  );
}
