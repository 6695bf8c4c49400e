/** 仕事の一覧: filings that wait, oldest first. Opening one carries its purpose by itself. */
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { ReactElement } from "react";

import { callOperation, type OperationAnswer, type OperationInput } from "../../api/call.ts";
import { useRead } from "../../api/hooks.ts";
import { useSession } from "../../session/session-context.ts";
import { useWork } from "../../session/use-work.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateText } from "../../ui/Dates.tsx";
import { SelectField } from "../../ui/Field.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { GoTo, Loading, PageTitle } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { purposeOf } from "../counter/start-content.ts";
import { TakeOverByNumber, TakeOverDialog } from "./TakeOver.tsx";

type Kind = OperationInput<"readWorkList">["path"]["kind"];
type Listed = OperationAnswer<"readWorkList">["filings"][number];

export const workListKinds = [
  { kind: "toExamine", name: "審査待ち" },
  { kind: "toApprove", name: "決裁待ち" },
  { kind: "returned", name: "返戻・保留中" },
  { kind: "drafts", name: "仮受付" },
  { kind: "ageing", name: "滞留" },
] as const satisfies readonly { readonly kind: Kind; readonly name: string }[];

const OUTCOMES: Readonly<Record<string, string>> = {
  grant: "認める",
  refuse: "却下",
  acknowledge: "受理",
  impossible: "判断できない",
};

const isKind = (text: string): text is Kind => workListKinds.some(({ kind }) => kind === text);

/** The table of one list; used on the home page too. */
export function WorkListTable({
  filings,
  caption,
}: {
  readonly filings: readonly Listed[];
  readonly caption: string;
}): ReactElement {
  const navigate = useNavigate();
  const { run, pending, problem } = useWork();
  const { session } = useSession();
  const me = session.staffId;
  const may = (permission: string): boolean => session.permissions.includes(permission);
  const [taking, setTaking] = useState<string>();
  const [taken, setTaken] = useState<{ readonly receptionNumber: string; readonly to: string }>();
  const open = async (filing: Listed): Promise<void> => {
    const target = { kind: "reception", number: filing.receptionNumber } as const;
    const opened = await run(
      async () =>
        await callOperation("openCase", {
          body: { target, purpose: purposeOf(filing.procedure), explanation: "", origin: "list" },
        }),
    );
    if (opened !== undefined) void navigate({ to: `/filings/${String(filing.filingId)}` });
  };
  return (
    <>
      <ProblemNotice problem={problem} />
      {taken === undefined ? null : (
        <Notice kind="success" title="仮受付を引き継ぎました" live>
          受付番号 {taken.receptionNumber}
          {taken.to === me
            ? " は、あなたの「仮受付」の一覧にあります。"
            : ` は、${taken.to} の「仮受付」の一覧に移りました。`}
        </Notice>
      )}
      <Table
        caption={caption}
        captionHidden
        rows={filings}
        rowKey={({ filingId }) => filingId}
        empty="いまはありません。"
        columns={[
          {
            key: "alarm",
            head: "期限",
            cell: ({ alarm }) =>
              alarm === "late" ? (
                <Badge kind="strong">⚠ 過ぎている</Badge>
              ) : alarm === "soon" ? (
                <Badge kind="warning">近い</Badge>
              ) : (
                "－"
              ),
            sortBy: ({ alarm }) => (alarm === "late" ? 0 : alarm === "soon" ? 1 : 2),
          },
          {
            key: "number",
            head: "受付番号",
            rowHead: true,
            cell: ({ receptionNumber }) => <strong className="tabular-nums">{receptionNumber}</strong>,
            sortBy: ({ receptionNumber }) => receptionNumber,
          },
          {
            key: "procedure",
            head: "手続",
            cell: ({ procedureName, correction }) => (
              <>
                {procedureName}
                {correction ? <Badge kind="warning">取消・再決定</Badge> : null}
              </>
            ),
            sortBy: ({ procedureName }) => procedureName,
          },
          { key: "kana", head: "カナ", cell: ({ kanaInitial }) => kanaInitial },
          { key: "ward", head: "区", cell: ({ wardName }) => wardName, sortBy: ({ wardName }) => wardName },
          {
            key: "received",
            head: "受付日",
            cell: ({ receivedOn }) => <DateText date={receivedOn} />,
            sortBy: ({ receivedOn }) => receivedOn,
          },
          {
            key: "days",
            head: "日数",
            numeric: true,
            cell: ({ daysWaiting }) => daysWaiting,
            sortBy: ({ daysWaiting }) => daysWaiting,
          },
          { key: "by", head: "標準処理期間", cell: ({ decideBy }) => <DateText date={decideBy} /> },
          {
            key: "state",
            head: "状態",
            cell: ({ stateName, outcome, overridden, draftBy }) => (
              <>
                {stateName}
                {draftBy === null || draftBy === me ? null : (
                  <span className="block whitespace-nowrap">入力 {draftBy}</span>
                )}
                {outcome === null ? "" : `（案: ${OUTCOMES[outcome] ?? outcome}${overridden ? "・変更あり" : ""}）`}
              </>
            ),
          },
          {
            key: "open",
            head: "操作",
            cell: (filing) =>
              // Nobody but who typed it sees what is in a 仮受付; who takes it over is the one from then on.
              filing.draftBy !== null && filing.draftBy !== me ? (
                may("claim.receive") || may("claim.approve") ? (
                  <Button
                    size="small"
                    onClick={() => setTaking(filing.receptionNumber)}
                    aria-label={`受付番号 ${filing.receptionNumber} を${may("claim.receive") ? "引き継ぐ" : "引き継がせる"}`}
                  >
                    {may("claim.receive") ? "引き継ぐ" : "引き継がせる"}
                  </Button>
                ) : (
                  "入力した人だけが開けます"
                )
              ) : (
                <Button
                  size="small"
                  pending={pending}
                  onClick={() => void open(filing)}
                  aria-label={`受付番号 ${filing.receptionNumber} を開く`}
                >
                  開く
                </Button>
              ),
          },
        ]}
      />
      {taking === undefined ? null : (
        <TakeOverDialog
          receptionNumber={taking}
          onClose={() => setTaking(undefined)}
          onDone={(to) => setTaken({ receptionNumber: taking, to })}
        />
      )}
    </>
  );
}

function WorkListOf({ kind }: { readonly kind: Kind }): ReactElement {
  const [ward, setWard] = useState("");
  const found = useRead("readWorkList", { path: { kind }, query: ward === "" ? {} : { ward } });
  const byWard = found.data?.byWard ?? [];
  return (
    <>
      <PageTitle>仕事の一覧: {workListKinds.find((each) => each.kind === kind)?.name}</PageTitle>
      <nav aria-label="一覧を選ぶ" className="mb-3 flex flex-wrap gap-x-4 gap-y-1">
        {workListKinds.map((each) => (
          <span key={each.kind} className={each.kind === kind ? "font-700" : ""}>
            <GoTo to={`/lists/${each.kind}`}>
              {each.name}
              {found.data === undefined ? "" : `（${String(found.data.counts[each.kind])}）`}
            </GoTo>
          </span>
        ))}
      </nav>
      {byWard.length < 2 && ward === "" ? null : (
        <SelectField
          label="行政区"
          width="medium"
          empty={`すべての区（${String(byWard.reduce((sum, { total }) => sum + total, 0))}件）`}
          options={byWard.map(({ wardCode, wardName, total }) => ({
            value: wardCode,
            label: `${wardName}（${String(total)}件）`,
          }))}
          value={ward}
          onChange={(event) => setWard(event.target.value)}
        />
      )}
      <ProblemNotice problem={found.error} />
      {found.data === undefined ? (
        found.isPending ? (
          <Loading />
        ) : null
      ) : (
        <>
          <p className="mb-2">
            {found.data.total}件{found.data.late > 0 ? `、うち期限を過ぎたもの ${String(found.data.late)}件` : ""}
            {found.data.total > found.data.filings.length
              ? `（古い ${String(found.data.filings.length)}件を表示）`
              : ""}
          </p>
          <WorkListTable filings={found.data.filings} caption={found.data.name} />
          {kind === "drafts" ? <TakeOverByNumber /> : null}
        </>
      )}
    </>
  );
}

/** Any list, by its address. */
export function WorkListPage(): ReactElement {
  const { kind = "" } = useParams({ strict: false });
  return <WorkListOf kind={isKind(kind) ? kind : "toExamine"} />;
}

/** 審査待ち, in the menu of those who examine. */
export function ToExaminePage(): ReactElement {
  return <WorkListOf kind="toExamine" />;
}

/** 決裁待ち, in the menu of those who approve. */
export function ToApprovePage(): ReactElement {
  return <WorkListOf kind="toApprove" />;
}
