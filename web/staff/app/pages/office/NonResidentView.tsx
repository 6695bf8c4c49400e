/** What is known of somebody without residence, as far as the member of staff may see it, and the candidates of a search. */
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateText } from "../../ui/Dates.tsx";
import { Facts, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";

export type Found = OperationAnswer<"searchNonResidents">;
export type Shown = OperationAnswer<"readNonResident">;
export type Candidate = Found["candidates"][number];
export type Looked = { readonly addresseeNumber: string; readonly view: Shown };
export type Searched = { readonly kana: string; readonly birthDate: string; readonly found: Found };
export type Open =
  | { readonly what: "search" | "look" | "takeOver" | "relate" | "change" | "back" }
  | { readonly what: "register"; readonly candidate?: Candidate }
  | { readonly what: "end" }
  | { readonly what: "part"; readonly consolidationId: number }
  | { readonly what: "endRelated"; readonly relatedId: number };

export const number15 = (number: number): string => String(number).padStart(15, "0");

export const SEXES = [
  { value: "1", label: "男" },
  { value: "2", label: "女" },
  { value: "9", label: "その他" },
  { value: "0", label: "不明" },
];
export function Candidates({
  searched,
  onUse,
}: {
  readonly searched: Searched;
  readonly onUse: (candidate?: Candidate) => void;
}): ReactElement {
  return (
    <Section title="検索の候補">
      <Table
        caption="候補"
        captionHidden
        rows={searched.found.candidates}
        rowKey={({ addresseeNumber }) => addresseeNumber}
        empty="この人らしい登録はありません。新しい番号をつけられます。"
        columns={[
          { key: "no", head: "宛名番号", rowHead: true, cell: ({ addresseeNumber }) => number15(addresseeNumber) },
          { key: "kana", head: "フリガナ", cell: ({ kana }) => kana },
          {
            key: "year",
            head: "生まれた年",
            cell: ({ birthYear }) => (birthYear === null ? "不詳" : `${String(birthYear)}年`),
          },
          {
            key: "state",
            head: "状態",
            cell: ({ byHistory, ended }) => (
              <>
                {byHistory ? <Badge>前の氏名</Badge> : null} {ended ? <Badge kind="warning">終わっている</Badge> : null}
              </>
            ),
          },
          {
            key: "do",
            head: "処理",
            cell: (candidate) => (
              <span className="whitespace-nowrap">
                <Button
                  size="small"
                  onClick={() => onUse(candidate)}
                  aria-label={`宛名番号 ${number15(candidate.addresseeNumber)} をこの人として使う`}
                >
                  この人として使う
                </Button>
              </span>
            ),
          },
        ]}
      />
      <p className="mt-3">
        <Button onClick={() => onUse()}>どれでもない。新しい番号をつける</Button>
      </p>
    </Section>
  );
}

const HIDDEN = "権限がありません";

export function View({
  looked,
  may,
  onOpen,
}: {
  readonly looked: Looked;
  readonly may: boolean;
  readonly onOpen: (open: Open) => void;
}): ReactElement {
  const { view } = looked;
  const shown = (value: string | number | null): string => (value === null ? HIDDEN : String(value) || "なし");
  const sex = SEXES.find(({ value }) => value === String(view.sex))?.label;
  return (
    <Section title={`宛名番号 ${looked.addresseeNumber}`}>
      <Facts
        facts={[
          { name: "氏名", value: shown(view.name) },
          { name: "フリガナ", value: shown(view.kana) },
          { name: "生年月日", value: view.birthDate === null ? HIDDEN : <DateText date={view.birthDate} /> },
          { name: "性別", value: view.sex === null ? HIDDEN : (sex ?? "不明") },
          { name: "住所", value: shown(view.address) },
          { name: "個人番号の登録", value: shown(view.numberState) },
          { name: "履歴の番号", value: shown(view.history) },
          {
            name: "業務の宛名番号",
            value:
              view.links === null
                ? HIDDEN
                : view.links
                    .map(({ systemCode, addresseeNumber }) => `${systemCode} ${number15(addresseeNumber)}`)
                    .join("、") || "なし",
          },
        ]}
      />
      {view.related === null ? (
        <p>代理人・送付先・後見人: {HIDDEN}</p>
      ) : (
        <Table
          caption="代理人・送付先・成年後見人"
          rows={view.related}
          rowKey={({ relatedId }) => relatedId}
          empty="登録はありません。"
          columns={[
            { key: "kind", head: "種類", rowHead: true, cell: ({ kindName }) => kindName },
            { key: "other", head: "宛名番号", cell: ({ otherNumber }) => number15(otherNumber) },
            {
              key: "period",
              head: "期間",
              cell: ({ startsOn, endsOn }) => (
                <>
                  <DateText date={startsOn} />〜{endsOn === null ? "" : <DateText date={endsOn} />}
                </>
              ),
            },
            { key: "basis", head: "根拠", cell: ({ basis }) => basis },
            {
              key: "do",
              head: "処理",
              cell: ({ relatedId, kindName }) =>
                may ? (
                  <Button
                    size="small"
                    onClick={() => onOpen({ what: "endRelated", relatedId })}
                    aria-label={`${kindName}（${String(relatedId)}）を終える`}
                  >
                    終える
                  </Button>
                ) : null,
            },
          ]}
        />
      )}
      <Table
        caption="名寄せの履歴"
        rows={view.consolidations}
        rowKey={({ consolidationId }) => consolidationId}
        empty="名寄せはありません。"
        columns={[
          { key: "kept", head: "主とする宛名番号", rowHead: true, cell: ({ keptNumber }) => number15(keptNumber) },
          { key: "other", head: "結んだ宛名番号", cell: ({ otherNumber }) => number15(otherNumber) },
          { key: "why", head: "わけ", cell: ({ reason }) => reason },
          {
            key: "by",
            head: "申出・承認",
            cell: ({ proposedBy, approvedBy }) => `${proposedBy}・${approvedBy ?? "まだ"}`,
          },
          {
            key: "state",
            head: "状態",
            cell: ({ state, stateName }) => (
              <Badge kind={state === "proposed" ? "warning" : "plain"}>{stateName}</Badge>
            ),
          },
          {
            key: "do",
            head: "処理",
            cell: ({ consolidationId, state }) =>
              may && state === "joined" ? (
                <Button
                  size="small"
                  onClick={() => onOpen({ what: "part", consolidationId })}
                  aria-label={`名寄せ ${String(consolidationId)} を解除する`}
                >
                  解除する
                </Button>
              ) : null,
          },
        ]}
      />
      {may ? (
        <p className="mt-3 flex flex-wrap gap-3">
          <Button onClick={() => onOpen({ what: "change" })}>基本情報を直す</Button>
          <Button onClick={() => onOpen({ what: "relate" })}>代理人などを登録する</Button>
          <Button onClick={() => onOpen({ what: "back" })}>終わりを取り消す</Button>
          <Button kind="danger" onClick={() => onOpen({ what: "end" })}>
            住民になった・誤りとして終える
          </Button>
        </p>
      ) : null}
    </Section>
  );
}
