/** The page before the log-in, and in place of the page whose session has ended. */
import { useState } from "react";
import type { ReactElement } from "react";

import { InstallationMark } from "../frame/InstallationMark.tsx";
import { Button } from "../ui/Button.tsx";
import { Notice } from "../ui/Notice.tsx";
import { EnrolForm } from "./EnrolForm.tsx";
import { LogInForm } from "./LogInForm.tsx";
import type { LoggedIn } from "./LogInForm.tsx";
import type { Entrance as EntranceData } from "./session-context.ts";
import { SignOnForm } from "./SignOnForm.tsx";
import { TerminalForm } from "./TerminalForm.tsx";

/** A session that ended with something still on the screen. */
export type Locked = { readonly staffId: string; readonly staffName: string; readonly reason: string };

type Props = {
  readonly entrance: EntranceData;
  readonly locked: Locked | undefined;
  readonly said: string | undefined;
  /** After a シングルサインオン: where the person logs out of the 認証基盤 too */
  readonly providerLogOut: string | undefined;
  readonly onLoggedIn: (made: LoggedIn) => void;
  readonly onForget: () => void;
  readonly onTerminal: () => void;
};

function Form(props: Props): ReactElement {
  const { entrance, locked, onLoggedIn, onForget, onTerminal } = props;
  const [view, setView] = useState<"logIn" | "enrol" | "enrolled">("logIn");
  if (entrance.terminalName === null) return <TerminalForm onDone={onTerminal} />;
  if (view === "enrol") return <EnrolForm onDone={() => setView("enrolled")} onBack={() => setView("logIn")} />;
  const people =
    locked === undefined
      ? entrance.demoPeople
      : entrance.demoPeople.filter(({ staffId }) => staffId === locked.staffId);
  return (
    <>
      {view === "enrolled" ? (
        <Notice kind="success" title="職員証とパスワードを登録しました" live>
          続けてログインしてください。
        </Notice>
      ) : null}
      {entrance.signOn === null ? null : (
        <SignOnForm providerName={entrance.signOn.providerName} demoPeople={people} onLoggedIn={onLoggedIn} />
      )}
      <LogInForm
        key={locked?.staffId ?? ""}
        demoPeople={people}
        onLoggedIn={onLoggedIn}
        {...(locked === undefined ? {} : { staffId: locked.staffId })}
      />
      <p className="mt-6 flex flex-wrap gap-3 border-t border-solid-gray-200 pt-4">
        {locked === undefined ? (
          <Button kind="quiet" onClick={() => setView("enrol")}>
            はじめて使う（職員証の登録）
          </Button>
        ) : (
          <Button kind="quiet" onClick={onForget}>
            別の職員としてログインする（入力は消えます）
          </Button>
        )}
      </p>
    </>
  );
}

export function Entrance(props: Props): ReactElement {
  const { entrance, locked, said, providerLogOut } = props;
  const mark = entrance.installation === "demo" ? "【デモ】" : entrance.installation === "training" ? "【訓練】" : "";
  return (
    <>
      <title>{`${mark}ログイン - はぐくみ 児童手当`}</title>
      <InstallationMark kind={entrance.installation} />
      <header className="border-b-[3px] border-key-900 px-4 py-2">
        <p className="mx-auto max-w-2xl text-[1.25rem] font-700 text-key-1000">
          はぐくみ <span className="text-[0.9375rem]">児童手当</span>
        </p>
      </header>
      <main className="mx-auto max-w-2xl px-4 py-8">
        <h1 className="mb-1 text-[1.75rem] leading-140 font-700">
          {locked === undefined ? "ログイン" : "もう一度ログインしてください"}
        </h1>
        <p className="mb-5 text-solid-gray-700">
          {entrance.cityName}
          {entrance.terminalName === null ? null : `　端末 ${entrance.terminalName}`}
        </p>
        {locked === undefined ? null : (
          <Notice kind="warning" title={`${locked.staffName}さんのログインが終わりました`} live>
            <p>{locked.reason}同じ職員がログインすると、入力の続きから始められます。</p>
          </Notice>
        )}
        {said === undefined ? null : (
          <Notice kind="info" title={said} live>
            {providerLogOut === undefined ? null : (
              <p>
                認証基盤のログインは続いています。端末をほかの人も使うときは、
                <a href={providerLogOut} className="text-key-1000 underline underline-offset-4">
                  認証基盤からもログアウト
                </a>
                してください。
              </p>
            )}
          </Notice>
        )}
        <Form {...props} />
      </main>
    </>
  );
}
