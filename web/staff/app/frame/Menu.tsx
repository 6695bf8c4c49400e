/** The menu: only what this person may use, from the same rights that the server checks. */
import { Link, useLocation } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { useSession } from "../session/session-context.ts";
import { classes } from "../ui/classes.ts";
import { useWorkCounts } from "./work-counts.ts";
import { permittedPages } from "./pages-here.ts";

const GROUPS = [
  ["work", "仕事"],
  ["payment", "支払"],
  ["administration", "管理"],
] as const;

export function Menu(): ReactElement {
  const { session } = useSession();
  const { pathname } = useLocation();
  const counts = useWorkCounts();
  const pages = permittedPages(session.permissions);
  return (
    <nav
      aria-label="メニュー"
      className="shrink-0 border-solid-gray-200 px-2 py-1 max-lg:max-h-40 max-lg:overflow-y-auto max-lg:border-b lg:w-52 lg:border-r lg:py-4"
    >
      {GROUPS.map(([group, name]) => {
        const items = pages
          .filter(({ menu }) => menu?.group === group)
          .toSorted((a, b) => (a.menu?.order ?? 0) - (b.menu?.order ?? 0));
        if (items.length === 0) return null;
        return (
          <div key={group} className="max-lg:inline-flex max-lg:flex-wrap max-lg:items-center lg:mb-4">
            <p className="px-3 text-[0.8125rem] text-solid-gray-700">{name}</p>
            <ul className="max-lg:flex max-lg:flex-wrap">
              {items.map(({ path, title }) => {
                const current = path === "/" ? pathname === "/" : pathname === path || pathname.startsWith(`${path}/`);
                const waiting = counts.get(path) ?? 0;
                return (
                  <li key={path}>
                    <Link
                      to={path}
                      aria-current={current ? "page" : undefined}
                      className={classes(
                        "flex min-h-11 items-center justify-between gap-2 rounded-8 px-3 py-1.5 text-key-1000 hover:bg-key-50 hover:underline",
                        current && "bg-key-50 font-700 shadow-[inset_3px_0_0_var(--color-key-900)]",
                      )}
                    >
                      {title}
                      {waiting > 0 ? (
                        <span className="rounded-full bg-key-900 px-2 text-[0.8125rem] font-700 text-white tabular-nums">
                          {waiting}
                          <span className="sr-only">件</span>
                        </span>
                      ) : null}
                    </Link>
                  </li>
                );
              })}
            </ul>
          </div>
        );
      })}
    </nav>
  );
}
