/** 通知書の文言: what stands in force, what waits for a second person, and a new text from a day on. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useDraft } from "../../session/drafts.ts";
import { useMay, useSession } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { DateInput, DateText } from "../../ui/Dates.tsx";
import { TextArea, TextField } from "../../ui/Field.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Loading, PageTitle, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";

type Text = OperationAnswer<"readLetterTexts">["texts"][number];
type Content = Readonly<Record<string, unknown>>;

const asContent = (content: unknown): Content =>
  typeof content === "object" && content !== null ? (content as Content) : {};
const linesOf = (content: Content): readonly string[] =>
  Array.isArray(content["lines"]) ? content["lines"].map(String) : [];
const NAMES: Readonly<Record<string, string>> = {
  title: "見出し・職名",
  name: "氏名",
  prefix: "文書番号の頭",
  city: "市の名前",
  mayor: "市長の職名",
  governor: "知事の職名",
};

/** What a text says, in one cell. */
function words(text: Text): string {
  const content = asContent(text.content);
  const own = Object.keys(NAMES).flatMap((key) => {
    const said = content[key];
    return typeof said === "string" ? [said] : [];
  });
  const seal =
    "seal" in content
      ? [content["withSeal"] === true && content["seal"] !== null ? "（公印を印字）" : "（公印省略）"]
      : [];
  return [...own, ...linesOf(content), ...seal].join(" ／ ");
}

/** Texts whose every part is a line of words can be written anew here; seals and authority come from a file (command line). */
const editable = (text: Text): boolean => linesOf(asContent(text.content)).length > 0;

function ChangeDialog({
  text,
  onDone,
  onClose,
}: {
  readonly text: Text;
  readonly onDone: (message: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const content = asContent(text.content);
  const titled = typeof content["title"] === "string";
  const draft = useDraft(`letter-texts/${text.kind}/${text.scope}`, {
    validFrom: "",
    title: titled ? String(content["title"]) : "",
    lines: linesOf(content).join("\n"),
  });
  const command = useCommand("proposeLetterText", {
    onDone: ({ message }) => {
      draft.drop();
      onDone(message);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const lines = draft.value.lines.split("\n").filter((line) => line.trim() !== "");
    const body = { ...(titled ? { title: draft.value.title } : {}), lines };
    void command.run({
      body: { kind: text.kind as never, scope: text.scope, validFrom: draft.value.validFrom, content: body },
    });
  };
  return (
    <Dialog title={`${text.label}を改める`} onClose={onClose} wide>
      <form onSubmit={submit} noValidate>
        <ProblemNotice problem={command.problem} />
        <DateInput
          label="この日からの文書に使う"
          required
          value={draft.value.validFrom}
          onChange={(validFrom) => draft.set({ ...draft.value, validFrom })}
        />
        {titled ? (
          <TextField
            label="見出し"
            value={draft.value.title}
            onChange={(event) => draft.set({ ...draft.value, title: event.target.value })}
          />
        ) : null}
        <TextArea
          label="文（1行に一つの段落）"
          required
          rows={8}
          value={draft.value.lines}
          onChange={(event) => draft.set({ ...draft.value, lines: event.target.value })}
          help="{市}・{市長}・{知事} は、決定の名義の文言に置き換わります。"
        />
        <Actions>
          <Button
            kind="primary"
            submit
            pending={command.pending}
            disabled={draft.value.validFrom === "" || draft.value.lines.trim() === ""}
          >
            案を入力する
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}

function Approve({ text, onDone }: { readonly text: Text; readonly onDone: (message: string) => void }): ReactElement {
  const command = useCommand("approveLetterText", { onDone: ({ message }) => onDone(message) });
  return (
    <>
      <ProblemNotice problem={command.problem} />
      <Button
        size="small"
        pending={command.pending}
        onClick={() => void command.run({ path: { textId: String(text.textId) }, body: { digest: text.digest } })}
      >
        承認する<span className="sr-only">（{text.label}）</span>
      </Button>
    </>
  );
}

export function LetterTextsPage(): ReactElement {
  const found = useRead("readLetterTexts", {});
  const { session } = useSession();
  const mayChange = useMay("parameter.change");
  const mayApprove = useMay("parameter.approve");
  const [changing, setChanging] = useState<Text>();
  const [done, setDone] = useState("");
  const finish = (message: string): void => {
    setChanging(undefined);
    setDone(message);
  };
  return (
    <>
      <PageTitle>通知書の文言</PageTitle>
      {done === "" ? null : <Notice kind="success" title={done} live />}
      <ProblemNotice problem={found.error} />
      {found.isPending ? <Loading /> : null}
      {found.data === undefined ? null : (
        <Section title="文言の一覧">
          <Table
            caption="文言（種類ごとに新しい順）"
            captionHidden
            rows={found.data.texts}
            rowKey={({ textId }) => textId}
            empty="まだありません。"
            columns={[
              {
                key: "label",
                head: "種類",
                rowHead: true,
                cell: ({ label, scope }) => (
                  <>
                    {label} {scope === "" ? null : <Badge kind="plain">{scope}</Badge>}
                  </>
                ),
              },
              { key: "from", head: "この日から", cell: ({ validFrom }) => <DateText date={validFrom} /> },
              { key: "words", head: "文", cell: (text) => <span className="break-words">{words(text)}</span> },
              {
                key: "state",
                head: "入力と承認",
                cell: (text) => (
                  <>
                    <span className="block whitespace-nowrap">入力 {text.enteredBy}</span>
                    {text.approvedBy !== null ? (
                      <span className="block whitespace-nowrap">承認 {text.approvedBy}</span>
                    ) : mayApprove && text.enteredBy !== session.staffId ? (
                      <Approve text={text} onDone={finish} />
                    ) : (
                      <Badge kind="strong">承認待ち</Badge>
                    )}
                  </>
                ),
              },
              {
                key: "change",
                head: "処理",
                cell: (text) =>
                  mayChange && editable(text) ? (
                    <span className="whitespace-nowrap">
                      <Button size="small" onClick={() => setChanging(text)}>
                        改める<span className="sr-only">（{text.label}）</span>
                      </Button>
                    </span>
                  ) : (
                    "―"
                  ),
              },
            ]}
          />
        </Section>
      )}
      {changing === undefined ? null : (
        <ChangeDialog text={changing} onDone={finish} onClose={() => setChanging(undefined)} />
      )}
    </>
  );
}
