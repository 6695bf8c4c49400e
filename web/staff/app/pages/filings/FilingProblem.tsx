/** What a step on a filing failed with. Where somebody else was faster, the present state is one press away; what is typed stays. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement } from "react";

import type { ApiProblem } from "../../api/problem.ts";
import { Button } from "../../ui/Button.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";

/** Of the codes that mean: the filing is not what this page shows. */
const STALE: ReadonlySet<string> = new Set(["caseChanged", "contentChanged"]);

function Stale({ problem }: { readonly problem: ApiProblem }): ReactElement {
  const client = useQueryClient();
  const [read, setRead] = useState(false);
  const again = async (): Promise<void> => {
    await client.invalidateQueries({ queryKey: ["readFiling"] });
    setRead(true);
  };
  return (
    <>
      <ProblemNotice problem={problem} />
      {read ? (
        <Notice kind="info" title="いまの内容を読み込みました" live>
          変わったところを確かめてから、もう一度押してください。ここに入力したものは残っています。
        </Notice>
      ) : (
        <div className="mb-4">
          <Button size="small" onClick={() => void again()}>
            いまの内容を読み込む（入力は残ります）
          </Button>
        </div>
      )}
    </>
  );
}

export function FilingProblem({ problem }: { readonly problem: ApiProblem | undefined }): ReactElement | null {
  if (problem === undefined || !STALE.has(problem.code)) return <ProblemNotice problem={problem} />;
  return <Stale key={problem.message} problem={problem} />;
}
