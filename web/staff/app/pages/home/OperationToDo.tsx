/** 運転状況 at the first page: what beside the pages does not work, for whoever looks after it. */
import type { ReactElement } from "react";

import { useRead } from "../../api/hooks.ts";
import { useMay } from "../../session/session-context.ts";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { GoTo, Section } from "../../ui/Page.tsx";

const SILENT = "これを動かす処理から合図がありません。";

/** Whoever looks after the machines always sees the count; others only what does not work. */
export function OperationToDo(): ReactElement | null {
  const keeps = useMay("rights.issue");
  const { data, error } = useRead("readOperationStates", {});
  if (data === undefined) return error === null ? null : <ProblemNotice problem={error} />;
  const wrong = data.parts.filter(({ state }) => state === "failed" || state === "silent");
  if (wrong.length === 0 && !keeps) return null;
  return (
    <Section title="運転状況">
      {wrong.length === 0 ? (
        <p className="mb-2">
          うまくいかないもの <strong>0件 ✓</strong>
        </p>
      ) : (
        <Notice kind="error" title={`うまくいかないものが ${String(wrong.length)}件あります`}>
          <ul className="list-disc pl-5">
            {wrong.map(({ partCode, name, state, problem }) => (
              <li key={partCode}>
                <strong>{name}</strong>: {state === "silent" ? SILENT : problem}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <GoTo to="/operation">運転状況へ</GoTo>
    </Section>
  );
}
