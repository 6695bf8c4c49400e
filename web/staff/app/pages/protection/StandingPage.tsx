/** 支援措置の対象者: whose mark stands, from where, until when; what must be looked at; the end by two people. */
import { useState } from "react";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useSession } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateText } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Facts, GoTo, Loading, PageTitle } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";

type Standing = OperationAnswer<"listProtections">["protections"][number];

const numberText = (number: number): string => String(number).padStart(15, "0");

function ReleaseDialog({
  line,
  onDone,
  onClose,
}: {
  readonly line: Standing & { readonly release: NonNullable<Standing["release"]> };
  readonly onDone: (said: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const { release } = line;
  const command = useCommand("approveProtectionRelease", { onDone: ({ message }) => onDone(message) });
  return (
    <Dialog title="支援措置の終わりを確かめる" onClose={onClose}>
      <ProblemNotice problem={command.problem} />
      <Facts
        facts={[
          { name: "宛名番号", value: numberText(line.addresseeNumber) },
          { name: "住民基本台帳", value: line.inRegister ? "対象" : "対象でない" },
          { name: "申請した人", value: release.requestedBy },
        ]}
      />
      <p className="font-700">終わりとするわけ</p>
      <p className="mb-3 whitespace-pre-wrap">{release.reason}</p>
      <p className="mb-3">確かめると印が消え、この人の住所や記録が、ほかの職員にも見えるようになります。</p>
      <Actions>
        <Button
          kind="danger"
          pending={command.pending}
          onClick={() =>
            void command.run({ path: { releaseId: String(release.releaseId) }, body: { digest: release.digest } })
          }
        >
          終わりを確かめて印を消す
        </Button>
        <Button onClick={onClose}>やめる</Button>
      </Actions>
    </Dialog>
  );
}

function Sources({ line }: { readonly line: Standing }): ReactElement {
  return (
    <ul>
      {line.inRegister ? (
        <li>
          住民基本台帳{line.provisionalInRegister ? "（仮支援措置）" : null}
          {line.registerTermOn === null ? null : (
            <>
              （期限 <DateText date={line.registerTermOn} />）
            </>
          )}
        </li>
      ) : null}
      {line.measures.map((measure) => (
        <li key={`${measure.kind} ${measure.startsOn ?? ""} ${measure.basis}`}>
          {measure.kindName}
          {measure.startsOn === null ? null : (
            <>
              （<DateText date={measure.startsOn} />
              から）
            </>
          )}
          : {measure.basis}
        </li>
      ))}
      {line.inRegister || line.measures.length > 0 ? null : <li>連携では対象でなくなりました</li>}
    </ul>
  );
}

export function StandingPage(): ReactElement {
  const { data, error } = useRead("listProtections", {});
  const { session } = useSession();
  const [asked, setAsked] = useState<number>();
  const [said, setSaid] = useState<string>();
  const line = data?.protections.find(({ release }) => release !== null && release.releaseId === asked);
  const waiting = data?.protections.filter(({ attention }) => attention !== null).length ?? 0;
  const action = (each: Standing): ReactElement | null => {
    const { release } = each;
    if (release === null) return null;
    if (release.requestedBy === session.staffId)
      return <span className="text-[0.875rem]">別の人の確認を待っています</span>;
    return (
      <Button size="small" kind="primary" onClick={() => setAsked(release.releaseId)}>
        終わりを確かめる
      </Button>
    );
  };
  return (
    <>
      <PageTitle>支援措置の対象者</PageTitle>
      {said === undefined ? null : <Notice kind="success" title={said} live />}
      <ProblemNotice problem={error} />
      <p className="mb-4">
        申出の受付と、終わりの申請は、<GoTo to="/search">検索</GoTo>から人を開いて行います。
      </p>
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : (
        <>
          {waiting === 0 ? null : (
            <Notice kind="warning" title={`期限や終わりを確かめる人が ${String(waiting)}人います。`} />
          )}
          <Table
            caption="印の立っている人（確かめる人が先）"
            rows={data.protections}
            rowKey={({ addresseeNumber }) => addresseeNumber}
            empty="支援措置の対象者はいません。"
            columns={[
              {
                key: "whom",
                head: "宛名番号",
                rowHead: true,
                cell: ({ addresseeNumber }) => <span className="whitespace-nowrap">{numberText(addresseeNumber)}</span>,
              },
              {
                key: "attention",
                head: "確かめること",
                cell: ({ attentionName }) =>
                  attentionName === null ? "－" : <Badge kind="warning">{attentionName}</Badge>,
              },
              {
                key: "term",
                head: "期限",
                cell: ({ termOn }) => (termOn === null ? "定めなし" : <DateText date={termOn} />),
              },
              { key: "sources", head: "どこから", cell: (each) => <Sources line={each} /> },
              { key: "do", head: "処理", cell: action },
            ]}
          />
        </>
      )}
      {line === undefined || line.release === null ? null : (
        <ReleaseDialog
          line={{ ...line, release: line.release }}
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
