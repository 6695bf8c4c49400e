/** Taking a file: fetched like any other answer (with re-authentication where wanted), then handed to the browser. */
import { useCallback, useState } from "react";

import { useStepUp } from "../session/step-up-context.ts";
import { callOperation } from "./call.ts";
import type { OperationAnswer, OperationId, OperationInput } from "./call.ts";
import { ApiProblem } from "./problem.ts";

/** Hands a file to the browser: the one place where anything is saved at a terminal. */
export function saveFile(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken it over by then; kept longer it would stay readable in this page.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export type Download<Id extends OperationId> = {
  readonly take: (input: OperationInput<Id>, name: string) => Promise<void>;
  readonly pending: boolean;
  readonly problem: ApiProblem | undefined;
};

/** `const file = useDownload("takeTransferFile")`, then `file.take({ path }, name)`. */
export function useDownload<Id extends OperationId>(id: Id): Download<Id> {
  const stepUp = useStepUp();
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<ApiProblem>();
  const take = useCallback(
    async (input: OperationInput<Id>, name: string) => {
      setPending(true);
      setProblem(undefined);
      try {
        const content: OperationAnswer<Id> = await callOperation(id, input).catch(async (error: unknown) => {
          if (!(error instanceof ApiProblem) || error.code !== "stepUpNeeded" || !(await stepUp())) throw error;
          return await callOperation(id, input);
        });
        if (content instanceof Blob) saveFile(content, name);
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        setProblem(error);
      } finally {
        setPending(false);
      }
    },
    [id, stepUp],
  );
  return { take, pending, problem };
}
