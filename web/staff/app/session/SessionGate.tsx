/**
 * Decides what is shown: the log-in, or the application. When the session ends, the application is taken away (nothing of
 * it stays in the page), and comes back as it was once the same person has logged in again.
 */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import type { ReactElement, ReactNode } from "react";

import { callOperation, onAnswer } from "../api/call.ts";
import { ApiProblem } from "../api/problem.ts";
import { ProblemNotice } from "../ui/Notice.tsx";
import { Button } from "../ui/Button.tsx";
import { Loading } from "../ui/Page.tsx";
import { loadDateStyle } from "../ui/date-style.ts";
import { sayBeforeLogOut } from "./before-log-out.ts";
import { dropEverything, keepDraftsFor } from "./drafts.ts";
import { Entrance } from "./Entrance.tsx";
import type { Locked } from "./Entrance.tsx";
import type { LoggedIn } from "./LogInForm.tsx";
import { SessionContext } from "./session-context.ts";
import type { Entrance as EntranceData, Session, SessionState } from "./session-context.ts";

type Phase =
  | { readonly kind: "loading" }
  | { readonly kind: "broken"; readonly problem: ApiProblem }
  | { readonly kind: "out"; readonly locked?: Locked; readonly said?: string; readonly providerLogOut?: string }
  | { readonly kind: "in"; readonly session: Session; readonly welcome?: LoggedIn };

function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  throw error;
}

export function SessionGate({ children }: { readonly children: ReactNode }): ReactElement {
  const client = useQueryClient();
  const [entrance, setEntrance] = useState<EntranceData>();
  const [phase, setPhase] = useState<Phase>({ kind: "loading" });

  const open = useCallback(async (welcome?: LoggedIn) => {
    try {
      const session = await callOperation("getSession", {});
      keepDraftsFor(session.staffId);
      loadDateStyle(session.staffId);
      setPhase({ kind: "in", session, ...(welcome === undefined ? {} : { welcome }) });
    } catch (error) {
      const problem = asProblem(error);
      setPhase(problem.status === 401 ? { kind: "out" } : { kind: "broken", problem });
    }
  }, []);
  const begin = useCallback(async () => {
    try {
      const found = await callOperation("getEntrance", {});
      setEntrance(found);
      if (found.cameWithSession) await open();
      else setPhase({ kind: "out" });
    } catch (error) {
      setPhase({ kind: "broken", problem: asProblem(error) });
    }
  }, [open]);
  useEffect(() => void begin(), [begin]);

  const lock = useCallback(
    (reason: string) => {
      client.clear();
      setPhase((before) =>
        before.kind === "in"
          ? {
              kind: "out",
              locked: { staffId: before.session.staffId, staffName: before.session.staffName, reason },
            }
          : before,
      );
    },
    [client],
  );
  useEffect(
    () => onAnswer(({ problem }) => (problem?.code === "sessionNeeded" ? lock(problem.message) : undefined)),
    [lock],
  );

  const logOut = useCallback(async () => {
    await sayBeforeLogOut();
    const ended = await callOperation("endSession", {}).catch(() => undefined);
    dropEverything();
    client.clear();
    const providerLogOut = ended?.providerLogOut ?? undefined;
    setPhase({
      kind: "out",
      said: "ログアウトしました。",
      ...(providerLogOut === undefined ? {} : { providerLogOut }),
    });
  }, [client]);
  const state = useMemo<SessionState | undefined>(
    () =>
      entrance === undefined || phase.kind !== "in"
        ? undefined
        : { entrance, session: phase.session, welcome: phase.welcome, logOut, lock },
    [entrance, phase, logOut, lock],
  );

  if (state !== undefined) return <SessionContext value={state}>{children}</SessionContext>;
  if (phase.kind === "broken") {
    return (
      <main className="mx-auto max-w-2xl px-4 py-8">
        <title>はぐくみ 児童手当</title>
        <h1 className="mb-4 text-[1.75rem] font-700">はぐくみ 児童手当</h1>
        <ProblemNotice problem={phase.problem} />
        <Button onClick={() => void begin()}>もう一度開く</Button>
      </main>
    );
  }
  if (phase.kind !== "out" || entrance === undefined) return <Loading />;
  return (
    <Entrance
      entrance={entrance}
      locked={phase.locked}
      said={phase.said}
      providerLogOut={phase.providerLogOut}
      onLoggedIn={(made) => void open(made)}
      onForget={() => {
        dropEverything();
        setPhase({ kind: "out" });
      }}
      onTerminal={() => void begin()}
    />
  );
}
