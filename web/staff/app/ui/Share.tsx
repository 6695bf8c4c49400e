/** A bar beside a figure. The figure says the same in words, so the bar is hidden from screen readers. */
import type { ReactElement } from "react";

/** `share` 0–1 */
export function Share({ share }: { readonly share: number }): ReactElement {
  const width = Math.max(0.5, Math.min(100, share * 100)).toFixed(1);
  return (
    <svg
      className="mt-0.5 block h-1.5 w-full min-w-20"
      viewBox="0 0 100 8"
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <rect className="fill-solid-gray-200" width="100" height="8" />
      <rect className="fill-key-900" width={width} height="8" />
    </svg>
  );
}
