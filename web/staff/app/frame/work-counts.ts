/** Counts beside the entries of the menu: address of a page → how much waits there. */
import { useRead } from "../api/hooks.ts";
import { useMay } from "../session/session-context.ts";

/** Read once, and again after each command; never by a timer, for each look counts as use of the session. */
export function useWorkCounts(): ReadonlyMap<string, number> {
  const enabled = useMay("case.open");
  const { data } = useRead("readWorkList", { path: { kind: "toExamine" } }, { enabled });
  return new Map(Object.entries(data?.counts ?? {}).map(([kind, number]) => [`/lists/${kind}`, number]));
}
