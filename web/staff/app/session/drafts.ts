/**
 * 下書き: what is typed into a form outlives the page, because the page is taken away when the session ends. Kept in memory
 * alone (never in the browser's storage) and for the same person alone.
 */
import { useCallback, useState } from "react";

const drafts = new Map<string, unknown>();
let owner = "";

/** Of another person nothing may be left. */
export function keepDraftsFor(staffId: string): void {
  if (staffId !== owner) drafts.clear();
  owner = staffId;
}

export function dropDrafts(): void {
  drafts.clear();
}

export type Draft<T> = { readonly value: T; readonly set: (value: T) => void; readonly drop: () => void };

/**
 * State that survives the end of the session: `const draft = useDraft("claim/42", empty)`. The name must be the same for
 * the same form of the same thing. `drop` it after the command succeeded.
 */
export function useDraft<T>(name: string, initial: T): Draft<T> {
  const [value, setValue] = useState<T>(() => (drafts.has(name) ? (drafts.get(name) as T) : initial));
  const set = useCallback(
    (next: T) => {
      drafts.set(name, next);
      setValue(next);
    },
    [name],
  );
  const drop = useCallback(() => {
    drafts.delete(name);
    setValue(initial);
    // oxlint-disable-next-line react/exhaustive-deps -- the empty form is the one that the page was opened with
  }, [name]);
  return { value, set, drop };
}
