/** The parts a page is put together from. */
import { Link } from "@tanstack/react-router";
import { useEffect, useId, useRef } from "react";
import type { ReactElement, ReactNode } from "react";

/** The heading of a page; it takes the focus when the page opens, so that keyboard and screen reader start there. */
export function PageTitle({
  children,
  beside,
}: {
  readonly children: ReactNode;
  readonly beside?: ReactNode;
}): ReactElement {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => ref.current?.focus({ preventScroll: true }), []);
  return (
    <div className="mb-3 flex flex-wrap items-center gap-x-4 gap-y-1">
      <h1 ref={ref} tabIndex={-1} className="text-[1.625rem] leading-140 font-700">
        {children}
      </h1>
      {beside}
    </div>
  );
}

/** A part of a page with its own heading. */
export function Section({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactElement {
  const id = useId();
  return (
    <section aria-labelledby={id} className="mt-6">
      <h2 id={id} className="mb-2 border-l-[5px] border-key-900 pl-2.5 text-[1.1875rem] leading-140 font-700">
        {title}
      </h2>
      {children}
    </section>
  );
}

/** Facts with their names, side by side. */
export function Facts({
  facts,
}: {
  readonly facts: readonly { readonly name: string; readonly value: ReactNode }[];
}): ReactElement {
  return (
    <dl className="mb-4 grid grid-cols-[repeat(auto-fit,minmax(10rem,1fr))] overflow-hidden rounded-8 border border-solid-gray-420">
      {facts.map(({ name, value }) => (
        <div key={name} className="px-3.5 py-2 shadow-[1px_1px_0_var(--color-solid-gray-200)]">
          <dt className="text-[0.875rem] text-solid-gray-700">{name}</dt>
          <dd className="font-700">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A link inside the application. */
export function GoTo({ to, children }: { readonly to: string; readonly children: ReactNode }): ReactElement {
  return (
    <Link to={to} className="text-key-1000 underline underline-offset-4 hover:decoration-2">
      {children}
    </Link>
  );
}

/** Shown while something is fetched; not at once, so that quick answers do not flicker. */
export function Loading({ what = "" }: { readonly what?: string }): ReactElement {
  return (
    <p role="status" className="py-6 text-solid-gray-700">
      {what}読み込んでいます…
    </p>
  );
}
