/** 支援措置の一時解除の一覧: who asked, why, who granted, until when, how often it was used. */
import { useState } from "react";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useSession } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import type { BadgeKind } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { MomentText } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Facts, GoTo, Loading, PageTitle } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { ProtectionAlerts } from "../audit/ProtectionAlerts.tsx";

type Lift = OperationAnswer<"listProtectionLifts">["lifts"][number];

const KINDS: Readonly<Record<Lift["state"], BadgeKind>> = {
  requested: "warning",
  granted: "danger",
  over: "plain",
  refused: "plain",
};

const numberText = (number: number): string => String(number).padStart(15, "0");

function AnswerDialog({
  lift,
  onDone,
  onClose,
}: {
  readonly lift: Lift;
  readonly onDone: (said: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const command = useCommand("answerProtectionLift", {});
  const send = async (granted: boolean): Promise<void> => {
    const done = await command.run({ path: { liftId: String(lift.liftId) }, body: { granted, digest: lift.digest } });
    if (done !== undefined)
      onDone(granted ? `承認しました。${String(lift.minutes)}分で元に戻ります。` : "承認しないことを記録しました。");
  };
  return (
    <Dialog title="一時解除の申請" onClose={onClose}>
      <ProblemNotice problem={command.problem} />
      <Facts
        facts={[
          { name: "宛名番号", value: numberText(lift.addresseeNumber) },
          { name: "申請した人", value: lift.requestedBy },
          { name: "時間", value: `${String(lift.minutes)}分` },
        ]}
      />
      <p className="font-700">住所が要るわけ</p>
      <p className="mb-3 whitespace-pre-wrap">{lift.reason}</p>
      <p className="mb-3">
        承認すると、いまから{lift.minutes}分の間、{lift.requestedBy}
        だけがこの人の住所を表示できます。表示は記録されます。
      </p>
      <Actions>
        <Button kind="primary" pending={command.pending} onClick={() => void send(true)}>
          承認する
        </Button>
        <Button kind="danger" pending={command.pending} onClick={() => void send(false)}>
          承認しない
        </Button>
        <Button onClick={onClose}>やめる</Button>
      </Actions>
    </Dialog>
  );
}

export function LiftsPage(): ReactElement {
  const { data, error } = useRead("listProtectionLifts", {});
  const { session } = useSession();
  const [asked, setAsked] = useState<Lift>();
  const [said, setSaid] = useState<string>();
  const end = useCommand("endProtectionLift", {
    onDone: () => setSaid("一時解除を終えました。住所はもう表示できません。"),
  });
  const action = (lift: Lift): ReactElement | null => {
    if (lift.state === "granted") {
      return (
        <Button
          size="small"
          pending={end.pending}
          onClick={() => void end.run({ path: { liftId: String(lift.liftId) } })}
        >
          いま終える
        </Button>
      );
    }
    if (lift.state !== "requested") return null;
    if (lift.requestedBy === session.staffId)
      return <span className="text-[0.875rem]">別の人の承認を待っています</span>;
    return (
      <Button size="small" kind="primary" onClick={() => setAsked(lift)}>
        答える
      </Button>
    );
  };
  return (
    <>
      <PageTitle>支援措置の一時解除</PageTitle>
      {said === undefined ? null : <Notice kind="success" title={said} live />}
      <ProblemNotice problem={error ?? end.problem} />
      <p className="mb-4">
        住所が要るときは、<GoTo to="/search">検索</GoTo>から人を開いて申請します。支援措置の印は外れません。
      </p>
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : (
        <Table
          caption="一時解除の申請と経過（承認待ちが先、あとは新しい順）"
          rows={data.lifts}
          rowKey={({ liftId }) => liftId}
          empty="一時解除の申請はありません。"
          columns={[
            {
              key: "at",
              head: "申請",
              rowHead: true,
              cell: (lift) => (
                <>
                  <MomentText at={lift.requestedAt} />
                  <span className="block font-400 whitespace-nowrap">{lift.requestedBy}</span>
                </>
              ),
            },
            { key: "state", head: "状態", cell: (lift) => <Badge kind={KINDS[lift.state]}>{lift.stateName}</Badge> },
            {
              key: "whom",
              head: "宛名番号",
              cell: (lift) => <span className="whitespace-nowrap">{numberText(lift.addresseeNumber)}</span>,
            },
            { key: "why", head: "わけ", cell: (lift) => lift.reason },
            { key: "minutes", head: "分", numeric: true, cell: (lift) => lift.minutes },
            {
              key: "answered",
              head: "答えた人・終わり",
              cell: (lift) =>
                lift.answeredBy === null ? (
                  "－"
                ) : (
                  <>
                    <span className="block whitespace-nowrap">{lift.answeredBy}</span>
                    {lift.endsAt === null ? null : <MomentText at={lift.endsAt} />}
                  </>
                ),
            },
            { key: "uses", head: "表示", numeric: true, cell: (lift) => `${String(lift.uses)}回` },
            { key: "do", head: "処理", cell: action },
          ]}
        />
      )}
      <ProtectionAlerts />
      {asked === undefined ? null : (
        <AnswerDialog
          lift={asked}
          onClose={() => setAsked(undefined)}
          onDone={(words) => {
            setAsked(undefined);
            setSaid(words);
          }}
        />
      )}
    </>
  );
}
