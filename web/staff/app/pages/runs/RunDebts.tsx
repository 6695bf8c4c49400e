/** 返納の残りがある受給者 (A115): seen before the run is approved, with what the run takes and what it transfers all the same. */
import type { ReactElement } from "react";

import { useRead } from "../../api/hooks.ts";
import { Badge } from "../../ui/Badge.tsx";
import { count, yen } from "../../ui/format.ts";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { Certification } from "../person/Certification.tsx";

export function RunDebts({ runNo }: { readonly runNo: number }): ReactElement {
  const { data, error } = useRead("listRunDebts", { path: { runNo: String(runNo) } });
  return (
    <Section title="返納の残りがある受給者">
      <ProblemNotice problem={error} />
      {data === undefined ? null : data.people.length === 0 ? (
        <p>この支払に、返納の残りがある受給者はいません。</p>
      ) : (
        <>
          <p className="mb-2">
            {count(data.people.length)}
            人。内払の計画のない人には、全額を支払います。差し引くには、支払処理を作る前に「債権」で計画を決めます。
          </p>
          <Table
            caption="返納の残りがある受給者"
            captionHidden
            rows={data.people}
            rowKey={({ recipientId }) => recipientId}
            columns={[
              {
                key: "recipient",
                head: "認定番号",
                rowHead: true,
                cell: ({ recipientId }) => <Certification number={recipientId} />,
              },
              {
                key: "left",
                head: "返納の残り",
                numeric: true,
                cell: ({ outstanding }) => yen(outstanding),
                sortBy: ({ outstanding }) => outstanding,
                total: yen(data.people.reduce((all, { outstanding }) => all + outstanding, 0)),
              },
              { key: "claims", head: "債権", numeric: true, cell: ({ claims }) => `${count(claims)}件` },
              {
                key: "taken",
                head: "この支払で差し引く額",
                numeric: true,
                cell: ({ taken }) => yen(taken),
                total: yen(data.people.reduce((all, { taken }) => all + taken, 0)),
              },
              {
                key: "paid",
                head: "振り込む額",
                numeric: true,
                cell: ({ paid }) => yen(paid),
                total: yen(data.people.reduce((all, { paid }) => all + paid, 0)),
              },
              {
                key: "plan",
                head: "内払の計画",
                cell: ({ offset }) => (offset ? "あり" : <Badge kind="warning">なし</Badge>),
              },
            ]}
          />
        </>
      )}
    </Section>
  );
}
