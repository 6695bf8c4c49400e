/** 連携の合意・提供先・評価: what one person asks for. */
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useCommand } from "../../api/hooks.ts";
import { chosen, type FieldSpec, FormDialog, type Values, WISH_FIELDS } from "./FormDialog.tsx";

type Settings = OperationAnswer<"readInterchangeSettings">;
export type Agreement = Settings["agreements"][number];
export type Outlet = Settings["outlets"][number];

type Done = { readonly onDone: (said: string) => void; readonly onClose: () => void };

export const ASKED = "申請しました。別の人が承認すると、この内容のとおりになります。";

function useAsk(
  kind: "agreement" | "outlet" | "assessment" | "dataUseTerm" | "dataUseRemoval",
  onDone: (said: string) => void,
) {
  const command = useCommand("proposeInterchangeSetting", {});
  const send = async (values: Values, content: Record<string, unknown>): Promise<boolean> => {
    const timing = values["timing"] === "after" ? "after" : "before";
    const done = await command.run({ body: { kind, content, reason: values["reason"] ?? "", timing } });
    if (done !== undefined) onDone(ASKED);
    return done !== undefined;
  };
  return { send, pending: command.pending, problem: command.problem };
}

const PEOPLE = [
  { value: "listed", label: "児童手当の対象者だけ" },
  { value: "everyone", label: "その業務の全員（理由を根拠に書く）" },
];

type Column = { readonly name: string; readonly to?: unknown };

/** The columns that stay, and the one that comes. */
function columnsOf(agreement: Agreement, values: Values): readonly Column[] {
  const layout = agreement.form["layout"] as { readonly columns: readonly Column[] };
  const left = new Set(chosen(values, "left"));
  const stays = layout.columns.filter((_column, index) => !left.has(String(index)));
  const name = (values["newName"] ?? "").trim();
  const to = values["newTo"] ?? "";
  return name === "" ? stays : [...stays, to === "" ? { name } : { name, to }];
}

export function AgreementDialog({
  agreement,
  onDone,
  onClose,
}: Done & { readonly agreement: Agreement }): ReactElement {
  const ask = useAsk("agreement", onDone);
  const fields: readonly FieldSpec[] = [
    { name: "name", label: "連携の名前" },
    { name: "ground", label: "根拠（法令・条例・承認願の番号）" },
    { name: "people", label: "受け取る人", kind: "select", options: PEOPLE },
    {
      name: "left",
      label: "受け取らないことにする項目",
      kind: "checks",
      optional: true,
      help: "外した項目のある配信は、受け付けなくなります。連携元と日を合わせてください。",
      options: agreement.columns.map((column, index) => ({ value: String(index), label: column.name })),
    },
    { name: "newName", label: "加える項目（連携元の見出し）", optional: true, help: "加えないときは空にします。" },
    {
      name: "newTo",
      label: "加える項目の行き先",
      kind: "select",
      optional: true,
      help: "選ばなければ、届いても残しません。",
      options: agreement.targets.map((value) => ({ value, label: value })),
    },
    { name: "staleDays", label: "古いとみなす日数", kind: "number" },
    { name: "validFrom", label: "いつから", kind: "date" },
    { name: "validTo", label: "いつまで", kind: "date", optional: true, help: "決めないときは空にします。" },
    ...WISH_FIELDS,
  ];
  return (
    <FormDialog
      name={`agreement/${agreement.interfaceCode}/${agreement.version}/${String(agreement.revision)}`}
      title={`連携の合意を変える申請（${agreement.name} 版${agreement.version}）`}
      action="申請する"
      fields={fields}
      initial={{
        name: agreement.name,
        ground: agreement.ground,
        people: agreement.people,
        staleDays: String(agreement.staleDays),
        validFrom: agreement.validFrom,
        validTo: agreement.validTo ?? "",
        timing: "before",
      }}
      pending={ask.pending}
      problem={ask.problem}
      onClose={onClose}
      onSend={async (values) =>
        await ask.send(values, {
          ...agreement.form,
          name: values["name"],
          ground: values["ground"],
          people: values["people"],
          staleDays: Number(values["staleDays"]),
          validFrom: values["validFrom"],
          validTo: values["validTo"] === "" ? null : values["validTo"],
          layout: { ...(agreement.form["layout"] as object), columns: columnsOf(agreement, values) },
        })
      }
    />
  );
}

const CHANNELS = {
  provision: [{ value: "network", label: "情報提供ネットワークシステム" }],
  transfer: [
    { value: "linkage", label: "庁内連携" },
    { value: "paper", label: "紙" },
    { value: "medium", label: "電子記録媒体" },
  ],
} as const;

/** 用途, one a line: `符号 言葉` */
function usesOf(text: string): Record<string, string> {
  const pairs = text.split("\n").flatMap((line): [string, string][] => {
    const [, code, words] = /^\s*(\S+)\s+(.+?)\s*$/.exec(line) ?? [];
    return code === undefined || words === undefined ? [] : [[code, words]];
  });
  return Object.fromEntries(pairs);
}

export function OutletDialog({
  outlet,
  items,
  onDone,
  onClose,
}: Done & { readonly outlet?: Outlet; readonly items: Settings["items"] }): ReactElement {
  const ask = useAsk("outlet", onDone);
  const kind = outlet?.kind ?? "transfer";
  const fields: readonly FieldSpec[] = [
    ...(outlet === undefined ? [{ name: "outletCode", label: "符号（英数字）" }] : []),
    { name: "name", label: "相手の名前" },
    { name: "ground", label: "根拠（番号法の項、条例）" },
    { name: "uses", label: "用途", kind: "area", help: "1行に一つ。英数字の符号、空白、用途の言葉の順に書きます。" },
    { name: "channels", label: "方法", kind: "checks", options: CHANNELS[kind] },
    {
      name: "items",
      label: "出してよい項目",
      kind: "checks",
      options: items.map(({ code, name }) => ({ value: code, label: name })),
    },
    { name: "validFrom", label: "いつから", kind: "date" },
    {
      name: "validTo",
      label: "いつまで",
      kind: "date",
      optional: true,
      help: "この相手に出すのをやめるときに入れます。",
    },
    ...WISH_FIELDS,
  ];
  return (
    <FormDialog
      name={`outlet/${outlet?.outletCode ?? "new"}/${String(outlet?.revision ?? 0)}`}
      title={outlet === undefined ? "移転先を加える申請" : `${outlet.name}を変える申請`}
      action="申請する"
      fields={fields}
      initial={
        outlet === undefined
          ? { timing: "before" }
          : {
              outletCode: outlet.outletCode,
              name: outlet.name,
              ground: outlet.ground,
              uses: outlet.uses.map(({ code, name }) => `${code} ${name}`).join("\n"),
              channels: outlet.channels.join(" "),
              items: outlet.items.join(" "),
              validFrom: outlet.validFrom,
              validTo: outlet.validTo ?? "",
              timing: "before",
            }
      }
      pending={ask.pending}
      problem={ask.problem}
      onClose={onClose}
      onSend={async (values) =>
        await ask.send(values, {
          outletCode: outlet?.outletCode ?? values["outletCode"],
          kind,
          name: values["name"],
          ground: values["ground"],
          uses: usesOf(values["uses"] ?? ""),
          channels: chosen(values, "channels"),
          items: chosen(values, "items"),
          validFrom: values["validFrom"],
          validTo: values["validTo"] === "" || values["validTo"] === undefined ? null : values["validTo"],
        })
      }
    />
  );
}

export function AssessmentDialog({ newest, onDone, onClose }: Done & { readonly newest: number }): ReactElement {
  const ask = useAsk("assessment", onDone);
  return (
    <FormDialog
      name={`assessment/${String(newest)}`}
      title="評価の記録の申請"
      action="申請する"
      intro={
        <p>
          変更の履歴の{String(newest)}番までを含めた評価として残ります。後の重要な変更は、また再実施の仕事になります。
        </p>
      }
      fields={[
        { name: "assessedOn", label: "実施した日", kind: "date" },
        { name: "result", label: "結果", kind: "area" },
        ...WISH_FIELDS,
      ]}
      initial={{ timing: "before" }}
      pending={ask.pending}
      problem={ask.problem}
      onClose={onClose}
      onSend={async (values) =>
        await ask.send(values, { assessedOn: values["assessedOn"], result: values["result"], throughChange: newest })
      }
    />
  );
}

export function RetentionDialog({ past, onDone, onClose }: Done & { readonly past: readonly number[] }): ReactElement {
  const ask = useAsk("dataUseRemoval", onDone);
  return (
    <FormDialog
      name="dataUseRemoval"
      title={`保存期間を過ぎた承認願 ${String(past.length)}件の消去の申請`}
      action="申請する"
      intro={
        <p>
          承認願と、その移転の記録を消します。写しの返却・消去が済んでいないものは入りません。消した件数は残ります。
        </p>
      }
      fields={WISH_FIELDS}
      initial={{ timing: "before" }}
      pending={ask.pending}
      problem={ask.problem}
      onClose={onClose}
      onSend={async (values) => await ask.send(values, { dataUseIds: [...past] })}
    />
  );
}

export function TermDialog({ years, onDone, onClose }: Done & { readonly years: number }): ReactElement {
  const ask = useAsk("dataUseTerm", onDone);
  return (
    <FormDialog
      name="dataUseTerm"
      title="承認願の保存期間を変える申請"
      action="申請する"
      fields={[
        { name: "years", label: "年数", kind: "number" },
        { name: "validFrom", label: "いつから", kind: "date" },
        ...WISH_FIELDS,
      ]}
      initial={{ years: String(years), timing: "before" }}
      pending={ask.pending}
      problem={ask.problem}
      onClose={onClose}
      onSend={async (values) =>
        await ask.send(values, { years: Number(values["years"]), validFrom: values["validFrom"] })
      }
    />
  );
}
