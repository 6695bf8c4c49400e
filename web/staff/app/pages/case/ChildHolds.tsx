/** 児童ごとの差止: one child's part is held, the others' is paid as ever (11条). */
import { useState } from "react";
import type { ReactElement } from "react";

import { useCommand, useRead } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { MonthInput, MonthText } from "../../ui/Dates.tsx";
import { SelectField } from "../../ui/Field.tsx";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { ReasonDialog } from "../filings/ReasonDialog.tsx";
import type { Case } from "./money.ts";

type Cause = { readonly identifier: string; readonly label: string };

function PlaceDialog({
  data,
  causes,
  onClose,
}: {
  readonly data: Case;
  readonly causes: readonly Cause[];
  readonly onClose: () => void;
}): ReactElement {
  const [child, setChild] = useState(String(data.children[0]?.addresseeNumber ?? ""));
  const [causeCode, setCauseCode] = useState(causes[0]?.identifier ?? "");
  const [fromMonth, setFromMonth] = useState(data.today.slice(0, 7));
  const place = useCommand("placeChildHold", { onDone: onClose });
  const valid = /^\d{4}-(?:0[1-9]|1[0-2])$/.test(fromMonth);
  return (
    <ReasonDialog
      title="児童一人の分の差止め"
      action="差し止める"
      kind="danger"
      intro="選んだ児童の分だけが、この月分から支払に入りません。ほかの児童の分は、これまでどおり支払われます。"
      ready={valid && child !== "" && causeCode !== ""}
      pending={place.pending}
      problem={place.problem}
      onClose={onClose}
      onSend={(cause) =>
        void place.run({
          path: { recipientId: String(data.recipientId) },
          body: { childNumber: Number(child), fromMonth, causeCode, cause },
        })
      }
    >
      <SelectField
        label="児童"
        value={child}
        onChange={(event) => setChild(event.target.value)}
        options={data.children.map((each) => ({ value: String(each.addresseeNumber), label: each.name }))}
      />
      <SelectField
        label="事由"
        value={causeCode}
        onChange={(event) => setCauseCode(event.target.value)}
        options={causes.map(({ identifier, label }) => ({ value: identifier, label }))}
      />
      <MonthInput label="この月分から" required value={fromMonth} onChange={setFromMonth} />
    </ReasonDialog>
  );
}

export function ChildHolds({ data }: { readonly data: Case }): ReactElement | null {
  const path = { recipientId: String(data.recipientId) };
  const found = useRead("readChildHolds", { path });
  const mayPlace = useMay("hold.place");
  const mayRelease = useMay("hold.release");
  const [placing, setPlacing] = useState(false);
  const [releasing, setReleasing] = useState<number>();
  const release = useCommand("releaseChildHold", { onDone: () => setReleasing(undefined) });
  if (found.data === undefined) return <ProblemNotice problem={found.error} />;
  const { holds, causes } = found.data;
  if (holds.length === 0 && !mayPlace) return null;
  const nameOf = (number: number): string =>
    data.children.find(({ addresseeNumber }) => addresseeNumber === number)?.name ?? String(number);
  return (
    <Section title="児童ごとの差止">
      <Table
        caption="児童ごとの差止"
        captionHidden
        rows={holds}
        rowKey={({ childHoldId }) => childHoldId}
        columns={[
          {
            key: "state",
            head: "状態",
            cell: ({ released }) => (released ? "解除済み" : <Badge kind="warning">■ 継続中</Badge>),
          },
          { key: "child", head: "児童", rowHead: true, cell: ({ childNumber }) => nameOf(childNumber) },
          { key: "from", head: "この月分から", cell: ({ fromMonth }) => <MonthText month={fromMonth} /> },
          { key: "code", head: "事由", cell: ({ causeName }) => causeName },
          { key: "cause", head: "理由", cell: ({ cause }) => cause },
          {
            key: "act",
            head: "操作",
            cell: ({ childHoldId, childNumber, released }) =>
              released || !mayRelease ? null : (
                <Button
                  size="small"
                  aria-label={`解除する: ${nameOf(childNumber)}の分`}
                  onClick={() => setReleasing(childHoldId)}
                >
                  解除する
                </Button>
              ),
          },
        ]}
      />
      {mayPlace && data.children.length > 0 ? (
        <Button size="small" onClick={() => setPlacing(true)}>
          児童一人の分を差し止める
        </Button>
      ) : null}
      {placing ? <PlaceDialog data={data} causes={causes} onClose={() => setPlacing(false)} /> : null}
      {releasing === undefined ? null : (
        <ReasonDialog
          title="児童一人の分の差止めの解除"
          action="解除する"
          pending={release.pending}
          problem={release.problem}
          onClose={() => setReleasing(undefined)}
          onSend={(cause) => void release.run({ path: { ...path, childHoldId: String(releasing) }, body: { cause } })}
        />
      )}
    </Section>
  );
}
