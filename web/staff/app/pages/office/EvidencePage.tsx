/** 連携の検証: what was tried of each agreement and receiver in force, when and by whom, and what is still to be tried. */
import { useState } from "react";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateText } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { count } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Facts, Loading, PageTitle, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";

type Subject = OperationAnswer<"readContractEvidence">["subjects"][number];

function Verdict({ evidence }: Subject): ReactElement {
  if (evidence === null) return <Badge kind="warning">検証していない</Badge>;
  return evidence.failed === 0 ? (
    <Badge kind="good">✓ 合意のとおり</Badge>
  ) : (
    <Badge kind="danger">⚠ 違っていた {count(evidence.failed)}件</Badge>
  );
}

function Cases({ subject, onClose }: { readonly subject: Subject; readonly onClose: () => void }): ReactElement {
  return (
    <Dialog title={`試したこと（${subject.name}）`} onClose={onClose} wide>
      <Table
        caption="試したこと"
        captionHidden
        rows={subject.evidence?.cases ?? []}
        rowKey={({ name }) => name}
        columns={[
          {
            key: "name",
            head: "試したこと",
            rowHead: true,
            cell: ({ name }) => <div className="whitespace-normal">{name}</div>,
          },
          {
            key: "passed",
            head: "結果",
            cell: ({ passed }) =>
              passed ? <Badge kind="good">✓ そのとおり</Badge> : <Badge kind="danger">⚠ 違っていた</Badge>,
          },
          {
            key: "found",
            head: "代わりに見つかったもの",
            cell: ({ found }) => <div className="whitespace-normal">{found === "" ? "－" : found}</div>,
          },
        ]}
      />
      <p className="mt-3 text-[0.875rem] text-solid-gray-700">
        内容のハッシュ <span className="break-all">{subject.digest}</span>
      </p>
      <Actions>
        <Button onClick={onClose}>閉じる</Button>
      </Actions>
    </Dialog>
  );
}

function Subjects({
  caption,
  rows,
  onOpen,
}: {
  readonly caption: string;
  readonly rows: readonly Subject[];
  readonly onOpen: (subject: Subject) => void;
}): ReactElement {
  return (
    <Table
      caption={caption}
      captionHidden
      rows={rows}
      rowKey={({ subjectCode, version }) => `${subjectCode}/${version}`}
      empty="効いているものはありません。"
      columns={[
        { key: "state", head: "結果", cell: (row) => <Verdict {...row} /> },
        {
          key: "name",
          head: "名前",
          rowHead: true,
          cell: ({ name }) => <div className="min-w-48 whitespace-normal">{name}</div>,
        },
        { key: "version", head: "版", cell: ({ version }) => version },
        {
          key: "cases",
          head: "試したこと",
          numeric: true,
          cell: ({ evidence }) => (evidence === null ? "－" : count(evidence.passed + evidence.failed)),
        },
        {
          key: "when",
          head: "検証した日・人",
          cell: ({ evidence }) =>
            evidence === null ? (
              "－"
            ) : (
              <>
                <DateText date={evidence.checkedOn} />
                <span className="block text-[0.875rem] text-solid-gray-700">{evidence.checkedBy}</span>
              </>
            ),
        },
        {
          key: "open",
          head: "操作",
          cell: (subject) =>
            subject.evidence === null ? null : (
              <Button
                size="small"
                onClick={() => onOpen(subject)}
                aria-label={`${subject.name} ${subject.version} で試したことを見る`}
              >
                内訳
              </Button>
            ),
        },
      ]}
    />
  );
}

export function EvidencePage(): ReactElement {
  const mayChange = useMay("parameter.change");
  const mayIssue = useMay("rights.issue");
  const { data, error } = useRead("readContractEvidence", {});
  const [open, setOpen] = useState<Subject>();
  const [said, setSaid] = useState("");
  const check = useCommand("runContractChecks", { onDone: (answer) => setSaid(answer.message) });
  if (data === undefined) {
    return (
      <>
        <PageTitle>連携の検証</PageTitle>
        {error === null ? <Loading /> : <ProblemNotice problem={error} />}
      </>
    );
  }
  const { subjects } = data;
  const number = (of: (each: Subject) => boolean): number => subjects.filter(of).length;
  const untried = number(({ evidence }) => evidence === null);
  const wrong = number(({ evidence }) => evidence !== null && evidence.failed > 0);
  return (
    <>
      <PageTitle>連携の検証</PageTitle>
      <Facts
        facts={[
          { name: "効いている合意・提供先", value: `${count(subjects.length)}件` },
          { name: "検証していない", value: untried === 0 ? "0件 ✓" : `${count(untried)}件` },
          { name: "合意のとおりでない", value: wrong === 0 ? "0件 ✓" : `${count(wrong)}件` },
        ]}
      />
      {said === "" ? null : <Notice kind="success" live title={said} />}
      <ProblemNotice problem={check.problem} />
      {mayChange || mayIssue ? (
        <p className="mb-3">
          <Button
            kind={untried + wrong === 0 ? "secondary" : "primary"}
            pending={check.pending}
            onClick={() => void check.run({})}
          >
            いま検証する
          </Button>
        </p>
      ) : null}
      <Section title="受け取るもの（連携の合意）">
        <Subjects
          caption="受け取るもの"
          rows={subjects.filter(({ direction }) => direction === "in")}
          onOpen={setOpen}
        />
      </Section>
      <Section title="渡すもの（提供先・移転先）">
        <Subjects caption="渡すもの" rows={subjects.filter(({ direction }) => direction === "out")} onOpen={setOpen} />
      </Section>
      {open === undefined ? null : <Cases subject={open} onClose={() => setOpen(undefined)} />}
    </>
  );
}
