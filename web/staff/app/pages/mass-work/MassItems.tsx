/** 案の一覧: the lines of a run, filtered, page by page. Who may not see cases sees only the counts above. */
import { useState } from "react";
import type { ReactElement } from "react";

import { useRead } from "../../api/hooks.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { MonthText } from "../../ui/Dates.tsx";
import { SelectField } from "../../ui/Field.tsx";
import { yen } from "../../ui/format.ts";
import { ProblemNotice } from "../../ui/Notice.tsx";
import { Loading, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { Certification } from "../person/Certification.tsx";
import { type MassItem, type MassRunView, outcomeKinds, outcomeLabels, resultLabels } from "./labels.ts";

type Filter = { readonly outcome: string; readonly kind: string; readonly result: string };
type After = { readonly subject: number; readonly part: number };

const amount = (value: number | null, text: string | null): string => (value === null ? (text ?? "—") : yen(value));

function Amounts({ item }: { readonly item: MassItem }): ReactElement {
  const before = amount(item.yenBefore, item.before);
  const after = item.after !== null && item.yenAfter === 0 ? item.after : amount(item.yenAfter, item.after);
  return (
    <>
      {before} → <strong>{after}</strong>
    </>
  );
}

function Options({
  view,
  filter,
  onChange,
}: {
  readonly view: MassRunView;
  readonly filter: Filter;
  readonly onChange: (filter: Filter) => void;
}): ReactElement {
  const all = { value: "", label: "すべて" };
  return (
    <div className="mb-2 flex flex-wrap gap-x-4">
      <SelectField
        label="区分"
        width="medium"
        value={filter.outcome}
        onChange={(event) => onChange({ ...filter, outcome: event.target.value })}
        options={[all, ...Object.entries(outcomeLabels).map(([value, label]) => ({ value, label }))]}
      />
      <SelectField
        label="種類"
        width="medium"
        value={filter.kind}
        onChange={(event) => onChange({ ...filter, kind: event.target.value })}
        options={[all, ...view.kinds.map(({ code, name }) => ({ value: code, label: name }))]}
      />
      {view.run.approver === null ? null : (
        <SelectField
          label="結果"
          width="medium"
          value={filter.result}
          onChange={(event) => onChange({ ...filter, result: event.target.value })}
          options={[all, ...Object.entries(resultLabels).map(([value, label]) => ({ value, label }))]}
        />
      )}
    </div>
  );
}

type Wanted = {
  readonly outcome?: MassItem["outcome"];
  readonly kind?: string;
  readonly result?: keyof typeof resultLabels;
};

/** What the filter says, in the words of the operation. */
function wanted({ outcome, kind, result }: Filter): Wanted {
  return {
    ...(outcome === "change" || outcome === "noChange" || outcome === "cannot" ? { outcome } : {}),
    ...(kind === "" ? {} : { kind }),
    ...(result === "pending" || result === "written" || result === "changed" || result === "refused" ? { result } : {}),
  };
}

export function MassItems({ view }: { readonly view: MassRunView }): ReactElement {
  const [filter, setFilter] = useState<Filter>({ outcome: "", kind: "", result: "" });
  const [pages, setPages] = useState<readonly After[]>([]);
  const after = pages.at(-1);
  const { data, error } = useRead("readMassItems", {
    path: { massRunNo: String(view.run.runNo) },
    body: { ...wanted(filter), ...(after === undefined ? {} : { after }) },
  });
  const kindOf = (code: string): string => view.kinds.find((kind) => kind.code === code)?.name ?? code;
  const last = data?.items.at(-1);
  return (
    <Section title="案の一覧">
      <Options
        view={view}
        filter={filter}
        onChange={(next) => {
          setPages([]);
          setFilter(next);
        }}
      />
      <ProblemNotice problem={error} />
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : (
        <>
          <Table
            caption="案の一覧"
            captionHidden
            rows={data.items}
            rowKey={(item) => `${String(item.subject)}/${String(item.part)}`}
            empty="当てはまる件はありません。"
            columns={[
              {
                key: "who",
                head: "認定番号",
                rowHead: true,
                cell: (item) =>
                  item.recipientId === null ? (
                    <Badge kind="danger">支援措置</Badge>
                  ) : (
                    <>
                      <Certification number={item.recipientId} />
                      {item.protected ? <Badge kind="danger">支援措置</Badge> : null}
                    </>
                  ),
              },
              { key: "kind", head: "種類", cell: (item) => kindOf(item.kind) },
              {
                key: "outcome",
                head: "区分",
                cell: (item) => <Badge kind={outcomeKinds[item.outcome]}>{outcomeLabels[item.outcome]}</Badge>,
              },
              { key: "amount", head: "月額", numeric: true, cell: (item) => <Amounts item={item} /> },
              {
                key: "from",
                head: "適用",
                cell: (item) =>
                  item.effectiveMonth === null ? (
                    "—"
                  ) : (
                    <>
                      <MonthText month={item.effectiveMonth} />
                      分から
                    </>
                  ),
              },
              { key: "reason", head: "理由", cell: (item) => item.reason },
              ...(view.run.approver === null
                ? []
                : [
                    {
                      key: "result",
                      head: "結果",
                      cell: (item: MassItem) =>
                        item.outcome !== "change" ? (
                          "—"
                        ) : (
                          <>
                            {resultLabels[item.result ?? "pending"]}
                            {item.resultReason === null || item.resultReason === "" ? null : (
                              <span className="block text-[0.875rem] text-solid-gray-700">{item.resultReason}</span>
                            )}
                          </>
                        ),
                    },
                  ]),
            ]}
          />
          <div className="flex flex-wrap gap-3">
            {pages.length === 0 ? null : <Button onClick={() => setPages(pages.slice(0, -1))}>前の100件</Button>}
            {data.more && last !== undefined ? (
              <Button onClick={() => setPages([...pages, { subject: last.subject, part: last.part }])}>
                次の100件
              </Button>
            ) : null}
          </div>
        </>
      )}
    </Section>
  );
}
