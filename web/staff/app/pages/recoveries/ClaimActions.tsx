/** What can be done with a claim next: a receipt, or a proposal for another person's approval. */
import { useState } from "react";
import type { ReactElement } from "react";

import { useCommand } from "../../api/hooks.ts";
import { Button } from "../../ui/Button.tsx";
import { DateInput } from "../../ui/Dates.tsx";
import { ChoiceField, SelectField, TextField } from "../../ui/Field.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Section } from "../../ui/Page.tsx";
import { ReasonDialog } from "../filings/ReasonDialog.tsx";
import { claimPath } from "./claim-path.ts";
import type { ClaimView } from "./ClaimPage.tsx";
import { PlanDialog } from "./PlanDialog.tsx";
import { wholeYen } from "./whole-yen.ts";

type Asked = "cause" | "plan" | "writeOff" | "refund" | "suspension" | "receipt";
type DialogProps = { readonly claim: ClaimView; readonly onClose: () => void };

function useProposal(claim: ClaimView, onClose: () => void) {
  const command = useCommand("proposeRecovery", { onDone: onClose });
  const path = claimPath(claim);
  return { command, path };
}

function CauseDialog({ claim, onClose }: DialogProps): ReactElement {
  const { command, path } = useProposal(claim, onClose);
  const [cause, setCause] = useState<"city" | "recipient" | "fraud">("recipient");
  return (
    <ReasonDialog
      title="原因の案"
      action="案を入れる"
      intro="時効の年数、利息、滞納処分ができるかどうかが、原因で決まります。確かめたことを理由に書いてください。"
      pending={command.pending}
      problem={command.problem}
      onClose={onClose}
      onSend={(basis) => void command.run({ path, body: { proposal: { kind: "cause", cause, basis } } })}
    >
      <ChoiceField
        legend="過払の原因"
        name="cause"
        value={cause}
        onChange={(value) => setCause(value as "city")}
        options={[
          { value: "city", label: "市の誤り" },
          { value: "recipient", label: "受給者の届出の遅れ・誤り" },
          {
            value: "fraud",
            label: "偽りその他不正の手段（14条）",
            help: "時効は2年（23条）。滞納処分の例によることができます。",
          },
        ]}
      />
    </ReasonDialog>
  );
}

function WriteOffDialog({ claim, onClose }: DialogProps): ReactElement {
  const { command, path } = useProposal(claim, onClose);
  const [ground, setGround] = useState<"limitation" | "decision">("limitation");
  return (
    <ReasonDialog
      title="不納欠損の案"
      action="案を入れる"
      kind="danger"
      intro={`残り ${claim.outstanding.toLocaleString("ja-JP")}円 を徴収しないことにします。決裁の後は戻せません。`}
      pending={command.pending}
      problem={command.problem}
      onClose={onClose}
      onSend={(reason) => void command.run({ path, body: { proposal: { kind: "writeOff", ground, reason } } })}
    >
      <ChoiceField
        legend="根拠"
        name="ground"
        value={ground}
        onChange={(value) => setGround(value === "decision" ? "decision" : "limitation")}
        options={[
          { value: "limitation", label: "時効が完成した", help: "時効の日より前は受け付けません。" },
          { value: "decision", label: "債権の放棄・免除などの決裁がある" },
        ]}
      />
    </ReasonDialog>
  );
}

function RefundDialog({ claim, onClose }: DialogProps): ReactElement {
  const { command, path } = useProposal(claim, onClose);
  const open = claim.receipts.filter(({ excess, refundedOn }) => excess > 0 && refundedOn === null);
  const [receiptId, setReceiptId] = useState(String(open[0]?.receiptId ?? ""));
  return (
    <ReasonDialog
      title="過納の還付の案"
      action="案を入れる"
      ready={receiptId !== ""}
      pending={command.pending}
      problem={command.problem}
      onClose={onClose}
      onSend={(reason) =>
        void command.run({ path, body: { proposal: { kind: "refund", receiptId: Number(receiptId), reason } } })
      }
    >
      <SelectField
        label="過納のあった収納"
        value={receiptId}
        onChange={(event) => setReceiptId(event.target.value)}
        options={open.map((each) => ({
          value: String(each.receiptId),
          label: `${each.reference}（過納 ${each.excess.toLocaleString("ja-JP")}円）`,
        }))}
      />
    </ReasonDialog>
  );
}

function SuspensionDialog({ claim, onClose }: DialogProps): ReactElement {
  const { command, path } = useProposal(claim, onClose);
  const stopped = claim.completeOn === null;
  const [what, setWhat] = useState<"suspended" | "ruled" | "unruled">(stopped ? "ruled" : "suspended");
  const [on, setOn] = useState("");
  return (
    <ReasonDialog
      title="時効の停止と再開の案"
      action="案を入れる"
      intro="督促・催告・納付・分納誓約は、記録されたときに自動で時効に反映されます。ここでは審査請求などを記録します。"
      ready={on !== ""}
      pending={command.pending}
      problem={command.problem}
      onClose={onClose}
      onSend={(reason) => void command.run({ path, body: { proposal: { kind: "suspension", what, on, reason } } })}
    >
      <ChoiceField
        legend="あったこと"
        name="what"
        value={what}
        onChange={(value) => setWhat(value as "ruled")}
        options={
          stopped
            ? [
                { value: "ruled", label: "裁決・判決で終わった（時効は更新）" },
                { value: "unruled", label: "取下げなど、裁決なく終わった（6か月は完成しない）" },
              ]
            : [{ value: "suspended", label: "審査請求・訴えがあった（時効は停止）" }]
        }
      />
      <DateInput label="あった日" required value={on} onChange={setOn} />
    </ReasonDialog>
  );
}

function ReceiptDialog({ claim, onClose }: DialogProps): ReactElement {
  const command = useCommand("recordRepayment", { onDone: onClose });
  const [typed, setTyped] = useState({ reference: "", amount: "", paidOn: "" });
  const amount = wholeYen(typed.amount);
  const ready = amount !== undefined && typed.reference !== "" && typed.paidOn !== "";
  return (
    <Dialog title="収納の登録" onClose={onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!ready) return;
          const { reference, paidOn } = typed;
          void command.run({ path: claimPath(claim), body: { reference, paidOn, amount } });
        }}
      >
        <ProblemNotice problem={command.problem} />
        <p className="mb-3">古い月分から充てます。残りを超えた額は過納になり、二人で還付します。</p>
        <TextField
          label="収納の番号（領収番号・納付番号）"
          required
          width="medium"
          value={typed.reference}
          onChange={(event) => setTyped({ ...typed, reference: event.target.value.trim() })}
        />
        <DateInput
          label="納付の日"
          required
          value={typed.paidOn}
          onChange={(paidOn) => setTyped({ ...typed, paidOn })}
        />
        <TextField
          label="額（円）"
          required
          width="medium"
          inputMode="numeric"
          value={typed.amount}
          onChange={(event) => setTyped({ ...typed, amount: event.target.value })}
          error={typed.amount !== "" && amount === undefined ? "1円以上の整数で入力してください。" : undefined}
        />
        <Actions>
          <Button kind="primary" submit pending={command.pending} disabled={!ready}>
            登録する
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}

const DIALOGS = {
  cause: CauseDialog,
  plan: PlanDialog,
  writeOff: WriteOffDialog,
  refund: RefundDialog,
  suspension: SuspensionDialog,
  receipt: ReceiptDialog,
} as const;

export function ClaimActions({ claim }: { readonly claim: ClaimView }): ReactElement {
  const [asked, setAsked] = useState<Asked>();
  const waits = (kind: string): boolean => claim.waiting.some((each) => each.kind === kind);
  const excess = claim.receipts.some((each) => each.excess > 0 && each.refundedOn === null);
  const choices: readonly (readonly [Asked, string, boolean])[] = [
    ["cause", "原因の案を入れる", claim.open && !waits("cause")],
    [
      "plan",
      claim.plan === null ? "計画の案を入れる" : "計画を作り直す案を入れる",
      claim.open && claim.causeName !== null && !waits("plan"),
    ],
    ["receipt", "収納を登録する", claim.state !== "writtenOff"],
    ["suspension", "時効の停止・再開の案を入れる", claim.open && !waits("suspension")],
    ["refund", "過納の還付の案を入れる", excess && !waits("refund")],
    ["writeOff", "不納欠損の案を入れる", claim.open && claim.causeName !== null && !waits("writeOff")],
  ];
  const Shown = asked === undefined ? undefined : DIALOGS[asked];
  return (
    <Section title="次にすること">
      {claim.open && claim.causeName === null ? (
        <Notice kind="info" title="はじめに、過払の原因を決めます">
          原因が決まるまで、納入の通知も不納欠損もできません。
        </Notice>
      ) : null}
      <div className="flex flex-wrap gap-3">
        {choices
          .filter(([, , shown]) => shown)
          .map(([code, label]) => (
            <Button key={code} size="small" onClick={() => setAsked(code)}>
              {label}
            </Button>
          ))}
      </div>
      {Shown === undefined ? null : <Shown claim={claim} onClose={() => setAsked(undefined)} />}
    </Section>
  );
}
