/** シングルサインオン: the setting by two people, and which user of the 認証基盤 is which member of the staff. */
import { useState } from "react";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useRead } from "../../api/hooks.ts";
import { useMay, useSession } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { MomentText } from "../../ui/Dates.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Facts, Loading, PageTitle, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { ReasonDialog } from "./ReasonDialog.tsx";
import { LinkDialog, SettingDialog } from "./SignOnDialogs.tsx";

type Data = OperationAnswer<"readSignOn">;
type Proposal = Data["proposals"][number];

function contentOf(line: Proposal): readonly { readonly name: string; readonly value: string }[] {
  return [
    { name: "使うか", value: line.enabled ? "使う" : "使わない" },
    { name: "認証基盤の名称", value: line.providerName },
    { name: "発行者（issuer）", value: line.issuer },
    { name: "識別子（client_id）", value: line.clientId },
    { name: "署名の方式", value: line.algorithm },
    { name: "求める認証の方法（amr）", value: line.requiredMethods.join(" ") || "指定なし" },
    { name: "使える時間", value: `${line.maxAgeMinutes}分` },
  ];
}

type Asked =
  | { readonly kind: "propose" }
  | { readonly kind: "link" }
  | { readonly kind: "answer"; readonly proposal: Proposal; readonly approved: boolean }
  | { readonly kind: "end"; readonly linkId: number; readonly staffId: string };

function Proposals({ data, onAsk }: { readonly data: Data; readonly onAsk: (asked: Asked) => void }): ReactElement {
  const { session } = useSession();
  const mayAnswer = useMay("rights.approve");
  const state = (line: Proposal): ReactElement => {
    if (line.settingId === data.inForce) return <Badge kind="good">効いている</Badge>;
    if (line.approved === null) return <Badge kind="warning">承認待ち</Badge>;
    return <Badge>{line.approved ? "承認済み" : "不承認"}</Badge>;
  };
  return (
    <Table
      caption="設定の申請"
      rows={data.proposals}
      rowKey={(line) => line.settingId}
      empty="申請はありません。シングルサインオンは使っていません。"
      columns={[
        { key: "no", head: "番号", rowHead: true, cell: (line) => line.settingId },
        {
          key: "what",
          head: "内容",
          cell: (line) => (
            <ul className="text-[0.9375rem]">
              {contentOf(line).map(({ name, value }) => (
                <li key={name} className="break-all">
                  {name}: {value}
                </li>
              ))}
            </ul>
          ),
        },
        { key: "why", head: "理由", cell: (line) => line.reason },
        {
          key: "who",
          head: "申請と答え",
          cell: (line) => (
            <>
              <span className="block whitespace-nowrap">申請 {line.proposedBy}</span>
              <MomentText at={line.proposedAt} />
              {line.answeredBy === null ? null : (
                <span className="block whitespace-nowrap">答え {line.answeredBy}</span>
              )}
            </>
          ),
        },
        { key: "state", head: "状態", cell: state },
        {
          key: "do",
          head: "処理",
          cell: (line) => {
            if (line.approved !== null) return null;
            if (!mayAnswer || line.proposedBy === session.staffId) return "別の人の承認を待っています";
            return (
              <span className="flex flex-wrap gap-2">
                <Button
                  size="small"
                  kind="primary"
                  onClick={() => onAsk({ kind: "answer", proposal: line, approved: true })}
                >
                  承認する
                </Button>
                <Button size="small" onClick={() => onAsk({ kind: "answer", proposal: line, approved: false })}>
                  承認しない
                </Button>
              </span>
            );
          },
        },
      ]}
    />
  );
}

function Links({ data, onAsk }: { readonly data: Data; readonly onAsk: (asked: Asked) => void }): ReactElement {
  const mayChange = useMay("rights.issue");
  return (
    <Table
      caption="職員と認証基盤の利用者"
      rows={data.links}
      rowKey={(line) => line.linkId}
      empty="結び付けた職員はいません。結び付けのない職員は、シングルサインオンを使えません。"
      columns={[
        { key: "staff", head: "職員", rowHead: true, cell: (line) => line.staffId, sortBy: (line) => line.staffId },
        {
          key: "subject",
          head: "認証基盤の利用者（sub）",
          cell: (line) => <span className="break-all">{line.subject}</span>,
        },
        {
          key: "who",
          head: "結び付けた人",
          cell: (line) => (
            <>
              <span className="block whitespace-nowrap">{line.linkedBy}</span>
              <MomentText at={line.linkedAt} />
            </>
          ),
        },
        {
          key: "state",
          head: "状態",
          cell: (line) => (line.endedAt === null ? <Badge kind="good">使える</Badge> : <Badge>終わり</Badge>),
        },
        {
          key: "do",
          head: "処理",
          cell: (line) =>
            line.endedAt === null && mayChange ? (
              <Button
                size="small"
                kind="danger"
                onClick={() => onAsk({ kind: "end", linkId: line.linkId, staffId: line.staffId })}
              >
                終わらせる
              </Button>
            ) : null,
        },
      ]}
    />
  );
}

function AskedDialog({
  asked,
  data,
  onClose,
  onSaid,
}: {
  readonly asked: Asked;
  readonly data: Data;
  readonly onClose: () => void;
  readonly onSaid: (said: string) => void;
}): ReactElement {
  if (asked.kind === "propose") {
    return (
      <SettingDialog
        start={data.proposals[0]}
        onClose={onClose}
        onDone={() => onSaid("申請しました。別の人が承認すると効きます。")}
      />
    );
  }
  if (asked.kind === "link") {
    return <LinkDialog onClose={onClose} onDone={(staffId) => onSaid(`${staffId} を結び付けました。`)} />;
  }
  if (asked.kind === "end") {
    return (
      <ReasonDialog
        operation="endSubjectLink"
        title={`${asked.staffId} の結び付けを終わらせる`}
        what="シングルサインオンで始まったこの職員のログインは、その場で終わります。職員証とパスワードでのログインは、そのまま使えます。"
        button="終わらせる"
        danger
        input={(reason) => ({ path: { linkId: String(asked.linkId) }, body: { reason } })}
        onClose={onClose}
        onDone={() => onSaid(`${asked.staffId} の結び付けを終わらせました。`)}
      />
    );
  }
  const { proposal, approved } = asked;
  const content = contentOf(proposal)
    .map(({ name, value }) => `${name} ${value}`)
    .join("、");
  return (
    <ReasonDialog
      operation="answerSignOnSetting"
      title={approved ? "設定を承認する" : "設定を承認しない"}
      what={`申請 ${proposal.settingId} の内容: ${content}。${approved ? "承認すると、その時から効きます。" : ""}`}
      button={approved ? "承認する" : "承認しない"}
      input={(reason) => ({
        path: { settingId: String(proposal.settingId) },
        body: { digest: proposal.digest, approved, reason },
      })}
      onClose={onClose}
      onDone={() => onSaid(approved ? "承認しました。この設定が効いています。" : "承認しないことを記録しました。")}
    />
  );
}

export function SignOnPage(): ReactElement {
  const { data, error } = useRead("readSignOn", {});
  const mayChange = useMay("rights.issue");
  const [asked, setAsked] = useState<Asked>();
  const [said, setSaid] = useState<string>();
  const inForce = data?.proposals.find(({ settingId }) => settingId === data.inForce);
  return (
    <>
      <PageTitle>シングルサインオン</PageTitle>
      {said === undefined ? null : <Notice kind="success" title={said} live />}
      <ProblemNotice problem={error} />
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : (
        <>
          <Facts
            facts={[
              { name: "いま", value: inForce === undefined ? "使っていない" : `使っている（${inForce.providerName}）` },
              { name: "パスワードの代わり", value: "なる。職員証の代わりにはならない" },
              { name: "認証基盤に登録する戻り先", value: <span className="break-all">{data.redirectUri}</span> },
            ]}
          />
          <Section title="設定">
            {mayChange ? (
              <p className="mb-3">
                <Button onClick={() => setAsked({ kind: "propose" })}>設定を申請する</Button>
              </p>
            ) : null}
            <Proposals data={data} onAsk={setAsked} />
          </Section>
          <Section title="結び付け">
            {mayChange ? (
              <p className="mb-3">
                <Button onClick={() => setAsked({ kind: "link" })} disabled={inForce === undefined}>
                  職員を結び付ける
                </Button>
              </p>
            ) : null}
            <Links data={data} onAsk={setAsked} />
          </Section>
          {asked === undefined ? null : (
            <AskedDialog
              asked={asked}
              data={data}
              onClose={() => setAsked(undefined)}
              onSaid={(words) => {
                setAsked(undefined);
                setSaid(words);
              }}
            />
          )}
        </>
      )}
    </>
  );
}
