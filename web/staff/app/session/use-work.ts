/** One piece of work at a time, with its problem: for the forms of the log-in, which are no commands of a session. */
import { useCallback, useState } from "react";

import { ApiProblem } from "../api/problem.ts";
import { useAlive } from "./use-alive.ts";

export type Work = {
  readonly pending: boolean;
  readonly problem: ApiProblem | undefined;
  /**
   * @returns what the work returned, or undefined where it failed (then `problem` says why), or where who asked was put away meanwhile,
   * perhaps for somebody else: nobody is led to the person who was chosen first, and nothing of that person is shown
   */
  readonly run: <T>(work: () => Promise<T>) => Promise<T | undefined>;
  readonly clear: () => void;
};

export function useWork(): Work {
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<ApiProblem>();
  const clear = useCallback(() => setProblem(undefined), []);
  const alive = useAlive();
  const run = useCallback(
    async <T>(work: () => Promise<T>): Promise<T | undefined> => {
      setPending(true);
      setProblem(undefined);
      try {
        const done = await work();
        return alive() ? done : undefined;
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        setProblem(error);
        return undefined;
      } finally {
        setPending(false);
      }
    },
    [alive],
  );
  return { pending, problem, run, clear };
}
