/** 月ごと: one box a month, oldest first, the chosen one explained below. Arrow keys move, Home and End jump. */
import { useEffect, useRef } from "react";
import type { KeyboardEvent, ReactElement } from "react";

import { classes } from "../../ui/classes.ts";
import { warekiMonth } from "../../ui/format.ts";
import { amountOf, type CaseMonth, looksOf } from "./money.ts";

type Props = {
  /** Oldest first */
  readonly months: readonly CaseMonth[];
  readonly selected: string;
  readonly onSelect: (month: string) => void;
  /** id of the panel that explains the chosen month */
  readonly panelId: string;
};

function target(key: string, index: number, last: number): number | undefined {
  if (key === "ArrowRight") return Math.min(index + 1, last);
  if (key === "ArrowLeft") return Math.max(index - 1, 0);
  if (key === "Home") return 0;
  if (key === "End") return last;
  return undefined;
}

export function MonthStrip({ months, selected, onSelect, panelId }: Props): ReactElement {
  const strip = useRef<HTMLDivElement>(null);
  const index = months.findIndex(({ month }) => month === selected);
  useEffect(() => {
    // The chosen month is in sight; without moving the page itself.
    const button = strip.current?.querySelector<HTMLElement>('[aria-selected="true"]');
    if (button !== null && button !== undefined && strip.current !== null) {
      strip.current.scrollLeft = button.offsetLeft - strip.current.clientWidth / 2 + button.clientWidth / 2;
    }
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- the chosen month moves, so the strip must look again
  }, [selected]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = target(event.key, index, months.length - 1);
    const month = next === undefined ? undefined : months[next];
    if (month === undefined) return;
    event.preventDefault();
    onSelect(month.month);
    strip.current?.querySelector<HTMLElement>(`[data-month="${month.month}"]`)?.focus();
  };
  return (
    <div
      ref={strip}
      role="tablist"
      tabIndex={-1}
      aria-label="月ごとの支給"
      className="relative flex gap-1 overflow-x-auto px-1 py-2"
      onKeyDown={onKeyDown}
    >
      {months.map((month) => {
        const looks = looksOf(month);
        const [first] = looks;
        const chosen = month.month === selected;
        const newYear = month.month.endsWith("-01") || month === months[0];
        return (
          <button
            key={month.month}
            type="button"
            role="tab"
            id={`month-${month.month}`}
            data-month={month.month}
            aria-selected={chosen}
            aria-controls={panelId}
            tabIndex={chosen ? 0 : -1}
            onClick={() => onSelect(month.month)}
            className={classes(
              "min-h-16 w-20 shrink-0 rounded-8 border px-1 py-1 text-center leading-140",
              first?.style ?? "",
              chosen && "outline-3 -outline-offset-3 outline-key-1200",
            )}
          >
            {/* What is read out is what is seen, with the words that the eye takes from the row. */}
            <span className="block min-h-[1.4em] text-[0.75rem]">
              <span className={newYear ? "" : "sr-only"}>{warekiMonth(month.month).replace(/年.*/, "年")}</span>
            </span>
            <span className="block text-[0.9375rem] font-700">
              {Number(month.month.slice(5))}月<span className="sr-only">分</span>
            </span>
            <span className="block text-[0.8125rem] tabular-nums">
              {amountOf(month).toLocaleString("ja-JP")}
              <span className="sr-only">円</span>
            </span>
            <span className="block text-[0.75rem]">
              <span aria-hidden="true">{first?.sign} </span>
              {looks.length > 1 ? `${first?.word ?? ""}ほか` : first?.word}
            </span>
          </button>
        );
      })}
    </div>
  );
}
