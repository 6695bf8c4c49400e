/** The command line: a number, kana or the name of a page, and Enter. */
import { useNavigate } from "@tanstack/react-router";
import { useId, useState } from "react";
import type { KeyboardEvent, ReactElement } from "react";

import { setCommandText } from "../pages/command-text.ts";
import type { PageDescriptor } from "../pages/page.ts";
import { useSession } from "../session/session-context.ts";
import { classes } from "../ui/classes.ts";
import { Dialog } from "../ui/Dialog.tsx";
import { permittedPages } from "./pages-here.ts";

type Choice = { readonly label: string; readonly to: string; readonly text?: string };

const fold = (text: string): string => text.normalize("NFKC").toLowerCase().trim();

/** What the typed text may mean, the likeliest first. */
export function choicesFor(typed: string, held: readonly string[]): readonly Choice[] {
  const pages = permittedPages(held);
  const text = typed.normalize("NFKC").trim();
  const meant = pages.flatMap((page) => page.command?.(text) ?? []);
  const wanted = fold(typed);
  const namesOf = ({ title, words = [] }: PageDescriptor): readonly string[] => [title, ...words].map(fold);
  const named = (matches: (page: PageDescriptor) => boolean): readonly Choice[] =>
    pages
      .filter((page) => !page.path.includes("$") && matches(page))
      .map(({ title, path }) => ({ label: title, to: path }));
  // A word of a page, whole, is meant as such; anything else may as well be somebody's name.
  const whole = named((page) => namesOf(page).includes(wanted));
  const partly = named((page) => namesOf(page).some((name) => name.includes(wanted) && name !== wanted));
  const rest = partly.filter(({ to }) => !whole.some((choice) => choice.to === to));
  return wanted === "" ? rest : [...whole, ...meant, ...rest];
}

export function CommandLine({ onClose }: { readonly onClose: () => void }): ReactElement {
  const id = useId();
  const navigate = useNavigate();
  const { session } = useSession();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const choices = choicesFor(typed, session.permissions).slice(0, 12);
  const go = (choice: Choice | undefined): void => {
    if (choice === undefined) return;
    // Never in the address: what is typed may be a name.
    setCommandText(choice.text ?? "");
    onClose();
    void navigate({ to: choice.to });
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown") setAt((before) => Math.min(before + 1, choices.length - 1));
    else if (event.key === "ArrowUp") setAt((before) => Math.max(before - 1, 0));
    else if (event.key === "Enter") go(choices[at]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="どこへ移りますか" onClose={onClose}>
      <label htmlFor={id} className="mb-1 block text-[0.875rem] text-solid-gray-700">
        番号（認定番号・宛名番号・受付番号）、カナ・氏名、画面の名前
      </label>
      <input
        id={id}
        role="combobox"
        aria-expanded={choices.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={choices.length > 0 ? `${id}-${String(at)}` : undefined}
        autoComplete="off"
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- the dialog is opened to type into it
        autoFocus
        maxLength={100}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKey}
        className="mb-2 block min-h-11 w-full rounded-8 border border-solid-gray-600 px-3"
      />
      <div id={`${id}-list`} role="listbox" aria-label="移る先">
        {choices.map((choice, index) => (
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the keyboard works on the field above
          <div
            key={`${choice.to}${choice.label}`}
            id={`${id}-${String(index)}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            onClick={() => go(choice)}
            className={classes(
              "flex min-h-11 cursor-pointer items-center rounded-8 px-3 py-1.5",
              index === at && "bg-key-100 font-700",
            )}
          >
            {choice.label}
          </div>
        ))}
      </div>
      <p role="status" className="mt-2 text-[0.875rem] text-solid-gray-700">
        {choices.length === 0 ? "当たるものがありません。" : "↑↓ で選び、Enter で移ります。"}
      </p>
    </Dialog>
  );
}
