/** 7月分と8月分の違い: one by one, with the amounts on both sides and what explains them. */
import { useState } from "react";
import type { ReactElement } from "react";

import { useCommand, useRead } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { yen } from "../../ui/format.ts";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { Loading, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { Certification } from "../person/Certification.tsx";
import { ReasonDialog } from "../filings/ReasonDialog.tsx";

export function Differences({ year }: { readonly year: number }): ReactElement {
  const { data, error } = useRead("listReviewDifferences", { path: { year: String(year) } });
  const mayExamine = useMay("claim.examine");
  const mayApprove = useMay("claim.approve");
  const [clearing, setClearing] = useState<number>();
  const clear = useCommand("clearReviewDifference", { onDone: () => setClearing(undefined) });
  const row = data?.rows.find(({ differenceId }) => differenceId === clearing);
  return (
    <Section title="7月分と8月分の違い">
      <p className="mb-2">
        年度の切替えは、決定も支払も変えません。ここに出るものは、事実・決定の変化か、まだ決定していない変化です。確かめるまで、その人の支払予定は作られません。
      </p>
      <ProblemNotice problem={error} />
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : (
        <Table
          caption={`7月分と8月分の違い（まだ確かめていないもの ${String(data.open)}件を先に。担当の外 ${String(data.others)}件）`}
          rows={data.rows.toSorted((a, b) => Number(a.cleared) - Number(b.cleared))}
          rowKey={({ differenceId }) => differenceId}
          pageSize={20}
          textOf={({ recipientId, kinds, cleared }) =>
            `${String(recipientId)} ${kinds.join(" ")} ${cleared ? "確かめた" : "まだ"}`
          }
          columns={[
            {
              key: "recipient",
              head: "認定番号",
              rowHead: true,
              cell: ({ recipientId }) => <Certification number={recipientId} />,
            },
            { key: "kinds", head: "違い", cell: ({ kinds }) => kinds.join("、") },
            { key: "july", head: "7月分", numeric: true, cell: ({ july }) => yen(july) },
            { key: "august", head: "8月分", numeric: true, cell: ({ august }) => yen(august) },
            {
              key: "move",
              head: "差",
              numeric: true,
              cell: ({ july, august }) =>
                `${august > july ? "＋" : august < july ? "－" : ""}${yen(Math.abs(august - july))}`,
              sortBy: ({ july, august }) => august - july,
            },
            {
              key: "decided",
              head: "8月分からの決定",
              cell: ({ decisions }) => (decisions.length === 0 ? "なし" : `${String(decisions.length)}件`),
            },
            {
              key: "state",
              head: "確認",
              cell: ({ cleared, clearedBy, reason, differenceId }) =>
                cleared ? (
                  <>
                    <Badge kind="good">確かめた</Badge> {clearedBy}（{reason}）
                  </>
                ) : mayExamine || mayApprove ? (
                  <Button size="small" onClick={() => setClearing(differenceId)}>
                    確かめた
                  </Button>
                ) : (
                  <Badge kind="warning">まだ</Badge>
                ),
            },
          ]}
        />
      )}
      {row === undefined ? null : (
        <ReasonDialog
          title={`違いの確認（認定番号 ${String(row.recipientId)}）`}
          action="確かめたことを記録する"
          intro={
            <p>
              {row.kinds.join("、")}。7月分 {yen(row.july)} → 8月分 {yen(row.august)}
              。何を見て、どう確かめたかを書いてください。
            </p>
          }
          pending={clear.pending}
          problem={clear.problem}
          onClose={() => setClearing(undefined)}
          onSend={(reason) => void clear.run({ path: { differenceId: String(row.differenceId) }, body: { reason } })}
        />
      )}
    </Section>
  );
}
