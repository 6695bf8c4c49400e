/** A page worked by keyboard alone: where Tab leads, whether every stop does its work, whether dialogs give the focus back. */
import type { Page } from "playwright-core";

/** What runs in the browser, as text: it sees the page's own objects, and React's handlers on them. */
const HELPERS = `
window.kb = {
  name: (el) => {
    const label = el.labels?.[0]?.textContent ?? el.getAttribute("aria-label") ?? el.textContent ?? "";
    return (el.tagName.toLowerCase() + " " + label.replace(/\\s+/g, " ").trim()).slice(0, 80);
  },
  visible: (el) => el.checkVisibility({ checkOpacity: true, visibilityProperty: true }) && el.getClientRects().length > 0,
  handler: (el) => {
    const key = Object.keys(el).find((each) => each.startsWith("__reactProps$"));
    return key !== undefined && typeof el[key]?.onClick === "function";
  },
  scope: () => document.querySelector("dialog[open]") ?? document.body,
  controls: () => {
    const native = "a[href], button, input, select, textarea, summary, [contenteditable], [role=tab], [role=button], [role=link], [role=checkbox], [role=option]";
    return [...window.kb.scope().querySelectorAll("*")].filter((el) =>
      (el.matches(native) || window.kb.handler(el)) && !el.disabled && el.type !== "hidden" && window.kb.visible(el) && el.tagName !== "DIALOG");
  },
  seen: new Set(),
  // The next Tab begins where the focus was last; an element at the very beginning takes it there.
  top: () => {
    const mark = document.createElement("span");
    mark.tabIndex = -1;
    document.body.prepend(mark);
    mark.focus();
    mark.remove();
    window.scrollTo(0, 0);
  },
};
true`;

type Stop = { readonly name: string; readonly again: boolean; readonly visible: boolean; readonly body: boolean };

/** The element that has the focus, noted once. */
const NOTE = `(() => {
  const el = document.activeElement;
  if (el === null || el === document.body || el === document.documentElement) return { name: "", again: false, visible: true, body: true };
  const again = window.kb.seen.has(el);
  window.kb.seen.add(el);
  const style = getComputedStyle(el);
  // The marked part may be the element, or what stands for it (a label over a hidden box).
  const shown = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
  const box = el.getBoundingClientRect();
  const inside = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return { name: window.kb.name(el), again, visible: shown && inside, body: false };
})()`;

/** Not reached: neither itself, nor another of its group that the arrow keys lead from, nor a control inside or around it. */
const UNREACHED = `window.kb.controls().filter((el) => {
  if (window.kb.seen.has(el)) return false;
  const within = (other) => other.contains(el) || el.contains(other);
  if ([...window.kb.seen].some(within)) return false;
  if (el.type === "radio") return ![...window.kb.seen].some((other) => other.type === "radio" && other.name === el.name);
  return true;
}).map(window.kb.name)`;

const LIMIT = 800;

export type Walked = {
  readonly first: string;
  readonly count: number;
  /** Where Tab (or Shift+Tab) did not lead on */
  readonly trapped: readonly string[];
  readonly unreached: readonly string[];
  readonly unseen: readonly string[];
};

async function tabbing(page: Page, key: "Tab" | "Shift+Tab"): Promise<{ stops: Stop[]; trapped: string[] }> {
  await page.evaluate("window.kb.seen = new Set(); window.kb.top()");
  const stops: Stop[] = [];
  let last = "";
  for (let at = 0; at < LIMIT; at += 1) {
    await page.keyboard.press(key);
    const stop = (await page.evaluate(NOTE)) as Stop;
    if (stop.body || stop.again) {
      // Out of the page into the browser's own bar, and round again: that is the end of it.
      const round = stop.body || stop.name === stops[0]?.name;
      return { stops, trapped: round ? [] : [`${key} after ${last}: back at ${stop.name}`] };
    }
    stops.push(stop);
    last = stop.name;
  }
  return { stops, trapped: [`${key}: no end after ${String(LIMIT)} stops, last ${last}`] };
}

/** Arrow keys within the groups that are one stop of Tab (tabs): all of their members are reached. */
async function arrows(page: Page): Promise<void> {
  const groups = await page.locator("[role=tablist]").all();
  for (const group of groups) {
    const tabs = await group.getByRole("tab").count();
    await group.locator("[role=tab][tabindex='0']").first().focus();
    for (const key of ["ArrowLeft", "ArrowRight"]) {
      for (let at = 0; at < tabs; at += 1) {
        await page.evaluate(NOTE);
        await page.keyboard.press(key);
      }
    }
    await page.evaluate(NOTE);
  }
}

/** The first stop of all leads past bar and menu. @returns whether the main part has the focus then */
export async function skipsToMain(page: Page): Promise<boolean> {
  await page.evaluate(HELPERS);
  await page.evaluate("window.kb.top()");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  return (await page.evaluate("document.activeElement?.id === 'main'")) === true;
}

/** Goes through the page with Tab, then back with Shift+Tab. */
export async function tabStops(page: Page): Promise<Walked> {
  await page.evaluate(HELPERS);
  const back = await tabbing(page, "Shift+Tab");
  const forth = await tabbing(page, "Tab");
  await arrows(page);
  const names = new Set(forth.stops.map(({ name }) => name));
  const lost = back.stops.filter(({ name }) => !names.has(name)).map(({ name }) => `only backwards: ${name}`);
  return {
    first: (forth.stops[0]?.name ?? "").replace(/^a /, ""),
    count: forth.stops.length,
    trapped: [...forth.trapped, ...back.trapped, ...lost],
    unreached: (await page.evaluate(UNREACHED)) as string[],
    unseen: forth.stops.filter(({ visible }) => !visible).map(({ name }) => name),
  };
}

/** From now on what is activated is noted, and goes no further. */
const GUARD = `(() => {
  window.kb.worked = new Set();
  window.kb.stop = (event) => { window.kb.done.push(event.type); event.preventDefault(); event.stopImmediatePropagation(); };
  for (const type of ["click", "input", "change"]) window.addEventListener(type, window.kb.stop, true);
  // A key that the page itself handles (arrows of a group of tabs) counts as well; F5 and the like are not pressed here.
  window.kb.top();
})()`;
const UNGUARD = `for (const type of ["click", "input", "change"]) window.removeEventListener(type, window.kb.stop, true)`;

const KIND = `(() => {
  window.kb.done = [];
  const el = document.activeElement;
  if (el === null || el === document.body || window.kb.worked.has(el)) return { kind: "end", name: "" };
  window.kb.worked.add(el);
  const name = window.kb.name(el);
  if (el.matches("select")) return { kind: el.options.length > 1 ? "select" : "scroll", name };
  if (el.matches("textarea, input:not([type]), input[type=text], input[type=password], input[type=search], input[type=tel], input[type=number], input[type=date], input[type=month]"))
    return { kind: el.readOnly ? "scroll" : "text", name };
  // A choice that is made answers to the arrows alone.
  if (el.matches("input[type=radio]:checked")) return { kind: "choice", name };
  if (el.matches("input[type=checkbox], input[type=radio], summary")) return { kind: "space", name };
  if (el.matches("a[href], button, [role=tab], [role=button], input")) return { kind: "enter", name };
  return { kind: "scroll", name };
})()`;

const KEYS: Readonly<Record<string, readonly string[]>> = {
  select: ["ArrowDown", "ArrowUp"],
  text: ["1"],
  choice: ["ArrowDown"],
  space: ["Space"],
  enter: ["Enter"],
};

/** Presses at each stop of Tab what works such a control. @returns how many there were, and what did not answer */
export async function operateByKeyboard(
  page: Page,
): Promise<{ readonly count: number; readonly dumb: readonly string[] }> {
  await page.evaluate(GUARD);
  const dumb: string[] = [];
  let count = 0;
  for (; count < LIMIT; count += 1) {
    await page.keyboard.press("Tab");
    const { kind, name } = (await page.evaluate(KIND)) as { readonly kind: string; readonly name: string };
    if (kind === "end") break;
    for (const key of KEYS[kind] ?? []) await page.keyboard.press(key);
    const done = (await page.evaluate("window.kb.done.length")) as number;
    if (kind !== "scroll" && done === 0) dumb.push(`${kind} ${name}`);
  }
  await page.evaluate(UNGUARD);
  return { count, dumb };
}

type Opener = { readonly name: string; readonly index: number };

/** One button of each name; what ends the session is pressed elsewhere. The bar is the same on every page: once is enough. */
const OPENERS = `(() => {
  const names = new Set();
  const where = location.pathname === "/" ? "header button, main button" : "main button";
  window.kb.buttons = [...document.querySelectorAll(where)].filter((el) => !el.disabled && window.kb.visible(el));
  return window.kb.buttons.flatMap((el, index) => {
    const name = (el.textContent ?? "").trim();
    if (names.has(name) || /ログアウト/.test(name) || el.getAttribute("role") === "tab") return [];
    names.add(name);
    return [{ name, index }];
  });
})()`;

const INSIDE = `document.querySelector("dialog[open]")?.contains(document.activeElement) === true`;
const OPEN = `document.querySelectorAll("dialog[open]").length`;

/**
 * Presses every button for what it does. Where a dialog comes up: the focus is in it, Tab does not lead to what lies behind,
 * Esc closes it and the focus is on the button again.
 */
export async function openDialogsByKeyboard(page: Page, again: () => Promise<unknown>): Promise<readonly string[]> {
  await again();
  await page.evaluate(HELPERS);
  const wrong: string[] = [];
  const openers = (await page.evaluate(OPENERS)) as Opener[];
  for (const { name, index } of openers) {
    const before = page.url();
    const present = await page.evaluate(
      `(() => { const el = window.kb?.buttons?.[${String(index)}]; el?.focus(); return el !== undefined && el.isConnected && document.activeElement === el; })()`,
    );
    if (present !== true) {
      await again();
      await page.evaluate(HELPERS);
      await page.evaluate(OPENERS);
      await page.evaluate(`window.kb.buttons[${String(index)}]?.focus()`);
    }
    await page.keyboard.press("Enter");
    await page.waitForTimeout(60);
    if (page.url() !== before) {
      await again();
      await page.evaluate(HELPERS);
      await page.evaluate(OPENERS);
      continue;
    }
    if ((await page.evaluate(OPEN)) === 0) continue;
    if ((await page.evaluate(INSIDE)) !== true) wrong.push(`${name}: the focus is not in the dialog`);
    for (let tabs = 0; tabs < 12; tabs += 1) {
      await page.keyboard.press("Tab");
      const out = await page.evaluate(
        `!(${INSIDE}) && document.activeElement !== document.body && document.activeElement !== document.documentElement`,
      );
      if (out === true) wrong.push(`${name}: Tab leads behind the dialog`);
    }
    await page.evaluate("document.querySelector('dialog[open]').focus()");
    await page.keyboard.press("Escape");
    await page.waitForTimeout(60);
    if ((await page.evaluate(OPEN)) !== 0) {
      wrong.push(`${name}: Esc does not close the dialog`);
      await again();
      await page.evaluate(HELPERS);
      await page.evaluate(OPENERS);
      continue;
    }
    const back = await page.evaluate(
      `document.activeElement === window.kb.buttons[${String(index)}] || (document.activeElement?.textContent ?? "").trim() === ${JSON.stringify(name)}`,
    );
    if (back !== true) wrong.push(`${name}: the focus is not where it was`);
  }
  return wrong;
}
