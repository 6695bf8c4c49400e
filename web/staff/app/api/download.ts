/** Taking a file: fetched like any other answer (with re-authentication where wanted), then handed to the browser. */
import { useCallback, useState } from "react";

import { useStepUp } from "../session/step-up-context.ts";
import { callOperation, newKey } from "./call.ts";
import type { OperationAnswer, OperationId, OperationInput } from "./call.ts";
import { useLeaving } from "./leaving-context.ts";
import type { LeavingFront } from "./leaving-context.ts";
import { ApiProblem } from "./problem.ts";

/** Hands a file to the browser: the one place where anything is saved at a terminal. */
function saveFile(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken it over by then; kept longer it would stay readable in this page.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** The address under which this page shows a PDF in a frame. Whoever asks for it ends it. */
export function pagesAddress(pages: Blob): { readonly address: string; readonly end: () => void } {
  const address = URL.createObjectURL(pages);
  return { address, end: () => URL.revokeObjectURL(address) };
}

/** What an answer is, by how the server let it leave: a container, pages for the printer, or a file that tells of nobody. */
function receive(content: unknown, name: string, front: LeavingFront): void {
  if (content instanceof FormData) {
    const [container, password] = [content.get("container"), content.get("password")];
    if (!(container instanceof File) || typeof password !== "string") throw new Error("not a container");
    saveFile(container, container.name);
    front.showPassword(container.name, password);
  } else if (content instanceof Blob && content.type === "application/pdf") {
    front.showPages(name, content);
  } else if (content instanceof Blob) {
    saveFile(content, name);
  }
}

export type Download<Id extends OperationId> = {
  /**
   * @param name of a file that tells of nobody, or the title over pages for printing; a container brings its own
   * @returns whether it was handed over
   */
  readonly take: (input: OperationInput<Id>, name: string) => Promise<boolean>;
  readonly pending: boolean;
  readonly problem: ApiProblem | undefined;
};

/** `const file = useDownload("takeTransferFile")`, then `file.take({ path }, name)`. */
export function useDownload<Id extends OperationId>(id: Id): Download<Id> {
  const stepUp = useStepUp();
  const front = useLeaving();
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<ApiProblem>();
  const take = useCallback(
    async (input: OperationInput<Id>, name: string) => {
      setPending(true);
      setProblem(undefined);
      // Of a file that is taken once: sent again after the re-authentication it is the same taking.
      const key = newKey();
      try {
        const content: OperationAnswer<Id> = await callOperation(id, input, { key }).catch(async (error: unknown) => {
          if (!(error instanceof ApiProblem) || error.code !== "stepUpNeeded" || !(await stepUp())) throw error;
          return await callOperation(id, input, { key });
        });
        receive(content, name, front);
        return true;
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        setProblem(error);
        return false;
      } finally {
        setPending(false);
      }
    },
    [id, stepUp, front],
  );
  return { take, pending, problem };
}
