/** 突合の違い: which rows of the copy differ from the office's full set, and whose fault it was. */
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { ReactElement } from "react";

import { useCommand, useRead } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { SelectField, TextArea } from "../../ui/Field.tsx";
import { count } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Facts, GoTo, Loading, PageTitle, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";

const KINDS = { missing: "こちらにない", extra: "連携元にない", different: "内容が違う" } as const;
const CAUSES = [
  { value: "resendAsked", label: "再送を頼んだ" },
  { value: "sourceFault", label: "連携元の誤り" },
  { value: "ownRecord", label: "職権で先に記録した" },
  { value: "other", label: "その他" },
] as const;

type Cause = (typeof CAUSES)[number]["value"];

export function ReconciliationPage(): ReactElement {
  const { reconciliationId: text = "" } = useParams({ strict: false });
  const reconciliationId = Number(text);
  const may = useMay("claim.examine");
  const { data, error } = useRead("readReconciliation", { path: { reconciliationId } });
  const [cause, setCause] = useState<Cause>("sourceFault");
  const [explanation, setExplanation] = useState("");
  const [chosen, setChosen] = useState<readonly number[]>([]);
  const explain = useCommand("explainDifferences", {
    onDone: () => {
      setChosen([]);
      setExplanation("");
    },
  });
  if (data === undefined) {
    return (
      <>
        <PageTitle>突合の違い</PageTitle>
        {error === null ? <Loading /> : <ProblemNotice problem={error} />}
      </>
    );
  }
  const open = data.differences.filter(({ causeName }) => causeName === null);
  const toggle = (no: number): void =>
    setChosen(chosen.includes(no) ? chosen.filter((each) => each !== no) : [...chosen, no]);
  return (
    <>
      <PageTitle>突合の違い</PageTitle>
      <p className="mb-3">
        <GoTo to="/interchange">庁内連携に戻る</GoTo>
      </p>
      <Facts
        facts={[
          { name: "違い", value: `${count(data.total)}件` },
          { name: "説明のない違い", value: data.open === 0 ? "0件 ✓" : `${count(data.open)}件` },
        ]}
      />
      {explain.answer === undefined ? null : <Notice kind="success" live title={explain.answer.message} />}
      <Table
        caption="突合の違い"
        captionHidden
        rows={data.differences}
        rowKey={({ differenceNo }) => differenceNo}
        empty="あなたの区の違いはありません。"
        columns={[
          {
            key: "choose",
            head: "選ぶ",
            cell: ({ differenceNo, causeName }) =>
              causeName === null && may ? (
                <input
                  type="checkbox"
                  className="size-6 accent-key-900"
                  aria-label={`違い ${String(differenceNo)} を選ぶ`}
                  checked={chosen.includes(differenceNo)}
                  onChange={() => toggle(differenceNo)}
                />
              ) : null,
          },
          { key: "no", head: "番号", rowHead: true, cell: ({ differenceNo }) => String(differenceNo) },
          { key: "kind", head: "違い", cell: ({ kind }) => KINDS[kind], sortBy: ({ kind }) => kind },
          { key: "row", head: "行（履歴番号）", cell: ({ rowKey }) => rowKey },
          { key: "items", head: "違う項目", cell: ({ items }) => items.join("・") },
          { key: "kana", head: "カナ", cell: ({ kanaInitial }) => kanaInitial },
          { key: "ward", head: "区", cell: ({ wardName }) => wardName },
          {
            key: "why",
            head: "説明",
            cell: ({ causeName, explanation: said }) =>
              causeName === null ? (
                <Badge kind="warning">まだ</Badge>
              ) : (
                <div className="min-w-48 whitespace-normal">
                  {causeName}: {said}
                </div>
              ),
          },
        ]}
      />
      {may && open.length > 0 ? (
        <Section title="説明を書く">
          <ProblemNotice problem={explain.problem} />
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void explain.run({
                path: { reconciliationId },
                body: { differenceNos: [...chosen], cause, explanation },
              });
            }}
          >
            <p className="mb-2">
              <Button size="small" onClick={() => setChosen(open.map(({ differenceNo }) => differenceNo))}>
                説明のない{count(open.length)}件をすべて選ぶ
              </Button>
            </p>
            <SelectField
              label="原因"
              width="medium"
              value={cause}
              options={CAUSES}
              onChange={(event) => setCause(CAUSES.find(({ value }) => value === event.target.value)?.value ?? "other")}
            />
            <TextArea
              label="説明"
              help="400文字まで。個人番号・氏名は書かないでください。"
              required
              maxLength={400}
              value={explanation}
              onChange={(event) => setExplanation(event.target.value)}
            />
            <Button
              kind="primary"
              submit
              pending={explain.pending}
              disabled={chosen.length === 0 || explanation.trim() === ""}
            >
              選んだ{count(chosen.length)}件に説明を書く
            </Button>
          </form>
        </Section>
      ) : null}
    </>
  );
}
