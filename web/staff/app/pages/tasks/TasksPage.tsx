/** 確かめる仕事: checks that fall due, and changes that the register shows and nobody has reported. */
import type { ReactElement } from "react";

import { PageTitle, Section } from "../../ui/Page.tsx";
import { DueChecks } from "./DueChecks.tsx";
import { UnreportedChanges } from "./UnreportedChanges.tsx";

export function TasksPage(): ReactElement {
  return (
    <>
      <PageTitle>確かめる仕事</PageTitle>
      <Section title="確かめる日が来るもの">
        <DueChecks />
      </Section>
      <Section title="届出のない変更">
        <p className="mb-2 text-[0.9375rem] text-solid-gray-700">
          住民基本台帳で氏名か住所が変わり、変更届も省略の記録もないものです（届出は14日以内）。
        </p>
        <UnreportedChanges />
      </Section>
    </>
  );
}
