/**
 * データ使用承認願: what the applications of 提供・移転 and データの抽出 have in common – the table, the five parts, the decision of another person, and whom a
 * copy is about.
 */
import { useState } from "react";
import type { ReactElement, ReactNode } from "react";

import type { ApiProblem } from "../../api/problem.ts";
import { useSession } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { DateText } from "../../ui/Dates.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { TextArea } from "../../ui/Field.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Facts, Loading, PageTitle } from "../../ui/Page.tsx";
import { type Column, Table } from "../../ui/Table.tsx";
import type { FieldSpec, Values } from "./FormDialog.tsx";

/** What every application has. */
export type Wish = {
  readonly applicant: string;
  readonly ground: string;
  readonly purposeName: string;
  readonly conditions: string;
  readonly validFrom: string;
  readonly validTo: string;
  readonly enteredBy: string;
  readonly granted: boolean | null;
  readonly decidedBy: string | null;
};

export type Done = { readonly onDone: (said: string) => void; readonly onClose: () => void };

/** The page around them: title, what was just done, what went wrong, and the content once it is read. */
export function WishPage<Data>({
  title,
  data,
  error,
  content,
}: {
  readonly title: string;
  readonly data: Data | undefined;
  readonly error: ApiProblem | null;
  readonly content: (data: Data, onSaid: (said: string) => void) => ReactNode;
}): ReactElement {
  const [said, setSaid] = useState<string>();
  return (
    <>
      <PageTitle>{title}</PageTitle>
      {said === undefined ? null : <Notice kind="success" title={said} live />}
      <ProblemNotice problem={error} />
      {data === undefined ? error === null ? <Loading /> : null : content(data, setSaid)}
    </>
  );
}

/** The applications: number, state, what is asked for (`what`), why, when, who, and what can be done. */
export function WishTable<Row extends Wish>({
  caption,
  rows,
  numberOf,
  stateOf,
  what,
  doing,
}: {
  readonly caption: string;
  readonly rows: readonly Row[];
  readonly numberOf: (row: Row) => number;
  readonly stateOf: (row: Row) => ReactElement;
  readonly what: readonly Column<Row>[];
  readonly doing: { readonly head: string; readonly cell: (row: Row) => ReactNode };
}): ReactElement {
  return (
    <Table
      caption={caption}
      captionHidden
      rows={rows}
      rowKey={numberOf}
      empty="まだありません。"
      columns={[
        { key: "no", head: "番号", rowHead: true, cell: (row) => String(numberOf(row)) },
        { key: "state", head: "状態", cell: stateOf },
        ...what,
        {
          key: "why",
          head: "使用目的・根拠・条件",
          cell: ({ purposeName, ground, conditions }) => (
            <div className="min-w-48 whitespace-normal">
              {purposeName}
              <span className="block">{ground}</span>
              <span className="block text-[0.875rem] text-solid-gray-700">{conditions}</span>
            </div>
          ),
        },
        {
          key: "period",
          head: "使用期間",
          cell: ({ validFrom, validTo }) => (
            <>
              <DateText date={validFrom} />
              <br />〜<DateText date={validTo} />
            </>
          ),
        },
        {
          key: "people",
          head: "願い出・入力・決定",
          cell: ({ applicant, enteredBy, decidedBy }) => (
            <div className="min-w-36 whitespace-normal">
              {applicant}
              <span className="block text-[0.875rem] text-solid-gray-700">
                {enteredBy}・{decidedBy ?? "まだ"}
              </span>
            </div>
          ),
        },
        { key: "do", ...doing },
      ]}
    />
  );
}

/** What waits for a decision: the button for another person with the right, else that it waits. */
export function ToDecide({
  number,
  wish,
  onDecide,
}: {
  readonly number: number;
  readonly wish: Wish;
  readonly onDecide: () => void;
}): ReactElement {
  const { session } = useSession();
  if (!session.permissions.includes("export.approve") || wish.enteredBy === session.staffId)
    return <span className="whitespace-nowrap">別の人の決定を待っています</span>;
  return (
    <span className="whitespace-nowrap">
      <Button size="small" kind="primary" onClick={onDecide} aria-label={`承認願 ${String(number)} を見て決める`}>
        見て決める
      </Button>
    </span>
  );
}

type Fact = { readonly name: string; readonly value: ReactNode };

/** The parts that all have, between what the one kind begins and ends with. */
export function WishFacts({
  wish,
  first,
  last,
}: {
  readonly wish: Wish;
  readonly first: readonly Fact[];
  readonly last: readonly Fact[];
}): ReactElement {
  return (
    <Facts
      facts={[
        ...first,
        { name: "使用根拠", value: wish.ground },
        { name: "使用目的", value: wish.purposeName },
        { name: "使用条件", value: wish.conditions },
        {
          name: "使用期間",
          value: (
            <>
              <DateText date={wish.validFrom} />〜<DateText date={wish.validTo} />
            </>
          ),
        },
        ...last,
        { name: "入力した人", value: wish.enteredBy },
      ]}
    />
  );
}

/** Sees the whole of an application, and grants or refuses it with a reason. */
export function DecideWish({
  title,
  facts,
  pending,
  problem,
  onDecide,
  onDone,
  onClose,
}: Done & {
  readonly title: string;
  readonly facts: ReactElement;
  readonly pending: boolean;
  readonly problem: ApiProblem | undefined;
  /** @returns whether it was done */
  readonly onDecide: (granted: boolean, reason: string) => Promise<boolean>;
}): ReactElement {
  const [reason, setReason] = useState("");
  const send = async (granted: boolean): Promise<void> => {
    if (await onDecide(granted, reason)) onDone(granted ? "承認しました。" : "承認しないことを記録しました。");
  };
  return (
    <Dialog title={title} onClose={onClose} wide>
      <ProblemNotice problem={problem} />
      {facts}
      <TextArea
        label="承認しないわけ"
        help="承認しないときに書きます"
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <Actions>
        <Button kind="primary" pending={pending} onClick={() => void send(true)}>
          承認する
        </Button>
        <Button kind="danger" pending={pending} onClick={() => void send(false)}>
          承認しない
        </Button>
        <Button onClick={onClose}>やめる</Button>
      </Actions>
    </Dialog>
  );
}

/** Whom a copy is about: numbers, or everybody about whom something was decided in a period. */
export const peopleFields = (label: string, otherwise: string): readonly FieldSpec[] => [
  { name: "numbers", label, kind: "area", optional: true, help: `1行に一つ。${otherwise}` },
  { name: "from", label: "決定のあった期間の初め", kind: "date", optional: true },
  { name: "to", label: "決定のあった期間の終わり", kind: "date", optional: true },
];

export function peopleOf(values: Values): {
  readonly numbers: string[];
  readonly changed: { readonly from: string; readonly to: string } | null;
} {
  const { numbers = "", from = "", to = "" } = values;
  return {
    numbers: numbers.split(/\s+/).filter(Boolean),
    changed: from === "" || to === "" ? null : { from, to },
  };
}
