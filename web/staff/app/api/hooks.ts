/** Calls of the API inside React: reads that are kept while a page is open, and commands that are done once. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { UseQueryResult } from "@tanstack/react-query";
import { useCallback, useRef } from "react";

import { useStepUp } from "../session/step-up-context.ts";
import { callOperation, newKey } from "./call.ts";
import type { OperationAnswer, OperationId, OperationInput } from "./call.ts";
import { whenOnline } from "./online.ts";
import { ApiProblem } from "./problem.ts";

/** What a read failed with, or what it answered. */
export type ReadResult<Id extends OperationId> = UseQueryResult<OperationAnswer<Id>, ApiProblem>;

/** Reads by operation: `const { data, error, isPending } = useRead("getPaymentRun", { path: { runNo } })`. */
export function useRead<Id extends OperationId>(
  id: Id,
  input: OperationInput<Id>,
  options: { readonly enabled?: boolean } = {},
): ReadResult<Id> {
  return useQuery<OperationAnswer<Id>, ApiProblem>({
    queryKey: [id, input],
    queryFn: async ({ signal }) => await callOperation(id, input, { signal }),
    enabled: options.enabled ?? true,
  });
}

export type Command<Id extends OperationId> = {
  /** Sends the command. The same input keeps its key until it succeeds, so that sending again can never do it twice */
  readonly run: (input: OperationInput<Id>) => Promise<OperationAnswer<Id> | undefined>;
  readonly pending: boolean;
  /** What the last try failed with */
  readonly problem: ApiProblem | undefined;
  readonly answer: OperationAnswer<Id> | undefined;
  readonly reset: () => void;
};

type Options<Id extends OperationId> = {
  readonly onDone?: (answer: OperationAnswer<Id>) => void;
  /** Operations whose answers are out of date afterwards; default: all */
  readonly stale?: readonly OperationId[];
};

/**
 * A command: `const approve = useCommand("approvePaymentRun", { onDone })`, then `await approve.run({ path, body })`. Where
 * the server wants a re-authentication, the dialog for it opens and the command goes on after it; where no answer came, it
 * is sent again with the same key once the server is back. A failed try leaves everything on the screen, and `problem` says
 * what to do.
 */
export function useCommand<Id extends OperationId>(id: Id, options: Options<Id> = {}): Command<Id> {
  const client = useQueryClient();
  const stepUp = useStepUp();
  const sent = useRef<{ readonly input: string; readonly key: string }>(undefined);
  const { onDone, stale } = options;
  const mutation = useMutation<OperationAnswer<Id>, ApiProblem, OperationInput<Id>>({
    networkMode: "always",
    mutationFn: async (input) => {
      const text = JSON.stringify(input);
      if (sent.current?.input !== text) sent.current = { input: text, key: newKey() };
      const { key } = sent.current;
      for (;;) {
        try {
          return await callOperation(id, input, { key });
        } catch (error) {
          if (!(error instanceof ApiProblem)) throw error;
          // No answer: it may or may not have been done. The same key again cannot do it twice.
          if (error.code === "offline") await whenOnline();
          else if (error.code !== "stepUpNeeded" || !(await stepUp())) throw error;
        }
      }
    },
    onSuccess: async (answer) => {
      sent.current = undefined;
      await (stale === undefined
        ? client.invalidateQueries()
        : Promise.all(stale.map(async (each) => await client.invalidateQueries({ queryKey: [each] }))));
      onDone?.(answer);
    },
  });
  const { mutateAsync, reset, isPending, error, data } = mutation;
  const run = useCallback(
    async (input: OperationInput<Id>) => await mutateAsync(input).catch(() => undefined),
    [mutateAsync],
  );
  return { run, pending: isPending, problem: error ?? undefined, answer: data, reset };
}
