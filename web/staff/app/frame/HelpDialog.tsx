/** この画面の説明とキー (A24): what the page is for, and every key that works on it. */
import type { ReactElement } from "react";

import { Button } from "../ui/Button.tsx";
import { Actions, Dialog } from "../ui/Dialog.tsx";
import { Kbd, useShortcutEntries } from "../ui/Shortcut.tsx";
import { usePageHere } from "./pages-here.ts";

export function HelpDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const page = usePageHere();
  const entries = useShortcutEntries();
  const labels = [...new Set(entries.map(({ label }) => label))];
  return (
    <Dialog title={`説明: ${page?.title ?? "この画面"}`} onClose={onClose}>
      {(page?.help ?? []).map((sentence) => (
        <p key={sentence} className="mb-2">
          {sentence}
        </p>
      ))}
      <h3 className="mt-4 mb-1 font-700">キー</h3>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5">
        {labels.map((label) => (
          <div key={label} className="contents">
            <dt className="flex gap-1.5">
              {entries
                .filter((entry) => entry.label === label)
                .map(({ keys }) => (
                  <Kbd key={keys}>{keys}</Kbd>
                ))}
            </dt>
            <dd>{label}</dd>
          </div>
        ))}
        <div className="contents">
          <dt>
            <Kbd>Tab</Kbd>
          </dt>
          <dd>次の項目へ（Shift+Tab で前へ）</dd>
        </div>
        <div className="contents">
          <dt>
            <Kbd>Esc</Kbd>
          </dt>
          <dd>手前の窓を閉じる</dd>
        </div>
      </dl>
      <Actions>
        <Button kind="primary" onClick={onClose}>
          閉じる
        </Button>
      </Actions>
    </Dialog>
  );
}
