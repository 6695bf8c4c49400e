/** 住民基本台帳の記載: 4情報 of the person as registered, since when, and up to which day the register has been taken in. */
import { useState } from "react";
import type { ReactElement } from "react";

import { useRead } from "../../api/hooks.ts";
import type { OperationAnswer } from "../../api/call.ts";
import { DateText } from "../../ui/Dates.tsx";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { Facts, Loading, Section } from "../../ui/Page.tsx";

type Page = OperationAnswer<"readPerson">;
const SEXES: Readonly<Record<number, string>> = { 0: "不明", 1: "男", 2: "女", 9: "適用なし" };
const STATES: Readonly<Record<number, string>> = { 1: "住民", 2: "転出", 3: "死亡", 9: "消除" };
const day = (text: string | null): ReactElement | string => (text === null ? "不明" : <DateText date={text} />);

/** The facts of one person; also on the page of a resident without a certification. */
export function RegisterFacts({ page }: { readonly page: Page }): ReactElement {
  const { person, registerAsOf } = page;
  return (
    <>
      <Facts
        facts={[
          { name: "氏名", value: person.name },
          { name: "カナ", value: person.kana },
          { name: "生年月日", value: day(person.birthDate) },
          { name: "性別", value: person.sex === null ? "－" : (SEXES[person.sex] ?? String(person.sex)) },
          { name: "住所", value: person.protected ? "（表示しません）" : (person.address ?? "－") },
          {
            name: "住民の状態",
            value:
              person.residentState === null ? "－" : (STATES[person.residentState] ?? String(person.residentState)),
          },
          { name: "この記載の異動日", value: person.residentState === null ? "－" : day(person.since) },
          { name: "台帳に載せた日", value: day(person.registeredOn) },
        ]}
      />
      <p className="mb-3 text-[0.875rem] text-solid-gray-700">
        {person.residentState === null ? (
          "法人・施設等の台帳の記載です。"
        ) : registerAsOf === null ? (
          "住民基本台帳の連携は、初めの移行の分だけです。"
        ) : (
          <>
            住民基本台帳は <DateText date={registerAsOf} /> の分まで取り込んでいます。
          </>
        )}
      </p>
    </>
  );
}

/** Read when it is asked for: most work on a case needs no address. */
export function RegisterEntry({ addresseeNumber }: { readonly addresseeNumber: number }): ReactElement {
  const [wanted, setWanted] = useState(false);
  const found = useRead("readPerson", { path: { addresseeNumber: String(addresseeNumber) } }, { enabled: wanted });
  return (
    <Section title="住民基本台帳の記載">
      <details onToggle={(event) => setWanted(event.currentTarget.open)}>
        <summary className="min-h-9 py-1 text-key-1000 underline underline-offset-4">
          本人の4情報と、いつの記載かを見る
        </summary>
        <ProblemNotice problem={found.error} />
        {found.data !== undefined ? (
          <RegisterFacts page={found.data} />
        ) : wanted && found.isPending ? (
          <Loading what="記載を" />
        ) : null}
      </details>
    </Section>
  );
}
