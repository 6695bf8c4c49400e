/** An amount of money, and why it is what it is. */
import type { ReactElement, ReactNode } from "react";

import { yen } from "./format.ts";

/** `children` is the explanation; it opens under the amount. */
export function Amount({ value, children }: { readonly value: number; readonly children?: ReactNode }): ReactElement {
  const text = <span className="font-700 tabular-nums whitespace-nowrap">{yen(value)}</span>;
  if (children === undefined) return text;
  return (
    <details className="inline-block align-top">
      <summary className="min-h-6">
        {text} <span className="text-[0.875rem] text-key-1000 underline underline-offset-4">なぜ?</span>
      </summary>
      <div className="mt-1 rounded-8 border border-solid-gray-300 bg-solid-gray-50 px-3 py-2 text-[0.9375rem]">
        {children}
      </div>
    </details>
  );
}
