/** One finding: opening it is recorded, its evidence is shown, and what came out is written down. */
import { useEffect, useRef } from "react";
import type { FormEvent, ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand } from "../../api/hooks.ts";
import { useDraft } from "../../session/drafts.ts";
import { useMay, useSession } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { MomentText } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { SelectField, TextArea } from "../../ui/Field.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Facts, Loading } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";

type Evidence = OperationAnswer<"openLogFinding">["evidence"][number];
export type Outcome = "justified" | "misuse" | "unclear";

/** What is typed about a finding or a row of the sample. */
export type Draft = { readonly outcome: Outcome | ""; readonly note: string };

export const OUTCOMES: readonly { readonly value: Outcome; readonly label: string }[] = [
  { value: "justified", label: "業務による" },
  { value: "misuse", label: "目的外の疑い" },
  { value: "unclear", label: "確認中（引き継ぐ）" },
];

export const numberText = (number: number | null): string =>
  number === null ? "－" : String(number).padStart(15, "0");

export function EvidenceTable({
  rows,
  caption,
}: {
  readonly rows: readonly Evidence[];
  readonly caption: string;
}): ReactElement {
  return (
    <Table
      caption={caption}
      rows={rows}
      rowKey={({ seq }) => seq}
      empty="アクセスログの行はありません（ログインの失敗など）。"
      columns={[
        { key: "at", head: "処理日時", rowHead: true, cell: (row) => <MomentText at={row.processedAt} /> },
        { key: "who", head: "職員", cell: (row) => `${row.staffName}（${row.staffId}）` },
        { key: "section", head: "部署", cell: (row) => row.sectionName },
        { key: "terminal", head: "端末", cell: (row) => row.terminalCode },
        {
          key: "why",
          head: "処理事由",
          cell: (row) =>
            [row.refusalCode === null ? row.purposeName : "（断った操作）", row.purposeText]
              .filter((part) => part !== "")
              .join("："),
        },
        { key: "whom", head: "宛名番号", cell: (row) => numberText(row.addresseeNumber) },
        { key: "operation", head: "操作", cell: (row) => row.operationName },
        { key: "case", head: "案件", cell: (row) => (row.caseRef === "" ? "－" : row.caseRef) },
      ]}
    />
  );
}

type Props = {
  readonly findingId: number;
  readonly onDone: (said: string) => void;
  readonly onClose: () => void;
};

export function FindingDialog({ findingId, onDone, onClose }: Props): ReactElement {
  const mayDecide = useMay("log.view");
  const { session } = useSession();
  const look = useCommand("openLogFinding", {});
  const draft = useDraft<Draft>(`finding/${String(findingId)}`, { outcome: "", note: "" });
  const { outcome, note } = draft.value;
  const decide = useCommand("decideLogFinding", {
    onDone: () => {
      draft.drop();
      onDone("結果を記録しました。");
    },
  });
  const path = { findingId: String(findingId) };
  const asked = useRef(false);
  const { run } = look;
  useEffect(() => {
    // Once: the look is recorded.
    if (asked.current) return;
    asked.current = true;
    void run({ path: { findingId: String(findingId) } });
  }, [run, findingId]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (outcome !== "") void decide.run({ path, body: { outcome, note } });
  };
  const finding = look.answer?.finding;
  return (
    <Dialog
      title={finding === undefined ? "指摘" : `指摘 ${String(findingId)}: ${finding.ruleName}`}
      wide
      onClose={onClose}
    >
      <ProblemNotice problem={look.problem} />
      {finding === undefined || look.answer === undefined ? (
        look.pending ? (
          <Loading />
        ) : null
      ) : (
        <>
          <p className="mb-3">{finding.about}</p>
          <Facts
            facts={[
              { name: "職員", value: finding.staffId ?? "何人もの職員" },
              { name: "宛名番号", value: numberText(finding.addresseeNumber) },
              { name: "回数", value: finding.occurrences },
              { name: "見た人", value: finding.seenBy.join("、") },
            ]}
          />
          <EvidenceTable rows={look.answer.evidence} caption="根拠のアクセスログ" />
          {finding.outcome !== null ? (
            <Notice kind="info" title={`結果: ${finding.outcomeName}（${finding.decidedBy ?? ""}）`}>
              {finding.note}
            </Notice>
          ) : mayDecide && finding.staffId !== session.staffId ? (
            <form onSubmit={submit} noValidate className="mt-4">
              <ProblemNotice problem={decide.problem} />
              <SelectField
                label="結果"
                required
                empty="選んでください"
                width="medium"
                value={outcome}
                onChange={(event) => draft.set({ ...draft.value, outcome: event.target.value as Outcome | "" })}
                options={OUTCOMES}
              />
              <TextArea
                label="確かめたこと"
                help="本人と上司への聞き取り、案件の記録など。5文字以上。氏名・住所は書かないでください。"
                required
                value={note}
                onChange={(event) => draft.set({ ...draft.value, note: event.target.value })}
              />
              <Actions>
                <Button
                  kind="primary"
                  submit
                  pending={decide.pending}
                  disabled={outcome === "" || note.trim().length < 5}
                >
                  結果を記録する
                </Button>
                <Button onClick={onClose}>閉じる</Button>
              </Actions>
            </form>
          ) : (
            <p className="mt-3">開いたことを記録しました。結果は監査の担当が書きます。</p>
          )}
        </>
      )}
      {finding === undefined || finding.outcome !== null || !mayDecide || finding.staffId === session.staffId ? (
        <Actions>
          <Button onClick={onClose}>閉じる</Button>
        </Actions>
      ) : null}
    </Dialog>
  );
}
