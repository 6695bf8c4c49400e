/** 不明の収納: lines of receipts that fit no claim; two people say what each is. */
import { useState } from "react";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { DateText } from "../../ui/Dates.tsx";
import { TextField } from "../../ui/Field.tsx";
import { yen } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { GoTo, Loading, PageTitle } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { ReasonDialog } from "../filings/ReasonDialog.tsx";

type Line = OperationAnswer<"listUnknownReceipts">["lines"][number];
const at = (line: Line) => ({ fileId: String(line.fileId), lineNo: String(line.lineNo) });

function ProposeDialog({ line, onClose }: { readonly line: Line; readonly onClose: () => void }): ReactElement {
  const [claim, setClaim] = useState("");
  const command = useCommand("proposeUnknownReceipt", { onDone: onClose });
  const right = claim === "" || /^[1-9]\d{0,11}$/.test(claim);
  return (
    <ReasonDialog
      title={`収納 ${line.reference}（${yen(line.amount)}）`}
      action="案を入れる"
      ready={right}
      pending={command.pending}
      problem={command.problem}
      onClose={onClose}
      onSend={(reason) =>
        void command.run({ path: at(line), body: { recoveryId: claim === "" ? null : Number(claim), reason } })
      }
    >
      <TextField
        label="どの債権の収納か（債権番号）"
        width="medium"
        help="この債権ではない（別の会計へ渡す・返す）ときは、空にしてください。"
        value={claim}
        onChange={(event) => setClaim(event.target.value.trim())}
        error={right ? undefined : "債権番号は数字です。"}
      />
    </ReasonDialog>
  );
}

export function UnknownReceiptsPage(): ReactElement {
  const { data, error } = useRead("listUnknownReceipts", {});
  const mayPropose = useMay("decision.exOfficio");
  const mayApprove = useMay("decision.exOfficioApprove");
  const [asked, setAsked] = useState<Line>();
  const approve = useCommand("approveUnknownReceipt");
  if (data === undefined) {
    return (
      <>
        <PageTitle>不明の収納</PageTitle>
        <ProblemNotice problem={error} />
        {error === null ? <Loading /> : null}
      </>
    );
  }
  return (
    <>
      <PageTitle>不明の収納</PageTitle>
      <p className="mb-3">
        <GoTo to="/recoveries">債権の一覧へ</GoTo>
      </p>
      <ProblemNotice problem={approve.problem} />
      {data.lines.length === 0 ? (
        <Notice kind="success" title="不明の収納はありません" />
      ) : (
        <Table
          caption="債権に当たらない収納"
          captionHidden
          rows={data.lines}
          rowKey={(line) => `${String(line.fileId)}/${String(line.lineNo)}`}
          columns={[
            { key: "ref", head: "収納の番号", rowHead: true, cell: ({ reference }) => reference },
            { key: "file", head: "ファイルと行", cell: ({ fileName, lineNo }) => `${fileName} ${String(lineNo)}行目` },
            {
              key: "claim",
              head: "書かれた債権番号",
              cell: ({ claimText }) => (claimText === "" ? "（空）" : claimText),
            },
            { key: "on", head: "納付の日", cell: ({ paidOn }) => <DateText date={paidOn} /> },
            { key: "amount", head: "額", numeric: true, cell: ({ amount }) => yen(amount) },
            {
              key: "proposal",
              head: "案",
              cell: ({ proposal }) =>
                proposal === null
                  ? "まだ"
                  : `${proposal.recoveryId === null ? "この債権ではない" : `債権 ${String(proposal.recoveryId)} の収納`}（${proposal.reason}、${proposal.proposedBy}）`,
            },
            {
              key: "act",
              head: "操作",
              cell: (line) => (
                <span className="flex flex-wrap gap-2">
                  {mayPropose ? (
                    <Button size="small" aria-label={`案を入れる: ${line.reference}`} onClick={() => setAsked(line)}>
                      案を入れる
                    </Button>
                  ) : null}
                  {mayApprove && line.proposal !== null ? (
                    <Button
                      size="small"
                      kind="primary"
                      pending={approve.pending}
                      aria-label={`承認する: ${line.reference}`}
                      onClick={() => void approve.run({ path: at(line), body: { seq: line.proposal?.seq ?? 0 } })}
                    >
                      承認する
                    </Button>
                  ) : null}
                </span>
              ),
            },
          ]}
        />
      )}
      {asked === undefined ? null : <ProposeDialog line={asked} onClose={() => setAsked(undefined)} />}
    </>
  );
}
