/** The words of a letter, line by line as they stand on its pages: what a screen reader gets instead of the picture. */
import type { ReactElement } from "react";

const PAPER =
  "mb-4 max-h-96 overflow-y-auto rounded-8 border border-solid-gray-420 bg-white px-4 py-3 font-serif text-[0.9375rem] leading-170";

export function LetterWords({
  lines,
  label,
}: {
  readonly lines: readonly string[];
  readonly label: string;
}): ReactElement {
  const shown = lines.map((text, index) => ({ key: `${String(index)} ${text}`, text }));
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key
    <div role="region" aria-label={label} tabIndex={0} className={PAPER}>
      {shown.map(({ key, text }) => (
        <p key={key} className="mb-1 break-words">
          {text}
        </p>
      ))}
    </div>
  );
}
