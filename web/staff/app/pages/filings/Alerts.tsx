/** 警告の確認 (A159, A161): each alert of the examination, and who said why the case may go on. */
import { useState } from "react";
import type { ReactElement } from "react";

import { useCommand } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { MomentText } from "../../ui/Dates.tsx";
import { Section } from "../../ui/Page.tsx";
import { daysInWareki } from "../../ui/format.ts";
import type { Filing } from "./Papers.tsx";
import { ReasonDialog } from "./ReasonDialog.tsx";

type Alert = Filing["alerts"][number];

function AcknowledgeDialog({
  filing,
  alert,
  onClose,
}: {
  readonly filing: Filing;
  readonly alert: Alert;
  readonly onClose: () => void;
}): ReactElement {
  const acknowledge = useCommand("acknowledgeAlert", { onDone: onClose });
  return (
    <ReasonDialog
      title="警告を確認する"
      action="確認した"
      intro={daysInWareki(alert.text)}
      pending={acknowledge.pending}
      problem={acknowledge.problem}
      onClose={onClose}
      onSend={(reason) =>
        void acknowledge.run({ path: { filingId: String(filing.filingId) }, body: { digest: alert.digest, reason } })
      }
    />
  );
}

export function Alerts({ filing }: { readonly filing: Filing }): ReactElement | null {
  const mayExamine = useMay("claim.examine");
  const mayApprove = useMay("claim.approve");
  const [asking, setAsking] = useState<Alert>();
  if (filing.alerts.length === 0) return null;
  const open = filing.state === "examined" && (mayExamine || mayApprove);
  return (
    <Section title="警告の確認">
      <p className="mb-2 text-[0.875rem] text-solid-gray-700">
        警告があっても進められますが、進めてよい理由を1つずつ書いて確認するまで、決裁できません。理由は名前とともに残ります。
      </p>
      <ul>
        {filing.alerts.map((alert) => (
          <li key={alert.digest} className="border-t border-solid-gray-200 py-2">
            <Badge kind={alert.acknowledged === null ? "warning" : "good"}>
              {alert.acknowledged === null ? "未確認" : "確認済"}
            </Badge>{" "}
            {daysInWareki(alert.text)}{" "}
            <span className="text-[0.8125rem] text-solid-gray-700">（検査 {alert.item}）</span>
            {alert.acknowledged === null ? null : (
              <span className="block text-[0.875rem]">
                {alert.acknowledged.by} <MomentText at={alert.acknowledged.at} />: {alert.acknowledged.reason}
              </span>
            )}
            {open && alert.acknowledged === null ? (
              <span className="mt-1 block">
                <Button
                  size="small"
                  onClick={() => setAsking(alert)}
                  aria-label={`警告を確認する: ${daysInWareki(alert.text)}`}
                >
                  理由を書いて確認する
                </Button>
              </span>
            ) : null}
          </li>
        ))}
      </ul>
      {asking === undefined ? null : (
        <AcknowledgeDialog filing={filing} alert={asking} onClose={() => setAsking(undefined)} />
      )}
    </Section>
  );
}
