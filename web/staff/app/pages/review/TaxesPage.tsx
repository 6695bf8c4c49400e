/** 所得の更正と未申告: what has to be judged again, and whose income is missing. */
import { useState } from "react";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { ChoiceField } from "../../ui/Field.tsx";
import { DateText } from "../../ui/Dates.tsx";
import { certificationText, yen } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Facts, Loading, PageTitle, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { ReasonDialog } from "../filings/ReasonDialog.tsx";
import { Certification } from "../person/Certification.tsx";

const WHY = { undeclared: "未申告", elsewhere: "1月1日の住所が別の市区町村" } as const;
const ANSWER = {
  sent: "回答あり（取込を待つ）",
  undeclared: "未申告との回答",
  noRecord: "課税の記録なしとの回答",
} as const;

type Correction = OperationAnswer<"listTaxCorrections">["corrections"][number];

/** 生計中心者: what was found, for another person's approval. */
function ResolutionDialog({
  row,
  onDone,
  onClose,
}: {
  readonly row: Correction;
  readonly onDone: (message: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const [outcome, setOutcome] = useState<"mainEarnerKept" | "recipientChanges">("mainEarnerKept");
  const command = useCommand("requestTaxResolution", { onDone: ({ message }) => onDone(message) });
  const { recipientId, year, historyNo, revision, before, after } = row;
  return (
    <ReasonDialog
      title={`生計中心者を確かめた結果（認定番号 ${certificationText(recipientId)}）`}
      action="案を入れる"
      intro={
        <p>
          {year}年の判定所得 {yen(before)} → {yen(after)}。何を見て、どう確かめたかを理由に書いてください。
        </p>
      }
      pending={command.pending}
      problem={command.problem}
      onClose={onClose}
      onSend={(reason) => void command.run({ body: { recipientId, year, historyNo, revision, outcome, reason } })}
    >
      <ChoiceField
        legend="結果"
        name="outcome"
        value={outcome}
        onChange={(value) => setOutcome(value === "recipientChanges" ? "recipientChanges" : "mainEarnerKept")}
        options={[
          { value: "mainEarnerKept", label: "生計中心者は変わらない" },
          {
            value: "recipientChanges",
            label: "受給者が変わる",
            help: "もう一方の父母の請求を求めます。いまの資格を終えるのは、その手続で行います。",
          },
        ]}
      />
    </ReasonDialog>
  );
}

export function TaxesPage(): ReactElement {
  const { data, error } = useRead("listTaxCorrections", {});
  const mayInquire = useMay("claim.examine");
  const inquire = useCommand("requestIncomes");
  const mayPropose = useMay("decision.exOfficio");
  const [resolving, setResolving] = useState<Correction>();
  const [done, setDone] = useState("");
  if (data === undefined) {
    return (
      <>
        <PageTitle>所得の更正</PageTitle>
        <ProblemNotice problem={error} />
        {error === null ? <Loading /> : null}
      </>
    );
  }
  const year = data.missing[0]?.year;
  const waiting = data.missing.filter(({ why, asked }) => why === "elsewhere" && !asked).length;
  return (
    <>
      <PageTitle>所得の更正</PageTitle>
      <Facts
        facts={[
          { name: "判定し直していない更正", value: data.open === 0 ? "0件 ✓" : `${String(data.open)}件` },
          { name: "所得のない人", value: `${String(data.missing.length)}人` },
          { name: "項目の突合の不一致", value: data.mismatches === 0 ? "0件 ✓" : `${String(data.mismatches)}件` },
          { name: "担当の外", value: `${String(data.others)}件` },
        ]}
      />
      {done === "" ? null : <Notice kind="success" title={done} live />}
      {resolving === undefined ? null : (
        <ResolutionDialog
          row={resolving}
          onDone={(message) => {
            setResolving(undefined);
            setDone(message);
          }}
          onClose={() => setResolving(undefined)}
        />
      )}
      <Section title="更正">
        <Table
          caption="判定し直していない更正"
          captionHidden
          rows={data.corrections}
          rowKey={({ recipientId, year: of }) => `${String(recipientId)}/${String(of)}`}
          columns={[
            {
              key: "recipient",
              head: "認定番号",
              rowHead: true,
              cell: ({ recipientId }) => <Certification number={recipientId} />,
            },
            { key: "year", head: "所得の年", cell: ({ year: of }) => `${String(of)}年`, sortBy: ({ year: of }) => of },
            { key: "before", head: "判定所得（前）", numeric: true, cell: ({ before }) => yen(before) },
            { key: "after", head: "判定所得（後）", numeric: true, cell: ({ after }) => yen(after) },
            {
              key: "known",
              head: "更正の通知",
              cell: ({ knownOn }) => (knownOn === null ? "" : <DateText date={knownOn} />),
            },
            { key: "effect", head: "関わるもの", cell: ({ effect }) => effect },
            ...(mayPropose
              ? [
                  {
                    key: "act",
                    head: "操作",
                    cell: (row: Correction) =>
                      row.compared ? (
                        <Button
                          size="small"
                          aria-label={`確かめた結果を入れる: ${certificationText(row.recipientId)} ${String(row.year)}年`}
                          onClick={() => setResolving(row)}
                        >
                          確かめた結果を入れる
                        </Button>
                      ) : (
                        "一括処理で判定し直します"
                      ),
                  },
                ]
              : []),
          ]}
        />
      </Section>
      <Section title="所得のない人">
        <p className="mb-2">
          生計中心者（父母のどちらが生計を維持する程度が高いか。児童手当法4条3項）を確かめるための所得です。
        </p>
        <ProblemNotice problem={inquire.problem} />
        {inquire.answer === undefined ? null : (
          <Notice kind="success" title={`${String(inquire.answer.asked)}人の所得を照会しました`} live>
            照会先の分からない人 {inquire.answer.unknownOffice}人
          </Notice>
        )}
        <Table
          caption="所得のない人"
          captionHidden
          rows={data.missing}
          rowKey={({ recipientId, why }) => `${String(recipientId)}/${why}`}
          columns={[
            {
              key: "recipient",
              head: "認定番号",
              rowHead: true,
              cell: ({ recipientId }) => <Certification number={recipientId} />,
            },
            { key: "year", head: "所得の年", cell: ({ year: of }) => `${String(of)}年` },
            { key: "why", head: "理由", cell: ({ why }) => WHY[why] },
            {
              key: "asked",
              head: "照会",
              cell: ({ asked, answer }) => (answer === null ? (asked ? "照会中" : "まだ") : ANSWER[answer]),
            },
          ]}
        />
        {mayInquire && year !== undefined && waiting > 0 ? (
          <Button kind="primary" pending={inquire.pending} onClick={() => void inquire.run({ body: { year } })}>
            {year}年の所得を照会する（{waiting}人）
          </Button>
        ) : null}
      </Section>
    </>
  );
}
