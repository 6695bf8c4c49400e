/** Counts beside the entries of the menu: address of a page → how much waits there. */
import { createContext, useContext } from "react";

export const WorkCountsContext = createContext<ReadonlyMap<string, number>>(new Map());

export function useWorkCounts(): ReadonlyMap<string, number> {
  return useContext(WorkCountsContext);
}
