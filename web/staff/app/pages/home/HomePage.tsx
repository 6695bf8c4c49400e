/** わたしの仕事: the first page after the log-in. */
import type { ReactElement } from "react";

import { useSession } from "../../session/session-context.ts";
import { PageTitle } from "../../ui/Page.tsx";

export function HomePage(): ReactElement {
  const { session } = useSession();
  return (
    <>
      <PageTitle>わたしの仕事</PageTitle>
      <p>{session.staffName}さんの仕事はありません。</p>
    </>
  );
}
