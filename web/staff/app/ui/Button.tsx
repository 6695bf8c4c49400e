/** Buttons. One `primary` per view: what is next. */
import type { ButtonHTMLAttributes, ReactElement, ReactNode } from "react";

import { classes } from "./classes.ts";
import { Kbd } from "./Shortcut.tsx";

export type ButtonKind = "primary" | "secondary" | "quiet" | "danger";

type Props = Omit<ButtonHTMLAttributes<HTMLButtonElement>, "type" | "className"> & {
  readonly kind?: ButtonKind;
  readonly size?: "medium" | "small";
  readonly submit?: boolean;
  /** Work is going on: the button does nothing and says so */
  readonly pending?: boolean;
  /** There is nothing to do for it at the moment. Unlike `disabled` it keeps the focus: for buttons that are blocked by being pressed */
  readonly blocked?: boolean;
  /** The key that does the same, shown on the button */
  readonly shortcut?: string;
  readonly children: ReactNode;
};

const KINDS: Readonly<Record<ButtonKind, string>> = {
  primary: "border-key-900 bg-key-900 text-white hover:bg-key-1000 active:bg-key-1200",
  secondary: "border-key-900 bg-white text-key-900 hover:bg-key-50 active:bg-key-100",
  quiet: "border-transparent bg-transparent text-key-1000 underline underline-offset-4 hover:bg-key-50",
  danger: "border-error-2 bg-white text-error-2 hover:bg-red-50",
};

const DISABLED =
  "disabled:border-solid-gray-300 disabled:bg-solid-gray-50 disabled:text-solid-gray-600 disabled:no-underline aria-disabled:border-solid-gray-300 aria-disabled:bg-solid-gray-50 aria-disabled:text-solid-gray-600 aria-disabled:no-underline";

/** `<Button kind="primary" submit>登録</Button>` */
export function Button({
  kind = "secondary",
  size = "medium",
  submit = false,
  pending = false,
  blocked = false,
  shortcut,
  children,
  disabled,
  onClick,
  ...rest
}: Props): ReactElement {
  const idle = pending || blocked;
  return (
    <button
      {...rest}
      type={submit ? "submit" : "button"}
      disabled={disabled}
      // Not `disabled`: the browser takes the focus away from a button that is disabled under it (SC 2.4.3).
      aria-disabled={idle ? true : undefined}
      aria-busy={pending}
      // Enter in a form is a click on its button, so this holds back the second sending as well.
      onClick={idle ? (event) => event.preventDefault() : onClick}
      className={classes(
        "inline-flex items-center justify-center gap-2 rounded-8 border font-700 leading-130",
        size === "medium" ? "min-h-11 px-5 py-2 text-[1rem]" : "min-h-9 px-3 py-1 text-[0.875rem] sm:whitespace-nowrap",
        KINDS[kind],
        DISABLED,
      )}
    >
      {children}
      {pending ? <span className="text-[0.8125rem] font-400">処理中…</span> : null}
      {shortcut !== undefined && !pending ? (
        <Kbd on={kind === "primary" && disabled !== true && !blocked ? "dark" : "light"}>{shortcut}</Kbd>
      ) : null}
    </button>
  );
}
