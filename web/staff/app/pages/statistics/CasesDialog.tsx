/** 内訳: with a purpose, the recipients behind one figure, by number alone. */
import { useState } from "react";
import type { ReactElement } from "react";

import { useRead } from "../../api/hooks.ts";
import type { OperationAnswer } from "../../api/call.ts";
import { Button } from "../../ui/Button.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { SelectField } from "../../ui/Field.tsx";
import { count, yen } from "../../ui/format.ts";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { Loading } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { Certification } from "../person/Certification.tsx";
import type { FigureRef } from "./FigureTable.tsx";

export type Purposes = OperationAnswer<"readStatisticsOverview">["casePurposes"];
type Purpose = Purposes[number]["code"];

function Cases({ figure, purpose }: { readonly figure: FigureRef; readonly purpose: Purpose }): ReactElement {
  const { data, error } = useRead("listFigureCases", { body: { ref: figure, purpose } });
  if (data === undefined) return error === null ? <Loading /> : <ProblemNotice problem={error} />;
  const unit = figure.basis === "paid" ? "延児童数（人月）" : "児童数（人）";
  return (
    <>
      <p className="mb-2">
        受給者 {count(data.recipients)}人、{unit} {count(data.children)}、額 {yen(data.amount)}。
        {data.others === 0
          ? ""
          : `うち ${count(data.others)}人は、担当の外の人か支援措置の対象者のため、一覧に出しません。`}
        {data.more ? "はじめの500人を表示しています。" : ""}
      </p>
      <Table
        caption="数字の内訳の受給者"
        captionHidden
        rows={data.rows}
        rowKey={({ recipientId }) => recipientId}
        empty="表示できる受給者はいません。"
        columns={[
          {
            key: "recipient",
            head: "認定番号",
            rowHead: true,
            cell: ({ recipientId }) => <Certification number={recipientId} />,
            sortBy: ({ recipientId }) => recipientId,
          },
          { key: "ward", head: "区", cell: ({ ward }) => ward, sortBy: ({ ward }) => ward },
          {
            key: "children",
            head: unit,
            numeric: true,
            cell: ({ children }) => count(children),
            sortBy: ({ children }) => children,
          },
          {
            key: "amount",
            head: "額",
            numeric: true,
            cell: ({ amount }) => yen(amount),
            sortBy: ({ amount }) => amount,
          },
        ]}
      />
    </>
  );
}

type Props = {
  readonly figure: FigureRef;
  readonly name: string;
  readonly purposes: Purposes;
  readonly onClose: () => void;
};

export function CasesDialog({ figure, name, purposes, onClose }: Props): ReactElement {
  const [chosen, setChosen] = useState<Purpose>();
  const [purpose, setPurpose] = useState<Purpose>();
  return (
    <Dialog title="数字の内訳" onClose={onClose} wide>
      <p className="mb-3 font-700">{name}</p>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setPurpose(chosen);
        }}
      >
        <SelectField
          label="処理事由"
          help="だれが・なぜ・どの数字の内訳を見たかを記録します。"
          required
          width="medium"
          value={chosen ?? ""}
          empty="選んでください"
          onChange={(event) => setChosen(purposes.find(({ code }) => code === event.target.value)?.code)}
          options={purposes.map(({ code, name: label }) => ({ value: code, label }))}
        />
        {purpose === undefined ? null : <Cases figure={figure} purpose={purpose} />}
        <Actions>
          {purpose === undefined ? (
            <Button kind="primary" submit disabled={chosen === undefined}>
              内訳を見る
            </Button>
          ) : null}
          <Button onClick={onClose}>閉じる</Button>
        </Actions>
      </form>
    </Dialog>
  );
}
