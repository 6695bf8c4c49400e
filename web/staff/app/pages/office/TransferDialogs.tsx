/** 移転: the application, its decision, a transfer, its receipt, its return – one dialog each. */
import { useState } from "react";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand } from "../../api/hooks.ts";
import { useLeaving } from "../../api/leaving-context.ts";
import { Button } from "../../ui/Button.tsx";
import { Actions, Dialog } from "../../ui/Dialog.tsx";
import { DecideWish, type Done, peopleFields, peopleOf, WishFacts } from "./DataUseParts.tsx";
import { chosen, type FieldSpec, FormDialog, momentOf, type Values } from "./FormDialog.tsx";

type Data = OperationAnswer<"readTransfers">;
export type Use = Data["uses"][number];
export type Made = Data["transfers"][number];
type Way = Use["channels"][number]["code"];

const options = (list: readonly { readonly code: string; readonly name: string }[]) =>
  list.map(({ code, name }) => ({ value: code, label: name }));

const WAYS: readonly Way[] = ["linkage", "paper", "medium"];
const waysOf = (codes: readonly string[]): Way[] => WAYS.filter((way) => codes.includes(way));

export function ApplyDialog({ outlets, onDone, onClose }: Done & { readonly outlets: Data["outlets"] }): ReactElement {
  const command = useCommand("applyForDataUse", {});
  const [code, setCode] = useState(outlets.length === 1 ? (outlets[0]?.outletCode ?? "") : "");
  const outlet = outlets.find(({ outletCode }) => outletCode === code);
  if (outlet === undefined) {
    return (
      <Dialog title="データ使用承認願の受付" onClose={onClose}>
        <p className="mb-3">どの移転先からの願いですか。一覧にない相手の願いは受け付けられません。</p>
        <Actions>
          {outlets.map(({ outletCode, name }) => (
            <Button key={outletCode} onClick={() => setCode(outletCode)}>
              {name}
            </Button>
          ))}
          <Button onClick={onClose}>やめる</Button>
        </Actions>
      </Dialog>
    );
  }
  const fields: readonly FieldSpec[] = [
    { name: "applicant", label: "願い出た課・職員" },
    { name: "ground", label: "使用根拠（条例の条項）" },
    { name: "purpose", label: "使用目的", kind: "select", options: options(outlet.uses) },
    { name: "conditions", label: "使用条件", kind: "area" },
    { name: "validFrom", label: "使用期間の初め", kind: "date" },
    { name: "validTo", label: "使用期間の終わり", kind: "date", help: "初めの日から1年まで" },
    { name: "items", label: "使用データ", kind: "checks", options: options(outlet.items) },
    { name: "channels", label: "方法", kind: "checks", options: options(outlet.channels) },
    {
      name: "receiverKey",
      label: "相手の公開鍵",
      help: "age1 で始まる文字。写しは、この鍵の持ち主にだけ開けます。紙だけのときも、承認に結びつけるために要ります。",
    },
    { name: "receivedOn", label: "受け付けた日", kind: "date" },
  ];
  const send = async (values: Values): Promise<boolean> => {
    const text = (name: string): string => values[name] ?? "";
    const body = {
      outletCode: outlet.outletCode,
      applicant: text("applicant"),
      ground: text("ground"),
      purpose: text("purpose"),
      conditions: text("conditions"),
      validFrom: text("validFrom"),
      validTo: text("validTo"),
      items: chosen(values, "items"),
      channels: waysOf(chosen(values, "channels")),
      receiverKey: text("receiverKey").trim(),
      receivedOn: text("receivedOn"),
    };
    const made = await command.run({ body });
    if (made !== undefined) onDone(`承認願 ${String(made.dataUseId)} を受け付けました。別の人が決めます。`);
    return made !== undefined;
  };
  return (
    <FormDialog
      name={`dataUse/${outlet.outletCode}`}
      title={`データ使用承認願の受付（${outlet.name}）`}
      action="受け付ける"
      intro={<p>{outlet.ground}</p>}
      fields={fields}
      pending={command.pending}
      problem={command.problem}
      onSend={send}
      onClose={onClose}
    />
  );
}

export function DecideDialog({ use, ...ends }: Done & { readonly use: Use }): ReactElement {
  const command = useCommand("decideDataUse", {});
  const { dataUseId, digest } = use;
  return (
    <DecideWish
      title={`データ使用承認願 ${String(dataUseId)}`}
      facts={
        <WishFacts
          wish={use}
          first={[{ name: "移転先", value: `${use.outletName}（${use.applicant}）` }]}
          last={[
            { name: "使用データ", value: use.itemNames.join("、") },
            { name: "方法", value: use.channels.map(({ name }) => name).join("、") },
          ]}
        />
      }
      pending={command.pending}
      problem={command.problem}
      onDecide={async (granted, reason) =>
        (await command.run({ path: { dataUseId }, body: { granted, digest, reason } })) !== undefined
      }
      {...ends}
    />
  );
}

function pagesOf(content: string): Blob {
  const bytes = Uint8Array.from(atob(content), (character) => character.codePointAt(0) ?? 0);
  return new Blob([bytes], { type: "application/pdf" });
}

export function MakeDialog({ use, onDone, onClose }: Done & { readonly use: Use }): ReactElement {
  const command = useCommand("makeTransfer", {});
  const leaving = useLeaving();
  const fields: readonly FieldSpec[] = [
    { name: "inquiryRef", label: "照会の番号と日付", help: "例 援護照会 第12号 令和8年11月20日" },
    { name: "channel", label: "方法", kind: "select", options: options(use.channels) },
    { name: "items", label: "項目", kind: "checks", options: options(use.items) },
    ...peopleFields("照会のあった人の宛名番号", "定例の連携では空にして、下の期間を入れます。"),
    { name: "dueDays", label: "返却・消去までの日数", kind: "number", help: "1〜90日" },
  ];
  const send = async (values: Values): Promise<boolean> => {
    const channel = WAYS.find((way) => way === values["channel"]) ?? "linkage";
    const body = {
      channel,
      inquiryRef: values["inquiryRef"] ?? "",
      items: chosen(values, "items"),
      ...peopleOf(values),
      dueDays: Number(values["dueDays"]),
    };
    const made = await command.run({ path: { dataUseId: use.dataUseId }, body });
    if (made === undefined) return false;
    if (made.paper !== null) leaving.showPages(`移転 ${made.number} の紙`, pagesOf(made.paper), true);
    const what =
      made.paper === null
        ? "写しは相手の鍵で暗号化し、相手の置き場所に置きました。"
        : "紙を印刷して渡してください。端末には保存していません。もう一度は作れません。";
    onDone(`移転 ${made.number}（${String(made.people)}人）を記録しました。${what}`);
    return true;
  };
  return (
    <FormDialog
      name={`transfer/${String(use.dataUseId)}`}
      title={`移転する（承認願 ${String(use.dataUseId)}・${use.outletName}）`}
      action="移転する"
      fields={fields}
      initial={{ items: use.items.map(({ code }) => code).join(" "), dueDays: "30" }}
      pending={command.pending}
      problem={command.problem}
      onSend={send}
      onClose={onClose}
    />
  );
}

export function ReceiptDialog({ made, onDone, onClose }: Done & { readonly made: Made }): ReactElement {
  const command = useCommand("recordTransferReceipt", {});
  const paper = made.channel === "paper";
  return (
    <FormDialog
      name={`receipt/${made.number}`}
      title={`受領（預り証）の記録 ${made.number}`}
      action="記録する"
      fields={[
        { name: "day", label: "受け取った日（相手の時計）", kind: "date" },
        { name: "time", label: "受け取った時刻", kind: "time" },
        {
          name: "sha256",
          label: paper ? "預り証の確認符号" : "相手が計算したハッシュ（SHA-256）",
          help: paper ? "16桁。渡した紙のものと違えば、記録できません。" : "64桁。渡したものと違えば、記録できません。",
        },
        { name: "receivedBy", label: "受け取った人" },
      ]}
      pending={command.pending}
      problem={command.problem}
      onClose={onClose}
      onSend={async (values) => {
        const body = {
          receivedAt: momentOf(values, "day", "time"),
          sha256: values["sha256"] ?? "",
          receivedBy: values["receivedBy"] ?? "",
        };
        const done = await command.run({ path: { transferId: made.transferId }, body });
        if (done !== undefined) onDone("受領を記録しました。渡したものと同じであることを確かめました。");
        return done !== undefined;
      }}
    />
  );
}

export function ClosureDialog({ made, onDone, onClose }: Done & { readonly made: Made }): ReactElement {
  const command = useCommand("closeTransfer", {});
  return (
    <FormDialog
      name={`closure/${made.number}`}
      title={`返却・消去の記録 ${made.number}`}
      action="記録する"
      fields={[
        {
          name: "how",
          label: "どう終わったか",
          kind: "select",
          options: [
            { value: "returned", label: "返却された" },
            { value: "erased", label: "消去した報告を受けた" },
          ],
        },
        { name: "medium", label: "媒体" },
        { name: "quantity", label: "数量", kind: "number" },
        { name: "method", label: "方法（読めなくした方法、または返った方法）" },
        { name: "day", label: "行った日", kind: "date" },
        { name: "time", label: "行った時刻", kind: "time" },
        { name: "doneBy", label: "行った人" },
        { name: "witness", label: "立ち会った人", optional: true, help: "立会いを求めたとき" },
      ]}
      initial={{ quantity: "1" }}
      pending={command.pending}
      problem={command.problem}
      onClose={onClose}
      onSend={async (values) => {
        const body = {
          how: values["how"] === "returned" ? ("returned" as const) : ("erased" as const),
          medium: values["medium"] ?? "",
          quantity: Number(values["quantity"]),
          method: values["method"] ?? "",
          doneAt: momentOf(values, "day", "time"),
          doneBy: values["doneBy"] ?? "",
          witness: values["witness"] ?? "",
        };
        const done = await command.run({ path: { transferId: made.transferId }, body });
        if (done !== undefined) onDone("返却・消去を記録しました。");
        return done !== undefined;
      }}
    />
  );
}
