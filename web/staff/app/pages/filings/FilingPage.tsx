/** 受付の1件: what was typed, what the registers say, what is proposed, who did what; and the steps that are open. */
import { useParams } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { useRead } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { DateText, MomentText } from "../../ui/Dates.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Facts, GoTo, Loading, PageTitle, Section } from "../../ui/Page.tsx";
import { type Step, Steps } from "../../ui/Steps.tsx";
import { Table } from "../../ui/Table.tsx";
import { certificationText } from "../../ui/format.ts";
import { Certification } from "../person/Certification.tsx";
import { DebtList } from "../case/Debts.tsx";
import { contentLines } from "../counter/content-lines.ts";
import { ProposalPanel, Stops } from "../counter/ProposalPanel.tsx";
import type { Json } from "../counter/schema.ts";
import { OpeningTime } from "../person/OpeningTime.tsx";
import { PersonContext } from "../person/person-context.ts";
import { PersonHead } from "../person/PersonHead.tsx";
import { Alerts } from "./Alerts.tsx";
import { FilingActions } from "./FilingActions.tsx";
import { type Filing, Papers } from "./Papers.tsx";

const CHANNELS = { counter: "窓口", post: "郵送", online: "オンライン", exOfficio: "職権" } as const;
const IDENTITIES: Readonly<Record<number, string>> = {
  1: "個人番号カード・通知カード",
  2: "写真付き書類",
  3: "写真のない書類2点",
};

function stepsOf(filing: Filing): readonly Step[] {
  const last = (...kinds: readonly string[]): string | undefined => {
    const found = filing.events.findLast(({ kind }) => kinds.includes(kind));
    return found?.by;
  };
  const examined = ["examined", "decided", "cancelled"].includes(filing.state);
  const decided = ["decided", "cancelled"].includes(filing.state);
  const received = filing.state !== "draft";
  return [
    {
      key: "receive",
      title: "受付",
      state: received ? "done" : "now",
      detail: last("submitted", "amended", "drafted"),
    },
    {
      key: "examine",
      title: "審査",
      state: examined ? "done" : received ? "now" : "todo",
      detail: last("examined", "overridden"),
    },
    { key: "approve", title: "決裁", state: decided ? "done" : examined ? "now" : "todo", detail: last("approved") },
  ];
}

function Override({ filing }: { readonly filing: Filing }): ReactElement | null {
  const override = filing.examination?.override;
  const reasons = useRead("listOverrideReasons", {});
  if (override === null || override === undefined) return null;
  const listed = [...(reasons.data?.refusalCause ?? []), ...(reasons.data?.overrideReason ?? [])];
  const named = listed.find(({ identifier }) => identifier === override.reasonCode)?.label;
  return (
    <Notice kind="warning" title="案が変えられています">
      理由{named === undefined ? "" : `（${named}）`}: {override.reason}
    </Notice>
  );
}

function Content({
  filing,
  names,
}: {
  readonly filing: Filing;
  readonly names: ReadonlyMap<number, string>;
}): ReactElement {
  const wards = new Map(filing.wards.map(({ code, name }) => [code, name]));
  return (
    <Section title="受け付けた内容">
      <Facts
        facts={[
          { name: "受付日（請求日）", value: <DateText date={filing.receivedOn} /> },
          { name: "方法", value: CHANNELS[filing.channel] },
          { name: "所管区", value: filing.wardName },
          {
            name: "本人確認",
            value:
              filing.identity === null
                ? "－"
                : `${IDENTITIES[filing.identity.kind] ?? ""}（${filing.identity.documents.join("、")}）`,
          },
          {
            name: "代理人",
            value: filing.agent === null ? "なし" : `${filing.agent.name}（${filing.agent.relation}）`,
          },
          { name: "入力した人", value: filing.typedBy },
          ...(filing.legalDueOn === null
            ? []
            : [
                {
                  name: "届出・請求の期限",
                  value: (
                    <>
                      <DateText date={filing.legalDueOn} />{" "}
                      {filing.receivedOn > filing.legalDueOn ? <Badge kind="warning">期限のあと</Badge> : null}
                    </>
                  ),
                },
              ]),
          ...(filing.dueOn === null ? [] : [{ name: "書類の期限", value: <DateText date={filing.dueOn} /> }]),
        ]}
      />
      <dl className="mb-4 grid gap-x-6 sm:grid-cols-2">
        {contentLines(filing.content as Json, { people: names, wards }).map(({ name, value }) => (
          <div key={name} className="border-b border-solid-gray-200 py-1">
            <dt className="text-[0.8125rem] text-solid-gray-700">{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

function People({ filing }: { readonly filing: Filing }): ReactElement {
  return (
    <Section title="住民基本台帳の記載">
      <Table
        caption="住民基本台帳の記載"
        captionHidden
        rows={filing.persons}
        rowKey={({ number }) => number}
        columns={[
          { key: "part", head: "立場", cell: ({ part }) => (part === "claimant" ? "請求者・届出者" : "児童など") },
          {
            key: "name",
            head: "氏名",
            rowHead: true,
            cell: ({ name, protected: hidden }) => (
              <>
                <strong>{name}</strong> {hidden ? <Badge kind="strong">⚠ 支援措置</Badge> : null}
              </>
            ),
          },
          {
            key: "birth",
            head: "生年月日",
            cell: ({ birthDate }) => (birthDate === null ? "－" : <DateText date={birthDate} />),
          },
          {
            key: "address",
            head: "住所",
            cell: ({ address, protected: hidden }) => (hidden ? "（表示しません）" : (address ?? "－")),
          },
          {
            key: "rights",
            head: "この人の認定",
            cell: ({ rights }) =>
              rights.length === 0
                ? "－"
                : rights.map(({ recipientId, endedFrom }) => (
                    <span key={recipientId} className="mr-2">
                      <Certification number={recipientId} />
                      {endedFrom === null ? "" : "（消滅）"}
                    </span>
                  )),
          },
          {
            key: "claimed",
            head: "この児童を対象とする受給者",
            cell: ({ claimedBy }) =>
              claimedBy.length === 0 ? "－" : claimedBy.map((id) => certificationText(id)).join("、"),
          },
        ]}
      />
    </Section>
  );
}

export function FilingPage(): ReactElement {
  const { filingId = "" } = useParams({ strict: false });
  const mayReceive = useMay("claim.receive");
  const found = useRead("readFiling", { path: { filingId } });
  if (found.data === undefined) {
    return (
      <>
        <PageTitle>受付</PageTitle>
        {found.isPending ? <Loading /> : <ProblemNotice problem={found.error} />}
        {found.error?.code === "purposeNeeded" ? (
          <p className="mb-3">仕事の一覧から選ぶと、処理事由とともに開きます。</p>
        ) : null}
        <GoTo to="/lists/toExamine">仕事の一覧へ</GoTo>
      </>
    );
  }
  const filing = found.data;
  const names = new Map(filing.persons.map(({ number, name }) => [number, name]));
  // A first certification makes the case only when it is approved: then it is the claimant's own.
  const claimant = filing.persons.find(({ part }) => part === "claimant");
  const caseId = filing.recipientId ?? claimant?.rights.findLast(({ endedFrom }) => endedFrom === null)?.recipientId;
  return (
    <PersonContext value={filing.claimant}>
      <PageTitle
        beside={
          <span className="flex gap-1.5">
            <Badge kind="key">{filing.stateName}</Badge>
            {filing.replaces === null ? null : <Badge kind="warning">取消・再決定</Badge>}
          </span>
        }
      >
        <span className="mr-3 text-[1rem] font-400 tabular-nums">受付番号 {filing.receptionNumber}</span>
        {filing.procedureName}
        <span className="ml-3 text-[0.9375rem] font-400">
          {filing.form ?? "市の様式"}・{filing.rule}
        </span>
      </PageTitle>
      <PersonHead addresseeNumber={filing.claimant} />
      <OpeningTime addresseeNumber={filing.claimant} who={`受付番号 ${filing.receptionNumber}`}>
        <Steps label="受付から決裁まで" steps={stepsOf(filing)} />
        {filing.replaces === null ? null : (
          <p className="mb-2">
            <GoTo to={`/filings/${String(filing.replaces)}`}>
              {filing.state === "decided" ? "取り消したもとの受付を見る" : "取り消すもとの受付を見る"}
            </GoTo>
          </p>
        )}
        <DebtList debts={filing.debts} recipientId={filing.recipientId} />
        <FilingActions filing={filing} />
        <div className="grid gap-x-8 xl:grid-cols-2">
          <div className="min-w-0">
            <Content filing={filing} names={names} />
            <Papers filing={filing} mayReceive={mayReceive} />
          </div>
          <div className="min-w-0">
            <Section title="案（決裁すると変わること）">
              <Override filing={filing} />
              <Stops stops={filing.stops} names={names} />
              <Alerts filing={filing} />
              <ProposalPanel proposal={filing.proposal} names={names} />
              {caseId === undefined ? null : (
                <p>
                  <GoTo to={`/cases/${String(caseId)}`}>受給者の1枚を見る（月ごとの額と理由）</GoTo>
                </p>
              )}
            </Section>
          </div>
        </div>
        <People filing={filing} />
        <Section title="経過">
          <Table
            caption="経過（古い順）"
            captionHidden
            rows={filing.events}
            rowKey={({ seq }) => seq}
            columns={[
              { key: "at", head: "日時", cell: ({ at }) => <MomentText at={at} /> },
              { key: "kind", head: "処理", rowHead: true, cell: ({ kindName }) => kindName },
              { key: "by", head: "職員", cell: ({ by }) => by },
              { key: "due", head: "期限", cell: ({ dueOn }) => (dueOn === null ? "－" : <DateText date={dueOn} />) },
              { key: "reason", head: "理由", cell: ({ reason }) => reason ?? "－" },
            ]}
          />
        </Section>
      </OpeningTime>
    </PersonContext>
  );
}
