/** The window in which the 認証基盤 asked, once it is back: brings the answer and closes. It belongs to no session. */
import { useEffect } from "react";
import type { ReactElement } from "react";

import { Button } from "../ui/Button.tsx";
import { ProblemNotice } from "../ui/Notice.tsx";
import { Loading } from "../ui/Page.tsx";
import { bringAnswer } from "./sign-on.ts";
import { useWork } from "./use-work.ts";

let brought: Promise<void> | undefined;

/** Once for this window, however often React mounts the page; the code leaves the address before anything else. */
async function bringOnce(): Promise<void> {
  if (brought === undefined) {
    const { search, pathname } = window.location;
    window.history.replaceState(null, "", pathname);
    brought = bringAnswer(search);
  }
  await brought;
}

export function SignOnWindow(): ReactElement {
  const { run, problem, pending } = useWork();
  useEffect(() => {
    void run(async () => {
      await bringOnce();
      window.close();
    });
  }, [run]);
  return (
    <main className="mx-auto max-w-2xl px-4 py-8">
      <title>認証基盤の確認 - はぐくみ 児童手当</title>
      <h1 className="mb-4 text-[1.5rem] font-700">認証基盤の確認</h1>
      <ProblemNotice problem={problem} />
      {pending ? (
        <Loading />
      ) : (
        <>
          <p className="mb-4">
            {problem === undefined ? "確かめました。" : ""}この窓を閉じて、元の画面で続けてください。
          </p>
          <Button onClick={() => window.close()}>閉じる</Button>
        </>
      )}
    </main>
  );
}
