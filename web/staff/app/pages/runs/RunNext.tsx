/** 次の処理: the steps that the state allows and the person's rights permit. The server and the database check the same again. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { useCommand } from "../../api/hooks.ts";
import type { Command } from "../../api/hooks.ts";
import { useDraft } from "../../session/drafts.ts";
import { useMay, useSession } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { ChoiceField, TextArea } from "../../ui/Field.tsx";
import { count, yen } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Section } from "../../ui/Page.tsx";
import { GiveByHand, RecordReceipt } from "./ByHand.tsx";
import { Results } from "./Results.tsx";
import type { RunView } from "./RunPage.tsx";

type Done = { readonly onDone: (message: string) => void; readonly view: RunView };

/** A step that needs nothing but the press. */
function Step({
  command,
  label,
  input,
}: {
  readonly command: Pick<Command<"approvePaymentRun">, "pending" | "problem"> & {
    readonly run: (input: never) => unknown;
  };
  readonly label: string;
  readonly input: unknown;
}): ReactElement {
  return (
    <div className="mb-2">
      <ProblemNotice problem={command.problem} />
      <Button kind="primary" pending={command.pending} onClick={() => void command.run(input as never)}>
        {label}
      </Button>
    </div>
  );
}

function Inspect({ view, onDone }: Done): ReactElement {
  const command = useCommand("inspectPaymentRun", { onDone: ({ message }) => onDone(message) });
  return (
    <>
      <p className="mb-2">下の照合と合計表を確かめてから押してください。押すと、すべての明細を検算します。</p>
      <Step command={command} label="確認した" input={{ path: { runNo: String(view.run.runNo) } }} />
    </>
  );
}

function Approve({ view, onDone }: Done): ReactElement {
  const { session } = useSession();
  const command = useCommand("approvePaymentRun", { onDone: ({ message }) => onDone(message) });
  if (view.run.maker === session.staffId) {
    return <p>あなたが作った支払処理です。承認は、別の人が行います。</p>;
  }
  if (view.review.open > 0) {
    return <p>点検の件が {count(view.review.open)}件残っています。下の「点検」で、一件ずつ確かめてから承認します。</p>;
  }
  const input = { path: { runNo: String(view.run.runNo) }, body: { lineDigest: view.run.lineDigest } };
  return (
    <>
      <p className="mb-2">
        いま見えている {count(view.run.lineCount)}件 {yen(view.run.total)}{" "}
        を承認します。内容が変わっていれば承認されません。
      </p>
      <Step command={command} label="承認する" input={input} />
    </>
  );
}

function Freeze({ view, onDone }: Done): ReactElement {
  const command = useCommand("freezePaymentRun", { onDone: ({ message }) => onDone(message) });
  return <Step command={command} label="振込ファイルを確定する" input={{ path: { runNo: String(view.run.runNo) } }} />;
}

function HandOver({ view, onDone }: Done): ReactElement {
  const [asking, setAsking] = useState(false);
  const command = useCommand("handOverPaymentRun", { onDone: ({ message }) => onDone(message) });
  if (!view.bankConnected) return <GiveByHand view={view} onDone={onDone} />;
  return (
    <>
      <ProblemNotice problem={command.problem} />
      <Button kind="primary" pending={command.pending} onClick={() => setAsking(true)}>
        銀行へ送る
      </Button>
      {asking ? (
        <Dialog title="銀行へ送りますか" onClose={() => setAsking(false)}>
          <p>
            {count(view.run.lineCount)}件 {yen(view.run.total)} の振込ファイルを送ります。送ると取り消せません。
          </p>
          <Actions>
            <Button
              kind="primary"
              onClick={() => {
                setAsking(false);
                void command.run({ path: { runNo: String(view.run.runNo) } });
              }}
            >
              送る
            </Button>
            <Button onClick={() => setAsking(false)}>やめる</Button>
          </Actions>
        </Dialog>
      ) : null}
    </>
  );
}

function Resolve({ view, onDone }: Done): ReactElement {
  const draft = useDraft(`run/${String(view.run.runNo)}/resolve`, { received: "", evidence: "" });
  const command = useCommand("resolvePaymentHandOver", {
    onDone: ({ message }) => {
      draft.drop();
      onDone(message);
    },
  });
  const { received, evidence } = draft.value;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void command.run({ path: { runNo: String(view.run.runNo) }, body: { received: received === "yes", evidence } });
  };
  return (
    <form onSubmit={submit} noValidate>
      <ProblemNotice problem={command.problem} />
      <ChoiceField
        legend="銀行の回答"
        name="received"
        value={received}
        onChange={(value) => draft.set({ ...draft.value, received: value })}
        options={[
          { value: "yes", label: "届いている（受け付けた）" },
          {
            value: "no",
            label: "届いていない（受け付けていない）",
            help: "この支払処理は取消となり、お金は未払に戻ります。",
          },
        ]}
      />
      <TextArea
        label="だれが、いつ、何で確かめたか"
        required
        value={evidence}
        onChange={(event) => draft.set({ ...draft.value, evidence: event.target.value })}
      />
      <Button kind="primary" submit pending={command.pending} disabled={received === "" || evidence.trim() === ""}>
        銀行の回答を登録する
      </Button>
    </form>
  );
}

function Close({ view, onDone }: Done): ReactElement {
  const command = useCommand("closePaymentRun", { onDone: ({ message }) => onDone(message) });
  const waiting = view.returned.filter((row) => !row.confirmed && !row.resolved).length;
  if (waiting > 0) return <p>振込不能 {waiting}件の確認（口座の確かめと未払への戻し）が終わると、締められます。</p>;
  return <Step command={command} label="締める" input={{ path: { runNo: String(view.run.runNo) } }} />;
}

function Cancel({ view, onDone }: Done): ReactElement {
  const [open, setOpen] = useState(false);
  const draft = useDraft(`run/${String(view.run.runNo)}/cancel`, "");
  const command = useCommand("cancelPaymentRun", {
    onDone: ({ message }) => {
      draft.drop();
      setOpen(false);
      onDone(message);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void command.run({ path: { runNo: String(view.run.runNo) }, body: { reason: draft.value } });
  };
  return (
    <>
      <Button kind="danger" onClick={() => setOpen(true)}>
        この支払処理を取り消す
      </Button>
      {open ? (
        <Dialog title="支払処理の取消" onClose={() => setOpen(false)}>
          <form onSubmit={submit} noValidate>
            <ProblemNotice problem={command.problem} />
            <p className="mb-3">取り消すと、確保したお金は未払に戻ります。この番号は使えなくなります。</p>
            <TextArea
              label="取り消す理由"
              required
              value={draft.value}
              onChange={(event) => draft.set(event.target.value)}
            />
            <Actions>
              <Button kind="danger" submit pending={command.pending} disabled={draft.value.trim() === ""}>
                取り消す
              </Button>
              <Button onClick={() => setOpen(false)}>やめる</Button>
            </Actions>
          </form>
        </Dialog>
      ) : null}
    </>
  );
}

type Possible = {
  readonly key: string;
  readonly permission: "create" | "approve" | "release";
  readonly part: (props: Done) => ReactElement | null;
};

const NEXT: Readonly<Record<RunView["run"]["state"], readonly Possible[]>> = {
  created: [
    { key: "inspect", permission: "create", part: Inspect },
    { key: "cancel", permission: "create", part: Cancel },
  ],
  inspected: [
    { key: "approve", permission: "approve", part: Approve },
    { key: "cancel", permission: "create", part: Cancel },
  ],
  approved: [
    { key: "freeze", permission: "approve", part: Freeze },
    { key: "cancel", permission: "create", part: Cancel },
  ],
  frozen: [
    { key: "handOver", permission: "release", part: HandOver },
    { key: "cancel", permission: "create", part: Cancel },
  ],
  handingOver: [
    { key: "receipt", permission: "release", part: RecordReceipt },
    { key: "resolve", permission: "release", part: Resolve },
  ],
  unknown: [{ key: "resolve", permission: "release", part: Resolve }],
  handedOver: [{ key: "results", permission: "create", part: Results }],
  settled: [{ key: "close", permission: "create", part: Close }],
  closed: [],
  cancelled: [],
  voided: [],
};

export function RunNext({ view }: { readonly view: RunView }): ReactElement {
  const [said, setSaid] = useState<string>();
  const may = {
    create: useMay("payment.create"),
    approve: useMay("payment.approve"),
    release: useMay("payment.release"),
  };
  const possible = NEXT[view.run.state];
  const mine = possible.filter(({ permission }) => may[permission]);
  return (
    <Section title="次の処理">
      {said === undefined ? null : <Notice kind="success" title={said} live />}
      {possible.length === 0 ? <p>この支払処理は終わっています。</p> : null}
      {possible.length > 0 && mine.length === 0 ? <p>次の処理は、ほかの担当者が行います。</p> : null}
      <div className="flex flex-wrap items-start gap-x-6 gap-y-3">
        {mine.map(({ key, part: Part }) => (
          <div key={key}>
            <Part view={view} onDone={setSaid} />
          </div>
        ))}
      </div>
    </Section>
  );
}
