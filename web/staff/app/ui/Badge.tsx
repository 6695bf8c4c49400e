/** Short marks. Their meaning is in the word; colour and line only repeat it. */
import type { ReactElement, ReactNode } from "react";

import { classes } from "./classes.ts";

export type BadgeKind = "plain" | "key" | "good" | "warning" | "danger" | "strong";

const KINDS: Readonly<Record<BadgeKind, string>> = {
  plain: "border-solid-gray-600 bg-white text-solid-gray-800",
  key: "border-key-900 bg-key-50 text-key-1000",
  good: "border-success-2 bg-green-50 text-green-1000",
  warning: "border-yellow-900 bg-yellow-50 text-yellow-1200",
  danger: "border-2 border-error-2 bg-white text-error-2",
  strong: "border-error-2 bg-error-2 text-white",
};

export function Badge({
  kind = "plain",
  children,
}: {
  readonly kind?: BadgeKind;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <span
      className={classes(
        "inline-block rounded-4 border px-2 text-[0.8125rem] leading-160 font-700 whitespace-nowrap",
        KINDS[kind],
      )}
    >
      {children}
    </span>
  );
}
