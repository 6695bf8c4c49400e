/** 個人番号の入力: number and identity are checked on papers first (番号法16条), then the number is typed once. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import type { OperationInput } from "../../api/call.ts";
import { Button } from "../../ui/Button.tsx";
import { DateInput } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { SelectField, TextField } from "../../ui/Field.tsx";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { useNumberCall } from "./use-number-call.ts";

type Body = OperationInput<"enterIndividualNumber">["body"];

const NUMBER_PAPERS: readonly { readonly value: Body["numberPaper"]; readonly label: string }[] = [
  { value: "individualNumberCard", label: "個人番号カード" },
  { value: "residentCertificate", label: "個人番号のある住民票の写し" },
  { value: "notificationCard", label: "通知カード（記載に変更がないもの）" },
];
const IDENTITY_PAPERS: readonly { readonly value: Body["identityPaper"]; readonly label: string }[] = [
  { value: "individualNumberCard", label: "個人番号カード" },
  { value: "driversLicence", label: "運転免許証・運転経歴証明書" },
  { value: "passport", label: "旅券" },
  { value: "residenceCard", label: "在留カード・特別永住者証明書" },
  { value: "twoPapers", label: "公的な書類2点" },
  { value: "knownPerson", label: "面識などにより本人に相違ない" },
];

export function EnterNumberDialog({
  addresseeNumber,
  changed,
  onDone,
  onClose,
}: {
  readonly addresseeNumber: string;
  readonly changed: boolean;
  readonly onDone: (said: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  // Kept here alone, never as a draft: what was typed is gone with the dialog.
  const [number, setNumber] = useState("");
  const [numberPaper, setNumberPaper] = useState("");
  const [identityPaper, setIdentityPaper] = useState("");
  const [checkedOn, setCheckedOn] = useState("");
  const call = useNumberCall();
  const papers = {
    number: NUMBER_PAPERS.find(({ value }) => value === numberPaper)?.value,
    identity: IDENTITY_PAPERS.find(({ value }) => value === identityPaper)?.value,
  };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (papers.number === undefined || papers.identity === undefined) return;
    const body = { number, numberPaper: papers.number, identityPaper: papers.identity, checkedOn, changed };
    const answer = await call.run("enterIndividualNumber", { path: { addresseeNumber }, body });
    setNumber("");
    if (answer !== undefined) onDone(answer.message);
  };
  const ready =
    number.trim() !== "" && papers.number !== undefined && papers.identity !== undefined && checkedOn !== "";
  return (
    <Dialog title={changed ? "個人番号の変更を入力する" : "個人番号を入力する"} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <ProblemNotice problem={call.problem} />
        <p className="mb-3">
          書類で番号と本人を確かめてから入力します。番号は金庫だけに入り、画面にも記録にも残りません。別の職員が同じ書類から打ち直して確かめます。
        </p>
        <SelectField
          label="番号確認の書類"
          required
          empty="選んでください"
          value={numberPaper}
          onChange={(event) => setNumberPaper(event.target.value)}
          options={NUMBER_PAPERS}
        />
        <SelectField
          label="身元確認の書類"
          required
          empty="選んでください"
          value={identityPaper}
          onChange={(event) => setIdentityPaper(event.target.value)}
          options={IDENTITY_PAPERS}
        />
        <DateInput label="確認した日" required value={checkedOn} onChange={setCheckedOn} />
        <TextField
          label={changed ? "新しい個人番号" : "個人番号"}
          help="12桁。全角でも、4桁ごとに空白やハイフンがあってもかまいません。打ち間違いは検査用数字で分かります。"
          required
          width="medium"
          inputMode="numeric"
          spellCheck={false}
          value={number}
          onChange={(event) => setNumber(event.target.value)}
        />
        <Actions>
          <Button kind="primary" submit pending={call.pending} disabled={!ready}>
            登録する
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}
