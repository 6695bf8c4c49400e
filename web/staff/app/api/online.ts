/** Whether the server answers, and how to wait until it does. */

let online = true;
let waiting: (() => void)[] = [];

/** Told by the banner that watches the connection. */
export function setOnline(value: boolean): void {
  online = value;
  if (!value) return;
  const all = waiting;
  waiting = [];
  for (const go of all) go();
}

/** Resolves when the server answers again; at once where it does. */
export async function whenOnline(): Promise<void> {
  if (online) return;
  await new Promise<void>((resolve) => {
    waiting.push(resolve);
  });
}
