/** 利用者の報告: for 情報政策課 and the audit. */
import type { ReactElement } from "react";

import { useRead } from "../../api/hooks.ts";
import { Badge } from "../../ui/Badge.tsx";
import { DateText, MomentText } from "../../ui/Dates.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Facts, Loading, PageTitle, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";

/** Days without use after which a right is to be asked about */
const UNUSED = 90;

export function AccountsPage(): ReactElement {
  const { data, error } = useRead("readAccounts", {});
  if (data === undefined) {
    return (
      <>
        <PageTitle>利用者の報告</PageTitle>
        {error === null ? <Loading /> : <ProblemNotice problem={error} />}
      </>
    );
  }
  const { declared, users, band } = data;
  const range = `${declared.least}〜${declared.most}人`;
  return (
    <>
      <PageTitle>利用者の報告</PageTitle>
      {band === "above" ? (
        <Notice kind="error" title={`利用者が ${users}人で、評価書で宣言した ${range}を超えています`}>
          <p>
            要らない権限を失効させるか、評価書の利用者数を見直してください（宣言の変更は、情報政策課が
            <code> hagukumi staff declare-users </code>で行います）。
          </p>
        </Notice>
      ) : null}
      {band === "below" ? (
        <Notice kind="info" title={`利用者が ${users}人で、評価書で宣言した ${range}を下回っています`}>
          <p>権限の発行がまだ済んでいない部署がないかを確かめてください。</p>
        </Notice>
      ) : null}
      {data.contractorsOpening > 0 ? (
        <Notice
          kind="warning"
          title={`対象者を扱う権限を持つ受託者が ${data.contractorsOpening}人います。委託の範囲を確かめてください。`}
        />
      ) : null}
      <Facts
        facts={[
          { name: "基準日", value: <DateText date={data.on} /> },
          { name: "利用者", value: `${users}人` },
          { name: "評価書の宣言", value: range },
          { name: "受託者の利用者", value: `${data.contractors}人（対象者を扱う ${data.contractorsOpening}人）` },
        ]}
      />
      <p className="mb-4 text-[0.9375rem]">
        利用者は、在籍していて利用が止められておらず、今日効く権限を一つでも持つ職員です。番号は一人に一つで、使い回しません。
      </p>
      <Section title="部署">
        <Table
          caption="部署ごとの利用者"
          captionHidden
          rows={data.sections}
          rowKey={(line) => line.code}
          columns={[
            { key: "name", head: "部署", rowHead: true, cell: (line) => line.name },
            { key: "charge", head: "使用部署", cell: (line) => (line.inCharge ? "はい" : "－") },
            { key: "users", head: "利用者", cell: (line) => `${line.users}人`, sortBy: (line) => line.users },
            {
              key: "opening",
              head: "対象者を扱う人",
              cell: (line) => `${line.opening}人`,
              sortBy: (line) => line.opening,
            },
          ]}
        />
      </Section>
      <Section title="利用者と権限">
        <Table
          caption="登録された職員"
          captionHidden
          rows={data.lines}
          rowKey={(line) => line.staffId}
          columns={[
            {
              key: "who",
              head: "職員",
              rowHead: true,
              cell: (line) => `${line.name}（${line.staffId}）`,
              sortBy: (line) => line.staffId,
            },
            {
              key: "kind",
              head: "区分",
              cell: (line) => (line.kind === "employee" ? "職員" : `受託者（承諾 ${line.consentId ?? "－"}）`),
              sortBy: (line) => line.kind,
            },
            { key: "section", head: "部署", cell: (line) => line.sections.join("・") || "－" },
            { key: "roles", head: "役割", cell: (line) => line.roles.join("・") || "権限なし" },
            {
              key: "end",
              head: "権限の終わり",
              cell: (line) => (line.rightsEndOn === null ? "－" : <DateText date={line.rightsEndOn} />),
              sortBy: (line) => line.rightsEndOn ?? "",
            },
            {
              key: "last",
              head: "最後のログイン",
              cell: (line) =>
                line.lastLogIn === null ? (
                  "まだない"
                ) : (
                  <>
                    <MomentText at={line.lastLogIn} />
                    <span className="block text-[0.875rem]">{line.lastTerminal}</span>
                  </>
                ),
              sortBy: (line) => line.lastLogIn ?? "",
            },
            {
              key: "state",
              head: "状態",
              cell: (line) =>
                line.user ? (
                  <Badge kind="good">利用者</Badge>
                ) : (
                  <Badge>{line.active ? "権限なし" : "利用停止・在籍なし"}</Badge>
                ),
            },
          ]}
        />
      </Section>
      <Section title="権限ごとの使われ方">
        <p className="mb-2 text-[0.9375rem]">
          いま効いている権限のすべてです。{UNUSED}
          日使われていないものは、まだ要るかを所属に確かめ、要らなければ失効させます。ファイルにするときは、情報政策課が
          <code> hagukumi staff report --csv </code>で書き出します。
        </p>
        <Table
          caption="権限ごとの、いつから・だれの承認で・最後にいつ使われたか"
          captionHidden
          rows={data.rights}
          rowKey={(line) => line.rightId}
          textOf={(line) => `${line.name} ${line.staffId} ${line.section} ${line.role}`}
          columns={[
            {
              key: "who",
              head: "職員",
              rowHead: true,
              cell: (line) => `${line.name}（${line.staffId}）`,
              sortBy: (line) => line.staffId,
            },
            {
              key: "role",
              head: "権限",
              cell: (line) => (
                <>
                  {line.role}
                  <span className="block text-[0.875rem]">
                    {line.section}・{line.wards === null ? "全市" : line.wards.join("・")}
                  </span>
                </>
              ),
              sortBy: (line) => line.role,
            },
            {
              key: "since",
              head: "期間",
              cell: (line) => (
                <>
                  <DateText date={line.since} />
                  <span className="block">
                    から <DateText date={line.until} />
                  </span>
                </>
              ),
              sortBy: (line) => line.since,
            },
            {
              key: "by",
              head: "申請・承認・発行",
              cell: (line) => [line.requestedBy, line.approvedBy ?? "－", line.issuedBy ?? "－"].join(" → "),
            },
            { key: "reason", head: "理由", cell: (line) => line.reason },
            {
              key: "used",
              head: "最後に使った",
              cell: (line) => (
                <>
                  {line.lastUsed === null ? "まだない" : <MomentText at={line.lastUsed} />}
                  {line.unusedDays >= UNUSED ? (
                    <span className="block">
                      <Badge kind="warning">{line.unusedDays}日使われていない</Badge>
                    </span>
                  ) : null}
                </>
              ),
              sortBy: (line) => -line.unusedDays,
            },
          ]}
        />
      </Section>
    </>
  );
}
