/** 権限の申請のうち、この人が次に処理するもの. */
import type { ReactElement } from "react";

import { useRead } from "../../api/hooks.ts";
import { useSession } from "../../session/session-context.ts";
import { Notice } from "../../ui/Notice.tsx";
import { GoTo, Section } from "../../ui/Page.tsx";

export function RightsToDo(): ReactElement | null {
  const { session } = useSession();
  const { data } = useRead("listRights", { query: {} });
  if (data === undefined) return null;
  const may = (permission: string): boolean => session.permissions.includes(permission);
  const waiting = [
    {
      what: "承認を待つ申請",
      number: data.rights.filter(({ state }) => state === "requested").length,
      mine: may("rights.approve"),
    },
    {
      what: "発行を待つ権限",
      number: data.rights.filter(({ state }) => state === "approved").length,
      mine: may("rights.issue"),
    },
    {
      what: "失効の申請",
      number: data.rights.filter((line) => line.revocationAsked).length,
      mine: may("rights.issue"),
    },
  ].filter(({ mine }) => mine);
  return (
    <Section title="権限の申請">
      {data.aboveBand === null ? null : (
        <Notice
          kind="error"
          title={`利用者が ${data.aboveBand.users}人で、評価書で宣言した ${data.aboveBand.most}人を超えています`}
        >
          <GoTo to="/administration/accounts">利用者の報告へ</GoTo>
        </Notice>
      )}
      <ul className="mb-2">
        {waiting.map(({ what, number }) => (
          <li key={what}>
            {what} <strong>{number}件</strong>
          </li>
        ))}
      </ul>
      {waiting.length === 0 ? <p className="mb-2">権限の要る人がいるときは、台帳から申請します。</p> : null}
      <GoTo to="/administration/rights">権限の台帳へ</GoTo>
    </Section>
  );
}
