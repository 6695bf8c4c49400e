/**
 * What must be said while the session still lives: whoever logs out in the middle of an entry ends the 編集中 of that person first, or the next
 * member of staff would wait ten minutes for the lease to run out.
 */
type Step = () => Promise<unknown>;

const steps = new Set<Step>();

/** @returns how to take it back, once it is said anyway */
export function beforeLogOut(step: Step): () => void {
  steps.add(step);
  return () => steps.delete(step);
}

/** Says everything; waits at most 2 seconds, for the log-out must never hang on it. */
export async function sayBeforeLogOut(): Promise<void> {
  const said = Promise.allSettled([...steps].map(async (step) => await step()));
  await Promise.race([said, new Promise((resolve) => setTimeout(resolve, 2000))]);
}
