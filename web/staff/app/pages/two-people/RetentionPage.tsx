/** 記録の保存: terms, what has outlived them, stops, and the signed records of what was removed. */
import { useState } from "react";
import type { ReactElement, ReactNode } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useRead } from "../../api/hooks.ts";
import { useSession } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateText, MomentText } from "../../ui/Dates.tsx";
import { count } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { GoTo, Loading, PageTitle, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { Erased, Papers } from "./Erased.tsx";
import { Proposals } from "./Proposals.tsx";
import { type RetentionWish, WishDialog } from "./RetentionActions.tsx";
import { GROUP_NAMES } from "./words.ts";

type Data = OperationAnswer<"readRetention">;
type Group = Data["groups"][number];

/** Groups in seals: removed by two people. The others are erased on their day, or have a page of their own. */
const SEALED: ReadonlySet<Group["group"]> = new Set(["accessLog", "journal"]);

function Judged({ group: { group, years, judgement } }: { readonly group: Group }): ReactElement {
  if (years === null) return <Badge kind="warning">決まっていないので、消さない</Badge>;
  if (group === "individualNumber")
    return (
      <>
        <GoTo to="/number-erasures">個人番号の消去</GoTo>に載ります
      </>
    );
  if (group === "paperDocuments") return <>下の一覧に載ります</>;
  if (judgement === null) return <>まだ判定していません</>;
  return (
    <>
      {judgement.held ? <Badge kind="warning">停止あり</Badge> : null}{" "}
      {judgement.rows === 0 ? "過ぎた記録はありません" : `${count(judgement.rows)}行が過ぎています`}
      <span className="block text-[0.875rem]">
        判定 <DateText date={judgement.judgedOn} />
        {judgement.beforeOn === null ? null : (
          <>
            （<DateText date={judgement.beforeOn} />
            より前）
          </>
        )}
      </span>
    </>
  );
}

function Whole({ data, onSaid }: { readonly data: Data; readonly onSaid: (said: string) => void }): ReactElement {
  const { session } = useSession();
  const [wish, setWish] = useState<RetentionWish>();
  const may = (right: (typeof session.permissions)[number]): boolean => session.permissions.includes(right);
  const actions = (row: Group): ReactNode => (
    <span className="flex flex-wrap gap-2 whitespace-nowrap">
      {may("parameter.change") ? (
        <Button size="small" onClick={() => setWish({ what: "term", group: row.group })}>
          期間を申請
        </Button>
      ) : null}
      {may("log.view") ? (
        <>
          <Button size="small" onClick={() => setWish({ what: "hold", group: row.group })}>
            止める
          </Button>
          {SEALED.has(row.group) && (row.judgement?.rows ?? 0) > 0 ? (
            <Button size="small" kind="danger" onClick={() => setWish({ what: "removal", group: row.group })}>
              消去を申請
            </Button>
          ) : null}
        </>
      ) : null}
    </span>
  );
  return (
    <>
      {data.waiting === 0 ? null : (
        <Notice kind="info" title={`承認された消去 ${String(data.waiting)}件を、サーバーが行うのを待っています。`} />
      )}
      <Table
        caption="記録の区分と保存期間"
        rows={data.groups}
        rowKey={({ group }) => group}
        empty="記録の区分がありません。"
        columns={[
          { key: "name", head: "記録", rowHead: true, cell: ({ name }) => name },
          { key: "about", head: "入るもの", cell: ({ about }) => about },
          {
            key: "years",
            head: "保存期間",
            cell: ({ years }) => (
              <span className="whitespace-nowrap">{years === null ? "決まっていない" : `${String(years)}年`}</span>
            ),
          },
          { key: "judged", head: "判定（毎日）", cell: (group) => <Judged group={group} /> },
          { key: "do", head: "処理", cell: actions },
        ]}
      />
      <Section title="承認を待つ申請">
        <Proposals proposals={data.proposals} right="parameter.approve" operation="answerRetention" onSaid={onSaid} />
      </Section>
      <Section title="消去の停止">
        <Table
          caption="かかっている停止"
          rows={data.holds}
          rowKey={({ holdId }) => holdId}
          empty="かかっている停止はありません。"
          columns={[
            { key: "group", head: "記録", rowHead: true, cell: ({ group }) => GROUP_NAMES[group] },
            {
              key: "from",
              head: "止めた記録",
              cell: ({ fromOn }) =>
                fromOn === null ? (
                  "全部"
                ) : (
                  <>
                    <DateText date={fromOn} />
                    から
                  </>
                ),
            },
            { key: "why", head: "理由", cell: ({ reason }) => reason },
            {
              key: "by",
              head: "止めた人",
              cell: ({ placedBy, placedAt }) => (
                <>
                  <span className="block whitespace-nowrap">{placedBy}</span>
                  <MomentText at={placedAt} />
                </>
              ),
            },
            {
              key: "do",
              head: "処理",
              cell: ({ group, holdId }) =>
                may("log.view") ? (
                  <Button size="small" onClick={() => setWish({ what: "release", group, holdId })}>
                    解除を申請
                  </Button>
                ) : null,
            },
          ]}
        />
      </Section>
      <Erased erasures={data.erasures} />
      <Papers papers={data.papers} />
      <Section title="ログの消去の記録">
        <p className="mb-2">
          封の鍵で署名し、前の記録につないであります。行のハッシュは封に残り、検査（hagukumi verify
          log）が受け入れます。
        </p>
        <Table
          caption="消去の記録（新しい順）"
          rows={data.removals}
          rowKey={({ group, removalNo }) => `${group}/${String(removalNo)}`}
          empty="消去した記録はありません。"
          columns={[
            { key: "at", head: "時刻", rowHead: true, cell: ({ removedAt }) => <MomentText at={removedAt} /> },
            {
              key: "group",
              head: "記録",
              cell: ({ group, removalNo }) => `${GROUP_NAMES[group]} 第${String(removalNo)}号`,
            },
            { key: "rows", head: "行", numeric: true, cell: ({ rows }) => count(rows) },
            { key: "also", head: "一緒に消した行", numeric: true, cell: ({ alsoRemoved }) => count(alsoRemoved) },
            { key: "years", head: "保存期間", cell: ({ years }) => `${String(years)}年` },
            { key: "before", head: "この日より前", cell: ({ beforeOn }) => <DateText date={beforeOn} /> },
            { key: "by", head: "申請・承認", cell: ({ proposedBy, approvedBy }) => `${proposedBy}・${approvedBy}` },
          ]}
        />
      </Section>
      {wish === undefined ? null : (
        <WishDialog
          wish={wish}
          onClose={() => setWish(undefined)}
          onDone={(said) => {
            setWish(undefined);
            onSaid(said);
          }}
        />
      )}
    </>
  );
}

export function RetentionPage(): ReactElement {
  const { data, error } = useRead("readRetention", {});
  const [said, setSaid] = useState<string>();
  return (
    <>
      <PageTitle>記録の保存</PageTitle>
      {said === undefined ? null : <Notice kind="success" title={said} live />}
      <ProblemNotice problem={error} />
      {data === undefined ? error === null ? <Loading /> : null : <Whole data={data} onSaid={setSaid} />}
    </>
  );
}
