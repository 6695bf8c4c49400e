/** 受付の入力: the form as on paper on the left, what the law and the registers say on the right, at every keystroke. */
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { callOperation, type OperationAnswer } from "../../api/call.ts";
import { useCommand } from "../../api/hooks.ts";
import { ApiProblem } from "../../api/problem.ts";
import { useDraft } from "../../session/drafts.ts";
import { Button } from "../../ui/Button.tsx";
import { DateText } from "../../ui/Dates.tsx";
import { Actions } from "../../ui/Dialog.tsx";
import { TextArea } from "../../ui/Field.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { useShortcut } from "../../ui/Shortcut.tsx";
import { ProposalPanel, Stops } from "./ProposalPanel.tsx";
import { type Form, type Head, Reception } from "./Reception.tsx";
import { pathName } from "./content-lines.ts";
import { type JsonObject, type Schema } from "./schema.ts";
import { Items } from "./SchemaForm.tsx";
import { startContent } from "./start-content.ts";

type Household = OperationAnswer<"readPerson">;
type Preview = OperationAnswer<"previewFiling">;
export type Procedure = OperationAnswer<"listProcedures">["procedures"][number];

const PAUSE = 250;

/** The proposal for what is typed, a quarter of a second after the last key. */
function usePreview(form: Form): { readonly preview: Preview | undefined; readonly problem: ApiProblem | undefined } {
  const [preview, setPreview] = useState<Preview>();
  const [problem, setProblem] = useState<ApiProblem>();
  const typed = JSON.stringify(form);
  useEffect(() => {
    const stop = new AbortController();
    const ask = async (): Promise<void> => {
      try {
        setPreview(
          await callOperation("previewFiling", { body: { form: JSON.parse(typed) as Form } }, { signal: stop.signal }),
        );
        setProblem(undefined);
      } catch (error) {
        if (error instanceof ApiProblem) setProblem(error);
      }
    };
    const timer = setTimeout(() => void ask(), PAUSE);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [typed]);
  return { preview, problem };
}

/** Problems by path within the form or its content; what is merely not typed yet is said only after a try. */
function problemsOf(preview: Preview | undefined, failed: ApiProblem | undefined): Readonly<Record<string, string>> {
  const found = [
    ...(preview?.problems ?? []).map(({ path, message }) => [path, message] as const),
    ...(failed?.faults ?? []).map(({ at, message }) => [at.replace(/^body\.form\./, ""), message] as const),
  ];
  return Object.fromEntries(
    found.map(([path, message]) => [
      path.replace(/^content\./, ""),
      /[ぁ-ん]/.test(message) ? message : "入力してください。",
    ]),
  );
}

/** What was refused: where it is only what is typed, by the names of the items; else in the words of the server. */
function Refused({
  failed,
  preview,
}: {
  readonly failed: ApiProblem | undefined;
  readonly preview: Preview | undefined;
}): ReactElement | null {
  const items = Object.entries(problemsOf(preview, failed));
  if (failed === undefined || items.length === 0 || !["filingInvalid", "badInput"].includes(failed.code)) {
    return <ProblemNotice problem={failed} />;
  }
  return (
    <Notice kind="error" title="まだ受け付けていません。次の項目を直してください" live>
      <ul className="list-disc pl-6">
        {items.map(([path, message]) => (
          <li key={path}>
            {pathName(path)}: {message}
          </li>
        ))}
      </ul>
      <p className="mt-1 text-[0.8125rem] text-solid-gray-700">コード {failed.code}</p>
    </Notice>
  );
}

/** What is stored already and goes on: a 仮受付, or a filing that is corrected (補正). */
export type Stored = {
  readonly filingId: number;
  readonly receptionNumber: string;
  readonly revision: number;
  readonly draft: boolean;
  readonly head: Head;
  readonly content: JsonObject;
};

type Props = { readonly procedure: Procedure; readonly household: Household; readonly stored?: Stored };

export function FilingEntry({ procedure, household, stored }: Props): ReactElement {
  const navigate = useNavigate();
  const { person, today, wards } = household;
  const schema = procedure.schema as Schema;
  const name =
    stored === undefined
      ? `filing/${procedure.code}/${String(person.addresseeNumber)}`
      : `filing/${String(stored.filingId)}/${String(stored.revision)}`;
  const head = useDraft<Head>(
    `${name}/head`,
    stored?.head ?? {
      receivedOn: today,
      channel: "counter",
      wardCode: wards.some(({ code }) => code === person.wardCode) ? person.wardCode : (wards[0]?.code ?? ""),
    },
  );
  const content = useDraft<JsonObject>(
    `${name}/content`,
    stored?.content ?? startContent(procedure.code, schema, household),
  );
  const reason = useDraft(`${name}/reason`, "");
  const [tried, setTried] = useState(false);
  const amending = stored !== undefined && !stored.draft;
  const form: Form = { ...head.value, procedure: procedure.code, content: content.value };
  const { preview, problem: previewProblem } = usePreview(form);
  const leave = (filingId: number): void => {
    head.drop();
    content.drop();
    reason.drop();
    void navigate({ to: `/filings/${String(filingId)}` });
  };
  const submit = useCommand("submitFiling", { onDone: ({ filingId }) => leave(filingId) });
  const draft = useCommand("saveDraft", { onDone: ({ filingId }) => leave(filingId) });
  const amend = useCommand("amendFiling", { onDone: ({ filingId }) => leave(filingId) });
  const known = stored === undefined ? {} : { filingId: stored.filingId, expectedRevision: stored.revision };
  const send = (): void => {
    setTried(true);
    if (!amending) return void submit.run({ body: { form, ...known } });
    if (reason.value.trim() === "") return;
    void amend.run({
      path: { filingId: String(stored.filingId) },
      body: { form, reason: reason.value.trim(), expectedRevision: stored.revision },
    });
  };
  const keep = (): void => void draft.run({ body: { form, ...known } });
  const action = amending ? "補正する" : "受け付ける";
  const failed = submit.problem ?? draft.problem ?? amend.problem;
  useShortcut("Ctrl+Enter", action, send);
  useShortcut("Ctrl+S", "仮受付として残す", keep, { enabled: !amending });
  const formElement = useRef<HTMLFormElement>(null);
  useEffect(() => {
    // Typing begins where the paper says something that the register does not.
    const needed =
      formElement.current?.querySelectorAll<HTMLInputElement | HTMLSelectElement>('[aria-required="true"]') ?? [];
    [...needed].find((control) => control.value === "")?.focus({ preventScroll: true });
  }, []);
  const names = new Map([person, ...household.household].map((each) => [each.addresseeNumber, each.name]));
  const problems = tried ? problemsOf(preview, failed) : {};
  const candidates = [person, ...household.household].map((each) => ({
    number: each.addresseeNumber,
    name: `${each.name}${each.birthDate === null ? "" : `（${each.birthDate}）`}`,
  }));
  return (
    <div className="grid gap-x-8 xl:grid-cols-[minmax(0,1.1fr)_minmax(0,1fr)]">
      <form
        ref={formElement}
        aria-label={procedure.name}
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          send();
        }}
      >
        <Reception head={head.value} wards={wards} problems={problems} onChange={head.set} />
        <Items
          schema={schema}
          value={content.value}
          onChange={content.set}
          context={{ candidates, problems }}
          path=""
          hidden={person.recipientIds.length > 0 ? ["recipientKind"] : []}
        />
        {amending ? (
          <TextArea
            label="補正の理由"
            required
            maxLength={400}
            help="氏名や住所は書かないでください。もとの内容は記録に残ります。"
            value={reason.value}
            onChange={(event) => reason.set(event.target.value)}
            error={tried && reason.value.trim() === "" ? "理由を書いてください。" : undefined}
          />
        ) : null}
        <Refused failed={failed} preview={preview} />
        <Actions>
          <Button kind="primary" submit pending={submit.pending || amend.pending} shortcut="Ctrl+Enter">
            {action}
          </Button>
          {amending ? null : (
            <Button pending={draft.pending} shortcut="Ctrl+S" onClick={keep}>
              仮受付として残す
            </Button>
          )}
          <Button
            kind="quiet"
            onClick={() => {
              content.drop();
              head.drop();
              reason.drop();
              setTried(false);
            }}
          >
            {stored === undefined ? "入力を初めに戻す" : "残した内容に戻す"}
          </Button>
        </Actions>
      </form>
      <section
        aria-label="案"
        aria-live="polite"
        // It scrolls by itself where the proposal is long: by the arrow keys too (SC 2.1.1).
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls
        tabIndex={0}
        className="xl:sticky xl:top-2 xl:max-h-[calc(100vh-1rem)] xl:self-start xl:overflow-y-auto rounded-8 border border-key-900 px-4 py-3"
      >
        <h2 className="mb-2 text-[1.125rem] font-700">いまの入力での案</h2>
        <ProblemNotice problem={previewProblem} />
        {preview === undefined ? (
          <p>入力すると、ここに案が出ます。</p>
        ) : preview.proposal === null ? (
          <Notice kind="info" title="まだ足りない入力があります">
            <ul className="list-disc pl-6">
              {Object.entries(problemsOf(preview, undefined)).map(([path, message]) => (
                <li key={path}>
                  {pathName(path)}: {message}
                </li>
              ))}
            </ul>
          </Notice>
        ) : (
          <>
            <Stops stops={preview.stops} names={names} />
            {preview.legalDueOn === null ? null : (
              <p className="mb-2">
                届出・請求の期限: <DateText date={preview.legalDueOn} />
                {head.value.receivedOn > preview.legalDueOn ? "（受付日は期限のあとです）" : ""}
              </p>
            )}
            <ProposalPanel proposal={preview.proposal} names={names} />
            <h3 className="font-700">要る書類</h3>
            {preview.documents.length === 0 ? (
              <p>ありません。</p>
            ) : (
              <ul className="list-disc pl-6">
                {preview.documents.map(({ code, name: paper, why, waivable }) => (
                  <li key={code}>
                    {paper}
                    {waivable ? "（台帳で分かるときは省略できます）" : ""}{" "}
                    <span className="text-[0.875rem] text-solid-gray-700">{why}</span>
                  </li>
                ))}
              </ul>
            )}
          </>
        )}
      </section>
    </div>
  );
}
