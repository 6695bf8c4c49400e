/** 事案の通知書: what was sent, its words and pages, who did what; re-issue with a reason; certificates. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useDownload } from "../../api/download.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useDraft } from "../../session/drafts.ts";
import { useMay } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { DateText, MomentText } from "../../ui/Dates.tsx";
import { TextField } from "../../ui/Field.tsx";
import { yen } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Loading, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { ReasonDialog } from "../administration/ReasonDialog.tsx";
import { LetterWords } from "../letters/LetterWords.tsx";

type Letter = OperationAnswer<"readCaseLetters">["letters"][number];

function LetterDialog({
  recipientId,
  letter,
  onClose,
}: {
  readonly recipientId: number;
  readonly letter: Letter;
  readonly onClose: () => void;
}): ReactElement {
  const path = { recipientId: String(recipientId), letterId: String(letter.letterId) };
  const found = useRead("readCaseLetter", { path });
  const pages = useDownload("takeCaseLetter");
  return (
    <Dialog title={`${letter.title}（封筒 ${String(letter.letterId)}）`} onClose={onClose} wide>
      <ProblemNotice problem={found.error ?? pages.problem} />
      {found.isPending ? <Loading what="文面を" /> : null}
      {found.data === undefined ? null : <LetterWords lines={found.data.lines} label="文面" />}
      <Table
        caption="経過（だれが・いつ・どの端末で）"
        rows={letter.events.map((event, index) => ({ key: index, ...event }))}
        rowKey={({ key }) => key}
        columns={[
          { key: "what", head: "状態", rowHead: true, cell: ({ what }) => what },
          { key: "by", head: "職員", cell: ({ by }) => by },
          { key: "at", head: "時刻", cell: ({ at }) => <MomentText at={at} /> },
          { key: "terminal", head: "端末", cell: ({ terminal }) => terminal ?? "画面の外" },
        ]}
      />
      <Actions>
        <Button
          pending={pages.pending}
          onClick={() => void pages.take({ path }, `${letter.title}（封筒 ${String(letter.letterId)}）`)}
        >
          頁を見る・印刷する
        </Button>
        <Button onClick={onClose}>閉じる</Button>
      </Actions>
    </Dialog>
  );
}

function Certificate({
  recipientId,
  onDone,
  onClose,
}: {
  readonly recipientId: number;
  readonly onDone: (message: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const draft = useDraft(`case/certificate/${String(recipientId)}`, { fromMonth: "", toMonth: "" });
  const command = useCommand("requestCertificate", {
    onDone: ({ message }) => {
      draft.drop();
      onDone(message);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void command.run({ path: { recipientId: String(recipientId) }, body: draft.value });
  };
  return (
    <Dialog title="受給証明書を受け付ける" onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <ProblemNotice problem={command.problem} />
        <TextField
          label="初めの月分"
          required
          width="short"
          placeholder="2026-10"
          value={draft.value.fromMonth}
          onChange={(event) => draft.set({ ...draft.value, fromMonth: event.target.value })}
        />
        <TextField
          label="終わりの月分"
          required
          width="short"
          placeholder="2026-11"
          value={draft.value.toMonth}
          onChange={(event) => draft.set({ ...draft.value, toMonth: event.target.value })}
        />
        <Actions>
          <Button
            kind="primary"
            submit
            pending={command.pending}
            disabled={draft.value.fromMonth === "" || draft.value.toMonth === ""}
          >
            受け付ける
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}

export function CaseLetters({ recipientId }: { readonly recipientId: number }): ReactElement {
  const found = useRead("readCaseLetters", { path: { recipientId: String(recipientId) } });
  const mayPrint = useMay("letter.print");
  const [looking, setLooking] = useState<Letter>();
  const [again, setAgain] = useState<Letter>();
  const [asking, setAsking] = useState(false);
  const [done, setDone] = useState("");
  const finish = (message: string): void => {
    setAgain(undefined);
    setAsking(false);
    setDone(message);
  };
  return (
    <Section title="通知書">
      {done === "" ? null : <Notice kind="success" title={done} live />}
      <ProblemNotice problem={found.error} />
      {found.data === undefined ? (
        found.isPending ? (
          <Loading what="通知書を" />
        ) : null
      ) : (
        <Table
          caption="送った通知書（新しい順）"
          captionHidden
          rows={found.data.letters}
          rowKey={({ letterId }) => letterId}
          empty="まだありません。"
          columns={[
            {
              key: "title",
              head: "通知書",
              rowHead: true,
              cell: ({ title, reissue, number }) => (
                <>
                  {number} {title} {reissue ? <Badge kind="strong">再発行</Badge> : null}
                </>
              ),
            },
            { key: "on", head: "文書の日付", cell: ({ documentOn }) => <DateText date={documentOn} /> },
            { key: "pages", head: "頁", numeric: true, cell: ({ pages }) => pages },
            {
              key: "amount",
              head: "文面の額",
              numeric: true,
              cell: ({ amount }) => (amount === null ? "―" : yen(amount)),
            },
            {
              key: "state",
              head: "状態",
              cell: ({ stateLabel, discarded }) => (discarded === "" ? stateLabel : `廃棄（${discarded}）`),
            },
            {
              key: "do",
              head: "処理",
              cell: (letter) => (
                <span className="flex flex-wrap gap-2">
                  <Button size="small" onClick={() => setLooking(letter)}>
                    文面<span className="sr-only">（封筒 {letter.letterId}）</span>
                  </Button>
                  {mayPrint && letter.mailed ? (
                    <Button size="small" onClick={() => setAgain(letter)}>
                      再発行<span className="sr-only">（封筒 {letter.letterId}）</span>
                    </Button>
                  ) : null}
                </span>
              ),
            },
          ]}
        />
      )}
      {mayPrint ? (
        <div className="mt-2">
          <Button size="small" onClick={() => setAsking(true)}>
            受給証明書を受け付ける
          </Button>
        </div>
      ) : null}
      {looking === undefined ? null : (
        <LetterDialog recipientId={recipientId} letter={looking} onClose={() => setLooking(undefined)} />
      )}
      {again === undefined ? null : (
        <ReasonDialog
          operation="reissueLetter"
          title={`${again.title}を再発行する`}
          what="同じ文面に「再発行」の印をつけ、いまの送付先に送ります。別の職員が見本を承認すると印刷できます。"
          button="再発行の印刷処理を作る"
          input={(reason) => ({
            path: { recipientId: String(recipientId), letterId: String(again.letterId) },
            body: { reason },
          })}
          onDone={({ message }) => finish(message)}
          onClose={() => setAgain(undefined)}
        />
      )}
      {asking ? <Certificate recipientId={recipientId} onDone={finish} onClose={() => setAsking(false)} /> : null}
    </Section>
  );
}
