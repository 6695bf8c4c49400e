/** 委託: contract, re-consignment, account, order, hand-over, erasure – what is asked for or recorded. */
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand } from "../../api/hooks.ts";
import { type FieldSpec, FormDialog, momentOf, type Values, WISH_FIELDS } from "./FormDialog.tsx";
import { ASKED } from "./SettingDialogs.tsx";

type Data = OperationAnswer<"readConsignments">;
export type Consignment = Data["consignments"][number];
export type HandOver = Data["handOvers"][number];
export type Erasure = Data["erasures"][number];
type Done = { readonly onDone: (said: string) => void; readonly onClose: () => void };
type Ready = Done & { readonly data: Data };

const text = (values: Values, name: string): string => values[name] ?? "";
const orNull = (values: Values, name: string): string | null =>
  text(values, name).trim() === "" ? null : text(values, name).trim();
const yes = (values: Values, name: string): boolean => values[name] === "yes";

type WishForm = {
  readonly kind: "consignment" | "subConsignment" | "contractorAccount" | "workOrder" | "erasure";
  readonly title: string;
  readonly draft: string;
  readonly fields: readonly FieldSpec[];
  readonly initial?: Values;
  readonly contentOf: (values: Values) => Record<string, unknown>;
};

function WishDialog({ form, onDone, onClose }: Done & { readonly form: WishForm }): ReactElement {
  const command = useCommand("proposeConsignmentChange", {});
  return (
    <FormDialog
      name={`consignment/${form.draft}`}
      title={form.title}
      action="申請する"
      fields={[...form.fields, ...WISH_FIELDS]}
      initial={{ timing: "before", ...form.initial }}
      pending={command.pending}
      problem={command.problem}
      onClose={onClose}
      onSend={async (values) => {
        const timing = values["timing"] === "after" ? "after" : "before";
        const body = {
          kind: form.kind,
          content: form.contentOf(values),
          reason: text(values, "reason"),
          timing,
        } as const;
        const done = await command.run({ body });
        if (done !== undefined) onDone(ASKED);
        return done !== undefined;
      }}
    />
  );
}

const contracts = ({ consignments }: Data) =>
  consignments.map(({ consignmentCode, name, contractor }) => ({
    value: consignmentCode,
    label: `${name}（${contractor}）`,
  }));

const PERIOD: readonly FieldSpec[] = [
  { name: "validFrom", label: "いつから", kind: "date" },
  { name: "validTo", label: "いつまで", kind: "date" },
];
const period = (values: Values) => ({ validFrom: text(values, "validFrom"), validTo: text(values, "validTo") });

export function ConsignmentDialog({
  consignment,
  ...end
}: Done & { readonly consignment?: Consignment }): ReactElement {
  const form: WishForm = {
    kind: "consignment",
    title: consignment === undefined ? "委託を加える申請" : `委託を変える申請（${consignment.name}）`,
    draft: `contract/${consignment?.consignmentCode ?? "new"}/${String(consignment?.revision ?? 0)}`,
    fields: [
      ...(consignment === undefined ? [{ name: "consignmentCode", label: "符号（英数字）" }] : []),
      { name: "name", label: "委託の名前" },
      { name: "scope", label: "委託する事務の範囲", kind: "area" },
      { name: "contractor", label: "委託先" },
      { name: "handlersFrom", label: "取り扱う人数（から）", kind: "number" },
      {
        name: "handlersTo",
        label: "取り扱う人数（まで）",
        kind: "number",
        help: "利用者はこれを超えて結び付けられません。",
      },
      { name: "subConsignment", label: "再委託を認めることがある（一件ずつ承認する）", kind: "yes" },
      { name: "coreAccess", label: "児童手当システムの権限を持ちうる", kind: "yes" },
      { name: "validFrom", label: "契約の初め", kind: "date" },
      { name: "validTo", label: "契約の終わり", kind: "date", optional: true },
    ],
    initial:
      consignment === undefined
        ? {}
        : {
            name: consignment.name,
            scope: consignment.scope,
            contractor: consignment.contractor,
            handlersFrom: String(consignment.handlersFrom),
            handlersTo: String(consignment.handlersTo),
            subConsignment: consignment.subConsignment ? "yes" : "no",
            coreAccess: consignment.coreAccess ? "yes" : "no",
            validFrom: consignment.validFrom,
            validTo: consignment.validTo ?? "",
          },
    contentOf: (values) => ({
      consignmentCode: consignment?.consignmentCode ?? text(values, "consignmentCode"),
      name: text(values, "name"),
      scope: text(values, "scope"),
      contractor: text(values, "contractor"),
      handlersFrom: Number(values["handlersFrom"]),
      handlersTo: Number(values["handlersTo"]),
      subConsignment: yes(values, "subConsignment"),
      coreAccess: yes(values, "coreAccess"),
      validFrom: text(values, "validFrom"),
      validTo: orNull(values, "validTo"),
    }),
  };
  return <WishDialog form={form} {...end} />;
}

export function SubConsignmentDialog({ data, ...end }: Ready): ReactElement {
  const form: WishForm = {
    kind: "subConsignment",
    title: "再委託の承認の申請",
    draft: "subConsignment",
    fields: [
      { name: "approvalNumber", label: "承認番号（市の文書番号）" },
      { name: "consignmentCode", label: "委託", kind: "select", options: contracts(data) },
      { name: "company", label: "再委託先" },
      { name: "scope", label: "再委託する範囲", kind: "area" },
      { name: "measures", label: "委託先と同じ安全管理の措置を、どう確かめたか", kind: "area" },
      { name: "appliedOn", label: "書面の申請の日", kind: "date" },
      ...PERIOD,
    ],
    contentOf: (values) => ({
      approvalNumber: text(values, "approvalNumber").trim(),
      consignmentCode: text(values, "consignmentCode"),
      company: text(values, "company"),
      scope: text(values, "scope"),
      measures: text(values, "measures"),
      appliedOn: text(values, "appliedOn"),
      ...period(values),
    }),
  };
  return <WishDialog form={form} {...end} />;
}

export function AccountDialog({ data, ...end }: Ready): ReactElement {
  const free = data.people.filter(({ consignmentCode }) => consignmentCode === null);
  const form: WishForm = {
    kind: "contractorAccount",
    title: "利用者を委託に結び付ける申請",
    draft: "account",
    fields: [
      {
        name: "staffId",
        label: "利用者",
        kind: "select",
        help: "受託者として登録され、まだ結び付いていない人",
        options: free.map(({ staffId, name }) => ({ value: staffId, label: `${staffId} ${name}` })),
      },
      { name: "consignmentCode", label: "委託", kind: "select", options: contracts(data) },
      {
        name: "subConsignmentNumber",
        label: "再委託の承認番号",
        kind: "select",
        optional: true,
        help: "再委託先の人のとき",
        options: data.subConsignments.map(({ approvalNumber, company }) => ({
          value: approvalNumber,
          label: `${approvalNumber}（${company}）`,
        })),
      },
      ...PERIOD,
    ],
    contentOf: (values) => ({
      staffId: text(values, "staffId"),
      consignmentCode: text(values, "consignmentCode"),
      subConsignmentNumber: orNull(values, "subConsignmentNumber"),
      ...period(values),
    }),
  };
  return <WishDialog form={form} {...end} />;
}

const ORDER_KINDS = [
  { value: "maintenance", label: "保守" },
  { value: "operation", label: "運用" },
  { value: "inquiry", label: "問合せの調べ" },
  { value: "extraction", label: "データの抽出" },
  { value: "repair", label: "データの修復" },
];

export function OrderDialog({ data, ...end }: Ready): ReactElement {
  const form: WishForm = {
    kind: "workOrder",
    title: "作業指示の申請",
    draft: "order",
    fields: [
      { name: "consignmentCode", label: "委託", kind: "select", options: contracts(data) },
      { name: "kind", label: "種類", kind: "select", options: ORDER_KINDS },
      { name: "work", label: "作業の内容", kind: "area" },
      ...PERIOD,
    ],
    contentOf: (values) => ({
      consignmentCode: text(values, "consignmentCode"),
      kind: text(values, "kind"),
      work: text(values, "work"),
      ...period(values),
    }),
  };
  return <WishDialog form={form} {...end} />;
}

const METHODS = [
  { value: "overwrite", label: "上書き消去" },
  { value: "cryptoErase", label: "暗号消去（鍵の廃棄）" },
  { value: "degauss", label: "消磁" },
  { value: "destroy", label: "物理的な破壊" },
  { value: "shred", label: "裁断・溶解" },
];

export function ErasureDialog({ data, handOver, ...end }: Ready & { readonly handOver?: HandOver }): ReactElement {
  const form: WishForm = {
    kind: "erasure",
    title: "消去・廃棄の申請",
    draft: `erasure/${String(handOver?.handOverId ?? 0)}`,
    fields: [
      ...(handOver === undefined
        ? [
            {
              name: "consignmentCode",
              label: "委託",
              kind: "select",
              optional: true,
              help: "市の機器の更改や交換では選びません。",
              options: contracts(data),
            } as const,
          ]
        : []),
      { name: "items", label: "消す情報の項目", kind: "area" },
      { name: "medium", label: "媒体" },
      { name: "quantity", label: "数量", kind: "number" },
      { name: "method", label: "読めなくする方法", kind: "select", options: METHODS },
      { name: "plannedOn", label: "処理予定日", kind: "date" },
      { name: "witnessWanted", label: "市の立会いを求める", kind: "yes" },
    ],
    initial:
      handOver === undefined
        ? { quantity: "1" }
        : { items: handOver.what, medium: handOver.medium, quantity: String(handOver.quantity) },
    contentOf: (values) => ({
      consignmentCode: handOver?.consignmentCode ?? orNull(values, "consignmentCode"),
      handOverId: handOver?.handOverId ?? null,
      items: text(values, "items"),
      medium: text(values, "medium"),
      quantity: Number(values["quantity"]),
      method: text(values, "method"),
      plannedOn: text(values, "plannedOn"),
      witnessWanted: yes(values, "witnessWanted"),
    }),
  };
  return <WishDialog form={form} {...end} />;
}

export function HandOverDialog({ data, onDone, onClose }: Ready): ReactElement {
  const command = useCommand("recordHandOver", {});
  return (
    <FormDialog
      name="consignment/handOver"
      title="データの引渡しの記録"
      action="記録する"
      fields={[
        {
          name: "orderNumber",
          label: "作業指示",
          kind: "select",
          options: data.orders.map(({ orderNumber, work }) => ({
            value: orderNumber,
            label: `${orderNumber} ${work}`,
          })),
        },
        { name: "what", label: "渡したもの", kind: "area", help: "項目と範囲。個人の値は書かないでください。" },
        { name: "medium", label: "媒体" },
        { name: "quantity", label: "数量", kind: "number" },
        { name: "means", label: "手段" },
        { name: "place", label: "場所" },
        { name: "day", label: "渡した日", kind: "date" },
        { name: "time", label: "渡した時刻", kind: "time" },
        { name: "dueOn", label: "返却・消去の期限", kind: "date" },
        { name: "receiptNumber", label: "預り証の番号" },
        { name: "receivedBy", label: "受け取った人" },
      ]}
      initial={{ quantity: "1" }}
      pending={command.pending}
      problem={command.problem}
      onClose={onClose}
      onSend={async (values) => {
        const body = {
          orderNumber: text(values, "orderNumber"),
          what: text(values, "what"),
          medium: text(values, "medium"),
          quantity: Number(values["quantity"]),
          means: text(values, "means"),
          place: text(values, "place"),
          handedAt: momentOf(values, "day", "time"),
          dueOn: text(values, "dueOn"),
          receiptNumber: text(values, "receiptNumber"),
          receivedBy: text(values, "receivedBy"),
        };
        const done = await command.run({ body });
        if (done !== undefined) onDone("引渡しを記録しました。返却か消去まで、一覧に残ります。");
        return done !== undefined;
      }}
    />
  );
}

export function ReturnDialog({ handOver, onDone, onClose }: Done & { readonly handOver: HandOver }): ReactElement {
  const command = useCommand("recordHandOverReturn", {});
  return (
    <FormDialog
      name={`consignment/return/${String(handOver.handOverId)}`}
      title={`返却の記録（預り証 ${handOver.receiptNumber}）`}
      action="記録する"
      fields={[{ name: "returnedOn", label: "返った日", kind: "date" }]}
      pending={command.pending}
      problem={command.problem}
      onClose={onClose}
      onSend={async (values) => {
        const body = { returnedOn: text(values, "returnedOn") };
        const done = await command.run({ path: { handOverId: handOver.handOverId }, body });
        if (done !== undefined) onDone("返却を記録しました。");
        return done !== undefined;
      }}
    />
  );
}

export function ErasureReportDialog({ erasure, onDone, onClose }: Done & { readonly erasure: Erasure }): ReactElement {
  const command = useCommand("reportErasure", {});
  return (
    <FormDialog
      name={`consignment/erased/${String(erasure.erasureId)}`}
      title={`消去・廃棄の報告（第${String(erasure.erasureId)}号）`}
      action="記録する"
      fields={[
        { name: "day", label: "消した日", kind: "date" },
        { name: "time", label: "消した時刻", kind: "time" },
        { name: "doneBy", label: "消した人" },
        { name: "witness", label: "立ち会った職員", optional: !erasure.witnessWanted },
        { name: "content", label: "処理の内容", kind: "area" },
        { name: "reportedOn", label: "書面の報告の日", kind: "date" },
      ]}
      pending={command.pending}
      problem={command.problem}
      onClose={onClose}
      onSend={async (values) => {
        const body = {
          doneAt: momentOf(values, "day", "time"),
          doneBy: text(values, "doneBy"),
          witness: text(values, "witness"),
          content: text(values, "content"),
          reportedOn: text(values, "reportedOn"),
        };
        const done = await command.run({ path: { erasureId: erasure.erasureId }, body });
        if (done !== undefined) onDone("報告を記録しました。受託者ごとの報告に載ります。");
        return done !== undefined;
      }}
    />
  );
}
