/** A person without a certification: the household, what it has to do with other cases, and the way to the counter. */
import { relationText } from "@hagukumi/platform/text/relation.ts";
import { useParams } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { useRead } from "../../api/hooks.ts";
import type { OperationAnswer } from "../../api/call.ts";
import { useMay } from "../../session/session-context.ts";
import { ProtectedAddress } from "../protection/ProtectedAddress.tsx";
import { ProtectionIntake } from "../protection/ProtectionIntake.tsx";
import { Badge } from "../../ui/Badge.tsx";
import { DateText } from "../../ui/Dates.tsx";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { GoTo, Loading, PageTitle, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { certificationText } from "../../ui/format.ts";
import { IndividualNumberPanel } from "../numbers/IndividualNumberPanel.tsx";
import { PersonHead } from "../person/PersonHead.tsx";
import { RegisterFacts } from "../person/RegisterEntry.tsx";

type Resident = OperationAnswer<"readPerson">["person"];
const STATES: Readonly<Record<number, string>> = { 1: "住民", 2: "転出", 3: "死亡", 9: "消除" };

export function Household({ people }: { readonly people: readonly Resident[] }): ReactElement {
  return (
    <Table
      caption="世帯の人"
      captionHidden
      rows={people}
      rowKey={({ addresseeNumber }) => addresseeNumber}
      columns={[
        {
          key: "name",
          head: "氏名",
          rowHead: true,
          cell: ({ name, protected: hidden }) => (
            <>
              <strong>{name}</strong> {hidden ? <Badge kind="strong">⚠ 支援措置</Badge> : null}
            </>
          ),
        },
        { key: "kana", head: "カナ", cell: ({ kana }) => kana },
        {
          key: "birth",
          head: "生年月日",
          cell: ({ birthDate }) => <DateText date={birthDate} />,
        },
        { key: "relation", head: "続柄", cell: ({ relationCode }) => relationText(relationCode) },
        {
          key: "state",
          head: "住民",
          cell: ({ residentState }) => (residentState === null ? "－" : (STATES[residentState] ?? residentState)),
        },
        { key: "ward", head: "区", cell: ({ wardName }) => wardName },
        {
          key: "address",
          head: "住所",
          cell: ({ address, protected: hidden }) => (hidden ? "（表示しません）" : (address ?? "－")),
        },
        {
          key: "recipient",
          head: "認定番号",
          cell: ({ recipientIds }) =>
            recipientIds.length === 0
              ? "－"
              : recipientIds.map((id) => (
                  <GoTo key={id} to={`/cases/${String(id)}`}>
                    {certificationText(id)}
                  </GoTo>
                )),
        },
      ]}
    />
  );
}

export function PersonPage(): ReactElement {
  const { addresseeNumber = "" } = useParams({ strict: false });
  const mayReceive = useMay("claim.receive");
  const found = useRead("readPerson", { path: { addresseeNumber } });
  if (found.data === undefined) {
    return (
      <>
        <PageTitle>宛名番号 {addresseeNumber.padStart(15, "0")}</PageTitle>
        {found.isPending ? <Loading /> : <ProblemNotice problem={found.error} />}
        <GoTo to="/search">検索へ</GoTo>
      </>
    );
  }
  const { person, household } = found.data;
  return (
    <>
      <PageTitle>
        {person.name} <span className="text-[1rem] font-400">{person.kana}</span>
      </PageTitle>
      {person.protected ? <ProtectedAddress addresseeNumber={person.addresseeNumber} /> : null}
      {person.protected ? null : <ProtectionIntake addresseeNumber={person.addresseeNumber} />}
      <PersonHead addresseeNumber={person.addresseeNumber} />
      <p className="mb-3">この人には、児童手当の認定がありません。</p>
      {mayReceive ? (
        <p className="mb-3">
          <GoTo to={`/counter/${addresseeNumber}`}>この人の請求・届出を受け付ける</GoTo>
        </p>
      ) : null}
      <Section title="住民基本台帳の記載">
        <RegisterFacts page={found.data} />
      </Section>
      <IndividualNumberPanel addresseeNumber={person.addresseeNumber} />
      <Section title="世帯">
        <Household people={[person, ...household]} />
      </Section>
    </>
  );
}
