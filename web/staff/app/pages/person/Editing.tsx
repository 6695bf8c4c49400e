/**
 * 編集中 (A157): as long as this part is shown, its person is being edited by whoever looks at it. Typing lengthens the lease; going
 * away ends it. Where somebody else is editing, it says who and since when, and takes over with a reason.
 */
import { useContext, useEffect, useRef, useState } from "react";
import type { ReactElement } from "react";

import { callOperation, newKey } from "../../api/call.ts";
import { useCommand } from "../../api/hooks.ts";
import { beforeLogOut } from "../../session/before-log-out.ts";
import { useMay } from "../../session/session-context.ts";
import { Button } from "../../ui/Button.tsx";
import { TextField } from "../../ui/Field.tsx";
import { Notice, ProblemNotice } from "../../ui/Notice.tsx";
import { PersonContext } from "./person-context.ts";

/** While somebody types, the lease of ten minutes is lengthened at most so often. */
const RENEW_EVERY = 120_000;
/** Milliseconds after which what is shown has come to stay */
const SETTLED = 100;
const LEAST = 10;

function EditingOf({ addresseeNumber }: { readonly addresseeNumber: number }): ReactElement | null {
  const path = { addresseeNumber: String(addresseeNumber) };
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const take = useCommand("takeEditLock", { stale: ["readPersonHead"] });
  const { run } = take;
  const renewed = useRef(0);
  // The last thing asked for, also a takeover: what ends the editing comes after its answer.
  const asked = useRef<Promise<unknown>>(undefined);
  useEffect(() => {
    const person = { addresseeNumber: String(addresseeNumber) };
    // Until the end is said: also by whoever logs out with the entry still open, or in the moment after it was closed.
    let said = (): void => {};
    const ask = (): void => {
      renewed.current = Date.now();
      said();
      said = beforeLogOut(async () => {
        await asked.current;
        await release();
      });
      asked.current = run({ path: person, body: { reason: "" } });
    };
    // On the way from one page to another a part is shown for a moment and taken away again: that is no editing.
    const begin = setTimeout(ask, SETTLED);
    const renew = (): void => {
      if (asked.current !== undefined && Date.now() - renewed.current >= RENEW_EVERY) ask();
    };
    document.addEventListener("keydown", renew);
    document.addEventListener("pointerdown", renew);
    const release = async (): Promise<void> => {
      await callOperation("releaseEditLock", { path: person }, { key: newKey(), keepalive: true }).catch(
        () => undefined,
      );
      said();
    };
    const leave = (): void => {
      if (asked.current !== undefined) void release();
    };
    globalThis.addEventListener("pagehide", leave);
    return () => {
      clearTimeout(begin);
      document.removeEventListener("keydown", renew);
      document.removeEventListener("pointerdown", renew);
      globalThis.removeEventListener("pagehide", leave);
      // After the answer, so that the end does not overtake the beginning. Where it cannot be said, the lease runs out.
      void asked.current?.then(release);
    };
  }, [addresseeNumber, run]);
  if (take.problem === undefined) return null;
  if (take.problem.code !== "personLocked") return <ProblemNotice problem={take.problem} />;
  const short = reason.trim().length < LEAST;
  const takeOver = (): void => {
    setTried(true);
    if (!short) asked.current = run({ path, body: { reason: reason.trim() } });
  };
  return (
    <Notice kind="warning" title="ほかの職員が編集中です" live>
      <p className="mb-2">{take.problem.message}</p>
      <TextField
        label="引き継ぐ理由"
        help={`${String(LEAST)}文字以上。引き継ぐと、前の職員の入力は受け付けられなくなります。`}
        maxLength={200}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        error={tried && short ? `あと${String(LEAST - reason.trim().length)}文字以上書いてください。` : undefined}
      />
      <Button size="small" pending={take.pending} onClick={takeOver}>
        編集を引き継ぐ
      </Button>
    </Notice>
  );
}

/** Put where something of the page's person is typed. On a page about nobody, and for whoever may write nothing, it is nothing. */
export function Editing(): ReactElement | null {
  const person = useContext(PersonContext);
  const mayWrite = useMay("case.note");
  return person === undefined || !mayWrite ? null : <EditingOf addresseeNumber={person} />;
}
