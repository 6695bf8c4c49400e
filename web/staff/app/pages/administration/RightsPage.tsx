/** 権限の台帳: application, approval, issue and revocation, each by another person. */
import { useState } from "react";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useMay, useSession } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import type { BadgeKind } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateText } from "../../ui/Dates.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Loading, PageTitle } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { ReasonDialog } from "./ReasonDialog.tsx";
import { RequestRight } from "./RequestRight.tsx";

type Line = OperationAnswer<"listRights">["rights"][number];
type Asked = { readonly what: "approve" | "refuse" | "askEnd" | "revoke"; readonly line: Line };

const STATES: Readonly<Record<Line["state"], { readonly name: string; readonly kind: BadgeKind }>> = {
  requested: { name: "承認待ち", kind: "warning" },
  refused: { name: "不承認", kind: "plain" },
  approved: { name: "発行待ち", kind: "warning" },
  issued: { name: "有効", kind: "good" },
  revoked: { name: "失効", kind: "danger" },
  ended: { name: "期間の終わり", kind: "plain" },
};

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
  const path = { rightId: String(line.rightId) };
  const whose = `${line.staffId}の「${line.roleName}」`;
  if (what === "approve" || what === "refuse") {
    const approved = what === "approve";
    return (
      <ReasonDialog
        operation="decideRight"
        title={approved ? `${whose}を承認する` : `${whose}を承認しない`}
        what={
          approved
            ? "承認すると、情報政策課が発行できるようになります。"
            : "この申請は終わります。必要なときは申請し直してください。"
        }
        button={approved ? "承認する" : "承認しない"}
        danger={!approved}
        input={(reason) => ({ path, body: { approved, reason } })}
        onDone={() => onDone(approved ? "承認しました。" : "承認しないことを記録しました。")}
        onClose={onClose}
      />
    );
  }
  const input = (reason: string) => ({ path, body: { reason } });
  if (what === "askEnd") {
    return (
      <ReasonDialog
        operation="requestRightRevocation"
        title={`${whose}の失効を申請する`}
        what="情報政策課が失効させます。"
        button="申請する"
        input={input}
        onDone={() => onDone("失効を申請しました。")}
        onClose={onClose}
      />
    );
  }
  return (
    <ReasonDialog
      operation="revokeRight"
      title={`${whose}を失効させる`}
      what="その場で権限がなくなり、開いているログインも終わります。"
      button="失効させる"
      danger
      input={input}
      onDone={() => onDone("失効させました。")}
      onClose={onClose}
    />
  );
}

function Buttons({
  line,
  onAsk,
  onIssue,
  pending,
}: {
  readonly line: Line;
  readonly onAsk: (asked: Asked) => void;
  readonly onIssue: () => void;
  readonly pending: boolean;
}): ReactElement {
  const { session } = useSession();
  const may = { apply: useMay("rights.apply"), approve: useMay("rights.approve"), issue: useMay("rights.issue") };
  const own = [line.requestedBy, line.staffId].includes(session.staffId);
  return (
    <span className="flex flex-wrap gap-2">
      {line.state === "requested" && may.approve && !own ? (
        <>
          <Button size="small" kind="primary" onClick={() => onAsk({ what: "approve", line })}>
            承認
          </Button>
          <Button size="small" onClick={() => onAsk({ what: "refuse", line })}>
            不承認
          </Button>
        </>
      ) : null}
      {line.state === "approved" && may.issue && !own && line.approvedBy !== session.staffId ? (
        <Button size="small" kind="primary" pending={pending} onClick={onIssue}>
          発行
        </Button>
      ) : null}
      {line.state === "issued" && may.apply && !line.revocationAsked ? (
        <Button size="small" onClick={() => onAsk({ what: "askEnd", line })}>
          失効の申請
        </Button>
      ) : null}
      {line.state === "issued" && may.issue ? (
        <Button size="small" kind="danger" onClick={() => onAsk({ what: "revoke", line })}>
          失効
        </Button>
      ) : null}
    </span>
  );
}

export function RightsPage(): ReactElement {
  const apply = useMay("rights.apply");
  const { data, error } = useRead("listRights", { query: {} });
  const [asked, setAsked] = useState<Asked>();
  const [said, setSaid] = useState<string>();
  const issue = useCommand("issueRight", { onDone: () => setSaid("発行しました。次の操作から使えます。") });
  return (
    <>
      <PageTitle>権限</PageTitle>
      {said === undefined ? null : <Notice kind="success" title={said} live />}
      <ProblemNotice problem={error ?? issue.problem} />
      {apply ? <RequestRight onDone={setSaid} /> : null}
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : (
        <Table
          caption="権限の台帳（新しい順）"
          rows={data.rights}
          rowKey={(line) => line.rightId}
          columns={[
            { key: "no", head: "番号", rowHead: true, cell: (line) => line.rightId, sortBy: (line) => line.rightId },
            { key: "who", head: "職員", cell: (line) => line.staffId, sortBy: (line) => line.staffId },
            { key: "role", head: "役割", cell: (line) => line.roleName, sortBy: (line) => line.roleName },
            { key: "wards", head: "区", cell: (line) => line.wards?.join("・") ?? "全区" },
            {
              key: "period",
              head: "期間",
              cell: (line) => (
                <>
                  <DateText date={line.startsOn} />〜<DateText date={line.endsOn} />
                </>
              ),
              sortBy: (line) => line.endsOn,
            },
            {
              key: "by",
              head: "申請・承認・発行",
              cell: (line) => `${line.requestedBy}・${line.approvedBy ?? "—"}・${line.issuedBy ?? "—"}`,
            },
            {
              key: "state",
              head: "状態",
              cell: (line) => (
                <span className="flex flex-wrap gap-1">
                  <Badge kind={STATES[line.state].kind}>{STATES[line.state].name}</Badge>
                  {line.revocationAsked ? <Badge kind="warning">失効の申請あり</Badge> : null}
                </span>
              ),
              sortBy: (line) => line.state,
            },
            {
              key: "do",
              head: "処理",
              cell: (line) => (
                <Buttons
                  line={line}
                  onAsk={setAsked}
                  pending={issue.pending}
                  onIssue={() => void issue.run({ path: { rightId: String(line.rightId) } })}
                />
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
