/** Which pages a person may open, and which one is open. */
import { useLocation } from "@tanstack/react-router";

import { allPages } from "../pages/all-pages.ts";
import type { PageDescriptor } from "../pages/page.ts";

/** Whether a person with these rights may open the page. */
export function mayOpen({ permission }: PageDescriptor, held: readonly string[]): boolean {
  if (permission === undefined) return true;
  return typeof permission === "string" ? held.includes(permission) : permission.some((each) => held.includes(each));
}

/** The pages that a person with these rights may open. */
export function permittedPages(held: readonly string[]): readonly PageDescriptor[] {
  return allPages.filter((page) => mayOpen(page, held));
}

/** The descriptor of the address that is open. */
export function usePageHere(): PageDescriptor | undefined {
  const { pathname } = useLocation();
  const parts = pathname.split("/");
  return allPages.find(({ path }) => {
    const pattern = path.split("/");
    return (
      pattern.length === parts.length && pattern.every((part, index) => part.startsWith("$") || part === parts[index])
    );
  });
}
