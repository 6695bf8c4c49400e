/** The bar on top: where one is, who one is, how long the session lasts. */
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { useSession } from "../session/session-context.ts";
import { Button } from "../ui/Button.tsx";
import { Kbd } from "../ui/Shortcut.tsx";
import { NextApplicant } from "./NextApplicant.tsx";
import { TimeLeft } from "./TimeLeft.tsx";

export function TopBar({
  onCommand,
  onHelp,
}: {
  readonly onCommand: () => void;
  readonly onHelp: () => void;
}): ReactElement {
  const { session, entrance, logOut } = useSession();
  const { wards } = session;
  return (
    <header className="flex flex-wrap items-center gap-x-5 gap-y-1 border-b-[3px] border-key-900 px-4 py-2 lg:px-6">
      <p className="text-[1.25rem] font-700 whitespace-nowrap">
        <Link to="/" className="text-key-1000 no-underline">
          はぐくみ <span className="text-[0.9375rem]">児童手当</span>
        </Link>
      </p>
      <p className="font-700">{entrance.cityName}</p>
      <button
        type="button"
        onClick={onCommand}
        className="flex min-h-11 min-w-0 flex-1 basis-48 items-center justify-between gap-2 rounded-8 border border-solid-gray-600 bg-white px-3 text-left text-solid-gray-700 hover:bg-key-50 lg:max-w-md"
      >
        <span className="truncate">番号・カナ・画面の名前</span>
        <Kbd>/</Kbd>
      </button>
      <div className="ml-auto flex flex-wrap items-center gap-x-4 gap-y-1">
        <TimeLeft />
        <p className="text-[0.875rem] leading-140">
          <span className="block font-700">{session.staffName}</span>
          <span className="block text-solid-gray-700">
            {session.sectionName}
            {wards === null ? "" : `（${wards.map(({ name }) => name).join("・") || "区なし"}）`}
          </span>
        </p>
        <NextApplicant />
        <Button size="small" onClick={onHelp} aria-label="この画面の説明とキー">
          説明 <Kbd>?</Kbd>
        </Button>
        <Button size="small" onClick={() => void logOut()}>
          ログアウト
        </Button>
      </div>
    </header>
  );
}
