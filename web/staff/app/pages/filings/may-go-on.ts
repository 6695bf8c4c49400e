/** Whether a filing can still be typed on (仮受付) or corrected (補正) by whoever looks at it. */
import type { Filing } from "./Papers.tsx";

const UNDECIDED: readonly string[] = ["draft", "submitted", "returned", "held", "examined"];

export function mayGoOn(filing: Filing, session: { readonly permissions: readonly string[] }): boolean {
  return UNDECIDED.includes(filing.state) && session.permissions.includes("claim.receive");
}
