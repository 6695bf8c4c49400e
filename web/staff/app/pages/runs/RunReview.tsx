/** 点検: what changed since the run before and why, whether the second calculator agrees, and the items to be cleared one by one. */
import { useState } from "react";
import type { FormEvent, ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand, useRead } from "../../api/hooks.ts";
import { useDraft } from "../../session/drafts.ts";
import { useMay, useSession } from "../../session/session-context.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { DateText, MomentText } from "../../ui/Dates.tsx";
import { CheckField, SelectField, TextArea } from "../../ui/Field.tsx";
import { count, yen } from "../../ui/format.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { Loading, Section } from "../../ui/Page.tsx";
import { Table } from "../../ui/Table.tsx";
import { Certification } from "../person/Certification.tsx";
import { ChangeBars } from "./ChangeBars.tsx";
import type { RunView } from "./RunPage.tsx";

type Review = RunView["review"];
type Item = OperationAnswer<"listRunReview">["items"][number];

const signed = (amount: number): string => `${amount > 0 ? "＋" : amount < 0 ? "−" : ""}${yen(Math.abs(amount))}`;

function Comparison({ review }: { readonly review: Review }): ReactElement {
  const { comparison, recalculated } = review;
  return (
    <>
      {comparison === null ? (
        <p className="mb-3">比べる前回の定時の支払処理がありません（随時・再振込、または初めての支払）。</p>
      ) : (
        <>
          <p className="mb-3">
            前回（第{comparison.previousRunNo}号） {count(comparison.recipientsBefore)}人 {yen(comparison.totalBefore)}{" "}
            → 今回 {count(comparison.recipientsAfter)}人 {yen(comparison.totalAfter)}（差{" "}
            {signed(comparison.totalAfter - comparison.totalBefore)}
            ）。差は、児童と月ごとに、原因の1つに分けてあります。
          </p>
          <ChangeBars causes={comparison.byCause} />
        </>
      )}
      <p className="mb-4">
        {recalculated === null
          ? "検算（第二の計算によるすべての明細の計算し直し）は、「確認した」を押すと行われます。"
          : `検算: ${count(recalculated.recipients)}人・${count(recalculated.months)}か月分を第二の計算で計算し直し、${
              recalculated.differing === 0
                ? "すべて一致しました。"
                : `${count(recalculated.differing)}人で食い違いました。`
            }`}
      </p>
    </>
  );
}

function Why({ item }: { readonly item: Item }): ReactElement {
  return (
    <>
      {item.detail === "" ? null : <p>{item.detail}</p>}
      {item.changes.length === 0 || item.amountBefore === item.amountAfter ? null : (
        <ul className="list-disc pl-5">
          {item.changes.slice(0, 8).map((change) => (
            <li key={`${String(change.childNumber)}/${change.benefitMonth ?? ""}`}>
              {change.benefitMonth === null ? "" : `${change.benefitMonth}月分 `}
              {signed(change.amount)}　{change.label}
            </li>
          ))}
          {item.changes.length > 8 ? <li>ほか{count(item.changes.length - 8)}件</li> : null}
        </ul>
      )}
    </>
  );
}

function Cleared({ item }: { readonly item: Item }): ReactElement {
  if (item.clearedBy === null || item.clearedAt === null) return <Badge kind="warning">まだ</Badge>;
  return (
    <>
      {item.clearedReason}
      <br />
      <span className="text-[0.875rem] text-solid-gray-700">
        {item.clearedBy} <MomentText at={item.clearedAt} />
      </span>
    </>
  );
}

type Chosen = { readonly chosen: ReadonlySet<number>; readonly toggle: (itemNo: number) => void };

function Items({
  items,
  chosen,
  toggle,
  open,
}: Chosen & { readonly items: readonly Item[]; readonly open: boolean }): ReactElement {
  const { session } = useSession();
  return (
    <Table
      caption="点検の件"
      rows={items}
      rowKey={(item) => item.itemNo}
      empty="この条件の件はありません。"
      columns={[
        {
          key: "choose",
          head: "選ぶ",
          cell: (item) =>
            open && item.clearedBy === null ? (
              item.barred.includes(session.staffId) ? (
                "ほかの人が確かめます"
              ) : (
                <CheckField
                  label={`${String(item.itemNo)}番`}
                  checked={chosen.has(item.itemNo)}
                  onChange={() => toggle(item.itemNo)}
                />
              )
            ) : (
              item.itemNo
            ),
        },
        { key: "kind", head: "種類", rowHead: true, cell: (item) => item.label },
        {
          key: "recipient",
          head: "認定番号",
          cell: (item) => (item.recipientId === null ? "支払処理全体" : <Certification number={item.recipientId} />),
        },
        {
          key: "before",
          head: "前回（検算では検算の額）",
          numeric: true,
          cell: (item) => (item.amountBefore === null ? "—" : yen(item.amountBefore)),
          sortBy: (item) => item.amountBefore ?? 0,
        },
        {
          key: "after",
          head: "今回",
          numeric: true,
          cell: (item) => (item.amountAfter === null ? "—" : yen(item.amountAfter)),
          sortBy: (item) => item.amountAfter ?? 0,
        },
        { key: "why", head: "なぜ", cell: (item) => <Why item={item} /> },
        { key: "cleared", head: "確かめたこと", cell: (item) => <Cleared item={item} /> },
      ]}
    />
  );
}

/** Choosing, reading and clearing items. */
function Clearing({ view }: { readonly view: RunView }): ReactElement {
  const runNo = String(view.run.runNo);
  const mayClear = [useMay("payment.create"), useMay("payment.approve")].includes(true);
  const open = mayClear && (view.run.state === "created" || view.run.state === "inspected");
  const [kind, setKind] = useState("");
  const [openOnly, setOpenOnly] = useState(open);
  const [after, setAfter] = useState(0);
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const [said, setSaid] = useState<string>();
  const draft = useDraft(`run/${runNo}/review`, "");
  const found = view.review.counts.find((each) => each.kind === kind)?.kind;
  const { data, error } = useRead("listRunReview", {
    path: { runNo },
    body: { openOnly, after, ...(found === undefined ? {} : { kind: found }) },
  });
  const command = useCommand("clearRunReview", {
    onDone: ({ message }) => {
      draft.drop();
      setChosen(new Set());
      setSaid(message);
    },
  });
  const toggle = (itemNo: number): void => {
    const next = new Set(chosen);
    if (!next.delete(itemNo)) next.add(itemNo);
    setChosen(next);
  };
  const items = data?.items ?? [];
  const free = items.filter((item) => item.clearedBy === null);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void command.run({ path: { runNo }, body: { itemNos: [...chosen], reason: draft.value } });
  };
  return (
    <>
      {said === undefined ? null : <Notice kind="success" title={said} live />}
      <div className="flex flex-wrap items-end gap-x-6">
        <SelectField
          label="種類"
          width="medium"
          value={kind}
          onChange={(event) => {
            setKind(event.target.value);
            setAfter(0);
          }}
          options={[
            { value: "", label: "すべて" },
            ...view.review.counts.map((each) => ({
              value: each.kind,
              label: `${each.label}（${count(each.items)}件、残り${count(each.open)}件）`,
            })),
          ]}
        />
        <CheckField label="まだの件だけ" checked={openOnly} onChange={() => setOpenOnly(!openOnly)} />
      </div>
      <ProblemNotice problem={error ?? command.problem} />
      {data === undefined ? <Loading /> : <Items items={items} chosen={chosen} toggle={toggle} open={open} />}
      {data?.more === true ? (
        <p className="my-2">
          <Button size="small" onClick={() => setAfter(items.at(-1)?.itemNo ?? 0)}>
            次の100件
          </Button>
        </p>
      ) : null}
      {open && free.length > 0 ? (
        <form onSubmit={submit} noValidate className="mt-3 max-w-160">
          <p className="mb-2">
            選んだ件 {count(chosen.size)}件。{" "}
            <Button size="small" onClick={() => setChosen(new Set(free.map((item) => item.itemNo)))}>
              見えている件をすべて選ぶ
            </Button>
          </p>
          <TextArea
            label="確かめたこと"
            required
            help="決定書、届出、口座の写しなど、何で確かめたかを書きます。選んだ件のそれぞれに、あなたの名前と時刻とともに残ります。"
            value={draft.value}
            onChange={(event) => draft.set(event.target.value)}
          />
          <Button
            kind="primary"
            submit
            pending={command.pending}
            disabled={chosen.size === 0 || draft.value.trim() === ""}
          >
            確かめて済みにする
          </Button>
        </form>
      ) : null}
    </>
  );
}

function Waiting({ view }: { readonly view: RunView }): ReactElement | null {
  if (view.waitingAccounts.length === 0) return null;
  return (
    <Table
      caption="次回からの口座（締切日を過ぎた変更。この支払は前の口座に振り込みます）"
      rows={view.waitingAccounts}
      rowKey={(row) => `${String(row.recipientId)}/${row.changedOn}`}
      columns={[
        { key: "who", head: "認定番号", rowHead: true, cell: (row) => <Certification number={row.recipientId} /> },
        { key: "on", head: "変更の入力", cell: (row) => <DateText date={row.changedOn} /> },
        { key: "by", head: "入力・承認", cell: (row) => `${row.enteredBy}・${row.approvedBy}` },
        { key: "after", head: "前の口座を使う最後の支払日", cell: (row) => <DateText date={row.afterPayOn} /> },
      ]}
    />
  );
}

export function RunReview({ view }: { readonly view: RunView }): ReactElement {
  const { review } = view;
  const total = review.counts.reduce((sum, each) => sum + each.items, 0);
  return (
    <Section title="点検">
      <Comparison review={review} />
      {total === 0 ? (
        <p className="mb-3">確かめる件はありません。</p>
      ) : (
        <>
          <p className="mb-3 font-700">
            {review.open === 0
              ? `✓ ${count(total)}件すべて確かめ済みです。`
              : `確かめる件が ${count(review.open)}件残っています（全${count(total)}件）。すべて済むまで承認できません。`}
          </p>
          <Clearing view={view} />
        </>
      )}
      <p className="my-3">
        口座の変更の締切日は <DateText date={view.cutOffOn} /> です。
      </p>
      <Waiting view={view} />
    </Section>
  );
}
