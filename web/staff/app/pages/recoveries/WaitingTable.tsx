/** 決裁を待つ案: what would be decided, and the answer of another person. */
import { useState } from "react";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { DateText } from "../../ui/Dates.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Table } from "../../ui/Table.tsx";
import { claimPath } from "./claim-path.ts";
import { ReasonDialog } from "../filings/ReasonDialog.tsx";

type Waiting = OperationAnswer<"readRecoveryClaim">["waiting"];

export function WaitingTable({ waiting }: { readonly waiting: Waiting }): ReactElement {
  const mayApprove = useMay("decision.exOfficioApprove");
  const [returning, setReturning] = useState<Waiting[number]>();
  const answer = useCommand("answerRecovery", { onDone: () => setReturning(undefined) });
  const path = (each: Waiting[number]) => ({ ...claimPath(each), proposalId: String(each.proposalId) });
  return (
    <>
      {returning === undefined ? <ProblemNotice problem={answer.problem} /> : null}
      {answer.answer === undefined ? null : <Notice kind="success" title={answer.answer.message} live />}
      <Table
        caption="決裁を待つ案"
        captionHidden
        rows={waiting}
        rowKey={({ proposalId }) => proposalId}
        columns={[
          { key: "kind", head: "種類", rowHead: true, cell: ({ kindName }) => kindName },
          {
            key: "what",
            head: "内容",
            cell: ({ lines }) => (
              <ul>
                {lines.map((line) => (
                  <li key={line}>{line}</li>
                ))}
              </ul>
            ),
          },
          {
            key: "by",
            head: "起案",
            cell: ({ proposedBy, proposedOn }) => (
              <>
                {proposedBy}
                <br />
                <DateText date={proposedOn} />
              </>
            ),
          },
          {
            key: "act",
            head: "決裁",
            cell: (each) =>
              mayApprove ? (
                <span className="flex flex-wrap gap-2">
                  <Button
                    size="small"
                    kind="primary"
                    pending={answer.pending}
                    aria-label={`承認する: ${each.kindName}`}
                    onClick={() =>
                      void answer.run({
                        path: path(each),
                        body: { outcome: "approved", contentDigest: each.contentDigest },
                      })
                    }
                  >
                    承認する
                  </Button>
                  <Button size="small" aria-label={`差し戻す: ${each.kindName}`} onClick={() => setReturning(each)}>
                    差し戻す
                  </Button>
                </span>
              ) : (
                "別の担当者が決裁します"
              ),
          },
        ]}
      />
      {returning === undefined ? null : (
        <ReasonDialog
          title="案の差戻し"
          action="差し戻す"
          pending={answer.pending}
          problem={answer.problem}
          onClose={() => setReturning(undefined)}
          onSend={(reason) =>
            void answer.run({
              path: path(returning),
              body: { outcome: "returned", contentDigest: returning.contentDigest, reason },
            })
          }
        />
      )}
    </>
  );
}
