/**
 * ハードコピー: printing a page with the browser's own means, or taking a picture with the key for it, is recorded with the persons who
 * are open. A picture taken by another program or a camera is seen by no web page.
 */
import { useEffect } from "react";

import { callOperation } from "../api/call.ts";

const record = (): void => {
  // Not waited for and never in the way: the printing is the browser's. What fails is told like every failed call (offline, logged out).
  callOperation("recordHardCopy", {}, { keepalive: true }).catch(() => {});
};

const onKey = (event: KeyboardEvent): void => {
  if (event.key === "PrintScreen") record();
};

export function useHardCopies(): void {
  useEffect(() => {
    addEventListener("beforeprint", record);
    addEventListener("keyup", onKey);
    return () => {
      removeEventListener("beforeprint", record);
      removeEventListener("keyup", onKey);
    };
  }, []);
}
