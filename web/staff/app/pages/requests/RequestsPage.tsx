/** 二人で決めること: what one person has put, and the answer of another. */
import { useState } from "react";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { Button } from "../../ui/Button.tsx";
import { DateText } from "../../ui/Dates.tsx";
import { daysInWareki } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Loading, PageTitle } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { ReasonDialog } from "../filings/ReasonDialog.tsx";
import { Certification } from "../person/Certification.tsx";

type Request = OperationAnswer<"listRequests">["requests"][number];

export function RequestsPage(): ReactElement {
  const { data, error } = useRead("listRequests", {});
  const [returning, setReturning] = useState<Request>();
  const answer = useCommand("answerRequest", { onDone: () => setReturning(undefined) });
  const path = (each: Request) => ({ requestId: String(each.requestId) });
  return (
    <>
      <PageTitle>二人で決めること</PageTitle>
      <ProblemNotice problem={error} />
      {returning === undefined ? <ProblemNotice problem={answer.problem} /> : null}
      {answer.answer === undefined ? null : <Notice kind="success" title={answer.answer.message} live />}
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : data.requests.length === 0 ? (
        <Notice kind="success" title="決裁を待つ案はありません" />
      ) : (
        <Table
          caption="決裁を待つ案（古い順）"
          captionHidden
          rows={data.requests}
          rowKey={({ requestId }) => requestId}
          columns={[
            { key: "kind", head: "種類", rowHead: true, cell: ({ kindName }) => kindName },
            {
              key: "recipient",
              head: "認定番号",
              cell: ({ recipientId }) => (recipientId === null ? "－" : <Certification number={recipientId} />),
            },
            {
              key: "what",
              head: "内容",
              cell: ({ lines }) => (
                <ul>
                  {lines.map((line) => (
                    <li key={line}>{daysInWareki(line)}</li>
                  ))}
                </ul>
              ),
            },
            {
              key: "by",
              head: "案を入れた人",
              cell: ({ requestedBy, requestedOn }) => (
                <>
                  {requestedBy}
                  <br />
                  <DateText date={requestedOn} />
                </>
              ),
            },
            {
              key: "act",
              head: "決裁",
              cell: (each) =>
                each.mayAnswer ? (
                  <span className="flex flex-wrap gap-2">
                    <Button
                      size="small"
                      kind="primary"
                      pending={answer.pending}
                      aria-label={`承認する: ${each.kindName} ${String(each.requestId)}`}
                      onClick={() =>
                        void answer.run({
                          path: path(each),
                          body: { outcome: "approved", contentDigest: each.contentDigest },
                        })
                      }
                    >
                      承認する
                    </Button>
                    <Button
                      size="small"
                      aria-label={`差し戻す: ${each.kindName} ${String(each.requestId)}`}
                      onClick={() => setReturning(each)}
                    >
                      差し戻す
                    </Button>
                  </span>
                ) : (
                  "別の担当者が決裁します"
                ),
            },
          ]}
        />
      )}
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
