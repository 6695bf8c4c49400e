/** The recipients of one state, by number and ward alone: whoever needs more opens the case with a purpose. */
import { useState } from "react";
import type { ReactElement } from "react";

import { useCommand, useRead } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { DateText } from "../../ui/Dates.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Loading, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { Certification } from "../person/Certification.tsx";
import { ReasonDialog } from "../filings/ReasonDialog.tsx";
import type { Review } from "./years.ts";

type State =
  | "unjudged"
  | "unclear"
  | "notFiled"
  | "defect"
  | "undecided"
  | "difference"
  | "unscheduled"
  | "held"
  | "scheduled";
const STATES: readonly string[] = [
  "unjudged",
  "unclear",
  "notFiled",
  "defect",
  "undecided",
  "difference",
  "unscheduled",
  "held",
  "scheduled",
];
const isState = (text: string): text is State => STATES.includes(text);

/** What to do about each state, said above its list */
const NEXT: Readonly<Record<State, string>> = {
  unjudged: "一括処理「現況の判定」で判定します。",
  unclear: "理由を確かめて台帳を直すか、現況届の提出を求めます。",
  notFiled: "期限を過ぎたら督促し、なお出なければ差し止めます（一括処理）。",
  defect: "足りない書類が届いたら、受付の画面で受け取ったことを記録します。",
  undecided: "審査と決裁を進めます。",
  difference: "下の「7月分と8月分の違い」で、一件ずつ確かめます。",
  unscheduled: "一括処理「新年度の支払予定の作成」で作ります。",
  held: "現況届が届けば、その決裁と同時に解除されます。",
  scheduled: "することはありません。",
};

type Props = { readonly year: number; readonly state: string; readonly states: Review["states"] };

export function Leftovers({ year, state, states }: Props): ReactElement | null {
  const known = isState(state) ? state : "unjudged";
  const { data, error } = useRead("listReviewLeftovers", { path: { year: String(year) }, query: { state: known } });
  const mayCall = useMay("claim.examine") && known === "unclear";
  const [calling, setCalling] = useState<number>();
  const call = useCommand("callForReviewReport", { onDone: () => setCalling(undefined) });
  const name = states.find(({ code }) => code === known)?.name ?? "";
  return (
    <Section title={`一覧: ${name}`}>
      <p className="mb-2">{NEXT[known]}</p>
      <ProblemNotice problem={error} />
      {call.answer === undefined || call.problem !== undefined ? null : (
        <Notice kind="success" title={call.answer.message} live />
      )}
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : (
        <Table
          caption={`${name}の受給者（500人まで。担当の外 ${String(data.others)}人）`}
          rows={data.rows}
          rowKey={({ recipientId }) => recipientId}
          columns={[
            {
              key: "recipient",
              head: "認定番号",
              rowHead: true,
              cell: ({ recipientId }) => <Certification number={recipientId} />,
              sortBy: ({ recipientId }) => recipientId,
            },
            { key: "ward", head: "区", cell: ({ ward }) => ward, sortBy: ({ ward }) => ward },
            { key: "reasons", head: "理由", cell: ({ reasons }) => reasons.join("、") },
            {
              key: "checked",
              head: "最後に確かめた日",
              cell: ({ checkedOn }) => (checkedOn === null ? "まだ" : <DateText date={checkedOn} />),
              sortBy: ({ checkedOn }) => checkedOn ?? "",
            },
            ...(mayCall
              ? [
                  {
                    key: "call",
                    head: "操作",
                    cell: ({ recipientId }: { readonly recipientId: number }) => (
                      <Button size="small" onClick={() => setCalling(recipientId)}>
                        提出を求める
                      </Button>
                    ),
                  },
                ]
              : []),
          ]}
        />
      )}
      {calling === undefined ? null : (
        <ReasonDialog
          title={`現況届の提出を求める（認定番号 ${String(calling)}）`}
          action="提出を求める"
          intro="公簿で確かめられない受給者に、現況届を出してもらいます。次の判定で「現況届が要る」になり、様式を作れます。"
          pending={call.pending}
          problem={call.problem}
          onClose={() => setCalling(undefined)}
          onSend={(reason) =>
            void call.run({ path: { year: String(year) }, body: { recipientId: String(calling), reason } })
          }
        />
      )}
    </Section>
  );
}
