/** 運転状況: what runs beside the pages, and what does not. */
import { useState } from "react";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { MomentText } from "../../ui/Dates.tsx";
import { count } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Facts, Loading, PageTitle } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";

type Part = OperationAnswer<"readOperationStates">["parts"][number];

function StateBadge({ part }: { readonly part: Part }): ReactElement {
  if (part.state === "failed") return <Badge kind="danger">⚠ うまくいかない</Badge>;
  if (part.state === "silent") return <Badge kind="danger">⚠ 合図がない</Badge>;
  if (part.state === "stopped") return <Badge>止めた</Badge>;
  return <Badge kind="good">{part.state === "running" ? "✓ 動いている" : "✓ 次を待っている"}</Badge>;
}

/** What it did last, or what is wrong and what happens about it. */
function Said({ part }: { readonly part: Part }): ReactElement {
  const wrong =
    part.state === "silent"
      ? "これを動かす処理から合図がありません。hagukumi start または hagukumi serve が動いているか、確かめてください。"
      : part.problem;
  return (
    <div className="min-w-72 whitespace-normal text-[0.875rem]">
      {wrong === "" ? null : (
        <p className="font-700">
          {wrong}
          {part.failures > 1 ? `（続けて ${count(part.failures)}回）` : ""}
        </p>
      )}
      {part.state === "failed" && part.nextAt !== null ? <p>自動でまた試みます。</p> : null}
      <p>{part.said}</p>
    </div>
  );
}

const when = (at: string | null): ReactElement => (at === null ? <>－</> : <MomentText at={at} />);

export function OperationPage(): ReactElement {
  const mayBatch = useMay("batch.run");
  const mayIssue = useMay("rights.issue");
  const { data, error, refetch } = useRead("readOperationStates", {});
  const [said, setSaid] = useState("");
  const now = useCommand("runPartNow", { onDone: (answer) => setSaid(answer.message) });
  if (data === undefined) {
    return (
      <>
        <PageTitle>運転状況</PageTitle>
        {error === null ? <Loading /> : <ProblemNotice problem={error} />}
      </>
    );
  }
  const { parts } = data;
  const wrong = parts.filter(({ state }) => state === "failed" || state === "silent").length;
  const well = parts.filter(({ state }) => state === "running" || state === "waiting").length;
  return (
    <>
      <PageTitle>運転状況</PageTitle>
      <Facts
        facts={[
          { name: "動いているもの", value: count(well) },
          { name: "うまくいかないもの", value: wrong === 0 ? "0 ✓" : count(wrong) },
        ]}
      />
      {said === "" ? null : <Notice kind="success" live title={said} />}
      <ProblemNotice problem={now.problem} />
      <p className="mb-3">
        <Button onClick={() => void refetch()}>読み直す</Button>
      </p>
      <Table
        caption="運転しているもの"
        captionHidden
        rows={parts}
        rowKey={({ partCode }) => partCode}
        empty="まだ何も動かしたことがありません。"
        columns={[
          { key: "state", head: "状態", cell: (part) => <StateBadge part={part} /> },
          {
            key: "name",
            head: "動いているもの",
            rowHead: true,
            cell: ({ name, rhythm }) => (
              <div className="min-w-36 whitespace-normal">
                {name}
                <span className="block text-[0.875rem] font-400 text-solid-gray-700">{rhythm}</span>
              </div>
            ),
          },
          { key: "succeeded", head: "最後にうまくいった", cell: ({ succeededAt }) => when(succeededAt) },
          { key: "next", head: "次", cell: ({ nextAt, wanted }) => (wanted ? "まもなく" : when(nextAt)) },
          { key: "said", head: "したこと・わけ", cell: (part) => <Said part={part} /> },
          {
            key: "act",
            head: "操作",
            cell: ({ partCode, name, nextAt, state, wanted }) =>
              (mayBatch || mayIssue) && nextAt !== null && !wanted && (state === "waiting" || state === "failed") ? (
                <span className="whitespace-nowrap">
                  <Button
                    size="small"
                    pending={now.pending}
                    onClick={() => void now.run({ path: { partCode } })}
                    aria-label={`${name}をいま動かす`}
                  >
                    いま動かす
                  </Button>
                </span>
              ) : null,
          },
        ]}
      />
    </>
  );
}
