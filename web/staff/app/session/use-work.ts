/** One piece of work at a time, with its problem: for the forms of the log-in, which are no commands of a session. */
import { useCallback, useState } from "react";

import { ApiProblem } from "../api/problem.ts";

export type Work = {
  readonly pending: boolean;
  readonly problem: ApiProblem | undefined;
  /** @returns what the work returned, or undefined where it failed (then `problem` says why) */
  readonly run: <T>(work: () => Promise<T>) => Promise<T | undefined>;
  readonly clear: () => void;
};

export function useWork(): Work {
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<ApiProblem>();
  const clear = useCallback(() => setProblem(undefined), []);
  const run = useCallback(async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    setPending(true);
    setProblem(undefined);
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setProblem(error);
      return undefined;
    } finally {
      setPending(false);
    }
  }, []);
  return { pending, problem, run, clear };
}
