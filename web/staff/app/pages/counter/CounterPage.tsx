/** 窓口: from the person to the form. Whoever has a certification starts with 額改定, everybody else with 認定請求. */
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { callOperation } from "../../api/call.ts";
import { useRead } from "../../api/hooks.ts";
import { useWork } from "../../session/use-work.ts";
import { Button } from "../../ui/Button.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { SelectField } from "../../ui/Field.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { GoTo, Loading, PageTitle, Section } from "../../ui/Page.tsx";
import { takeCommandText } from "../command-text.ts";
import { Editing } from "../person/Editing.tsx";
import { PersonContext } from "../person/person-context.ts";
import { PersonHead } from "../person/PersonHead.tsx";
import { ScanField } from "../person/ScanField.tsx";
import { type Found, PersonSearch } from "../search/PersonSearch.tsx";
import { Household } from "../search/PersonPage.tsx";
import { FilingEntry } from "./FilingEntry.tsx";
import { firstProcedure, inOrder } from "./offered.ts";
import { purposeOf } from "./start-content.ts";

const number = (value: number): string => String(value);

/** Which procedure: chosen once, it also says why the person is opened. */
function StartDialog({ found, onClose }: { readonly found: Found; readonly onClose: () => void }): ReactElement {
  const navigate = useNavigate();
  const procedures = useRead("listProcedures", {});
  const [procedure, setProcedure] = useState(firstProcedure(found));
  const { run, pending, problem } = useWork();
  const start = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const target = { kind: "addressee", number: number(found.addresseeNumber) } as const;
    const opened = await run(
      async () =>
        await callOperation("openCase", {
          body: { target, purpose: purposeOf(procedure), explanation: "", origin: "search" },
        }),
    );
    if (opened !== undefined) void navigate({ to: `/counter/${number(found.addresseeNumber)}/${procedure}` });
  };
  return (
    <Dialog title={`${found.name} の手続を選ぶ`} onClose={onClose}>
      <form onSubmit={(event) => void start(event)}>
        <ProblemNotice problem={problem ?? procedures.error} />
        <SelectField
          label="手続"
          help="選んだ手続が処理事由になり、アクセスログに残ります。"
          options={inOrder(found, procedures.data?.procedures ?? []).map(({ code, name, form }) => ({
            value: code,
            label: form === null ? name : `${name}（${form}）`,
          }))}
          value={procedure}
          onChange={(event) => setProcedure(event.target.value)}
          // A list does not send its form by itself: who takes what is offered goes on with one key.
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
            event.preventDefault();
            event.currentTarget.form?.requestSubmit();
          }}
        />
        <Actions>
          <Button kind="primary" submit pending={pending}>
            入力へ
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}

export function CounterPage(): ReactElement {
  const [initial] = useState(takeCommandText);
  const [found, setFound] = useState<Found>();
  return (
    <>
      <PageTitle>受付（窓口・郵送）</PageTitle>
      <p className="mb-3">請求・届出をする人を探して、手続を選びます。</p>
      <PersonSearch initial={initial} pick="受け付ける" onPick={setFound} />
      <ScanField />
      {found === undefined ? null : <StartDialog found={found} onClose={() => setFound(undefined)} />}
    </>
  );
}

/** The form of one procedure for one person. */
export function EntryPage(): ReactElement {
  const { addresseeNumber = "", procedure: code = "" } = useParams({ strict: false });
  const procedures = useRead("listProcedures", {});
  const household = useRead("readPerson", { path: { addresseeNumber } });
  const procedure = procedures.data?.procedures.find((each) => each.code === code);
  if (household.data === undefined || procedures.data === undefined) {
    return (
      <>
        <PageTitle>受付</PageTitle>
        {household.isPending || procedures.isPending ? (
          <Loading />
        ) : (
          <ProblemNotice problem={household.error ?? procedures.error} />
        )}
        <GoTo to="/counter">人を選び直す</GoTo>
      </>
    );
  }
  if (procedure === undefined) {
    return (
      <Notice kind="error" title="この手続はありません">
        <GoTo to="/counter">受付へ戻る</GoTo>
      </Notice>
    );
  }
  const { person } = household.data;
  return (
    <PersonContext value={person.addresseeNumber}>
      <PageTitle>
        {procedure.name}
        <span className="ml-3 text-[1rem] font-400">
          {procedure.form ?? "市の様式"}・{procedure.rule}
        </span>
      </PageTitle>
      <PersonHead addresseeNumber={person.addresseeNumber} />
      <Editing />
      <details className="mb-3">
        <summary className="min-h-6">
          <strong>{person.name}</strong>（{person.kana}）の世帯 {household.data.household.length + 1}人
        </summary>
        <Section title="住民基本台帳の世帯">
          <Household people={[person, ...household.data.household]} />
        </Section>
      </details>
      <FilingEntry key={`${code}/${addresseeNumber}`} procedure={procedure} household={household.data} />
    </PersonContext>
  );
}

/** From the page of a resident: the person is open, only the procedure is to be chosen. */
export function PersonCounterPage(): ReactElement {
  const { addresseeNumber = "" } = useParams({ strict: false });
  const procedures = useRead("listProcedures", {});
  return (
    <>
      <PageTitle>手続を選ぶ</PageTitle>
      <PersonHead addresseeNumber={Number(addresseeNumber)} />
      <ProblemNotice problem={procedures.error} />
      <ul className="list-disc pl-6">
        {(procedures.data?.procedures ?? []).map(({ code, name, form }) => (
          <li key={code} className="py-1">
            <GoTo to={`/counter/${addresseeNumber}/${code}`}>{form === null ? name : `${name}（${form}）`}</GoTo>
          </li>
        ))}
      </ul>
    </>
  );
}
