/** Dialogs on the browser's own `<dialog>`: focus stays inside, Esc closes, what is behind cannot be reached. */
import { useId, useLayoutEffect, useRef } from "react";
import type { ReactElement, ReactNode } from "react";

import { classes } from "./classes.ts";

type Props = {
  readonly title: string;
  readonly children: ReactNode;
  /** Absent: the dialog cannot be put away without an answer */
  readonly onClose?: () => void;
  readonly wide?: boolean;
};

/** Shown as long as it is rendered. */
export function Dialog({ title, children, onClose, wide = false }: Props): ReactElement {
  const id = useId();
  const ref = useRef<HTMLDialogElement>(null);
  // Before it is taken out of the page: only a dialog that is still there gives the focus back to where it was.
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (dialog !== null && !dialog.open) dialog.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      className={classes(
        "m-auto max-h-[90vh] w-[calc(100%-2rem)] overflow-y-auto rounded-12 border border-solid-gray-420 bg-white p-5 text-solid-gray-900 shadow-3 backdrop:bg-black/50",
        wide ? "max-w-4xl" : "max-w-lg",
      )}
    >
      <h2 id={id} className="mb-3 text-[1.25rem] leading-140 font-700">
        {title}
      </h2>
      {children}
    </dialog>
  );
}

/** The row of buttons at the foot of a dialog or form. */
export function Actions({ children }: { readonly children: ReactNode }): ReactElement {
  return <div className="mt-4 flex flex-wrap gap-3">{children}</div>;
}
