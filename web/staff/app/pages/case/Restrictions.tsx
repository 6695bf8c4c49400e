/** 支給制限 (10条): beside the holds, and plainly something else: what is not granted is not paid later. */
import { useState } from "react";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateInput, DateText, MonthInput, MonthText } from "../../ui/Dates.tsx";
import { Actions } from "../../ui/Dialog.tsx";
import { SelectField, TextField } from "../../ui/Field.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { ReasonDialog } from "../filings/ReasonDialog.tsx";
import type { Case } from "./money.ts";

type Found = OperationAnswer<"readBenefitRestrictions">;
type Restriction = Found["restrictions"][number];
type Done = (message: string) => void;

const MONTH = /^\d{4}-(?:0[1-9]|1[0-2])$/;
const WHOLE = "whole";

function PlaceDialog({
  data,
  causes,
  onDone,
  onClose,
}: {
  readonly data: Case;
  readonly causes: Found["causes"];
  readonly onDone: Done;
  readonly onClose: () => void;
}): ReactElement {
  const [scope, setScope] = useState(WHOLE);
  const [causeCode, setCauseCode] = useState(causes[0]?.code ?? "orderDisobeyed");
  const [fromMonth, setFromMonth] = useState(data.today.slice(0, 7));
  const [demandedOn, setDemandedOn] = useState("");
  const [answerDueOn, setAnswerDueOn] = useState("");
  const [demandDocument, setDemandDocument] = useState("");
  const command = useCommand("requestBenefitRestriction", { onDone: ({ message }) => onDone(message) });
  const ready = MONTH.test(fromMonth) && demandedOn !== "" && answerDueOn !== "" && demandDocument.trim() !== "";
  return (
    <ReasonDialog
      title="支給制限（児童手当法10条）"
      action="案を入れる"
      kind="danger"
      wide
      intro={
        <>
          <p>
            正当な理由なく、27条1項の命令に従わず、または質問に応じないときに、手当を支給しない決定です。別の人が決裁すると効きます。
          </p>
          <p className="mt-2">
            <strong>差止（11条）とは違い、制限した月分は、制限が終わってもさかのぼって支払われません。</strong>
            届出や書類を待つだけなら、差止めにしてください。
          </p>
        </>
      }
      ready={ready}
      pending={command.pending}
      problem={command.problem}
      onClose={onClose}
      onSend={(reason) =>
        void command.run({
          path: { recipientId: String(data.recipientId) },
          body: {
            childNumber: scope === WHOLE ? null : Number(scope),
            fromMonth,
            causeCode,
            demandedOn,
            answerDueOn,
            demandDocument: demandDocument.trim(),
            reason,
          },
        })
      }
    >
      <SelectField
        label="範囲"
        value={scope}
        onChange={(event) => setScope(event.target.value)}
        options={[
          { value: WHOLE, label: "手当の全部" },
          ...data.children.map((each) => ({ value: String(each.addresseeNumber), label: `一部: ${each.name}の分` })),
        ]}
      />
      <SelectField
        label="事由"
        value={causeCode}
        onChange={(event) => {
          const found = causes.find(({ code }) => code === event.target.value);
          if (found !== undefined) setCauseCode(found.code);
        }}
        options={causes.map(({ code, name }) => ({ value: code, label: name }))}
      />
      <DateInput label="命令・質問をした日" required value={demandedOn} onChange={setDemandedOn} />
      <DateInput label="命令・質問の期限" required value={answerDueOn} onChange={setAnswerDueOn} />
      <TextField
        label="命令・質問の文書"
        required
        maxLength={100}
        help="文書の番号など"
        value={demandDocument}
        onChange={(event) => setDemandDocument(event.target.value)}
      />
      <MonthInput required label="支給しない最初の月分" value={fromMonth} onChange={setFromMonth} />
    </ReasonDialog>
  );
}

type LaterProps = {
  readonly data: Case;
  readonly restriction: Restriction;
  readonly onDone: Done;
  readonly onClose: () => void;
};

function EndDialog({ data, restriction, onDone, onClose }: LaterProps): ReactElement {
  const [compliedOn, setCompliedOn] = useState("");
  const [payableFrom, setPayableFrom] = useState(data.today.slice(0, 7));
  const command = useCommand("requestBenefitRestrictionEnd", { onDone: ({ message }) => onDone(message) });
  return (
    <ReasonDialog
      title={`支給制限 第${String(restriction.restrictionId)}号を終える`}
      action="案を入れる"
      intro="命令に従い、または質問に応じた月から先だけを、ふたたび支給します。それまでの月分は支給されないままです。"
      ready={MONTH.test(payableFrom) && compliedOn !== ""}
      pending={command.pending}
      problem={command.problem}
      onClose={onClose}
      onSend={(reason) =>
        void command.run({
          path: { recipientId: String(data.recipientId), restrictionId: String(restriction.restrictionId) },
          body: { compliedOn, payableFrom, reason },
        })
      }
    >
      <DateInput label="命令に従った日・質問に応じた日" required value={compliedOn} onChange={setCompliedOn} />
      <MonthInput required label="ふたたび支給する最初の月分" value={payableFrom} onChange={setPayableFrom} />
    </ReasonDialog>
  );
}

function CancelDialog({ data, restriction, onDone, onClose }: LaterProps): ReactElement {
  const command = useCommand("requestBenefitRestrictionCancellation", { onDone: ({ message }) => onDone(message) });
  return (
    <ReasonDialog
      title={`支給制限 第${String(restriction.restrictionId)}号の取消し`}
      action="案を入れる"
      kind="danger"
      intro="決定が初めから誤りだったとき（正当な理由があった、裁決があった など）。制限した月分は、すべて支払うべき額に戻ります。改めて制限するときは、取消しの決裁のあとで新しい案を入れてください。"
      pending={command.pending}
      problem={command.problem}
      onClose={onClose}
      onSend={(reason) =>
        void command.run({
          path: { recipientId: String(data.recipientId), restrictionId: String(restriction.restrictionId) },
          body: { reason },
        })
      }
    />
  );
}

type Step = { readonly kind: "place" } | { readonly kind: "end" | "cancel"; readonly restriction: Restriction };

function Range({ restriction }: { readonly restriction: Restriction }): ReactElement {
  return (
    <>
      <MonthText month={restriction.fromMonth} /> から
      {restriction.payableFrom === null ? null : (
        <>
          （<MonthText month={restriction.payableFrom} /> からふたたび支給）
        </>
      )}
    </>
  );
}

export function Restrictions({ data }: { readonly data: Case }): ReactElement | null {
  const found = useRead("readBenefitRestrictions", { path: { recipientId: String(data.recipientId) } });
  const may = useMay("decision.exOfficio");
  // Months of a right that ended are not granted anyway; what was decided before stays to be looked at and taken back.
  const standing = data.endedFrom === null || data.endedFrom > data.today.slice(0, 7);
  const [step, setStep] = useState<Step>();
  const [message, setMessage] = useState<string>();
  if (found.data === undefined) return <ProblemNotice problem={found.error} />;
  const { restrictions, causes } = found.data;
  if (restrictions.length === 0 && !(may && standing)) return null;
  const nameOf = (number: number): string =>
    data.children.find(({ addresseeNumber }) => addresseeNumber === number)?.name ?? String(number);
  const close = (): void => setStep(undefined);
  const done: Done = (words) => {
    setMessage(words);
    close();
  };
  return (
    <Section title="支給制限（10条）">
      {message === undefined ? null : <Notice kind="success" title={message} live />}
      {restrictions.length === 0 ? (
        <p className="mb-2">支給制限はありません。</p>
      ) : (
        <Table
          caption="支給制限"
          captionHidden
          rows={restrictions}
          rowKey={({ restrictionId }) => restrictionId}
          columns={[
            {
              key: "number",
              head: "番号",
              rowHead: true,
              cell: ({ restrictionId }) => `第${String(restrictionId)}号`,
            },
            {
              key: "state",
              head: "状態",
              cell: ({ state, stateName }) =>
                state === "inForce" ? <Badge kind="warning">⊘ {stateName}</Badge> : stateName,
            },
            {
              key: "scope",
              head: "範囲",
              cell: ({ childNumber }) => (childNumber === null ? "全部" : `${nameOf(childNumber)}の分`),
            },
            { key: "months", head: "支給しない月分", cell: (each) => <Range restriction={each} /> },
            {
              key: "why",
              head: "事由と理由",
              cell: (each) => (
                <>
                  {each.causeName}
                  <br />
                  {each.reason}（{each.demandDocument}、期限 <DateText date={each.answerDueOn} />）
                  {each.laterReason === null ? null : (
                    <>
                      <br />
                      {each.stateName}理由: {each.laterReason}
                    </>
                  )}
                </>
              ),
            },
            {
              key: "who",
              head: "決定",
              cell: (each) => (
                <>
                  <DateText date={each.decidedOn} />（{each.enteredBy}・{each.approvedBy}）
                </>
              ),
            },
            {
              key: "act",
              head: "操作",
              cell: (restriction) =>
                !may || restriction.state === "cancelled" ? null : (
                  <Actions>
                    {restriction.state === "inForce" ? (
                      <Button
                        size="small"
                        aria-label={`終える: 第${String(restriction.restrictionId)}号`}
                        onClick={() => setStep({ kind: "end", restriction })}
                      >
                        終える
                      </Button>
                    ) : null}
                    <Button
                      size="small"
                      aria-label={`取り消す: 第${String(restriction.restrictionId)}号`}
                      onClick={() => setStep({ kind: "cancel", restriction })}
                    >
                      取り消す
                    </Button>
                  </Actions>
                ),
            },
          ]}
        />
      )}
      {may && standing ? (
        <Button size="small" onClick={() => setStep({ kind: "place" })}>
          支給制限の案を入れる
        </Button>
      ) : null}
      {step?.kind === "place" ? <PlaceDialog data={data} causes={causes} onDone={done} onClose={close} /> : null}
      {step?.kind === "end" ? (
        <EndDialog data={data} restriction={step.restriction} onDone={done} onClose={close} />
      ) : null}
      {step?.kind === "cancel" ? (
        <CancelDialog data={data} restriction={step.restriction} onDone={done} onClose={close} />
      ) : null}
    </Section>
  );
}
