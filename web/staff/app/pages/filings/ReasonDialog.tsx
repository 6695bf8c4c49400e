/** A step that needs words: send back, withdraw, ask for papers, depart from the proposal, correct. */
import { useState } from "react";
import type { FormEvent, ReactElement, ReactNode } from "react";

import type { ApiProblem } from "../../api/problem.ts";
import { Button, type ButtonKind } from "../../ui/Button.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { TextArea } from "../../ui/Field.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Editing } from "../person/Editing.tsx";
import { FilingProblem } from "./FilingProblem.tsx";

type Props = {
  readonly title: string;
  readonly action: string;
  readonly kind?: ButtonKind;
  readonly intro?: ReactNode;
  /** More fields, above the reason */
  readonly children?: ReactNode;
  /** Whether the other fields are complete */
  readonly ready?: boolean;
  /** What to do where they are not; said after the first try */
  readonly missing?: string;
  /** For tables inside */
  readonly wide?: boolean;
  readonly pending: boolean;
  readonly problem: ApiProblem | undefined;
  readonly onSend: (reason: string) => void;
  readonly onClose: () => void;
};

export function ReasonDialog({
  title,
  action,
  kind = "primary",
  intro,
  children,
  ready = true,
  missing = "上の項目を入れてください。",
  wide = false,
  pending,
  problem,
  onSend,
  onClose,
}: Props): ReactElement {
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const send = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (reason.trim() !== "" && ready) onSend(reason.trim());
  };
  return (
    <Dialog title={title} onClose={onClose} wide={wide}>
      <Editing />
      <form onSubmit={send}>
        {intro === undefined ? null : <div className="mb-3">{intro}</div>}
        <FilingProblem problem={problem} />
        {children}
        <TextArea
          label="理由"
          required
          maxLength={400}
          help="氏名や住所は書かないでください。"
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          error={tried && reason.trim() === "" ? "理由を書いてください。" : undefined}
        />
        {tried && !ready ? (
          <Notice kind="error" title="まだ足りない入力があります" live>
            {missing}
          </Notice>
        ) : null}
        <Actions>
          <Button kind={kind} submit pending={pending}>
            {action}
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}
