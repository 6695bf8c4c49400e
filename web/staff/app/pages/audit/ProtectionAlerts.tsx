/** Who tried to see people under 支援措置 or people whom they must not see: at once, for the officer and the auditor. */
import { useState } from "react";
import type { ReactElement } from "react";

import { useRead } from "../../api/hooks.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Section } from "../../ui/Page.tsx";
import { FindingDialog } from "./FindingDialog.tsx";
import { FindingTable } from "./FindingTable.tsx";

export function ProtectionAlerts(): ReactElement {
  const { data, error } = useRead("listProtectionAlerts", {});
  const [open, setOpen] = useState<number>();
  const fresh = data?.alerts.filter(({ seenBy }) => seenBy.length === 0).length ?? 0;
  return (
    <Section title="支援措置と閲覧禁止の警告">
      <ProblemNotice problem={error} />
      {fresh === 0 ? null : (
        <Notice kind="warning" title={`まだ誰も開いていない警告が${String(fresh)}件あります`}>
          根拠を開くと、確認したことが記録されます。
        </Notice>
      )}
      {data === undefined ? null : (
        <FindingTable caption="警告（新しい順）" findings={data.alerts} empty="警告はありません。" onOpen={setOpen} />
      )}
      {open === undefined ? null : (
        <FindingDialog findingId={open} onClose={() => setOpen(undefined)} onDone={() => setOpen(undefined)} />
      )}
    </Section>
  );
}
