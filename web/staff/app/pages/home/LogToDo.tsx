/** アクセスログの点検のうち、この人を待つもの: warnings that nobody has opened, months past their day. */
import type { ReactElement } from "react";

import { useRead } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { warekiMonth } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { GoTo, Loading, Section } from "../../ui/Page.tsx";

/** For those with the right to review the log. */
export function LogToDo(): ReactElement {
  const alerts = useRead("listProtectionAlerts", {});
  const months = useRead("listLogReviews", {}, { enabled: useMay("log.view") });
  const fresh = alerts.data?.alerts.filter(({ seenBy }) => seenBy.length === 0).length;
  const late = months.data?.months.filter(({ overdue }) => overdue) ?? [];
  const open = months.data?.months.filter(({ signedBy }) => signedBy === null) ?? [];
  const findings = open.reduce((sum, month) => sum + month.open, 0);
  return (
    <Section title="アクセスログの点検">
      <ProblemNotice problem={alerts.error ?? months.error} />
      {late.length === 0 ? null : (
        <Notice kind="warning" title={`点検の期限（翌月10日）を過ぎた月が${String(late.length)}つあります`}>
          {late.map(({ month }) => warekiMonth(month)).join("、")}
        </Notice>
      )}
      {fresh === undefined || months.data === undefined ? (
        alerts.error === null && months.error === null ? (
          <Loading what="点検の状況を" />
        ) : null
      ) : (
        <ul className="mb-2">
          <li>
            まだ誰も開いていない警告 <strong>{fresh}件</strong>
          </li>
          <li>
            点検が済んでいない月 <strong>{open.length}か月</strong>（未確認の指摘 {findings}件）
          </li>
        </ul>
      )}
      <GoTo to="/audit/log-review">アクセスログの点検へ</GoTo>
    </Section>
  );
}
