/** 端末の台帳. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import { useCommand, useRead } from "../../api/hooks.ts";
import { useDraft } from "../../session/drafts.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { MomentText } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { SelectField, TextField } from "../../ui/Field.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Loading, PageTitle } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { ReasonDialog } from "./ReasonDialog.tsx";

function Register({
  onDone,
  onClose,
}: {
  readonly onDone: (said: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const staff = useRead("listStaff", {});
  const draft = useDraft("terminal/register", { terminalCode: "", name: "", sectionCode: "" });
  const { terminalCode, name, sectionCode } = draft.value;
  const set = (part: Partial<typeof draft.value>): void => draft.set({ ...draft.value, ...part });
  const command = useCommand("registerTerminal", {
    onDone: ({ secret }) => {
      draft.drop();
      onDone(
        secret === null
          ? "この端末は、すでに登録されています。"
          : `端末 ${terminalCode} を登録しました。端末の秘密 ${secret} を、その端末のログインの画面で入れてください。この画面にしか出ません。`,
      );
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void command.run({ body: { terminalCode, name, sectionCode } });
  };
  return (
    <Dialog title="端末の登録" onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <ProblemNotice problem={command.problem} />
        <TextField
          label="端末の番号"
          required
          width="medium"
          value={terminalCode}
          onChange={(event) => set({ terminalCode: event.target.value })}
        />
        <TextField label="端末の名前" required value={name} onChange={(event) => set({ name: event.target.value })} />
        <SelectField
          label="部署"
          required
          empty="選んでください"
          value={sectionCode}
          onChange={(event) => set({ sectionCode: event.target.value })}
          options={(staff.data?.sections ?? []).map((section) => ({ value: section.code, label: section.name }))}
        />
        <Actions>
          <Button
            kind="primary"
            submit
            pending={command.pending}
            disabled={terminalCode === "" || name === "" || sectionCode === ""}
          >
            登録する
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}

export function TerminalsPage(): ReactElement {
  const { data, error } = useRead("listTerminals", {});
  const [open, setOpen] = useState(false);
  const [asked, setAsked] = useState<string>();
  const [said, setSaid] = useState<string>();
  return (
    <>
      <PageTitle>端末</PageTitle>
      {said === undefined ? null : <Notice kind="success" title={said} live />}
      <ProblemNotice problem={error} />
      <p className="mb-4">
        <Button kind="primary" onClick={() => setOpen(true)}>
          端末を登録する
        </Button>
      </p>
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : (
        <Table
          caption="端末の台帳"
          captionHidden
          rows={data.terminals}
          rowKey={(line) => line.terminalCode}
          columns={[
            {
              key: "code",
              head: "番号",
              rowHead: true,
              cell: (line) => line.terminalCode,
              sortBy: (line) => line.terminalCode,
            },
            { key: "name", head: "名前", cell: (line) => line.name },
            { key: "section", head: "部署", cell: (line) => line.sectionCode, sortBy: (line) => line.sectionCode },
            { key: "by", head: "登録", cell: (line) => line.registeredBy },
            {
              key: "at",
              head: "登録の日時",
              cell: (line) => <MomentText at={line.registeredAt} />,
              sortBy: (line) => line.registeredAt,
            },
            {
              key: "state",
              head: "状態",
              cell: (line) =>
                line.revokedAt === null ? <Badge kind="good">使える</Badge> : <Badge kind="danger">取消し</Badge>,
            },
            {
              key: "do",
              head: "処理",
              cell: (line) =>
                line.revokedAt === null ? (
                  <Button size="small" kind="danger" onClick={() => setAsked(line.terminalCode)}>
                    取り消す
                  </Button>
                ) : null,
            },
          ]}
        />
      )}
      {open ? (
        <Register
          onClose={() => setOpen(false)}
          onDone={(words) => {
            setOpen(false);
            setSaid(words);
          }}
        />
      ) : null}
      {asked === undefined ? null : (
        <ReasonDialog
          operation="revokeTerminal"
          title={`端末 ${asked} の登録を取り消す`}
          what="この端末から開いているログインは、その場で終わります。"
          button="取り消す"
          danger
          input={(reason) => ({ path: { terminalCode: asked }, body: { reason } })}
          onClose={() => setAsked(undefined)}
          onDone={() => {
            setAsked(undefined);
            setSaid(`端末 ${asked} の登録を取り消しました。`);
          }}
        />
      )}
    </>
  );
}
