/** A track of states from left to right: what was done, where it stands, what is still to come. */
import type { ReactElement, ReactNode } from "react";

import { classes } from "./classes.ts";

export type Step = {
  readonly key: string;
  readonly title: string;
  readonly state: "done" | "now" | "todo";
  /** Who and when */
  readonly detail?: ReactNode;
};

const MARKS = {
  done: "border-key-900 bg-key-900 text-white",
  now: "border-[3px] border-key-900 bg-white text-key-900",
  todo: "border-2 border-dashed border-solid-gray-536 bg-white text-solid-gray-700",
} as const;
const WORDS = { done: "済", now: "いま", todo: "これから" } as const;

export function Steps({ label, steps }: { readonly label: string; readonly steps: readonly Step[] }): ReactElement {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key
    <div className="mb-4 overflow-x-auto" role="region" aria-label={label} tabIndex={0}>
      <ol className="flex min-w-max">
        {steps.map((step, index) => (
          <li
            key={step.key}
            aria-current={step.state === "now" ? "step" : undefined}
            className="relative flex-1 basis-32 pt-10 pr-3 text-[0.875rem] leading-150"
          >
            {index === steps.length - 1 ? null : (
              <span
                aria-hidden="true"
                className={classes(
                  "absolute top-3.5 right-0 left-8 border-t-[3px]",
                  step.state === "done" ? "border-key-900" : "border-dashed border-solid-gray-420",
                )}
              />
            )}
            <span
              aria-hidden="true"
              className={classes(
                "absolute top-0 left-0 flex size-8 items-center justify-center rounded-full border font-700",
                MARKS[step.state],
              )}
            >
              {step.state === "done" ? "✓" : step.state === "now" ? "●" : index + 1}
            </span>
            <span
              className={classes("block text-[0.9375rem] font-700", step.state === "todo" && "text-solid-gray-700")}
            >
              {step.title}
              <span className="sr-only">（{WORDS[step.state]}）</span>
            </span>
            <span className="block text-solid-gray-700">{step.detail}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
