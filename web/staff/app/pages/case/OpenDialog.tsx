/** 処理事由: nobody is opened without a reason. The dialog asks for it and opens the person for 15 minutes. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { callOperation, type OperationAnswer, type OperationInput } from "../../api/call.ts";
import { useRead } from "../../api/hooks.ts";
import { useAlive } from "../../session/use-alive.ts";
import { Button } from "../../ui/Button.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { ChoiceField, TextArea } from "../../ui/Field.tsx";
import { ProblemNotice } from "../../ui/Notice.tsx";

export type Opened = OperationAnswer<"openCase">;
export type Target = OperationInput<"openCase">["body"]["target"];

type Props = {
  readonly target: Target;
  readonly origin: "search" | "list" | "case";
  /** Who is opened, as far as the page may say it */
  readonly who: string;
  readonly onOpened: (opened: Opened) => void;
  readonly onClose: () => void;
};

const LEAST = 10;

export function OpenDialog({ target, origin, who, onOpened, onClose }: Props): ReactElement | null {
  const purposes = useRead("listPurposes", {});
  const alive = useAlive();
  const [purpose, setPurpose] = useState("");
  const [explanation, setExplanation] = useState("");
  const [tried, setTried] = useState(false);
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const chosen = purposes.data?.purposes.find(({ code }) => code === purpose);
  const tooShort = chosen?.needsText === true && explanation.trim().length < LEAST;
  const open = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (chosen === undefined || tooShort || pending) return;
    setPending(true);
    setProblem(undefined);
    try {
      const opened = await callOperation("openCase", { body: { target, purpose, explanation, origin } });
      // Put away meanwhile, perhaps for somebody else: nobody is led to the one who was chosen first.
      if (alive()) onOpened(opened);
    } catch (error) {
      setProblem(error);
      setPending(false);
    }
  };
  // Opened once there is something to choose: the focus is on the first 処理事由, not on the button below them.
  if (purposes.isPending) return null;
  return (
    <Dialog title="処理事由を選んで開く" onClose={onClose}>
      <form onSubmit={(event) => void open(event)}>
        <p className="mb-3">
          <strong>{who}</strong> を開きます。選んだ事由は、あなたの名前・部署・端末とともにアクセスログに残ります。
        </p>
        <ProblemNotice problem={problem ?? purposes.error} />
        <ChoiceField
          legend="処理事由"
          name="purpose"
          value={purpose}
          onChange={setPurpose}
          error={tried && chosen === undefined ? "処理事由を1つ選んでください。" : undefined}
          options={(purposes.data?.purposes ?? []).map(({ code, name }) => ({ value: code, label: name }))}
        />
        {chosen?.needsText === true ? (
          <TextArea
            label="説明"
            required
            help={`なぜ開くのかを${String(LEAST)}文字以上で書いてください。氏名や住所は書かないでください。`}
            maxLength={200}
            value={explanation}
            onChange={(event) => setExplanation(event.target.value)}
            error={
              tried && tooShort ? `あと${String(LEAST - explanation.trim().length)}文字以上書いてください。` : undefined
            }
          />
        ) : null}
        <Actions>
          <Button kind="primary" submit pending={pending}>
            開く（15分）
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}
