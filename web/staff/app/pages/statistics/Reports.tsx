/** 報告の控え: what was reported, kept by one person and approved by another as it was seen. */
import { useState } from "react";
import type { ReactElement } from "react";

import { useCommand } from "../../api/hooks.ts";
import type { OperationAnswer } from "../../api/call.ts";
import { useDraft } from "../../session/drafts.ts";
import { useMay } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { TextArea } from "../../ui/Field.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";

type Report = OperationAnswer<"readStatisticsOverview">["reports"][number];

/** What is on the screen, to be kept. */
export type Kept = {
  readonly kind: "grant" | "annual";
  readonly fiscalYear: number;
  readonly knownAt: string;
  readonly title: string;
};

export function KeepReport({ kept }: { readonly kept: Kept }): ReactElement {
  const [open, setOpen] = useState(false);
  const [said, setSaid] = useState("");
  const draft = useDraft("statistics/report", "");
  const command = useCommand("makeStatisticsReport", {
    onDone: ({ reportNo }) => {
      draft.drop();
      setOpen(false);
      setSaid(`報告 ${String(reportNo)} として残しました。別の人が承認してください。`);
    },
  });
  const { title, ...figures } = kept;
  return (
    <>
      {said === "" ? null : <Notice kind="success" title={said} live />}
      <Button onClick={() => setOpen(true)}>この数字を報告として残す</Button>
      {open ? (
        <Dialog title="報告として残す" onClose={() => setOpen(false)}>
          <form
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              void command.run({ body: { ...figures, note: draft.value } });
            }}
          >
            <p className="mb-3">
              {title}
              。いま画面にある数字そのものと、その時点を残します。あとで直したり払ったりしても、この控えは変わらず、同じ数字を作り直せます。
            </p>
            <ProblemNotice problem={command.problem} />
            <TextArea
              label="何のための報告か"
              help="交付申請・実績報告・年報、文書の番号など"
              required
              value={draft.value}
              onChange={(event) => draft.set(event.target.value)}
            />
            <Actions>
              <Button kind="primary" submit pending={command.pending} disabled={draft.value.trim() === ""}>
                残す
              </Button>
              <Button onClick={() => setOpen(false)}>やめる</Button>
            </Actions>
          </form>
        </Dialog>
      ) : null}
    </>
  );
}

export function Reports({
  reports,
  onShow,
}: {
  readonly reports: readonly Report[];
  readonly onShow: (report: Report) => void;
}): ReactElement {
  const mayApprove = useMay("parameter.approve");
  const command = useCommand("approveStatisticsReport");
  return (
    <Section title="報告の控え">
      <ProblemNotice problem={command.problem} />
      {command.answer === undefined || command.problem !== undefined ? null : (
        <Notice kind="success" title={command.answer.message} live />
      )}
      <Table
        caption="出した数字の控え（新しい順）"
        captionHidden
        rows={reports}
        rowKey={({ reportNo }) => reportNo}
        empty="まだありません。交付金の計算か事業年報を表示して、残してください。"
        columns={[
          {
            key: "no",
            head: "報告",
            rowHead: true,
            cell: (row) => `${String(row.reportNo)}　${row.kindName} ${String(row.fiscalYear)}年度`,
          },
          { key: "note", head: "何のため", cell: ({ note }) => note },
          { key: "known", head: "いつまでの記録か", cell: (row) => row.knownText },
          { key: "made", head: "作成", cell: ({ madeBy, madeAt }) => `${madeBy} ${madeAt}` },
          {
            key: "state",
            head: "承認",
            cell: ({ approvedBy }) =>
              approvedBy === null ? (
                <Badge kind="warning">承認待ち</Badge>
              ) : (
                <>
                  <Badge kind="good">承認済み</Badge> {approvedBy}
                </>
              ),
          },
          {
            key: "do",
            head: "操作",
            cell: (row) => (
              <span className="flex flex-wrap gap-2">
                <Button size="small" onClick={() => onShow(row)}>
                  数字を見る<span className="sr-only">（報告 {row.reportNo}）</span>
                </Button>
                {mayApprove && row.approvedBy === null ? (
                  <Button
                    size="small"
                    pending={command.pending}
                    onClick={() =>
                      void command.run({
                        path: { reportNo: String(row.reportNo) },
                        body: { figuresDigest: row.figuresDigest },
                      })
                    }
                  >
                    承認する<span className="sr-only">（報告 {row.reportNo}）</span>
                  </Button>
                ) : null}
              </span>
            ),
          },
        ]}
      />
    </Section>
  );
}
