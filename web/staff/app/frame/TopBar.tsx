/** The bar on top: where one is, who one is, how long the session lasts. */
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { useSession } from "../session/session-context.ts";
import { Button } from "../ui/Button.tsx";

export function TopBar(): ReactElement {
  const { session, entrance, logOut } = useSession();
  return (
    <header className="flex flex-wrap items-center gap-x-6 gap-y-1 border-b-[3px] border-key-900 px-4 py-2 lg:px-6">
      <p className="text-[1.25rem] font-700 whitespace-nowrap">
        <Link to="/" className="text-key-1000 no-underline">
          はぐくみ <span className="text-[0.9375rem]">児童手当</span>
        </Link>
      </p>
      <p className="font-700">{entrance.cityName}</p>
      <div className="ml-auto flex flex-wrap items-center gap-x-4 gap-y-1">
        <p className="text-[0.875rem] leading-140">
          <span className="block font-700">{session.staffName}</span>
          <span className="block text-solid-gray-700">{session.sectionName}</span>
        </p>
        <Button size="small" onClick={() => void logOut()}>
          ログアウト
        </Button>
      </div>
    </header>
  );
}
