/** 受給者の1枚: family, months, decisions, ledger, accounts, history in one view. Opens only with a 処理事由. */
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useId, useState } from "react";
import type { ReactElement } from "react";

import { callOperation } from "../../api/call.ts";
import { useRead } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Loading, PageTitle, Section } from "../../ui/Page.tsx";
import { useShortcut } from "../../ui/Shortcut.tsx";
import { certificationText } from "../../ui/format.ts";
import { CaseLetters } from "./CaseLetters.tsx";
import { Filings, HouseholdPart, TimeTravel } from "./CaseMore.tsx";
import { Accounts } from "./Accounts.tsx";
import { Decisions, History, Ledger } from "./CaseTables.tsx";
import { ProtectedAddress } from "../protection/ProtectedAddress.tsx";
import { Debts } from "./Debts.tsx";
import { ProtectionIntake } from "../protection/ProtectionIntake.tsx";
import { CaseHeader } from "./CaseHeader.tsx";
import { Entries } from "./Entries.tsx";
import { ChildHolds } from "./ChildHolds.tsx";
import { Holds } from "./Holds.tsx";
import { Restrictions } from "./Restrictions.tsx";
import { FamilyStrip } from "./FamilyStrip.tsx";
import type { Case } from "./money.ts";
import { MonthReasons } from "./MonthReasons.tsx";
import { MonthStrip } from "./MonthStrip.tsx";
import { PopUpNotes } from "./PopUpNotes.tsx";
import { IndividualNumberPanel } from "../numbers/IndividualNumberPanel.tsx";
import { PersonContext } from "../person/person-context.ts";
import { RegisterEntry } from "../person/RegisterEntry.tsx";
import { OpenDialog } from "./OpenDialog.tsx";

function Legend(): ReactElement {
  return (
    <p className="text-[0.8125rem] text-solid-gray-700">
      ● 支払済　◎ 支払予定　◐ 処理中　○ 未払　■ 差止　✕ 振込不能　… 計上前　← → で月を選び、下に「なぜ」が出ます
    </p>
  );
}

function Loaded({
  data,
  mayOpenRuns,
  onReopen,
  onLeave,
}: {
  readonly data: Case;
  readonly mayOpenRuns: boolean;
  readonly onReopen: () => void;
  readonly onLeave: () => void;
}): ReactElement {
  const panelId = useId();
  const months = data.months.toReversed();
  const [selected, setSelected] = useState(() => data.months[0]?.month ?? "");
  const month = months.find((each) => each.month === selected) ?? months.at(-1);
  const names = new Map([data.person, ...data.children].map((person) => [person.addresseeNumber, person]));
  useShortcut("Alt+W", "この事案を閉じる", onLeave);
  return (
    <PersonContext value={data.person.addresseeNumber}>
      <CaseHeader data={data} onReopen={onReopen} onLeave={onLeave} />
      <PopUpNotes recipientId={data.recipientId} today={data.today} />
      {data.person.protected ? <ProtectedAddress addresseeNumber={data.person.addresseeNumber} /> : null}
      <Debts recipientId={data.recipientId} />
      <Section title="家族">
        <FamilyStrip data={data} month={month} />
      </Section>
      <Section title="月ごとの支給と理由">
        {month === undefined ? (
          <p>まだ支給の対象になる月がありません。</p>
        ) : (
          <>
            <Legend />
            <MonthStrip months={months} selected={month.month} onSelect={setSelected} panelId={panelId} />
            <MonthReasons month={month} names={names} panelId={panelId} mayOpenRuns={mayOpenRuns} />
          </>
        )}
      </Section>
      <Decisions data={data} />
      <Filings recipientId={data.recipientId} />
      <CaseLetters recipientId={data.recipientId} />
      <Ledger data={data} mayOpenRuns={mayOpenRuns} />
      <Holds data={data} />
      <ChildHolds data={data} />
      <Restrictions data={data} />
      <Accounts data={data} />
      <RegisterEntry addresseeNumber={data.person.addresseeNumber} />
      <IndividualNumberPanel addresseeNumber={data.person.addresseeNumber} />
      <HouseholdPart recipientId={data.recipientId} />
      <Entries recipientId={data.recipientId} today={data.today} />
      {data.person.protected ? null : <ProtectionIntake addresseeNumber={data.person.addresseeNumber} />}
      <TimeTravel recipientId={data.recipientId} today={data.today} />
      <History recipientId={data.recipientId} />
    </PersonContext>
  );
}

export function CasePage(): ReactElement {
  const { recipientId: typed = "" } = useParams({ strict: false });
  const recipientId = Number(typed);
  const path = { recipientId: typed };
  const mayOpenRuns = useMay("payment.view");
  const navigate = useNavigate();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const found = useRead("readCase", { path });
  const closed = found.error?.code === "purposeNeeded";
  const leave = (): void => {
    const openingId = found.data?.opening?.openingId;
    if (openingId !== undefined)
      void callOperation("closeCase", { path: { openingId: String(openingId) } }).catch(() => undefined);
    client.removeQueries({ queryKey: ["readCase", { path }] });
    client.removeQueries({ queryKey: ["readCaseHistory", { path }] });
    void navigate({ to: "/" });
  };
  const number = certificationText(recipientId);
  return (
    <>
      {found.data !== undefined && !closed ? (
        <Loaded
          key={recipientId}
          data={found.data}
          mayOpenRuns={mayOpenRuns}
          onReopen={() => setAsking(true)}
          onLeave={leave}
        />
      ) : (
        <>
          <PageTitle>認定番号 {number}</PageTitle>
          {found.isPending ? <Loading /> : null}
          {closed ? (
            <Notice kind="info" title="処理事由を選ぶと開きます">
              <p>この事案は閉じています。開くと15分のあいだ見られます。</p>
              <div className="mt-3">
                <Button kind="primary" onClick={() => setAsking(true)}>
                  処理事由を選ぶ
                </Button>
              </div>
            </Notice>
          ) : (
            <ProblemNotice problem={found.error} />
          )}
        </>
      )}
      {asking ? (
        <OpenDialog
          target={{ kind: "recipient", number: String(recipientId) }}
          origin="case"
          who={`認定番号 ${number}`}
          onOpened={() => {
            setAsking(false);
            void found.refetch();
          }}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </>
  );
}
