/** データの抽出: the application, its decision, and the taking – one dialog each. */
import { useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { useDownload } from "../../api/download.ts";
import { useCommand } from "../../api/hooks.ts";
import { count } from "../../ui/format.ts";
import { DecideWish, type Done, peopleFields, peopleOf, WishFacts } from "./DataUseParts.tsx";
import { type FieldSpec, FormDialog, type Values } from "./FormDialog.tsx";

type Data = OperationAnswer<"readExtractions">;
export type Extraction = Data["extractions"][number];

export function ApplyDialog({ routes, onDone, onClose }: Done & { readonly routes: Data["routes"] }): ReactElement {
  const command = useCommand("applyForExtraction", {});
  const fields: readonly FieldSpec[] = [
    {
      name: "route",
      label: "どの抽出か",
      kind: "select",
      options: routes.map(({ route, name, purposeName }) => ({ value: route, label: `${name}・目的 ${purposeName}` })),
    },
    { name: "applicant", label: "願い出た課・職員" },
    { name: "ground", label: "使用根拠（法令・規則の条項）" },
    { name: "conditions", label: "使用条件", kind: "area", help: "どこで使い、いつまでに消すか" },
    { name: "validFrom", label: "使用期間の初め", kind: "date" },
    { name: "validTo", label: "使用期間の終わり", kind: "date", help: "初めの日から31日まで" },
    { name: "data", label: "使用データ", kind: "area", help: "何を、どの範囲で。個人の名前は書かないでください。" },
    { name: "rowCap", label: "行数の上限", kind: "number", help: "これより多い行は取り出せません。" },
  ];
  const send = async (values: Values): Promise<boolean> => {
    const text = (name: string): string => (values[name] ?? "").trim();
    const made = await command.run({
      body: {
        route: text("route"),
        applicant: text("applicant"),
        ground: text("ground"),
        conditions: text("conditions"),
        validFrom: text("validFrom"),
        validTo: text("validTo"),
        data: text("data"),
        rowCap: Number(text("rowCap")),
      },
    });
    if (made !== undefined) onDone(`承認願 ${String(made.extractionId)} を受け付けました。別の人が決めます。`);
    return made !== undefined;
  };
  return (
    <FormDialog
      name="extraction"
      title="データ使用承認願の受付（抽出）"
      action="受け付ける"
      fields={fields}
      initial={{ route: routes.find(({ route }) => route === "takeExtraction")?.route ?? "" }}
      pending={command.pending}
      problem={command.problem}
      onSend={send}
      onClose={onClose}
    />
  );
}

/** The five parts, the way and the bound, as they stand. */
function ExtractionFacts({ wish }: { readonly wish: Extraction }): ReactElement {
  return (
    <WishFacts
      wish={wish}
      first={[
        { name: "抽出", value: wish.routeName },
        { name: "願い出た人", value: wish.applicant },
      ]}
      last={[
        { name: "使用データ", value: wish.data },
        { name: "行数の上限", value: `${count(wish.rowCap)}行` },
      ]}
    />
  );
}

export function DecideDialog({ wish, ...ends }: Done & { readonly wish: Extraction }): ReactElement {
  const command = useCommand("decideExtraction", {});
  const { extractionId, digest } = wish;
  return (
    <DecideWish
      title={`データ使用承認願（抽出） ${String(extractionId)}`}
      facts={<ExtractionFacts wish={wish} />}
      pending={command.pending}
      problem={command.problem}
      onDecide={async (granted, reason) =>
        (await command.run({ path: { extractionId }, body: { granted, digest, reason } })) !== undefined
      }
      {...ends}
    />
  );
}

export function TakeDialog({ wish, onDone, onClose }: Done & { readonly wish: Extraction }): ReactElement {
  const client = useQueryClient();
  const file = useDownload("takeExtraction");
  return (
    <FormDialog
      name={`extraction/${String(wish.extractionId)}`}
      title={`取り出す（承認願 ${String(wish.extractionId)}）`}
      action="取り出す"
      intro={
        <>
          <ExtractionFacts wish={wish} />
          <p className="mt-2">
            この承認で取り出せるのは一度だけです。ファイルは暗号化した容れ物で渡り、パスワードは一度だけ画面に出ます。
          </p>
        </>
      }
      fields={peopleFields("宛名番号", "決定のあった人をまとめて出すときは空にして、下の期間を入れます。")}
      pending={file.pending}
      problem={file.problem}
      onClose={onClose}
      onSend={async (values) => {
        const taken = await file.take({ path: { extractionId: wish.extractionId }, body: peopleOf(values) }, "");
        if (taken) {
          await client.invalidateQueries({ queryKey: ["readExtractions"] });
          onDone("取り出しました。パスワードは、ファイルとは別の方法で知らせてください。");
        }
        return taken;
      }}
    />
  );
}
