/** The two forms of the シングルサインオン: a setting that is applied for, and a link. */
import type { FormEvent, ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand } from "../../api/hooks.ts";
import { useDraft } from "../../session/drafts.ts";
import { Button } from "../../ui/Button.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { ChoiceField, SelectField, TextArea, TextField } from "../../ui/Field.tsx";
import { ProblemNotice } from "../../ui/Notice.tsx";

type Proposal = OperationAnswer<"readSignOn">["proposals"][number];
type Algorithm = Proposal["algorithm"];

const ALGORITHMS: readonly Algorithm[] = ["RS256", "PS256", "ES256"];

export function SettingDialog({
  start,
  onDone,
  onClose,
}: {
  /** What the form begins with: the newest application */
  readonly start: Proposal | undefined;
  readonly onDone: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const draft = useDraft("sign-on/setting", {
    enabled: start?.enabled === false ? "no" : "yes",
    providerName: start?.providerName ?? "",
    issuer: start?.issuer ?? "",
    clientId: start?.clientId ?? "",
    algorithm: start?.algorithm ?? "RS256",
    methods: start?.requiredMethods.join(" ") ?? "",
    minutes: String(start?.maxAgeMinutes ?? 540),
    reason: "",
  });
  const { enabled, providerName, issuer, clientId, algorithm, methods, minutes, reason } = draft.value;
  const set = (part: Partial<typeof draft.value>): void => draft.set({ ...draft.value, ...part });
  const command = useCommand("proposeSignOn", {
    onDone: () => {
      draft.drop();
      onDone();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void command.run({
      body: {
        enabled: enabled === "yes",
        providerName,
        issuer,
        clientId,
        algorithm,
        requiredMethods: methods.split(/[\s,]+/).filter((method) => method !== ""),
        maxAgeMinutes: Number(minutes),
        reason,
      },
    });
  };
  const filled = [providerName, issuer, clientId, reason].every((text) => text.trim() !== "") && /^\d+$/.test(minutes);
  return (
    <Dialog title="シングルサインオンの設定の申請" onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <ProblemNotice problem={command.problem} />
        <ChoiceField
          legend="シングルサインオンを"
          name="enabled"
          value={enabled}
          onChange={(value) => set({ enabled: value })}
          options={[
            { value: "yes", label: "使う" },
            { value: "no", label: "使わない" },
          ]}
        />
        <TextField
          label="認証基盤の名称"
          required
          help="ログインの画面に出ます。"
          value={providerName}
          onChange={(event) => set({ providerName: event.target.value })}
        />
        <TextField
          label="発行者（issuer）"
          required
          help="https:// で始まるアドレス。認証基盤の管理者から受け取ります。"
          value={issuer}
          onChange={(event) => set({ issuer: event.target.value })}
        />
        <TextField
          label="識別子（client_id）"
          required
          width="medium"
          value={clientId}
          onChange={(event) => set({ clientId: event.target.value })}
        />
        <SelectField
          label="署名の方式"
          required
          width="medium"
          value={algorithm}
          onChange={(event) => {
            const found = ALGORITHMS.find((each) => each === event.target.value);
            if (found !== undefined) set({ algorithm: found });
          }}
          options={ALGORITHMS.map((each) => ({ value: each, label: each }))}
        />
        <TextField
          label="求める認証の方法（amr）"
          width="medium"
          help="空白で区切ります（例: mfa pwd）。空なら求めません。認証基盤が示さないログインは断ります。"
          value={methods}
          onChange={(event) => set({ methods: event.target.value })}
        />
        <TextField
          label="認証基盤の確認を使える時間（分）"
          required
          width="medium"
          inputMode="numeric"
          help="5〜540。再認証では、いつもその場で確かめます。"
          value={minutes}
          onChange={(event) => set({ minutes: event.target.value })}
        />
        <TextArea
          label="理由（5文字以上）"
          required
          value={reason}
          onChange={(event) => set({ reason: event.target.value })}
        />
        <Actions>
          <Button kind="primary" submit pending={command.pending} disabled={!filled}>
            申請する
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}

export function LinkDialog({
  onDone,
  onClose,
}: {
  readonly onDone: (staffId: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const draft = useDraft("sign-on/link", { staffId: "", subject: "", reason: "" });
  const { staffId, subject, reason } = draft.value;
  const set = (part: Partial<typeof draft.value>): void => draft.set({ ...draft.value, ...part });
  const command = useCommand("linkSubject", {
    onDone: () => {
      draft.drop();
      onDone(staffId);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void command.run({ body: { staffId: staffId.trim(), subject: subject.trim(), reason } });
  };
  return (
    <Dialog title="職員と認証基盤の利用者の結び付け" onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <ProblemNotice problem={command.problem} />
        <TextField
          label="職員番号"
          required
          width="medium"
          value={staffId}
          onChange={(event) => set({ staffId: event.target.value })}
        />
        <TextField
          label="認証基盤の利用者の識別子（sub）"
          required
          help="認証基盤の管理者から受け取ります。一人に一つです。"
          value={subject}
          onChange={(event) => set({ subject: event.target.value })}
        />
        <TextArea label="理由" required value={reason} onChange={(event) => set({ reason: event.target.value })} />
        <Actions>
          <Button
            kind="primary"
            submit
            pending={command.pending}
            disabled={[staffId, subject, reason].some((text) => text.trim() === "")}
          >
            結び付ける
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}
