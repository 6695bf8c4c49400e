/** What waits for a second person: what stands now beside what would, answered by somebody else. */
import { useState } from "react";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand } from "../../api/hooks.ts";
import { useSession } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { MomentText } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { daysInWareki } from "../../ui/format.ts";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";

export type Wish = OperationAnswer<"readConsignments">["proposals"][number];
type Answering = "answerConsignmentChange" | "answerInterchangeSetting";

export const TIMINGS = { before: "事前", after: "事後" } as const;

export function Lines({ wish }: { readonly wish: Wish }): ReactElement {
  return (
    <Table
      caption="変わるところ"
      rows={wish.lines}
      rowKey={({ name }) => name}
      empty="いまと変わるところはありません。"
      columns={[
        { key: "name", head: "項目", rowHead: true, cell: ({ name }) => name },
        {
          key: "before",
          head: "いま",
          cell: ({ before }) => (
            <span className="whitespace-pre-wrap">{before === null ? "－" : daysInWareki(before)}</span>
          ),
        },
        {
          key: "after",
          head: "変えた後",
          cell: ({ after }) => <span className="whitespace-pre-wrap">{daysInWareki(after)}</span>,
        },
      ]}
    />
  );
}

function AnswerDialog({
  wish,
  operation,
  onDone,
  onClose,
}: {
  readonly wish: Wish;
  readonly operation: Answering;
  readonly onDone: (said: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const command = useCommand(operation, {});
  const send = async (granted: boolean): Promise<void> => {
    const body = { granted, digest: wish.digest, note: "" };
    const done = await command.run({ path: { proposalId: wish.proposalId }, body });
    if (done !== undefined)
      onDone(granted ? "承認しました。この内容のとおりに効いています。" : "承認しないことを記録しました。");
  };
  return (
    <Dialog title={`申請：${wish.kindName}`} onClose={onClose} wide>
      <ProblemNotice problem={command.problem} />
      <Lines wish={wish} />
      <p className="mt-3 font-700">理由（{TIMINGS[wish.timing]}）</p>
      <p className="mb-3 whitespace-pre-wrap">{wish.reason}</p>
      <p className="mb-3">承認すると、この内容のとおりになります。直すときは、断って申請し直してもらいます。</p>
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

/** The section with what waits. */
export function Wishes({
  wishes,
  operation,
  onSaid,
}: {
  readonly wishes: readonly Wish[];
  readonly operation: Answering;
  readonly onSaid: (said: string) => void;
}): ReactElement {
  const { session } = useSession();
  const [asked, setAsked] = useState<Wish>();
  const may = session.permissions.includes("parameter.approve");
  return (
    <Section title="承認を待つ申請">
      <Table
        caption="承認を待つ申請"
        captionHidden
        rows={wishes}
        rowKey={({ proposalId }) => proposalId}
        empty="いまはありません。"
        columns={[
          { key: "kind", head: "申請", rowHead: true, cell: ({ kindName }) => kindName },
          {
            key: "what",
            head: "変わるところ",
            cell: ({ lines }) => (
              <div className="min-w-64 whitespace-normal">
                {lines.slice(0, 3).map(({ name, after }) => (
                  <p key={name}>
                    {name}：{daysInWareki(after.length > 60 ? `${after.slice(0, 60)}…` : after)}
                  </p>
                ))}
                {lines.length > 3 ? <p>ほか{String(lines.length - 3)}項目</p> : null}
              </div>
            ),
          },
          { key: "why", head: "理由", cell: ({ reason }) => <div className="whitespace-normal">{reason}</div> },
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
          {
            key: "do",
            head: "処理",
            cell: (wish) =>
              may && wish.proposedBy !== session.staffId ? (
                <Button
                  size="small"
                  kind="primary"
                  onClick={() => setAsked(wish)}
                  aria-label={`${wish.kindName}の申請 ${String(wish.proposalId)} を見て答える`}
                >
                  見て答える
                </Button>
              ) : (
                "別の人の承認を待っています"
              ),
          },
        ]}
      />
      {asked === undefined ? null : (
        <AnswerDialog
          wish={asked}
          operation={operation}
          onClose={() => setAsked(undefined)}
          onDone={(said) => {
            setAsked(undefined);
            onSaid(said);
          }}
        />
      )}
    </Section>
  );
}
