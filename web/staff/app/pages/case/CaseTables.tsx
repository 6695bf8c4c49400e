/** The tables below the months: 決定, 支払と台帳, 口座, 経過. */
import type { ReactElement } from "react";

import { useRead } from "../../api/hooks.ts";
import { DateText, MomentText, MonthText } from "../../ui/Dates.tsx";
import { yen } from "../../ui/format.ts";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { GoTo, Loading, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { type Case, moneyLooks } from "./money.ts";

export function Decisions({ data }: { readonly data: Case }): ReactElement {
  return (
    <Section title="決定">
      <Table
        caption="決定の一覧"
        captionHidden
        rows={data.decisions}
        rowKey={({ seq }) => seq}
        empty="まだ決定がありません。"
        columns={[
          { key: "seq", head: "番号", cell: ({ seq }) => seq, numeric: true },
          { key: "kind", head: "決定", rowHead: true, cell: ({ kindName }) => <strong>{kindName}</strong> },
          { key: "month", head: "この月分から", cell: ({ effectiveMonth }) => <MonthText month={effectiveMonth} /> },
          {
            key: "total",
            head: "月額",
            numeric: true,
            cell: ({ monthlyTotal }) => (monthlyTotal === null ? "－" : yen(monthlyTotal)),
          },
          {
            key: "cause",
            head: "事由",
            cell: ({ causeName, exOfficio }) => (exOfficio ? `${causeName}（職権）` : causeName),
          },
          { key: "on", head: "決定日", cell: ({ decidedOn }) => <DateText date={decidedOn} /> },
          { key: "by", head: "審査 → 決裁", cell: ({ examinedBy, approvedBy }) => `${examinedBy} → ${approvedBy}` },
          {
            key: "claim",
            head: "受付番号",
            cell: ({ receptionNumber }) => <span className="whitespace-nowrap">{receptionNumber ?? "－"}</span>,
          },
        ]}
      />
    </Section>
  );
}

type LedgerRow = {
  readonly key: string;
  readonly month: string;
  readonly name: string;
  readonly part: Case["months"][number]["parts"][number];
};

export function Ledger({ data, mayOpenRuns }: { readonly data: Case; readonly mayOpenRuns: boolean }): ReactElement {
  const names = new Map(data.children.map(({ addresseeNumber, name }) => [addresseeNumber, name]));
  const rows = data.months.flatMap(({ month, parts }) =>
    parts.map((part, index): LedgerRow => ({
      key: `${month}/${String(index)}`,
      month,
      part,
      name: names.get(part.childNumber) ?? "（最後の決定では対象でない児童）",
    })),
  );
  return (
    <Section title="支払と台帳">
      <Table
        caption="月分・児童ごとの額とお金の状態"
        captionHidden
        rows={rows}
        rowKey={({ key }) => key}
        empty="台帳に立っている額はまだありません。"
        columns={[
          {
            key: "month",
            head: "月分",
            rowHead: true,
            cell: ({ month }) => <MonthText month={month} />,
            sortBy: ({ month }) => month,
          },
          { key: "child", head: "児童", cell: ({ name }) => name, sortBy: ({ name }) => name },
          {
            key: "amount",
            head: "額",
            numeric: true,
            cell: ({ part }) => yen(part.amount),
            sortBy: ({ part }) => part.amount,
            total: yen(rows.reduce((sum, { part }) => sum + part.amount, 0)),
          },
          {
            key: "state",
            head: "状態",
            cell: ({ part }) => (
              <span>
                <span aria-hidden="true">{moneyLooks[part.state].sign}</span> {part.stateName}
              </span>
            ),
            sortBy: ({ part }) => part.stateName,
          },
          {
            key: "run",
            head: "支払処理",
            cell: ({ part }) =>
              part.runNo === null ? (
                "－"
              ) : mayOpenRuns ? (
                <GoTo to={`/runs/${String(part.runNo)}`}>第{part.runNo}号</GoTo>
              ) : (
                `第${String(part.runNo)}号`
              ),
          },
          {
            key: "day",
            head: "支払日",
            cell: ({ part }) => (part.payOn === null ? "－" : <DateText date={part.payOn} />),
          },
        ]}
      />
    </Section>
  );
}

export function History({ recipientId }: { readonly recipientId: number }): ReactElement {
  const history = useRead("readCaseHistory", { path: { recipientId: String(recipientId) } });
  return (
    <Section title="経過">
      <ProblemNotice problem={history.error} />
      {history.data === undefined ? (
        history.error === null ? (
          <Loading what="経過を" />
        ) : null
      ) : (
        <Table
          caption="だれが・いつ・何を（新しい順）"
          captionHidden
          rows={history.data.events}
          rowKey={({ eventId }) => eventId}
          empty="一件ずつの処理はまだありません。まとめて行った決定と支払は、上の表にあります。"
          columns={[
            { key: "at", head: "日時", cell: ({ recordedAt }) => <MomentText at={recordedAt} /> },
            { key: "what", head: "処理", rowHead: true, cell: ({ actionName }) => actionName },
            { key: "who", head: "職員", cell: ({ actor }) => actor },
            { key: "why", head: "処理事由", cell: ({ purpose }) => purpose },
            { key: "object", head: "対象", cell: ({ objectId }) => objectId },
          ]}
        />
      )}
    </Section>
  );
}
