/** The address of a person under 支援措置: asked for here, granted by another, shown for a minute at a time. */
import { useEffect, useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { callOperation } from "../../api/call.ts";
import type { OperationAnswer } from "../../api/call.ts";
import { useCommand } from "../../api/hooks.ts";
import { useDraft } from "../../session/drafts.ts";
import { useMay } from "../../session/session-context.ts";
import { useWork } from "../../session/use-work.ts";
import { Button } from "../../ui/Button.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { SelectField, TextArea } from "../../ui/Field.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";

type Shown = OperationAnswer<"showProtectedAddress"> & { readonly until: number };

function AskDialog({
  addresseeNumber,
  onDone,
  onClose,
}: {
  readonly addresseeNumber: number;
  readonly onDone: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const draft = useDraft(`protection/lift/${String(addresseeNumber)}`, { reason: "", minutes: "5" });
  const { reason, minutes } = draft.value;
  const command = useCommand("requestProtectionLift", {
    onDone: () => {
      draft.drop();
      onDone();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void command.run({
      path: { addresseeNumber: String(addresseeNumber) },
      body: { reason, minutes: Number(minutes) },
    });
  };
  return (
    <Dialog title="住所の一時解除を申請する" onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <p className="mb-3">
          別の支援措置担当が承認すると、その時から、選んだ時間だけ、あなたがこの人の住所を表示できます。
        </p>
        <ProblemNotice problem={command.problem} />
        <TextArea
          label="住所が要るわけ"
          help="10文字以上。承認する人が読みます。住所や氏名は書かないでください。"
          required
          value={reason}
          onChange={(event) => draft.set({ ...draft.value, reason: event.target.value })}
        />
        <SelectField
          label="時間"
          required
          width="short"
          value={minutes}
          onChange={(event) => draft.set({ ...draft.value, minutes: event.target.value })}
          options={["1", "5", "10", "15"].map((value) => ({ value, label: `${value}分` }))}
        />
        <Actions>
          <Button kind="primary" submit pending={command.pending} disabled={reason.trim().length < 10}>
            申請する
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}

function EndDialog({
  addresseeNumber,
  onDone,
  onClose,
}: {
  readonly addresseeNumber: number;
  readonly onDone: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const draft = useDraft(`protection/end/${String(addresseeNumber)}`, "");
  const command = useCommand("requestProtectionRelease", {
    onDone: () => {
      draft.drop();
      onDone();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void command.run({ path: { addresseeNumber: String(addresseeNumber) }, body: { reason: draft.value } });
  };
  return (
    <Dialog title="支援措置の終わりを申請する" onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <p className="mb-3">別の支援措置担当が確かめるまで、印は消えません。</p>
        <ProblemNotice problem={command.problem} />
        <TextArea
          label="終わりとするわけ（10文字以上）"
          required
          value={draft.value}
          onChange={(event) => draft.set(event.target.value)}
        />
        <Actions>
          <Button kind="primary" submit pending={command.pending} disabled={draft.value.trim().length < 10}>
            申請する
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}

/** Nothing for those who may not lift. */
export function ProtectedAddress({ addresseeNumber }: { readonly addresseeNumber: number }): ReactElement | null {
  const may = useMay("protection.lift");
  const work = useWork();
  const [asking, setAsking] = useState(false);
  const [ending, setEnding] = useState(false);
  const [said, setSaid] = useState<string>();
  const [shown, setShown] = useState<Shown>();
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (shown === undefined) return undefined;
    const tick = (): void => {
      const seconds = Math.ceil((shown.until - Date.now()) / 1000);
      setLeft(Math.max(0, seconds));
      if (seconds <= 0) setShown(undefined);
    };
    tick();
    const timer = setInterval(tick, 500);
    return () => clearInterval(timer);
  }, [shown]);
  if (!may) return null;
  const show = async (): Promise<void> => {
    setSaid(undefined);
    const answer = await work.run(
      async () => await callOperation("showProtectedAddress", { path: { addresseeNumber: String(addresseeNumber) } }),
    );
    if (answer === undefined) return;
    const until = Math.min(Date.now() + answer.seconds * 1000, Date.parse(answer.endsAt));
    setShown({ ...answer, until });
  };
  return (
    <section aria-label="支援措置の人の住所" className="my-4 rounded-8 border-2 border-error-2 px-4 py-3">
      <p className="mb-2 font-700">
        ⚠ 支援措置の対象です。
        {shown === undefined ? "住所は表示しません。" : "一時解除のあいだだけ、住所を表示しています。"}
      </p>
      <ProblemNotice problem={work.problem} />
      {said === undefined ? null : <Notice kind="success" title={said} live />}
      {shown === undefined ? (
        <p className="flex flex-wrap gap-3">
          <Button size="small" onClick={() => setAsking(true)}>
            住所の一時解除を申請する
          </Button>
          <Button size="small" pending={work.pending} onClick={() => void show()}>
            一時解除した住所を60秒表示する
          </Button>
          <Button size="small" onClick={() => setEnding(true)}>
            支援措置の終わりを申請する
          </Button>
        </p>
      ) : (
        <p className="flex flex-wrap items-center gap-3">
          <strong className="text-[1.125rem]">{shown.address}</strong>
          <span role="timer">あと{left}秒で隠します</span>
          <Button size="small" onClick={() => setShown(undefined)}>
            いま隠す
          </Button>
        </p>
      )}
      {ending ? (
        <EndDialog
          addresseeNumber={addresseeNumber}
          onClose={() => setEnding(false)}
          onDone={() => {
            setEnding(false);
            setSaid("申請しました。別の支援措置担当が「支援措置の対象者」で確かめると、印が消えます。");
          }}
        />
      ) : null}
      {asking ? (
        <AskDialog
          addresseeNumber={addresseeNumber}
          onClose={() => setAsking(false)}
          onDone={() => {
            setAsking(false);
            setSaid("申請しました。別の支援措置担当が「支援措置の一時解除」で承認すると、表示できます。");
          }}
        />
      ) : null}
    </section>
  );
}
