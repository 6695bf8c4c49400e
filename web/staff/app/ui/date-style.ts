/**
 * 和暦・西暦: in which calendar a member of staff reads days. Inside and over the API a day is always `YYYY-MM-DD`; this is how it is
 * written on the screen alone, a choice of each person that the terminal keeps (no personal data in it).
 */
import { useSyncExternalStore } from "react";

export const DATE_STYLES = ["wareki", "western"] as const;
export type DateStyle = (typeof DATE_STYLES)[number];

let style: DateStyle = "wareki";
const listeners = new Set<() => void>();
const storageKey = (staffId: string): string => `hagukumi/dateStyle/${staffId}`;

function set(next: DateStyle): void {
  style = next;
  for (const listener of listeners) listener();
}

/** The style in force. */
export const dateStyle = (): DateStyle => style;

/** What this person chose on this terminal; 和暦 where nothing was chosen, or where the browser keeps nothing. */
export function loadDateStyle(staffId: string): void {
  try {
    const kept = localStorage.getItem(storageKey(staffId));
    set(DATE_STYLES.find((each) => each === kept) ?? "wareki");
  } catch {
    set("wareki");
  }
}

export function chooseDateStyle(staffId: string, next: DateStyle): void {
  set(next);
  try {
    localStorage.setItem(storageKey(staffId), next);
  } catch {
    // A browser that keeps nothing: the choice holds until the page is loaded again.
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Re-renders whoever shows days when the choice changes. */
export const useDateStyle = (): DateStyle => useSyncExternalStore(subscribe, dateStyle, dateStyle);
