/** What is recorded of every filing beside its content: when and how it came, who brought it, how identity was checked. */
import type { ReactElement } from "react";

import type { OperationInput } from "../../api/call.ts";
import { DateInput } from "../../ui/Dates.tsx";
import { CheckField, SelectField, TextField } from "../../ui/Field.tsx";

export type Form = OperationInput<"submitFiling">["body"]["form"];
export type Head = Pick<Form, "receivedOn" | "channel" | "wardCode" | "agent" | "identity" | "finalDueOn">;

type Props = {
  readonly head: Head;
  readonly wards: readonly { readonly code: string; readonly name: string }[];
  readonly problems: Readonly<Record<string, string>>;
  readonly onChange: (head: Head) => void;
};

const KINDS = [
  { value: "1", label: "1 個人番号カード・通知カード" },
  { value: "2", label: "2 官公署の写真付き書類" },
  { value: "3", label: "3 写真のない書類2点" },
] as const;

const FIRST = ["個人番号カード", "運転免許証", "健康保険の資格確認書"] as const;

function Identity({ head, problems, onChange }: Omit<Props, "wards">): ReactElement {
  const { identity } = head;
  const [first = "", second = ""] = identity?.documents ?? [];
  const set = (kind: 1 | 2 | 3, documents: readonly string[]): void => {
    onChange({ ...head, identity: { kind, documents: documents.filter((each) => each !== "") } });
  };
  return (
    <fieldset className="mb-4 rounded-8 border border-solid-gray-420 px-3 pt-1">
      <legend className="px-1 font-700">本人確認</legend>
      <SelectField
        label="確かめた書類の区分"
        required
        width="medium"
        empty="選んでください"
        options={KINDS}
        error={problems["identity"] ?? problems["identity.documents"]}
        value={identity === undefined ? "" : String(identity.kind)}
        onChange={(event) => {
          const kind = Number(event.target.value) as 1 | 2 | 3;
          if (event.target.value !== "") set(kind, kind === 3 ? ["", ""] : [FIRST[kind - 1] ?? ""]);
        }}
      />
      {identity === undefined ? null : (
        <TextField
          label="書類"
          width="medium"
          value={first}
          onChange={(event) => set(identity.kind, [event.target.value, second])}
        />
      )}
      {identity?.kind === 3 ? (
        <TextField
          label="もう1点の書類"
          width="medium"
          value={second}
          onChange={(event) => set(3, [first, event.target.value])}
        />
      ) : null}
    </fieldset>
  );
}

function Agent({ head, problems, onChange }: Omit<Props, "wards">): ReactElement {
  const { agent } = head;
  const { agent: _before, ...without } = head;
  return (
    <>
      <CheckField
        label="代理人が来た（または代理人から届いた）"
        checked={agent !== undefined}
        onChange={(event) =>
          onChange(
            event.target.checked
              ? { ...head, agent: { kind: "voluntary", name: "", relation: "", authority: "powerOfAttorney" } }
              : without,
          )
        }
      />
      {agent === undefined ? null : (
        <fieldset className="mb-4 rounded-8 border border-solid-gray-420 px-3 pt-1">
          <legend className="px-1 font-700">代理人</legend>
          <SelectField
            label="代理の種類"
            width="medium"
            options={[
              { value: "voluntary", label: "任意代理人（委任状）" },
              { value: "statutory", label: "法定代理人" },
            ]}
            value={agent.kind}
            onChange={(event) => {
              const voluntary = event.target.value === "voluntary";
              onChange({
                ...head,
                agent: {
                  ...agent,
                  kind: voluntary ? "voluntary" : "statutory",
                  authority: voluntary ? "powerOfAttorney" : "familyRegister",
                },
              });
            }}
          />
          <TextField
            label="代理人の氏名"
            required
            width="medium"
            error={problems["agent.name"]}
            value={agent.name}
            onChange={(event) => onChange({ ...head, agent: { ...agent, name: event.target.value } })}
          />
          <TextField
            label="間柄"
            required
            width="medium"
            error={problems["agent.relation"]}
            value={agent.relation}
            onChange={(event) => onChange({ ...head, agent: { ...agent, relation: event.target.value } })}
          />
          {agent.kind === "statutory" ? (
            <SelectField
              label="代理権の確認"
              width="medium"
              options={[
                { value: "familyRegister", label: "戸籍" },
                { value: "guardianCertificate", label: "登記事項証明書" },
              ]}
              value={agent.authority}
              onChange={(event) =>
                onChange({
                  ...head,
                  agent: {
                    ...agent,
                    authority: event.target.value === "familyRegister" ? "familyRegister" : "guardianCertificate",
                  },
                })
              }
            />
          ) : null}
        </fieldset>
      )}
    </>
  );
}

export function Reception({ head, wards, problems, onChange }: Props): ReactElement {
  return (
    <>
      <div className="grid items-end gap-x-6 sm:grid-cols-[minmax(0,1.7fr)_minmax(0,1fr)_minmax(0,1fr)]">
        <DateInput
          label="受付日（請求日）"
          required
          value={head.receivedOn}
          onChange={(receivedOn) => onChange({ ...head, receivedOn })}
          error={problems["receivedOn"]}
        />
        <SelectField
          label="受付の方法"
          options={[
            { value: "counter", label: "窓口" },
            { value: "post", label: "郵送" },
            { value: "exOfficio", label: "職権" },
          ]}
          value={head.channel}
          onChange={(event) =>
            onChange({
              ...head,
              channel:
                event.target.value === "post" ? "post" : event.target.value === "exOfficio" ? "exOfficio" : "counter",
            })
          }
        />
        <SelectField
          label="所管区"
          options={wards.map(({ code, name }) => ({ value: code, label: name }))}
          value={head.wardCode}
          onChange={(event) => onChange({ ...head, wardCode: event.target.value })}
        />
      </div>
      {head.channel === "exOfficio" ? null : <Identity head={head} problems={problems} onChange={onChange} />}
      {head.channel === "exOfficio" ? null : <Agent head={head} problems={problems} onChange={onChange} />}
    </>
  );
}
