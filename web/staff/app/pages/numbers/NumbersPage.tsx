/** 番号の確認と名寄せ: the confirmation list, and the 名寄せ that wait for a second person. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useDraft } from "../../session/drafts.ts";
import { useMay, useSession } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { MomentText } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { ChoiceField, TextArea } from "../../ui/Field.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Loading, PageTitle, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";

type Finding = OperationAnswer<"listNumberFindings">["findings"][number];
type Consolidation = OperationAnswer<"listConsolidations">["consolidations"][number];

const SYSTEMS: Readonly<Record<string, string>> = {
  allowance: "児童手当",
  residentRegister: "住民記録",
  residentTax: "個人住民税",
  healthInsurance: "国民健康保険",
  pension: "国民年金",
  welfare: "福祉",
};

const numberText = (number: number | null): string => (number === null ? "－" : String(number).padStart(15, "0"));

function AnswerDialog({
  finding,
  onDone,
  onClose,
}: {
  readonly finding: Finding;
  readonly onDone: (said: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const draft = useDraft(`numbers/finding/${String(finding.findingId)}`, { result: "corrected", note: "" });
  const { result, note } = draft.value;
  const command = useCommand("answerNumberFinding", {
    onDone: () => {
      draft.drop();
      onDone("確認リストに答えを記録しました。");
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const chosen = result === "noFault" ? "noFault" : "corrected";
    void command.run({ path: { findingId: String(finding.findingId) }, body: { result: chosen, note } });
  };
  return (
    <Dialog title="確認リストに答える" onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <ProblemNotice problem={command.problem} />
        <p className="mb-3 font-700">{finding.kindName}</p>
        <ChoiceField
          legend="調べた結果"
          name="finding-result"
          value={result}
          onChange={(value) => draft.set({ ...draft.value, result: value })}
          options={[
            { value: "corrected", label: "直した" },
            { value: "noFault", label: "誤りではなかった" },
          ]}
        />
        <TextArea
          label="調べたこと"
          help="5文字以上。個人番号・氏名・住所は書かないでください。"
          required
          value={note}
          onChange={(event) => draft.set({ ...draft.value, note: event.target.value })}
        />
        <Actions>
          <Button kind="primary" submit pending={command.pending} disabled={note.trim().length < 5}>
            記録する
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}

function Findings({ onSaid }: { readonly onSaid: (said: string) => void }): ReactElement {
  const { data, error } = useRead("listNumberFindings", {});
  const may = useMay("addressee.approve");
  const [asked, setAsked] = useState<Finding>();
  if (data === undefined) return error === null ? <Loading /> : <ProblemNotice problem={error} />;
  return (
    <>
      <Table
        caption="団体内統合宛名番号と個人番号の確認リスト（答えのないもの）"
        rows={data.findings}
        rowKey={({ findingId }) => findingId}
        empty="確認の要る不整合はありません。"
        columns={[
          { key: "kind", head: "見つかったこと", rowHead: true, cell: ({ kindName }) => kindName },
          {
            key: "system",
            head: "業務",
            cell: ({ systemCode }) => (systemCode === null ? "－" : (SYSTEMS[systemCode] ?? systemCode)),
          },
          {
            key: "whom",
            head: "宛名番号",
            cell: ({ addresseeNumber }) => <span className="whitespace-nowrap">{numberText(addresseeNumber)}</span>,
          },
          { key: "at", head: "見つけた日時", cell: ({ foundAt }) => <MomentText at={foundAt} /> },
          {
            key: "do",
            head: "処理",
            cell: (finding) =>
              may ? (
                <Button size="small" onClick={() => setAsked(finding)}>
                  答える
                </Button>
              ) : (
                "－"
              ),
          },
        ]}
      />
      {asked === undefined ? null : (
        <AnswerDialog
          finding={asked}
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

const pathOf = ({ consolidationId }: Consolidation): { readonly consolidationId: string } => ({
  consolidationId: String(consolidationId),
});

function Consolidations({ onSaid }: { readonly onSaid: (said: string) => void }): ReactElement {
  const { data, error } = useRead("listConsolidations", {});
  const may = useMay("addressee.approve");
  const { session } = useSession();
  const approve = useCommand("approveConsolidation", {
    onDone: () => onSaid("名寄せを承認しました。1人として扱います。"),
  });
  const end = useCommand("endConsolidation", { onDone: () => onSaid("名寄せの申出を取りやめました。") });
  if (data === undefined) return error === null ? <Loading /> : <ProblemNotice problem={error} />;
  return (
    <>
      <ProblemNotice problem={approve.problem ?? end.problem} />
      <Table
        caption="承認を待つ名寄せ"
        rows={data.consolidations}
        rowKey={({ consolidationId }) => consolidationId}
        empty="承認を待つ名寄せはありません。"
        columns={[
          { key: "kept", head: "主とする宛名番号", rowHead: true, cell: ({ keptNumber }) => numberText(keptNumber) },
          { key: "other", head: "結ぶ宛名番号", cell: ({ otherNumber }) => numberText(otherNumber) },
          { key: "why", head: "わけ", cell: ({ reason }) => reason },
          {
            key: "by",
            head: "申し出た人",
            cell: ({ proposedBy, proposedAt }) => (
              <>
                {proposedBy} <MomentText at={proposedAt} />
              </>
            ),
          },
          {
            key: "do",
            head: "処理",
            cell: (row) => (
              <span className="flex flex-wrap gap-2">
                {may && row.proposedBy !== session.staffId ? (
                  <Button
                    size="small"
                    kind="primary"
                    pending={approve.pending}
                    onClick={() => void approve.run({ path: pathOf(row) })}
                  >
                    承認する
                  </Button>
                ) : null}
                <Button
                  size="small"
                  pending={end.pending}
                  onClick={() => void end.run({ path: pathOf(row), body: { reason: "申出の取りやめ" } })}
                >
                  取りやめる
                </Button>
              </span>
            ),
          },
        ]}
      />
    </>
  );
}

export function NumbersPage(): ReactElement {
  const [said, setSaid] = useState<string>();
  return (
    <>
      <PageTitle>番号の確認と名寄せ</PageTitle>
      {said === undefined ? null : <Notice kind="success" title={said} live />}
      <Section title="確認リスト">
        <Findings onSaid={setSaid} />
      </Section>
      <Section title="名寄せ">
        <Consolidations onSaid={setSaid} />
      </Section>
    </>
  );
}
