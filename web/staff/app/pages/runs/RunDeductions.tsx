/** 差引: what is taken out before the transfer, by kind and creditor, and the list for those to whom it goes. */
import type { ReactElement } from "react";

import { useDownload } from "../../api/download.ts";
import { useMay } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { count, yen } from "../../ui/format.ts";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import type { RunView } from "./RunPage.tsx";

export function RunDeductions({ view }: { readonly view: RunView }): ReactElement | null {
  const may = useMay("payment.create");
  const download = useDownload("takeRemittanceList");
  const { deductions, run } = view;
  if (deductions.length === 0) return null;
  const taken = deductions.reduce((sum, { amount }) => sum + amount, 0);
  return (
    <Section title="差引">
      <p className="mb-2">
        支払うべき額 {yen(run.total + taken)} から {yen(taken)} を差し引き、{yen(run.total)} を振り込みます。順番は
        内払、特別徴収、申出徴収、寄附で、残りが0円を下回ることはありません。
      </p>
      <Table
        caption="差引の内訳"
        rows={deductions}
        rowKey={(row) => `${row.kind}/${String(row.creditorId)}`}
        columns={[
          { key: "kind", head: "種類", rowHead: true, cell: (row) => row.label },
          {
            key: "creditor",
            head: "納める先",
            cell: (row) => (row.creditorId === null ? "市" : `${String(row.creditorId)} ${row.creditorName ?? ""}`),
          },
          {
            key: "people",
            head: "受給者",
            numeric: true,
            cell: (row) => count(row.recipients),
            sortBy: (row) => row.recipients,
          },
          {
            key: "amount",
            head: "差し引いた額",
            numeric: true,
            cell: (row) => yen(row.amount),
            sortBy: (row) => row.amount,
            total: yen(taken),
          },
          {
            key: "short",
            head: "足りなかった額",
            numeric: true,
            cell: (row) => yen(row.short),
            sortBy: (row) => row.short,
          },
        ]}
      />
      <ProblemNotice problem={download.problem} />
      {may ? (
        <p className="mt-3">
          <Button
            pending={download.pending}
            onClick={() =>
              void download.take(
                { path: { runNo: String(run.runNo) } },
                `remittances-${String(run.runNo).padStart(4, "0")}.csv`,
              )
            }
          >
            債権者ごとの一覧（CSV）を取り出す
          </Button>
        </p>
      ) : null}
    </Section>
  );
}
