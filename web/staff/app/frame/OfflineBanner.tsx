/** つながらないとき: says so, and looks every few seconds whether the server is back. */
import { useEffect, useState } from "react";
import type { ReactElement } from "react";

import { onAnswer } from "../api/call.ts";
import { setOnline } from "../api/online.ts";

const EVERY = 3000;

export function OfflineBanner(): ReactElement {
  const [state, setState] = useState<"online" | "offline" | "back">("online");
  useEffect(
    () =>
      onAnswer(({ problem }) => {
        if (problem?.code === "offline") setState("offline");
        else if (problem === undefined) setState((before) => (before === "offline" ? "back" : before));
      }),
    [],
  );
  useEffect(() => {
    if (state === "offline") setOnline(false);
    if (state !== "offline") return undefined;
    const timer = setInterval(() => {
      // Not an operation: it must not move the idle limit of the session.
      void fetch("/healthz", { cache: "no-store" })
        .then((answer) => (answer.ok ? setState("back") : undefined))
        .catch(() => {});
    }, EVERY);
    return () => {
      clearInterval(timer);
      setOnline(true);
    };
  }, [state]);
  useEffect(() => {
    if (state !== "back") return undefined;
    const timer = setTimeout(() => setState("online"), 5000);
    return () => clearTimeout(timer);
  }, [state]);
  return (
    <div role="status" aria-live="assertive">
      {state === "offline" ? (
        <p className="border-b-2 border-error-2 bg-red-50 px-4 py-2 font-700 text-error-2 lg:px-6">
          ✕
          サーバーとつながりません。入力はこの画面に残っています。つながりしだい、送りかけの処理を同じ鍵で続けます（二重にはなりません）。
        </p>
      ) : null}
      {state === "back" ? (
        <p className="border-b-2 border-success-2 bg-green-50 px-4 py-2 font-700 text-green-1000 lg:px-6">
          ✓ つながりました。
        </p>
      ) : null}
    </div>
  );
}
