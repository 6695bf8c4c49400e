/** 仕事の一覧の1枚. */
import type { ReactElement } from "react";

import { PageTitle } from "../../ui/Page.tsx";
import { workKinds } from "./kinds.ts";
import type { WorkKind } from "./kinds.ts";
import { WorkListTable } from "./WorkListTable.tsx";

function WorkListPage({ kind }: { readonly kind: WorkKind }): ReactElement {
  return (
    <>
      <PageTitle>{workKinds.find((each) => each.kind === kind)?.title ?? "仕事の一覧"}</PageTitle>
      <WorkListTable kind={kind} />
    </>
  );
}

/** The page of one list, as a component without properties. */
export function workListPageOf(kind: WorkKind): () => ReactElement {
  return function WorkListPageOfKind(): ReactElement {
    return <WorkListPage kind={kind} />;
  };
}
