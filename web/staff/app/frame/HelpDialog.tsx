/** この画面の説明とキー (A24): what the page is for, and every key that works on it. */
import type { ReactElement } from "react";

import { useSession } from "../session/session-context.ts";
import { Button } from "../ui/Button.tsx";
import { chooseDateStyle, useDateStyle } from "../ui/date-style.ts";
import { Actions, Dialog } from "../ui/Dialog.tsx";
import { ChoiceField } from "../ui/Field.tsx";
import { Kbd, useShortcutEntries } from "../ui/Shortcut.tsx";
import { usePageHere } from "./pages-here.ts";

export function HelpDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const page = usePageHere();
  const { session } = useSession();
  const style = useDateStyle();
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
      <div className="mt-4">
        <ChoiceField
          legend="日付の表し方"
          name="dateStyle"
          value={style}
          onChange={(value) => chooseDateStyle(session.staffId, value === "western" ? "western" : "wareki")}
          options={[
            { value: "wareki", label: "和暦（令和8年10月3日）" },
            { value: "western", label: "西暦（2026年10月3日）", help: "あなたの選んだ表し方を、この端末が覚えます。" },
          ]}
        />
      </div>
      <Actions>
        <Button kind="primary" onClick={onClose}>
          閉じる
        </Button>
      </Actions>
    </Dialog>
  );
}
