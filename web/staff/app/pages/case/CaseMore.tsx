/** Parts of the case page that are read by themselves: what was filed, the household, the case on another day. */
import { useState } from "react";
import type { ReactElement } from "react";

import { useRead } from "../../api/hooks.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateInput, DateText, MonthText } from "../../ui/Dates.tsx";
import { certificationText, yen } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { GoTo, Loading, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";

const pathOf = (recipientId: number): { readonly recipientId: string } => ({ recipientId: String(recipientId) });

export function Filings({ recipientId }: { readonly recipientId: number }): ReactElement {
  const found = useRead("readCaseFilings", { path: pathOf(recipientId) });
  return (
    <Section title="請求・届出">
      <ProblemNotice problem={found.error} />
      {found.data === undefined ? (
        found.isPending ? (
          <Loading what="請求・届出を" />
        ) : null
      ) : (
        <Table
          caption="請求・届出（新しい順）"
          captionHidden
          rows={found.data.filings}
          rowKey={({ receptionNumber }) => receptionNumber}
          columns={[
            {
              key: "number",
              head: "受付番号",
              rowHead: true,
              cell: ({ filingId, receptionNumber }) =>
                filingId === null ? (
                  <span className="tabular-nums">{receptionNumber}</span>
                ) : (
                  <GoTo to={`/filings/${String(filingId)}`}>{receptionNumber}</GoTo>
                ),
            },
            { key: "name", head: "手続", cell: ({ name }) => name },
            { key: "on", head: "受付日", cell: ({ receivedOn }) => <DateText date={receivedOn} /> },
            { key: "state", head: "状態", cell: ({ stateName }) => stateName },
          ]}
        />
      )}
    </Section>
  );
}

const BECAUSE = { household: "同じ世帯", child: "同じ児童" } as const;

export function HouseholdPart({ recipientId }: { readonly recipientId: number }): ReactElement {
  const found = useRead("readHousehold", { path: pathOf(recipientId) });
  const people = [
    ...(found.data?.spouses ?? []).map((each) => ({ ...each, part: "配偶者" })),
    ...(found.data?.children ?? []).map((each) => ({ ...each, part: "児童" })),
    ...(found.data?.countedSiblings ?? []).map((each) => ({ ...each, part: "算定対象の兄姉等" })),
  ].map((each, index) => ({ ...each, key: index }));
  const names = new Map(people.map(({ addresseeNumber, name }) => [addresseeNumber, name]));
  return (
    <Section title="世帯と、ほかの受給者">
      <ProblemNotice problem={found.error} />
      {found.data === undefined ? (
        found.isPending ? (
          <Loading what="世帯を" />
        ) : null
      ) : (
        <>
          <Table
            caption="家族"
            rows={people}
            rowKey={({ key }) => key}
            empty="配偶者・児童の記載がありません。"
            columns={[
              { key: "part", head: "立場", cell: ({ part }) => part },
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
              {
                key: "birth",
                head: "生年月日",
                cell: ({ birthDate }) => (birthDate === null ? "－" : <DateText date={birthDate} />),
              },
              { key: "same", head: "住民票の世帯", cell: ({ sameHousehold }) => (sameHousehold ? "同じ" : "別") },
            ]}
          />
          {found.data.others.some(({ active, because }) => active && because.includes("child")) ? (
            <Notice kind="warning" title="同じ児童を対象とする受給者がほかにいます">
              二重に支給していないか、確かめてください。
            </Notice>
          ) : null}
          <Table
            caption="同じ世帯・同じ児童のほかの受給者"
            rows={found.data.others}
            rowKey={({ recipientId: id }) => id}
            columns={[
              {
                key: "id",
                head: "認定番号",
                rowHead: true,
                cell: ({ recipientId: id }) => <GoTo to={`/cases/${String(id)}`}>{certificationText(id)}</GoTo>,
              },
              { key: "name", head: "氏名", cell: ({ name }) => name },
              { key: "because", head: "理由", cell: ({ because }) => because.map((each) => BECAUSE[each]).join("・") },
              {
                key: "shared",
                head: "共通の児童",
                cell: ({ sharedChildren }) =>
                  sharedChildren.length === 0
                    ? "－"
                    : sharedChildren.map((each) => names.get(each) ?? "（表示できない児童）").join("、"),
              },
              { key: "active", head: "いま", cell: ({ active }) => (active ? "受給中" : "消滅") },
            ]}
          />
        </>
      )}
    </Section>
  );
}

function OnDay({
  recipientId,
  validOn,
  knownOn,
}: {
  readonly recipientId: number;
  readonly validOn: string;
  readonly knownOn: string;
}): ReactElement {
  const found = useRead("readCaseOn", { path: pathOf(recipientId), query: { validOn, knownOn } });
  if (found.data === undefined)
    return found.isPending ? <Loading what="その日の事案を" /> : <ProblemNotice problem={found.error} />;
  const { person, children, decisions, accounts, monthlyTotal } = found.data;
  return (
    <>
      <p className="mb-2">
        <DateText date={validOn} />
        の事案を、
        <DateText date={knownOn} />
        までに知っていたとおりに示しています。受給者 <strong>{person?.name ?? "（まだ知らない）"}</strong>、児童{" "}
        {children.length === 0
          ? "なし"
          : children.map((child) => child.person?.name ?? "（表示できない児童）").join("、")}
        、月額 <strong>{monthlyTotal === null ? "なし" : yen(monthlyTotal)}</strong>
      </p>
      <Table
        caption="知っていた決定"
        rows={decisions}
        rowKey={({ decisionId }) => decisionId}
        columns={[
          {
            key: "force",
            head: "その日",
            cell: ({ inForce, stands }) =>
              inForce ? <Badge kind="key">効いている</Badge> : stands ? "－" : <Badge>訂正された</Badge>,
          },
          { key: "kind", head: "決定", rowHead: true, cell: ({ kindName }) => kindName },
          { key: "month", head: "この月分から", cell: ({ effectiveMonth }) => <MonthText month={effectiveMonth} /> },
          {
            key: "total",
            head: "月額",
            numeric: true,
            cell: ({ monthlyTotal: total }) => (total === null ? "－" : yen(total)),
          },
          { key: "cause", head: "事由", cell: ({ causeName }) => causeName },
          { key: "on", head: "決定日", cell: ({ decidedOn }) => <DateText date={decidedOn} /> },
        ]}
      />
      <Table
        caption="知っていた口座"
        rows={accounts}
        rowKey={({ accountId }) => accountId}
        columns={[
          { key: "use", head: "その日", cell: ({ inUse }) => (inUse ? <Badge kind="key">使用中</Badge> : "－") },
          { key: "bank", head: "金融機関", rowHead: true, cell: ({ bank, branch }) => `${bank}-${branch}` },
          { key: "number", head: "番号", cell: ({ maskedNumber }) => maskedNumber },
          { key: "holder", head: "名義", cell: ({ holder }) => holder },
        ]}
      />
    </>
  );
}

/** 時間をさかのぼる: the case as it stood on one day, as it was known on another. */
export function TimeTravel({
  recipientId,
  today,
}: {
  readonly recipientId: number;
  readonly today: string;
}): ReactElement {
  const [validOn, setValidOn] = useState(today);
  const [knownOn, setKnownOn] = useState(today);
  const [shown, setShown] = useState<{ readonly validOn: string; readonly knownOn: string }>();
  return (
    <Section title="時間をさかのぼる">
      <div className="flex flex-wrap items-end gap-x-6">
        <DateInput label="この日の事案" value={validOn} onChange={setValidOn} />
        <DateInput label="この日までに知っていたこと" value={knownOn} onChange={setKnownOn} />
        <div className="mb-4">
          <Button disabled={validOn === "" || knownOn === ""} onClick={() => setShown({ validOn, knownOn })}>
            見る
          </Button>
        </div>
      </div>
      {shown === undefined ? null : <OnDay recipientId={recipientId} {...shown} />}
    </Section>
  );
}
