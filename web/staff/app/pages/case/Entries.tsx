/** 台帳の記載 of the case: what the office has written down, as true on one day and as known on another. */
import { useState } from "react";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateInput, DateText, MomentText } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { TextArea } from "../../ui/Field.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Loading, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { Editing } from "../person/Editing.tsx";
import { entryForms, entryLines } from "./entry-fields.ts";
import { EntryForm, type EntryKind } from "./EntryForm.tsx";

type Entry = OperationAnswer<"readCaseEntries">["entries"][number];

const ADDABLE: readonly { readonly kind: EntryKind; readonly label: string }[] = [
  { kind: "note", label: "メモ" },
  { kind: "contact", label: "連絡先" },
  { kind: "mailingAddress", label: "送付先" },
  { kind: "relatedPerson", label: "関係者" },
  { kind: "welfareName", label: "福祉名" },
  { kind: "residenceException", label: "居住の特例" },
  { kind: "formerInquiry", label: "前住所地への照会" },
  { kind: "materialRequest", label: "資料の提供等の求め" },
];

function Content({ entry }: { readonly entry: Entry }): ReactElement {
  if (entry.kind === "note") return <span className="whitespace-pre-wrap">{String(entry.content["body"])}</span>;
  return (
    <span>
      {entryLines(entry.content).map(({ name, value }, index) => (
        <span key={name}>
          {index === 0 ? "" : "、"}
          <span className="text-[0.8125rem] text-solid-gray-700">{name}</span> {value}
        </span>
      ))}
    </span>
  );
}

/** Taking an entry back needs a reason; it stays readable for the days before. */
function WithdrawDialog({
  recipientId,
  entry,
  onClose,
}: {
  readonly recipientId: number;
  readonly entry: Entry;
  readonly onClose: () => void;
}): ReactElement {
  const [reason, setReason] = useState("");
  const withdraw = useCommand("withdrawCaseEntry", { onDone: onClose, stale: ["readCaseEntries", "readCaseHistory"] });
  const { entryId, revision, kind } = entry;
  const send = (): void =>
    void withdraw.run({ path: { recipientId: String(recipientId), kind }, body: { entryId, revision, reason } });
  return (
    <Dialog title={`${entry.label}を取り消す`} onClose={onClose}>
      <Editing />
      <p className="mb-3">誤りとして取り消します。取り消した記載も、記録としては残ります。</p>
      <ProblemNotice problem={withdraw.problem} />
      <TextArea
        label="理由"
        required
        maxLength={200}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <Actions>
        <Button kind="danger" pending={withdraw.pending} disabled={reason.trim() === ""} onClick={send}>
          取り消す
        </Button>
        <Button onClick={onClose}>やめる</Button>
      </Actions>
    </Dialog>
  );
}

export function Entries({
  recipientId,
  today,
}: {
  readonly recipientId: number;
  readonly today: string;
}): ReactElement {
  const [validOn, setValidOn] = useState(today);
  const [knownOn, setKnownOn] = useState(today);
  const [adding, setAdding] = useState<(typeof ADDABLE)[number]>();
  const [leaving, setLeaving] = useState<Entry>();
  const maySheltered = useMay("protection.view");
  const mayNote = useMay("case.note");
  const mayConfirm = useMay("procedure.approve");
  const found = useRead("readCaseEntries", {
    path: { recipientId: String(recipientId) },
    query: { validOn: validOn === "" ? today : validOn, knownOn: knownOn === "" ? today : knownOn },
  });
  const confirm = useCommand("confirmCaseEntry", { stale: ["readCaseEntries", "readCaseHistory"] });
  const present = validOn === today && knownOn === today;
  const entries = found.data?.entries ?? [];
  return (
    <Section title="台帳の記載（連絡先・送付先・関係者・メモ・書類など）">
      {maySheltered ? (
        <p className="text-[0.875rem] text-solid-gray-700">
          支援措置の人の連絡先・送付先・照会先と、学校・保管場所などは、住所の一時解除の間だけ表示します。
        </p>
      ) : null}
      <div className="flex flex-wrap gap-x-6">
        <DateInput label="この日に有効だったもの" value={validOn} onChange={setValidOn} />
        <DateInput label="この日までに知っていたこと" value={knownOn} onChange={setKnownOn} />
      </div>
      {present ? null : (
        <Notice kind="info" title="過去の見え方です">
          <DateText date={validOn} /> に有効だった記載を、
          <DateText date={knownOn} /> までに知っていたとおりに示しています。
        </Notice>
      )}
      <ProblemNotice problem={found.error ?? confirm.problem} />
      {found.isPending ? <Loading what="台帳の記載を" /> : null}
      {found.data === undefined ? null : (
        <Table
          caption="台帳の記載"
          captionHidden
          rows={entries}
          rowKey={({ entryId }) => entryId}
          empty="この日の記載はありません。"
          columns={[
            {
              key: "kind",
              head: "種類",
              rowHead: true,
              cell: ({ label }) => <strong>{label}</strong>,
              sortBy: ({ label }) => label,
            },
            { key: "content", head: "内容", cell: (entry) => <Content entry={entry} /> },
            {
              key: "period",
              head: "期間",
              cell: ({ validFrom, validTo }) => (
                <>
                  <DateText date={validFrom} />〜{validTo === null ? "" : <DateText date={validTo} />}
                </>
              ),
            },
            {
              key: "by",
              head: "記録",
              cell: ({ enteredBy, recordedAt }) => (
                <>
                  {enteredBy} <MomentText at={recordedAt} />
                </>
              ),
            },
            {
              key: "act",
              head: "操作",
              cell: (entry) => (
                <span className="flex flex-wrap gap-2">
                  {entry.confirmed === false ? (
                    <Badge kind="warning">{entry.withdrawn ? "取消し: 二人目の確認待ち" : "二人目の確認待ち"}</Badge>
                  ) : null}
                  {entry.confirmed === false && mayConfirm ? (
                    <Button
                      size="small"
                      pending={confirm.pending}
                      onClick={() =>
                        void confirm.run({
                          path: { recipientId: String(recipientId), kind: entry.kind },
                          body: { entryId: entry.entryId, revision: entry.revision },
                        })
                      }
                    >
                      確認する
                    </Button>
                  ) : null}
                  {mayNote && present && !entry.withdrawn && entryForms[entry.kind] !== undefined ? (
                    <Button size="small" kind="quiet" onClick={() => setLeaving(entry)}>
                      取り消す
                    </Button>
                  ) : null}
                </span>
              ),
            },
          ]}
        />
      )}
      {mayNote && present ? (
        <div className="flex flex-wrap items-center gap-2">
          <span className="font-700">加える:</span>
          {ADDABLE.map((each) => (
            <Button key={each.kind} size="small" onClick={() => setAdding(each)}>
              {each.label}
            </Button>
          ))}
        </div>
      ) : null}
      {adding === undefined ? null : (
        <EntryForm
          recipientId={recipientId}
          kind={adding.kind}
          label={adding.label}
          today={today}
          onClose={() => setAdding(undefined)}
        />
      )}
      {leaving === undefined ? null : (
        <WithdrawDialog recipientId={recipientId} entry={leaving} onClose={() => setLeaving(undefined)} />
      )}
    </Section>
  );
}
