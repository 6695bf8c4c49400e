/** A command that needs nothing but a reason: asks for it, sends, and closes when it is done. */
import type { FormEvent, ReactElement } from "react";

import { useCommand } from "../../api/hooks.ts";
import type { OperationAnswer, OperationId, OperationInput } from "../../api/call.ts";
import { useDraft } from "../../session/drafts.ts";
import { Button } from "../../ui/Button.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { TextArea } from "../../ui/Field.tsx";
import { ProblemNotice } from "../../ui/Notice.tsx";

type Props<Id extends OperationId> = {
  readonly operation: Id;
  readonly title: string;
  /** What will happen, in a sentence */
  readonly what: string;
  readonly button: string;
  readonly danger?: boolean;
  readonly input: (reason: string) => OperationInput<Id>;
  readonly onDone: (answer: OperationAnswer<Id>) => void;
  readonly onClose: () => void;
};

export function ReasonDialog<Id extends OperationId>(props: Props<Id>): ReactElement {
  const { operation, title, what, button, danger = false, input, onDone, onClose } = props;
  const draft = useDraft(`reason/${operation}/${title}`, "");
  const command = useCommand(operation, {
    onDone: (answer) => {
      draft.drop();
      onDone(answer);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void command.run(input(draft.value));
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <p className="mb-3">{what}</p>
        <ProblemNotice problem={command.problem} />
        <TextArea label="理由" required value={draft.value} onChange={(event) => draft.set(event.target.value)} />
        <Actions>
          <Button
            kind={danger ? "danger" : "primary"}
            submit
            pending={command.pending}
            disabled={draft.value.trim() === ""}
          >
            {button}
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}
