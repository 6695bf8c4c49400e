/** 変更と年齢到達: what other offices' registers changed about a case, what the law makes of it, and who deals with it; beside it what time alone changes. */
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { ReactElement } from "react";

import { callOperation, type OperationAnswer } from "../../api/call.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useMay, useSession } from "../../session/session-context.ts";
import { useWork } from "../../session/use-work.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateText, MonthText } from "../../ui/Dates.tsx";
import { certificationText, count, daysInWareki, yen } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Facts, GoTo, Loading, PageTitle } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { ReasonDialog } from "../filings/ReasonDialog.tsx";

type Change = OperationAnswer<"readRegisterChanges">["changes"][number];

const opening = (recipientId: number) => ({
  target: { kind: "recipient", number: String(recipientId) } as const,
  purpose: "changeReport",
  explanation: "",
  origin: "list" as const,
});

function nameOf({ kindName, recipientId, changeId, happenedOn }: Change): string {
  if (changeId === null) return `認定番号 ${certificationText(recipientId ?? 0)} の${kindName}（${happenedOn}）`;
  return recipientId === null
    ? `${kindName}（受給者なし・変更 ${String(changeId)}）`
    : `認定番号 ${certificationText(recipientId)} の${kindName}`;
}

/** What to do, and in yen a month what a decision of today would make of it. */
function Proposal({ change }: { readonly change: Change }): ReactElement {
  return (
    <div className="min-w-56 whitespace-normal">
      <p>{daysInWareki(change.action)}</p>
      {change.effects.map(({ what, fromMonth, yenBefore, yenAfter }, index) => (
        <p key={`${what}${String(index)}`} className="mt-1 text-[0.875rem] text-solid-gray-800">
          {daysInWareki(what)}
          {yenBefore === null || yenAfter === null ? null : (
            <>
              ：{fromMonth === null ? "" : <MonthText month={fromMonth} />} 月額{" "}
              <span className="tabular-nums">
                {yen(yenBefore)} → {yen(yenAfter)}
              </span>
            </>
          )}
        </p>
      ))}
      {change.stopped === "" ? null : (
        <p className="mt-1 text-[0.875rem] text-solid-gray-700">いまは決められません: {daysInWareki(change.stopped)}</p>
      )}
    </div>
  );
}

export function ChangesPage(): ReactElement {
  const navigate = useNavigate();
  const { session } = useSession();
  const receives = useMay("claim.receive");
  const protects = useMay("protection.view");
  const mayReceive = receives || protects;
  const mayApprove = useMay("decision.exOfficioApprove");
  const mayRun = useMay("batch.run");
  const mayFile = useMay("decision.exOfficio");
  const { data, error } = useRead("readRegisterChanges", {});
  const { run, pending, problem } = useWork();
  const [closing, setClosing] = useState<Change>();
  const [said, setSaid] = useState("");
  const take = useCommand("takeRegisterChange", { onDone: () => setSaid("担当になりました。") });
  const file = useCommand("fileRegisterChange");
  const close = useCommand("closeRegisterChange", {
    onDone: () => {
      setClosing(undefined);
      setSaid("理由を残して閉じました。");
    },
  });
  if (data === undefined) {
    return (
      <>
        <PageTitle>変更と年齢到達</PageTitle>
        {error === null ? <Loading /> : <ProblemNotice problem={error} />}
      </>
    );
  }
  const open = async (recipientId: number): Promise<boolean> =>
    (await run(async () => await callOperation("openCase", { body: opening(recipientId) }))) !== undefined;
  const show = async (recipientId: number): Promise<void> => {
    if (await open(recipientId)) void navigate({ to: `/cases/${String(recipientId)}` });
  };
  const make = async (changeId: number, recipientId: number): Promise<void> => {
    // Making a filing is work on the person: the person is opened for it, and the log says so.
    if (!(await open(recipientId))) return;
    const made = await file.run({ path: { recipientId: String(recipientId), changeId } });
    if (made !== undefined) void navigate({ to: `/filings/${String(made.filingId)}` });
  };
  return (
    <>
      <PageTitle>変更と年齢到達</PageTitle>
      <Facts
        facts={[
          { name: "未処理", value: data.total === 0 ? "0件 ✓" : `${count(data.total)}件` },
          { name: "担当のいないもの", value: data.withoutOwner === 0 ? "0件 ✓" : `${count(data.withoutOwner)}件` },
          { name: "年齢到達（職権で決めるもの）", value: `${count(data.byAge)}件` },
        ]}
      />
      {said === "" ? null : <Notice kind="success" live title={said} />}
      <ProblemNotice problem={problem ?? take.problem ?? file.problem} />
      {data.changes.length < data.total ? (
        <p className="mb-1">古い{count(data.changes.length)}件を示しています。</p>
      ) : null}
      <Table
        caption="未処理の変更（ほかの課から来た変更と年齢到達）"
        captionHidden
        rows={data.changes}
        rowKey={({ changeId, kindName, happenedOn, recipientId }) =>
          changeId ?? `${kindName}/${happenedOn}/${String(recipientId)}`
        }
        empty="いまはありません。"
        pageSize={20}
        textOf={({ kindName, recipientId, wardName, owner, action }) =>
          `${kindName} ${recipientId === null ? "" : certificationText(recipientId)} ${wardName} 担当${owner ?? "なし"} ${action ?? ""}`
        }
        columns={[
          {
            key: "on",
            head: "変わる日",
            cell: ({ happenedOn }) => <DateText date={happenedOn} />,
            sortBy: ({ happenedOn }) => happenedOn,
          },
          {
            key: "kind",
            head: "変わったこと",
            rowHead: true,
            cell: ({ kindName, endorsed }) => (
              <>
                {kindName}
                {endorsed ? (
                  <span className="ml-1">
                    <Badge kind="key">付記</Badge>
                  </span>
                ) : null}
              </>
            ),
            sortBy: ({ kindName }) => kindName,
          },
          {
            key: "case",
            head: "認定番号",
            cell: ({ recipientId }) =>
              recipientId === null ? (
                "－"
              ) : (
                <span className="whitespace-nowrap tabular-nums">{certificationText(recipientId)}</span>
              ),
            sortBy: ({ recipientId }) => recipientId ?? 0,
          },
          {
            key: "ward",
            head: "カナ・区",
            cell: ({ kanaInitial, wardName }) => (
              <span className="whitespace-nowrap">
                {kanaInitial}　{wardName}
              </span>
            ),
            sortBy: ({ wardName }) => wardName,
          },
          { key: "what", head: "すること", cell: (change) => <Proposal change={change} /> },
          {
            key: "owner",
            head: "担当",
            cell: ({ owner, changeId }) => owner ?? (changeId === null ? "一括処理" : "なし"),
            sortBy: ({ owner }) => owner ?? "",
          },
          {
            key: "act",
            head: "操作",
            cell: (change) => {
              const name = nameOf(change);
              const { recipientId, changeId, massRunNo } = change;
              return (
                <span className="grid min-w-60 grid-cols-2 gap-2">
                  {recipientId === null ? null : (
                    <Button
                      size="small"
                      pending={pending}
                      onClick={() => void show(recipientId)}
                      aria-label={`${name}の事案を開く`}
                    >
                      開く
                    </Button>
                  )}
                  {mayFile && change.fillable && recipientId !== null && changeId !== null ? (
                    <Button
                      size="small"
                      pending={pending || file.pending}
                      onClick={() => void make(changeId, recipientId)}
                      aria-label={`${name}を受付にする`}
                    >
                      受付にする
                    </Button>
                  ) : null}
                  {massRunNo === null || !(mayFile || mayApprove || mayRun) ? null : (
                    <GoTo to={`/mass-work/${String(massRunNo)}`}>一括処理 {String(massRunNo)}</GoTo>
                  )}
                  {mayReceive && changeId !== null ? (
                    <>
                      {change.owner === session.staffId ? null : (
                        <Button
                          size="small"
                          pending={take.pending}
                          onClick={() => void take.run({ path: { changeId } })}
                          aria-label={`${name}の担当になる`}
                        >
                          担当になる
                        </Button>
                      )}
                      <Button size="small" onClick={() => setClosing(change)} aria-label={`${name}を閉じる`}>
                        閉じる
                      </Button>
                    </>
                  ) : null}
                </span>
              );
            },
          },
        ]}
      />
      {closing === undefined || closing.changeId === null ? null : (
        <ReasonDialog
          title="することがないものとして閉じる"

          action="理由を残して閉じる"
          pending={close.pending}
          problem={close.problem}
          onSend={(reason) => void close.run({ path: { changeId: closing.changeId ?? 0 }, body: { reason } })}
          onClose={() => setClosing(undefined)}
          intro={
            <p>
              {nameOf(closing)}（<DateText date={closing.happenedOn} />
              ）を一覧から外します。取り消せません。
            </p>
          }
        />
      )}
    </>
  );
}
