/** What waits for a second person: shown whole, answered by somebody else. */
import { useState } from "react";
import type { ReactElement, ReactNode } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand } from "../../api/hooks.ts";
import { useSession } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { MomentText } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { Facts } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { factsOf, kindName } from "./words.ts";

export type Proposal = OperationAnswer<"readRestrictions">["proposals"][number];

function AnswerDialog({
  proposal,
  operation,
  onDone,
  onClose,
}: {
  readonly proposal: Proposal;
  readonly operation: "answerRestriction" | "answerRetention";
  readonly onDone: (said: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const command = useCommand(operation, {});
  const send = async (granted: boolean): Promise<void> => {
    const body = { granted, digest: proposal.digest, note: "" };
    const done = await command.run({ path: { proposalId: String(proposal.proposalId) }, body });
    if (done !== undefined) onDone(granted ? "承認しました。" : "承認しないことを記録しました。");
  };
  return (
    <Dialog title={`申請：${kindName(proposal.kind)}`} onClose={onClose}>
      <ProblemNotice problem={command.problem} />
      <Facts facts={[...factsOf(proposal.content), { name: "申請した人", value: proposal.proposedBy }]} />
      <p className="font-700">理由</p>
      <p className="mb-3 whitespace-pre-wrap">{proposal.reason}</p>
      <p className="mb-3">
        承認すると、この内容のとおりに行われます。内容は変えられません。直すときは、断って申請し直します。
      </p>
      <Actions>
        <Button kind="primary" pending={command.pending} onClick={() => void send(true)}>
          承認する
        </Button>
        <Button kind="danger" pending={command.pending} onClick={() => void send(false)}>
          承認しない
        </Button>
        <Button onClick={onClose}>やめる</Button>
      </Actions>
    </Dialog>
  );
}

export function Proposals({
  proposals,
  right,
  operation,
  onSaid,
}: {
  readonly proposals: readonly Proposal[];
  /** The right to answer them */
  readonly right: "rights.approve" | "parameter.approve";
  readonly operation: "answerRestriction" | "answerRetention";
  readonly onSaid: (said: string) => void;
}): ReactElement {
  const { session } = useSession();
  const [asked, setAsked] = useState<Proposal>();
  const mayAnswer = session.permissions.includes(right);
  const action = (proposal: Proposal): ReactNode => {
    if (proposal.proposedBy === session.staffId || !mayAnswer) return "別の人の承認を待っています";
    return (
      <span className="whitespace-nowrap">
        <Button size="small" kind="primary" onClick={() => setAsked(proposal)}>
          答える
        </Button>
      </span>
    );
  };
  return (
    <>
      <Table
        caption="承認を待つ申請"
        rows={proposals}
        rowKey={({ proposalId }) => proposalId}
        empty="承認を待つ申請はありません。"
        columns={[
          { key: "kind", head: "申請", rowHead: true, cell: ({ kind }) => kindName(kind) },
          {
            key: "what",
            head: "内容",
            cell: ({ content }) =>
              factsOf(content)
                .map(({ name, value }) => `${name} ${value}`)
                .join("、"),
          },
          { key: "why", head: "理由", cell: ({ reason }) => reason },
          {
            key: "who",
            head: "申請した人",
            cell: ({ proposedBy, proposedAt }) => (
              <>
                <span className="block whitespace-nowrap">{proposedBy}</span>
                <MomentText at={proposedAt} />
              </>
            ),
          },
          { key: "do", head: "処理", cell: action },
        ]}
      />
      {asked === undefined ? null : (
        <AnswerDialog
          proposal={asked}
          operation={operation}
          onClose={() => setAsked(undefined)}
          onDone={(said) => {
            setAsked(undefined);
            onSaid(said);
          }}
        />
      )}
    </>
  );
}
