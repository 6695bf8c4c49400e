/** 職員の一覧. */
import { useState } from "react";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { momentText } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { GoTo, Loading, PageTitle } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { ReasonDialog } from "./ReasonDialog.tsx";

type Line = OperationAnswer<"listStaff">["staff"][number];
type Asked = { readonly what: "stop" | "resume" | "cards"; readonly line: Line };

function State({ line }: { readonly line: Line }): ReactElement {
  return (
    <span className="flex flex-wrap gap-1">
      {line.active ? <Badge kind="good">利用できる</Badge> : <Badge kind="danger">停止</Badge>}
      {line.trained ? null : <Badge kind="warning">研修の期限切れ</Badge>}
      {line.hasKey && line.hasPassword ? null : <Badge>職員証が未登録</Badge>}
    </span>
  );
}

function Ask({
  asked,
  onDone,
  onClose,
}: {
  readonly asked: Asked;
  readonly onDone: (said: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const { what, line } = asked;
  const path = { staffId: line.staffId };
  const whom = `${line.name}（${line.staffId}）`;
  const input = (reason: string) => ({ path, body: { reason } });
  if (what === "stop") {
    return (
      <ReasonDialog
        operation="stopStaff"
        title={`${whom}の利用を止める`}
        what="その場でログインが終わり、解除するまでログインできません。"
        button="止める"
        danger
        input={input}
        onDone={() => onDone(`${whom}の利用を止めました。`)}
        onClose={onClose}
      />
    );
  }
  if (what === "resume") {
    return (
      <ReasonDialog
        operation="resumeStaff"
        title={`${whom}の停止を解く`}
        what="もう一度ログインできるようになります。"
        button="解く"
        input={input}
        onDone={() => onDone(`${whom}の停止を解きました。`)}
        onClose={onClose}
      />
    );
  }
  return (
    <ReasonDialog
      operation="revokeStaffCards"
      title={`${whom}の職員証を失効させる`}
      what="紛失・返却のときに使います。その場でログインが終わり、新しい登録の符号で登録し直すまでログインできません。"
      button="失効させる"
      danger
      input={input}
      onDone={({ revoked }) => onDone(`${whom}の職員証 ${String(revoked)}枚を失効させました。`)}
      onClose={onClose}
    />
  );
}

export function StaffPage(): ReactElement {
  const issue = useMay("rights.issue");
  const { data, error } = useRead("listStaff", {});
  const [asked, setAsked] = useState<Asked>();
  const [said, setSaid] = useState<string>();
  // Whose code is under way: the row that was pressed says so, the others wait.
  const [coded, setCoded] = useState<string>();
  const code = useCommand("issueEnrolmentCode", {
    stale: ["listStaff"],
    onDone: (answer) =>
      setSaid(
        answer.code === null
          ? "登録の符号は、すでに発行されています。"
          : `登録の符号 ${answer.code} （${momentText(answer.expiresAt)}まで、1回だけ）。本人に直接渡してください。この画面にしか出ません。`,
      ),
  });
  return (
    <>
      <PageTitle>職員</PageTitle>
      {said === undefined ? null : <Notice kind="success" title={said} live />}
      <ProblemNotice problem={error ?? code.problem} />
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : (
        <Table
          caption="職員の一覧"
          captionHidden
          rows={data.staff}
          rowKey={(line) => line.staffId}
          columns={[
            {
              key: "id",
              head: "職員番号",
              rowHead: true,
              cell: (line) => <span className="whitespace-nowrap">{line.staffId}</span>,
              sortBy: (line) => line.staffId,
            },
            { key: "name", head: "氏名", cell: (line) => line.name },
            {
              key: "section",
              head: "所属",
              cell: (line) => line.sections.join("、") || "なし",
              sortBy: (line) => line.sections.join(),
            },
            { key: "roles", head: "役割", cell: (line) => line.roles.join("、") || "なし" },
            { key: "state", head: "状態", cell: (line) => <State line={line} /> },
            {
              key: "do",
              head: "処理",
              cell: (line) =>
                issue ? (
                  <span className="flex flex-wrap gap-2">
                    <Button
                      size="small"
                      pending={code.pending && coded === line.staffId}
                      blocked={code.pending}
                      onClick={() => {
                        setCoded(line.staffId);
                        void code.run({ path: { staffId: line.staffId } });
                      }}
                    >
                      登録の符号
                    </Button>
                    {line.hasKey ? (
                      <Button size="small" onClick={() => setAsked({ what: "cards", line })}>
                        職員証の失効
                      </Button>
                    ) : null}
                    <Button size="small" onClick={() => setAsked({ what: line.active ? "stop" : "resume", line })}>
                      {line.active ? "停止" : "停止を解く"}
                    </Button>
                  </span>
                ) : (
                  <GoTo to="/administration/rights">権限</GoTo>
                ),
            },
          ]}
        />
      )}
      {asked === undefined ? null : (
        <Ask
          asked={asked}
          onClose={() => setAsked(undefined)}
          onDone={(words) => {
            setAsked(undefined);
            setSaid(words);
          }}
        />
      )}
    </>
  );
}
