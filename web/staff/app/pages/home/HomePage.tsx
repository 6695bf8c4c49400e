/** わたしの仕事: the lists of this person's work, oldest first, and how the work flows. */
import type { ReactElement } from "react";

import { useMay, useSession } from "../../session/session-context.ts";
import { momentText } from "../../ui/format.ts";
import { Notice } from "../../ui/Notice.tsx";
import { PageTitle, Section } from "../../ui/Page.tsx";
import { ScanField } from "../person/ScanField.tsx";
import { DueChecks } from "../tasks/DueChecks.tsx";
import { WorkList } from "./WorkList.tsx";
import { useWorkKinds } from "./work-kinds.ts";

import { HandOvers } from "./HandOvers.tsx";
import { LogToDo } from "./LogToDo.tsx";
import { OpenRuns } from "./OpenRuns.tsx";
import { OperationToDo } from "./OperationToDo.tsx";
import { RightsToDo } from "./RightsToDo.tsx";
import { WorkFlow } from "./WorkFlow.tsx";

const ALERTS: Readonly<Record<string, string>> = {
  secondLogIn: "ほかの端末から、あなたの職員番号でログインしようとしました（断りました）。",
  otherTerminal: "あなたのログインが、ほかの端末から使われようとしました。",
  keyCloned: "あなたの職員証の複製が使われた疑いがあります。",
  takenOver: "前のログインは、上司または情報政策課が終わらせました。",
  repeatedFailure: "あなたの職員番号で、ログインの失敗が続きました。",
};

/** What happened at this account: last log-in, failures, alerts, age of the password. */
function Account(): ReactElement {
  const { session, welcome } = useSession();
  return (
    <>
      {session.alerts.map((alert) => (
        <Notice
          key={`${alert.kind}${alert.raisedAt}`}
          kind="warning"
          title={ALERTS[alert.kind] ?? "ログインについての知らせがあります"}
        >
          {momentText(alert.raisedAt)}　端末 {alert.terminalCode}
          。心当たりがないときは、すぐに情報政策課に知らせてください。
        </Notice>
      ))}
      {welcome?.passwordNotice === true ? (
        <Notice kind="warning" title={`パスワードはあと${String(welcome.passwordDaysLeft)}日で使えなくなります`}>
          次のログインのときに、新しいパスワードを決められます。
        </Notice>
      ) : null}
      {welcome === undefined ? null : (
        <p className="mb-4 text-[0.9375rem] text-solid-gray-700">
          {welcome.lastLogIn === null
            ? "前回のログインはありません"
            : `前回のログイン ${momentText(welcome.lastLogIn.at)}（端末 ${welcome.lastLogIn.terminalCode}）`}
          。その後の失敗 {welcome.failuresSince}回。
        </p>
      )}
    </>
  );
}

export function HomePage(): ReactElement {
  const kinds = useWorkKinds();
  const cases = useMay("case.open");
  const payments = useMay("payment.view");
  const logs = useMay("log.view");
  const { session } = useSession();
  const operated = ["batch.run", "rights.issue", "claim.approve", "log.view"].some((each) =>
    session.permissions.includes(each),
  );
  const rights = ["rights.apply", "rights.approve", "rights.issue"].some((each) => session.permissions.includes(each));
  return (
    <>
      <PageTitle>わたしの仕事</PageTitle>
      <Account />
      {operated ? <OperationToDo /> : null}
      {cases ? <HandOvers /> : null}
      {cases ? <ScanField /> : null}
      {kinds.map(({ kind, title }) => (
        <Section key={kind} title={title}>
          <WorkList kind={kind} />
        </Section>
      ))}
      {cases ? (
        <Section title="確かめる日が来るもの">
          <DueChecks shown={8} />
        </Section>
      ) : null}
      {payments ? <OpenRuns /> : null}
      {cases ? <WorkFlow /> : null}
      {rights ? <RightsToDo /> : null}
      {logs ? <LogToDo /> : null}
      {!cases && !payments && !rights && !logs && !operated ? (
        <p>左のメニューから、使える画面を選んでください。</p>
      ) : null}
    </>
  );
}
