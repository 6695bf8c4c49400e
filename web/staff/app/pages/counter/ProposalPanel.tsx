/** 案: what the law gives for what is typed, and what the registers say otherwise. The same on the counter and for the approver. */
import type { ReactElement } from "react";

import type { OperationAnswer } from "../../api/call.ts";
import { Badge, type BadgeKind } from "../../ui/Badge.tsx";
import { MonthText } from "../../ui/Dates.tsx";
import { daysInWareki, yen } from "../../ui/format.ts";
import { Notice } from "../../ui/Notice.tsx";

export type Proposal = NonNullable<OperationAnswer<"previewFiling">["proposal"]>;

const OUTCOMES: Readonly<Record<Proposal["outcome"], { readonly word: string; readonly kind: BadgeKind }>> = {
  grant: { word: "認める案", kind: "good" },
  refuse: { word: "却下の案", kind: "danger" },
  acknowledge: { word: "受理の案", kind: "key" },
  impossible: { word: "まだ判断できません", kind: "warning" },
};

const WEIGHTS = {
  stop: { word: "止まる", kind: "strong" },
  look: { word: "要確認", kind: "warning" },
  note: { word: "参考", kind: "plain" },
} as const satisfies Readonly<Record<string, { readonly word: string; readonly kind: BadgeKind }>>;

type Names = ReadonlyMap<number, string>;

/** 宛名番号 in a sentence of the examination as the name, where this page knows it. */
function withNames(text: string, names: Names): string {
  return [...names].reduce((sentence, [number, name]) => {
    const padded = String(number).padStart(15, "0");
    return sentence.replaceAll(`宛名番号 ${padded}`, name).replaceAll(padded, name);
  }, text);
}

function Effects({
  effects,
  names,
}: {
  readonly effects: Proposal["effects"];
  readonly names: Names;
}): ReactElement | null {
  if (effects.length === 0) return null;
  return (
    <ul className="mb-3">
      {effects.map((effect, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- effects have no other identity and never move
        <li key={index} className="border-t border-solid-gray-200 py-2">
          <p className="flex flex-wrap items-baseline gap-x-3">
            <strong>{daysInWareki(effect.what)}</strong>
            {effect.fromMonth === null ? null : (
              <span>
                <MonthText month={effect.fromMonth} />
                分から
              </span>
            )}
            {effect.yenAfter === null ? null : (
              <strong className="text-[1.125rem] tabular-nums">
                {effect.yenBefore === null ? "" : `${yen(effect.yenBefore)} → `}
                月額 {yen(effect.yenAfter)}
              </strong>
            )}
          </p>
          {(effect.before === null && effect.after === null) || effect.yenAfter !== null ? null : (
            <p>
              {effect.before ?? "（なし）"} → <strong>{effect.after ?? "（なし）"}</strong>
            </p>
          )}
          {effect.children.length === 0 ? null : (
            <ul className="ml-4 list-disc">
              {effect.children.map(({ child, before, after }) => (
                <li key={child} className="tabular-nums">
                  {names.get(child) ?? `宛名番号 ${String(child)}`}:{" "}
                  {before === null || before === after ? "" : `${yen(before)} → `}
                  {after === null ? "支給なし" : yen(after)}
                </li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </ul>
  );
}

export function Differences({
  differences,
  names,
}: {
  readonly differences: Proposal["differences"];
  readonly names: Names;
}): ReactElement | null {
  if (differences.length === 0) return <p className="mb-3">台帳と違うところはありません。</p>;
  return (
    <ul className="mb-3" aria-label="台帳との突き合わせ">
      {differences.map((each, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- the order is the order of the examination
        <li key={index} className="border-t border-solid-gray-200 py-1.5">
          <Badge kind={WEIGHTS[each.weight].kind}>{WEIGHTS[each.weight].word}</Badge>{" "}
          {each.child === null ? "" : `${names.get(each.child) ?? "児童"}: `}
          {daysInWareki(withNames(each.text, names))}
          {each.filed === null && each.registered === null ? null : (
            <span className="block text-[0.875rem] text-solid-gray-700">
              入力: {daysInWareki(each.filed ?? "（なし）")} ／ 台帳: {daysInWareki(each.registered ?? "（なし）")}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

export function ProposalPanel({
  proposal,
  names,
}: {
  readonly proposal: Proposal;
  readonly names: Names;
}): ReactElement {
  const outcome = OUTCOMES[proposal.outcome];
  return (
    <div>
      <p className="mb-2">
        <Badge kind={outcome.kind}>{outcome.word}</Badge>
      </p>
      <Effects effects={proposal.effects} names={names} />
      <h3 className="font-700">理由</h3>
      {proposal.reasons.length === 0 ? (
        <p className="mb-3">（なし）</p>
      ) : (
        <ul className="mb-3 list-disc pl-6">
          {proposal.reasons.map((reason) => (
            <li key={reason}>{withNames(reason, names)}</li>
          ))}
        </ul>
      )}
      <h3 className="font-700">台帳との突き合わせ</h3>
      <Differences differences={proposal.differences} names={names} />
    </div>
  );
}

/** What stops an approval, before anything else. */
export function Stops({
  stops,
  names,
}: {
  readonly stops: readonly string[];
  readonly names: Names;
}): ReactElement | null {
  if (stops.length === 0) return null;
  return (
    <Notice kind="error" title="このままでは決裁できません">
      <ul className="list-disc pl-6">
        {stops.map((stop) => (
          <li key={stop}>{withNames(stop, names)}</li>
        ))}
      </ul>
    </Notice>
  );
}
