/** ログイン with the 認証基盤 in the password's place: 認証基盤 → 職員証. */
import { useRef, useState } from "react";
import type { ReactElement } from "react";

import { callOperation } from "../api/call.ts";
import { Button } from "../ui/Button.tsx";
import { ProblemNotice } from "../ui/Notice.tsx";
import { askDemoKey, askKey } from "./keys.ts";
import type { LoggedIn } from "./LogInForm.tsx";
import type { Entrance } from "./session-context.ts";
import { signOnInWindow } from "./sign-on.ts";
import { useWork } from "./use-work.ts";

type Props = {
  readonly providerName: string;
  readonly demoPeople: Entrance["demoPeople"];
  readonly onLoggedIn: (made: LoggedIn) => void;
};

export function SignOnForm({ providerName, demoPeople, onLoggedIn }: Props): ReactElement {
  const [staffId, setStaffId] = useState<string>();
  const work = useWork();
  const waiting = useRef<AbortController>(undefined);
  const ask = (): void => {
    waiting.current = new AbortController();
    const { signal } = waiting.current;
    void work
      .run(async () => await signOnInWindow("startSignOn", signal))
      .then((signedOn) => (signedOn?.kind === "logIn" ? setStaffId(signedOn.staffId) : undefined));
  };
  const finish = async (who: string): Promise<void> => {
    const made = await work.run(async () => {
      const request = await callOperation("startLogIn", { body: { staffId: who } });
      const demo = demoPeople.some((person) => person.staffId === who);
      const assertion = demo ? await askDemoKey(who, request) : await askKey(request);
      return await callOperation("logIn", { body: { staffId: who, assertion, signOn: true } });
    });
    // Good for one try, as the key's challenge is.
    if (made === undefined) setStaffId(undefined);
    else onLoggedIn(made);
  };
  return (
    <section aria-label="シングルサインオン" className="mb-6 rounded-8 border border-solid-gray-420 p-4">
      <ProblemNotice problem={work.problem} />
      {staffId === undefined ? (
        <>
          <p className="mb-3 text-[0.9375rem]">
            {providerName}で確かめると、パスワードを入れずに済みます。職員証はその後に確かめます。
          </p>
          <div className="flex flex-wrap gap-3">
            <Button pending={work.pending} onClick={ask}>
              {providerName}でログインする
            </Button>
            {work.pending ? (
              <Button kind="quiet" onClick={() => waiting.current?.abort()}>
                やめる
              </Button>
            ) : null}
          </div>
          {work.pending ? (
            <p className="mt-3" role="status">
              開いた窓で確認を終えてください。終わると、ここに続きが出ます。
            </p>
          ) : null}
        </>
      ) : (
        <>
          <p className="mb-3 font-700 text-success-2" role="status">
            ✓ {providerName}で確かめました（{staffId}）
          </p>
          {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- the person has just come back from the other window; it goes on here */}
          <Button kind="primary" autoFocus pending={work.pending} onClick={() => void finish(staffId)}>
            職員証を確かめてログインする
          </Button>
        </>
      )}
    </section>
  );
}
