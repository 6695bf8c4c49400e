/** Findings in a table: what was raised, about whom, and whether somebody has looked. */
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { Badge } from "../../ui/Badge.tsx";
import type { BadgeKind } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { MomentText } from "../../ui/Dates.tsx";
import { Table } from "../../ui/Table.tsx";
import { numberText } from "./FindingDialog.tsx";

type Finding = OperationAnswer<"listProtectionAlerts">["alerts"][number];

function badge(finding: Finding): { readonly kind: BadgeKind; readonly name: string } {
  if (finding.outcome === "misuse") return { kind: "danger", name: finding.outcomeName };
  if (finding.outcome !== null) return { kind: "good", name: finding.outcomeName };
  return finding.seenBy.length === 0 ? { kind: "warning", name: "未確認" } : { kind: "key", name: "開いた" };
}

type Props = {
  readonly caption: string;
  readonly findings: readonly Finding[];
  readonly empty: string;
  readonly onOpen: (findingId: number) => void;
};

export function FindingTable({ caption, findings, empty, onOpen }: Props): ReactElement {
  return (
    <Table
      caption={caption}
      rows={findings}
      rowKey={({ findingId }) => findingId}
      empty={empty}
      columns={[
        {
          key: "at",
          head: "日時",
          rowHead: true,
          cell: (each) => <MomentText at={each.lastAt} />,
          sortBy: (each) => each.lastAt,
        },
        { key: "rule", head: "指摘", cell: (each) => each.ruleName, sortBy: (each) => each.ruleName },
        {
          key: "who",
          head: "職員",
          cell: (each) => each.staffId ?? "何人もの職員",
          sortBy: (each) => each.staffId ?? "",
        },
        { key: "whom", head: "宛名番号", cell: (each) => numberText(each.addresseeNumber) },
        { key: "count", head: "回数", numeric: true, cell: (each) => each.occurrences },
        {
          key: "state",
          head: "状態",
          cell: (each) => <Badge kind={badge(each).kind}>{badge(each).name}</Badge>,
          sortBy: (each) => badge(each).name,
        },
        { key: "seen", head: "見た人", cell: (each) => (each.seenBy.length === 0 ? "－" : each.seenBy.join("、")) },
        {
          key: "do",
          head: "処理",
          cell: (each) => (
            <Button size="small" onClick={() => onOpen(each.findingId)}>
              根拠を開く<span className="sr-only">（指摘 {each.findingId}）</span>
            </Button>
          ),
        },
      ]}
    />
  );
}
