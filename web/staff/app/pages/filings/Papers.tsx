/** 書類: what this filing needs, what has come, what the registers show instead; asking for the rest by a day. */
import { useState } from "react";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand } from "../../api/hooks.ts";
import { Badge, type BadgeKind } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateInput, DateText } from "../../ui/Dates.tsx";
import { CheckField, ChoiceField, TextField } from "../../ui/Field.tsx";

import { Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { FilingProblem } from "./FilingProblem.tsx";
import { ReasonDialog } from "./ReasonDialog.tsx";

export type Filing = OperationAnswer<"readFiling">;
type Paper = Filing["documents"][number];

const STATES: Readonly<Record<Paper["state"], { readonly word: string; readonly kind: BadgeKind }>> = {
  received: { word: "受領", kind: "good" },
  waived: { word: "台帳で確認（省略）", kind: "good" },
  requested: { word: "提出を依頼中", kind: "warning" },
  returned: { word: "返戻", kind: "warning" },
  missing: { word: "未提出", kind: "danger" },
};

function RequestDialog({ filing, onClose }: { readonly filing: Filing; readonly onClose: () => void }): ReactElement {
  const open = filing.documents.filter(({ state }) => state !== "received" && state !== "waived");
  const [how, setHow] = useState<"returned" | "held">("held");
  const [codes, setCodes] = useState<readonly string[]>(open.map(({ code }) => code));
  const [dueOn, setDueOn] = useState("");
  const request = useCommand("requestDocuments", { onDone: onClose });
  return (
    <ReasonDialog
      title="返戻・保留"
      action="決める"
      ready={dueOn !== ""}
      pending={request.pending}
      problem={request.problem}
      intro="受付日はそのまま守られます。期限までに届かないときは、仕事の一覧に印が出ます。"
      onClose={onClose}
      onSend={(reason) =>
        void request.run({
          path: { filingId: String(filing.filingId) },
          body: { how, documents: [...codes], reason, dueOn, expectedRevision: filing.revision },
        })
      }
    >
      <ChoiceField
        legend="どうするか"
        name="how"
        value={how}
        onChange={(value) => setHow(value === "returned" ? "returned" : "held")}
        options={[
          { value: "held", label: "保留（書類は預かり、足りないものを待つ）" },
          { value: "returned", label: "返戻（書類を返す）" },
        ]}
      />
      {open.map(({ code, name }) => (
        <CheckField
          key={code}
          label={name}
          checked={codes.includes(code)}
          onChange={(event) =>
            setCodes((before) => (event.target.checked ? [...before, code] : before.filter((each) => each !== code)))
          }
        />
      ))}
      <DateInput label="期限" required value={dueOn} onChange={setDueOn} />
    </ReasonDialog>
  );
}

function WaiveDialog({
  filing,
  paper,
  onClose,
}: {
  readonly filing: Filing;
  readonly paper: Paper;
  readonly onClose: () => void;
}): ReactElement {
  const receive = useCommand("receiveDocuments", { onDone: onClose });
  return (
    <ReasonDialog
      title={`${paper.name}を省略する`}
      action="省略する"
      intro="台帳で分かるときだけ省略できます（施行規則11条）。何で分かったかを書いてください。"
      pending={receive.pending}
      problem={receive.problem}
      onClose={onClose}
      onSend={(reason) =>
        void receive.run({
          path: { filingId: String(filing.filingId) },
          body: { received: [], waived: [{ code: paper.code, reason }], expectedRevision: filing.revision },
        })
      }
    />
  );
}

/** 返却: what was brought and is not needed goes back, and that it did is written down. */
function HandBackDialog({ filing, onClose }: { readonly filing: Filing; readonly onClose: () => void }): ReactElement {
  const [paper, setPaper] = useState("");
  const [how, setHow] = useState<"counter" | "post">("counter");
  const [on, setOn] = useState("");
  const handBack = useCommand("handBackDocument", { onDone: onClose });
  return (
    <ReasonDialog
      title="要らない書類を返した"
      action="記録する"
      ready={paper.trim() !== ""}
      pending={handBack.pending}
      problem={handBack.problem}
      intro="この手続に要らない書類は預からずに返し、返したことを残します。受付や審査の状態は変わりません。"
      onClose={onClose}
      onSend={(reason) =>
        void handBack.run({
          path: { filingId: String(filing.filingId) },
          body: {
            paper: paper.trim(),
            how,
            reason,
            ...(on === "" ? {} : { on }),
            expectedRevision: filing.revision,
          },
        })
      }
    >
      <TextField
        label="書類の名"
        required
        maxLength={80}
        help="例: 源泉徴収票、年金手帳の写し"
        value={paper}
        onChange={(event) => setPaper(event.target.value)}
      />
      <ChoiceField
        legend="返し方"
        name="how"
        value={how}
        onChange={(value) => setHow(value === "post" ? "post" : "counter")}
        options={[
          { value: "counter", label: "窓口で手渡した" },
          { value: "post", label: "郵送した" },
        ]}
      />
      <DateInput label="返した日" help="空けると今日です。" value={on} onChange={setOn} />
    </ReasonDialog>
  );
}

export function Papers({
  filing,
  mayReceive,
}: {
  readonly filing: Filing;
  readonly mayReceive: boolean;
}): ReactElement {
  const [asking, setAsking] = useState(false);
  const [returning, setReturning] = useState(false);
  const [waiving, setWaiving] = useState<Paper>();
  const receive = useCommand("receiveDocuments");
  const open = ["submitted", "returned", "held", "examined"].includes(filing.state) && mayReceive;
  return (
    <Section title="書類">
      <FilingProblem problem={receive.problem} />
      <Table
        caption="この手続に要る書類"
        captionHidden
        rows={filing.documents}
        rowKey={({ code }) => code}
        empty="この内容では、添える書類はありません。"
        columns={[
          {
            key: "state",
            head: "状態",
            cell: ({ state }) => <Badge kind={STATES[state].kind}>{STATES[state].word}</Badge>,
          },
          {
            key: "name",
            head: "書類",
            rowHead: true,
            cell: ({ name, why }) => (
              <>
                <strong>{name}</strong>
                <span className="block text-[0.8125rem] text-solid-gray-700">{why}</span>
              </>
            ),
          },
          { key: "on", head: "日付", cell: ({ notedOn }) => (notedOn === null ? "－" : <DateText date={notedOn} />) },
          { key: "reason", head: "理由", cell: ({ reason }) => reason ?? "－" },
          {
            key: "act",
            head: "操作",
            cell: (paper) =>
              open && paper.state !== "received" && paper.state !== "waived" ? (
                <span className="flex flex-wrap gap-2">
                  <Button
                    size="small"
                    pending={receive.pending}
                    onClick={() =>
                      void receive.run({
                        path: { filingId: String(filing.filingId) },
                        body: { received: [{ code: paper.code }], waived: [], expectedRevision: filing.revision },
                      })
                    }
                    aria-label={`${paper.name}を受け取った`}
                  >
                    受け取った
                  </Button>
                  {paper.waivable ? (
                    <Button
                      size="small"
                      kind="quiet"
                      onClick={() => setWaiving(paper)}
                      aria-label={`${paper.name}を省略する`}
                    >
                      省略する
                    </Button>
                  ) : null}
                </span>
              ) : null,
          },
        ]}
      />
      {filing.handedBack.length === 0 ? null : (
        <Table
          caption="返した書類"
          rows={filing.handedBack}
          rowKey={(line) => filing.handedBack.indexOf(line)}
          columns={[
            { key: "paper", head: "返した書類", rowHead: true, cell: ({ paper }) => <strong>{paper}</strong> },
            { key: "how", head: "返し方", cell: ({ how }) => (how === "post" ? "郵送" : "窓口") },
            { key: "on", head: "日付", cell: ({ on }) => <DateText date={on} /> },
            { key: "reason", head: "理由", cell: ({ reason }) => reason },
            { key: "by", head: "職員", cell: ({ by }) => by },
          ]}
        />
      )}
      <div className="flex flex-wrap gap-3">
        {open ? (
          <Button size="small" onClick={() => setAsking(true)}>
            返戻・保留にする
          </Button>
        ) : null}
        {mayReceive && filing.state !== "draft" && filing.state !== "discarded" ? (
          <Button size="small" onClick={() => setReturning(true)}>
            要らない書類を返した
          </Button>
        ) : null}
      </div>
      {returning ? <HandBackDialog filing={filing} onClose={() => setReturning(false)} /> : null}
      {asking ? <RequestDialog filing={filing} onClose={() => setAsking(false)} /> : null}
      {waiving === undefined ? null : (
        <WaiveDialog filing={filing} paper={waiving} onClose={() => setWaiving(undefined)} />
      )}
    </Section>
  );
}
