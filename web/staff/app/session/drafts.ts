/**
 * 下書き: what is typed into a form outlives the page, because the page is taken away when the session ends. Kept in memory
 * alone (never in the browser's storage) and for the same person alone.
 */
import { useCallback, useState } from "react";

const drafts = new Map<string, unknown>();
/** What is the person's own and not the applicant's: it outlives 「次の人」, not the log-out. */
const own = new Map<string, unknown>();
let owner = "";

/** Of another person nothing may be left. */
export function keepDraftsFor(staffId: string): void {
  if (staffId !== owner) dropEverything();
  owner = staffId;
}

/** At 「次の人」: nothing of the applicant before is left in a form. */
export function dropDrafts(): void {
  drafts.clear();
}

/** At the log-out, and before somebody else works here. */
export function dropEverything(): void {
  drafts.clear();
  own.clear();
}

/** The last things of a kind, newest first and each once; in memory alone, of this session of work. */
export function useRecent<T>(
  name: string,
  most: number,
): { readonly items: readonly T[]; readonly add: (item: T) => void } {
  const [items, setItems] = useState<readonly T[]>(() => (own.get(name) as readonly T[] | undefined) ?? []);
  const add = useCallback(
    (item: T) => {
      const same = JSON.stringify(item);
      const before = (own.get(name) as readonly T[] | undefined) ?? [];
      const next = [item, ...before.filter((each) => JSON.stringify(each) !== same)].slice(0, most);
      own.set(name, next);
      setItems(next);
    },
    [name, most],
  );
  return { items, add };
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
