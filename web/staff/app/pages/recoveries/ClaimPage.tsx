/** 債権の1件: what is owed and why, plan, limitation with its events, receipts; and what can be proposed next. */
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useRead } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { Amount } from "../../ui/Amount.tsx";
import { Badge } from "../../ui/Badge.tsx";
import { DateText, MonthText } from "../../ui/Dates.tsx";
import { certificationText, daysInWareki, yen } from "../../ui/format.ts";
import { Button } from "../../ui/Button.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Facts, GoTo, Loading, PageTitle, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { OpenDialog } from "../case/OpenDialog.tsx";
import { Certification } from "../person/Certification.tsx";
import { ClaimActions } from "./ClaimActions.tsx";
import { WaitingTable } from "./WaitingTable.tsx";

export type ClaimView = OperationAnswer<"readRecoveryClaim">;

const CLASSES: Readonly<Record<string, string>> = {
  employee: "被用者",
  nonEmployee: "非被用者",
  publicServant: "公務員",
};
const BANDS: Readonly<Record<string, string>> = { U3: "3歳未満", EL: "小学校修了前", JH: "中学生", HS: "高校生年代" };

function Head({ claim }: { readonly claim: ClaimView }): ReactElement {
  return (
    <Facts
      facts={[
        { name: "認定番号", value: <Certification number={claim.recipientId} /> },
        {
          name: "残り",
          value: (
            <Amount value={claim.outstanding}>
              過払 {yen(claim.amount)} − 内払 {yen(claim.offset)} − 収納 {yen(claim.received)} − 不納欠損{" "}
              {yen(claim.writtenOff)}
            </Amount>
          ),
        },
        { name: "原因", value: claim.causeName ?? "まだ決めていない" },
        { name: "分かった日", value: <DateText date={claim.foundOn} /> },
        {
          name: "納期限に遅れている額",
          value: claim.late > 0 ? <Badge kind="warning">{yen(claim.late)}</Badge> : "なし",
        },
        {
          name: "根拠",
          value:
            claim.rule === null
              ? "原因が決まると決まります"
              : `${claim.rule.basis}。${claim.rule.levy ? "滞納処分の例によれる" : "滞納処分はできない"}。${claim.rule.interest ? "利息・延滞金あり" : "利息なし"}`,
        },
      ]}
    />
  );
}

function Plan({ claim }: { readonly claim: ClaimView }): ReactElement {
  const { plan } = claim;
  if (plan === null) return <p>まだ計画がありません。原因を決めると、計画の案を入れられます。</p>;
  const { offset } = plan;
  return (
    <>
      <Facts
        facts={[
          { name: "方法", value: plan.methodName },
          { name: "計画したときの残り", value: yen(plan.total) },
          ...(plan.pledgedOn === null
            ? []
            : [
                {
                  name: plan.method === "offset" ? "同意の日" : "分納誓約の日",
                  value: <DateText date={plan.pledgedOn} />,
                },
              ]),
          ...(offset === null
            ? []
            : [
                { name: "1回に差し引く額", value: `${yen(offset.perPayment)} まで` },
                { name: "必ず支払う額", value: yen(offset.keep) },
                {
                  name: "支払期",
                  value: (
                    <>
                      <MonthText month={offset.fromPayment} /> から
                      {offset.toPayment === null ? "、なくなるまで" : <MonthText month={offset.toPayment} />}
                    </>
                  ),
                },
              ]),
        ]}
      />
      {claim.instalments.length === 0 ? null : (
        <Table
          caption="納める回"
          captionHidden
          rows={claim.instalments}
          rowKey={({ no }) => no}
          columns={[
            { key: "no", head: "回", rowHead: true, cell: ({ no }) => no },
            { key: "due", head: "納期限", cell: ({ dueOn }) => <DateText date={dueOn} /> },
            { key: "amount", head: "額", numeric: true, cell: ({ amount }) => yen(amount), total: yen(plan.total) },
            { key: "paid", head: "納められた額", numeric: true, cell: ({ paid }) => yen(paid) },
          ]}
        />
      )}
    </>
  );
}

function Limitation({ claim }: { readonly claim: ClaimView }): ReactElement {
  return (
    <>
      <p className="mb-2">
        {claim.open ? (
          <>
            時効の日: {claim.completeOn === null ? <strong>停止中</strong> : <DateText date={claim.completeOn} />}{" "}
            {claim.warned ? <Badge kind="danger">時効が近い</Badge> : null}
          </>
        ) : (
          "終わった債権です。"
        )}
      </p>
      <ol className="mb-4 list-decimal pl-6">
        {claim.clockReasons.map((reason) => (
          <li key={reason}>{daysInWareki(reason)}</li>
        ))}
      </ol>
    </>
  );
}

function Money({ claim }: { readonly claim: ClaimView }): ReactElement {
  return (
    <>
      <Section title="月分ごとの過払と残り">
        <Table
          caption="月分ごとの過払と残り"
          captionHidden
          rows={claim.parts}
          rowKey={({ child, month }) => `${String(child)}/${month}`}
          columns={[
            { key: "month", head: "月分", rowHead: true, cell: ({ month }) => <MonthText month={month} /> },
            { key: "child", head: "児童（宛名番号）", cell: ({ child }) => child },
            { key: "band", head: "区分", cell: ({ band }) => (band === null ? "－" : (BANDS[band] ?? band)) },
            {
              key: "class",
              head: "費用負担の区分",
              cell: ({ employeeClass }) => (employeeClass === null ? "－" : (CLASSES[employeeClass] ?? employeeClass)),
            },
            {
              key: "paid",
              head: "支払った日",
              cell: ({ paidOn }) => (paidOn === null ? "－" : <DateText date={paidOn} />),
            },
            { key: "amount", head: "過払", numeric: true, cell: ({ amount }) => yen(amount), total: yen(claim.amount) },
            {
              key: "back",
              head: "戻った額",
              numeric: true,
              cell: ({ recovered }) => yen(recovered),
              total: yen(claim.offset + claim.received),
            },
            {
              key: "left",
              head: "残り",
              numeric: true,
              cell: ({ outstanding }) => yen(outstanding),
              total: yen(claim.outstanding),
            },
          ]}
        />
      </Section>
      <Section title="収納">
        <Table
          caption="収納"
          captionHidden
          rows={claim.receipts}
          rowKey={({ receiptId }) => receiptId}
          columns={[
            { key: "id", head: "収納", rowHead: true, cell: ({ receiptId }) => receiptId },
            { key: "ref", head: "収納の番号", cell: ({ reference }) => reference },
            { key: "on", head: "納付の日", cell: ({ paidOn }) => <DateText date={paidOn} /> },
            {
              key: "amount",
              head: "額",
              numeric: true,
              cell: ({ amount }) => yen(amount),
              total: yen(claim.receipts.reduce((all, { amount }) => all + amount, 0)),
            },
            {
              key: "excess",
              head: "過納",
              cell: ({ excess, refundedOn }) =>
                excess === 0 ? (
                  "－"
                ) : refundedOn === null ? (
                  <Badge kind="warning">{yen(excess)}（還付していない）</Badge>
                ) : (
                  <>
                    {yen(excess)}（<DateText date={refundedOn} /> 還付）
                  </>
                ),
            },
            { key: "by", head: "登録", cell: ({ enteredBy }) => enteredBy },
          ]}
        />
      </Section>
    </>
  );
}

function Closed({
  recipientId,
  onOpened,
}: {
  readonly recipientId: number;
  readonly onOpened: () => void;
}): ReactElement {
  const [asking, setAsking] = useState(false);
  return (
    <Notice kind="info" title="処理事由を選ぶと開きます">
      <p>債権は受給者の事案の中にあります。開くと15分のあいだ見られます。</p>
      <div className="mt-3">
        <Button kind="primary" onClick={() => setAsking(true)}>
          処理事由を選ぶ
        </Button>
      </div>
      {asking ? (
        <OpenDialog
          target={{ kind: "recipient", number: String(recipientId) }}
          origin="list"
          who={`認定番号 ${certificationText(recipientId)}`}
          onOpened={() => {
            setAsking(false);
            onOpened();
          }}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </Notice>
  );
}

export function ClaimPage(): ReactElement {
  const { recipientId = "", recoveryId = "" } = useParams({ strict: false });
  const { data, error, refetch } = useRead("readRecoveryClaim", { path: { recipientId, recoveryId } });
  const mayPropose = useMay("decision.exOfficio");
  if (data === undefined || error?.code === "purposeNeeded") {
    return (
      <>
        <PageTitle>債権 {recoveryId}</PageTitle>
        {error?.code === "purposeNeeded" ? (
          <Closed recipientId={Number(recipientId)} onOpened={() => void refetch()} />
        ) : (
          <ProblemNotice problem={error} />
        )}
        {error === null ? <Loading /> : <GoTo to="/recoveries">債権の一覧へ</GoTo>}
      </>
    );
  }
  return (
    <>
      <PageTitle beside={<Badge kind={data.open ? "key" : "good"}>{data.stateName}</Badge>}>
        債権 {recoveryId}
      </PageTitle>
      <Head claim={data} />
      {data.waiting.length === 0 ? null : (
        <Section title="決裁を待つ案">
          <WaitingTable waiting={data.waiting} />
        </Section>
      )}
      {mayPropose ? <ClaimActions key={data.recoveryId} claim={data} /> : null}
      <Section title="徴収の計画">
        <Plan claim={data} />
      </Section>
      <Section title="時効">
        <Limitation claim={data} />
      </Section>
      <Money claim={data} />
      <Section title="起きたこと">
        <Table
          caption="起きたこと"
          captionHidden
          rows={data.events}
          rowKey={({ seq }) => seq}
          columns={[
            { key: "on", head: "日", rowHead: true, cell: ({ happenedOn }) => <DateText date={happenedOn} /> },
            { key: "what", head: "起きたこと", cell: ({ kindName }) => kindName },
            { key: "amount", head: "額", numeric: true, cell: ({ amount }) => (amount === null ? "－" : yen(amount)) },
            { key: "due", head: "納期限", cell: ({ dueOn }) => (dueOn === null ? "－" : <DateText date={dueOn} />) },
            { key: "by", head: "処理した人", cell: ({ actor }) => actor ?? "台帳（自動）" },
          ]}
        />
      </Section>
    </>
  );
}
