/** Every page. A new area adds its list here. */
import { homePages } from "./home/pages.ts";
import type { PageDescriptor } from "./page.ts";
import { runPages } from "./runs/pages.ts";

export const allPages: readonly PageDescriptor[] = [...homePages, ...runPages];
