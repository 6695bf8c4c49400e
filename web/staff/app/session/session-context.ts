/** Who is signed in, and what this person may do. */
import { createContext, useContext } from "react";

import type { OperationAnswer } from "../api/call.ts";
import type { LoggedIn } from "./LogInForm.tsx";

export type Session = OperationAnswer<"getSession">;
export type Entrance = OperationAnswer<"getEntrance">;

/** What the pages know of the session. */
export type SessionState = {
  readonly session: Session;
  readonly entrance: Entrance;
  /** What the log-in said: last log-in, failures since, age of the password; absent after a reload */
  readonly welcome: LoggedIn | undefined;
  readonly logOut: () => Promise<void>;
  /** Takes the pages away until the same person logs in again */
  readonly lock: (reason: string) => void;
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
