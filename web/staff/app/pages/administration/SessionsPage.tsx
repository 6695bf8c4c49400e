/** ログイン中の職員. */
import { useState } from "react";
import type { ReactElement } from "react";

import { useRead } from "../../api/hooks.ts";
import { useSession } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { MomentText } from "../../ui/Dates.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Loading, PageTitle } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { ReasonDialog } from "./ReasonDialog.tsx";

export function SessionsPage(): ReactElement {
  const { session } = useSession();
  const { data, error } = useRead("listSessions", {});
  const [asked, setAsked] = useState<string>();
  const [said, setSaid] = useState<string>();
  return (
    <>
      <PageTitle>ログイン中の職員</PageTitle>
      {said === undefined ? null : <Notice kind="success" title={said} live />}
      <ProblemNotice problem={error} />
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : (
        <Table
          caption="ログイン中の職員"
          captionHidden
          rows={data.sessions}
          rowKey={(line) => line.staffId}
          columns={[
            { key: "who", head: "職員", rowHead: true, cell: (line) => `${line.name}（${line.staffId}）` },
            { key: "section", head: "所属", cell: (line) => line.sectionName },
            { key: "terminal", head: "端末", cell: (line) => line.terminalCode },
            {
              key: "start",
              head: "ログイン",
              cell: (line) => <MomentText at={line.startedAt} />,
              sortBy: (line) => line.startedAt,
            },
            {
              key: "seen",
              head: "最後の操作",
              cell: (line) => <MomentText at={line.lastSeenAt} />,
              sortBy: (line) => line.lastSeenAt,
            },
            {
              key: "do",
              head: "処理",
              cell: (line) =>
                line.staffId === session.staffId ? (
                  "あなた"
                ) : (
                  <Button size="small" kind="danger" onClick={() => setAsked(line.staffId)}>
                    終わらせる
                  </Button>
                ),
            },
          ]}
        />
      )}
      {asked === undefined ? null : (
        <ReasonDialog
          operation="endOtherSession"
          title={`${asked}のログインを終わらせる`}
          what="その職員の画面はその場で終わり、次にログインしたときに知らせます。入力の途中のものは、その職員の画面に残ります。"
          button="終わらせる"
          danger
          input={(reason) => ({ path: { staffId: asked }, body: { reason } })}
          onClose={() => setAsked(undefined)}
          onDone={({ ended }) => {
            setAsked(undefined);
            setSaid(ended ? "ログインを終わらせました。" : "すでにログインしていませんでした。");
          }}
        />
      )}
    </>
  );
}
