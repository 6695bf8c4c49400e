/**
 * Calls that carry a 個人番号. Unlike `useCommand` nothing of the input or the answer is kept after the call: no cache, no draft.
 * The same input keeps its key until it succeeds, so that sending again can never do it twice.
 */
import { useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";

import { callOperation, newKey } from "../../api/call.ts";
import type { OperationAnswer, OperationId, OperationInput } from "../../api/call.ts";
import { ApiProblem } from "../../api/problem.ts";
import { useStepUp } from "../../session/step-up-context.ts";
import { useWork, type Work } from "../../session/use-work.ts";

export type NumberCall = Omit<Work, "run"> & {
  readonly run: <Id extends OperationId>(id: Id, input: OperationInput<Id>) => Promise<OperationAnswer<Id> | undefined>;
};

export function useNumberCall(): NumberCall {
  const { run, ...work } = useWork();
  const stepUp = useStepUp();
  const client = useQueryClient();
  const key = useRef<string>(undefined);
  return {
    ...work,
    run: async (id, input) =>
      await run(async () => {
        const held = key.current ?? newKey();
        key.current = held;
        for (;;) {
          try {
            const answer = await callOperation(id, input, { key: held });
            key.current = undefined;
            await client.invalidateQueries({ queryKey: ["readNumberStatus"] });
            return answer;
          } catch (error) {
            if (!(error instanceof ApiProblem)) throw error;
            if (error.code === "stepUpNeeded" && (await stepUp())) continue;
            // A refusal is an answer: what is typed next is another request. Without an answer the key stays.
            if (error.code !== "offline") key.current = undefined;
            throw error;
          }
        }
      }),
  };
}
