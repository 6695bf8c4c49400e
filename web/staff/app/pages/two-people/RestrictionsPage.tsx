/** 閲覧の制限と職員との関係: whom a member of staff may not open, and whom the review of the log asks about. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useSession } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateInput, DateText } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { TextArea } from "../../ui/Field.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Loading, PageTitle, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import type { Column } from "../../ui/Table.tsx";
import { NewRestriction } from "./NewRestriction.tsx";
import { Proposals } from "./Proposals.tsx";
import { numberText } from "./words.ts";

type Data = OperationAnswer<"readRestrictions">;
type Restriction = Data["denials"][number] | Data["relations"][number];
type Ending = { readonly kind: "endDenial" | "endRelation"; readonly restrictionId: number };

function EndDialog({
  ending,
  onDone,
  onClose,
}: {
  readonly ending: Ending;
  readonly onDone: (said: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const [to, setTo] = useState("");
  const [reason, setReason] = useState("");
  const command = useCommand("proposeRestrictionEnd", {
    onDone: () => onDone("終わりを申請しました。別の人が承認すると、その日で終わります。"),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void command.run({ body: { ...ending, to, reason } });
  };
  return (
    <Dialog title="終わりの申請" onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <ProblemNotice problem={command.problem} />
        <DateInput label="終わりの日" help="この日までは効きます" required value={to} onChange={setTo} />
        <TextArea label="理由" required value={reason} onChange={(event) => setReason(event.target.value)} />
        <Actions>
          <Button kind="primary" submit pending={command.pending} disabled={to === "" || reason.trim() === ""}>
            申請する
          </Button>
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}

function Whole({ data, onSaid }: { readonly data: Data; readonly onSaid: (said: string) => void }): ReactElement {
  const { session } = useSession();
  const [ending, setEnding] = useState<Ending>();
  const applies = session.permissions.includes("rights.apply");
  const common = <Row extends Restriction>(kind: Ending["kind"]): readonly Column<Row>[] => [
    {
      key: "whom",
      head: "宛名番号",
      cell: (row) => <span className="whitespace-nowrap">{numberText(row.addresseeNumber)}</span>,
    },
    { key: "from", head: "いつから", cell: (row) => <DateText date={row.validFrom} /> },
    {
      key: "to",
      head: "いつまで",
      cell: (row) => (row.validTo === null ? "決めない" : <DateText date={row.validTo} />),
    },
    { key: "by", head: "申請・承認", cell: (row) => `${row.enteredBy}・${row.approvedBy}` },
    {
      key: "do",
      head: "処理",
      cell: (row) =>
        applies && row.validTo === null ? (
          <Button size="small" onClick={() => setEnding({ kind, restrictionId: row.restrictionId })}>
            終わらせる
          </Button>
        ) : null,
    },
  ];
  return (
    <>
      {applies ? <NewRestriction onDone={onSaid} /> : null}
      <Section title="承認を待つ申請">
        <Proposals proposals={data.proposals} right="rights.approve" operation="answerRestriction" onSaid={onSaid} />
      </Section>
      <Section title="閲覧を禁じた組">
        <p className="mb-2">
          この職員がこの人を探したり開いたりしても、「見つかりません」とだけ答えます。試みは記録し、警告します。
        </p>
        <Table
          caption="閲覧を禁じた組（新しい順）"
          rows={data.denials}
          rowKey={({ restrictionId }) => restrictionId}
          empty="閲覧を禁じた組はありません。"
          columns={[
            { key: "who", head: "職員", rowHead: true, cell: ({ staffId }) => staffId ?? "—" },
            { key: "why", head: "理由", cell: ({ reason }) => reason },
            ...common<Data["denials"][number]>("endDenial"),
          ]}
        />
      </Section>
      <Section title="点検のための、職員との関係">
        <p className="mb-2">閲覧は止めません。アクセスログの点検で、見たことが指摘になります。</p>
        <Table
          caption="職員との関係（新しい順）"
          rows={data.relations}
          rowKey={({ restrictionId }) => restrictionId}
          empty="登録した関係はありません。"
          columns={[
            { key: "who", head: "職員", rowHead: true, cell: ({ staffId }) => staffId ?? "すべての職員" },
            { key: "relation", head: "関係", cell: ({ relationName }) => <Badge kind="plain">{relationName}</Badge> },
            ...common<Data["relations"][number]>("endRelation"),
          ]}
        />
      </Section>
      {ending === undefined ? null : (
        <EndDialog
          ending={ending}
          onClose={() => setEnding(undefined)}
          onDone={(said) => {
            setEnding(undefined);
            onSaid(said);
          }}
        />
      )}
    </>
  );
}

export function RestrictionsPage(): ReactElement {
  const { data, error } = useRead("readRestrictions", {});
  const [said, setSaid] = useState<string>();
  return (
    <>
      <PageTitle>閲覧の制限</PageTitle>
      {said === undefined ? null : <Notice kind="success" title={said} live />}
      <ProblemNotice problem={error} />
      {data === undefined ? error === null ? <Loading /> : null : <Whole data={data} onSaid={setSaid} />}
    </>
  );
}
