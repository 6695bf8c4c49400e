/** 支援措置の申出の受付: the mark stands as soon as it is sent. For people who have not moved their 住民票 too. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { useCommand } from "../../api/hooks.ts";
import { useDraft } from "../../session/drafts.ts";
import { useMay } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { DateInput } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { SelectField, TextArea } from "../../ui/Field.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";

const KINDS = [
  { value: "own", label: "児童手当で受けた申出" },
  { value: "provisional", label: "仮支援措置" },
] as const;

function IntakeDialog({
  addresseeNumber,
  onDone,
  onClose,
}: {
  readonly addresseeNumber: number;
  readonly onDone: (said: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const draft = useDraft(`protection/intake/${String(addresseeNumber)}`, {
    kind: "own",
    startsOn: "",
    termOn: "",
    basis: "",
  });
  const { kind, startsOn, termOn, basis } = draft.value;
  const command = useCommand("registerProtection", {
    onDone: ({ message }) => {
      draft.drop();
      onDone(message);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void command.run({
      path: { addresseeNumber: String(addresseeNumber) },
      body: {
        kind: kind === "provisional" ? "provisional" : "own",
        startsOn,
        termOn: termOn === "" ? null : termOn,
        basis,
      },
    });
  };
  return (
    <Dialog title="支援措置の申出を受け付ける" onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <p className="mb-3">
          受け付けたその時から印が立ち、この人の記録は支援措置の担当だけが見られます。期限が過ぎても印は消えません。
        </p>
        <ProblemNotice problem={command.problem} />
        <SelectField
          label="種類"
          help="申出は、住民票を移していない人からも受けられます。"
          value={kind}
          onChange={(event) => draft.set({ ...draft.value, kind: event.target.value })}
          options={KINDS}
        />
        <DateInput
          label="始まりの日"
          required
          value={startsOn}
          onChange={(value) => draft.set({ ...draft.value, startsOn: value })}
        />
        <DateInput
          label="期限"
          help="ふつうは1年。決まっていなければ空のままにします。"
          value={termOn}
          onChange={(value) => draft.set({ ...draft.value, termOn: value })}
        />
        <TextArea
          label="根拠"
          help="申出書、相談機関の意見など（5文字以上）。居所は書かないでください。"
          required
          value={basis}
          onChange={(event) => draft.set({ ...draft.value, basis: event.target.value })}
        />
        <Actions>
          <Button kind="primary" submit pending={command.pending} disabled={startsOn === "" || basis.trim().length < 5}>
            受け付ける
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}

/** Nothing for those who may not receive. */
export function ProtectionIntake({ addresseeNumber }: { readonly addresseeNumber: number }): ReactElement | null {
  const may = useMay("procedure.receive");
  const [open, setOpen] = useState(false);
  const [said, setSaid] = useState<string>();
  if (!may) return null;
  return (
    <>
      {said === undefined ? (
        <p className="my-3">
          <Button size="small" onClick={() => setOpen(true)}>
            支援措置の申出を受け付ける
          </Button>
        </p>
      ) : (
        <Notice kind="success" title={said} live />
      )}
      {open ? (
        <IntakeDialog
          addresseeNumber={addresseeNumber}
          onClose={() => setOpen(false)}
          onDone={(message) => {
            setOpen(false);
            setSaid(message);
          }}
        />
      ) : null}
    </>
  );
}
