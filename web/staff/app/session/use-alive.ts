/** Whether the part is still on the screen: an answer that comes after it was put away leads nobody anywhere any more. */
import { useCallback, useEffect, useRef } from "react";

/** @returns what to ask after an answer has come */
export function useAlive(): () => boolean {
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);
  return useCallback(() => alive.current, []);
}
