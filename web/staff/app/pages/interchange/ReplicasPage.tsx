/** 副本の送信: what the 中間サーバー has confirmed, what it has not and what to do about it, the whole comparisons. */
import { useState } from "react";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateText, MomentText } from "../../ui/Dates.tsx";
import { certificationText, count } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Facts, Loading, PageTitle, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { ReasonDialog } from "../filings/ReasonDialog.tsx";

type Answer = OperationAnswer<"readReplicas">;
type Unmatched = Answer["unmatched"][number];
type Check = Answer["checks"][number];

const STATES: Readonly<
  Record<Unmatched["reason"], { readonly word: string; readonly kind: "plain" | "warning" | "danger" }>
> = {
  changed: { word: "これから送る", kind: "plain" },
  notRegistered: { word: "確かめを待つ", kind: "warning" },
  refused: { word: "⚠ 断られた", kind: "danger" },
  differs: { word: "⚠ 相手と違う", kind: "danger" },
};

const REASONS: Readonly<Record<Check["reason"], string>> = {
  yearly: "年1回",
  layout: "様式が変わった",
  asked: "頼まれた",
};

function Checks({ rows }: { readonly rows: readonly Check[] }): ReactElement {
  return (
    <Table
      caption="全件照合の結果（新しい順）"
      captionHidden
      rows={rows}
      rowKey={({ checkId }) => checkId}
      empty="まだ照合していません。"
      columns={[
        { key: "on", head: "照合した日", rowHead: true, cell: ({ checkedOn }) => <DateText date={checkedOn} /> },
        { key: "why", head: "わけ", cell: ({ reason }) => REASONS[reason] },
        { key: "held", head: "相手にある", numeric: true, cell: ({ held }) => count(held) },
        { key: "matched", head: "同じ", numeric: true, cell: ({ matched }) => count(matched) },
        { key: "missing", head: "相手にない", numeric: true, cell: ({ missing }) => count(missing) },
        { key: "extra", head: "相手にだけある", numeric: true, cell: ({ extra }) => count(extra) },
        { key: "different", head: "中身が違う", numeric: true, cell: ({ different }) => count(different) },
        { key: "underWay", head: "送っている途中", numeric: true, cell: ({ underWay }) => count(underWay) },
        {
          key: "result",
          head: "結果",
          cell: ({ missing, extra, different }) =>
            missing + extra + different === 0 ? (
              <Badge kind="good">✓ 一致</Badge>
            ) : (
              <Badge kind="danger">⚠ 違いがある</Badge>
            ),
        },
      ]}
    />
  );
}

export function ReplicasPage(): ReactElement {
  const may = useMay("claim.examine");
  const { data, error } = useRead("readReplicas", {});
  const [sending, setSending] = useState<Unmatched>();
  const [asking, setAsking] = useState(false);
  const [said, setSaid] = useState("");
  const resend = useCommand("resendReplica", {
    onDone: (answer) => {
      setSending(undefined);
      setSaid(answer.message);
    },
  });
  const ask = useCommand("askReplicaCheck", {
    onDone: (answer) => {
      setAsking(false);
      setSaid(answer.message);
    },
  });
  if (data === undefined) {
    return (
      <>
        <PageTitle>副本の送信</PageTitle>
        {error === null ? <Loading /> : <ProblemNotice problem={error} />}
      </>
    );
  }
  const { people, registered, unmatchedCount, others, unmatched, checks } = data;
  return (
    <>
      <PageTitle>副本の送信</PageTitle>
      <Facts
        facts={[
          { name: "副本のある受給者", value: `${count(people)}人` },
          { name: "登録を確かめた", value: `${count(registered)}人` },
          { name: "突き合わない", value: unmatchedCount === 0 ? "0人 ✓" : `${count(unmatchedCount)}人` },
        ]}
      />
      {said === "" ? null : <Notice kind="success" live title={said} />}
      <Section title="今日の突き合わせ">
        {others === 0 ? null : (
          <p className="mb-2">ほかに {count(others)}人が突き合いません（担当の課か、権限のある職員に見えます）。</p>
        )}
        {unmatched.length + others < unmatchedCount ? (
          <p className="mb-2">はじめの {count(unmatched.length)}人を示しています。</p>
        ) : null}
        <Table
          caption="登録が確かめられていない副本"
          captionHidden
          rows={unmatched}
          rowKey={({ recipientId }) => recipientId}
          empty="すべての受給者の副本が、いまの決定・支払のとおりに登録されています。"
          columns={[
            {
              key: "who",
              head: "認定番号",
              rowHead: true,
              cell: ({ recipientId }) => certificationText(recipientId),
            },
            {
              key: "state",
              head: "状態",
              cell: ({ reason }) => <Badge kind={STATES[reason].kind}>{STATES[reason].word}</Badge>,
              sortBy: ({ reason }) => reason,
            },
            {
              key: "version",
              head: "版",
              numeric: true,
              cell: ({ version }) => (version === null ? "－" : `第${count(version)}版`),
            },
            {
              key: "made",
              head: "作った時刻",
              cell: ({ madeAt }) => (madeAt === null ? "－" : <MomentText at={madeAt} />),
            },
            {
              key: "why",
              head: "わけと、すること",
              cell: ({ what, toDo, attempts }) => (
                <div className="min-w-72 whitespace-normal">
                  <p>
                    {what}
                    {attempts === 0 ? "" : `（${count(attempts)}回試みました）`}
                  </p>
                  <p className="text-[0.875rem] text-solid-gray-800">→ {toDo}</p>
                </div>
              ),
            },
            {
              key: "act",
              head: "操作",
              cell: (row) =>
                may && row.reason !== "changed" ? (
                  <Button
                    size="small"
                    onClick={() => setSending(row)}
                    aria-label={`認定番号 ${certificationText(row.recipientId)} の副本をもう一度送る`}
                  >
                    もう一度送る
                  </Button>
                ) : null,
            },
          ]}
        />
      </Section>
      <Section title="全件照合">
        <p className="mb-2">
          年に一度と、様式の版が変わったときに、中間サーバーにあるすべての副本と比べます。違いのあった人は、送り直して確かめられるまで上の一覧に出ます。
        </p>
        {may ? (
          <p className="mb-3">
            <Button onClick={() => setAsking(true)}>全件照合を頼む</Button>
          </p>
        ) : null}
        <Checks rows={checks} />
      </Section>
      {sending === undefined ? null : (
        <ReasonDialog
          title="副本をもう一度送る"
          action="もう一度送る"
          pending={resend.pending}
          problem={resend.problem}
          onSend={(reason) => void resend.run({ path: { recipientId: String(sending.recipientId) }, body: { reason } })}
          onClose={() => setSending(undefined)}
          intro={
            <p>
              認定番号 {certificationText(sending.recipientId)}{" "}
              の副本を、いまの中身で新しい版として送ります。待っている古い版は送りません。
            </p>
          }
        />
      )}
      {asking ? (
        <ReasonDialog
          title="全件照合を頼む"
          action="全件照合を頼む"
          pending={ask.pending}
          problem={ask.problem}
          onSend={(reason) => void ask.run({ body: { reason } })}
          onClose={() => setAsking(false)}
          intro={<p>中間サーバーにあるすべての副本と比べます。台帳も相手の副本も変わりません。</p>}
        />
      ) : null}
    </>
  );
}
