/** 振込先口座: every account with its period, and what was checked about it, by whom, how and when (A8). */
import { useState } from "react";
import type { ReactElement } from "react";

import { useCommand } from "../../api/hooks.ts";
import type { OperationInput } from "../../api/call.ts";
import { useMay } from "../../session/session-context.ts";
import { Badge, type BadgeKind } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateInput, DateText, MomentText } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { ChoiceField, SelectField, TextArea } from "../../ui/Field.tsx";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { Editing } from "../person/Editing.tsx";
import { CounterPayment } from "./CounterPayment.tsx";
import type { Case } from "./money.ts";

type Account = Case["accounts"][number];
type Check = Account["checks"][number];
type Finding = OperationInput<"recordAccountCheck">["body"];

const SOURCES = { claim: "請求書", change: "変更届", publicAccount: "公金受取口座" } as const;
const LOOKS: Readonly<Record<Check["result"], BadgeKind>> = {
  match: "good",
  mismatch: "danger",
  exception: "warning",
  unknown: "warning",
};

const KINDS = [
  { value: "preCheck", label: "事前照合（この口座に振り込めるか）" },
  { value: "holder", label: "名義の確認" },
];
const METHODS: Readonly<Record<Finding["kind"], readonly { readonly value: string; readonly label: string }[]>> = {
  preCheck: [
    { value: "bankInquiry", label: "金融機関への照会" },
    { value: "bankMaster", label: "金融機関マスタ" },
    { value: "publicAccountInquiry", label: "公金受取口座の照会" },
  ],
  holder: [
    { value: "bankInquiry", label: "金融機関への照会" },
    { value: "passbook", label: "通帳の写し" },
    { value: "registerKana", label: "台帳のカナとの照合" },
    { value: "publicAccountInquiry", label: "公金受取口座の照会" },
  ],
};
const RESULTS = [
  { value: "match", label: "一致" },
  { value: "mismatch", label: "不一致" },
  { value: "exception", label: "例外として承認" },
  { value: "unknown", label: "不明" },
];

function CheckDialog({
  data,
  account,
  onClose,
}: {
  readonly data: Case;
  readonly account: Account;
  readonly onClose: () => void;
}): ReactElement {
  const [kind, setKind] = useState<Finding["kind"]>("preCheck");
  const [method, setMethod] = useState("bankInquiry");
  const [result, setResult] = useState("");
  const [checkedOn, setCheckedOn] = useState(data.today);
  const [note, setNote] = useState("");
  const [tried, setTried] = useState(false);
  const record = useCommand("recordAccountCheck", { onDone: onClose, stale: ["readCase", "readCaseHistory"] });
  const needsNote = result !== "" && result !== "match" && note.trim() === "";
  const send = (): void => {
    setTried(true);
    if (result === "" || checkedOn === "" || needsNote) return;
    void record.run({
      path: { recipientId: String(data.recipientId) },
      body: {
        accountId: account.accountId,
        kind,
        method: method as Finding["method"],
        result: result as Finding["result"],
        checkedOn,
        note: note.trim(),
      },
    });
  };
  return (
    <Dialog title={`口座 ${account.maskedNumber} の確認を記録する`} onClose={onClose}>
      <Editing />
      <ProblemNotice problem={record.problem} />
      <ChoiceField
        legend="何を確かめたか"
        name="kind"
        value={kind}
        onChange={(value) => {
          setKind(value === "holder" ? "holder" : "preCheck");
          setMethod("bankInquiry");
        }}
        options={KINDS}
      />
      <SelectField
        label="方法"
        options={METHODS[kind]}
        value={method}
        onChange={(event) => setMethod(event.target.value)}
      />
      <ChoiceField
        legend="結果"
        name="result"
        value={result}
        onChange={setResult}
        options={kind === "holder" ? RESULTS : RESULTS.filter(({ value }) => value !== "exception")}
        error={tried && result === "" ? "結果を1つ選んでください。" : undefined}
      />
      <DateInput
        label="確かめた日"
        required
        value={checkedOn}
        onChange={setCheckedOn}
        error={tried && checkedOn === "" ? "日付を入力してください。" : undefined}
      />
      <TextArea
        label="説明"
        maxLength={200}
        value={note}
        onChange={(event) => setNote(event.target.value)}
        error={tried && needsNote ? "一致しなかったときは、説明を書いてください。" : undefined}
      />
      <Actions>
        <Button kind="primary" pending={record.pending} onClick={send}>
          記録する
        </Button>
        <Button onClick={onClose}>やめる</Button>
      </Actions>
    </Dialog>
  );
}

function Checks({ checks }: { readonly checks: readonly Check[] }): ReactElement {
  if (checks.length === 0) return <span>記録がありません</span>;
  return (
    <ul>
      {checks.map((check) => (
        <li key={`${check.kindName}${check.recordedAt}`} className="py-0.5">
          <Badge kind={LOOKS[check.result]}>
            {check.kindName}: {check.resultName}
          </Badge>{" "}
          <DateText date={check.checkedOn} /> {check.methodName}（{check.recordedBy}）
          {check.note === "" ? "" : ` ${check.note}`}
        </li>
      ))}
    </ul>
  );
}

export function Accounts({ data }: { readonly data: Case }): ReactElement {
  const mayRecord = useMay("account.change");
  const [checking, setChecking] = useState<Account>();
  return (
    <Section title="振込先口座">
      {data.accountsHidden ? (
        <p>口座の照会の権限がないため、表示しません。</p>
      ) : (
        <Table
          caption="振込先口座（新しい順）"
          captionHidden
          rows={data.accounts}
          rowKey={({ accountId }) => accountId}
          empty="口座の届出がありません。"
          columns={[
            {
              key: "state",
              head: "いま",
              cell: ({ until, afterPayOn }) => (
                <>
                  {until === null ? <Badge kind="key">使用中</Badge> : "前の口座"}
                  {afterPayOn === null ? null : (
                    <span className="block text-[0.8125rem]">
                      <DateText date={afterPayOn} /> の支払より後から
                    </span>
                  )}
                </>
              ),
            },
            {
              key: "bank",
              head: "金融機関",
              rowHead: true,
              cell: ({ bank, bankName, branch, branchName }) => `${bank} ${bankName} ${branch} ${branchName}`,
            },
            {
              key: "number",
              head: "口座",
              cell: ({ accountTypeName, maskedNumber, holder }) => (
                <>
                  {accountTypeName} {maskedNumber}
                  <span className="block">{holder}</span>
                </>
              ),
            },
            { key: "source", head: "届出", cell: ({ source }) => SOURCES[source] },
            {
              key: "since",
              head: "期間",
              cell: ({ since, until }) => (
                <>
                  <MomentText at={since} /> から
                  {until === null ? null : (
                    <span className="block">
                      <MomentText at={until} /> まで
                    </span>
                  )}
                </>
              ),
            },
            { key: "checks", head: "確認の結果（新しい順）", cell: ({ checks }) => <Checks checks={checks} /> },
            ...(mayRecord
              ? [
                  {
                    key: "act",
                    head: "操作",
                    cell: (account: Account) => (
                      <Button
                        size="small"
                        onClick={() => setChecking(account)}
                        aria-label={`口座 ${account.maskedNumber} の確認を記録`}
                      >
                        確認を記録
                      </Button>
                    ),
                  },
                ]
              : []),
          ]}
        />
      )}
      {checking === undefined ? null : (
        <CheckDialog data={data} account={checking} onClose={() => setChecking(undefined)} />
      )}
      <CounterPayment recipientId={data.recipientId} />
    </Section>
  );
}
