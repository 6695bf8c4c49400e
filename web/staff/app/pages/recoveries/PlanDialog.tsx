/** 徴収の計画の案: 一括, 分納 or 内払. An offset shows what the next payments would be before it is proposed. */
import { useState } from "react";
import type { ReactElement } from "react";

import { useCommand } from "../../api/hooks.ts";
import { Button } from "../../ui/Button.tsx";
import { DateInput, MonthInput, MonthText } from "../../ui/Dates.tsx";
import { ChoiceField, TextField } from "../../ui/Field.tsx";
import { yen } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Table } from "../../ui/Table.tsx";
import { ReasonDialog } from "../filings/ReasonDialog.tsx";
import { claimPath } from "./claim-path.ts";
import type { ClaimView } from "./ClaimPage.tsx";
import { wholeYen } from "./whole-yen.ts";

type Method = "lumpSum" | "instalments" | "offset";
type Line = { readonly id: number; readonly dueOn: string; readonly amount: string };

function Instalments({
  lines,
  onChange,
  outstanding,
}: {
  readonly lines: readonly Line[];
  readonly onChange: (lines: readonly Line[]) => void;
  readonly outstanding: number;
}): ReactElement {
  const sum = lines.reduce((all, { amount }) => all + (wholeYen(amount) ?? 0), 0);
  const set = (id: number, part: Partial<Line>): void =>
    onChange(lines.map((line) => (line.id === id ? { ...line, ...part } : line)));
  return (
    <fieldset className="mb-4">
      <legend className="mb-1 font-700">納める回</legend>
      {lines.map((line, index) => (
        <div key={line.id} className="grid grid-cols-2 gap-x-3">
          <DateInput
            label={`第${String(index + 1)}回の納期限`}
            value={line.dueOn}
            onChange={(dueOn) => set(line.id, { dueOn })}
          />
          <TextField
            label={`第${String(index + 1)}回の額（円）`}
            inputMode="numeric"
            value={line.amount}
            onChange={(event) => set(line.id, { amount: event.target.value })}
          />
        </div>
      ))}
      <div className="flex flex-wrap items-center gap-3">
        <Button
          size="small"
          onClick={() => onChange([...lines, { id: (lines.at(-1)?.id ?? 0) + 1, dueOn: "", amount: "" }])}
        >
          回を足す
        </Button>
        {lines.length > 2 ? (
          <Button size="small" onClick={() => onChange(lines.slice(0, -1))}>
            終わりの回を消す
          </Button>
        ) : null}
        <span role="status">
          合計 {yen(sum)}
          {sum === outstanding ? "（残りと同じ）" : `（残り ${yen(outstanding)} と違います）`}
        </span>
      </div>
    </fieldset>
  );
}

type Terms = { readonly perPayment: string; readonly keep: string; readonly fromPayment: string };

function Offset({
  claim,
  terms,
  onChange,
}: {
  readonly claim: ClaimView;
  readonly terms: Terms;
  readonly onChange: (terms: Terms) => void;
}): ReactElement {
  const preview = useCommand("previewRecoveryOffset", { stale: [] });
  const perPayment = wholeYen(terms.perPayment);
  const keep = terms.keep.trim() === "0" ? 0 : wholeYen(terms.keep);
  const monthRight = /^\d{4}-(?:02|04|06|08|10|12)$/.test(terms.fromPayment);
  const ready = perPayment !== undefined && keep !== undefined && monthRight;
  return (
    <div className="mb-4">
      <TextField
        label="1回の支払から差し引く額（円）"
        required
        inputMode="numeric"
        width="medium"
        value={terms.perPayment}
        onChange={(event) => onChange({ ...terms, perPayment: event.target.value })}
      />
      <TextField
        label="差し引いた後に必ず支払う額（円）"
        required
        inputMode="numeric"
        width="medium"
        help="0円でもかまいません。生活の状況を聞いて決めてください。"
        value={terms.keep}
        onChange={(event) => onChange({ ...terms, keep: event.target.value })}
      />
      <MonthInput
        label="初めの支払期月"
        required
        help="支払期月は偶数月です。R9.2・2027-02 のどちらでも"
        value={terms.fromPayment}
        onChange={(fromPayment) => onChange({ ...terms, fromPayment })}
        error={terms.fromPayment === "" || monthRight ? undefined : "2027-02 のように、偶数の月で入力してください。"}
      />
      <ProblemNotice problem={preview.problem} />
      <Button
        size="small"
        pending={preview.pending}
        disabled={!ready}
        onClick={() => {
          if (!ready) return;
          void preview.run({
            path: claimPath(claim),
            body: { perPayment, keep, fromPayment: terms.fromPayment },
          });
        }}
      >
        これからの支払を確かめる
      </Button>
      {preview.answer === undefined ? null : (
        <div className="mt-3">
          {preview.answer.left === 0 ? null : (
            <Notice kind="warning" title={`${yen(preview.answer.left)} が残ります`} live>
              支給が終わるか、5年では足りません。額を上げるか、ほかの方法と合わせてください。
            </Notice>
          )}
          <Table
            caption="いまの決定のままなら、こうなります"
            rows={preview.answer.payments}
            rowKey={({ paymentMonth }) => paymentMonth}
            columns={[
              {
                key: "month",
                head: "支払期",
                rowHead: true,
                cell: ({ paymentMonth }) => <MonthText month={paymentMonth} />,
              },
              { key: "gross", head: "支払うべき額", numeric: true, cell: ({ gross }) => yen(gross) },
              { key: "offset", head: "差し引く額", numeric: true, cell: ({ offset }) => yen(offset) },
              {
                key: "other",
                head: "ほかの差引",
                numeric: true,
                cell: ({ otherDeductions }) => yen(otherDeductions),
              },
              { key: "net", head: "振り込む額", numeric: true, cell: ({ net }) => yen(net) },
              { key: "left", head: "残り", numeric: true, cell: ({ left }) => yen(left) },
            ]}
          />
        </div>
      )}
    </div>
  );
}

export function PlanDialog({
  claim,
  onClose,
}: {
  readonly claim: ClaimView;
  readonly onClose: () => void;
}): ReactElement {
  const command = useCommand("proposeRecovery", { onDone: onClose });
  const [method, setMethod] = useState<Method>("lumpSum");
  const [pledgedOn, setPledgedOn] = useState("");
  const [lines, setLines] = useState<readonly Line[]>([1, 2].map((id) => ({ id, dueOn: "", amount: "" })));
  const [terms, setTerms] = useState<Terms>({ perPayment: "", keep: "0", fromPayment: "" });
  const instalments = lines.map(({ dueOn, amount }) => ({ dueOn, amount: wholeYen(amount) ?? 0 }));
  const perPayment = wholeYen(terms.perPayment);
  const keep = terms.keep.trim() === "0" ? 0 : wholeYen(terms.keep);
  const ready =
    method === "lumpSum" ||
    (method === "instalments" &&
      pledgedOn !== "" &&
      instalments.every((each) => each.dueOn !== "" && each.amount > 0)) ||
    (method === "offset" && perPayment !== undefined && keep !== undefined && terms.fromPayment !== "");
  const send = (reason: string): void => {
    const pledged = pledgedOn === "" || method === "lumpSum" ? {} : { pledgedOn };
    const parts =
      method === "instalments"
        ? { instalments }
        : method === "offset"
          ? { offset: { perPayment: perPayment ?? 0, keep: keep ?? 0, fromPayment: terms.fromPayment } }
          : {};
    void command.run({
      path: claimPath(claim),
      body: { proposal: { kind: "plan", method, ...pledged, ...parts, reason } },
    });
  };
  return (
    <ReasonDialog
      title="徴収の計画の案"
      action="案を入れる"
      intro={
        <p>
          残り <strong>{yen(claim.outstanding)}</strong>
          。承認されると、一括・分納は納入通知書、内払は内払調整通知書の材料ができます。理由は通知書に載ります。
        </p>
      }
      ready={ready}
      wide
      pending={command.pending}
      problem={command.problem}
      onClose={onClose}
      onSend={send}
    >
      <ChoiceField
        legend="方法"
        name="method"
        value={method}
        onChange={(value) => setMethod(value as Method)}
        options={[
          { value: "lumpSum", label: "一括", help: "納入通知書で、全額を一度に納めていただきます。" },
          {
            value: "instalments",
            label: "分納",
            help: "分納誓約の日が要ります。誓約は債務の承認として時効を更新します。",
          },
          { value: "offset", label: "内払（13条）", help: "これからの児童手当の支払から差し引きます。" },
        ]}
      />
      {method === "lumpSum" ? null : (
        <DateInput
          label={method === "offset" ? "同意の日（同意によらないときは空に）" : "分納誓約の日"}
          required={method === "instalments"}
          value={pledgedOn}
          onChange={setPledgedOn}
        />
      )}
      {method === "instalments" ? (
        <Instalments lines={lines} onChange={setLines} outstanding={claim.outstanding} />
      ) : null}
      {method === "offset" ? <Offset claim={claim} terms={terms} onChange={setTerms} /> : null}
    </ReasonDialog>
  );
}
