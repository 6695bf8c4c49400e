/** 残り時間: how long the session still lasts, moved by every answer of the server. */
import { useEffect, useRef, useState } from "react";

import { callOperation, onAnswer } from "../api/call.ts";
import type { Session } from "./session-context.ts";

/** The server writes the last use at most every 30 s; so much less may be left than counted here. */
const SERVER_GRAIN = 30_000;
/** While somebody types or points, the session is extended at most once a minute. */
const ACTIVITY_EVERY = 60_000;
/** When the person is asked whether to go on. */
export const WARN_SECONDS = 120;

export type TimeLeft = {
  /** Seconds until the session ends if nothing is done */
  readonly idle: number;
  /** Seconds until it ends in any case */
  readonly absolute: number;
};

/** What is left, counted down; `onEnd` when nothing is. */
export function useTimeLeft(session: Session, onEnd: () => void): TimeLeft {
  const idleEnd = useRef(0);
  const absoluteEnd = useRef(0);
  const lastContact = useRef(0);
  const [left, setLeft] = useState<TimeLeft>({ idle: session.idleSeconds, absolute: session.sessionSeconds });
  const end = useRef(onEnd);
  useEffect(() => {
    end.current = onEnd;
  }, [onEnd]);
  useEffect(() => {
    const begun = Date.now();
    const limit = session.idleSeconds * 1000;
    idleEnd.current = begun + limit;
    absoluteEnd.current = begun + session.sessionSeconds * 1000;
    lastContact.current = begun;
    const touch = (): void => {
      lastContact.current = Date.now();
      idleEnd.current = Math.max(idleEnd.current, Date.now() + limit - SERVER_GRAIN);
    };
    const stopListening = onAnswer(({ problem }) => (problem === undefined ? touch() : undefined));
    const act = (): void => {
      const now = Date.now();
      if (now - lastContact.current < ACTIVITY_EVERY || now >= idleEnd.current) return;
      lastContact.current = now;
      // What goes wrong here shows at the next call that matters.
      void callOperation("extendSession", {}).catch(() => {});
    };
    const tick = setInterval(() => {
      const now = Date.now();
      const seconds = (until: number): number => Math.max(0, Math.round((until - now) / 1000));
      const next = { idle: seconds(idleEnd.current), absolute: seconds(absoluteEnd.current) };
      // Above the warning whole minutes are enough: no redraw each second.
      setLeft((before) =>
        Math.min(next.idle, next.absolute) > WARN_SECONDS && Math.ceil(before.idle / 60) === Math.ceil(next.idle / 60)
          ? before
          : next,
      );
      if (next.idle === 0 || next.absolute === 0) end.current();
    }, 1000);
    document.addEventListener("keydown", act);
    document.addEventListener("pointerdown", act);
    return () => {
      stopListening();
      clearInterval(tick);
      document.removeEventListener("keydown", act);
      document.removeEventListener("pointerdown", act);
    };
  }, [session]);
  return left;
}
