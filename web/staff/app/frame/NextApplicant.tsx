/** 次の人へ: whatever was opened for the person who is leaving is closed, and nothing of it stays in the window. */
import { useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";

import { callOperation } from "../api/call.ts";
import { dropDrafts } from "../session/drafts.ts";
import { useMay } from "../session/session-context.ts";
import { useWork } from "../session/use-work.ts";
import { Button } from "../ui/Button.tsx";
import { ProblemNotice } from "../ui/Notice.tsx";

export function NextApplicant(): ReactElement | null {
  const may = useMay("case.open");
  const client = useQueryClient();
  const work = useWork();
  if (!may) return null;
  const next = async (): Promise<void> => {
    const done = await work.run(async () => await callOperation("endApplicant", {}));
    if (done === undefined) return;
    dropDrafts();
    client.clear();
    // A new document: what the last one held in memory is gone with it, and it cannot be gone back to.
    globalThis.location.replace("/");
  };
  return (
    <>
      <Button size="small" pending={work.pending} onClick={() => void next()}>
        次の人へ
      </Button>
      <ProblemNotice problem={work.problem} />
    </>
  );
}
