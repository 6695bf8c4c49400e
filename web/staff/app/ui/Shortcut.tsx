/** Keys of a page: each is registered with what it does, so that `?` can list them. */
import { createContext, useContext, useEffect, useMemo, useRef, useState } from "react";
import type { ReactElement, ReactNode } from "react";

import { classes } from "./classes.ts";

export type ShortcutEntry = { readonly keys: string; readonly label: string };

type Registry = {
  readonly entries: readonly ShortcutEntry[];
  readonly add: (entry: ShortcutEntry) => () => void;
};

const ShortcutContext = createContext<Registry>({ entries: [], add: () => () => {} });

/** A key as it is printed on the keyboard. */
export function Kbd({
  children,
  on = "light",
}: {
  readonly children: ReactNode;
  readonly on?: "light" | "dark";
}): ReactElement {
  return (
    <kbd
      className={classes(
        "rounded-4 border px-1.5 py-0.5 font-sans text-[0.75rem] font-400 leading-100 whitespace-nowrap",
        on === "dark" ? "border-white text-white" : "border-solid-gray-420 bg-white text-solid-gray-700",
      )}
    >
      {children}
    </kbd>
  );
}

/** Holds the keys of the pages below it. */
export function ShortcutProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const [entries, setEntries] = useState<readonly ShortcutEntry[]>([]);
  const registry = useMemo<Registry>(
    () => ({
      entries,
      add: (entry) => {
        setEntries((before) => [...before, entry]);
        return () => setEntries((before) => before.filter((each) => each !== entry));
      },
    }),
    [entries],
  );
  return <ShortcutContext value={registry}>{children}</ShortcutContext>;
}

/** The keys that are registered now. */
export function useShortcutEntries(): readonly ShortcutEntry[] {
  return useContext(ShortcutContext).entries;
}

function matches(event: KeyboardEvent, keys: string): boolean {
  const parts = keys.split("+");
  const key = parts.at(-1) ?? "";
  const wanted = (name: string): boolean => parts.includes(name);
  if (event.ctrlKey !== wanted("Ctrl") || event.altKey !== wanted("Alt") || event.metaKey) return false;
  if (wanted("Shift") && !event.shiftKey) return false;
  return event.key.toLowerCase() === key.toLowerCase();
}

/** Whether the person is typing text, so that single letters belong to the text. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target instanceof HTMLTextAreaElement ||
      target instanceof HTMLSelectElement ||
      (target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit"].includes(target.type)))
  );
}

/**
 * Registers a key while the calling component is shown: `Ctrl+Enter`, `/`, `?`, `F1`, `a`. Letters and signs without Ctrl
 * or Alt rest while somebody types, and all keys rest behind an open dialog of another component unless `inDialog`.
 */
export function useShortcut(
  keys: string,
  label: string,
  handler: () => void,
  options: { readonly enabled?: boolean; readonly inDialog?: boolean } = {},
): void {
  const { add } = useContext(ShortcutContext);
  const { enabled = true, inDialog = false } = options;
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  }, [handler]);
  // `add` changes with each entry; the registration must not follow it.
  const register = useRef(add);
  useEffect(() => {
    if (!enabled) return undefined;
    const remove = register.current({ keys, label });
    const listen = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing || event.repeat || !matches(event, keys)) return;
      if (!/Ctrl|Alt|^F\d/.test(keys) && isTyping(event.target)) return;
      if (!inDialog && document.querySelector("dialog[open]") !== null) return;
      event.preventDefault();
      latest.current();
    };
    document.addEventListener("keydown", listen);
    return () => {
      document.removeEventListener("keydown", listen);
      remove();
    };
  }, [keys, label, enabled, inDialog]);
}
