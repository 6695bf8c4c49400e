/** 施設等: what each home is paid for how many children; of the state or a local government each child is paid itself. */
import type { ReactElement } from "react";

import { useDownload } from "../../api/download.ts";
import { useMay } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { count, yen } from "../../ui/format.ts";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { Certification } from "../person/Certification.tsx";
import type { RunView } from "./RunPage.tsx";

export function RunHomes({ view }: { readonly view: RunView }): ReactElement | null {
  const may = useMay("payment.create");
  const download = useDownload("takeHomeList");
  const { homes, run } = view;
  if (homes.length === 0) return null;
  const name = `homes-${String(run.runNo).padStart(4, "0")}.csv`;
  return (
    <Section title="施設等">
      <p className="mb-2">
        施設等には、児童ごとの月額（年齢だけで決まり、第3子の加算はない）の合計を払います。国・地方公共団体の設置する施設では、児童ひとりずつの口座に払います（児童手当法22条の2）。
      </p>
      <Table
        caption="この支払の施設等"
        captionHidden
        rows={homes}
        rowKey={(row) => row.recipientId}
        columns={[
          { key: "home", head: "施設の名称", rowHead: true, cell: (row) => row.home },
          { key: "recipient", head: "認定番号", cell: (row) => <Certification number={row.recipientId} /> },
          { key: "payee", head: "振込先", cell: (row) => (row.payee === "child" ? "児童の口座" : "施設の口座") },
          { key: "children", head: "児童", numeric: true, cell: (row) => `${count(row.children)}人` },
          { key: "lines", head: "明細", numeric: true, cell: (row) => `${count(row.lines)}件` },
          {
            key: "amount",
            head: "金額",
            numeric: true,
            cell: (row) => yen(row.amount),
            sortBy: (row) => row.amount,
            total: yen(homes.reduce((sum, { amount }) => sum + amount, 0)),
          },
        ]}
      />
      <ProblemNotice problem={download.problem} />
      {may ? (
        <Button
          pending={download.pending}
          onClick={() => void download.take({ path: { runNo: String(run.runNo) } }, name)}
        >
          児童の内訳を取り出す
        </Button>
      ) : null}
    </Section>
  );
}
