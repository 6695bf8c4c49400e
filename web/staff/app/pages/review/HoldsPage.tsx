/** 差止と時効: what should have been released, and what is about to be lost. Both end at zero. */
import { useState } from "react";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useRead } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateText, MonthText } from "../../ui/Dates.tsx";
import { certificationText, yen } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Loading, PageTitle, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { LimitationDialog } from "./LimitationDialog.tsx";
import { Certification } from "../person/Certification.tsx";

type Limit = OperationAnswer<"listWaitingHolds">["limitations"][number];

const WHY = { held: "差止・保留", noAccount: "口座なし", other: "支払に入っていない" } as const;

export function HoldsPage(): ReactElement {
  const { data, error } = useRead("listWaitingHolds", {});
  const mayPropose = useMay("decision.exOfficio");
  const [asked, setAsked] = useState<Limit>();
  const [done, setDone] = useState("");
  if (data === undefined) {
    return (
      <>
        <PageTitle>差止と時効</PageTitle>
        <ProblemNotice problem={error} />
        {error === null ? <Loading /> : null}
      </>
    );
  }
  const nothing = data.holds.length + data.limitations.length + data.expired.length === 0;
  return (
    <>
      <PageTitle>差止と時効</PageTitle>
      {nothing ? <Notice kind="success" title="残っているものはありません" /> : null}
      {done === "" ? null : <Notice kind="success" title={done} live />}
      {asked === undefined ? null : (
        <LimitationDialog
          recipientId={asked.recipientId}
          fromMonth={asked.fromMonth}
          onDone={(message) => {
            setAsked(undefined);
            setDone(message);
          }}
          onClose={() => setAsked(undefined)}
        />
      )}
      {data.others > 0 ? <p className="mb-2">担当の外に {data.others}件あります。</p> : null}
      <Section title="事由がなくなったのに残っている差止">
        <Table
          caption="事由がなくなった差止・保留（古い順）"
          captionHidden
          rows={data.holds}
          rowKey={({ holdId }) => holdId}
          columns={[
            {
              key: "recipient",
              head: "認定番号",
              rowHead: true,
              cell: ({ recipientId }) => <Certification number={recipientId} />,
            },
            {
              key: "gone",
              head: "なくなった事由",
              cell: ({ gone, goneOn }) => (
                <>
                  {gone}（<DateText date={goneOn} />）
                </>
              ),
            },
            { key: "cause", head: "差止の理由", cell: ({ cause }) => cause },
            { key: "from", head: "この月分から", cell: ({ fromMonth }) => <MonthText month={fromMonth} /> },
            {
              key: "amount",
              head: "待っている額",
              numeric: true,
              cell: ({ amount }) => yen(amount),
              sortBy: ({ amount }) => amount,
            },
          ]}
        />
      </Section>
      <Section title="時効が近い月分">
        <p className="mb-2">
          支払を受ける権利は、支払期月の翌月の初日から2年で時効になります（児童手当法23条）。12か月・18か月・23か月を過ぎたところで、ここに出ます。
        </p>
        <Table
          caption="時効が近い月分（失う日の近い順）"
          captionHidden
          rows={data.limitations}
          rowKey={({ recipientId, stage }) => `${String(recipientId)}/${stage}`}
          columns={[
            {
              key: "recipient",
              head: "認定番号",
              rowHead: true,
              cell: ({ recipientId }) => <Certification number={recipientId} />,
            },
            {
              key: "stage",
              head: "段階",
              cell: ({ stage, stageName }) => (
                <Badge kind={stage === "past" || stage === "23" ? "danger" : "warning"}>{stageName}</Badge>
              ),
            },
            { key: "from", head: "最初の月分", cell: ({ fromMonth }) => <MonthText month={fromMonth} /> },
            { key: "months", head: "月数", numeric: true, cell: ({ months }) => months },
            {
              key: "amount",
              head: "額",
              numeric: true,
              cell: ({ amount }) => yen(amount),
              sortBy: ({ amount }) => amount,
            },
            {
              key: "lost",
              head: "失う日",
              cell: ({ lostOn }) => <DateText date={lostOn} />,
              sortBy: ({ lostOn }) => lostOn,
            },
            { key: "why", head: "支払っていない理由", cell: ({ why }) => WHY[why] },
            ...(mayPropose
              ? [
                  {
                    key: "act",
                    head: "操作",
                    cell: (row: Limit) => (
                      <Button
                        size="small"
                        aria-label={`出来事を記録する: ${certificationText(row.recipientId)} ${row.stageName}`}
                        onClick={() => setAsked(row)}
                      >
                        出来事を記録する
                      </Button>
                    ),
                  },
                ]
              : []),
          ]}
        />
      </Section>
      <Section title="届いていたのに時効とした月分">
        <Table
          caption="現況届が時効の前に届いていたのに、消滅と決めた月分"
          captionHidden
          rows={data.expired}
          rowKey={({ recipientId, fromMonth }) => `${String(recipientId)}/${fromMonth}`}
          columns={[
            {
              key: "recipient",
              head: "認定番号",
              rowHead: true,
              cell: ({ recipientId }) => <Certification number={recipientId} />,
            },
            {
              key: "months",
              head: "月分",
              cell: ({ fromMonth, toMonth }) => (
                <>
                  <MonthText month={fromMonth} />〜<MonthText month={toMonth} />
                </>
              ),
            },
            { key: "amount", head: "額", numeric: true, cell: ({ amount }) => yen(amount) },
            { key: "reception", head: "受付番号", cell: ({ receptionNumber }) => receptionNumber },
          ]}
        />
      </Section>
    </>
  );
}
