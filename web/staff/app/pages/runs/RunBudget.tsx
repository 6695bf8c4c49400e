/** 財務会計: orders by item of the budget for the city's accounting system, made by one person and approved by another. */
import { useState } from "react";
import type { ReactElement } from "react";

import { useDownload } from "../../api/download.ts";
import { useCommand } from "../../api/hooks.ts";
import { useMay, useSession } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { count, yen } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Facts, Section } from "../../ui/Page.tsx";
import type { RunView } from "./RunPage.tsx";

const ORDERED: readonly RunView["run"]["state"][] = [
  "frozen",
  "handingOver",
  "unknown",
  "handedOver",
  "settled",
  "closed",
];

export function RunBudget({ view }: { readonly view: RunView }): ReactElement | null {
  const [said, setSaid] = useState<string>();
  const { session } = useSession();
  const may = { make: useMay("payment.create"), approve: useMay("payment.approve") };
  const onDone = ({ message }: { readonly message: string }): void => setSaid(message);
  const make = useCommand("makeRunBudgetOrder", { onDone });
  const approve = useCommand("approveRunBudgetOrder", { onDone });
  const file = useDownload("takeBudgetOrder");
  const { budgetOrder: order, run } = view;
  if (!ORDERED.includes(run.state)) return null;
  const path = { runNo: String(run.runNo) };
  return (
    <Section title="財務会計">
      {said === undefined ? null : <Notice kind="success" title={said} live />}
      <ProblemNotice problem={make.problem ?? approve.problem ?? file.problem} />
      {order === null ? (
        <p className="mb-3">支出負担行為・支出命令のデータは、まだ作っていません。</p>
      ) : (
        <>
          <Facts
            facts={[
              { name: "予算科目", value: `${count(order.items)}件` },
              { name: "支出命令", value: yen(order.gross) },
              { name: "控除（徴収・寄附）", value: yen(order.withheld) },
              { name: "差引支払額", value: yen(order.net) },
              { name: "作成", value: order.madeBy },
              { name: "承認", value: order.approvedBy ?? "まだ" },
            ]}
          />
          <p className="mb-3">
            支出命令 {yen(order.gross)} − 控除 {yen(order.withheld)} ＝ {yen(order.net)}。支払処理の合計{" "}
            {yen(run.total)} と同じでなければ作れません。
          </p>
        </>
      )}
      {order === null && may.make ? (
        <Button pending={make.pending} onClick={() => void make.run({ path })}>
          支出命令のデータを作る
        </Button>
      ) : null}
      {order !== null && order.approvedBy === null && may.approve ? (
        order.madeBy === session.staffId ? (
          <p>ほかの人が承認します。</p>
        ) : (
          <Button
            kind="primary"
            pending={approve.pending}
            onClick={() => void approve.run({ path, body: { sha256: order.sha256 } })}
          >
            支出命令を承認する
          </Button>
        )
      ) : null}
      {order !== null && order.approvedBy !== null && may.make ? (
        <Button
          pending={file.pending}
          onClick={() => void file.take({ path }, `budget-order-${String(run.runNo).padStart(4, "0")}.csv`)}
        >
          財務会計へ渡すファイルを取り出す
        </Button>
      ) : null}
    </Section>
  );
}
