/** 手作業トレイ: letters that a person looks at, with what they would say and every address on them (校正表). */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useDraft } from "../../session/drafts.ts";
import { Button } from "../../ui/Button.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { TextArea } from "../../ui/Field.tsx";
import { count } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Loading, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { LetterWords } from "./LetterWords.tsx";

type TrayLetter = OperationAnswer<"readLetterTray">["tray"][number];

function ProofDialog({
  letter,
  today,
  onDone,
  onClose,
}: {
  readonly letter: TrayLetter;
  readonly today: string;
  readonly onDone: (message: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const body = { form: letter.form as never, sourceKey: letter.sourceKey };
  const proof = useRead("readLetterProof", { body });
  const draft = useDraft(`letters/tray/${letter.sourceKey}`, "");
  const command = useCommand("printFromTray", {
    onDone: ({ message }) => {
      draft.drop();
      onDone(message);
    },
  });
  const withhold = useCommand("requestWithholding", {
    onDone: ({ message }) => {
      draft.drop();
      onDone(message);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void command.run({ body: { ...body, documentOn: today, mailOn: today, reason: draft.value } });
  };
  return (
    <Dialog title={`${letter.number} ${letter.title}`} onClose={onClose} wide>
      <ProblemNotice problem={proof.error ?? command.problem ?? withhold.problem} />
      {proof.data === undefined ? (
        proof.isPending ? (
          <Loading what="文面を" />
        ) : null
      ) : (
        <>
          <Notice
            kind="warning"
            title={proof.data.label === "" ? "いまは自動で送れるものになっています" : proof.data.label}
          >
            <p>封筒と文面の住所・氏名を、宛名の人に知らせてよいか確かめてください。</p>
          </Notice>
          <Table
            caption="印字する住所（校正表）"
            rows={[
              {
                key: "envelope",
                of: "封筒の宛名",
                text: proof.data.envelope.filter((line) => line !== "").join("　"),
                differs: false,
              },
              ...proof.data.shownAddresses.map((each, index) => ({ key: String(index), ...each })),
            ]}
            rowKey={({ key }) => key}
            columns={[
              { key: "of", head: "だれの", rowHead: true, cell: ({ of }) => of },
              { key: "text", head: "印字する文字", cell: ({ text }) => text },
              { key: "differs", head: "宛名の人の住所と", cell: ({ differs }) => (differs ? "違う" : "同じ") },
            ]}
          />
          <LetterWords lines={proof.data.lines} label="文面" />
          <form onSubmit={submit} noValidate>
            <TextArea
              label="確かめたこと（送らないときは、その理由）"
              required
              value={draft.value}
              onChange={(event) => draft.set(event.target.value)}
            />
            <Actions>
              <Button kind="primary" submit pending={command.pending} disabled={draft.value.trim() === ""}>
                この1通の印刷処理を作る
              </Button>
              <Button
                kind="danger"
                pending={withhold.pending}
                disabled={draft.value.trim() === ""}
                onClick={() => void withhold.run({ body: { ...body, reason: draft.value.trim() } })}
              >
                送らない案を入れる
              </Button>
              <Button onClick={onClose}>閉じる</Button>
            </Actions>
          </form>
        </>
      )}
    </Dialog>
  );
}

export function Tray({
  waiting,
  today,
  onDone,
}: {
  readonly waiting: number;
  readonly today: string;
  readonly onDone: (message: string) => void;
}): ReactElement {
  const [open, setOpen] = useState(false);
  const [letter, setLetter] = useState<TrayLetter>();
  const found = useRead("readLetterTray", {}, { enabled: open });
  return (
    <Section title="手作業トレイ">
      <p className="mb-2">自動では送らず、人が確かめる通知書です。{count(waiting)}通あります。</p>
      {open ? null : (
        <Button disabled={waiting === 0} onClick={() => setOpen(true)}>
          トレイを開く
        </Button>
      )}
      <ProblemNotice problem={found.error} />
      {open && found.data !== undefined ? (
        <Table
          caption="手作業トレイの通知書"
          captionHidden
          rows={found.data.tray}
          rowKey={({ form, sourceKey }) => `${form} ${sourceKey}`}
          empty="ありません。"
          columns={[
            {
              key: "form",
              head: "様式",
              rowHead: true,
              cell: ({ number, title }) => `${number} ${title}`,
            },
            {
              key: "to",
              head: "宛名番号",
              cell: ({ addressee }) => (
                <span className="tabular-nums">
                  {addressee === null ? "外の機関" : String(addressee).padStart(15, "0")}
                </span>
              ),
            },
            { key: "why", head: "理由", cell: ({ label }) => label },
            { key: "run", head: "分けた印刷処理", cell: ({ runNo }) => `第${runNo}号` },
            {
              key: "look",
              head: "処理",
              cell: (row) => (
                <Button size="small" onClick={() => setLetter(row)}>
                  確かめる<span className="sr-only">（{row.title}）</span>
                </Button>
              ),
            },
          ]}
        />
      ) : null}
      {letter === undefined ? null : (
        <ProofDialog
          letter={letter}
          today={today}
          onDone={(message) => {
            setLetter(undefined);
            onDone(message);
          }}
          onClose={() => setLetter(undefined)}
        />
      )}
    </Section>
  );
}
