/** Decides what is shown: the log-in, or the application. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import type { ReactElement, ReactNode } from "react";

import { useRead } from "../api/hooks.ts";
import { InstallationMark } from "../frame/AppFrame.tsx";
import { ProblemNotice } from "../ui/Notice.tsx";
import { Loading } from "../ui/Page.tsx";
import { SessionContext } from "./session-context.ts";
import type { SessionState } from "./session-context.ts";

export function SessionGate({ children }: { readonly children: ReactNode }): ReactElement {
  const client = useQueryClient();
  const entrance = useRead("getEntrance", {});
  const session = useRead("getSession", {});
  const logOut = useCallback(async () => {
    client.clear();
    await Promise.resolve();
  }, [client]);
  const state = useMemo<SessionState | undefined>(
    () =>
      entrance.data === undefined || session.data === undefined
        ? undefined
        : { entrance: entrance.data, session: session.data, logOut },
    [entrance.data, session.data, logOut],
  );
  if (state !== undefined) return <SessionContext value={state}>{children}</SessionContext>;
  if (entrance.data !== undefined && session.error !== null) {
    return (
      <>
        <InstallationMark kind={entrance.data.installation} />
        <main className="px-4 py-8">
          <ProblemNotice problem={session.error} />
        </main>
      </>
    );
  }
  return entrance.error === null ? <Loading /> : <ProblemNotice problem={entrance.error} />;
}
