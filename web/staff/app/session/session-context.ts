/** Who is signed in, and what this person may do. */
import { createContext, useContext } from "react";

import type { OperationAnswer } from "../api/call.ts";

export type Session = OperationAnswer<"getSession">;
export type Entrance = OperationAnswer<"getEntrance">;

/** What the pages know of the session. */
export type SessionState = {
  readonly session: Session;
  readonly entrance: Entrance;
  readonly logOut: () => Promise<void>;
};

export const SessionContext = createContext<SessionState | undefined>(undefined);

/** The session; only below the frame. */
export function useSession(): SessionState {
  const state = useContext(SessionContext);
  if (state === undefined) throw new Error("no session: useSession is for pages inside the frame");
  return state;
}

/** Whether the person has a right; what is not permitted is not shown. */
export function useMay(permission: string): boolean {
  return useSession().session.permissions.includes(permission);
}
