/** 差止・保留: what is held and why; placing by whoever works on the case, releasing by those who decide. */
import { useState } from "react";
import type { ReactElement } from "react";

import { useCommand } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { MonthInput, MonthText } from "../../ui/Dates.tsx";
import { ChoiceField } from "../../ui/Field.tsx";
import { Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { ReasonDialog } from "../filings/ReasonDialog.tsx";
import type { Case } from "./money.ts";

function PlaceDialog({ data, onClose }: { readonly data: Case; readonly onClose: () => void }): ReactElement {
  const [kind, setKind] = useState<"hold" | "pending">("hold");
  const [fromMonth, setFromMonth] = useState(data.today.slice(0, 7));
  const place = useCommand("placeHold", { onDone: onClose });
  const valid = /^\d{4}-(?:0[1-9]|1[0-2])$/.test(fromMonth);
  return (
    <ReasonDialog
      title="支払の差止め・保留"
      action="差し止める・保留する"
      kind="danger"
      intro="この月分から先は、解除するまで支払に入りません。月分そのものは消えず、解除すると次の支払でまとめて払われます。"
      ready={valid}
      pending={place.pending}
      problem={place.problem}
      onClose={onClose}
      onSend={(cause) =>
        void place.run({ path: { recipientId: String(data.recipientId) }, body: { kind, fromMonth, cause } })
      }
    >
      <ChoiceField
        legend="種類"
        name="kind"
        value={kind}
        onChange={(value) => setKind(value === "pending" ? "pending" : "hold")}
        options={[
          { value: "hold", label: "差止め（児童手当法11条）" },
          { value: "pending", label: "保留（確かめが終わるまで）" },
        ]}
      />
      <MonthInput label="この月分から" required value={fromMonth} onChange={setFromMonth} />
    </ReasonDialog>
  );
}

export function Holds({ data }: { readonly data: Case }): ReactElement | null {
  const mayPlace = useMay("hold.place");
  const mayRelease = useMay("hold.release");
  const [placing, setPlacing] = useState(false);
  const [releasing, setReleasing] = useState<number>();
  const release = useCommand("releaseHold", { onDone: () => setReleasing(undefined) });
  if (data.holds.length === 0 && !mayPlace) return null;
  return (
    <Section title="差止・保留">
      <Table
        caption="差止・保留"
        captionHidden
        rows={data.holds}
        rowKey={({ holdId }) => holdId}
        columns={[
          {
            key: "state",
            head: "状態",
            cell: ({ released }) => (released ? "解除済み" : <Badge kind="warning">■ 継続中</Badge>),
          },
          { key: "kind", head: "種類", rowHead: true, cell: ({ kindName }) => kindName },
          { key: "from", head: "この月分から", cell: ({ fromMonth }) => <MonthText month={fromMonth} /> },
          { key: "cause", head: "理由", cell: ({ cause }) => cause },
          {
            key: "act",
            head: "操作",
            cell: ({ holdId, released }) =>
              released || !mayRelease ? null : (
                <Button size="small" onClick={() => setReleasing(holdId)}>
                  解除する
                </Button>
              ),
          },
        ]}
      />
      {mayPlace ? (
        <Button size="small" onClick={() => setPlacing(true)}>
          差し止める・保留する
        </Button>
      ) : null}
      {placing ? <PlaceDialog data={data} onClose={() => setPlacing(false)} /> : null}
      {releasing === undefined ? null : (
        <ReasonDialog
          title="差止め・保留の解除"
          action="解除する"
          pending={release.pending}
          problem={release.problem}
          onClose={() => setReleasing(undefined)}
          onSend={(cause) =>
            void release.run({
              path: { recipientId: String(data.recipientId), holdId: String(releasing) },
              body: { cause },
            })
          }
        />
      )}
    </Section>
  );
}
