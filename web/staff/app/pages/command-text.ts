/** What was typed into the command line, for the page it leads to. In memory alone: it may be a name. */

let pending = "";

export function setCommandText(text: string): void {
  pending = text;
}

/** The text, once. */
export function takeCommandText(): string {
  const text = pending;
  pending = "";
  return text;
}
