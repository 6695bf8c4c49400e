/** How long something stays open, counted by the clock of this machine: nothing is asked of the server for it. */
import { useEffect, useState } from "react";

/** Whole minutes until then (0: over), counted anew every ten seconds; undefined where there is no end. */
export function useMinutesLeft(until: string | undefined): number | undefined {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 10_000);
    return () => clearInterval(timer);
  }, []);
  return until === undefined ? undefined : Math.max(0, Math.ceil((Date.parse(until) - now) / 60_000));
}
