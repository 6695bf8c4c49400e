/** 支払処理の1枚: how far it has come, whether its figures agree, who is in it and who is not, and what is next. */
import { useParams } from "@tanstack/react-router";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useRead } from "../../api/hooks.ts";
import { Badge } from "../../ui/Badge.tsx";
import { DateText, MonthText } from "../../ui/Dates.tsx";
import { count, yen } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Facts, GoTo, Loading, PageTitle, Section } from "../../ui/Page.tsx";
import { kindLabels, stateLabels } from "./labels.ts";
import { RunBanks } from "./RunBanks.tsx";
import { RunCounter } from "./RunCounter.tsx";
import { RunDebts } from "./RunDebts.tsx";
import { RunBudget } from "./RunBudget.tsx";
import { RunDeductions } from "./RunDeductions.tsx";
import { RunExceptions } from "./RunExceptions.tsx";
import { RunFiles } from "./RunFiles.tsx";
import { RunHomes } from "./RunHomes.tsx";
import { RunNext } from "./RunNext.tsx";
import { RunReview } from "./RunReview.tsx";
import { RunTotals } from "./RunTotals.tsx";
import { RunTrack } from "./RunTrack.tsx";

export type RunView = OperationAnswer<"getPaymentRun">;

function Heading({ view }: { readonly view: RunView }): ReactElement {
  const { run } = view;
  const ended = run.state === "cancelled" || run.state === "voided";
  return (
    <>
      <PageTitle beside={<Badge kind={ended ? "danger" : "key"}>{stateLabels[run.state]}</Badge>}>
        支払処理 第{run.runNo}号（{kindLabels[run.kind]}）
      </PageTitle>
      <Facts
        facts={[
          { name: "支払期月", value: <MonthText month={run.paymentMonth} /> },
          { name: "支払日", value: <DateText date={run.payOn} /> },
          {
            name: "月分",
            value: (
              <>
                <MonthText month={run.monthsFrom} /> から <MonthText month={run.monthsTo} />
              </>
            ),
          },
          { name: "振込", value: `${count(run.lineCount)}件` },
          { name: "金額", value: <span className="text-[1.25rem] tabular-nums">{yen(run.total)}</span> },
          { name: "作成", value: run.maker },
        ]}
      />
      {run.state === "unknown" || run.state === "handingOver" ? (
        <Notice kind="warning" title="銀行に届いたかどうか分かりません">
          もう一度送ることはできません。銀行に受付の有無を確かめ、その回答を「次の処理」で登録してください。
        </Notice>
      ) : null}
    </>
  );
}

export function RunPage(): ReactElement {
  const { runNo } = useParams({ strict: false });
  const { data, error } = useRead("getPaymentRun", { path: { runNo: String(runNo) } });
  if (data === undefined) {
    return error === null ? (
      <Loading />
    ) : (
      <>
        <PageTitle>支払処理 第{runNo}号</PageTitle>
        <ProblemNotice problem={error} />
        <GoTo to="/runs">支払処理の一覧へ</GoTo>
      </>
    );
  }
  return (
    <>
      <Heading view={data} />
      <RunNext view={data} />
      <Section title="進み">
        <RunTrack view={data} />
      </Section>
      <RunReview view={data} />
      <RunDebts runNo={data.run.runNo} />
      <RunBanks view={data} />
      <RunDeductions view={data} />
      <RunHomes view={data} />
      <RunCounter view={data} />
      <RunTotals view={data} />
      <RunExceptions view={data} />
      <RunFiles view={data} />
      <RunBudget view={data} />
    </>
  );
}
